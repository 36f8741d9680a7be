//! Convolutions whose weights never change, over patches of 6 × 6 px (Lavin & Gray 2016): a patch becomes 36 numbers, for
//! each of which the channels are mixed by a matrix product, and the 36 sums become 4 × 4 px of the output for a kernel of
//! 3 × 3 (four times fewer multiplications) or 2 × 2 px for one of 5 × 5 (2.8 times fewer). The weights are transformed once.

use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor};
use rayon::prelude::*;
use retake_pixels::vectorised;

use super::product::{Matrix, Target, Threads, side_by_side};
use super::{Walk, convolution, ours, values};

/// Side of a patch, px.
const SIDE: usize = 6;
/// Numbers of a patch.
const NUMBERS: usize = SIDE * SIDE;
/// Patches that are worked on at a time.
const LANES: usize = 8;
/// The points at which the polynomials are evaluated, but for the last, which is infinity; and what the kernel's value at
/// each is multiplied with.
const POINTS: [(f64, f64); SIDE - 1] = [
    (0.0, 1.0 / 4.0),
    (1.0, -1.0 / 6.0),
    (-1.0, -1.0 / 6.0),
    (2.0, 1.0 / 24.0),
    (-2.0, 1.0 / 24.0),
];

/// A convolution that keeps the size, of stride 1, with a kernel of 3 × 3 or 5 × 5 px and its weights transformed.
pub struct Patched {
    /// as they are, for other devices: (outputs, inputs, side, side), (outputs)
    plain: (Tensor, Tensor),
    /// 36 matrices, outputs × inputs
    weights: Vec<f32>,
    bias: Vec<f32>,
    outputs: usize,
    inputs: usize,
    /// of the kernel
    side: usize,
    /// whether what is negative becomes zero
    rectified: bool,
}

impl Patched {
    /// `weight` is (outputs, inputs, 3, 3) or (outputs, inputs, 5, 5), `bias` (outputs).
    pub fn new(weight: &Tensor, bias: &Tensor, rectified: bool) -> Result<Self> {
        let (outputs, inputs, side, across) = weight.dims4()?;
        if side != across || !matches!(side, 3 | 5) {
            candle_core::bail!("a kernel of {side} × {across} does not go by patches");
        }
        let values = weight.flatten_all()?.to_vec1::<f32>()?;
        let plane = outputs * inputs;
        let mut weights = vec![0.0; NUMBERS * plane];
        for (at, kernel) in values.chunks_exact(side * side).enumerate() {
            // down, then across
            let mut half = [[0.0f64; 5]; SIDE];
            for column in 0..side {
                let line: Vec<f64> = (0..side)
                    .map(|row| f64::from(kernel[row * side + column]))
                    .collect();
                for (half, value) in half.iter_mut().zip(at_points(&line)) {
                    half[column] = value;
                }
            }
            for (row, half) in half.iter().enumerate() {
                for (column, value) in at_points(&half[..side]).into_iter().enumerate() {
                    weights[(row * SIDE + column) * plane + at] = value as f32;
                }
            }
        }
        Ok(Self {
            plain: (weight.clone(), bias.clone()),
            weights,
            bias: bias.to_vec1()?,
            outputs,
            inputs,
            side,
            rectified,
        })
    }

    /// (batch, inputs, height, width) to (batch, outputs, height, width); zeros beyond the edge.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        if ours(x) {
            return x.contiguous()?.apply_op1_no_bwd(&Over(self));
        }
        let walk = Walk {
            padding: self.side / 2,
            rectified: self.rectified,
            ..Walk::default()
        };
        let like = |weight: &Tensor| weight.to_device(x.device())?.to_dtype(x.dtype());
        convolution(x, &like(&self.plain.0)?, &like(&self.plain.1)?, walk)
    }

    /// Side of what a patch becomes, px.
    fn made(&self) -> usize {
        SIDE + 1 - self.side
    }
}

/// A line of the kernel at the six points.
fn at_points(line: &[f64]) -> [f64; SIDE] {
    std::array::from_fn(|k| match POINTS.get(k) {
        Some((point, factor)) => {
            factor
                * line
                    .iter()
                    .rev()
                    .fold(0.0, |sum, value| sum * point + value)
        }
        None => line.last().copied().unwrap_or_default(),
    })
}

struct Over<'a>(&'a Patched);

/// How the patches lie.
#[derive(Clone, Copy)]
struct Grid {
    height: usize,
    width: usize,
    /// px from one patch to the next
    step: usize,
    rows: usize,
    columns: usize,
}

impl Grid {
    fn patches(&self) -> usize {
        self.rows * self.columns
    }
}

impl CustomOp1 for Over<'_> {
    fn name(&self) -> &'static str {
        "patched"
    }

    fn cpu_fwd(&self, x: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let of = self.0;
        let (batch, inputs, height, width) = layout.shape().dims4()?;
        if inputs != of.inputs {
            candle_core::bail!("{inputs} channels came to a convolution of {}", of.inputs);
        }
        let step = of.made();
        let grid = Grid {
            height,
            width,
            step,
            rows: height.div_ceil(step),
            columns: width.div_ceil(step),
        };
        let x = values(x, layout)?;
        let mut out = vec![0.0; batch * of.outputs * height * width];
        if out.is_empty() {
            let shape = (batch, of.outputs, height, width).into();
            return Ok((CpuStorage::F32(out), shape));
        }
        let count = (batch * grid.patches()).next_multiple_of(LANES);
        // of each channel its 36 rows of patches, so that a channel is one piece of memory
        let mut seen = vec![0.0; inputs * NUMBERS * count];
        seen.par_chunks_exact_mut(NUMBERS * count)
            .enumerate()
            .for_each(|(channel, seen)| {
                for index in 0..batch {
                    let plane = &x[(index * inputs + channel) * height * width..];
                    let plane = &plane[..height * width];
                    gather(plane, grid, of.side / 2, seen, (index, count));
                }
                turn(seen, count);
            });
        let mut sums = vec![0.0; of.outputs * NUMBERS * count];
        let plane = of.outputs * inputs;
        let target = Target::new(&mut sums, of.outputs, NUMBERS * count, NUMBERS * count);
        side_by_side(target.strips(count), |(first, mut strip)| {
            let k = first / count;
            let weights = &of.weights[k * plane..][..plane];
            strip.product(
                Matrix::by_rows(weights, of.outputs, inputs),
                Matrix::new(&seen[first..], (inputs, count), (NUMBERS * count, 1)),
                1.0,
                false,
                Threads::One,
            );
        });
        sums.par_chunks_exact_mut(NUMBERS * count)
            .for_each(|sums| match of.side {
                3 => back_four(sums, count),
                _ => back_two(sums, count),
            });
        out.par_chunks_exact_mut(height * width)
            .enumerate()
            .for_each(|(place, out)| {
                let (index, channel) = (place / of.outputs, place % of.outputs);
                let sums = &sums[channel * NUMBERS * count..][..NUMBERS * count];
                let least = if of.rectified { 0.0 } else { f32::MIN };
                let of_patch = (of.bias[channel], least);
                scatter(sums, grid, (index, count), of_patch, out);
            });
        let shape = (batch, of.outputs, height, width).into();
        Ok((CpuStorage::F32(out), shape))
    }
}

/// Lays the pixels of a channel's patches out: number by number, all patches of it.
fn gather(
    plane: &[f32],
    grid: Grid,
    padding: usize,
    seen: &mut [f32],
    (index, count): (usize, usize),
) {
    let first = index * grid.patches();
    for (number, seen) in seen.chunks_exact_mut(count).enumerate() {
        let (down, right) = (number / SIDE, number % SIDE);
        let seen = &mut seen[first..first + grid.patches()];
        for (row, seen) in seen.chunks_exact_mut(grid.columns).enumerate() {
            let line = (row * grid.step + down).wrapping_sub(padding);
            if line >= grid.height {
                seen.fill(0.0);
                continue;
            }
            let line = &plane[line * grid.width..][..grid.width];
            for (column, seen) in seen.iter_mut().enumerate() {
                let x = (column * grid.step + right).wrapping_sub(padding);
                *seen = line.get(x).copied().unwrap_or(0.0);
            }
        }
    }
}

/// Writes what the patches of a channel have become into its picture.
fn scatter(
    sums: &[f32],
    grid: Grid,
    (index, count): (usize, usize),
    (bias, least): (f32, f32),
    out: &mut [f32],
) {
    let first = index * grid.patches();
    for down in 0..grid.step {
        for row in 0..grid.rows {
            let line = row * grid.step + down;
            if line >= grid.height {
                continue;
            }
            let out = &mut out[line * grid.width..][..grid.width];
            for right in 0..grid.step {
                let made = &sums[(down * SIDE + right) * count + first + row * grid.columns..];
                let to = out.iter_mut().skip(right).step_by(grid.step);
                for (to, value) in to.zip(&made[..grid.columns]) {
                    *to = (value + bias).max(least);
                }
            }
        }
    }
}

type Lane = [f32; LANES];

#[inline(always)]
fn load(values: &[f32], at: usize) -> Lane {
    let mut lane = [0.0; LANES];
    lane.copy_from_slice(&values[at..at + LANES]);
    lane
}

#[inline(always)]
fn store(values: &mut [f32], at: usize, lane: Lane) {
    values[at..at + LANES].copy_from_slice(&lane);
}

/// Of six lanes their sum with these factors.
#[inline(always)]
fn mixed(d: &[Lane; SIDE], factors: [f32; SIDE]) -> Lane {
    let mut out = [0.0; LANES];
    for (lane, factor) in d.iter().zip(factors) {
        if factor != 0.0 {
            for (out, value) in out.iter_mut().zip(lane) {
                *out += factor * value;
            }
        }
    }
    out
}

/// Bᵀ d: a line of a patch at the six points.
#[inline(always)]
fn seen_line(d: [Lane; SIDE]) -> [Lane; SIDE] {
    [
        mixed(&d, [4.0, 0.0, -5.0, 0.0, 1.0, 0.0]),
        mixed(&d, [0.0, -4.0, -4.0, 1.0, 1.0, 0.0]),
        mixed(&d, [0.0, 4.0, -4.0, -1.0, 1.0, 0.0]),
        mixed(&d, [0.0, -2.0, -1.0, 2.0, 1.0, 0.0]),
        mixed(&d, [0.0, 2.0, -1.0, -2.0, 1.0, 0.0]),
        mixed(&d, [0.0, 4.0, 0.0, -5.0, 0.0, 1.0]),
    ]
}

/// Aᵀ m: the `K` px that a line of six sums becomes; the other lanes are left.
#[inline(always)]
fn made_line<const K: usize>(m: [Lane; SIDE]) -> [Lane; SIDE] {
    let mut out = m;
    for (power, out) in out.iter_mut().enumerate().take(K) {
        let two = (1u32 << power) as f32;
        let one = if power % 2 == 0 { 1.0 } else { -1.0 };
        let zero = if power == 0 { 1.0 } else { 0.0 };
        let last = if power + 1 == K { 1.0 } else { 0.0 };
        *out = mixed(&m, [zero, 1.0, one, two, one * two, last]);
    }
    out
}

vectorised! {
    /// Bᵀ d B of every patch of a channel, in place.
    fn turn(values: &mut [f32], count: usize) {
        for at in (0..count).step_by(LANES) {
            let columns: [[Lane; SIDE]; SIDE] = std::array::from_fn(|x| {
                seen_line(std::array::from_fn(|y| load(values, (y * SIDE + x) * count + at)))
            });
            for y in 0..SIDE {
                let line = seen_line(columns.each_ref().map(|column| column[y]));
                for (x, lane) in line.into_iter().enumerate() {
                    store(values, (y * SIDE + x) * count + at, lane);
                }
            }
        }
    }
}

/// Aᵀ m A of every patch of a channel, in place: its first `K` × `K` numbers are the pixels.
#[inline(always)]
fn back_lanes<const K: usize>(values: &mut [f32], count: usize) {
    for at in (0..count).step_by(LANES) {
        let columns: [[Lane; SIDE]; SIDE] = std::array::from_fn(|x| {
            made_line::<K>(std::array::from_fn(|y| {
                load(values, (y * SIDE + x) * count + at)
            }))
        });
        for y in 0..K {
            let line = made_line::<K>(columns.each_ref().map(|column| column[y]));
            for (x, lane) in line.into_iter().enumerate().take(K) {
                store(values, (y * SIDE + x) * count + at, lane);
            }
        }
    }
}

vectorised! {
    fn back_four(values: &mut [f32], count: usize) {
        back_lanes::<4>(values, count);
    }
}

vectorised! {
    fn back_two(values: &mut [f32], count: usize) {
        back_lanes::<2>(values, count);
    }
}
