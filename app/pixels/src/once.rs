//! Values worked out on first use that never make a thread wait. Work that itself runs on rayon's threads must not be done
//! under a lock: the thread that waits for it may be handed a job that wants the same lock, and then waits for itself.

use std::sync::OnceLock;

/// [`OnceLock::get_or_init`] without the lock: two threads may both do the work, and the first to finish is kept.
pub trait Filled<T> {
    /// The value, worked out if nobody has yet. `make` must give the same value whoever calls it.
    fn filled(&self, make: impl FnOnce() -> T) -> &T;
}

impl<T> Filled<T> for OnceLock<T> {
    fn filled(&self, make: impl FnOnce() -> T) -> &T {
        if let Some(value) = self.get() {
            return value;
        }
        let made = make();
        self.get_or_init(|| made)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rayon::prelude::*;

    #[test]
    fn work_that_runs_on_the_same_threads_never_waits_for_itself() {
        let cell = OnceLock::new();
        let work = || {
            (0..64)
                .into_par_iter()
                .map(|i: u64| (0..2_000).fold(i, |a, b| a ^ b))
                .max()
                .unwrap_or(0)
        };
        let seen: Vec<u64> = (0..64)
            .into_par_iter()
            .map(|_| *cell.filled(work))
            .collect();
        assert!(seen.iter().all(|&value| value == seen[0]));
    }
}
