//! Comparisons two by two, asked when all is scored, so that it does not matter in how many pieces that happened: the pairs
//! that the selector wants, the most telling first, as far as the judge calls go. Those that a judge was asked about when a
//! piece was scored are not asked about again.

use std::collections::BTreeSet;

use retake_core::{Group, Pair, Raster, Scorecard, Selector, Stop, Studio, move_pairs, told_pairs};

use super::{Bench, Slot};

impl Bench<'_> {
    /// Whether the selector goes by comparisons and there is a judge that makes them: then pictures are wanted to the end.
    pub(super) fn will_compare(&self) -> bool {
        self.tools.selector.compares() && self.tools.rewards.iter().any(|reward| reward.compares())
    }

    /// The places in a piece become indices in the run, which stay true whatever the piece was.
    pub(super) fn at_home(indices: &[u64], card: &mut Scorecard) {
        let index = |place: usize| usize::try_from(*indices.get(place)?).ok();
        move_pairs(card, &index);
    }

    /// Asks, and leaves what was said in both scorecards.
    pub(in crate::run) fn compare_all(&mut self, selector: &dyn Selector) -> Result<(), Stop> {
        if !self.will_compare() {
            return Ok(());
        }
        let scored = |slot: &Slot| slot.made.is_some() && slot.card.is_some();
        let indices: Vec<u64> = self
            .slots
            .iter()
            .filter(|slot| scored(slot))
            .map(|slot| slot.node.index)
            .collect();
        let cards: Vec<Scorecard> = indices
            .iter()
            .filter_map(|&index| self.card(index).cloned())
            .collect();
        let asked = self.asked_already(&indices, &cards);
        for (first, second) in selector.pairs_wanted(&Group::of(&cards)) {
            let (first, second) = (indices[first], indices[second]);
            if asked.contains(&(first.min(second), first.max(second))) {
                continue;
            }
            self.back(&[first, second]);
            let Some(better) = self.comparison(first, second)? else {
                continue;
            };
            let pair = Pair {
                first: first as usize,
                second: second as usize,
                better,
            };
            for index in [first, second] {
                if let Some(card) = self.slots[index as usize].card.as_mut() {
                    card.raw.push(told_pairs(std::slice::from_ref(&pair)));
                }
            }
        }
        Ok(())
    }

    /// Pairs of indices, the lower first, that stand in the scorecards.
    fn asked_already(&self, indices: &[u64], cards: &[Scorecard]) -> BTreeSet<(u64, u64)> {
        let place = |index: usize| indices.iter().position(|&at| at == index as u64);
        let mut cards = cards.to_vec();
        for card in &mut cards {
            move_pairs(card, &place);
        }
        let pairs = Group::of(&cards).pairs().into_owned();
        let of = |pair: &Pair| (indices[pair.first], indices[pair.second]);
        pairs
            .iter()
            .map(of)
            .map(|(a, b)| (a.min(b), a.max(b)))
            .collect()
    }

    /// Pictures that were let go are rendered again, where that takes no network.
    fn back(&mut self, indices: &[u64]) {
        if self.tools.editor.info().generative {
            return;
        }
        for &index in indices {
            if self.room_for_looks(1) < 1 {
                return;
            }
            let slot = &self.slots[index as usize];
            let Some(made) = slot.made.as_ref().filter(|made| made.picture.is_empty()) else {
                continue;
            };
            let request = self.request(index, &slot.order);
            let picture: Option<Raster> = self
                .tools
                .editor
                .redo(&request, &made.provenance.recipe)
                .ok();
            if let (Some(picture), Some(made)) = (picture, self.slots[index as usize].made.as_mut())
            {
                made.picture = picture;
            }
        }
    }
}
