//! Gaussian and box blurs of one plane, edges continued. A wide Gaussian is made on a smaller grid.

use rayon::prelude::*;

use crate::{resize, strips, vectorised};

/// Weights of a Gaussian cut at three sigma, from the centre outwards; they add up to 1 over both sides.
pub fn gaussian_weights(sigma_px: f32) -> Vec<f32> {
    let radius = (3.0 * sigma_px).ceil().max(0.0) as usize;
    let weights: Vec<f64> = (0..=radius)
        .map(|i| (-0.5 * (i as f64 / f64::from(sigma_px).max(1e-6)).powi(2)).exp())
        .collect();
    let sum = weights[0] + 2.0 * weights[1..].iter().sum::<f64>();
    weights.iter().map(|w| (w / sum) as f32).collect()
}

/// Pairs of rows that are added at a time, so that what they are added to is read and written less often.
const PAIRS: usize = 3;

vectorised! {
    fn add_pairs(out: &mut [f32], pairs: [[&[f32]; 2]; PAIRS], weights: [f32; PAIRS]) {
        let n = out.len();
        let [[a, b], [c, d], [e, f]] = pairs.map(|pair| pair.map(|row| &row[..n]));
        let [u, v, w] = weights;
        for i in 0..n {
            out[i] = out[i] + u * (a[i] + b[i]) + v * (c[i] + d[i]) + w * (e[i] + f[i]);
        }
    }
}

vectorised! {
    fn add_pair(out: &mut [f32], one: &[f32], other: &[f32], weight: f32) {
        for ((out, a), b) in out.iter_mut().zip(one).zip(other) {
            *out += weight * (a + b);
        }
    }
}

/// Adds the rows `pair(k)` for k from 1 on, each pair by the weight of that number.
fn add_all<'a>(out: &mut [f32], weights: &[f32], pair: impl Fn(usize) -> [&'a [f32]; 2]) {
    let mut k = 1;
    while let Some(&[u, v, w]) = weights[k..].first_chunk() {
        add_pairs(out, [pair(k), pair(k + 1), pair(k + 2)], [u, v, w]);
        k += PAIRS;
    }
    for (k, &weight) in weights.iter().enumerate().skip(k) {
        let [one, other] = pair(k);
        add_pair(out, one, other, weight);
    }
}

/// Gaussian blur of standard deviation `sigma_px`; a sigma below 0.2 px leaves the plane as it is.
/// Above 6 px it is made on a grid reduced by a whole factor, the reduction's own blur taken off.
pub fn gaussian(values: &[f32], width: usize, height: usize, sigma_px: f32) -> Vec<f32> {
    if sigma_px < 0.2 || values.is_empty() {
        return values.to_vec();
    }
    let factor = (sigma_px / 3.0).floor().max(1.0) as usize;
    if sigma_px > 6.0 && width / factor >= 4 && height / factor >= 4 {
        let (small_width, small_height) = (width / factor, height / factor);
        let f = width as f32 / small_width as f32;
        // a box of f has variance (f² − 1) / 12, a bilinear tent f² / 6
        let rest = (sigma_px * sigma_px - (f * f - 1.0) / 12.0 - f * f / 6.0)
            .max(0.5)
            .sqrt()
            / f;
        let small = resize::plane(values, width, height, small_width, small_height);
        let small = separable(&small, small_width, small_height, &gaussian_weights(rest));
        return resize::plane(&small, small_width, small_height, width, height);
    }
    separable(values, width, height, &gaussian_weights(sigma_px))
}

/// Windows up to this half side are added up anew for every pixel, which vectorises; wider ones as running sums.
const DIRECT_PX: usize = 8;

/// Mean over a window of `2 * radius_px + 1`, edges continued.
pub fn boxed(values: &[f32], width: usize, height: usize, radius_px: usize) -> Vec<f32> {
    if radius_px <= DIRECT_PX {
        let weight = 1.0 / (2 * radius_px + 1) as f32;
        return separable(values, width, height, &vec![weight; radius_px + 1]);
    }
    separable_box(values, width, height, radius_px)
}

vectorised! {
    fn scaled(out: &mut [f32], values: &[f32], weight: f32) {
        for (out, value) in out.iter_mut().zip(values) {
            *out = weight * value;
        }
    }
}

fn separable(values: &[f32], width: usize, height: usize, weights: &[f32]) -> Vec<f32> {
    let radius = weights.len() - 1;
    let mut across = vec![0.0f32; values.len()];
    strips::each(&mut across, width, |first, strip| {
        let mut padded = vec![0.0f32; width + 2 * radius];
        for (y, out) in (first..).zip(strip.chunks_mut(width)) {
            let row = &values[y * width..(y + 1) * width];
            padded[..radius].fill(row[0]);
            padded[radius..radius + width].copy_from_slice(row);
            padded[radius + width..].fill(row[width - 1]);
            scaled(out, row, weights[0]);
            let from = |at: usize| &padded[at..at + width];
            add_all(out, weights, |k| [from(radius - k), from(radius + k)]);
        }
    });
    let mut down = vec![0.0f32; values.len()];
    strips::each(&mut down, width, |first, strip| {
        for (y, out) in (first..).zip(strip.chunks_mut(width)) {
            scaled(out, &across[y * width..(y + 1) * width], weights[0]);
            let row = |y: usize| &across[y * width..(y + 1) * width];
            add_all(out, weights, |k| {
                [row(y.saturating_sub(k)), row((y + k).min(height - 1))]
            });
        }
    });
    down
}

fn separable_box(values: &[f32], width: usize, height: usize, radius: usize) -> Vec<f32> {
    let scale = 1.0 / (2 * radius + 1) as f64;
    let run = |get: &dyn Fn(usize) -> f32, count: usize, out: &mut dyn FnMut(usize, f32)| {
        let at = |i: isize| f64::from(get(i.clamp(0, count as isize - 1) as usize));
        let r = radius as isize;
        let mut sum: f64 = (-r..=r).map(at).sum();
        for i in 0..count as isize {
            out(i as usize, (sum * scale) as f32);
            sum += at(i + r + 1) - at(i - r);
        }
    };
    let mut across = vec![0.0f32; values.len()];
    across
        .par_chunks_mut(width)
        .zip(values.par_chunks(width))
        .for_each(|(out, row)| {
            run(&|i| row[i], width, &mut |i, v| out[i] = v);
        });
    // columns are done as rows of the transposed plane, in blocks that fit the cache
    let turned = transpose(&across, width, height);
    let mut down = vec![0.0f32; values.len()];
    down.par_chunks_mut(height)
        .zip(turned.par_chunks(height))
        .for_each(|(out, column)| {
            run(&|i| column[i], height, &mut |i, v| out[i] = v);
        });
    transpose(&down, height, width)
}

fn transpose(values: &[f32], width: usize, height: usize) -> Vec<f32> {
    let mut out = vec![0.0f32; values.len()];
    for (y0, x0) in (0..height)
        .step_by(32)
        .flat_map(|y| (0..width).step_by(32).map(move |x| (y, x)))
    {
        for y in y0..(y0 + 32).min(height) {
            for x in x0..(x0 + 32).min(width) {
                out[x * height + y] = values[y * width + x];
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_flat_plane_stays_flat(sigma in 0.1f32..30.0, width in 1usize..50, height in 1usize..50) {
            let blurred = gaussian(&vec![0.7; width * height], width, height, sigma);
            prop_assert!(blurred.iter().all(|v| (v - 0.7).abs() < 1e-5));
        }

        #[test]
        fn a_box_is_the_mean_of_its_window(values in prop::collection::vec(0.0f32..1.0, 20), radius in 0usize..4) {
            let boxed = boxed(&values, 5, 4, radius);
            let r = radius as isize;
            let mut sum = 0.0;
            for dy in -r..=r {
                for dx in -r..=r {
                    sum += values[(1 + dy).clamp(0, 3) as usize * 5 + (2 + dx).clamp(0, 4) as usize];
                }
            }
            prop_assert!((boxed[5 + 2] - sum / ((2 * r + 1) * (2 * r + 1)) as f32).abs() < 1e-5);
        }

        #[test]
        fn running_sums_are_sums(values in prop::collection::vec(0.0f32..1.0, 20 * 13), radius in 0usize..12) {
            let direct = separable(&values, 20, 13, &vec![1.0 / (2 * radius + 1) as f32; radius + 1]);
            let running = separable_box(&values, 20, 13, radius);
            prop_assert!(direct.iter().zip(&running).all(|(a, b)| (a - b).abs() < 1e-5));
        }
    }

    #[test]
    fn a_wide_blur_on_the_small_grid_is_as_wide_as_asked() {
        let (side, sigma) = (241, 12.0);
        let mut dot = vec![0.0; side * side];
        dot[120 * side + 120] = 1.0;
        let blurred = gaussian(&dot, side, side, sigma);
        let total: f32 = blurred.iter().sum();
        let variance: f32 = blurred
            .iter()
            .enumerate()
            .map(|(i, v)| v * ((i % side) as f32 - 120.0).powi(2))
            .sum::<f32>()
            / total;
        assert!(
            (variance.sqrt() / sigma - 1.0).abs() < 0.04,
            "{}",
            variance.sqrt()
        );
    }
}
