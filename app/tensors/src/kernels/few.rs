//! Products with few rows, as a language model makes one for every word that it writes: each weight is read once, from
//! where and as it lies, so that memory and not arithmetic decides how long it takes.

use candle_core::Result;
use candle_core::quantized::GgmlDType;
use rayon::prelude::*;
use retake_pixels::vectorised;

use super::packed::{row_bytes, widen};

/// Up to so many rows; for more of them it pays to arrange the matrix for the processor's caches first.
pub(super) const FEW: usize = 4;

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
                        x.iter().zip(sums).for_each(|(x, sum)| *sum = dot(x, row));
                    }
                    Rows::Packed(kind, bytes) => {
                        let length = row_bytes(kind, inputs);
                        let row = &bytes[output * length..(output + 1) * length];
                        if kind == GgmlDType::BF16 {
                            let (row, _) = row.as_chunks();
                            x.iter()
                                .zip(sums)
                                .for_each(|(x, sum)| *sum = dot_brain(x, row));
                        } else {
                            wide.resize(inputs, 0.0);
                            widen(kind, row, wide)?;
                            x.iter().zip(sums).for_each(|(x, sum)| *sum = dot(x, wide));
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

/// Lanes that sums are kept in, so that additions do not wait for each other.
const LANES: usize = 32;

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
        sum.iter().sum::<f32>() + rest_a.iter().zip(rest_b).map(|(a, b)| a * b).sum::<f32>()
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
        sum.iter().sum::<f32>() + rest
    }
}
