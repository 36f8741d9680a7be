//! The guided filter (He, Sun and Tang 2013, with a colour guide) in its fast form (He and Sun 2015): a mask made on
//! the small grid becomes, around each of its pixels, a linear function of colour, which any larger picture of the same
//! photo can then be put through, so that borders follow the full-resolution picture.

use rayon::prelude::*;
use retake_core::{Raster, Rect};

use super::position::within;
use crate::blur::boxed;
use crate::vectorised;

/// Variance below which the guide counts as flat (guide values lie in [0, 1]).
const EPSILON: f32 = 4e-4;

/// The guide's statistics, shared by every mask of a photo.
pub(super) struct Guide {
    width: usize,
    height: usize,
    radius: usize,
    channels: [Vec<f32>; 3],
    mean: [Vec<f32>; 3],
    /// rr, rg, rb, gg, gb, bb of the inverse of the regularised covariance
    inverse: [Vec<f32>; 6],
}

/// Per grid point: the mask is `c[0]·r + c[1]·g + c[2]·b + c[3]` of the square-rooted colour.
pub(super) struct Linear {
    width: usize,
    height: usize,
    terms: Vec<[f32; 4]>,
}

/// Linear light to the guide's scale; a value that is no number counts as black.
#[inline(always)]
fn coded(linear: f32) -> f32 {
    within(0.0, 1.0, linear).sqrt()
}

impl Guide {
    /// From the photo on the grid that masks are made on.
    pub(super) fn of(proxy: &Raster) -> Self {
        let (width, height) = (proxy.width, proxy.height);
        let radius = (width.max(height) as f32 * 0.012).round().max(1.0) as usize;
        let smooth = |values: &[f32]| boxed(values, width, height, radius);
        let channels: [Vec<f32>; 3] =
            std::array::from_fn(|c| proxy.planes[c].iter().map(|&v| coded(v)).collect());
        let mean: [Vec<f32>; 3] = std::array::from_fn(|c| smooth(&channels[c]));
        const PAIRS: [(usize, usize); 6] = [(0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)];
        let mut inverse: [Vec<f32>; 6] = PAIRS.map(|(i, j)| {
            let product: Vec<f32> = channels[i]
                .iter()
                .zip(&channels[j])
                .map(|(a, b)| a * b)
                .collect();
            smooth(&product)
        });
        for k in 0..width * height {
            let m = [mean[0][k], mean[1][k], mean[2][k]];
            let v = PAIRS.map(|(i, j)| (i, j)).into_iter().enumerate();
            let mut s = [0.0f32; 6];
            for (n, (i, j)) in v {
                s[n] = inverse[n][k] - m[i] * m[j] + if i == j { EPSILON } else { 0.0 };
            }
            let [rr, rg, rb, gg, gb, bb] = s;
            let minors = [
                gg * bb - gb * gb,
                gb * rb - rg * bb,
                rg * gb - gg * rb,
                rr * bb - rb * rb,
                rb * rg - rr * gb,
                rr * gg - rg * rg,
            ];
            let determinant = (rr * minors[0] + rg * minors[1] + rb * minors[2]).max(1e-14);
            for (inverse, minor) in inverse.iter_mut().zip(minors) {
                inverse[k] = minor / determinant;
            }
        }
        Self {
            width,
            height,
            radius,
            channels,
            mean,
            inverse,
        }
    }

    /// The linear functions that best repeat `mask` (same grid) around each pixel.
    pub(super) fn fit(&self, mask: &[f32]) -> Linear {
        let smooth = |values: &[f32]| boxed(values, self.width, self.height, self.radius);
        let mean_mask = smooth(mask);
        let cross: [Vec<f32>; 3] = std::array::from_fn(|c| {
            let product: Vec<f32> = mask
                .iter()
                .zip(&self.channels[c])
                .map(|(m, g)| m * g)
                .collect();
            smooth(&product)
        });
        let mut planes: [Vec<f32>; 4] = std::array::from_fn(|_| vec![0.0; mask.len()]);
        for k in 0..mask.len() {
            let mean = [self.mean[0][k], self.mean[1][k], self.mean[2][k]];
            let [r, g, b] = std::array::from_fn(|c| cross[c][k] - mean_mask[k] * mean[c]);
            let [rr, rg, rb, gg, gb, bb] = std::array::from_fn(|n| self.inverse[n][k]);
            let slope = [
                rr * r + rg * g + rb * b,
                rg * r + gg * g + gb * b,
                rb * r + gb * g + bb * b,
            ];
            for (plane, slope) in planes.iter_mut().zip(slope) {
                plane[k] = slope;
            }
            planes[3][k] =
                mean_mask[k] - slope[0] * mean[0] - slope[1] * mean[1] - slope[2] * mean[2];
        }
        let [r, g, b, offset] = planes.map(|plane| smooth(&plane));
        let terms = (0..mask.len())
            .map(|k| [r[k], g[k], b[k], offset[k]])
            .collect();
        Linear {
            width: self.width,
            height: self.height,
            terms,
        }
    }
}

/// Where a line of `to` positions falls on one of `from`: the lower neighbour and the share of the next.
pub(super) fn taps(range: std::ops::Range<usize>, to: usize, from: usize) -> Vec<(u32, f32)> {
    let ratio = from as f64 / to as f64;
    range
        .map(|i| {
            let centre = ((i as f64 + 0.5) * ratio - 0.5).clamp(0.0, (from - 1) as f64);
            let first = (centre.floor() as usize).min(from.saturating_sub(2));
            (first as u32, (centre - first as f64) as f32)
        })
        .collect()
}

/// Blends two neighbouring lines.
fn blend<T: Copy, U>(line: &[T], next: &[T], mix: impl Fn(T, T) -> U) -> Vec<U> {
    line.iter().zip(next).map(|(&a, &b)| mix(a, b)).collect()
}

/// A run of pixels of a row that lie between the same two grid columns.
struct Run {
    pixels: std::ops::Range<usize>,
    column: usize,
}

fn runs(columns: &[(u32, f32)]) -> Vec<Run> {
    let mut out: Vec<Run> = Vec::new();
    for (i, &(column, _)) in columns.iter().enumerate() {
        match out.last_mut() {
            Some(run) if run.column == column as usize => run.pixels.end = i + 1,
            _ => out.push(Run {
                pixels: i..i + 1,
                column: column as usize,
            }),
        }
    }
    out
}

vectorised! {
    fn apply_row(terms: &[[f32; 4]], runs: &[Run], shares: &[f32], r: &[f32], g: &[f32], b: &[f32], out: &mut [f32]) {
        for Run { pixels, column } in runs {
            let (one, two) = (terms[*column], terms[*column + 1]);
            let step: [f32; 4] = std::array::from_fn(|k| two[k] - one[k]);
            let [r, g, b, shares] = [r, g, b, shares].map(|values| &values[pixels.clone()]);
            for ((((r, g), b), s), out) in r.iter().zip(g).zip(b).zip(shares).zip(&mut out[pixels.clone()]) {
                let value = (one[0] + s * step[0]) * coded(*r)
                    + (one[1] + s * step[1]) * coded(*g)
                    + (one[2] + s * step[2]) * coded(*b)
                    + (one[3] + s * step[3]);
                // masks are meant to be mostly 0 or 1: the filter's faint halos are cut off
                let t = ((value - 0.08) * (1.0 / 0.84)).clamp(0.0, 1.0);
                *out = t * t * (3.0 - 2.0 * t);
            }
        }
    }
}

impl Linear {
    /// The mask over `rect` of a picture of `full` = (width, height), whose pixels there are `pixels`.
    pub(super) fn apply(&self, full: (usize, usize), rect: Rect, pixels: &Raster) -> Vec<f32> {
        let width = rect.width();
        let mut out = vec![0.0; pixels.len()];
        if out.is_empty() {
            return out;
        }
        let columns = taps(rect.x0..rect.x1, full.0, self.width);
        let lines = taps(rect.y0..rect.y1, full.1, self.height);
        let from = columns[0].0 as usize;
        let to = (columns[width - 1].0 as usize + 2).min(self.width);
        let shares: Vec<f32> = columns.iter().map(|&(_, share)| share).collect();
        let mut runs = runs(&columns);
        for run in &mut runs {
            run.column -= from;
        }
        out.par_chunks_mut(width).enumerate().for_each(|(y, out)| {
            let (line, share) = (lines[y].0 as usize, lines[y].1);
            let next = (line + 1).min(self.height - 1);
            let row = |y: usize| &self.terms[y * self.width + from..y * self.width + to];
            let mut terms = blend(row(line), row(next), |a, b| {
                std::array::from_fn(|k| a[k] + share * (b[k] - a[k]))
            });
            // a proxy one pixel wide has no next column
            terms.push(terms[terms.len() - 1]);
            let [r, g, b] = pixels
                .planes
                .each_ref()
                .map(|plane| &plane[y * width..(y + 1) * width]);
            apply_row(&terms, &runs, &shares, r, g, b, out);
        });
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rough_mask_takes_the_pictures_edge() {
        let edge_at = |edge: usize| {
            move |x: usize, _| {
                if x < edge {
                    [0.1, 0.3, 0.6]
                } else {
                    [0.4, 0.3, 0.1]
                }
            }
        };
        let grid = Raster::from_fn(256, 40, edge_at(103));
        let rough: Vec<f32> = (0..256 * 40)
            .map(|i| f32::from(u8::from(i % 256 < 102)))
            .collect();
        let linear = Guide::of(&grid).fit(&rough);
        let large = Raster::from_fn(1280, 200, edge_at(515));
        let fine = linear.apply((1280, 200), Rect::whole(1280, 200), &large);
        let at = |x: usize| fine[100 * 1280 + x];
        assert!(at(513) > 0.6 && at(517) < 0.2, "{} {}", at(513), at(517));
    }

    #[test]
    fn texture_inside_a_mask_leaves_it_whole() {
        let picture = Raster::from_fn(64, 64, |x, y| {
            [if (x / 2 + y / 2) % 2 == 0 { 0.2 } else { 0.5 }; 3]
        });
        let linear = Guide::of(&picture).fit(&vec![1.0; 64 * 64]);
        let values = linear.apply((64, 64), Rect::whole(64, 64), &picture);
        assert!(values.iter().all(|&v| v > 0.999));
    }
}
