//! The photo's fine detail under an edit: how much of the photo's own structure each place of the edit still shows, as a
//! gain for each channel. An edit is then `gain · photo + rest`, with the rest enlarged and the photo at full resolution,
//! which is joint upsampling by a local line (He & Sun 2015, fast guided filter) that lets go where the line does not hold.

use rayon::prelude::*;
use retake_core::Raster;
use retake_pixels::blur;

use super::codes::Codes;
use super::spots;

/// How far around a pixel structure is looked at, px of the small picture.
const RADIUS_PX: f32 = 3.0;

/// The outline of a change is this wide, px of the small picture.
const CLEAR_PX: usize = 2;

/// Contrast that may be the autoencoder's noise, code values, and share of the light.
const NOISE: f32 = 0.012;
const FLAT: f32 = 0.02;

/// The share of structure in common (squared correlation) below which none is kept, and above which all is.
const IN_COMMON: (f32, f32) = (0.25, 0.65);

/// Where there is no structure to compare, the photo's grain is kept if the colour is near; half of it at this distance.
const NEAR: f32 = 0.08;

/// No edit makes detail stronger than this.
const MOST: f32 = 2.5;

/// Structure that no gain explains, code values, at which half of what is in common is believed.
const HALF_LEFT: f32 = 0.03;

/// `gain · source + rest` is the edit: the gain of each channel, and the rest. Pixels inside `changed` are compared with their like, those outside with theirs: the outline
/// of a new object says nothing about the detail beside it. `settled`: what is outside is the photo's still.
pub(super) fn split(
    source: &Raster,
    edit: &Raster,
    changed: &[bool],
    settled: bool,
) -> [(Vec<f32>, Vec<f32>); 3] {
    let sides = Sides::of(changed, source.width, settled);
    let kept = kept(source, edit, &sides);
    let clear = settled.then(|| {
        let near = spots::widened(changed, source.width, CLEAR_PX);
        Sides::of(&near, source.width, true)
    });
    std::array::from_fn(|c| {
        let line = Line::of(&source.planes[c], &edit.planes[c], &sides);
        let gain: Vec<f32> = (0..source.len())
            .into_par_iter()
            .map(|i| {
                let flat = FLAT * (line.mean[i].abs() + 0.01);
                let flat = flat * flat;
                let gain = (line.covariance[i] + flat) / (line.variance[i] + flat);
                kept[i] * gain.clamp(0.0, MOST)
            })
            .collect();
        let sharp: Vec<f32> = (0..source.len())
            .map(|i| edit.planes[c][i] - gain[i] * source.planes[c][i])
            .collect();
        let Some(clear) = &clear else {
            return (gain, sharp);
        };
        // beside the change only the light of the edit is taken over, clear of the change's own outline
        let smooth = clear.outside(&sharp);
        let rest = (0..source.len())
            .map(|i| if changed[i] { sharp[i] } else { smooth[i] })
            .collect();
        (gain, rest)
    })
}

/// For each pixel, how much of the photo's structure is there still: 1 where the edit is the source times a gain, plus an
/// offset.
fn kept(source: &Raster, edit: &Raster, sides: &Sides) -> Vec<f32> {
    let (a, b) = (Codes::seen(source), Codes::seen(edit));
    let line = Line::of(&a.brightness(), &b.brightness(), sides);
    let apart: Vec<f32> = (0..source.len())
        .into_par_iter()
        .map(|i| {
            let (a, b) = (a.at(i), b.at(i));
            (0..3).map(|c| (a[c] - b[c]) * (a[c] - b[c])).sum()
        })
        .collect();
    let apart = sides.smooth(&apart);
    (0..source.len())
        .into_par_iter()
        .map(|i| {
            if sides.settled && sides.inside[i] < 0.5 {
                return 1.0;
            }
            let noise = NOISE * NOISE;
            let common = line.covariance[i].max(0.0).powi(2)
                / ((line.variance[i].max(0.0) + noise) * (line.power[i].max(0.0) + noise));
            let t = ((common - IN_COMMON.0) / (IN_COMMON.1 - IN_COMMON.0)).clamp(0.0, 1.0);
            let left =
                line.power[i] - line.covariance[i].powi(2) / (line.variance[i].max(0.0) + noise);
            let half = HALF_LEFT * HALF_LEFT;
            let structure = t * t * (3.0 - 2.0 * t) * half / (half + left.max(0.0));
            let near = NEAR * NEAR / (NEAR * NEAR + apart[i].max(0.0));
            let busy = line.variance[i].max(line.power[i]).max(0.0);
            let grain = near * near * noise / (noise + busy * 0.1);
            1.0 - (1.0 - structure) * (1.0 - grain)
        })
        .collect()
}

/// A picture of two sides, each of which is smoothed by itself.
struct Sides {
    width: usize,
    height: usize,
    inside: Vec<f32>,
    weight: Vec<f32>,
    /// whether the outside is known to be as it was
    settled: bool,
}

impl Sides {
    fn of(changed: &[bool], width: usize, settled: bool) -> Self {
        let height = changed.len() / width;
        let inside: Vec<f32> = changed.iter().map(|c| f32::from(u8::from(*c))).collect();
        let weight = blur::gaussian(&inside, width, height, RADIUS_PX);
        Self {
            width,
            height,
            inside,
            weight,
            settled,
        }
    }

    /// The plane smoothed over the outside, everywhere; 0 far inside.
    fn outside(&self, plane: &[f32]) -> Vec<f32> {
        let out: Vec<f32> = plane
            .iter()
            .zip(&self.inside)
            .map(|(p, w)| p * (1.0 - w))
            .collect();
        blur::gaussian(&out, self.width, self.height, RADIUS_PX)
            .iter()
            .zip(&self.weight)
            .map(|(sum, weight)| sum / (1.0 - weight).max(1e-3))
            .collect()
    }

    fn smooth(&self, plane: &[f32]) -> Vec<f32> {
        let (width, height) = (self.width, self.height);
        let within: Vec<f32> = plane.iter().zip(&self.inside).map(|(p, w)| p * w).collect();
        let within = blur::gaussian(&within, width, height, RADIUS_PX);
        let all = blur::gaussian(plane, width, height, RADIUS_PX);
        (0..plane.len())
            .map(|i| {
                if self.inside[i] > 0.5 {
                    within[i] / self.weight[i].max(1e-3)
                } else {
                    (all[i] - within[i]) / (1.0 - self.weight[i]).max(1e-3)
                }
            })
            .collect()
    }
}

/// Moments of two planes around each pixel.
struct Line {
    mean: Vec<f32>,
    variance: Vec<f32>,
    covariance: Vec<f32>,
    /// variance of the second plane
    power: Vec<f32>,
}

impl Line {
    fn of(first: &[f32], second: &[f32], sides: &Sides) -> Self {
        let product = |a: &[f32], b: &[f32]| -> Vec<f32> {
            sides.smooth(&a.iter().zip(b).map(|(a, b)| a * b).collect::<Vec<f32>>())
        };
        let (mean, other) = (sides.smooth(first), sides.smooth(second));
        let less = |product: Vec<f32>, a: &[f32], b: &[f32]| -> Vec<f32> {
            let means = a.iter().zip(b).map(|(a, b)| a * b);
            product.iter().zip(means).map(|(p, m)| p - m).collect()
        };
        Self {
            variance: less(product(first, first), &mean, &mean),
            covariance: less(product(first, second), &mean, &other),
            power: less(product(second, second), &other, &other),
            mean,
        }
    }
}
