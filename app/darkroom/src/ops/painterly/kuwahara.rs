//! Directions and strokes.

use super::brush::{ANGLES, Brush, STRETCHES, grey, stroke};
use crate::ops::neighbourhood::Planes;
use rayon::prelude::*;

/// How much longer than the radius a stroke may become (alpha = 1: twice the radius at full anisotropy).
pub(super) const LONGEST: f32 = 2.0;

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
                let middle = (y + pad) * side + x + pad;
                let cells = &padded[middle - brush.reach..=middle + brush.reach];
                let colour = stroke(cells, brush.reach, brush, sharpness);
                for (c, value) in colour.into_iter().enumerate() {
                    out[c * width + x] = value;
                }
            }
        });
    out
}

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
    let angle = (steps + (2 * ANGLES) as f32 + 0.5) as usize % ANGLES;
    (angle, (anisotropy * STRETCHES as f32 + 0.5) as usize)
}
