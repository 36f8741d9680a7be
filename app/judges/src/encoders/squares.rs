//! Pictures that an encoder sees as a few squares: how much of each counts, their mean, and a map of them.

use retake_core::Mask;
use retake_vision::picture::Bitmap;

/// A map of a few squares at the size of the source, each square as it is.
pub(super) fn enlarged(values: &[f32], columns: usize, rows: usize, source: &Bitmap) -> Mask {
    let small = Mask {
        width: columns,
        height: rows,
        values: values.to_vec(),
    };
    retake_pixels::resize::mask(&small, source.width, source.height)
}

/// By square, how much of it may not change: 1 outside the region that may, 0 inside; 1 everywhere without one.
pub(super) fn kept_shares(free: Option<&Mask>, columns: usize, rows: usize) -> Vec<f32> {
    match free {
        None => vec![1.0; columns * rows],
        Some(mask) => {
            let small = retake_pixels::resize::mask(mask, columns, rows);
            small
                .values
                .iter()
                .map(|value| 1.0 - value.clamp(0.0, 1.0))
                .collect()
        }
    }
}

/// The mean of values by their weights; of all alike where no weight is left.
pub(super) fn weighted(values: &[f32], weights: &[f32]) -> f64 {
    let total: f64 = weights.iter().map(|&w| f64::from(w)).sum();
    if total < 1e-3 {
        return values.iter().map(|&v| f64::from(v)).sum::<f64>() / values.len().max(1) as f64;
    }
    values
        .iter()
        .zip(weights)
        .map(|(&v, &w)| f64::from(v) * f64::from(w))
        .sum::<f64>()
        / total
}
