//! Questions side by side, as many as the judge takes, on threads that mostly wait. The order of the answers is that of
//! the questions.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use retake_core::Watch;

use crate::JudgeError;

/// Does all of it; the first error that ends everything (a judge that is gone, a person who stops) ends it, and what was
/// not begun is not asked.
pub(super) fn all<T: Sync, R: Send>(
    at_once: usize,
    tasks: &[T],
    watch: &dyn Watch,
    ask: impl Fn(&T) -> Result<R, JudgeError> + Sync,
) -> Result<Vec<R>, JudgeError> {
    let next = AtomicUsize::new(0);
    let done = AtomicUsize::new(0);
    let ended: Mutex<Option<JudgeError>> = Mutex::new(None);
    let results: Vec<Mutex<Option<R>>> = tasks.iter().map(|_| Mutex::new(None)).collect();
    let worker = || {
        loop {
            let over = ended
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .is_some();
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(task) = tasks.get(at).filter(|_| !over) else {
                return;
            };
            match ask(task) {
                Ok(result) => {
                    *results[at].lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
                }
                Err(error) => {
                    let mut ended = ended.lock().unwrap_or_else(PoisonError::into_inner);
                    ended.get_or_insert(error);
                }
            }
            watch.progress(
                "judging",
                done.fetch_add(1, Ordering::Relaxed) + 1,
                tasks.len(),
            );
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..at_once.clamp(1, tasks.len().max(1)) {
            scope.spawn(worker);
        }
        worker();
    });
    if let Some(error) = ended.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(error);
    }
    let results = results.into_iter();
    Ok(results
        .filter_map(|result| result.into_inner().unwrap_or_else(PoisonError::into_inner))
        .collect())
}
