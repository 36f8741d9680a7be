//! Directions and strokes.

use retake_pixels::vectorised;

use super::brush::{ANGLES, Brush, STRETCHES, grey, strokes};
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
    out.values.par_chunks_mut(stride).enumerate().for_each_init(
        || vec![0u16; width],
        |row_forms, (y, out)| {
            forms(directions.row(y as isize), row_forms);
            let first = (y + pad) * side + pad;
            strokes(&padded, first, &brushes, row_forms, sharpness, out);
        },
    );
    out
}

vectorised! {
    /// Numbers of the brushes of a row: direction along the form and anisotropy from the structure tensors, in steps
    /// (Kyprianidis 2009, section 3.1).
    fn forms(tensors: &[f32], out: &mut [u16]) {
        let n = out.len();
        let (e, rest) = tensors.split_at(n);
        let (f, g) = rest.split_at(n);
        let g = &g[..n];
        for x in 0..n {
            let (e, f, g) = (e[x], f[x], g[x]);
            let half = 0.5 * (e - g);
            let root = (half * half + f * f).sqrt();
            let anisotropy = (root / (0.5 * (e + g) + 1e-6)).min(1.0);
            // eigenvector of the lesser eigenvalue
            let along = half > 0.0;
            let across = if along { -f } else { root - half };
            let down = if along { half + root } else { -f };
            let turn = atan2(down, across) * (ANGLES as f32 / std::f32::consts::PI);
            let angle = (turn + (2 * ANGLES) as f32 + 0.5) as i32 % ANGLES as i32;
            let stretch = (anisotropy * STRETCHES as f32 + 0.5) as i32;
            out[x] = (angle * (STRETCHES as i32 + 1) + stretch) as u16;
        }
    }
}

/// Angle of a direction within 1e-4 of a radian; 0 for no direction (Abramowitz & Stegun 1964, 4.4.49).
#[inline(always)]
fn atan2(y: f32, x: f32) -> f32 {
    let (near, far) = (y.abs().min(x.abs()), y.abs().max(x.abs()));
    let z = near / far.max(1e-30);
    let z2 = z * z;
    let series =
        0.999_866 + z2 * (-0.330_299_5 + z2 * (0.180_141 + z2 * (-0.085_133 + z2 * 0.020_835_1)));
    let octant = z * series;
    let quadrant = if y.abs() > x.abs() {
        std::f32::consts::FRAC_PI_2 - octant
    } else {
        octant
    };
    let half = if x < 0.0 {
        std::f32::consts::PI - quadrant
    } else {
        quadrant
    };
    half.copysign(y)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn directions_are_those_of_the_standard_library(x in -1.0f32..1.0, y in -1.0f32..1.0) {
            prop_assert!((atan2(y, x) - y.atan2(x)).abs() < 1e-4, "{x} {y}");
        }
    }
}
