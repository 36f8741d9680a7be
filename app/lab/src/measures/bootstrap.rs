//! Intervals by the percentile bootstrap (Efron & Tibshirani 1993, "An Introduction to the Bootstrap", ch. 13): whole
//! prompts are drawn with replacement, because the candidates of a prompt stand and fall together.

use retake_core::Rng;
use serde::Serialize;

/// Between which bounds a figure lies, 95 of 100 times.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Interval {
    /// 2.5th percentile
    pub low: f64,
    /// 97.5th percentile
    pub high: f64,
}

/// How often it is drawn, and from which seed. The same seed gives the same interval on every machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Draws {
    /// rounds; 1,000 is usual
    pub rounds: usize,
    /// of the generator
    pub seed: u64,
}

impl Default for Draws {
    fn default() -> Self {
        Self {
            rounds: 1000,
            seed: 0,
        }
    }
}

impl Draws {
    /// The places that a round draws out of `count`.
    pub fn round(&self, round: usize, count: usize) -> Vec<usize> {
        let mut rng = Rng::new(Rng::seed_of(self.seed, round as u64));
        (0..count).map(|_| rng.below(count)).collect()
    }
}

/// The interval of a figure over `count` units, of which `figure` gets the places that were drawn.
/// `None` when it has no value in half of the rounds or more.
pub fn interval(
    count: usize,
    draws: Draws,
    figure: &dyn Fn(&[usize]) -> Option<f64>,
) -> Option<Interval> {
    if count == 0 {
        return None;
    }
    let rounds = (0..draws.rounds).map(|round| figure(&draws.round(round, count)));
    between(rounds.collect())
}

/// The percentiles of the figures that rounds gave.
pub fn between(rounds: Vec<Option<f64>>) -> Option<Interval> {
    let all = rounds.len();
    let mut known: Vec<f64> = rounds
        .into_iter()
        .flatten()
        .filter(|v| v.is_finite())
        .collect();
    if known.len() * 2 <= all {
        return None;
    }
    known.sort_by(f64::total_cmp);
    Some(Interval {
        low: quantile(&known, 0.025),
        high: quantile(&known, 0.975),
    })
}

/// The quantile of sorted values, linear between them, as numpy's default.
pub fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let below = place.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (sorted[above] - sorted[below]) * (place - below as f64)
}
