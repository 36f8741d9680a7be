//! A reward as a filter of data (IXC-2.5-Reward, arXiv 2501.12368, does this with one scorer): the edits that it scores highest
//! are kept, and somebody else says whether that helped: people, or another reward that had no say in it.

use std::collections::HashMap;

use retake_core::{Said, said};
use serde::Serialize;

use crate::case::Case;
use crate::measures::bootstrap::{Draws, Interval, between};
use crate::measures::{Better, mean};
use crate::scoring::Scores;

/// How much is kept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Keep {
    /// this share of all edits, above 0 to 1
    Share(f64),
    /// so many edits
    Count(usize),
    /// every edit with a higher score
    Above(f64),
}

impl Keep {
    /// "20%" or "500".
    pub fn read(text: &str) -> Result<Self, Said> {
        let wrong = || {
            said!(
                "“{text}” says not how much to keep; write a share as 20% or a number of edits as 500",
                text
            )
        };
        let text = text.trim();
        if let Some(percent) = text.strip_suffix('%') {
            let percent: f64 = percent.trim().parse().map_err(|_| wrong())?;
            let some = percent > 0.0 && percent <= 100.0;
            return if some {
                Ok(Self::Share(percent / 100.0))
            } else {
                Err(wrong())
            };
        }
        match text.parse() {
            Ok(count) if count > 0 => Ok(Self::Count(count)),
            _ => Err(wrong()),
        }
    }
}

/// An edit as it is filtered.
#[derive(Clone, Debug, PartialEq)]
pub struct Unit {
    /// place of its case
    pub case: usize,
    /// place among the case's takes
    pub take: usize,
    /// edits of one group stand and fall together
    pub group: String,
    /// what the filter gives it
    pub score: f64,
    /// what people give it, or another reward
    pub held_out: Option<f64>,
}

/// The edits of scored cases. `others` are the scores of a run that is held out; without one, people are.
pub fn units(
    cases: &[(Case, Vec<Scores>)],
    others: Option<&HashMap<String, Vec<Scores>>>,
) -> Vec<Unit> {
    let mut all = Vec::new();
    for (place, (case, scores)) in cases.iter().enumerate() {
        for (take, score) in scores.iter().enumerate() {
            let held_out = match others {
                Some(others) => others
                    .get(&case.id)
                    .and_then(|of| of.get(take))
                    .map(|of| of.overall),
                None => liked(case, take),
            };
            all.push(Unit {
                case: place,
                take,
                group: case.group.clone(),
                score: score.overall,
                held_out,
            });
        }
    }
    all
}

/// What people gave it, or the share of its comparisons that it won, a tie half.
fn liked(case: &Case, take: usize) -> Option<f64> {
    let rated = case.takes.get(take)?.human;
    rated.or_else(|| {
        let won = case.verdicts.iter().filter_map(|verdict| {
            let own = match take {
                _ if take == verdict.first => Better::A,
                _ if take == verdict.second => Better::B,
                _ => return None,
            };
            Some(match verdict.better {
                Better::Tie => 0.5,
                better => f64::from(u8::from(better == own)),
            })
        });
        mean(won)
    })
}

/// Which are kept; of equal scores those that stand first in the data.
pub fn kept(units: &[Unit], keep: Keep) -> Vec<bool> {
    let count = match keep {
        Keep::Above(least) => return units.iter().map(|unit| unit.score > least).collect(),
        Keep::Count(count) => count,
        // a share of something is at least one
        Keep::Share(share) => ((share * units.len() as f64).round() as usize).max(1),
    };
    let mut places: Vec<usize> = (0..units.len()).collect();
    places.sort_by(|&a, &b| units[b].score.total_cmp(&units[a].score));
    let mut kept = vec![false; units.len()];
    for place in places.into_iter().take(count) {
        kept[place] = true;
    }
    kept
}

/// A mean and how sure it is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Mean {
    /// see there
    pub mean: f64,
    /// 95 of 100, groups drawn again
    pub interval: Option<Interval>,
    /// edits that it is over
    pub over: usize,
}

/// Whether the filter helped.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct HeldOut {
    /// of what was kept
    pub kept: Mean,
    /// of everything
    pub whole: Mean,
    /// kept less whole
    pub difference: f64,
    /// of the difference, the same draws for both
    pub difference_interval: Option<Interval>,
}

/// What the held-out opinion is; none where it has none of what was kept.
pub fn held_out(units: &[Unit], kept: &[bool], draws: Draws) -> Option<HeldOut> {
    // sums by group: (kept, count of kept, all, count of all)
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut sums: Vec<[f64; 4]> = Vec::new();
    for (unit, kept) in units.iter().zip(kept) {
        let Some(value) = unit.held_out else { continue };
        let place = *places.entry(&unit.group).or_insert_with(|| {
            sums.push([0.0; 4]);
            sums.len() - 1
        });
        let kept = f64::from(u8::from(*kept));
        let of = [kept * value, kept, value, 1.0];
        sums[place]
            .iter_mut()
            .zip(of)
            .for_each(|(sum, of)| *sum += of);
    }
    let means = |places: &[usize]| {
        let mut sum = [0.0; 4];
        for &place in places {
            sum.iter_mut()
                .zip(sums[place])
                .for_each(|(sum, of)| *sum += of);
        }
        (sum[1] > 0.0).then(|| [sum[0] / sum[1], sum[2] / sum[3]])
    };
    let whole: Vec<usize> = (0..sums.len()).collect();
    let found = means(&whole)?;
    let rounds: Vec<Option<[f64; 2]>> = (0..draws.rounds)
        .map(|round| means(&draws.round(round, sums.len())))
        .collect();
    let of = |value: fn([f64; 2]) -> f64| between(rounds.iter().map(|r| r.map(value)).collect());
    let count = |of: usize| sums.iter().map(|sum| sum[of]).sum::<f64>() as usize;
    Some(HeldOut {
        kept: Mean {
            mean: found[0],
            interval: of(|m| m[0]),
            over: count(1),
        },
        whole: Mean {
            mean: found[1],
            interval: of(|m| m[1]),
            over: count(3),
        },
        difference: found[0] - found[1],
        difference_interval: of(|m| m[0] - m[1]),
    })
}

#[cfg(test)]
mod tests;
