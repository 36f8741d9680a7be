//! How far looks on the way agree with the end: the rank correlation of what candidates scored after a share of their
//! steps with what they scored in the end (the immediate reward of IRCoCo, arXiv 2401.16637, over the schedule). Below
//! [`TELLS`] a look may not drop anybody.

use std::collections::BTreeMap;

use retake_core::{Group, Scorecard, Selector};
use serde::Serialize;

use crate::strategies::spearman;

/// Rank correlation from which looks tell enough to drop candidates by them.
pub const TELLS: f64 = 0.6;
/// Standard deviations to each side that 95 of 100 lie within.
const NINETY_FIVE: f64 = 1.96;
/// Of fewer than these a correlation has no interval.
const LEAST: usize = 4;

/// One candidate: its looks, and its end.
#[derive(Clone, Debug, Default)]
pub struct Watched<'a> {
    /// steps in all
    pub steps: usize,
    /// after how many steps it was looked at, and what was found
    pub looks: Vec<(usize, &'a Scorecard)>,
    /// overall score in the end, 0 to 1; `None` for one that was never finished
    pub end: Option<f32>,
}

/// A look, over all that were finished.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Agreement {
    /// steps done then
    pub step: usize,
    /// steps in all
    pub of: usize,
    /// Spearman's rank correlation with the end, −1 to 1
    pub rho: f64,
    /// the ends of what it may be, 95 of 100; `None` where too few were finished to tell
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<[f64; 2]>,
    /// candidates that were looked at then and finished
    pub over: usize,
}

impl Agreement {
    /// The share of the schedule that was done.
    pub fn share(&self) -> f64 {
        self.step as f64 / self.of.max(1) as f64
    }
}

/// What was found at a look, and the overall score of the same candidate in the end.
type Look<'a> = (&'a Scorecard, Option<f32>);

/// Every look after which at least three were finished, the earliest first. All that were looked at after as many steps are
/// the group in which a look is scored, as the strategy saw it.
pub fn agreement(watched: &[Watched<'_>], selector: &dyn Selector) -> Vec<Agreement> {
    let mut by_step: BTreeMap<(usize, usize), Vec<Look<'_>>> = BTreeMap::new();
    for one in watched {
        for &(step, card) in &one.looks {
            let looks = by_step.entry((one.steps, step)).or_default();
            looks.push((card, one.end));
        }
    }
    let mut points: Vec<Agreement> = by_step
        .into_iter()
        .filter_map(|((of, step), looks)| {
            let cards: Vec<Scorecard> = looks.iter().map(|(card, _)| (*card).clone()).collect();
            let seen = selector.choose(&Group::of(&cards)).overall;
            let ends = seen.iter().zip(&looks);
            let pairs: Vec<(f32, f32)> = ends
                .filter_map(|(look, (card, end))| {
                    let known = !card.scores.is_empty();
                    known.then_some((*look, (*end)?))
                })
                .collect();
            Some(Agreement {
                step,
                of,
                rho: spearman(&pairs)?,
                interval: interval(spearman(&pairs)?, pairs.len()),
                over: pairs.len(),
            })
        })
        .collect();
    points.sort_by(|a, b| a.share().total_cmp(&b.share()));
    points
}

/// Where a rank correlation over so many pairs may lie, 95 of 100: Fisher's z with the variance of Bonett & Wright
/// (Psychometrika 65, 2000), (1 + ρ²/2) / (n − 3).
pub fn interval(rho: f64, over: usize) -> Option<[f64; 2]> {
    (over >= LEAST).then(|| around(rho, weight(rho, over)))
}

/// Several correlations of the same look as one, each with how many it is over; and the ends of what it may be.
pub fn pooled(all: &[(f64, usize)]) -> Option<(f64, Option<[f64; 2]>)> {
    let known = |&&(_, over): &&(f64, usize)| over >= LEAST;
    let weights: f64 = all
        .iter()
        .filter(known)
        .map(|&(rho, n)| weight(rho, n))
        .sum();
    if weights <= 0.0 {
        // none has an interval: their plain mean
        let mean = all.iter().map(|(rho, _)| rho).sum::<f64>() / all.len().max(1) as f64;
        return (!all.is_empty()).then_some((mean, None));
    }
    let weighed = all.iter().filter(known);
    let z: f64 = weighed.map(|&(rho, n)| weight(rho, n) * z(rho)).sum();
    let rho = (z / weights).tanh();
    Some((rho, Some(around(rho, weights))))
}

/// One over the variance of Fisher's z.
fn weight(rho: f64, over: usize) -> f64 {
    (over as f64 - 3.0).max(0.0) / (1.0 + rho * rho / 2.0)
}

fn z(rho: f64) -> f64 {
    rho.clamp(-0.999, 0.999).atanh()
}

fn around(rho: f64, weight: f64) -> [f64; 2] {
    let off = NINETY_FIVE / weight.sqrt();
    [(z(rho) - off).tanh(), (z(rho) + off).tanh()]
}

#[cfg(test)]
mod tests {
    use retake_core::{Dimension, Score};

    use super::*;
    use crate::SELECTORS;

    fn card(value: f32) -> Scorecard {
        let score = Score {
            value,
            spread: 0.0,
            reasons: Vec::new(),
            evidence: None,
        };
        Scorecard {
            scores: [(Dimension::from(Dimension::INSTRUCTION_FOLLOWING), score)].into(),
            ..Scorecard::default()
        }
    }

    /// Looks after a quarter and a half of the steps, and the end.
    fn of(values: &[(f32, f32, Option<f32>)]) -> Vec<Agreement> {
        let cards: Vec<[Scorecard; 2]> = (values.iter())
            .map(|(early, late, _)| [card(*early), card(*late)])
            .collect();
        let watched: Vec<Watched<'_>> = (cards.iter().zip(values))
            .map(|(cards, (.., end))| Watched {
                steps: 8,
                looks: vec![(2, &cards[0]), (4, &cards[1])],
                end: *end,
            })
            .collect();
        agreement(&watched, SELECTORS[0].plain().as_ref())
    }

    #[test]
    fn a_look_that_orders_as_the_end_does_has_a_correlation_of_one() {
        let points = of(&[
            (0.3, 0.1, Some(0.2)),
            (0.1, 0.5, Some(0.6)),
            (0.4, 0.7, Some(0.7)),
            (0.2, 0.9, Some(0.9)),
            (0.9, 0.9, None),
        ]);
        let found: Vec<(f64, usize)> = points.iter().map(|p| (p.share(), p.over)).collect();
        assert_eq!(found, [(0.25, 4), (0.5, 4)]);
        assert!(points[0].rho < 0.5 && points[1].rho > 0.999, "{points:?}");
    }

    #[test]
    fn of_two_that_were_finished_nothing_is_told() {
        assert_eq!(of(&[(0.1, 0.2, Some(0.3)), (0.4, 0.5, Some(0.6))]), []);
    }

    #[test]
    fn the_interval_is_that_of_bonett_and_wright() {
        // by hand for ρ = 0.6, n = 28: tanh(atanh(0.6) ± 1.96 · √(1.18 / 25))
        let [low, high] = interval(0.6, 28).expect("enough");
        assert!(
            (low - 0.26114).abs() < 1e-5 && (high - 0.80721).abs() < 1e-5,
            "{low} {high}"
        );
        assert_eq!(interval(0.6, 3), None);
    }

    #[test]
    fn pooling_narrows_the_interval_and_keeps_what_all_agree_on() {
        let (rho, ends) = pooled(&[(0.5, 12), (0.5, 12), (0.5, 12)]).expect("some");
        let one = interval(0.5, 12).expect("enough");
        let all = ends.expect("enough");
        assert!((rho - 0.5).abs() < 1e-9);
        assert!(all[0] > one[0] && all[1] < one[1], "{all:?} {one:?}");
        assert_eq!(pooled(&[(0.4, 3), (0.6, 3)]), Some((0.5, None)));
        assert_eq!(pooled(&[]), None);
    }
}
