//! A person's taste: how much each dimension counts for them, learned from their picks. A Bradley–Terry head (Bradley &
//! Terry 1952): P(A is picked over B) = σ(w · (a − b)), fitted on differences of scores within a group, so that whatever all
//! candidates share, and any shift of a judge's scale, does not count (PRDP, arXiv 2402.08714). It is offered only when it
//! foretells picks that it has not seen better than the default does.

mod fit;
mod offer;
mod refit;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use fit::{Comparison, comparisons, fit};
pub use offer::{Held, MIN_PICKS, Offer, Refusal, offer};
pub use refit::{Refit, UNLEARNED_WITHIN, refit};

/// A candidate as it was when somebody picked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Seen {
    /// by dimension, 0 to 1
    pub scores: BTreeMap<String, f64>,
    /// what the default selector gave it
    pub overall: f64,
    /// how much it was liked: 1 picked, 0 passed by, −1 dropped; stars in between and beyond
    pub liked: f64,
    /// how much that counts: 1 said outright, less where it was only done, 0 where nothing is known of it
    pub telling: f64,
}

/// One pick: the candidates of a group, at least two of them liked differently.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pick {
    /// all of them
    pub candidates: Vec<Seen>,
    /// how far the default's ranking of this group is to be trusted, 0 to 1: agreement between passes or judges; 1 where
    /// nobody asked twice
    pub agreement: f64,
}

/// Weights that a person can read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Taste {
    /// changes when the numbers mean something else
    pub version: u32,
    /// by dimension: log-odds for a difference of one on its scale from 0 to 1
    pub weights: BTreeMap<String, f64>,
    /// picks it was learned from
    pub picks: usize,
    /// whether it decides
    pub on: bool,
}

impl Taste {
    /// How much this candidate is to this taste; only differences mean anything.
    pub fn value(&self, scores: &BTreeMap<String, f64>) -> f64 {
        let known = self
            .weights
            .iter()
            .filter_map(|(name, weight)| Some(weight * scores.get(name)?));
        known.sum()
    }
    /// The chance that the first is picked over the second.
    pub fn chance(&self, first: &BTreeMap<String, f64>, second: &BTreeMap<String, f64>) -> f64 {
        1.0 / (1.0 + (self.value(second) - self.value(first)).exp())
    }
    /// The weights as shares of all that counts, largest first; a minus says that less is liked.
    pub fn in_words(&self) -> Vec<(String, f64)> {
        let all: f64 = self.weights.values().map(|weight| weight.abs()).sum();
        let share = |weight: f64| if all > 0.0 { weight / all } else { 0.0 };
        let mut told: Vec<(String, f64)> = self
            .weights
            .iter()
            .map(|(name, &weight)| (name.clone(), share(weight)))
            .collect();
        told.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
        told
    }
}

#[cfg(test)]
mod tests;
