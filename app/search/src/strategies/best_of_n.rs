//! Best-of-N: makes as many candidates as the budget allows and scores all of them, a part at a time so that the first
//! scores are there while the rest is made. Nothing it makes depends on how large a part is.

use retake_core::{Selector, Stop, Strategy, Studio};
use serde::{Deserialize, Serialize};

use super::budget::make_all;
use super::settings::{Number, Settable};

/// See the module.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BestOfN {}

impl Settable for BestOfN {
    const ID: &'static str = "best_of_n";
    const SETTINGS: &'static [Number] = &[];
}

impl Strategy for BestOfN {
    fn id(&self) -> &'static str {
        Self::ID
    }

    fn settings(&self) -> serde_json::Value {
        serde_json::json!({})
    }

    fn run(&self, studio: &mut dyn Studio, _: &dyn Selector) -> Result<(), Stop> {
        make_all(studio, Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use retake_core::Budget;

    use super::*;
    use crate::PowerProduct;
    use crate::simulated::{Simulated, World};

    fn run(world: World, budget: Budget) -> Simulated {
        let mut studio = Simulated::new(world, budget, 5);
        BestOfN {}
            .run(&mut studio, &PowerProduct::default())
            .expect("nothing stops it");
        studio
    }

    #[test]
    fn the_whole_budget_is_spent_and_accounted_for() {
        let spent = run(World::default(), Budget::edits(5)).spent();
        assert_eq!((spent.edits, spent.judge_calls), (5, 5));
    }

    #[test]
    fn parts_make_and_score_the_same_candidates() {
        let cards = |at_a_time| {
            let world = World {
                at_a_time,
                ..World::default()
            };
            let studio = run(world, Budget::edits(5));
            (0..5).map(|i| studio.card(i).cloned()).collect::<Vec<_>>()
        };
        assert_eq!(cards(2), cards(usize::MAX));
    }

    /// How much better the chosen one truly is than the first, on average over so many runs, and the error of that.
    fn gain(world: &World, edits: usize, runs: u64) -> (f64, f64) {
        let selector = PowerProduct::default();
        let gains: Vec<f64> = (0..runs)
            .map(|seed| {
                let mut studio = Simulated::new(world.clone(), Budget::edits(edits), seed);
                let done = BestOfN {}.run(&mut studio, &selector);
                done.expect("nothing stops it");
                let truth = |index| f64::from(studio.truth(index).expect("it was made"));
                truth(studio.chosen(&selector).expect("some are finished")) - truth(0)
            })
            .collect();
        let count = gains.len() as f64;
        let mean = gains.iter().sum::<f64>() / count;
        let squares: f64 = gains.iter().map(|gain| (gain - mean).powi(2)).sum();
        (mean, (squares / count / count).sqrt())
    }

    /// Climb Carves Wisdom (arXiv 2505.22653): a noisy reward still leads upwards as long as it is right more often than not.
    #[test]
    fn with_four_of_ten_judge_calls_flipped_eight_and_more_still_gain() {
        let world = World {
            flipped: 0.4,
            ..World::default()
        };
        for edits in [8, 16, 32] {
            let (gain, error) = gain(&world, edits, 600);
            assert!(
                gain > 3.0 * error && gain > 0.01,
                "{edits}: {gain} ± {error}"
            );
        }
    }

    #[test]
    fn with_half_of_them_flipped_nothing_is_gained() {
        let world = World {
            flipped: 0.5,
            ..World::default()
        };
        let (gain, error) = gain(&world, 16, 600);
        assert!(gain.abs() < 3.0 * error, "{gain} ± {error}");
    }

    #[test]
    fn what_could_not_be_judged_is_not_made() {
        let budget = Budget {
            judge_calls: Some(3),
            ..Budget::edits(8)
        };
        let spent = run(World::default(), budget).spent();
        assert_eq!((spent.edits, spent.judge_calls), (3, 3));
    }
}
