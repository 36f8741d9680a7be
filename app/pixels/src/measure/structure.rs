//! What effects do to the structure of a picture: painterly, pixelated, posterised.

use super::Reference;
use super::planes;
use super::weigh::{Area, Tally};
use crate::lab::Lab;

/// Mean gradient of the calmer half of a picture over that of its strongest tenth: small where flat strokes meet at
/// edges, wherever those are. Haze, darkening and contrast scale both alike; what they clip is left out.
fn unevenness(lab: &Lab, gradient: &[f32], area: &Area<'_>) -> f32 {
    let open = |i: usize| (1.0..=99.5).contains(&lab.l[i]);
    let any = area.share(open) > 0.05;
    let seen = |i: usize| !any || open(i);
    let tally = area.tally(Tally::gradient(), seen, |i| gradient[i]);
    let (half, strong) = (tally.level_bin(0.5), tally.level_bin(0.9));
    let calm = |i: usize| seen(i) && tally.bin(gradient[i]) <= half;
    let edge = |i: usize| seen(i) && tally.bin(gradient[i]) >= strong;
    let mean = |slope: Option<f32>| slope.unwrap_or(0.0);
    (mean(area.mean_where(calm, |i| gradient[i])) + 0.05)
        / (mean(area.mean_where(edge, |i| gradient[i])) + 0.2)
}

pub(super) fn painterly(source: &Reference, edited: &Lab, area: &Area<'_>) -> f32 {
    let gradient = planes::gradient(&edited.l, edited.width, edited.height);
    let before = unevenness(source.lab(), source.gradient(), area);
    let gain = 1.0 - unevenness(edited, &gradient, area) / before;
    if gain <= 0.0 {
        return gain.max(-1.0);
    }
    // few tones make flat areas too, but those are steps, not strokes
    let tones = smoothness(edited, area) / smoothness(source.lab(), area);
    gain * tones.min(1.0).powi(2) as f32
}

/// L* difference below which neighbours count as equal.
const EQUAL: f32 = 0.4;

/// Sums over right and lower neighbours: weight of all pairs, of those equal in the source, of those that were not and
/// now are, of those that were and no longer are; and of the unequal ones weight and step, before and after.
#[derive(Default)]
struct Pairs {
    total: f64,
    equal_before: f64,
    joined: f64,
    parted: f64,
    unequal: [f64; 2],
    step: [f64; 2],
}

impl Pairs {
    fn of(before: &Lab, after: &Lab, weights: &[f32]) -> Self {
        let (width, height) = (before.width, before.height);
        let mut pairs = Self::default();
        for y in 0..height {
            for x in 0..width {
                let i = y * width + x;
                if x + 1 < width {
                    pairs.add(before, after, weights, i, i + 1);
                }
                if y + 1 < height {
                    pairs.add(before, after, weights, i, i + width);
                }
            }
        }
        pairs
    }

    #[inline]
    fn add(&mut self, before: &Lab, after: &Lab, weights: &[f32], i: usize, j: usize) {
        let weight = f64::from(weights[i].min(weights[j]));
        let old = (before.l[i] - before.l[j]).abs();
        let new = (after.l[i] - after.l[j]).abs();
        self.total += weight;
        for (k, step) in [old, new].into_iter().enumerate() {
            if step >= EQUAL {
                self.unequal[k] += weight;
                self.step[k] += weight * f64::from(step);
            }
        }
        match (old < EQUAL, new < EQUAL) {
            (true, still) => {
                self.equal_before += weight;
                self.parted += if still { 0.0 } else { weight };
            }
            (false, true) => self.joined += weight,
            (false, false) => {}
        }
    }
}

/// Side of equal blocks, from the share of differing neighbours that have become equal, in % of the long edge.
pub(super) fn pixelate(source: &Reference, edited: &Lab, area: &Area<'_>) -> f32 {
    let pairs = Pairs::of(source.lab(), edited, area.weights);
    let differing = pairs.total - pairs.equal_before;
    if differing <= 1e-3 * pairs.total || pairs.unequal[0] <= 0.0 {
        return 0.0;
    }
    let mut share = (pairs.joined - pairs.parted) / differing;
    if share > 0.0 {
        // blocks keep hard steps between them where a blur makes every step small, and all tones where posterising
        // leaves a few
        let step = |k: usize| pairs.step[k] / pairs.unequal[k].max(1e-9);
        let hardness = (step(1) / step(0)).min(1.0);
        let tones = (smoothness(edited, area) / smoothness(source.lab(), area)).min(1.0);
        share *= (hardness * tones).powi(2);
    }
    // blocks of n px leave 1/n of the pairs across an edge
    let side_px = 1.0 / (1.0 - share.clamp(-1.0, 0.999));
    (100.0 * (side_px - 1.0) / edited.width.max(edited.height) as f64) as f32
}

/// Pairs that have become equal.
pub(super) fn pixelate_evidence(source: &Reference, edited: &Lab, _: &Area<'_>) -> Vec<f32> {
    let (from, to, width) = (&source.lab().l, &edited.l, edited.width);
    let joined = |i: usize, j: usize| {
        let became = (from[i] - from[j]).abs() >= EQUAL && (to[i] - to[j]).abs() < EQUAL;
        if became { 0.5 } else { 0.0 }
    };
    (0..edited.len())
        .map(|i| {
            let right = if i % width + 1 < width {
                joined(i, i + 1)
            } else {
                0.0
            };
            let below = if i + width < edited.len() {
                joined(i, i + width)
            } else {
                0.0
            };
            right + below
        })
        .collect()
}

/// Effective number of tones: exponential of the entropy of a histogram.
fn tones(bins: &[f64]) -> f64 {
    let total: f64 = bins.iter().sum();
    let entropy: f64 = bins
        .iter()
        .filter(|&&bin| bin > 0.0)
        .map(|bin| -(bin / total) * (bin / total).ln())
        .sum();
    entropy.exp()
}

/// Tones of the L* histogram over tones of the same histogram without its gaps (blurred by 4 L*): 1 for a smooth one,
/// however narrow it is, and small for a comb. Black and white are left out, because clipping fills them, unless there
/// is nearly nothing else.
fn smoothness(lab: &Lab, area: &Area<'_>) -> f64 {
    const REACH: usize = 12;
    let tally = area.tally(Tally::new(0.0, 100.0, 100), |_| true, |i| lab.l[i]);
    let (bins, inner) = (&tally.bins[..], &tally.bins[1..99]);
    let open: f64 = inner.iter().sum();
    let bins = if open > 0.05 * tally.total {
        inner
    } else {
        bins
    };
    let mut filled = vec![0.0; bins.len() + 2 * REACH];
    for (i, bin) in bins.iter().enumerate().filter(|(_, bin)| **bin > 0.0) {
        for (k, filled) in filled[i..=i + 2 * REACH].iter_mut().enumerate() {
            *filled += bin * (-0.5 * ((k as f64 - REACH as f64) / 4.0).powi(2)).exp();
        }
    }
    tones(bins) / tones(&filled)
}

pub(super) fn posterise(source: &Reference, edited: &Lab, area: &Area<'_>) -> f32 {
    (1.0 - smoothness(edited, area) / smoothness(source.lab(), area)) as f32
}
