//! How much is done for an instruction, and how: candidates, strategy, time.

use std::time::Duration;

use retake_search::STRATEGIES;

/// The most candidates of one run.
pub(crate) const MOST_CANDIDATES: usize = 64;

/// What a run may spend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effort {
    /// candidates of a run, at most; 1 to 64
    pub candidates: usize,
    /// id of the strategy that spends them
    pub strategy: &'static str,
    /// how long a run may take; `None` is as long as it needs
    pub time_limit: Option<Duration>,
    /// how often takes, or looks at them on their way, may be scored in a run; `None` is as often as it needs
    pub judge_calls: Option<u64>,
    /// id of the editor that makes them; `None` is the built-in one
    pub editor: Option<String>,
}

impl Default for Effort {
    fn default() -> Self {
        Self {
            candidates: 8,
            strategy: STRATEGIES[0].id,
            time_limit: None,
            judge_calls: None,
            editor: None,
        }
    }
}

impl Effort {
    /// So many candidates, within what one run may have.
    pub(crate) fn set_candidates(&mut self, count: usize) {
        self.candidates = count.clamp(1, MOST_CANDIDATES);
    }
}
