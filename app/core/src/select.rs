//! The selector: turns the scorecards of a group into an order, a winner and a margin.

use serde::{Deserialize, Serialize};

use crate::{Dimension, Said, Scorecard};

/// A dimension of a candidate that could not be counted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LeftOut {
    /// place in the group
    pub candidate: usize,
    /// which
    pub dimension: Dimension,
    /// why it is unknown
    pub why: Said,
}

/// What a selector decided.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Selection {
    /// overall score of each candidate in [0, 1], in the group's order
    pub overall: Vec<f32>,
    /// candidates from best to worst; equal scores keep the group's order
    pub order: Vec<usize>,
    /// overall of the best less overall of the second; 0 for a single candidate
    pub margin: f32,
    /// probability in [0.5, 1] that the best is truly better than the second
    pub confidence: f32,
    /// whether the confidence is high enough to say so
    pub confident: bool,
    /// whether the best is good enough to be shown as a result
    pub good_enough: bool,
    /// what was unknown and so could not be counted
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<LeftOut>,
}

/// Orders a group.
pub trait Selector: Send + Sync {
    /// Short name for records.
    fn id(&self) -> &'static str;
    /// The settings that change its answer, for records.
    fn settings(&self) -> serde_json::Value;
    /// `group` must not be empty.
    fn select(&self, group: &[Scorecard]) -> Selection;
}
