//! Convolutions whose weights never change, over patches of 6 × 6 or 8 × 8 px (Winograd; Lavin & Gray 2016): a patch becomes as
//! many numbers, for each of which the channels are mixed by a matrix product, and the sums become some pixels of the output.
//! A kernel of 3 × 3 makes 4 × 4 px of 36 products (four times fewer multiplications), one of 5 × 5 makes 4 × 4 of 64
//! (6.2 times fewer), one of 7 × 7 makes 2 × 2 of 64 (3 times fewer). The weights are transformed once, and the channels
//! of a pixel lie side by side, so that every step goes over whole vectors of them.

mod call;
mod field;
mod lanes;
mod mixing;
mod points;
mod pool;
#[cfg(test)]
mod tests;
mod turning;

use candle_core::{Result, Tensor};
use rayon::prelude::*;

pub use field::Field;
pub use pool::largest_blurred;

use call::Call;
use mixing::PANEL;
use points::of_kernel;
use turning::Grid;

/// Bytes of weights that are read anew for every few patches, at most.
const SMALL_WEIGHTS: usize = 4 << 20;

/// A convolution of stride 1 with a kernel of 3 × 3, 5 × 5 or 7 × 7 px and its weights transformed.
pub struct Patched {
    /// for each number of a patch and each panel of outputs those of each input, in the order in which they are used: panel
    /// by panel where all of a few patches is done at once, number by number otherwise
    weights: Vec<[f32; PANEL]>,
    at_once: bool,
    /// of each output, filled up as those of a field
    bias: Vec<f32>,
    outputs: usize,
    inputs: usize,
    /// of the kernel, px
    side: usize,
    /// px of zeros beyond each edge
    padding: usize,
    /// below it nothing is kept: zero, or nothing
    least: f32,
}

/// Room for what is in between, to be used again.
#[derive(Default)]
pub struct Room {
    seen: Vec<f32>,
    sums: Vec<f32>,
}

impl Patched {
    /// `weight` is (outputs, inputs, side, side), `bias` (outputs); zeros beyond the edge; what is negative becomes zero if
    /// `rectified`.
    pub fn new(weight: &Tensor, bias: &Tensor, padding: usize, rectified: bool) -> Result<Self> {
        let (outputs, inputs, side, across) = weight.dims4()?;
        if side != across || !matches!(side, 3 | 5 | 7) {
            candle_core::bail!("a kernel of {side} × {across} does not go by patches");
        }
        let points = points(side);
        let values = weight.flatten_all()?.to_vec1::<f32>()?;
        let kernels: Vec<Vec<f32>> = values
            .par_chunks_exact(side * side)
            .map(|kernel| at_points(kernel, side, points))
            .collect();
        let (numbers, panels) = (points * points, outputs.div_ceil(PANEL));
        let at_once = numbers * panels * inputs * size_of::<[f32; PANEL]>() <= SMALL_WEIGHTS;
        let weights = (0..numbers * panels).into_par_iter().flat_map_iter(|at| {
            let (number, panel) = match at_once {
                true => (at % numbers, at / numbers),
                false => (at / panels, at % panels),
            };
            let kernels = &kernels;
            (0..inputs).map(move |input| {
                std::array::from_fn(|lane| match panel * PANEL + lane {
                    output if output < outputs => kernels[output * inputs + input][number],
                    _ => 0.0,
                })
            })
        });
        let mut filled = bias.to_vec1::<f32>()?;
        filled.resize(outputs.next_multiple_of(PANEL), 0.0);
        Ok(Self {
            weights: weights.collect(),
            at_once,
            bias: filled,
            outputs,
            inputs,
            side,
            padding,
            least: if rectified { 0.0 } else { f32::MIN },
        })
    }

    /// Of pictures with as many channels as there are inputs; `out` becomes the result.
    pub fn forward(&self, x: &Field, out: &mut Field, room: &mut Room) -> Result<()> {
        let (height, width) = x.size();
        let reach = |length: usize| (length + 2 * self.padding + 1).checked_sub(self.side);
        let (Some(down @ 1..), Some(across @ 1..)) = (reach(height), reach(width)) else {
            candle_core::bail!(
                "a picture of {width} × {height} is too small for a kernel of {}",
                self.side
            );
        };
        if x.channels != self.inputs {
            candle_core::bail!(
                "{} channels came to a convolution of {}",
                x.channels,
                self.inputs
            );
        }
        out.resize(x.pictures, (down, across), self.outputs);
        let made = self.made();
        let grid = Grid {
            width: across,
            columns: across.div_ceil(made),
            padding: self.padding,
        };
        let call = Call { of: self, x, grid };
        call.run(out, room);
        Ok(())
    }

    /// px along a side of what a patch becomes.
    fn made(&self) -> usize {
        points(self.side) + 1 - self.side
    }
}

/// Points of a line of a patch for a kernel of this side.
fn points(side: usize) -> usize {
    if side == 3 { 6 } else { 8 }
}

/// A kernel at the points, down and across.
fn at_points(kernel: &[f32], side: usize, points: usize) -> Vec<f32> {
    let columns: Vec<Vec<f64>> = (0..side)
        .map(|x| {
            let line: Vec<f64> = (0..side).map(|y| f64::from(kernel[y * side + x])).collect();
            of_kernel(points, &line)
        })
        .collect();
    (0..points)
        .flat_map(|down| {
            let line: Vec<f64> = columns.iter().map(|column| column[down]).collect();
            of_kernel(points, &line)
        })
        .map(|value| value as f32)
        .collect()
}
