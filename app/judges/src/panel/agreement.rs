//! How far the members of the panel order the candidates alike (CREAM, arXiv 2410.12735): C = (τ + 1) / 2 of Kendall's τ, 1
//! where two orders are the same, ½ of two that know nothing of each other, 0 where one is the other turned around. An order
//! below 0.6 is one that CREAM does not learn from.

use retake_core::{Dimension, Scorecard};

use super::weights::Share;
use crate::formulas::generative::mean;
use crate::formulas::pairs::kendall;

/// Less agreement than this makes an order little sure.
pub(super) const TOO_LITTLE: f64 = 0.6;

/// Of fewer candidates an order says little.
const FEWEST: usize = 4;

/// The mean of C over all pairs of members by the candidates that both know; none without two members that order at least
/// four candidates.
pub(super) fn agreement(
    shares: &[Share],
    judged: &[Vec<Scorecard>],
    name: &Dimension,
) -> Option<f64> {
    let value = |member: usize, candidate: usize| {
        let score = judged[member][candidate].scores.get(name)?;
        Some(f64::from(score.value))
    };
    let pairs = shares.iter().enumerate();
    let pairs = pairs.flat_map(|(i, a)| shares[i + 1..].iter().map(move |b| (a.voice, b.voice)));
    mean(pairs.filter_map(|(a, b)| {
        let both = (0..judged[a].len()).filter_map(|i| Some((value(a, i)?, value(b, i)?)));
        let (first, second): (Vec<f64>, Vec<f64>) = both.unzip();
        let tau = kendall(&first, &second).filter(|_| first.len() >= FEWEST)?;
        Some(f64::midpoint(tau, 1.0))
    }))
}
