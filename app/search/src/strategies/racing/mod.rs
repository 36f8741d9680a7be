//! Racing: all are made and scored once, then the judges are asked again only about the two that matter, the best so far
//! and the one that is hardest to tell from it, until the best is the best with the confidence that was asked for. Leader
//! and challenger are those of the top-two rule EB-TC (Jourdan et al. 2022, arXiv 2206.05979), the challenger being the one
//! with the least transportation cost (μ_h − μ_j)² / 2(σ_h² + σ_j²); it ends when the posterior probability, with normal
//! posteriors (Russo 2016, arXiv 1602.08448), that anybody else is better is small enough, summed over all of them. Where
//! the noise is larger than what they differ by, all are asked evenly. Passes are joined by their mean, so that a judge who
//! says the opposite of what it sees in nearly every other pass is no better known by many of them: 40 % of opposites leave
//! a fifth of what candidates differ by, and best-of-N with one pass may then be the better choice.

mod noise;
#[cfg(test)]
mod tests;

use retake_core::{Order, Selector, Stop, Strategy, Studio, number, said};
use serde::{Deserialize, Serialize};

pub(crate) use self::noise::normal_above;
use self::noise::{Noise, Runner};
use crate::strategies::budget::{calls_left, edits};
use crate::strategies::foresight::Foresight;
use crate::strategies::group::{Scored, finals};
use crate::strategies::pool::settled;
use crate::strategies::settings::{Allowed, Number, Relation, Settable};

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
    const RELATIONS: &'static [Relation] = &[Relation {
        less: "passes",
        than: "most",
        or_equal: true,
        about: "A single candidate may have no fewer passes than all have on average.",
    }];
}

impl Strategy for Racing {
    fn id(&self) -> &'static str {
        Self::ID
    }

    fn settings(&self) -> serde_json::Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    fn run(&self, studio: &mut dyn Studio, selector: &dyn Selector) -> Result<(), Stop> {
        let brief = studio.brief();
        let mut foresight = Foresight::default();
        let indices = studio.begin(vec![Order::default(); edits(studio)]);
        let mut made = Vec::with_capacity(indices.len());
        let mut waiting = Vec::new();
        for part in indices.chunks(brief.at_a_time.max(1)) {
            let finished = studio.finish(part)?;
            if foresight.sees(studio, &finished)? {
                waiting.extend(finished);
                continue;
            }
            made.extend(studio.score(&finished)?);
            if !brief.judges_vary {
                studio.done_with(&finished);
            }
        }
        if !waiting.is_empty() {
            let judged = foresight.judge(studio, selector, &made, &waiting)?;
            // who is left, and of whom the same would be said again, needs no picture any more
            let done = |index: &u64| !brief.judges_vary || !judged.contains(index);
            let done: Vec<u64> = waiting.into_iter().filter(done).collect();
            studio.done_with(&done);
            made.extend(judged);
        }
        foresight.tell(studio);
        if !brief.judges_vary {
            return Ok(());
        }
        let asked = ((self.passes - 1.0) * made.len() as f64).floor() as usize;
        let mut calls = asked.min(calls_left(studio));
        let mut noise = Noise::default();
        if settled(studio, selector, &made) {
            studio.done_with(&made);
            return Ok(());
        }
        let sure = loop {
            let runners = runners(studio, selector, &made);
            noise.learn(&runners);
            let sure = confidence(&runners, &noise);
            if sure >= self.confidence {
                break sure;
            }
            let pair = who_next(&runners, &noise, self.most as usize, calls);
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
    let known: Vec<u64> = ends.iter().map(|&(index, _)| index).collect();
    let scored = Scored::of(studio, &known);
    let of = |(place, &(index, mean)): (usize, &(u64, f32))| Runner {
        index,
        mean: f64::from(mean),
        passes: studio.passes(index).max(1),
        stated: spread(selector, &scored, place),
    };
    ends.iter().enumerate().map(of).collect()
}

/// One standard deviation of an overall score: how far it moves when each dimension moves by its own, one after the other.
fn spread(selector: &dyn Selector, scored: &Scored, place: usize) -> f64 {
    let cards = &scored.cards;
    let mut moved = cards.clone();
    let dimensions: Vec<_> = cards[place].scores.keys().cloned().collect();
    let mut variance = 0.0;
    for dimension in dimensions {
        let score = &cards[place].scores[&dimension];
        let mut at = |value: f32| {
            if let Some(one) = moved[place].scores.get_mut(&dimension) {
                one.value = value;
            }
            f64::from(scored.choose_with(selector, &moved).overall[place])
        };
        let (low, high) = (score.value - score.spread, score.value + score.spread);
        // half of the way between, so that a bent scale does not matter
        variance += ((at(high) - at(low)) / 2.0).powi(2);
        at(score.value);
    }
    variance.sqrt()
}

/// Who is asked about next. Where the noise drowns what they differ by, whoever leads was lucky, and so would be the next:
/// all are asked evenly until more is known.
fn who_next(runners: &[Runner], noise: &Noise, most: usize, calls: usize) -> Vec<u64> {
    let fewest = runners.iter().map(|one| one.passes).min().unwrap_or(0);
    let behind = runners.iter().filter(|one| one.passes == fewest);
    let behind: Vec<u64> = behind.map(|one| one.index).collect();
    match fewest < most && behind.len() <= calls && noise.drowns(runners, calls) {
        true => behind,
        false => pair(runners, noise, most),
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
