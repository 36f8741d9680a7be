//! Particles: candidates go side by side, are looked at on their way, and those that look well branch in the place of
//! those that do not. Two ways: Feynman–Kac steering (arXiv 2501.06848), which resamples by potentials of the looks where
//! few of the particles carry the weight; and rollover budget forcing (RBF, arXiv 2503.19385), which tries branches of one
//! candidate until one improves on it and gives the tries it did not need to what comes later.
//!
//! Branches differ because a fork brings noise of its own seed. In flow models, whose samplers draw none, it goes on by the
//! stochastic equation that has the same marginals (Flow-GRPO, arXiv 2505.05470). Elsewhere, and where only the last step is
//! left, the noise under the clean estimate is turned towards the new one (30°, the network finds it as likely).

mod rollover;
mod steering;

use retake_core::{Order, Selector, Stop, Strategy, Studio, said};
use serde::{Deserialize, Serialize};

use self::rollover::Climb;
use self::steering::steer;
use super::budget::{calls_left, edits, make_all, pace, step_to, steps_in_time, steps_of_one};
use super::settings::{Allowed, Number, Settable};

/// What a look's reward r becomes as the logarithm of a weight, in units of the strength λ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Potential {
    /// how much it has risen since the last look
    Difference,
    /// the highest so far
    Max,
    /// the sum of all so far
    Sum,
}

/// How branches are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// all side by side, resampled by their weights
    Steering,
    /// one after the other, until one improves
    Rollover,
}

/// See the module.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Particles {
    /// which of the two
    pub way: Way,
    /// see there
    pub potential: Potential,
    /// λ: by how much the logarithm of a weight rises with an overall score of 1
    pub strength: f64,
    /// looks on the way
    pub looks: u32,
    /// resampled where the effective number of particles falls below this share of them
    pub fewer: f64,
    /// tries a stretch has, before what was not needed earlier is added; of rollover alone
    pub tries: u32,
}

impl Default for Particles {
    fn default() -> Self {
        Self {
            way: Way::Steering,
            potential: Potential::Difference,
            strength: 10.0,
            looks: 4,
            fewer: 0.5,
            tries: 4,
        }
    }
}

impl Settable for Particles {
    const ID: &'static str = "particles";
    const SETTINGS: &'static [Number] = &[
        Number {
            id: "way",
            allowed: Allowed::Word(&["steering", "rollover"]),
            about: "Whether all go side by side or one after the other.",
        },
        Number {
            id: "potential",
            allowed: Allowed::Word(&["difference", "max", "sum"]),
            about: "What of the looks so far gives one its weight.",
        },
        Number {
            id: "strength",
            allowed: Allowed::Number(0.0, 1000.0),
            about: "How strongly better looks are preferred.",
        },
        Number {
            id: "looks",
            allowed: Allowed::Whole(1, 32),
            about: "Looks on the way.",
        },
        Number {
            id: "fewer",
            allowed: Allowed::Number(0.0, 1.0),
            about: "They branch where fewer than this share of them carry the weight.",
        },
        Number {
            id: "tries",
            allowed: Allowed::Whole(1, 64),
            about: "Tries between two looks, of those that go one after the other.",
        },
    ];
}

impl Strategy for Particles {
    fn id(&self) -> &'static str {
        Self::ID
    }

    fn settings(&self) -> serde_json::Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    fn run(&self, studio: &mut dyn Studio, selector: &dyn Selector) -> Result<(), Stop> {
        if edits(studio) == 0 {
            return Ok(());
        }
        let first = studio.begin(vec![Order::default()]);
        let total = steps_of_one(studio, &first)?;
        if total == 0 {
            return make_all(studio, first);
        }
        let points = points(total, self.looks as usize);
        if points.is_empty() {
            studio.remark(said!(
                "This editor is done in one step: there is nothing to look at on the way, so every candidate is finished."
            ));
            return make_all(studio, first);
        }
        match self.way {
            Way::Steering => {
                let before = studio.spent();
                let first = step_to(studio, &first, points[0])?;
                let pace = pace(studio, before);
                // all of them end at the same time, so there must be time for all
                let time = (steps_in_time(studio, pace) + points[0]) / total;
                let count = edits(studio).min(time).max(1);
                let more = studio.begin(vec![Order::default(); count - 1]);
                let all = [first, more].concat();
                // a look of each at every point, and a score of each in the end
                let affordable = (calls_left(studio) / all.len().max(1)).saturating_sub(1);
                let points = later(&points, affordable);
                let open = steer(self, studio, selector, all, &points)?;
                make_all(studio, open)
            }
            Way::Rollover => Climb::new(self, selector, points).all(studio, first),
        }
    }
}

/// So many steps after which is looked, evenly between none and all of them.
fn points(total: usize, looks: usize) -> Vec<usize> {
    let mut points: Vec<usize> = (1..=looks)
        .map(|place| (total as f64 * place as f64 / (looks + 1) as f64).round() as usize)
        .filter(|&point| point > 0 && point < total)
        .collect();
    points.dedup();
    points
}

/// The last few of these: what is seen later tells more.
fn later(points: &[usize], count: usize) -> Vec<usize> {
    points[points.len().saturating_sub(count)..].to_vec()
}

/// Says once that branches are not to be had.
fn cannot_branch(studio: &mut dyn Studio) {
    studio.remark(said!(
        "This editor's candidates cannot branch on their way, so every candidate is finished as in “Make all”."
    ));
}

#[cfg(test)]
mod tests {
    use retake_core::Budget;

    use super::*;
    use crate::PowerProduct;
    use crate::simulated::{Simulated, World};

    const WAYS: [Way; 2] = [Way::Steering, Way::Rollover];

    fn run(how: Particles, world: World, edits: usize, seed: u64) -> Simulated {
        let mut studio = Simulated::new(world, Budget::edits(edits), seed);
        how.run(&mut studio, &PowerProduct::default())
            .expect("nothing stops it");
        studio
    }

    fn quality(how: Particles, world: &World, edits: usize) -> f32 {
        let all = (0..200).filter_map(|seed| {
            let studio = run(how, world.clone(), edits, seed);
            studio.truth(studio.chosen(&PowerProduct::default())?)
        });
        all.sum::<f32>() / 200.0
    }

    fn of(way: Way) -> Particles {
        Particles {
            way,
            ..Particles::default()
        }
    }

    #[test]
    fn looks_are_spread_evenly_and_none_is_at_an_end() {
        assert_eq!(points(10, 4), [2, 4, 6, 8]);
        assert_eq!(points(3, 4), [1, 2]);
        assert_eq!(points(1, 4), [0usize; 0]);
    }

    #[test]
    fn branching_is_better_than_making_as_many_apart() {
        let alone = World {
            forks: false,
            ..World::default()
        };
        for way in WAYS {
            let (with, without) = (
                quality(of(way), &World::default(), 8),
                quality(of(way), &alone, 8),
            );
            assert!(with > without, "{way:?}: {with} {without}");
        }
    }

    #[test]
    fn every_potential_prefers_what_looks_better() {
        for potential in [Potential::Difference, Potential::Max, Potential::Sum] {
            let how = Particles {
                potential,
                ..Particles::default()
            };
            let none = Particles {
                strength: 0.0,
                ..how
            };
            let world = World::default();
            let (steered, left_alone) = (quality(how, &world, 8), quality(none, &world, 8));
            assert!(
                steered > left_alone,
                "{potential:?}: {steered} {left_alone}"
            );
        }
    }

    #[test]
    fn an_editor_that_cannot_branch_gets_best_of_n_and_it_is_said_once() {
        for way in WAYS {
            let world = World {
                forks: false,
                ..World::default()
            };
            let studio = run(of(way), world, 8, 2);
            assert_eq!(studio.spent().edits, 8, "{way:?}");
            assert_eq!(studio.remarks.len(), 1, "{way:?}");
        }
    }

    #[test]
    fn an_editor_that_shows_nothing_gets_best_of_n() {
        for way in WAYS {
            let world = World {
                previews: false,
                ..World::default()
            };
            assert_eq!(run(of(way), world, 8, 2).spent().edits, 8, "{way:?}");
        }
    }
}
