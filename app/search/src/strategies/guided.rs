//! Gradients: where editor and rewards know how they follow from what comes in, candidates are led up the slope of the
//! rewards while they are made. Two ways, alone or together: every step of a part of the way is bent (Flow-NRG, arXiv
//! 2501.13918: v' = v − w t/(1 − t) ∇r), and the noise is bettered before the first step, which is meant for models of few
//! steps (ReNO, arXiv 2406.04312). The first candidate is never led: it is the plain sample that a reward outside the choice
//! is compared on, so that one sees when only the score was led. What is left of the budget makes plain ones.

use retake_core::{Led, Order, Pull, Selector, Stop, Strategy, Studio, said};
use serde::{Deserialize, Serialize};

use super::budget::{edits, make_all, pace, steps_in_time, steps_of_one, whole};
use super::settings::{Allowed, Number, Relation, Settable};

/// Through what a gradient goes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Through {
    /// the decoder, as if the network answered the same whatever it sees
    Decoder,
    /// the network too: exact, three times the work, and much memory
    Network,
}

/// See the module.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Guided {
    /// w
    pub weight: f64,
    /// share of the steps after which it begins
    pub from: f64,
    /// share of the steps after which it ends
    pub to: f64,
    /// how far a step may be bent, root mean square in latents of variance 1
    pub most: f64,
    /// see there
    pub through: Through,
    /// rounds in which the noise is bettered
    pub noise: u32,
}

impl Default for Guided {
    fn default() -> Self {
        Self {
            weight: 1000.0,
            from: 0.1,
            to: 0.8,
            most: 0.1,
            through: Through::Decoder,
            noise: 0,
        }
    }
}

impl Settable for Guided {
    const ID: &'static str = "guided";
    const SETTINGS: &'static [Number] = &[
        Number {
            id: "weight",
            allowed: Allowed::Number(0.0, 1e6),
            about: "How strongly scores bend the way; 0 makes all of them plainly.",
        },
        Number {
            id: "from",
            allowed: Allowed::Number(0.0, 1.0),
            about: "Share of the steps after which it begins.",
        },
        Number {
            id: "to",
            allowed: Allowed::Number(0.0, 1.0),
            about: "Share of the steps after which it ends.",
        },
        Number {
            id: "most",
            allowed: Allowed::Number(0.0, 2.0),
            about: "How far one step may be bent.",
        },
        Number {
            id: "through",
            allowed: Allowed::Word(&["decoder", "network"]),
            about: "Through what the gradient goes back: the decoder alone, or the network too, which is exact and takes three times as long.",
        },
        Number {
            id: "noise",
            allowed: Allowed::Whole(0, 200),
            about: "Rounds in which the noise is bettered before the first step.",
        },
    ];
    const RELATIONS: &'static [Relation] = &[Relation {
        less: "from",
        than: "to",
        or_equal: true,
        about: "Leading must begin before it ends.",
    }];
}

impl Guided {
    fn pull(&self) -> Pull {
        Pull {
            weight: self.weight,
            most: self.most,
            through_network: self.through == Through::Network,
        }
    }

    /// The steps of a candidate that are led, from and to; never the last one.
    fn part(&self, total: usize) -> (usize, usize) {
        let at = |share: f64| (share * total as f64).round() as usize;
        let to = at(self.to).min(total.saturating_sub(1));
        (at(self.from).min(to), to)
    }

    /// Steps that a led candidate counts as.
    fn cost(&self, total: usize) -> usize {
        let (from, to) = self.part(total);
        let led = (to - from) * (self.pull().steps() as usize - 1);
        total + led + self.noise as usize * Pull::ROUND as usize
    }

    /// Leads one up to where it goes on by itself. What went wrong, where it cannot be led.
    fn lead(&self, studio: &mut dyn Studio, index: u64, total: usize) -> Result<Led, Stop> {
        let (from, to) = self.part(total);
        if self.noise > 0 {
            let led = studio.better_noise(&[index], self.noise as usize, &self.pull())?;
            if matches!(led, Led::Cannot(_)) {
                return Ok(led);
            }
        }
        if to == from {
            return Ok(Led::Along(vec![index]));
        }
        let stepped = studio.step(&[index], from)?;
        studio.lead(&stepped, to - from, &self.pull())
    }
}

impl Strategy for Guided {
    fn id(&self) -> &'static str {
        Self::ID
    }

    fn settings(&self) -> serde_json::Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    fn run(&self, studio: &mut dyn Studio, _: &dyn Selector) -> Result<(), Stop> {
        if edits(studio) == 0 {
            return Ok(());
        }
        if self.weight == 0.0 {
            return make_all(studio, Vec::new());
        }
        let first = studio.begin(vec![Order::default()]);
        let total = steps_of_one(studio, &first)?;
        let (from, to) = self.part(total);
        if total == 0 || (from == to && self.noise == 0) {
            if total > 0 {
                studio.remark(said!(
                    "No step of this editor can be led as it is set, so every candidate goes its own way."
                ));
            }
            return make_all(studio, first);
        }
        let before = studio.spent();
        make_part(studio, &first)?;
        let pace = pace(studio, before);
        let cost = self.cost(total);
        let mut any = false;
        while edits(studio) > 0 && steps_in_time(studio, pace) >= cost {
            let begun = studio.begin(vec![Order {
                why: said!("to be led by the scores"),
                ..Order::default()
            }]);
            let Some(&index) = begun.first() else {
                break;
            };
            match self.lead(studio, index, total)? {
                Led::Along(_) => make_part(studio, &[index])?,
                Led::Cannot(why) => {
                    studio.remark(why);
                    return make_all(studio, vec![index]);
                }
            }
            any = true;
        }
        if !any {
            studio.remark(said!(
                "The budget has no room for a candidate that is led beside a plain one, so all go their own way."
            ));
        }
        let rest = studio.begin(vec![Order::default(); whole(studio, total)]);
        for part in rest.chunks(studio.brief().at_a_time.max(1)) {
            make_part(studio, part)?;
        }
        Ok(())
    }
}

/// Finishes and scores.
fn make_part(studio: &mut dyn Studio, indices: &[u64]) -> Result<(), Stop> {
    let made = studio.finish(indices)?;
    studio.score(&made)?;
    studio.done_with(&made);
    Ok(())
}

#[cfg(test)]
mod tests {
    use retake_core::Budget;

    use super::*;
    use crate::simulated::{Simulated, World};
    use crate::{BestOfN, PowerProduct};

    fn run(how: &dyn Strategy, world: World, edits: usize, seed: u64) -> Simulated {
        let mut studio = Simulated::new(world, Budget::edits(edits), seed);
        studio
            .run(how, &PowerProduct::default())
            .expect("nothing stops it");
        studio
    }

    fn slopes() -> World {
        World {
            slope: 0.1,
            ..World::default()
        }
    }

    fn cards(studio: &Simulated) -> Vec<retake_core::Scorecard> {
        let finished = studio.finished().into_iter();
        finished
            .filter_map(|index| studio.card(index).cloned())
            .collect()
    }

    #[test]
    fn a_weight_of_nothing_is_best_of_n() {
        let how = Guided {
            weight: 0.0,
            ..Guided::default()
        };
        for world in [World::default(), slopes()] {
            let (led, plain) = (
                run(&how, world.clone(), 6, 3),
                run(&BestOfN {}, world, 6, 3),
            );
            assert_eq!(cards(&led), cards(&plain));
            assert_eq!(led.spent(), plain.spent());
        }
    }

    #[test]
    fn where_nobody_knows_a_slope_it_is_best_of_n_and_that_is_said_once() {
        let (led, plain) = (
            run(&Guided::default(), World::default(), 6, 3),
            run(&BestOfN {}, World::default(), 6, 3),
        );
        assert_eq!(cards(&led), cards(&plain));
        assert_eq!(led.remarks.len(), 1);
    }

    #[test]
    fn leading_is_better_than_making_as_many_plainly() {
        let quality = |how: &dyn Strategy| {
            let all = (0..100).filter_map(|seed| {
                let studio = run(how, slopes(), 8, seed);
                studio.truth(studio.chosen(&PowerProduct::default())?)
            });
            all.sum::<f32>() / 100.0
        };
        let (led, plain) = (quality(&Guided::default()), quality(&BestOfN {}));
        assert!(led > plain + 0.05, "{led} {plain}");
    }

    #[test]
    fn the_first_is_plain_and_the_others_are_led() {
        let studio = run(&Guided::default(), slopes(), 4, 3);
        let plain = run(&BestOfN {}, slopes(), 4, 3);
        assert_eq!(studio.truth(0), plain.truth(0));
        for index in 1..4 {
            assert!(studio.truth(index) > plain.truth(index), "{index}");
        }
    }

    #[test]
    fn a_way_back_through_the_network_counts_as_two_more_evaluations() {
        // 7 of 10 steps are led; three of 24 edits' worth of steps pay for one such candidate and what is left over
        let how = Guided {
            through: Through::Network,
            ..Guided::default()
        };
        assert_eq!((how.part(10), how.cost(10)), ((1, 8), 24));
        let studio = run(&how, slopes(), 4, 3);
        let spent = studio.spent();
        assert_eq!((spent.steps, spent.edits), (10 + 24, 2));
    }

    #[test]
    fn a_round_on_the_noise_counts_as_three_evaluations() {
        let how = Guided {
            noise: 2,
            to: 0.0,
            from: 0.0,
            ..Guided::default()
        };
        let studio = run(&how, slopes(), 4, 3);
        assert_eq!(studio.spent().steps, 10 + 16 + 10);
        assert!(studio.truth(1) > run(&BestOfN {}, slopes(), 4, 3).truth(1));
    }
}
