//! Is a stated chance true? Reliability curve, expected calibration error (Naeini, Cooper & Hauskrecht 2015, "Obtaining
//! well calibrated probabilities using Bayesian binning", with equal widths) and Brier score; and the chance that a
//! difference of scores stands for, as a logistic curve fitted to other pairs.

use super::pairs::{Better, Pair};

/// A stated chance and whether it came true.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Forecast {
    /// in [0, 1]
    pub chance: f64,
    /// whether it did
    pub came_true: bool,
}

/// One bin of the reliability curve.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Bin {
    /// mean stated chance
    pub stated: f64,
    /// share that came true
    pub observed: f64,
    /// how many
    pub count: usize,
}

/// Bins of equal width over [0, 1] that hold something, as `sklearn.calibration.calibration_curve` has them: a chance on
/// an edge belongs to the bin below it.
pub fn reliability(forecasts: &[Forecast], bins: usize) -> Vec<Bin> {
    let mut sums = vec![(0.0, 0_usize, 0_usize); bins];
    for forecast in forecasts.iter().filter(|f| f.chance.is_finite()) {
        let edge = |bin: usize| bin as f64 / bins as f64;
        let bin = (1..bins)
            .take_while(|&bin| edge(bin) < forecast.chance)
            .count();
        let sum = &mut sums[bin];
        sum.0 += forecast.chance;
        sum.1 += usize::from(forecast.came_true);
        sum.2 += 1;
    }
    sums.into_iter()
        .filter(|(_, _, count)| *count > 0)
        .map(|(chance, came_true, count)| Bin {
            stated: chance / count as f64,
            observed: came_true as f64 / count as f64,
            count,
        })
        .collect()
}

/// Expected calibration error in [0, 1]: |stated − observed|, weighted by how many.
pub fn ece(forecasts: &[Forecast], bins: usize) -> Option<f64> {
    let curve = reliability(forecasts, bins);
    let all: usize = curve.iter().map(|bin| bin.count).sum();
    let off = |bin: &Bin| (bin.stated - bin.observed).abs() * bin.count as f64;
    (all > 0).then(|| curve.iter().map(off).sum::<f64>() / all as f64)
}

/// Brier score in [0, 1]: the mean squared error of the chance.
pub fn brier(forecasts: &[Forecast]) -> Option<f64> {
    let known = forecasts.iter().filter(|f| f.chance.is_finite());
    super::mean(known.map(|f| (f.chance - f64::from(u8::from(f.came_true))).powi(2)))
}

/// Slope `k` of P(A is better) = 1 / (1 + exp(−k·(a − b))): the maximum of the likelihood less k²/2 in units of the
/// differences' spread, by Newton's method. The small penalty keeps it finite where every pair is right. `None` without
/// a pair that tells.
pub fn slope(pairs: &[Pair]) -> Option<f64> {
    let margins: Vec<f64> = pairs
        .iter()
        .filter(|pair| pair.human != Better::Tie)
        .map(|pair| match pair.human {
            Better::A => pair.a - pair.b,
            _ => pair.b - pair.a,
        })
        .filter(|margin| margin.is_finite())
        .collect();
    let spread = super::mean(margins.iter().map(|m| m * m))?.sqrt();
    if spread == 0.0 {
        return None;
    }
    let mut k = 0.0_f64;
    for _ in 0..50 {
        let (mut gradient, mut curvature) = (-k, 1.0);
        for margin in &margins {
            let x = margin / spread;
            let wrong = 1.0 / (1.0 + (k * x).exp());
            gradient += x * wrong;
            curvature += x * x * wrong * (1.0 - wrong);
        }
        let step = gradient / curvature;
        k += step;
        if step.abs() < 1e-12 {
            break;
        }
    }
    Some(k / spread)
}

/// Forecasts for the pairs in which a person preferred one, each with the slope that the other half gives. The chance is
/// that of the one with the higher score, so it is at least one half; for equal scores it is the chance of the first.
pub fn forecasts(pairs: &[Pair], in_first: &dyn Fn(usize) -> bool) -> Vec<Forecast> {
    let half = |first: bool| -> Vec<Pair> {
        let places = pairs.iter().enumerate();
        places
            .filter(|(place, _)| in_first(*place) == first)
            .map(|(_, pair)| *pair)
            .collect()
    };
    let (first, second) = (half(true), half(false));
    let mut all = Vec::new();
    for (judged, others) in [(&first, &second), (&second, &first)] {
        let Some(slope) = slope(others) else { continue };
        let told = judged.iter().filter(|pair| pair.human != Better::Tie);
        all.extend(told.filter_map(|pair| forecast(pair, slope)));
    }
    all
}

fn forecast(pair: &Pair, slope: f64) -> Option<Forecast> {
    let apart = pair.a - pair.b;
    let of_a = 1.0 / (1.0 + (-slope * apart).exp());
    apart.is_finite().then(|| match of_a >= 0.5 {
        true => Forecast {
            chance: of_a,
            came_true: pair.human == Better::A,
        },
        false => Forecast {
            chance: 1.0 - of_a,
            came_true: pair.human == Better::B,
        },
    })
}
