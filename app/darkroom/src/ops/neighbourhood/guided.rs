//! The guided filter (He, Sun & Tang 2010, eq. 5–8; on a reduced grid as in He & Sun 2015) with Gaussian windows:
//! smooths where the picture varies little and follows it where it varies much, so that no halo stands at edges.

use retake_pixels::matrix::LUMA;
use retake_pixels::{fast, vectorised};

use super::{Gaussian, Pass, Planes, reduce};
use crate::render::Tile;

/// Added to the luminance before its logarithm is taken, so that noise in the blacks counts little.
pub const DARK: f32 = 0.02;

vectorised! {
    /// log2(Y + [`DARK`]) of linear Rec.2020, negative light taken for none.
    pub fn log_luminance(rgb: [&[f32]; 3], out: &mut [f32]) {
        for (((out, r), g), b) in out.iter_mut().zip(rgb[0]).zip(rgb[1]).zip(rgb[2]) {
            let y = LUMA[0] * r + LUMA[1] * g + LUMA[2] * b;
            *out = fast::log2(y.max(0.0) + DARK);
        }
    }
}

vectorised! {
    fn squares(values: &[f32], out: &mut [f32]) {
        for (out, value) in out.iter_mut().zip(values) {
            *out = value * value;
        }
    }
}

vectorised! {
    fn self_coefficients(epsilon: f32, mean: &mut [f32], square: &mut [f32]) {
        for (m, s) in mean.iter_mut().zip(square) {
            let variance = (*s - *m * *m).max(0.0);
            let a = variance / (variance + epsilon);
            let b = (1.0 - a) * *m;
            *m = a;
            *s = b;
        }
    }
}

/// Slope and offset such that slope·l + offset is the edge-keeping base of l = [`log_luminance`]; variations of
/// variance well below `epsilon` are smoothed away, well above kept. On the grid of `window`.
pub fn base(tile: &Tile, window: &Gaussian, epsilon: f32) -> Planes {
    let mut planes = reduce(tile, window.factor, 2, |rgb, out| {
        let (l, square) = out.split_at_mut(rgb[0].len());
        log_luminance(rgb, l);
        squares(l, square);
    });
    window.blur(&mut planes);
    let width = planes.cells.width;
    planes.each_row(|row| {
        let (mean, square) = row.split_at_mut(width);
        self_coefficients(epsilon, mean, square);
    });
    window.blur(&mut planes);
    planes
}

/// The GPU form of [`base`]: leaves slope and offset in x and y of buffer 1, using 2 for scratch. Constants at
/// `window_at`: the window's; at `epsilon_at`: epsilon.
pub fn base_passes(window: &Gaussian, window_at: u32, epsilon_at: u32) -> Vec<Pass> {
    let f = window.factor;
    let mut passes = vec![Pass::new("log_luminance_moments", &[0], 1, f, window_at)];
    passes.extend(window.passes(1, 2, window_at));
    passes.push(Pass::new("guided_coefficients", &[1], 1, f, epsilon_at));
    passes.extend(window.passes(1, 2, window_at));
    passes
}
