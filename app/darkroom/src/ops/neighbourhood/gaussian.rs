//! Gaussians of any width at a cost that hardly grows with it: narrow ones directly, wide ones on a reduced grid.

use rayon::prelude::*;
use retake_pixels::vectorised;

use super::{Pass, Planes};

/// Rows blurred at a time by one core.
const BAND: usize = 48;

/// A Gaussian as operations keep it among their constants: grid factor, radius in cells, weights from the middle out.
#[derive(Clone, Copy, Debug)]
pub struct Gaussian<'a> {
    /// pixels a cell of the grid it is made on, each way; a power of two
    pub factor: usize,
    /// weights from the middle outwards; both sides add up to 1
    pub weights: &'a [f32],
}

impl<'a> Gaussian<'a> {
    /// How many constants one takes.
    pub const LEN: usize = 16;

    /// Appends the constants of a Gaussian of this standard deviation, px. From 4 px on it is made on a grid of whole
    /// powers of two where it measures 2 to 4 cells; the blur of the block mean (variance (f² − 1)/12) and of the
    /// spline back up (f²/4) are taken off it. Cut at three standard deviations.
    pub fn push(sigma_px: f32, constants: &mut Vec<f32>) {
        Self::push_on(sigma_px, Self::factor_for(sigma_px), constants);
    }

    /// The same on a grid of a given factor, which must leave it no more than 4 cells wide.
    pub fn push_on(sigma_px: f32, factor: usize, constants: &mut Vec<f32>) {
        let f = factor as f32;
        let rest = if factor == 1 {
            sigma_px
        } else {
            let variance = sigma_px * sigma_px - (f * f - 1.0) / 12.0 - f * f / 4.0;
            variance.max(0.09 * f * f).sqrt() / f
        };
        let radius = if rest < 0.15 {
            0
        } else {
            ((3.0 * rest).ceil() as usize).min(Self::LEN - 3)
        };
        let weights: Vec<f64> = (0..=radius)
            .map(|i| (-0.5 * (i as f64 / f64::from(rest).max(1e-6)).powi(2)).exp())
            .collect();
        let sum = weights[0] + 2.0 * weights[1..].iter().sum::<f64>();
        constants.push(f);
        constants.push(radius as f32);
        constants.extend(weights.iter().map(|w| (w / sum) as f32));
        constants.extend(std::iter::repeat_n(0.0, Self::LEN - 3 - radius));
    }

    /// The largest power of two that leaves a standard deviation of two cells or more, at least 1.
    pub fn factor_for(sigma_px: f32) -> usize {
        let mut factor = 1;
        while sigma_px / (2 * factor) as f32 >= 2.0 {
            factor *= 2;
        }
        factor
    }

    /// The largest power of two that leaves a window of statistics, which need no smooth tails, 1.25 cells or more.
    pub fn factor_for_window(sigma_px: f32) -> usize {
        Self::factor_for(sigma_px * 1.6)
    }

    /// Reads what [`Gaussian::push`] appended, from the first of its constants.
    pub fn read(constants: &'a [f32]) -> Self {
        let radius = constants[1] as usize;
        Self {
            factor: constants[0] as usize,
            weights: &constants[2..3 + radius],
        }
    }

    /// How far `times` of it in a row reach, with the grid's cells, px.
    pub fn halo(&self, times: usize) -> usize {
        let radius = self.weights.len() - 1;
        if self.factor == 1 {
            times * radius
        } else {
            self.factor * (times * radius + 2)
        }
    }

    /// Blurs all planes on their own grid.
    pub fn blur(&self, planes: &mut Planes) {
        if self.weights.len() > 1 {
            planes.values = separable(
                &planes.values,
                planes.count,
                planes.cells.width,
                self.weights,
            );
        }
    }

    /// The passes that blur a buffer on its own grid in place, by way of a scratch buffer.
    pub fn passes(&self, buffer: u32, scratch: u32, constants: u32) -> [Pass; 2] {
        [
            Pass::new("blur_across", &[buffer], scratch, self.factor, constants),
            Pass::new("blur_down", &[scratch], buffer, self.factor, constants),
        ]
    }
}

/// Convolves rows and columns with symmetric weights; a row holds `planes` stretches of `width`; edges continued.
pub(crate) fn separable(values: &[f32], planes: usize, width: usize, weights: &[f32]) -> Vec<f32> {
    let stride = planes * width;
    let height = values.len() / stride;
    let radius = weights.len() - 1;
    let mut out = vec![0.0f32; values.len()];
    out.par_chunks_mut(BAND * stride).enumerate().for_each_init(
        || (Vec::new(), Vec::new()),
        |(across, padded), (band, out)| {
            let rows = out.len() / stride;
            let first = (band * BAND) as isize - radius as isize;
            across.resize((rows + 2 * radius) * stride, 0.0f32);
            padded.resize(width + 2 * radius, 0.0f32);
            for (i, across) in across.chunks_exact_mut(stride).enumerate() {
                let y = (first + i as isize).clamp(0, height as isize - 1) as usize;
                let from = &values[y * stride..(y + 1) * stride];
                for (across, from) in across.chunks_exact_mut(width).zip(from.chunks_exact(width)) {
                    padded[..radius].fill(from[0]);
                    padded[radius..radius + width].copy_from_slice(from);
                    padded[radius + width..].fill(from[width - 1]);
                    convolve(across, padded, 1, weights);
                }
            }
            for (i, out) in out.chunks_exact_mut(stride).enumerate() {
                convolve(out, &across[i * stride..], stride, weights);
            }
        },
    );
    out
}

const LANES: usize = 32;

vectorised! {
    /// `out[i]` = Σ weights · `from`, the middle tap at `i + radius·step`, taps `step` apart.
    fn convolve(out: &mut [f32], from: &[f32], step: usize, weights: &[f32]) {
        let radius = weights.len() - 1;
        let whole = out.len() / LANES * LANES;
        for start in (0..whole).step_by(LANES) {
            let middle = start + radius * step;
            let mut sum = [0.0f32; LANES];
            for (sum, value) in sum.iter_mut().zip(&from[middle..middle + LANES]) {
                *sum = weights[0] * value;
            }
            for (k, weight) in weights.iter().enumerate().skip(1) {
                let (a, b) = (middle - k * step, middle + k * step);
                for ((sum, a), b) in sum.iter_mut().zip(&from[a..a + LANES]).zip(&from[b..b + LANES]) {
                    *sum += weight * (a + b);
                }
            }
            out[start..start + LANES].copy_from_slice(&sum);
        }
        for (i, out) in out.iter_mut().enumerate().skip(whole) {
            let middle = i + radius * step;
            let mut sum = weights[0] * from[middle];
            for (k, weight) in weights.iter().enumerate().skip(1) {
                sum += weight * (from[middle - k * step] + from[middle + k * step]);
            }
            *out = sum;
        }
    }
}
