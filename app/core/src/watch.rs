//! How long work reports and is stopped.

use crate::Said;

/// Sees how far long work is, and may end it. Called from the working thread: be quick.
pub trait Watch: Sync {
    /// `done` of `total` units of the named stage are finished.
    fn progress(&self, stage: &'static str, done: usize, total: usize);
    /// True once the work should end; asked between steps.
    fn stopped(&self) -> bool {
        false
    }
}

/// Watches nothing.
pub struct Quiet;

impl Watch for Quiet {
    fn progress(&self, _stage: &'static str, _done: usize, _total: usize) {}
}

/// Why work ended without a result. Being cancelled is an outcome, not an error.
#[derive(Debug, thiserror::Error)]
pub enum Stop {
    /// The person, or a newer request, stopped it.
    #[error("stopped")]
    Cancelled,
    /// It cannot be done; a sentence for the status bar.
    #[error("{0}")]
    Failed(Said),
}

impl Stop {
    /// The sentence.
    pub fn said(&self) -> Said {
        match self {
            Self::Cancelled => crate::said!("stopped"),
            Self::Failed(said) => said.clone(),
        }
    }
}
