//! Recipe search: some plain candidates, then the numbers of the best one's recipe are turned by CMA-ES (see
//! [`CmaEs`]), which learns from every generation how far and in which direction to go. For editors whose edits are
//! recipes; elsewhere it does what local search does.

use retake_core::{Knob, Order, Origin, Rng, Selector, Stop, Strategy, Studio, said};
use serde::{Deserialize, Serialize};

use super::cma::CmaEs;
use super::local_search::{PLAIN_SHARE, ROUND, climb, plain};
use super::pool::Pool;
use super::settings::{Allowed, Number, Settable};

/// Share of the budget that is spent on plain candidates first.
const PLAIN: f32 = 0.25;
/// Plain candidates at the least, where there is room.
const LEAST: usize = 4;
/// Draws of the strategy itself are apart from those of its candidates.
const OWN: u64 = 0x6B6E_6F62;

/// See the module.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecipeSearch {
    /// share of the budget for plain candidates, in [0, 1]
    pub plain: f32,
    /// first steps, as a multiple of what the editor says of each number
    pub step: f32,
}

impl Default for RecipeSearch {
    fn default() -> Self {
        Self {
            plain: PLAIN,
            step: 1.0,
        }
    }
}

impl Settable for RecipeSearch {
    const ID: &'static str = "recipe_search";
    const SETTINGS: &'static [Number] = &[
        PLAIN_SHARE,
        Number {
            id: "step",
            allowed: Allowed::Number(0.05, 5.0),
            about: "First steps, as a multiple of what the editor says of each number.",
        },
    ];
}

impl Strategy for RecipeSearch {
    fn id(&self) -> &'static str {
        Self::ID
    }

    fn settings(&self) -> serde_json::Value {
        serde_json::json!({ "plain": self.plain, "step": self.step })
    }

    fn run(&self, studio: &mut dyn Studio, selector: &dyn Selector) -> Result<(), Stop> {
        let mut pool = Pool::default();
        let first = plain(super::budget::edits(studio), self.plain, LEAST);
        pool.make(studio, vec![Order::default(); first])?;
        let Some(best) = pool.best(studio, selector) else {
            return Ok(());
        };
        if pool.settled(studio, selector) {
            return Ok(());
        }
        let mut turned = Turned::of(studio, best.index);
        if turned.as_ref().is_none_or(|turned| turned.knobs.is_empty()) {
            studio.remark(said!(
                "These edits have no numbers to turn, so neighbours are tried instead."
            ));
            return climb(studio, selector, &mut pool, ROUND);
        }
        let mut generation = 0;
        while let Some(from) = turned.take() {
            let restart = self.search(studio, selector, &mut pool, &from, generation)?;
            generation += 1;
            turned = restart.and_then(|index| Turned::of(studio, index));
        }
        Ok(())
    }
}

impl RecipeSearch {
    /// Turns the numbers of one recipe until the budget is spent, or two generations bring nothing; then who is best.
    fn search(
        &self,
        studio: &mut dyn Studio,
        selector: &dyn Selector,
        pool: &mut Pool,
        from: &Turned,
        generation: u64,
    ) -> Result<Option<u64>, Stop> {
        let seed = Rng::seed_of(studio.brief().seed ^ OWN, generation);
        let deviations: Vec<f64> = from
            .knobs
            .iter()
            .map(|knob| f64::from(self.step) * unit(knob, knob.low + knob.step))
            .collect();
        let start = from
            .knobs
            .iter()
            .map(|knob| unit(knob, knob.value))
            .collect();
        // three generations at the least, where that leaves enough for one
        let few = (super::budget::edits(studio) / 3).max(LEAST);
        let lambda = CmaEs::default_lambda(from.knobs.len()).min(few);
        let mut search = CmaEs::new(start, &deviations, lambda, seed);
        let (mut best, mut without) = (
            pool.best(studio, selector).map_or(0.0, |best| best.overall),
            0,
        );
        loop {
            let count = lambda.min(super::budget::edits(studio));
            let points = search.ask(count);
            let orders = points.iter().map(|point| from.order(point)).collect();
            let before = studio.spent().edits;
            // those that could not be made leave a gap, so places are told by index
            let first = pool.make(studio, orders)?;
            if studio.spent().edits == before || first.is_empty() {
                return Ok(None);
            }
            let standings = pool.among(&first, studio, selector);
            let place = |index: u64| from.place(studio, index, &points);
            let ranks: Vec<usize> = standings
                .iter()
                .filter_map(|standing| place(standing.index))
                .collect();
            search.tell(&ranks);
            let now = pool.best(studio, selector);
            if pool.settled(studio, selector) {
                return Ok(None);
            }
            let overall = now.map_or(best, |now| now.overall);
            without = if overall > best { 0 } else { without + 1 };
            best = best.max(overall);
            if without == 2 {
                return Ok(now.map(|now| now.index));
            }
        }
    }
}

/// A recipe whose numbers are turned.
struct Turned {
    index: u64,
    recipe: serde_json::Value,
    knobs: Vec<Knob>,
}

/// Where a value stands in its range.
fn unit(knob: &Knob, value: f64) -> f64 {
    ((value - knob.low) / (knob.high - knob.low)).clamp(0.0, 1.0)
}

/// To the power of ten that is at most a hundredth of a step, so that a person can read the recipe.
fn rounded(value: f64, step: f64) -> f64 {
    let digits = (2.0 - step.max(1e-9).log10()).ceil().clamp(0.0, 12.0);
    let per_unit = 10f64.powi(digits as i32);
    (value * per_unit).round() / per_unit
}

impl Turned {
    fn of(studio: &dyn Studio, index: u64) -> Option<Self> {
        let recipe = studio.provenance(index)?.recipe.clone();
        let mut knobs = studio.knobs(index);
        knobs.retain(|knob| knob.high > knob.low && recipe.pointer(&knob.pointer).is_some());
        Some(Self {
            index,
            recipe,
            knobs,
        })
    }

    /// The recipe with its numbers at this point of [0, 1]ⁿ.
    fn at(&self, point: &[f64]) -> serde_json::Value {
        let mut recipe = self.recipe.clone();
        for (knob, &place) in self.knobs.iter().zip(point) {
            if let Some(value) = recipe.pointer_mut(&knob.pointer) {
                let turned = knob.low + place.clamp(0.0, 1.0) * (knob.high - knob.low);
                *value = rounded(turned, knob.step).clamp(knob.low, knob.high).into();
            }
        }
        recipe
    }

    fn order(&self, point: &[f64]) -> Order {
        Order {
            parent: Some(self.index),
            origin: Origin::Exactly(self.at(point)),
            instruction: None,
            why: said!("its numbers turned"),
        }
    }

    /// Which of the points a candidate was made at.
    fn place(&self, studio: &dyn Studio, index: u64, points: &[Vec<f64>]) -> Option<usize> {
        let recipe = &studio.provenance(index)?.recipe;
        points.iter().position(|point| self.at(point) == *recipe)
    }
}

#[cfg(test)]
mod tests {
    use retake_core::Budget;

    use super::*;
    use crate::simulated::{Simulated, World};
    use crate::{BestOfN, PowerProduct};

    fn reaches(strategy: &dyn Strategy, edits: usize) -> f32 {
        let selector = PowerProduct::default();
        let of = |seed| {
            let world = World {
                mean: 0.4,
                spread: 0.1,
                ..World::default()
            };
            let mut studio = Simulated::new(world, Budget::edits(edits), seed);
            studio.run(strategy, &selector).expect("nothing stops it");
            assert_eq!(studio.spent().edits, edits as u64);
            studio
                .chosen(&selector)
                .and_then(|index| studio.truth(index))
                .expect("one was chosen")
        };
        (0..50).map(of).sum::<f32>() / 50.0
    }

    #[test]
    fn turning_numbers_beats_drawing_anew() {
        let (turned, plain) = (
            reaches(&RecipeSearch::default(), 40),
            reaches(&BestOfN {}, 40),
        );
        assert!(turned > plain + 0.1, "{turned} {plain}");
    }

    #[test]
    fn more_turns_come_nearer_to_the_best_recipe() {
        let (few, many) = (
            reaches(&RecipeSearch::default(), 24),
            reaches(&RecipeSearch::default(), 96),
        );
        assert!(many > few + 0.02 && many > 0.85, "{few} {many}");
    }

    #[test]
    fn every_number_stays_in_its_range() {
        let mut studio = Simulated::new(World::default(), Budget::edits(30), 2);
        studio
            .run(&RecipeSearch::default(), &PowerProduct::default())
            .expect("nothing stops it");
        for index in studio.finished() {
            for knob in studio.knobs(index) {
                assert!((knob.low..=knob.high).contains(&knob.value), "{knob:?}");
            }
        }
    }
}
