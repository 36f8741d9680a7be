//! What the members of the panel said of each candidate, so that asking once more asks those only whose answers vary and
//! joins them with what the others said.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use retake_core::{Dimension, Raster, Scorecard};
pub(super) use retake_pixels::same::mark as of_picture;
use retake_pixels::same::mixed;
use serde_json::Value;

use super::weights::Share;

/// So many candidates are remembered; the oldest go. They have no maps, so that it is a few kilobytes each.
const MOST: usize = 2048;

/// The shares of the voices and what is told of them: those of the group that a candidate was first scored in, since other
/// weights in a later pass would decide between candidates.
pub(super) type Weighed = (BTreeMap<Dimension, Vec<Share>>, Value);

/// What was said of one candidate.
#[derive(Clone)]
pub(super) struct Remembered {
    pub(super) rule: Scorecard,
    /// by each member, all its passes joined
    pub(super) said: Vec<Scorecard>,
    pub(super) weighed: Arc<Weighed>,
}

/// See the module.
#[derive(Default)]
pub(super) struct Memory {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    known: BTreeMap<u64, Remembered>,
    /// oldest first
    order: VecDeque<u64>,
}

impl Memory {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn of(&self, mark: u64) -> Option<Remembered> {
        self.inner().known.get(&mark).cloned()
    }

    pub(super) fn keep(&self, mark: u64, mut said: Remembered) {
        without_maps(&mut said.rule);
        said.said.iter_mut().for_each(without_maps);
        let mut inner = self.inner();
        if inner.known.insert(mark, said).is_none() {
            inner.order.push_back(mark);
        }
        if inner.order.len() > MOST
            && let Some(oldest) = inner.order.pop_front()
        {
            inner.known.remove(&oldest);
        }
    }
}

fn without_maps(card: &mut Scorecard) {
    for score in card.scores.values_mut() {
        score.evidence = None;
        for reason in &mut score.reasons {
            reason.evidence = None;
        }
    }
}

/// A number of an edit of this source with these words, another for any other.
pub(super) fn mark(source: u64, edited: &Raster, words: &str) -> u64 {
    let words = words
        .bytes()
        .fold(source, |sum, byte| mixed(sum, byte.into()));
    mixed(words, of_picture(edited))
}
