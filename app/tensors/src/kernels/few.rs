//! Products with few rows, as a language model makes one for every word that it writes: each weight is read once, from
//! where and as it lies, so that memory and not arithmetic decides how long it takes.

use candle_core::Result;
use candle_core::quantized::GgmlDType;
use rayon::prelude::*;
use retake_pixels::vectorised;

use super::packed::{row_bytes, widen};

/// Up to so many rows; for more of them it pays to arrange the matrix for the processor's caches first. What comes of a
/// row does not depend, to the last bit, on how many there are.
pub const FEW: usize = 16;

/// Outputs that one thread computes at a time.
const PIECE: usize = 64;

/// A matrix (outputs, inputs), row after row.
#[derive(Clone, Copy)]
pub(super) enum Rows<'a> {
    Plain(&'a [f32]),
    Packed(GgmlDType, &'a [u8]),
}

/// x · Wᵀ + b into `out`, (rows, outputs); `x` are the rows, each as long as the matrix is wide.
pub(super) fn few(
    x: &[&[f32]],
    weight: Rows<'_>,
    bias: Option<&[f32]>,
    out: &mut [f32],
) -> Result<()> {
    let (rows, outputs) = (x.len(), out.len() / x.len());
    let inputs = x[0].len();
    // every output of all rows side by side, so that threads write into parts of their own
    let mut sums = vec![0.0f32; rows * outputs];
    sums.par_chunks_mut(PIECE * rows)
        .enumerate()
        .try_for_each_init(Vec::new, |wide: &mut Vec<f32>, (piece, sums)| {
            for (index, sums) in sums.chunks_exact_mut(rows).enumerate() {
                let output = piece * PIECE + index;
                match weight {
                    Rows::Plain(values) => {
                        let row = &values[output * inputs..(output + 1) * inputs];
                        products(x, row, sums);
                    }
                    Rows::Packed(kind, bytes) => {
                        let length = row_bytes(kind, inputs);
                        let row = &bytes[output * length..(output + 1) * length];
                        if kind == GgmlDType::BF16 && rows == 1 {
                            let (row, _) = row.as_chunks();
                            sums[0] = dot_brain(x[0], row);
                        } else {
                            wide.resize(inputs, 0.0);
                            widen(kind, row, wide)?;
                            products(x, wide, sums);
                        }
                    }
                }
            }
            Ok::<_, candle_core::Error>(())
        })?;
    for (row, out) in out.chunks_exact_mut(outputs).enumerate() {
        for (output, out) in out.iter_mut().enumerate() {
            *out = sums[output * rows + row] + bias.map_or(0.0, |bias| bias[output]);
        }
    }
    Ok(())
}

/// One row's products with several; four at a time share what is read of it.
fn products(x: &[&[f32]], row: &[f32], sums: &mut [f32]) {
    let (fours, rest) = x.as_chunks::<4>();
    let (sums_of_fours, sums_of_rest) = sums.as_chunks_mut::<4>();
    for (four, sums) in fours.iter().zip(sums_of_fours) {
        *sums = four_dots(*four, row);
    }
    for (x, sum) in rest.iter().zip(sums_of_rest) {
        *sum = dot(x, row);
    }
}

/// Lanes that sums are kept in, so that additions do not wait for each other.
const LANES: usize = 16;

/// The sum of all lanes, by halves.
#[inline(always)]
fn total(mut lanes: [f32; LANES]) -> f32 {
    let mut half = LANES / 2;
    while half > 0 {
        for i in 0..half {
            lanes[i] += lanes[i + half];
        }
        half /= 2;
    }
    lanes[0]
}

vectorised! {
    fn dot(a: &[f32], b: &[f32]) -> f32 {
        let mut sum = [0.0f32; LANES];
        let (lanes_a, rest_a) = a.as_chunks::<LANES>();
        let (lanes_b, rest_b) = b.as_chunks::<LANES>();
        for (a, b) in lanes_a.iter().zip(lanes_b) {
            for i in 0..LANES {
                sum[i] += a[i] * b[i];
            }
        }
        total(sum) + rest_a.iter().zip(rest_b).map(|(a, b)| a * b).sum::<f32>()
    }
}

vectorised! {
    /// The same of four rows, each in the same order of additions.
    fn four_dots(rows: [&[f32]; 4], b: &[f32]) -> [f32; 4] {
        let (lanes_b, rest_b) = b.as_chunks::<LANES>();
        let [(a, rest_a), (c, rest_c), (d, rest_d), (e, rest_e)] =
            rows.map(<[f32]>::as_chunks::<LANES>);
        let mut sums = [[0.0f32; LANES]; 4];
        for ((((b, a), c), d), e) in lanes_b.iter().zip(a).zip(c).zip(d).zip(e) {
            for i in 0..LANES {
                sums[0][i] += a[i] * b[i];
                sums[1][i] += c[i] * b[i];
                sums[2][i] += d[i] * b[i];
                sums[3][i] += e[i] * b[i];
            }
        }
        let rest = [rest_a, rest_c, rest_d, rest_e]
            .map(|rest| rest.iter().zip(rest_b).map(|(a, b)| a * b).sum::<f32>());
        [0, 1, 2, 3].map(|row| total(sums[row]) + rest[row])
    }
}

vectorised! {
    /// The same with numbers that are the upper halves of 32-bit floats (bfloat16).
    fn dot_brain(a: &[f32], b: &[[u8; 2]]) -> f32 {
        let wide = |half: [u8; 2]| f32::from_bits(u32::from(u16::from_le_bytes(half)) << 16);
        let mut sum = [0.0f32; LANES];
        let (lanes_a, rest_a) = a.as_chunks::<LANES>();
        let (lanes_b, rest_b) = b.as_chunks::<LANES>();
        for (a, b) in lanes_a.iter().zip(lanes_b) {
            for i in 0..LANES {
                sum[i] += a[i] * wide(b[i]);
            }
        }
        let rest: f32 = rest_a.iter().zip(rest_b).map(|(a, &b)| a * wide(b)).sum();
        total(sum) + rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_the_same_to_the_last_bit_however_many_are_beside_it() {
        for inputs in [1, 15, 16, 130, 1000] {
            let number = |i: usize| ((i * 7919 + inputs) % 1013) as f32 / 500.0 - 1.0;
            let matrix: Vec<f32> = (0..3 * inputs).map(number).collect();
            let x: Vec<f32> = (0..FEW * inputs).map(|i| number(i * 31 + 5)).collect();
            let rows: Vec<&[f32]> = x.chunks_exact(inputs).collect();
            let brain: Vec<u8> = matrix
                .iter()
                .flat_map(|v| half::bf16::from_f32(*v).to_le_bytes())
                .collect();
            for weight in [Rows::Plain(&matrix), Rows::Packed(GgmlDType::BF16, &brain)] {
                let products = |rows: &[&[f32]]| {
                    let mut out = vec![0.0; rows.len() * 3];
                    few(rows, weight, Some(&[0.5, 0.25, -1.0]), &mut out).expect("products");
                    out
                };
                let alone: Vec<f32> = rows.iter().flat_map(|row| products(&[row])).collect();
                for count in 1..=FEW {
                    assert_eq!(products(&rows[..count]), alone[..count * 3]);
                }
            }
        }
    }
}
