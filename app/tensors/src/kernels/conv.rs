//! Convolution as a matrix product. Strips of the output are made side by side; for each, the input is laid out once
//! so that a column holds all that one output pixel sees. The ordinary kind goes another way where that pays.

use candle_core::{CpuStorage, CustomOp3, Layout, Result, Shape, Tensor};

use rayon::prelude::*;
use retake_pixels::vectorised;

use super::product::{Matrix, Target, Threads, side_by_side, with_buffer};
use super::{constant, ours_also_back, values, winograd};

/// How a kernel goes over its picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Walk {
    /// px from one place to the next
    pub stride: usize,
    /// px of zeros beyond each edge
    pub padding: usize,
    /// px between the points of the kernel; 1 for neighbours
    pub dilation: usize,
    /// whether what is negative becomes zero
    pub rectified: bool,
}

impl Default for Walk {
    fn default() -> Self {
        Self {
            stride: 1,
            padding: 0,
            dilation: 1,
            rectified: false,
        }
    }
}

/// (batch, in, height, width) with a square kernel (out, in, side, side); zeros beyond the edge. `bias` is (out), or
/// (batch, out).
pub fn conv2d(
    x: &Tensor,
    weight: &Tensor,
    bias: &Tensor,
    stride: usize,
    padding: usize,
) -> Result<Tensor> {
    let walk = Walk {
        stride,
        padding,
        ..Walk::default()
    };
    convolution(x, weight, bias, walk)
}

/// The same, walking as it is told.
pub fn convolution(x: &Tensor, weight: &Tensor, bias: &Tensor, walk: Walk) -> Result<Tensor> {
    if ours_also_back(x) {
        let (x, bias) = (x.contiguous()?, bias.contiguous()?);
        if walk.rectified && x.track_op() {
            let rectified = false;
            return convolution(&x, weight, &bias, Walk { rectified, ..walk })?.relu();
        }
        return x.apply_op3(weight, &bias, Convolution(walk));
    }
    let y = x.conv2d(weight, walk.padding, walk.stride, walk.dilation, 1)?;
    let bias = match bias.rank() {
        1 => bias.unsqueeze(0)?,
        _ => bias.clone(),
    };
    let y = y.broadcast_add(&bias.unsqueeze(2)?.unsqueeze(3)?)?;
    if walk.rectified { y.relu() } else { Ok(y) }
}

struct Convolution(Walk);

/// Everything about one call.
#[derive(Clone, Copy)]
struct Sizes {
    inputs: usize,
    height: usize,
    width: usize,
    outputs: usize,
    side: usize,
    walk: Walk,
    out_height: usize,
    out_width: usize,
}

/// Output pixels of a strip: its columns stay in a core's cache while the product reads them.
const STRIP_PX: usize = 256;
/// Output pixels that are not worth strips; the same number on every machine, so that sums are too.
const FEW_PX: usize = 2 * STRIP_PX;

impl CustomOp3 for Convolution {
    fn name(&self) -> &'static str {
        "conv2d"
    }

    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        lx: &Layout,
        w: &CpuStorage,
        lw: &Layout,
        b: &CpuStorage,
        lb: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let (batch, inputs, height, width) = lx.shape().dims4()?;
        let (outputs, weight_inputs, side, _) = lw.shape().dims4()?;
        let walk = self.0;
        let wide = walk.dilation * (side - 1) + 1;
        let reach = |length: usize| (length + 2 * walk.padding).checked_sub(wide);
        let (Some(down), Some(across)) = (reach(height), reach(width)) else {
            candle_core::bail!(
                "a picture of {width} × {height} is too small for a kernel of {wide}"
            );
        };
        if weight_inputs != inputs {
            candle_core::bail!("{inputs} channels came to a convolution of {weight_inputs}");
        }
        let sizes = Sizes {
            inputs,
            height,
            width,
            outputs,
            side,
            walk,
            out_height: down / walk.stride + 1,
            out_width: across / walk.stride + 1,
        };
        let (x, weight, bias) = (values(x, lx)?, values(w, lw)?, values(b, lb)?);
        let pixels = sizes.out_height * sizes.out_width;
        let mut out = vec![0.0; batch * outputs * pixels];
        let few = winograd::Sizes {
            inputs,
            outputs,
            height,
            width,
        };
        let ordinary = (side, walk.stride, walk.padding, walk.dilation) == (3, 1, 1, 1);
        let transformed =
            (ordinary && few.pays()).then(|| winograd::transformed(weight, outputs, inputs));
        for (index, out) in out.chunks_exact_mut(outputs * pixels).enumerate() {
            let x = &x[index * inputs * height * width..][..inputs * height * width];
            let bias = match bias.len() == outputs {
                true => bias,
                false => &bias[index * outputs..][..outputs],
            };
            match &transformed {
                Some(weights) => winograd::convolve(few, x, weights, bias, out),
                None => one(&sizes, x, weight, bias, out),
            }
        }
        if walk.rectified {
            out.par_chunks_mut(16 * 1024).for_each(rectify);
        }
        let shape = (batch, outputs, sizes.out_height, sizes.out_width).into();
        Ok((CpuStorage::F32(out), shape))
    }

    fn bwd(
        &self,
        x: &Tensor,
        weight: &Tensor,
        bias: &Tensor,
        _: &Tensor,
        gradient: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        constant(&[weight, bias])?;
        Ok((Some(back(x, weight, gradient, self.0)?), None, None))
    }
}

/// From the gradient by the result of a convolution to the one by its picture `x`.
fn back(x: &Tensor, weight: &Tensor, gradient: &Tensor, walk: Walk) -> Result<Tensor> {
    let (inputs, side) = (weight.dim(1)?, weight.dim(2)?);
    if walk.stride == 1 && walk.dilation == 1 && walk.padding < side {
        // a convolution with the kernel turned by 180°, from outputs to inputs
        let order: Vec<u32> = (0..side as u32).rev().collect();
        let order = Tensor::new(order, weight.device())?;
        let turned = weight
            .index_select(&order, 2)?
            .index_select(&order, 3)?
            .transpose(0, 1)?
            .contiguous()?;
        let bias = Tensor::zeros(inputs, weight.dtype(), weight.device())?;
        return conv2d(gradient, &turned, &bias, 1, side - 1 - walk.padding);
    }
    let (_, _, height, width) = x.dims4()?;
    let (_, _, out_height, out_width) = gradient.dims4()?;
    // what lies beyond the last place of the kernel: of one axis, and candle adds as much to both
    let beyond = |length: usize, out: usize| {
        length + 2 * walk.padding - ((out - 1) * walk.stride + walk.dilation * (side - 1) + 1)
    };
    let (down, across) = (beyond(height, out_height), beyond(width, out_width));
    let most = down.max(across);
    let all = gradient.contiguous()?.conv_transpose2d(
        weight,
        walk.padding,
        most,
        walk.stride,
        walk.dilation,
    )?;
    all.narrow(2, 0, height)?.narrow(3, 0, width)?.contiguous()
}

/// One picture of the batch.
fn one(sizes: &Sizes, x: &[f32], weight: &[f32], bias: &[f32], out: &mut [f32]) {
    let (pixels, seen) = (
        sizes.out_height * sizes.out_width,
        sizes.inputs * sizes.side * sizes.side,
    );
    let weight = Matrix::by_rows(weight, sizes.outputs, seen);
    let mut target = Target::new(out, sizes.outputs, pixels, pixels);
    target.fill_rows(|row| bias[row]);
    if (sizes.side, sizes.walk.stride, sizes.walk.padding) == (1, 1, 0) {
        target.product(
            weight,
            Matrix::by_rows(x, seen, pixels),
            1.0,
            true,
            Threads::All,
        );
        return;
    }
    if pixels < FEW_PX {
        let mut columns = vec![0.0; seen * pixels];
        lay_out(sizes, x, 0, pixels, &mut columns);
        let columns = Matrix::by_rows(&columns, seen, pixels);
        target.product(weight, columns, 1.0, true, Threads::All);
        return;
    }
    side_by_side(target.strips(STRIP_PX), |(first, mut strip)| {
        let count = STRIP_PX.min(pixels - first);
        with_buffer(seen * count, |columns| {
            lay_out(sizes, x, first, count, columns);
            let columns = Matrix::by_rows(columns, seen, count);
            strip.product(weight, columns, 1.0, true, Threads::One);
        });
    });
}

/// Fills `columns` (seen × count): what output pixels `first..first + count` see, row by row of the kernel.
fn lay_out(sizes: &Sizes, x: &[f32], first: usize, count: usize, columns: &mut [f32]) {
    let Sizes {
        height,
        width,
        side,
        out_width,
        walk,
        ..
    } = *sizes;
    let Walk {
        stride, padding, ..
    } = walk;
    let plane = height * width;
    for (tap, row) in columns.chunks_exact_mut(count).enumerate() {
        let channel = tap / (side * side);
        let (ky, kx) = (
            tap / side % side * walk.dilation,
            tap % side * walk.dilation,
        );
        let from = &x[channel * plane..][..plane];
        let mut done = 0;
        while done < count {
            let (oy, ox) = ((first + done) / out_width, (first + done) % out_width);
            let run = (out_width - ox).min(count - done);
            let to = &mut row[done..done + run];
            done += run;
            let y = (oy * stride + ky).wrapping_sub(padding);
            if y >= height {
                to.fill(0.0);
                continue;
            }
            let line = &from[y * width..][..width];
            if stride == 1 {
                // input column of output column ox: ox + kx − padding
                let skipped = padding.saturating_sub(ox + kx).min(run);
                let start = (ox + kx + skipped).saturating_sub(padding).min(width);
                let copied = width.saturating_sub(start).min(run - skipped);
                to[..skipped].fill(0.0);
                to[skipped..skipped + copied].copy_from_slice(&line[start..start + copied]);
                to[skipped + copied..].fill(0.0);
            } else {
                for (i, to) in to.iter_mut().enumerate() {
                    let x = ((ox + i) * stride + kx).wrapping_sub(padding);
                    *to = line.get(x).copied().unwrap_or(0.0);
                }
            }
        }
    }
}

vectorised! {
    /// What is negative becomes zero.
    fn rectify(values: &mut [f32]) {
        for value in values {
            *value = value.max(0.0);
        }
    }
}
