//! A member of the panel: a reward with a name and, where a person said so, a weight.

use std::collections::BTreeMap;

use retake_core::{Dimension, Reward};
use serde_json::{Value, json};

/// How much a member counts, as a person said it.
#[derive(Clone, Debug, PartialEq)]
pub enum Weight {
    /// for everything that it scores; 0 and above
    All(f64),
    /// by dimension, 0 and above; for one that is not named it counts 1
    Each(BTreeMap<String, f64>),
}

impl Weight {
    /// For one dimension.
    pub fn of(&self, name: &Dimension) -> f64 {
        match self {
            Self::All(weight) => *weight,
            Self::Each(each) => each.get(&name.0).copied().unwrap_or(1.0),
        }
    }

    pub(super) fn recorded(&self) -> Value {
        match self {
            Self::All(weight) => json!(weight),
            Self::Each(each) => json!(each),
        }
    }
}

/// See the module.
pub struct Member {
    /// for records and weights: "clip", or what a person called a judge
    pub name: String,
    /// what it says
    pub reward: Box<dyn Reward>,
    /// none of one that nobody weighed
    pub weight: Option<Weight>,
    /// members of one judge, which is asked with several rubrics, have the same number and are one voice; `usize::MAX` is no
    /// number, and such members are one voice where they put their rubrics to the same model at the same place
    pub judge: usize,
}

impl Member {
    /// Whether it counts for a dimension at all.
    pub(super) fn counts_for(&self, name: &Dimension) -> bool {
        self.weight
            .as_ref()
            .is_none_or(|weight| weight.of(name) > 0.0)
    }
}

impl From<Box<dyn Reward>> for Member {
    /// One that nobody weighed, a judge by itself.
    fn from(reward: Box<dyn Reward>) -> Self {
        Self {
            name: reward.info().id.to_owned(),
            reward,
            weight: None,
            judge: usize::MAX,
        }
    }
}
