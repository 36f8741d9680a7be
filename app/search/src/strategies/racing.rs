//! Racing: all are made and scored once, then the judges are asked again only about the two that matter, the best so far
//! and the one that is hardest to tell from it, until the best is the best with the confidence that was asked for. Leader
//! and challenger are those of the top-two rule EB-TC (Jourdan et al. 2022, arXiv 2206.05979), the challenger being the one
//! with the least transportation cost (μ_h − μ_j)² / 2(σ_h² + σ_j²); it ends when the posterior probability, with normal
//! posteriors (Russo 2016, arXiv 1602.08448), that anybody else is better is small enough, summed over all of them.

use retake_core::{Scorecard, Selector, Stop, Strategy, Studio, number, said};
use serde::{Deserialize, Serialize};

use super::budget::{calls_left, edits, make_all};
use super::group::finals;
use super::settings::{Allowed, Number, Settable};

/// One standard deviation of a pass, of an overall score in [0, 1], where no judge says anything of it.
const PASS: f64 = 0.1;
/// What the judges say of themselves counts like so many passes that were seen to differ.
const STATED: f64 = 4.0;

/// See the module.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Racing {
    /// probability that the best is the best at which it ends
    pub confidence: f64,
    /// passes that all have on average at most, where the budget names no calls
    pub passes: f64,
    /// passes of a single candidate at most
    pub most: u32,
}

impl Default for Racing {
    fn default() -> Self {
        Self {
            confidence: 0.9,
            passes: 4.0,
            most: 16,
        }
    }
}

impl Settable for Racing {
    const ID: &'static str = "racing";
    const SETTINGS: &'static [Number] = &[
        Number {
            id: "confidence",
            allowed: Allowed::Number(0.5, 1.0),
            about: "Ends when the best is the best with this probability.",
        },
        Number {
            id: "passes",
            allowed: Allowed::Number(1.0, 64.0),
            about: "Passes that all have on average at most, where the budget names no judge calls.",
        },
        Number {
            id: "most",
            allowed: Allowed::Whole(1, 256),
            about: "Passes of a single candidate at most.",
        },
    ];
}

/// What is known of one: its overall score so far and the passes behind it.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Runner {
    index: u64,
    mean: f64,
    passes: usize,
    /// one standard deviation of the mean, as the judges say it
    stated: f64,
}

impl Strategy for Racing {
    fn id(&self) -> &'static str {
        Self::ID
    }

    fn settings(&self) -> serde_json::Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    fn run(&self, studio: &mut dyn Studio, selector: &dyn Selector) -> Result<(), Stop> {
        if !studio.brief().judges_vary {
            return make_all(studio, Vec::new());
        }
        let indices = studio.begin(vec![retake_core::Order::default(); edits(studio)]);
        let mut made = Vec::with_capacity(indices.len());
        for part in indices.chunks(studio.brief().at_a_time.max(1)) {
            let finished = studio.finish(part)?;
            made.extend(studio.score(&finished)?);
        }
        let asked = ((self.passes - 1.0) * made.len() as f64).floor() as usize;
        let mut calls = asked.min(calls_left(studio));
        let mut noise = Noise::default();
        let sure = loop {
            let runners = runners(studio, selector, &made);
            noise.learn(&runners);
            let sure = confidence(&runners, &noise);
            if sure >= self.confidence {
                break sure;
            }
            let pair = pair(&runners, &noise, self.most as usize);
            if pair.is_empty() || calls < pair.len() {
                break sure;
            }
            let passes = |studio: &dyn Studio| -> usize {
                pair.iter().map(|&index| studio.passes(index)).sum()
            };
            let before = passes(studio);
            studio.score(&pair)?;
            if passes(studio) == before {
                break sure;
            }
            calls -= pair.len();
        };
        studio.done_with(&made);
        if made.len() > 1 {
            studio.remark(said!(
                "The judges were asked until the best of {count} was the best with a probability of {share} %.",
                count = number(made.len()),
                share = number((100.0 * sure).floor())
            ));
        }
        Ok(())
    }
}

/// All that were scored, with how sure their overall scores are: by the delta method, from the spread of each dimension.
fn runners(studio: &dyn Studio, selector: &dyn Selector, indices: &[u64]) -> Vec<Runner> {
    let ends = finals(studio, selector, indices);
    let cards: Vec<Scorecard> = ends
        .iter()
        .filter_map(|&(index, _)| studio.card(index).cloned())
        .collect();
    let of = |(place, &(index, mean)): (usize, &(u64, f32))| Runner {
        index,
        mean: f64::from(mean),
        passes: studio.passes(index).max(1),
        stated: spread(selector, &cards, place),
    };
    ends.iter().enumerate().map(of).collect()
}

/// One standard deviation of an overall score: how far it moves when each dimension moves by its own, one after the other.
fn spread(selector: &dyn Selector, cards: &[Scorecard], place: usize) -> f64 {
    let mut moved = cards.to_vec();
    let dimensions: Vec<_> = cards[place].scores.keys().cloned().collect();
    let mut variance = 0.0;
    for dimension in dimensions {
        let score = &cards[place].scores[&dimension];
        let mut at = |value: f32| {
            if let Some(one) = moved[place].scores.get_mut(&dimension) {
                one.value = value;
            }
            f64::from(selector.select(&moved).overall[place])
        };
        let (low, high) = (score.value - score.spread, score.value + score.spread);
        // half of the way between, so that a bent scale does not matter
        variance += ((at(high) - at(low)) / 2.0).powi(2);
        at(score.value);
    }
    variance.sqrt()
}

/// How much one pass differs from another: what the judges say of it, and what is seen when they are asked again.
#[derive(Debug, Default)]
struct Noise {
    last: Vec<Runner>,
    /// squared differences that were seen, each an estimate of the variance of a pass
    seen: Vec<f64>,
}

impl Noise {
    /// Compares with what was known before the last calls.
    fn learn(&mut self, now: &[Runner]) {
        for runner in now {
            let before = self.last.iter().find(|last| last.index == runner.index);
            if let Some(before) = before.filter(|before| before.passes < runner.passes) {
                let (n, all) = (before.passes as f64, runner.passes as f64);
                // mean of the new passes, and Welford's variance of its distance from the mean of the old ones
                let new = (runner.mean * all - before.mean * n) / (all - n);
                let share = 1.0 / n + 1.0 / (all - n);
                self.seen.push((new - before.mean).powi(2) / share);
            }
        }
        self.last = now.to_vec();
    }

    /// Variance of a single pass about this one.
    fn of_pass(&self, runner: &Runner) -> f64 {
        let stated = match runner.stated.powi(2) * runner.passes as f64 {
            stated if stated > 0.0 => stated,
            _ => PASS.powi(2),
        };
        let seen: f64 = self.seen.iter().sum();
        (STATED * stated + seen) / (STATED + self.seen.len() as f64)
    }

    /// Variance of its mean.
    fn of_mean(&self, runner: &Runner) -> f64 {
        self.of_pass(runner) / runner.passes as f64
    }
}

/// The best so far and the one that is hardest to tell from it, those of them that may be asked again; nobody where there
/// is nobody to tell apart.
fn pair(runners: &[Runner], noise: &Noise, most: usize) -> Vec<u64> {
    let Some(leader) = leader(runners) else {
        return Vec::new();
    };
    let cost = |one: &Runner| {
        let variance = noise.of_mean(leader) + noise.of_mean(one);
        (leader.mean - one.mean).powi(2) / (2.0 * variance)
    };
    let others = runners.iter().filter(|one| one.index != leader.index);
    let challenger = others
        .filter(|one| one.passes < most || leader.passes < most)
        .min_by(|a, b| cost(a).total_cmp(&cost(b)));
    let Some(challenger) = challenger else {
        return Vec::new();
    };
    let both = [leader, challenger].into_iter();
    both.filter(|one| one.passes < most)
        .map(|one| one.index)
        .collect()
}

fn leader(runners: &[Runner]) -> Option<&Runner> {
    // the first of equals, as selectors have it
    runners
        .iter()
        .reduce(|best, one| if one.mean > best.mean { one } else { best })
}

/// Probability, at least, that the best so far is the best.
fn confidence(runners: &[Runner], noise: &Noise) -> f64 {
    let Some(leader) = leader(runners) else {
        return 1.0;
    };
    let others = runners.iter().filter(|one| one.index != leader.index);
    let doubt: f64 = others
        .map(|one| {
            let variance = noise.of_mean(leader) + noise.of_mean(one);
            normal_above((leader.mean - one.mean) / variance.sqrt())
        })
        .sum();
    (1.0 - doubt).max(0.0)
}

/// Probability that a standard normal number is above `z` (Abramowitz & Stegun 26.2.17, within 7.5e-8).
fn normal_above(z: f64) -> f64 {
    if z < 0.0 {
        return 1.0 - normal_above(-z);
    }
    let t = 1.0 / (1.0 + 0.231_641_9 * z);
    let terms = [
        0.319_381_530,
        -0.356_563_782,
        1.781_477_937,
        -1.821_255_978,
        1.330_274_429,
    ];
    let sum = terms.iter().rev().fold(0.0, |sum, term| (sum + term) * t);
    sum * (-z * z / 2.0).exp() / std::f64::consts::TAU.sqrt()
}

#[cfg(test)]
mod tests {
    use retake_core::Budget;

    use super::*;
    use crate::simulated::{Simulated, World};
    use crate::{BestOfN, PowerProduct};

    fn noisy() -> World {
        World {
            judge_noise: 0.15,
            ..World::default()
        }
    }

    fn run(how: Racing, world: World, budget: Budget, seed: u64) -> Simulated {
        let mut studio = Simulated::new(world, budget, seed);
        how.run(&mut studio, &PowerProduct::default())
            .expect("nothing stops it");
        studio
    }

    #[test]
    fn judges_that_always_say_the_same_are_asked_once() {
        let studio = run(Racing::default(), World::default(), Budget::edits(8), 1);
        assert_eq!(studio.spent().judge_calls, 8);
    }

    #[test]
    fn judges_are_asked_again_about_those_that_could_win() {
        let world = World {
            listed: vec![0.1, 0.8, 0.2, 0.75, 0.15],
            judge_noise: 0.05,
            ..World::default()
        };
        let studio = run(Racing::default(), world, Budget::edits(5), 1);
        let passes: Vec<usize> = (0..5).map(|index| studio.passes(index)).collect();
        assert!(passes[1] > 1 && passes[3] > 1, "{passes:?}");
        assert_eq!((passes[0], passes[2], passes[4]), (1, 1, 1));
    }

    #[test]
    fn a_clear_winner_ends_it_early() {
        let world = World {
            listed: vec![0.1, 0.9, 0.2, 0.3],
            judge_noise: 0.02,
            ..World::default()
        };
        let studio = run(Racing::default(), world, Budget::edits(4), 1);
        assert_eq!(studio.spent().judge_calls, 4);
    }

    #[test]
    fn calls_that_the_budget_names_are_not_exceeded() {
        let budget = Budget {
            judge_calls: Some(20),
            ..Budget::edits(8)
        };
        assert!(
            run(Racing::default(), noisy(), budget, 1)
                .spent()
                .judge_calls
                <= 20
        );
    }

    #[test]
    fn it_says_that_it_is_sure_about_as_often_as_it_is_right() {
        let selector = PowerProduct::default();
        let (mut sure, mut right) = (0, 0);
        for seed in 0..300 {
            let how = Racing {
                passes: 64.0,
                most: 256,
                ..Racing::default()
            };
            let world = World {
                spread: 0.25,
                ..noisy()
            };
            let studio = run(how, world, Budget::edits(6), seed);
            let calls = studio.spent().judge_calls;
            if calls < 6 * 60 {
                let truth = |index: u64| studio.truth(index).unwrap_or(0.0);
                let chosen = studio.chosen(&selector).map_or(0.0, truth);
                let best = (0..6).map(truth).fold(0.0, f32::max);
                sure += 1;
                right += usize::from(chosen == best);
            }
        }
        let share = f64::from(right as u32) / f64::from(sure);
        assert!(sure > 200 && share > 0.85, "{right} of {sure}");
    }

    #[test]
    fn the_normal_distribution_agrees_with_scipy() {
        // scipy.stats.norm.sf
        for (z, p) in [
            (0.0, 0.5),
            (1.0, 0.158_655_25),
            (2.5, 0.006_209_67),
            (-1.0, 0.841_344_75),
        ] {
            assert!((normal_above(z) - p).abs() < 1e-7, "{z}");
        }
    }

    /// The mean true quality of what is chosen.
    fn quality(
        strategy: &dyn Strategy,
        world: &World,
        budget: &Budget,
        again: usize,
    ) -> (f64, f64) {
        let selector = PowerProduct::default();
        let (mut truth, mut calls) = (0.0, 0.0);
        const RUNS: u64 = 200;
        for seed in 0..RUNS {
            let mut studio = Simulated::new(world.clone(), budget.clone(), seed);
            strategy
                .run(&mut studio, &selector)
                .expect("nothing stops it");
            for _ in 0..again {
                let all = studio.finished();
                studio.score(&all).expect("nothing stops it");
            }
            let chosen = studio.chosen(&selector).expect("one is there");
            truth += f64::from(studio.truth(chosen).expect("it is known")) / RUNS as f64;
            calls += studio.spent().judge_calls as f64 / RUNS as f64;
        }
        (truth, calls)
    }

    #[test]
    fn four_passes_for_all_of_32_are_reached_at_45_percent_of_their_calls() {
        for judge_noise in [0.08, 0.15] {
            let world = World {
                judge_noise,
                ..World::default()
            };
            let (all, calls) = quality(&BestOfN {}, &world, &Budget::edits(32), 3);
            assert_eq!(calls.round(), 128.0);
            let budget = Budget {
                judge_calls: Some(57),
                ..Budget::edits(32)
            };
            let (raced, calls) = quality(&Racing::default(), &world, &budget, 0);
            assert!(calls <= 57.6, "{calls}");
            assert!(
                raced >= all - 0.002,
                "{raced} with {calls} calls, {all} with 128: {world:?}"
            );
        }
    }

    #[test]
    fn judges_that_sometimes_say_the_opposite_fool_it_less_than_one_pass() {
        let world = World {
            flipped: 0.2,
            ..World::default()
        };
        let (once, _) = quality(&BestOfN {}, &world, &Budget::edits(16), 0);
        let (raced, _) = quality(&Racing::default(), &world, &Budget::edits(16), 0);
        assert!(raced > once + 0.03, "{raced} {once}");
    }
}
