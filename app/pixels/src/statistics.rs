//! Statistics that natural photographs share (Mittal, Moorthy & Bovik 2012, "No-Reference Image Quality Assessment in the
//! Spatial Domain", IEEE TIP 21-12): 36 numbers, at two sizes the shape of the picture's normalised fine detail and of its
//! products with neighbours.

use std::sync::LazyLock;

/// How many numbers there are of a picture.
pub const FEATURES: usize = 36;
/// Fewer px a side leave the smaller size nothing to count.
const LEAST_SIDE: usize = 16;
/// Of neighbours: rows and columns that the picture is rolled by (equation 7 to 10).
const NEIGHBOURS: [(isize, isize); 4] = [(0, 1), (1, 0), (1, 1), (-1, 1)];

/// The features of a picture of code values from 0 to 255, row by row. `None` where it is small or flat.
pub fn features(grey: &[f64], width: usize, height: usize) -> Option<[f64; FEATURES]> {
    if width.min(height) < LEAST_SIDE || grey.len() != width * height {
        return None;
    }
    let mut all = of_one_size(grey, width, height)?;
    let (half, width, height) = halved(grey, width, height);
    all.extend(of_one_size(&half, width, height)?);
    let features: [f64; FEATURES] = all.try_into().ok()?;
    features.iter().all(|x| x.is_finite()).then_some(features)
}

fn of_one_size(grey: &[f64], width: usize, height: usize) -> Option<Vec<f64>> {
    let normalised = normalised(grey, width, height);
    let mut all = symmetric(&normalised)?.to_vec();
    for (down, right) in NEIGHBOURS {
        let products = (0..width * height).map(|i| {
            let (y, x) = ((i / width) as isize, (i % width) as isize);
            let row = (y - down).rem_euclid(height as isize) as usize;
            let column = (x - right).rem_euclid(width as isize) as usize;
            normalised[i] * normalised[row * width + column]
        });
        all.extend(asymmetric(products)?);
    }
    Some(all)
}

/// Mean subtracted, contrast normalised: (I − μ) / (σ + 1), by a Gaussian window of 7 × 7 px, σ 7/6 (equations 1 to 3).
fn normalised(grey: &[f64], width: usize, height: usize) -> Vec<f64> {
    let squares: Vec<f64> = grey.iter().map(|x| x * x).collect();
    let mean = blurred(grey, width, height);
    let mean_square = blurred(&squares, width, height);
    let of = |((value, mean), square): ((&f64, &f64), &f64)| {
        (value - mean) / ((square - mean * mean).abs().sqrt() + 1.0)
    };
    grey.iter().zip(&mean).zip(&mean_square).map(of).collect()
}

/// The window of 7 numbers, across and down; beyond the edge are zeros.
fn blurred(grey: &[f64], width: usize, height: usize) -> Vec<f64> {
    static WINDOW: LazyLock<[f64; 7]> = LazyLock::new(|| {
        let sigma = 7.0 / 6.0;
        let window: [f64; 7] = std::array::from_fn(|i| {
            let x = i as f64 - 3.0;
            (-x * x / (2.0 * sigma * sigma)).exp()
        });
        let sum: f64 = window.iter().sum();
        window.map(|x| x / sum)
    });
    let mut down = vec![0.0; grey.len()];
    for (y, row) in down.chunks_exact_mut(width).enumerate() {
        for (k, weight) in WINDOW.iter().enumerate() {
            let Some(from) = (y + k).checked_sub(3).filter(|from| *from < height) else {
                continue;
            };
            let source = &grey[from * width..(from + 1) * width];
            row.iter_mut()
                .zip(source)
                .for_each(|(to, x)| *to += weight * x);
        }
    }
    let mut both = vec![0.0; grey.len()];
    for (to, row) in both.chunks_exact_mut(width).zip(down.chunks_exact(width)) {
        for (k, weight) in WINDOW.iter().enumerate() {
            // to[x] takes row[x + k - 3]
            let (to_from, from) = (3usize.saturating_sub(k), k.saturating_sub(3));
            let pairs = to[to_from..].iter_mut().zip(&row[from..]);
            pairs.for_each(|(to, x)| *to += weight * x);
        }
    }
    both
}

/// Shapes that are tried, from 0.2 to 10, and of each Γ(2/α)² / (Γ(1/α) Γ(3/α)).
static SHAPES: LazyLock<Vec<(f64, f64)>> = LazyLock::new(|| {
    let ratio = |shape: f64| {
        (2.0 * log_gamma(2.0 / shape) - log_gamma(1.0 / shape) - log_gamma(3.0 / shape)).exp()
    };
    let shapes = (200..=10_000).map(|i| f64::from(i) / 1000.0);
    shapes.map(|shape| (shape, ratio(shape))).collect()
});

/// Shape and variance of a generalised Gaussian with the same moments (Sharifi & Leon-Garcia 1995).
fn symmetric(values: &[f64]) -> Option<[f64; 2]> {
    let count = values.len() as f64;
    let variance = values.iter().map(|x| x * x).sum::<f64>() / count;
    let mean = values.iter().map(|x| x.abs()).sum::<f64>() / count;
    if variance <= 0.0 || mean <= 0.0 {
        return None;
    }
    let wanted = variance / (mean * mean);
    let shape = nearest(|ratio| (wanted - 1.0 / ratio).powi(2));
    Some([shape, variance])
}

/// Shape, mean, left and right variance of an asymmetric one (Lasmar et al. 2009; equations 11 to 15).
fn asymmetric(products: impl Iterator<Item = f64>) -> Option<[f64; 4]> {
    // sum of squares and count, left and right of zero
    let (mut sides, mut absolute, mut all) = ([(0.0, 0.0); 2], 0.0, 0.0);
    for x in products {
        absolute += x.abs();
        all += 1.0;
        if x != 0.0 {
            let side = &mut sides[usize::from(x > 0.0)];
            *side = (side.0 + x * x, side.1 + 1.0);
        }
    }
    let squares = sides[0].0 + sides[1].0;
    let [left, right] = sides.map(|(sum, count)| if count > 0.0 { sum / count } else { 0.0 });
    if left <= 0.0 || right <= 0.0 {
        return None;
    }
    let skew = (left / right).sqrt();
    let ratio = (absolute / all).powi(2) / (squares / all);
    let wanted = ratio * (skew.powi(3) + 1.0) * (skew + 1.0) / (skew * skew + 1.0).powi(2);
    let shape = nearest(|ratio| (ratio - wanted).powi(2));
    let constant = ((log_gamma(1.0 / shape) - log_gamma(3.0 / shape)) / 2.0).exp();
    let scale = (log_gamma(2.0 / shape) - log_gamma(1.0 / shape)).exp();
    let mean = (right.sqrt() - left.sqrt()) * scale * constant;
    Some([shape, mean, left, right])
}

/// The first shape whose ratio is least apart.
fn nearest(apart: impl Fn(f64) -> f64) -> f64 {
    let start = (f64::INFINITY, 0.0);
    let (_, shape) = SHAPES.iter().fold(start, |best, &(shape, ratio)| {
        let apart = apart(ratio);
        if apart < best.0 { (apart, shape) } else { best }
    });
    shape
}

/// ln Γ(x) for x > 0, by Lanczos' series (g = 7, 9 terms; Godfrey 2001), to about 1e-15 of Γ.
fn log_gamma(x: f64) -> f64 {
    const SERIES: [f64; 9] = [
        0.999_999_999_999_809_9,
        676.520_368_121_885_1,
        -1_259.139_216_722_402_8,
        771.323_428_777_653_1,
        -176.615_029_162_140_6,
        12.507_343_278_686_905,
        -0.138_571_095_265_720_12,
        9.984_369_578_019_572e-6,
        1.505_632_735_149_311_6e-7,
    ];
    if x < 0.5 {
        let pi = std::f64::consts::PI;
        return (pi / (pi * x).sin()).ln() - log_gamma(1.0 - x);
    }
    let x = x - 1.0;
    let terms = SERIES.iter().enumerate().skip(1);
    let sum = SERIES[0] + terms.map(|(i, term)| term / (x + i as f64)).sum::<f64>();
    let t = x + 7.5;
    0.5 * (2.0 * std::f64::consts::PI).ln() + (x + 0.5) * t.ln() - t + sum.ln()
}

/// Half the size, by a cubic kernel (a = −0.5) twice as wide, as MATLAB's `imresize` does it; beyond the edge is the
/// mirror image.
fn halved(grey: &[f64], width: usize, height: usize) -> (Vec<f64>, usize, usize) {
    let turned = halved_across(grey, width, height);
    let (columns, rows) = (height, width.div_ceil(2));
    let both = halved_across(&turned, columns, rows);
    (both, rows, columns.div_ceil(2))
}

/// Halves the rows and turns the picture over its diagonal.
fn halved_across(grey: &[f64], width: usize, height: usize) -> Vec<f64> {
    let half = width.div_ceil(2);
    let cubic = |x: f64| match x {
        x if x <= 1.0 => (1.5 * x - 2.5) * x * x + 1.0,
        x if x <= 2.0 => ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0,
        _ => 0.0,
    };
    let mut turned = vec![0.0; half * height];
    for column in 0..half {
        let centre = 2.0 * column as f64 + 0.5;
        let first = (centre - 4.0).floor() as isize + 1;
        let taps: Vec<(usize, f64)> = (first..first + 9)
            .map(|at| {
                let from = match at {
                    at if at < 0 => -1 - at,
                    at if at >= width as isize => 2 * width as isize - 1 - at,
                    at => at,
                };
                (from as usize, cubic((centre - at as f64).abs() / 2.0))
            })
            .collect();
        let sum: f64 = taps.iter().map(|(_, weight)| weight).sum();
        for y in 0..height {
            let row = &grey[y * width..(y + 1) * width];
            let value: f64 = taps.iter().map(|(from, weight)| weight * row[*from]).sum();
            turned[column * height + y] = value / sum;
        }
    }
    turned
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gamma_is_that_of_the_tables() {
        let pi = std::f64::consts::PI;
        for (x, gamma) in [
            (0.5, pi.sqrt()),
            (1.0, 1.0),
            (5.0, 24.0),
            (0.1, 9.513_507_698_668_732),
            (15.0, 87_178_291_200.0),
        ] {
            assert!((log_gamma(x) - f64::ln(gamma)).abs() < 1e-12, "{x}");
        }
    }

    #[test]
    fn a_gaussian_has_the_shape_2() {
        // quantiles of a normal distribution by the sum of twelve uniform numbers
        let mut rng = retake_core::Rng::new(7);
        let mut draw = || (0..12).map(|_| f64::from(rng.uniform())).sum::<f64>() - 6.0;
        let values: Vec<f64> = (0..200_000).map(|_| draw()).collect();
        let [shape, variance] = symmetric(&values).expect("numbers");
        assert!((1.9..2.2).contains(&shape), "{shape}");
        assert!((variance - 1.0).abs() < 0.02, "{variance}");
        let [shape, mean, left, right] = asymmetric(values.into_iter()).expect("numbers");
        assert!((1.9..2.2).contains(&shape), "{shape}");
        assert!(
            mean.abs() < 0.02 && (left - right).abs() < 0.05,
            "{mean} {left} {right}"
        );
    }

    #[test]
    fn flat_and_tiny_pictures_have_no_features() {
        assert!(features(&[7.0; 400], 20, 20).is_none());
        assert!(features(&[7.0; 64], 8, 8).is_none());
        assert!(features(&[7.0; 63], 21, 20).is_none());
    }
}
