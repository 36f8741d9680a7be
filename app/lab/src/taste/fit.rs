//! Fitting the head: weighted logistic regression through the origin, by Newton's method.

use std::collections::{BTreeMap, BTreeSet};

use retake_search::linear::solve;

use super::{Pick, Taste};

/// Weights beyond this many standard units are held back; the strength of the ridge.
const RIDGE: f64 = 1.0;
/// How much more a clear pick counts than a close one, and how fast: 1 + k·(1 − exp(−β·Δ)), MM-RLHF's form (arXiv
/// 2502.10391).
const MARGIN: (f64, f64) = (1.0, 1.0);

/// Two candidates of a group, the preferred less the other.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// by dimension
    pub difference: BTreeMap<String, f64>,
    /// what the default selector gave the preferred, less the other
    pub by_default: f64,
    /// how much it counts
    pub weight: f64,
    /// place of the pick
    pub pick: usize,
    /// place of the other among its candidates
    pub worse: usize,
}

/// All pairs of a pick of which one was liked better. The pairs of one pick together count as much as one clear pair, so
/// that a group of eight is not seven picks. A dimension that one of both lacks is no difference.
pub fn comparisons(picks: &[Pick]) -> Vec<Comparison> {
    let mut all = Vec::new();
    for (place, pick) in picks.iter().enumerate() {
        let mut own = Vec::new();
        for better in &pick.candidates {
            let others = pick.candidates.iter().enumerate();
            for (at, worse) in others.filter(|(_, worse)| worse.liked < better.liked) {
                let names = better
                    .scores
                    .keys()
                    .filter(|name| worse.scores.contains_key(*name));
                let difference =
                    names.map(|name| (name.clone(), better.scores[name] - worse.scores[name]));
                let (more, fast) = MARGIN;
                own.push(Comparison {
                    difference: difference.collect(),
                    by_default: better.overall - worse.overall,
                    weight: better.telling.max(worse.telling)
                        * (1.0 + more * (1.0 - (-fast * (better.liked - worse.liked)).exp())),
                    pick: place,
                    worse: at,
                });
            }
        }
        let count = own.len().max(1) as f64;
        all.extend(own.into_iter().map(|comparison| Comparison {
            weight: comparison.weight / count,
            ..comparison
        }));
    }
    all
}

/// The weights that make the preferences likeliest, each difference in units of its own spread so that a dimension counts by
/// what it tells and not by its range; in the end they are per unit of the score again.
pub fn fit<'a>(comparisons: impl IntoIterator<Item = &'a Comparison>) -> Taste {
    let comparisons: Vec<&Comparison> = comparisons.into_iter().collect();
    let names: BTreeSet<&String> = comparisons
        .iter()
        .flat_map(|c| c.difference.keys())
        .collect();
    let names: Vec<&String> = names.into_iter().collect();
    let spread: Vec<f64> = names
        .iter()
        .map(|name| {
            let squares = comparisons
                .iter()
                .filter_map(|c| c.difference.get(*name))
                .map(|d| d * d);
            crate::measures::mean(squares).unwrap_or(0.0).sqrt()
        })
        .collect();
    let rows: Vec<(Vec<f64>, f64)> = comparisons
        .iter()
        .map(|c| {
            let of = |(name, spread): (&&String, &f64)| match c.difference.get(*name) {
                Some(difference) if *spread > 1e-9 => difference / spread,
                _ => 0.0,
            };
            (names.iter().zip(&spread).map(of).collect(), c.weight)
        })
        .collect();
    let weights = newton(&rows, names.len());
    let per_unit = weights
        .iter()
        .zip(&spread)
        .map(|(weight, spread)| match *spread > 1e-9 {
            true => weight / spread,
            false => 0.0,
        });
    let picks: BTreeSet<usize> = comparisons.iter().map(|c| c.pick).collect();
    Taste {
        version: 1,
        weights: names
            .iter()
            .map(|name| (*name).clone())
            .zip(per_unit)
            .collect(),
        picks: picks.len(),
        on: false,
    }
}

/// Maximises Σ weight · log σ(w · x) − ridge · |w|² / 2.
fn newton(rows: &[(Vec<f64>, f64)], size: usize) -> Vec<f64> {
    let mut w = vec![0.0; size];
    for _ in 0..40 {
        let mut gradient: Vec<f64> = w.iter().map(|w| -RIDGE * w).collect();
        let mut curvature = vec![vec![0.0; size]; size];
        for (i, line) in curvature.iter_mut().enumerate() {
            line[i] = RIDGE;
        }
        for (x, weight) in rows {
            let dot: f64 = x.iter().zip(&w).map(|(x, w)| x * w).sum();
            let wrong = 1.0 / (1.0 + dot.exp());
            for i in 0..size {
                gradient[i] += weight * wrong * x[i];
                for j in 0..size {
                    curvature[i][j] += weight * wrong * (1.0 - wrong) * x[i] * x[j];
                }
            }
        }
        let step = solve(curvature, gradient);
        let longest = step.iter().fold(0.0_f64, |most, s| most.max(s.abs()));
        // a step in log-odds of more than five overshoots
        let held = if longest > 5.0 { 5.0 / longest } else { 1.0 };
        w.iter_mut().zip(&step).for_each(|(w, s)| *w += held * s);
        if longest < 1e-10 {
            break;
        }
    }
    w
}
