//! What effects do to the structure of a picture: painterly, pixelated, posterised.

use super::Reference;
use super::planes;
use super::weigh::{Area, Tally};
use crate::lab::Lab;

/// Local RMS of the source's fine L* detail from which on there is something to paint.
const TEXTURED: f32 = 0.8;

/// Mean gradient of the calmer half of what had texture in the source, and of the strongest tenth of all: the first is
/// small where flat strokes meet at edges, wherever those are. Brushes leave a clear sky as it is, so it does not count
/// as calm. What is clipped is left out.
fn slopes(source: &Reference, lab: &Lab, gradient: &[f32], area: &Area<'_>) -> [f32; 2] {
    let energy = source.energy();
    let open = |i: usize| (1.0..=99.5).contains(&lab.l[i]);
    let any = area.share(open) > 0.05;
    let seen = |i: usize| !any || open(i);
    let some = area.share(|i| seen(i) && energy[i] > TEXTURED) > 0.05;
    let textured = |i: usize| seen(i) && (!some || energy[i] > TEXTURED);
    // the pixels that are looked at, with their weights, and whether each had texture
    let mut looked_at = Vec::with_capacity(gradient.len());
    for (i, &weight) in area.weights.iter().enumerate() {
        if weight > 0.0 && seen(i) {
            looked_at.push((gradient[i], weight, textured(i)));
        }
    }
    let mut calm = Tally::gradient();
    let mut all = Tally::gradient();
    for &(slope, weight, textured) in &looked_at {
        all.add(slope, weight);
        if textured {
            calm.add(slope, weight);
        }
    }
    let (half, strong) = (calm.level_bin(0.5), all.level_bin(0.9));
    // weighted sums and weights, calm and strong
    let mut sums = [[0.0f64; 2]; 2];
    for &(slope, weight, textured) in &looked_at {
        let bin = all.bin(slope);
        for (sum, counts) in sums
            .iter_mut()
            .zip([textured && bin <= half, bin >= strong])
        {
            if counts {
                sum[0] += f64::from(weight) * f64::from(slope);
                sum[1] += f64::from(weight);
            }
        }
    }
    let [calm, edge] = sums.map(|[sum, weight]| {
        if weight > 0.0 {
            (sum / weight) as f32
        } else {
            0.0
        }
    });
    [calm + 0.05, edge + 0.2]
}

pub(super) fn painterly(source: &Reference, edited: &Lab, area: &Area<'_>) -> f32 {
    let gradient = planes::gradient(&edited.l, edited.width, edited.height);
    let [calm_before, edge_before] = slopes(source, source.lab(), source.gradient(), area);
    let [calm, edge] = slopes(source, edited, &gradient, area);
    // haze, darkening and contrast scale both alike
    let gain = 1.0 - (calm / edge) / (calm_before / edge_before);
    if gain <= 0.0 {
        return gain.max(-1.0);
    }
    // few tones make flat areas too, but those are steps, not strokes; a blur makes them and loses
    // more than half of the edges
    let tones = smoothness(edited, area) / smoothness(source.lab(), area);
    let edges = (2.0 * edge / edge_before).min(1.0);
    gain * edges * tones.min(1.0).powi(2) as f32
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
