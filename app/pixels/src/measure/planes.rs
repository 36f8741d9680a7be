//! Planes that several measures look at: gradients, and bands of detail between two Gaussian blurs.

use rayon::prelude::*;

use crate::{blur, resize, vectorised};

vectorised! {
    /// Sobel gradient length of one row from the rows above and below, each padded by one value at both ends.
    fn gradient_row(above: &[f32], here: &[f32], below: &[f32], out: &mut [f32]) {
        let n = out.len();
        let (a0, a1, a2) = (&above[..n], &above[1..n + 1], &above[2..n + 2]);
        let (h0, h2) = (&here[..n], &here[2..n + 2]);
        let (b0, b1, b2) = (&below[..n], &below[1..n + 1], &below[2..n + 2]);
        for i in 0..n {
            let gx = (a2[i] - a0[i]) + 2.0 * (h2[i] - h0[i]) + (b2[i] - b0[i]);
            let gy = (b0[i] - a0[i]) + 2.0 * (b1[i] - a1[i]) + (b2[i] - a2[i]);
            out[i] = (gx * gx + gy * gy).sqrt() * 0.125;
        }
    }
}

/// Length of the Sobel gradient in units per px, edges continued.
pub(super) fn gradient(values: &[f32], width: usize, height: usize) -> Vec<f32> {
    let padded = |y: usize| {
        let row = &values[y * width..(y + 1) * width];
        let mut out = Vec::with_capacity(width + 2);
        out.extend_from_slice(&row[..1]);
        out.extend_from_slice(row);
        out.extend_from_slice(&row[width - 1..]);
        out
    };
    let mut out = vec![0.0; values.len()];
    if values.is_empty() {
        return out;
    }
    let strip = 32;
    out.par_chunks_mut(width * strip)
        .enumerate()
        .for_each(|(k, out)| {
            let y0 = k * strip;
            let mut above = padded(y0.saturating_sub(1));
            let mut here = padded(y0);
            for (j, out) in out.chunks_mut(width).enumerate() {
                let below = padded((y0 + j + 1).min(height - 1));
                gradient_row(&above, &here, &below, out);
                above = std::mem::replace(&mut here, below);
            }
        });
    out
}

/// Sobel gradient (across, down) at one pixel, in units per px.
#[inline]
pub(super) fn gradient_at(values: &[f32], width: usize, height: usize, i: usize) -> (f32, f32) {
    let (x, y) = (i % width, i / width);
    let (x0, x2) = (x.saturating_sub(1), (x + 1).min(width - 1));
    let (a, h, b) = (
        y.saturating_sub(1) * width,
        y * width,
        (y + 1).min(height - 1) * width,
    );
    let gx = (values[a + x2] - values[a + x0])
        + 2.0 * (values[h + x2] - values[h + x0])
        + (values[b + x2] - values[b + x0]);
    let gy = (values[b + x0] - values[a + x0])
        + 2.0 * (values[b + x] - values[a + x])
        + (values[b + x2] - values[a + x2]);
    (gx * 0.125, gy * 0.125)
}

/// Sigma of the blur below which detail is fine: 0.3 % of the long edge, at least 0.6 px.
pub(super) fn fine_sigma_px(width: usize, height: usize) -> f32 {
    (0.003 * width.max(height) as f32).max(0.6)
}

/// Sigma of the blur above which all is layout: 3 % of the long edge, at least 2 px.
pub(super) fn coarse_sigma_px(width: usize, height: usize) -> f32 {
    (0.03 * width.max(height) as f32).max(2.0)
}

/// Values less their fine blur.
pub(super) fn fine(values: &[f32], width: usize, height: usize) -> Vec<f32> {
    let mut out = blur::gaussian(values, width, height, fine_sigma_px(width, height));
    for (out, value) in out.iter_mut().zip(values) {
        *out = value - *out;
    }
    out
}

/// Values blurred to their layout (by [`coarse_sigma_px`]), on a grid just fine enough for it.
pub(super) struct Layout {
    /// of the grid
    pub(super) width: usize,
    /// of the grid
    pub(super) height: usize,
    /// the layout, row by row
    pub(super) values: Vec<f32>,
    from: (usize, usize),
}

impl Layout {
    pub(super) fn of(values: &[f32], width: usize, height: usize) -> Self {
        let sigma_px = coarse_sigma_px(width, height);
        let factor = (sigma_px / 3.0).floor().max(1.0) as usize;
        let (across, down) = ((width / factor).max(1), (height / factor).max(1));
        let small = resize::plane(values, width, height, across, down);
        // the area average has blurred by a box already
        let f = width as f32 / across as f32;
        let rest_px = (sigma_px * sigma_px - (f * f - 1.0) / 12.0)
            .max(0.25)
            .sqrt()
            / f;
        Self {
            values: blur::gaussian(&small, across, down, rest_px),
            width: across,
            height: down,
            from: (width, height),
        }
    }

    /// Gradient of the layout, in units per px of the picture, row by row of the grid.
    pub(super) fn slopes(&self) -> Vec<f32> {
        let scale = self.width as f32 / self.from.0.max(1) as f32;
        let mut slopes = gradient(&self.values, self.width, self.height);
        slopes.iter_mut().for_each(|slope| *slope *= scale);
        slopes
    }

    /// Index into the grid of pixel `i` of the picture.
    #[inline]
    pub(super) fn index(&self, i: usize) -> usize {
        let (width, height) = self.from;
        let (x, y) = (i % width, i / width);
        y * self.height / height * self.width + x * self.width / width
    }
}

/// The fine blur less the layout: local contrast.
pub(super) fn middle(values: &[f32], width: usize, height: usize) -> Vec<f32> {
    let mut out = blur::gaussian(values, width, height, fine_sigma_px(width, height));
    let layout = blur::gaussian(values, width, height, coarse_sigma_px(width, height));
    for (out, layout) in out.iter_mut().zip(&layout) {
        *out -= layout;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ramp_has_its_slope_as_gradient() {
        let ramp: Vec<f32> = (0..7 * 5)
            .map(|i| 3.0 * (i % 7) as f32 + 4.0 * (i / 7) as f32)
            .collect();
        let plane = gradient(&ramp, 7, 5);
        assert!((plane[2 * 7 + 3] - 5.0).abs() < 1e-5);
        for (i, length) in plane.iter().enumerate() {
            let (gx, gy) = gradient_at(&ramp, 7, 5, i);
            assert!((gx.hypot(gy) - length).abs() < 1e-4);
        }
    }
}
