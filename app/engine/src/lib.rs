//! The work below every surface: one photo and one instruction become a ranked group of candidates. The command line
//! and the window hand it the editor, the rewards, the strategy and the selector; it knows none of them by name.

mod run;
mod stages;

pub use run::{Job, Outcome, RunError, Tools, run, score};
pub use stages::Stages;
