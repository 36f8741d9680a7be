//! Where a network has changed the picture, told from the noise and the loss of its autoencoder. That loss grows with the
//! contrast of what it had to carry, so what counts as change does as well; how fast it grows is measured on the picture
//! itself, from the lower part of what is found at each contrast, which changes do not reach.

use rayon::prelude::*;
use retake_pixels::blur;

use super::codes::{Codes, quantile};
use super::spots;

/// Noise of flat parts: at least and at most this, code values. More would be a change of the flat part.
const FLAT: (f32, f32) = (0.003, 0.015);

/// Growth of the loss with contrast, at most.
const STEEPEST: f32 = 0.4;

/// What begins a change: so many times the expected loss, and so many code values.
const STRONG: (f32, f32) = (4.0, 0.08);

/// What belongs to one that has begun.
const WEAK: (f32, f32) = (2.2, 0.03);

/// The same for differences over a wide neighbourhood, which the autoencoder keeps well, code values; and how wide, px.
const STRONG_WIDE: f32 = 0.03;
const WEAK_WIDE: f32 = 0.015;
const WIDE_PX: f32 = 6.0;

/// Pixels a change has at least, and share of the picture.
const LEAST_PX: usize = 8;
const LEAST_SHARE: f32 = 1e-4;

/// Holes that are filled, at most, share of the picture.
const HOLE_SHARE: f32 = 0.004;

/// Where and how much.
#[derive(Clone, Debug)]
pub(super) struct Change {
    /// what is changed
    pub(super) core: Vec<bool>,
    /// root mean square difference elsewhere, after a light blur, code values
    pub(super) residual: f32,
}

impl Change {
    /// The change from `source` to `edit`, of one size, whose drift and cast are undone.
    pub(super) fn of(source: &Codes, edit: &Codes) -> Self {
        let (width, height) = (source.width, source.height);
        let (a, b) = (source.blurred(1.0), edit.blurred(1.0));
        let squares: Vec<f32> = (0..source.len())
            .map(|i| squared(a.at(i), b.at(i)))
            .collect();
        let power: Vec<f32> = blur::gaussian(&squares, width, height, 1.5)
            .iter()
            .map(|v| v.max(0.0).sqrt())
            .collect();
        let loss = Loss::of(&power, &contrast(source));
        let over = |(times, least): (f32, f32)| -> Vec<bool> {
            (0..power.len())
                .map(|i| power[i] > least.max(times * loss.expected[i]))
                .collect()
        };
        let least = LEAST_PX.max((LEAST_SHARE * source.len() as f32) as usize);
        let least = least.min(source.len() / 16).max(1);
        let grown = spots::grown(&over(STRONG), &over(WEAK), width, least);
        let wide = wide(source, edit, &grown);
        let over = |least: f32| -> Vec<bool> { wide.iter().map(|wide| *wide > least).collect() };
        let faint = spots::grown(&over(STRONG_WIDE), &over(WEAK_WIDE), width, 4 * least);
        // the blur has carried the map beyond the change; only where something differs close by is it kept
        let near = spots::widened(&close(source, edit, &loss), width, 1);
        let grown: Vec<bool> = grown.iter().zip(&near).map(|(a, b)| *a && *b).collect();
        let holes = (HOLE_SHARE * source.len() as f32) as usize;
        let mut core = spots::filled(&spots::closed(&grown, width, 2), width, holes);
        core.iter_mut()
            .zip(faint)
            .for_each(|(set, faint)| *set |= faint);
        let mut sum = (0.0f64, 0usize);
        for (square, changed) in squares.iter().zip(&core) {
            if !changed {
                sum.0 += f64::from(*square) / 3.0;
                sum.1 += 1;
            }
        }
        Self {
            core,
            residual: (sum.0 / sum.1.max(1) as f64).sqrt() as f32,
        }
    }
}

/// Where the pictures differ within a pixel or so, by more than the loss.
fn close(source: &Codes, edit: &Codes, loss: &Loss) -> Vec<bool> {
    let squares: Vec<f32> = (0..source.len())
        .map(|i| squared(source.at(i), edit.at(i)))
        .collect();
    blur::gaussian(&squares, source.width, source.height, 0.7)
        .iter()
        .zip(&loss.expected)
        .map(|(square, expected)| square.max(0.0).sqrt() > (2.0 * WEAK.1).max(WEAK.0 * expected))
        .collect()
}

/// The largest mean difference of a channel over a wide neighbourhood, of which `changed` is left out.
fn wide(source: &Codes, edit: &Codes, changed: &[bool]) -> Vec<f32> {
    let (width, height) = (source.width, source.height);
    let smooth = |plane: &[f32]| blur::gaussian(plane, width, height, WIDE_PX);
    // the blur behind the first map has spread it already; a little more keeps the rest clear of it
    let left: Vec<f32> = spots::widened(changed, width, 3)
        .iter()
        .map(|changed| f32::from(u8::from(!changed)))
        .collect();
    let weight = smooth(&left);
    let mut most = vec![0.0f32; source.len()];
    for c in 0..3 {
        let apart: Vec<f32> = (0..source.len())
            .map(|i| left[i] * (edit.planes[c][i] - source.planes[c][i]))
            .collect();
        for ((most, sum), weight) in most.iter_mut().zip(smooth(&apart)).zip(&weight) {
            // with less than a third of the neighbourhood there is little to go by
            if *weight > 0.33 {
                *most = most.max((sum / weight).abs());
            }
        }
    }
    most
}

fn squared(a: [f32; 3], b: [f32; 3]) -> f32 {
    (0..3).map(|c| (a[c] - b[c]) * (a[c] - b[c])).sum()
}

/// Local contrast: the deviation of the colours from their mean nearby.
pub(super) fn contrast(picture: &Codes) -> Vec<f32> {
    let smooth = picture.blurred(2.0);
    let squares: Vec<f32> = (0..picture.len())
        .into_par_iter()
        .map(|i| squared(picture.at(i), smooth.at(i)))
        .collect();
    blur::gaussian(&squares, picture.width, picture.height, 2.0)
        .iter()
        .map(|v| v.max(0.0).sqrt())
        .collect()
}

/// What difference is expected at each pixel where nothing changed.
struct Loss {
    expected: Vec<f32>,
}

impl Loss {
    /// In classes of equal number by contrast, the lower third of the differences; then the line over contrast that half
    /// of the classes lie below.
    fn of(power: &[f32], contrast: &[f32]) -> Self {
        const CLASSES: usize = 12;
        let mut order: Vec<u32> = (0..power.len() as u32).collect();
        order.par_sort_unstable_by(|&a, &b| {
            contrast[a as usize]
                .total_cmp(&contrast[b as usize])
                .then(a.cmp(&b))
        });
        let classes: Vec<(f32, f32)> = order
            .chunks(power.len().div_ceil(CLASSES).max(1))
            .map(|class| {
                let mut powers: Vec<f32> = class.iter().map(|&i| power[i as usize]).collect();
                let middle = class[class.len() / 2] as usize;
                // the lower third of a smoothed power lies a little below its mean
                (contrast[middle], 1.3 * quantile(&mut powers, 0.33))
            })
            .collect();
        let lowest = classes.iter().map(|c| c.1).fold(f32::INFINITY, f32::min);
        let flat = lowest.clamp(FLAT.0, FLAT.1);
        let mut slopes: Vec<f32> = classes
            .iter()
            .map(|(contrast, power)| (power - flat).max(0.0) / contrast.max(1e-3))
            .collect();
        let slope = quantile(&mut slopes, 0.5).min(STEEPEST);
        Self {
            expected: contrast.iter().map(|c| flat + slope * c).collect(),
        }
    }
}
