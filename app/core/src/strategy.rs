//! Test-time scaling: how a budget of edits and scores is spent to find the best candidate.

use serde::{Deserialize, Serialize};

use crate::{Candidate, Scorecard, Stop};

/// The most that may be spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budget {
    /// candidates made
    pub edits: usize,
}

/// What was spent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spent {
    /// candidates made
    pub edits: usize,
    /// candidates scored
    pub scores: usize,
}

/// What a strategy works with: somewhere to have candidates made and scored. The engine provides it.
pub trait Studio {
    /// Makes the candidates of these indices; index and run seed fix each one. Fewer come back where some could not be made,
    /// perhaps none.
    fn make(&mut self, indices: &[u64]) -> Result<Vec<Candidate>, Stop>;
    /// Scores a group.
    fn score(&mut self, group: &[&Candidate]) -> Result<Vec<Scorecard>, Stop>;
    /// Told of a candidate that is looked at no more: its picture may go.
    fn done_with(&mut self, _candidate: &mut Candidate) {}
}

/// Spends a budget.
pub trait Strategy: Send + Sync {
    /// Short name for records.
    fn id(&self) -> &'static str;
    /// All candidates it made with their scorecards, in the order of their index, and what it cost.
    fn run(
        &self,
        studio: &mut dyn Studio,
        budget: Budget,
    ) -> Result<(Vec<(Candidate, Scorecard)>, Spent), Stop>;
}
