//! Kernels that look at each channel by itself: the largest of a few neighbours, pictures at other sizes, and the small
//! blur before halving that keeps a network from minding a move of a pixel (Zhang 2019, "Making convolutional networks
//! shift-invariant again").

use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor};
use rayon::prelude::*;

use super::{ours, values};

/// A window of `side` × `side` px that goes `stride` px at a time.
#[derive(Clone, Copy, Debug)]
pub struct Pool {
    /// px
    pub side: usize,
    /// px
    pub stride: usize,
    /// whether a last window that hangs over the edge counts, with what of it lies inside
    pub overhanging: bool,
}

impl Pool {
    /// How many windows there are along a line.
    fn count(&self, length: usize) -> Option<usize> {
        let rest = length.checked_sub(self.side);
        match (rest, self.overhanging) {
            (Some(rest), false) => Some(rest / self.stride + 1),
            (Some(rest), true) => Some(rest.div_ceil(self.stride) + 1),
            (None, true) if length > 0 => Some(1),
            (None, _) => None,
        }
    }
}

/// The largest value of each window: (batch, channels, height, width) to as many windows as there are.
pub fn largest(x: &Tensor, pool: Pool) -> Result<Tensor> {
    if ours(x) {
        return x.contiguous()?.apply_op1_no_bwd(&Largest(pool));
    }
    let (_, _, height, width) = x.dims4()?;
    let (Some(down), Some(across)) = (pool.count(height), pool.count(width)) else {
        candle_core::bail!(
            "a picture of {width} × {height} is too small for a window of {}",
            pool.side
        );
    };
    let reach = |count: usize, length: usize| {
        ((count - 1) * pool.stride + pool.side).saturating_sub(length)
    };
    // the last line again is never larger than itself
    let x = x.pad_with_same(2, 0, reach(down, height))?;
    let x = x.pad_with_same(3, 0, reach(across, width))?;
    x.max_pool2d_with_stride(pool.side, pool.stride)
}

/// At another size, bilinear, pixels as areas (corners not aligned).
pub fn bilinear(x: &Tensor, height: usize, width: usize) -> Result<Tensor> {
    if ours(x) {
        return x
            .contiguous()?
            .apply_op1_no_bwd(&Bilinear { height, width });
    }
    x.upsample_bilinear2d(height, width, false)
}

/// Padded by `padding` px of its own reflection, blurred by 1 2 1 across and down, every second pixel of it kept.
pub fn blurred(x: &Tensor, padding: usize) -> Result<Tensor> {
    let (_, channels, height, width) = x.dims4()?;
    if height <= padding || width <= padding {
        candle_core::bail!(
            "a picture of {width} × {height} is too small for {padding} px of its reflection"
        );
    }
    if ours(x) {
        return x.contiguous()?.apply_op1_no_bwd(&Blurred(padding));
    }
    let mut x = x.clone();
    for (axis, length) in [(2, height), (3, width)] {
        let places: Vec<u32> = (0..length + 2 * padding)
            .map(|i| reflected(i, padding, length) as u32)
            .collect();
        x = x.index_select(&Tensor::new(places, x.device())?, axis)?;
    }
    let line = Tensor::new(&[0.25f32, 0.5, 0.25], x.device())?.to_dtype(x.dtype())?;
    let filter = line.unsqueeze(1)?.matmul(&line.unsqueeze(0)?)?;
    let filter = filter.expand((channels, 1, 3, 3))?.contiguous()?;
    x.conv2d(&filter, 0, 2, 1, channels)
}

/// Where in a line of this length the place `i` of the padded line is.
pub(super) fn reflected(i: usize, padding: usize, length: usize) -> usize {
    match i.checked_sub(padding) {
        None => padding - i,
        Some(i) if i < length => i,
        Some(i) => 2 * (length - 1) - i,
    }
}

/// Makes each channel of a new size from the same channel.
fn each_channel(
    x: &CpuStorage,
    layout: &Layout,
    (height, width): (usize, usize),
    make: impl Fn(&[f32], (usize, usize), &mut [f32]) + Sync,
) -> Result<(CpuStorage, Shape)> {
    let (batch, channels, from_height, from_width) = layout.shape().dims4()?;
    let x = values(x, layout)?;
    let mut out = vec![0.0; batch * channels * height * width];
    out.par_chunks_exact_mut((height * width).max(1))
        .zip(x.par_chunks_exact((from_height * from_width).max(1)))
        .for_each(|(out, x)| make(x, (from_height, from_width), out));
    let shape = (batch, channels, height, width).into();
    Ok((CpuStorage::F32(out), shape))
}

struct Largest(Pool);

impl CustomOp1 for Largest {
    fn name(&self) -> &'static str {
        "largest"
    }

    fn cpu_fwd(&self, x: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let (_, _, height, width) = layout.shape().dims4()?;
        let pool = self.0;
        let (Some(down), Some(across)) = (pool.count(height), pool.count(width)) else {
            candle_core::bail!(
                "a picture of {width} × {height} is too small for a window of {}",
                pool.side
            );
        };
        each_channel(x, layout, (down, across), |x, (height, width), out| {
            let mut line = vec![0.0f32; width];
            for (y, out) in out.chunks_exact_mut(across).enumerate() {
                let top = y * pool.stride;
                line.copy_from_slice(&x[top * width..][..width]);
                for row in top + 1..(top + pool.side).min(height) {
                    for (most, value) in line.iter_mut().zip(&x[row * width..][..width]) {
                        *most = most.max(*value);
                    }
                }
                if pool.stride == 1 {
                    out.copy_from_slice(&line[..across]);
                    for right in 1..pool.side.min(width) {
                        for (most, value) in out.iter_mut().zip(&line[right..]) {
                            *most = most.max(*value);
                        }
                    }
                    continue;
                }
                for (x, out) in out.iter_mut().enumerate() {
                    let left = x * pool.stride;
                    let window = &line[left..(left + pool.side).min(width)];
                    *out = window[1..].iter().fold(window[0], |a, &b| a.max(b));
                }
            }
        })
    }
}

struct Bilinear {
    height: usize,
    width: usize,
}

/// Of each place along a line of `to`: the neighbours on one of `from`, and the share of the second.
fn taps(from: usize, to: usize) -> Vec<(usize, usize, f32)> {
    let ratio = from as f64 / to as f64;
    (0..to)
        .map(|i| {
            let centre = ((i as f64 + 0.5) * ratio - 0.5).max(0.0);
            let first = (centre as usize).min(from - 1);
            let share = (centre - first as f64) as f32;
            (first, (first + 1).min(from - 1), share)
        })
        .collect()
}

impl CustomOp1 for Bilinear {
    fn name(&self) -> &'static str {
        "bilinear"
    }

    fn cpu_fwd(&self, x: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let (_, _, height, width) = layout.shape().dims4()?;
        if height * width * self.height * self.width == 0 {
            candle_core::bail!("a picture of no pixels cannot be brought to another size");
        }
        let (columns, lines) = (taps(width, self.width), taps(height, self.height));
        let size = (self.height, self.width);
        each_channel(x, layout, size, |x, (_, width), out| {
            let mut line = vec![0.0f32; width];
            for (out, &(above, below, share)) in out.chunks_exact_mut(columns.len()).zip(&lines) {
                let (above, below) = (&x[above * width..][..width], &x[below * width..][..width]);
                for ((line, a), b) in line.iter_mut().zip(above).zip(below) {
                    *line = a + share * (b - a);
                }
                for (out, &(left, right, share)) in out.iter_mut().zip(&columns) {
                    *out = line[left] + share * (line[right] - line[left]);
                }
            }
        })
    }
}

struct Blurred(usize);

impl CustomOp1 for Blurred {
    fn name(&self) -> &'static str {
        "blurred"
    }

    fn cpu_fwd(&self, x: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let (_, _, height, width) = layout.shape().dims4()?;
        let padding = self.0;
        let count = |length: usize| (length + 2 * padding - 3) / 2 + 1;
        let size = (count(height), count(width));
        each_channel(x, layout, size, |x, (height, width), out| {
            let mut line = vec![0.0f32; width + 2 * padding];
            for (y, out) in out.chunks_exact_mut(size.1).enumerate() {
                let row = |i: usize| &x[reflected(2 * y + i, padding, height) * width..][..width];
                let (above, here, below) = (row(0), row(1), row(2));
                let inner = &mut line[padding..padding + width];
                for (((line, a), h), b) in inner.iter_mut().zip(above).zip(here).zip(below) {
                    *line = 0.25 * (a + b) + 0.5 * h;
                }
                for i in 0..padding {
                    line[i] = line[2 * padding - i];
                    let last = padding + width - 1;
                    line[last + 1 + i] = line[last - 1 - i];
                }
                for (x, out) in out.iter_mut().enumerate() {
                    let near = &line[2 * x..][..3];
                    *out = 0.25 * (near[0] + near[2]) + 0.5 * near[1];
                }
            }
        })
    }
}
