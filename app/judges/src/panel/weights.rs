//! What each voice of the panel counts for.
//!
//! Where a person weighed any of them, their weights are it, and the others count 1. Else a member counts the more the surer
//! it is, by the weights of a random-effects mean (DerSimonian & Laird 1986): 1 / (s² + τ² + 0.05²), with s² the mean of its
//! squared spreads over the group and τ² how much further the members are apart than their spreads explain. The plain
//! inverse of the variance (τ² = 0) would be wrong here: a spread knows how much a judge's passes differ and nothing of what
//! the judge is wrong about, so that one that is sure of its error would drown the others; where members disagree beyond
//! their spreads, τ² makes them count alike again. The last term stands for what people differ by among themselves. The
//! weights of a group are the same for all its candidates, so that they never decide between two of them.

use retake_core::{Dimension, Scorecard};

use super::Member;
use crate::formulas::generative::mean;

/// No member is surer than this, one standard deviation.
const LEAST: f64 = 0.05;

/// What one voice counts for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Share {
    pub(super) voice: usize,
    /// of all that score the dimension; together they make 1
    pub(super) weight: f64,
}

/// The shares of all voices that score a dimension of anybody; `speakers` has a member of each.
pub(super) fn shares(
    speakers: &[&Member],
    judged: &[Vec<Scorecard>],
    name: &Dimension,
) -> Vec<Share> {
    let knows = |voice: &usize| {
        let cards = &judged[*voice];
        speakers[*voice].counts_for(name) && cards.iter().any(|card| card.scores.contains_key(name))
    };
    let those: Vec<usize> = (0..speakers.len()).filter(knows).collect();
    let weighed = speakers.iter().any(|member| member.weight.is_some());
    let excess = if weighed {
        0.0
    } else {
        excess(&those, judged, name)
    };
    let plain = |voice: usize| match (&speakers[voice].weight, weighed) {
        (Some(weight), _) => weight.of(name),
        (None, true) => 1.0,
        (None, false) => 1.0 / (variance(&judged[voice], name) + excess + LEAST * LEAST),
    };
    let weights: Vec<f64> = those.iter().map(|&voice| plain(voice)).collect();
    let total: f64 = weights.iter().sum();
    let shares = those.into_iter().zip(weights);
    shares
        .map(|(voice, weight)| Share {
            voice,
            weight: weight / total,
        })
        .collect()
}

/// The mean of a member's squared spreads.
fn variance(cards: &[Scorecard], name: &Dimension) -> f64 {
    let known = cards.iter().filter_map(|card| card.scores.get(name));
    mean(known.map(|score| f64::from(score.spread).powi(2))).unwrap_or(0.0)
}

/// τ²: the variance between members (of a sample, over the candidates that several know) less what their spreads explain,
/// and never below 0.
fn excess(those: &[usize], judged: &[Vec<Scorecard>], name: &Dimension) -> f64 {
    let count = judged.first().map_or(0, Vec::len);
    let of = |candidate: usize| {
        let known = those
            .iter()
            .filter_map(|&member| judged[member][candidate].scores.get(name));
        let known: Vec<(f64, f64)> = known
            .map(|score| (f64::from(score.value), f64::from(score.spread).powi(2)))
            .collect();
        if known.len() < 2 {
            return None;
        }
        let centre = mean(known.iter().map(|(value, _)| *value))?;
        let squares: f64 = known
            .iter()
            .map(|(value, _)| (value - centre).powi(2))
            .sum();
        let explained = mean(known.iter().map(|(_, variance)| *variance))?;
        Some(squares / (known.len() - 1) as f64 - explained)
    };
    mean((0..count).filter_map(of)).unwrap_or(0.0).max(0.0)
}
