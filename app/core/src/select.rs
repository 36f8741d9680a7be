//! The selector: turns the scorecards of a group into an order, a winner and a margin, and says why the others lost.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Dimension, Group, Said, Scorecard};

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
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
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
    /// whether there is nothing left to choose: all are good and equally so, and looking on is of no use
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub settled: bool,
    /// what was unknown and so could not be counted
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<LeftOut>,
    /// for each candidate, every number that its place comes from; none of them is no number
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub terms: Vec<BTreeMap<String, f32>>,
    /// for each candidate, why it is not the first; nothing for the first
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub why: Vec<Said>,
    /// sentences about the whole group: a dimension that nobody scored, a rule that could not be applied
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Said>,
}

/// Orders a group.
pub trait Selector: Send + Sync {
    /// Short name for records.
    fn id(&self) -> &'static str;
    /// The settings that change its answer, for records.
    fn settings(&self) -> serde_json::Value;
    /// The order of a group, which may be empty: then nobody is first.
    fn choose(&self, group: &Group<'_>) -> Selection;
    /// Whether it goes by comparisons.
    fn compares(&self) -> bool {
        false
    }
    /// Pairs of places that it would like to have compared by a judge, the most telling first, each once; none for one
    /// that looks at scores alone.
    fn pairs_wanted(&self, _: &Group<'_>) -> Vec<(usize, usize)> {
        Vec::new()
    }
    /// The order of these scorecards, with nothing else known of them.
    fn select(&self, cards: &[Scorecard]) -> Selection {
        self.choose(&Group::of(cards))
    }
}
