//! Sums over rows of pixels, sixteen side by side: as exact as sums of a sixteenth of the length, in an order of their own
//! that never depends on threads or on the processor. Rows are meant to be added up in double precision.

use crate::vectorised;

/// Sums that run side by side.
const LANES: usize = 16;

#[inline(always)]
fn folded(lanes: [f32; LANES]) -> f32 {
    let eight: [f32; 8] = std::array::from_fn(|i| lanes[i] + lanes[i + 8]);
    let four: [f32; 4] = std::array::from_fn(|i| eight[i] + eight[i + 4]);
    (four[0] + four[2]) + (four[1] + four[3])
}

vectorised! {
    /// The sum of a row.
    pub fn total(values: &[f32]) -> f32 {
        let mut lanes = [0.0f32; LANES];
        let chunks = values.chunks_exact(LANES);
        let rest: f32 = chunks.remainder().iter().sum();
        for chunk in chunks {
            for (lane, value) in lanes.iter_mut().zip(chunk) {
                *lane += value;
            }
        }
        folded(lanes) + rest
    }
}

vectorised! {
    /// The sum of the products of two rows of one length.
    pub fn dot(one: &[f32], other: &[f32]) -> f32 {
        let mut lanes = [0.0f32; LANES];
        let (ones, others) = (one.chunks_exact(LANES), other.chunks_exact(LANES));
        let rest: f32 = ones.remainder().iter().zip(others.remainder()).map(|(a, b)| a * b).sum();
        for (a, b) in ones.zip(others) {
            for ((lane, a), b) in lanes.iter_mut().zip(a).zip(b) {
                *lane += a * b;
            }
        }
        folded(lanes) + rest
    }
}

vectorised! {
    /// The bin of every value of a row, `value * bins_per_unit + offset` cut to whole numbers from 0 to `last`.
    pub fn bins(values: &[f32], bins_per_unit: f32, offset: f32, last: u8, out: &mut [u8]) {
        let last = f32::from(last);
        for (out, value) in out.iter_mut().zip(values) {
            *out = (value * bins_per_unit + offset).clamp(0.0, last) as i32 as u8;
        }
    }
}

/// How often each bin occurs in a row, added to `counts`.
pub fn count(bins: &[u8], counts: &mut [u32; 256]) {
    // neighbours are often alike: four tables, so that none waits for the one before
    let mut tables = [[0u32; 256]; 4];
    let chunks = bins.chunks_exact(4);
    for bin in chunks.remainder() {
        counts[usize::from(*bin)] += 1;
    }
    for chunk in chunks {
        for (table, bin) in tables.iter_mut().zip(chunk) {
            table[usize::from(*bin)] += 1;
        }
    }
    for table in tables {
        for (count, more) in counts.iter_mut().zip(table) {
            *count += more;
        }
    }
}

/// How often each bin occurs in a whole plane, row by row.
pub fn histogram(plane: &[f32], bins_per_unit: f32, offset: f32, last: u8) -> [u32; 256] {
    let mut counts = [0u32; 256];
    let mut row = [0u8; 4096];
    for values in plane.chunks(row.len()) {
        let row = &mut row[..values.len()];
        bins(values, bins_per_unit, offset, last, row);
        count(row, &mut counts);
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn sums_are_sums(values in prop::collection::vec(-100.0f32..100.0, 0..200)) {
            let exact: f64 = values.iter().map(|v| f64::from(*v)).sum();
            prop_assert!((f64::from(total(&values)) - exact).abs() < 1e-2);
            let squares: f64 = values.iter().map(|v| f64::from(*v).powi(2)).sum();
            prop_assert!((f64::from(dot(&values, &values)) - squares).abs() < 1e-5 * squares + 1e-6);
        }

        #[test]
        fn every_value_is_counted_in_its_bin(values in prop::collection::vec(-20.0f32..130.0, 0..200)) {
            let counts = histogram(&values, 2.0, 0.5, 199);
            let mut meant = [0u32; 256];
            for value in &values {
                meant[(value * 2.0 + 0.5).clamp(0.0, 199.0) as usize] += 1;
            }
            prop_assert_eq!(counts, meant);
        }
    }
}
