//! How a network's picture lies off its source: shift and scale to a fraction of a pixel, by the method of Lucas & Kanade
//! (1981; Baker & Matthews 2004, forwards additive) from coarse to fine. What is compared is structure — a band of
//! brightness over its own strength around each pixel — so that new colours do not matter, and residuals weigh the less
//! the larger they are, so that new content does not either.

use rayon::prelude::*;
use retake_pixels::{blur, resize};

use super::codes::{Codes, quantile};
use super::fit::Drift;
use super::least::{solved, trust};
use super::resample::{Kernel, Place};

/// Below this nothing has moved: shift, px.
const LEAST_SHIFT_PX: f32 = 0.05;

/// … and the longest way of a corner, px.
const LEAST_REACH_PX: f32 = 0.12;

/// Networks do not move things further: share of the long edge, and of the scale.
const MOST: f32 = 0.04;

/// A drift must explain this much more than none does.
const BETTER: f32 = 0.985;

/// Structure that fits worse than this on the half that fits best has no counterpart in the source.
const FITS: f32 = 0.6;

/// A picture smaller than this has no drift that could be told, px.
const LEAST_SIDE_PX: usize = 24;

/// Structure of a brightness plane: a band around a few pixels' size, over its own strength in the neighbourhood.
struct Structure {
    width: usize,
    height: usize,
    values: Vec<f32>,
}

/// Strength below which there is only noise, code values.
const NOISE: f32 = 0.012;

impl Structure {
    fn of(brightness: &[f32], width: usize, height: usize) -> Self {
        let gaussian = |plane: &[f32], sigma| blur::gaussian(plane, width, height, sigma);
        let fine = gaussian(brightness, 1.0);
        let coarse = gaussian(brightness, 3.0);
        let band: Vec<f32> = fine.iter().zip(&coarse).map(|(a, b)| a - b).collect();
        let squares: Vec<f32> = band.iter().map(|v| v * v).collect();
        let strength = gaussian(&squares, 6.0);
        let values = band
            .iter()
            .zip(&strength)
            .map(|(band, strength)| band / (strength.max(0.0) + NOISE * NOISE).sqrt())
            .collect();
        Self {
            width,
            height,
            values,
        }
    }

    fn moved(&self, drift: &Drift) -> Vec<f32> {
        moved(&self.values, self.width, self.height, drift)
    }
}

/// The plane read where the drift has put each pixel.
fn moved(plane: &[f32], width: usize, height: usize, drift: &Drift) -> Vec<f32> {
    let places = |count: usize, shift: f32| -> Vec<Place> {
        let centre = (count as f64 - 1.0) / 2.0;
        (0..count)
            .map(|i| {
                let at = centre + (i as f64 - centre) * f64::from(drift.scale) + f64::from(shift);
                Place::new(at, count, Kernel::Through)
            })
            .collect()
    };
    let (columns, lines) = (
        places(width, drift.shift_px.0),
        places(height, drift.shift_px.1),
    );
    let mut out = vec![0.0; plane.len()];
    out.par_chunks_mut(width).zip(&lines).for_each(|(out, at)| {
        let line = at.line(plane, width);
        for (out, at) in out.iter_mut().zip(&columns) {
            *out = at.of(&line);
        }
    });
    out
}

/// The picture with its drift undone; beyond its edges the last pixels go on.
pub(super) fn undone(edit: &Codes, drift: &Drift) -> Codes {
    if *drift == Drift::NONE {
        return edit.clone();
    }
    let planes = std::array::from_fn(|c| {
        let mut plane = moved(&edit.planes[c], edit.width, edit.height, drift);
        plane.iter_mut().for_each(|v| *v = v.clamp(0.0, 1.0));
        plane
    });
    Codes {
        width: edit.width,
        height: edit.height,
        planes,
    }
}

/// Which pixels the drift has carried out of the picture, or so near its edge that they are not known.
pub(super) fn lost(width: usize, height: usize, drift: &Drift) -> Vec<bool> {
    let out = |i: usize, count: usize, shift: f32| {
        let centre = (count as f32 - 1.0) / 2.0;
        let at = centre + (i as f32 - centre) * drift.scale + shift;
        *drift != Drift::NONE && !(2.0..=count as f32 - 3.0).contains(&at)
    };
    (0..width * height)
        .map(|i| {
            out(i % width, width, drift.shift_px.0) || out(i / width, height, drift.shift_px.1)
        })
        .collect()
}

/// The drift of `edit` against `source`, of one size; none where none can be told, or none explains the picture better.
pub(super) fn measured(source: &Codes, edit: &Codes) -> Drift {
    let (width, height) = (source.width, source.height);
    if width.min(height) < LEAST_SIDE_PX {
        return Drift::NONE;
    }
    let (mut source, mut edit) = (source.brightness(), edit.brightness());
    let mut size = (width, height);
    let mut floors = Vec::new();
    loop {
        floors.push((
            Structure::of(&source, size.0, size.1),
            Structure::of(&edit, size.0, size.1),
        ));
        let half = (size.0 / 2, size.1 / 2);
        if half.0.min(half.1) < 2 * LEAST_SIDE_PX {
            break;
        }
        source = resize::plane(&source, size.0, size.1, half.0, half.1);
        edit = resize::plane(&edit, size.0, size.1, half.0, half.1);
        size = half;
    }
    let mut drift = Drift::NONE;
    for (source, edit) in floors.iter().rev() {
        // shifts are in px of the finest floor
        let factor = width as f32 / source.width as f32;
        drift = refined(source, edit, drift, factor);
    }
    let (source, edit) = &floors[0];
    let most = MOST * width.max(height) as f32;
    let (x, y) = drift.shift_px;
    let told = x.hypot(y) >= LEAST_SHIFT_PX || drift.reach(width, height) >= LEAST_REACH_PX;
    let likely = x.hypot(y) <= most && (drift.scale - 1.0).abs() <= MOST;
    if told && likely && explains(source, edit, &drift) {
        drift
    } else {
        Drift::NONE
    }
}

/// Gauss–Newton steps on one floor.
fn refined(source: &Structure, edit: &Structure, from: Drift, factor: f32) -> Drift {
    let (width, height) = (source.width, source.height);
    let (cx, cy) = ((width as f32 - 1.0) / 2.0, (height as f32 - 1.0) / 2.0);
    let unit = cx.hypot(cy).max(1.0);
    let (mut x, mut y) = (from.shift_px.0 / factor, from.shift_px.1 / factor);
    let mut scale = from.scale;
    for _ in 0..12 {
        let drift = Drift {
            shift_px: (x, y),
            scale,
        };
        let moved = edit.moved(&drift);
        let mut apart: Vec<f32> = moved
            .iter()
            .zip(&source.values)
            .map(|(a, b)| (a - b).abs())
            .collect();
        // three in ten of a normal distribution lie within 0.385 deviations
        let spread = (quantile(&mut apart, 0.3) / 0.385).max(0.1);
        let sums: Vec<[[f64; 4]; 3]> = (1..height - 1)
            .into_par_iter()
            .map(|line| {
                let mut sums = [[0.0f64; 4]; 3];
                let py = line as f32 - cy;
                for column in 1..width - 1 {
                    let i = line * width + column;
                    let px = column as f32 - cx;
                    let inside = |at: f32, last: usize| (0.0..=last as f32).contains(&at);
                    if !inside(cx + px * scale + x, width - 1)
                        || !inside(cy + py * scale + y, height - 1)
                    {
                        continue;
                    }
                    let gx = (moved[i + 1] - moved[i - 1]) / 2.0;
                    let gy = (moved[i + width] - moved[i - width]) / 2.0;
                    let residual = source.values[i] - moved[i];
                    let weight = f64::from(trust(residual * residual, spread * spread));
                    let slope = [gx, gy, (gx * px + gy * py) / unit].map(f64::from);
                    for (a, row) in sums.iter_mut().enumerate() {
                        for b in 0..3 {
                            row[b] += weight * slope[a] * slope[b];
                        }
                        row[3] += weight * slope[a] * f64::from(residual);
                    }
                }
                sums
            })
            .collect();
        let mut matrix = [[0.0; 3]; 3];
        let mut right = [0.0; 3];
        for sums in &sums {
            for a in 0..3 {
                for b in 0..3 {
                    matrix[a][b] += sums[a][b];
                }
                right[a] += sums[a][3];
            }
        }
        for (a, row) in matrix.iter_mut().enumerate() {
            row[a] *= 1.0 + 1e-6;
        }
        let Some(step) = solved(matrix, right) else {
            break;
        };
        // where the slope is worth little a step may be wild
        let [dx, dy, grown] = step.map(|v| (v as f32).clamp(-2.0, 2.0));
        x += dx;
        y += dy;
        scale += grown / unit;
        if dx.abs().max(dy.abs()).max(grown.abs()) < 2e-3 {
            break;
        }
    }
    Drift {
        shift_px: (x * factor, y * factor),
        scale,
    }
}

/// Whether the drift makes the picture's structure the source's, better than none does.
fn explains(source: &Structure, edit: &Structure, drift: &Drift) -> bool {
    let apart = |moved: &[f32]| -> Vec<f32> {
        moved
            .iter()
            .zip(&source.values)
            .map(|(a, b)| (a - b).abs())
            .collect()
    };
    let (with, without) = (apart(&edit.moved(drift)), apart(&edit.values));
    let half = quantile(&mut with.clone(), 0.5);
    let scale = (half * half).max(0.01);
    let cost = |apart: &[f32]| -> f64 {
        let sum = |v: &f32| f64::from(v * v / (scale + v * v));
        apart.iter().map(sum).sum::<f64>() / apart.len() as f64
    };
    half < FITS && cost(&with) < f64::from(BETTER) * cost(&without)
}
