//! Directions and strokes.

use rayon::prelude::*;
use retake_pixels::{fast, vectorised};

use crate::ops::neighbourhood::Planes;

/// How much longer than the radius a stroke may become (alpha = 1: twice the radius at full anisotropy).
pub(super) const LONGEST: f32 = 2.0;

const SECTORS: usize = 8;
/// Overlap of the sectors at the centre (Kyprianidis 2010, ζ = 1/3).
const ZETA: f32 = 0.333_333_34;
/// (ζ + cos γ) / sin² γ for γ = 3π/8, where a sector ends.
const ETA: f32 = 0.838_880_6;
/// Cosine and sine of the sectors' directions.
const TURNS: [[f32; 2]; SECTORS] = {
    const D: f32 = std::f32::consts::FRAC_1_SQRT_2;
    [
        [1.0, 0.0],
        [D, D],
        [0.0, 1.0],
        [-D, D],
        [-1.0, 0.0],
        [-D, -D],
        [0.0, -1.0],
        [D, -D],
    ]
};
/// Variance of the root of light from which on a sector loses weight.
const CALM: f32 = 0.001;

/// E, F and G of the structure tensor of the roots' three planes, by Sobel differences.
pub(super) fn tensor(colours: &Planes) -> Planes {
    let width = colours.cells.width;
    let mut out = Planes::new(colours.cells, 3);
    let stride = out.stride();
    out.values
        .par_chunks_mut(stride)
        .enumerate()
        .for_each(|(y, out)| {
            let rows = [-1, 0, 1].map(|d| colours.row(y as isize + d));
            for c in 0..3 {
                let [above, here, below] = rows.map(|row| &row[c * width..(c + 1) * width]);
                for x in 0..width {
                    let (l, r) = (x.saturating_sub(1), (x + 1).min(width - 1));
                    let across =
                        above[r] - above[l] + 2.0 * (here[r] - here[l]) + below[r] - below[l];
                    let down =
                        below[l] - above[l] + 2.0 * (below[x] - above[x]) + below[r] - above[r];
                    let (across, down) = (0.125 * across, 0.125 * down);
                    out[x] += across * across;
                    out[width + x] += across * down;
                    out[2 * width + x] += down * down;
                }
            }
        });
    out
}

/// The brush at each cell. `radius` in cells; `sharpness` is the exponent q of the sectors' weights.
pub(super) fn paint(colours: &Planes, directions: &Planes, radius: f32, sharpness: f32) -> Planes {
    let width = colours.cells.width;
    let pad = (LONGEST * radius).ceil() as usize + 1;
    // red, green, blue and the square of their mean, a cell's side by side, with a margin, as the brush reads them
    let side = width + 2 * pad;
    let height = colours.cells.height;
    let mut padded = vec![[0.0f32; 4]; side * (height + 2 * pad)];
    padded
        .par_chunks_mut(side)
        .enumerate()
        .for_each(|(y, out)| {
            let row = colours.row(y as isize - pad as isize);
            for (x, out) in out.iter_mut().enumerate() {
                let x = x.clamp(pad, pad + width - 1) - pad;
                let (r, g, b) = (row[x], row[width + x], row[2 * width + x]);
                let v = grey([r, g, b]);
                *out = [r, g, b, v * v];
            }
        });
    let brushes: Vec<Brush> = (0..ANGLES * (STRETCHES + 1))
        .into_par_iter()
        .map(|i| Brush::new(i / (STRETCHES + 1), i % (STRETCHES + 1), radius, side))
        .collect();
    let mut out = Planes::new(colours.cells, 3);
    let stride = out.stride();
    out.values
        .par_chunks_mut(stride)
        .enumerate()
        .for_each(|(y, out)| {
            let tensors = directions.row(y as isize);
            for x in 0..width {
                let (angle, stretch) =
                    form([tensors[x], tensors[width + x], tensors[2 * width + x]]);
                let brush = &brushes[angle * (STRETCHES + 1) + stretch];
                let from = (y + pad) * side + x + pad - brush.back;
                let colour = stroke(&padded[from..], &brush.taps, sharpness);
                for (c, value) in colour.into_iter().enumerate() {
                    out[c * width + x] = value;
                }
            }
        });
    out
}

#[inline(always)]
fn grey([r, g, b]: [f32; 3]) -> f32 {
    0.25 * (r + b) + 0.5 * g
}

/// Directions that are told apart, over half a turn.
const ANGLES: usize = 64;
/// Steps of anisotropy that are told apart.
const STRETCHES: usize = 16;

/// Direction along the form and anisotropy from a structure tensor, in steps (Kyprianidis 2009, section 3.1).
fn form([e, f, g]: [f32; 3]) -> (usize, usize) {
    let half = 0.5 * (e - g);
    let root = (half * half + f * f).sqrt();
    let anisotropy = (root / (0.5 * (e + g) + 1e-6)).min(1.0);
    // eigenvector of the lesser eigenvalue
    let (x, y) = if half > 0.0 {
        (-f, half + root)
    } else {
        (root - half, -f)
    };
    let steps = y.atan2(x) * (ANGLES as f32 / std::f32::consts::PI);
    let angle = (steps.round() as isize).rem_euclid(ANGLES as isize) as usize;
    (angle, (anisotropy * STRETCHES as f32).round() as usize)
}

/// An ellipse and its sectors (Kyprianidis 2009, section 3.2; weights from Kyprianidis 2010, eq. 3–5, with a fall-off
/// to nothing at the rim, so that it does not matter to which side of the rim a cell is rounded).
struct Brush {
    /// for each cell, its place counted from the first and its weight in each sector; a sector adds up to 1
    taps: Vec<(usize, [f32; SECTORS])>,
    /// how far before the middle the first cell lies
    back: usize,
}

impl Brush {
    fn new(angle: usize, stretch: usize, radius: f32, side: usize) -> Self {
        let (sin, cos) = (angle as f32 * (std::f32::consts::PI / ANGLES as f32)).sin_cos();
        let stretch = 1.0 + stretch as f32 / STRETCHES as f32;
        let (a, b) = (radius * stretch, radius / stretch);
        let reach = a.ceil() as isize;
        let mut taps = Vec::new();
        for dy in -reach..=reach {
            for dx in -reach..=reach {
                let (x, y) = (dx as f32, dy as f32);
                let (p, q) = ((cos * x + sin * y) / a, (cos * y - sin * x) / b);
                let distance = p * p + q * q;
                if distance > 1.0 {
                    continue;
                }
                let weights = std::array::from_fn(|k| {
                    let [cos, sin] = TURNS[k];
                    let (s, t) = (cos * p + sin * q, cos * q - sin * p);
                    let inside = (s + ZETA - ETA * t * t).max(0.0);
                    (1.0 - distance * distance) * inside * inside
                });
                taps.push((dy * side as isize + dx, weights));
            }
        }
        let mut sums = [0.0f32; SECTORS];
        for (_, weights) in &taps {
            accumulate(&mut sums, weights, 1.0);
        }
        let first = taps.first().map_or(0, |tap| tap.0);
        let taps = taps
            .into_iter()
            .map(|(at, weights)| {
                let share = std::array::from_fn(|k| weights[k] / sums[k]);
                ((at - first) as usize, share)
            })
            .collect();
        Self {
            taps,
            back: first.unsigned_abs(),
        }
    }
}

#[inline(always)]
fn accumulate(sums: &mut [f32; SECTORS], weights: &[f32; SECTORS], value: f32) {
    for (sum, weight) in sums.iter_mut().zip(weights) {
        *sum += weight * value;
    }
}

vectorised! {
    fn stroke(cells: &[[f32; 4]], taps: &[(usize, [f32; SECTORS])], sharpness: f32) -> [f32; 3] {
        let mut means = [[0.0f32; SECTORS]; 3];
        let mut squares = [0.0f32; SECTORS];
        for (at, weights) in taps {
            let [r, g, b, square] = cells[*at];
            accumulate(&mut means[0], weights, r);
            accumulate(&mut means[1], weights, g);
            accumulate(&mut means[2], weights, b);
            accumulate(&mut squares, weights, square);
        }
        let mut chosen = [0.0f32; SECTORS];
        for k in 0..SECTORS {
            let mean = grey([means[0][k], means[1][k], means[2][k]]);
            let variance = (squares[k] - mean * mean).max(0.0);
            let power = fast::exp2(sharpness * fast::log2((variance / CALM).max(1e-6)));
            chosen[k] = 1e-9 + 1.0 / (1.0 + power);
        }
        let mut total = 0.0;
        let mut colour = [0.0f32; 3];
        for k in 0..SECTORS {
            total += chosen[k];
            for (colour, mean) in colour.iter_mut().zip(&means) {
                *colour += chosen[k] * mean[k];
            }
        }
        colour.map(|sum| sum / total)
    }
}
