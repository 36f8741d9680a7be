//! Decoders are other people's code and files are anybody's: a panic in one of them is one more damaged file, not a
//! fault of this program, and must not be announced as one.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// What the work yields; `None` when it panicked.
pub(crate) fn caught<T>(work: impl FnOnce() -> T) -> Option<T> {
    let outer = GUARDED.replace(true);
    let result = catch_unwind(AssertUnwindSafe(work));
    GUARDED.set(outer);
    result.ok()
}

/// Whether a panic on this thread would be caught and become a sentence about a file: a panic hook need not speak of it.
pub fn guarded() -> bool {
    GUARDED.get()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_inside_is_caught_and_only_there_expected() {
        assert!(!guarded());
        assert_eq!(caught(guarded), Some(true));
        // quiet, as the program's own hook is
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(|_| {}));
        let fallen = caught(|| -> u8 { panic!("a decoder falls") });
        std::panic::set_hook(hook);
        assert_eq!(fallen, None);
        assert!(!guarded());
    }
}
