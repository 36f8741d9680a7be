//! Best-of-N in rounds that stops when another round is no use: the best is good enough and the last round brought
//! nothing better than chance would. Most of what best-of-N gains comes early (EditScore, arXiv 2509.23909, reports most
//! of it by N = 8), so an easy instruction ends after two rounds and a hard one spends the whole budget.

use retake_core::{Order, Selector, Stop, Strategy, Studio};
use serde::{Deserialize, Serialize};

use super::budget::edits;
use super::foresight::Foresight;
use super::group::Scored;
use super::pool::settled;
use super::settings::{Allowed, Number, Settable};

/// Candidates of a round where nobody says otherwise.
const ROUND: usize = 4;
/// A best that is better by less than this, of an overall score in [0, 1], is not better: people do not see it.
const BETTER: f32 = 0.01;

/// See the module.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct WhileItHelps {
    /// candidates made and scored at a time, at least one
    pub round: usize,
}

impl Default for WhileItHelps {
    fn default() -> Self {
        Self { round: ROUND }
    }
}

impl Settable for WhileItHelps {
    const ID: &'static str = "while_it_helps";
    const SETTINGS: &'static [Number] = &[Number {
        id: "round",
        allowed: Allowed::Whole(1, 64),
        about: "Candidates of a round.",
    }];
}

impl Strategy for WhileItHelps {
    fn id(&self) -> &'static str {
        Self::ID
    }

    fn settings(&self) -> serde_json::Value {
        serde_json::json!({ "round": self.round })
    }

    fn run(&self, studio: &mut dyn Studio, selector: &dyn Selector) -> Result<(), Stop> {
        let mut foresight = Foresight::default();
        let ended = self.rounds(studio, selector, &mut foresight);
        foresight.tell(studio);
        ended
    }
}

impl WhileItHelps {
    fn rounds(
        &self,
        studio: &mut dyn Studio,
        selector: &dyn Selector,
        foresight: &mut Foresight,
    ) -> Result<(), Stop> {
        let mut all: Vec<u64> = Vec::new();
        let mut best: Option<f32> = None;
        loop {
            let round = edits(studio).min(self.round.max(1));
            if round == 0 {
                return Ok(());
            }
            let begun = studio.begin(vec![Order::default(); round]);
            let made = studio.finish(&begun)?;
            let scored = foresight.judge(studio, selector, &all, &made)?;
            studio.done_with(&made);
            all.extend(scored);
            if made.is_empty() || all.is_empty() {
                // not one of a whole round could be made: it is not the seed, or the network's evaluations are spent
                return Ok(());
            }
            let selection = Scored::of(studio, &all).choose(selector);
            let now = selection.order.first().map(|&i| selection.overall[i]);
            let level = matches!((best, now), (Some(best), Some(now)) if now < best + BETTER);
            if level && selection.good_enough || settled(studio, selector, &all) {
                return Ok(());
            }
            best = now;
        }
    }
}

#[cfg(test)]
mod tests {
    use retake_core::Budget;

    use super::*;
    use crate::PowerProduct;
    use crate::simulated::{Simulated, World};

    /// How many are made of candidates that follow so well.
    fn made(values: &[f32]) -> usize {
        let world = World::listed(values);
        let mut studio = Simulated::new(world, Budget::edits(values.len()), 5);
        WhileItHelps { round: 2 }
            .run(&mut studio, &PowerProduct::default())
            .expect("nothing stops it");
        studio.spent().edits as usize
    }

    #[test]
    fn it_ends_with_the_round_that_brought_nothing_better() {
        assert_eq!(made(&[0.6, 0.7, 0.8, 0.7, 0.79, 0.6, 0.9, 0.9]), 6);
    }

    #[test]
    fn while_none_is_good_enough_it_goes_on() {
        assert_eq!(made(&[0.1, 0.1, 0.1, 0.1, 0.1, 0.9]), 6);
    }

    #[test]
    fn it_never_spends_more_than_the_budget() {
        assert_eq!(made(&[0.1, 0.2, 0.3]), 3);
    }
}
