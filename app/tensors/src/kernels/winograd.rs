//! 3 × 3 convolutions with 2.25 times fewer multiplications (Lavin & Gray 2016, F(2 × 2, 3 × 3)): each 4 × 4 patch of the
//! input becomes 16 numbers, for each of which the channels are mixed by a matrix product, and the 16 sums become 2 × 2
//! pixels of the output.

use rayon::prelude::*;
use retake_pixels::vectorised;

use super::product::{Matrix, Target, Threads, side_by_side, with_buffer};

/// A convolution of stride 1 that keeps the size.
#[derive(Clone, Copy)]
pub(super) struct Sizes {
    pub(super) inputs: usize,
    pub(super) outputs: usize,
    pub(super) height: usize,
    pub(super) width: usize,
}

/// Patches of a strip, at least, where the picture has as many.
const STRIP: usize = 96;

impl Sizes {
    /// Whether it is worth it: the weights are transformed anew in every call, which small pictures do not pay back.
    pub(super) fn pays(&self) -> bool {
        self.height * self.width >= 900 && self.inputs >= 8 && self.outputs >= 8
    }

    /// Patches side by side in a row of patches.
    fn across(&self) -> usize {
        self.width.div_ceil(2)
    }
}

/// The weights (outputs, inputs, 3, 3) as 16 matrices (outputs × inputs).
pub(super) fn transformed(weight: &[f32], outputs: usize, inputs: usize) -> Vec<f32> {
    let plane = outputs * inputs;
    let mut out = vec![0.0; 16 * plane];
    let mut rows: Vec<(usize, Vec<&mut [f32]>)> = (0..outputs).map(|o| (o, Vec::new())).collect();
    for matrix in out.chunks_exact_mut(plane) {
        for ((_, row), part) in rows.iter_mut().zip(matrix.chunks_exact_mut(inputs)) {
            row.push(part);
        }
    }
    rows.into_par_iter()
        .with_min_len(8)
        .for_each(|(o, mut row)| {
            for i in 0..inputs {
                let g = &weight[(o * inputs + i) * 9..][..9];
                // G g Gᵀ
                let mut half = [[0.0f32; 3]; 4];
                for c in 0..3 {
                    let (a, b, d) = (g[c], g[3 + c], g[6 + c]);
                    half[0][c] = a;
                    half[1][c] = 0.5 * (a + b + d);
                    half[2][c] = 0.5 * (a - b + d);
                    half[3][c] = d;
                }
                for (r, [a, b, d]) in half.into_iter().enumerate() {
                    row[4 * r][i] = a;
                    row[4 * r + 1][i] = 0.5 * (a + b + d);
                    row[4 * r + 2][i] = 0.5 * (a - b + d);
                    row[4 * r + 3][i] = d;
                }
            }
        });
    out
}

/// One picture of the batch. `weights` is transformed; `bias` has one number an output channel.
pub(super) fn convolve(sizes: Sizes, x: &[f32], weights: &[f32], bias: &[f32], out: &mut [f32]) {
    let (across, pixels) = (sizes.across(), sizes.height * sizes.width);
    let rows = STRIP.div_ceil(across).min(sizes.height.div_ceil(2));
    let target = Target::new(out, sizes.outputs, pixels, pixels);
    side_by_side(
        target.strips(2 * rows * sizes.width),
        |(first, mut strip)| {
            let y = first / sizes.width;
            let lines = (2 * rows).min(sizes.height - y);
            let rows = lines.div_ceil(2);
            let count = rows * across;
            let (seen, made) = (16 * sizes.inputs * count, 16 * sizes.outputs * count);
            // two rows of patches' halves, padded so that the last patch may look one further
            let scratch = 4 * 2 * (across + 1);
            with_buffer(seen + made + scratch, |buffer| {
                let (patches, rest) = buffer.split_at_mut(seen);
                let (sums, scratch) = rest.split_at_mut(made);
                look(sizes, x, y, rows, patches, scratch);
                let plane = sizes.outputs * sizes.inputs;
                for k in 0..16 {
                    let weights = &weights[k * plane..][..plane];
                    let weights = Matrix::by_rows(weights, sizes.outputs, sizes.inputs);
                    let patches = &patches[k * sizes.inputs * count..][..sizes.inputs * count];
                    let patches = Matrix::by_rows(patches, sizes.inputs, count);
                    let sums = &mut sums[k * sizes.outputs * count..][..sizes.outputs * count];
                    let mut sums = Target::new(sums, sizes.outputs, count, count);
                    sums.product(weights, patches, 1.0, false, Threads::One);
                }
                for (channel, &bias) in bias.iter().enumerate() {
                    let out = strip.row(channel);
                    for row in 0..rows {
                        let of = |k: usize| {
                            let start = (k * sizes.outputs + channel) * count + row * across;
                            &sums[start..start + across]
                        };
                        let (above, below) =
                            scratch[..4 * (across + 1)].split_at_mut(2 * (across + 1));
                        write(
                            std::array::from_fn(of),
                            bias,
                            &mut above[..2 * across],
                            &mut below[..2 * across],
                        );
                        for (line, made) in [(2 * row, &*above), (2 * row + 1, &*below)] {
                            if line < lines {
                                let to = &mut out[line * sizes.width..][..sizes.width];
                                to.copy_from_slice(&made[..sizes.width]);
                            }
                        }
                    }
                }
            });
        },
    );
}

/// Fills `patches` (16 × inputs × patches) from `rows` rows of patches, the first of which begins a line above `y`.
fn look(sizes: Sizes, x: &[f32], y: usize, rows: usize, patches: &mut [f32], scratch: &mut [f32]) {
    let Sizes {
        inputs,
        height,
        width,
        ..
    } = sizes;
    let across = sizes.across();
    let count = rows * across;
    let (evens, odds) = scratch.split_at_mut(4 * (across + 1));
    for channel in 0..inputs {
        let picture = &x[channel * height * width..][..height * width];
        for row in 0..rows {
            // four lines, from one above the patch's output; columns from one left of it, even and odd ones apart
            for i in 0..4 {
                let even = &mut evens[i * (across + 1)..][..across + 1];
                let odd = &mut odds[i * (across + 1)..][..across + 1];
                let line = (y + 2 * row + i).wrapping_sub(1);
                if line >= height {
                    even.fill(0.0);
                    odd.fill(0.0);
                    continue;
                }
                let line = &picture[line * width..][..width];
                even[0] = 0.0;
                for (even, pair) in even[1..].iter_mut().zip(line[1..].chunks(2)) {
                    *even = pair[0];
                }
                for (odd, pair) in odd.iter_mut().zip(line.chunks(2)) {
                    *odd = pair[0];
                }
                // beyond the right edge
                even[1 + width / 2..].fill(0.0);
                odd[width.div_ceil(2)..].fill(0.0);
            }
            let mut rest = &mut patches[channel * count + row * across..];
            let mut to: [&mut [f32]; 16] = std::array::from_fn(|_| Default::default());
            for to in &mut to {
                let (head, tail) = rest.split_at_mut((inputs * count).min(rest.len()));
                *to = &mut head[..across];
                rest = tail;
            }
            turn(evens, odds, across, to);
        }
    }
}

vectorised! {
    /// Bᵀ d B of a row of patches, from four lines of even and of odd columns.
    fn turn(evens: &[f32], odds: &[f32], across: usize, to: [&mut [f32]; 16]) {
        let mut to = to;
        let step = across + 1;
        // lines mixed: r0 − r2, r1 + r2, r2 − r1, r1 − r3
        for (row, (a, b, sign)) in [(0usize, 2usize, -1.0f32), (1, 2, 1.0), (2, 1, -1.0), (1, 3, -1.0)].into_iter().enumerate() {
            let (ea, eb) = (&evens[a * step..][..step], &evens[b * step..][..step]);
            let (oa, ob) = (&odds[a * step..][..step], &odds[b * step..][..step]);
            let [t0, t1, t2, t3] = &mut to[4 * row..4 * row + 4] else { return };
            let (t0, t1, t2, t3) = (&mut t0[..across], &mut t1[..across], &mut t2[..across], &mut t3[..across]);
            for x in 0..across {
                let d0 = ea[x] + sign * eb[x];
                let d1 = oa[x] + sign * ob[x];
                let d2 = ea[x + 1] + sign * eb[x + 1];
                let d3 = oa[x + 1] + sign * ob[x + 1];
                t0[x] = d0 - d2;
                t1[x] = d1 + d2;
                t2[x] = d2 - d1;
                t3[x] = d1 - d3;
            }
        }
    }
}

vectorised! {
    /// Aᵀ m A of a row of patches: two lines of the output.
    fn write(m: [&[f32]; 16], bias: f32, above: &mut [f32], below: &mut [f32]) {
        let count = above.len() / 2;
        let m = m.map(|part| &part[..count]);
        let (above, _) = above.as_chunks_mut::<2>();
        let (below, _) = below.as_chunks_mut::<2>();
        for (x, (above, below)) in above.iter_mut().zip(below).enumerate() {
            let mut s = [[0.0f32; 4]; 2];
            for c in 0..4 {
                let (a, b, d, e) = (m[c][x], m[4 + c][x], m[8 + c][x], m[12 + c][x]);
                s[0][c] = a + b + d;
                s[1][c] = b - d - e;
            }
            *above = [s[0][0] + s[0][1] + s[0][2] + bias, s[0][1] - s[0][2] - s[0][3] + bias];
            *below = [s[1][0] + s[1][1] + s[1][2] + bias, s[1][1] - s[1][2] - s[1][3] + bias];
        }
    }
}
