//! Group normalisation, with or without SiLU after it, in two passes over the data.

use candle_core::{CpuStorage, CustomOp3, D, DType, Layout, Result, Shape, Tensor, Var};
use rayon::prelude::*;
use retake_pixels::{fast, vectorised};

use super::{constant, ours_also_back, values};

/// (batch, channels, …); `weight` and `bias` are (channels).
pub fn group_norm(
    x: &Tensor,
    weight: &Tensor,
    bias: &Tensor,
    groups: usize,
    eps: f64,
    silu: bool,
) -> Result<Tensor> {
    if ours_also_back(x) {
        let op = Norm { groups, eps, silu };
        return x.contiguous()?.apply_op3(weight, bias, op);
    }
    by_formula(x, weight, bias, Norm { groups, eps, silu })
}

fn by_formula(x: &Tensor, weight: &Tensor, bias: &Tensor, norm: Norm) -> Result<Tensor> {
    let Norm { groups, eps, silu } = norm;
    let (batch, channels) = (x.dim(0)?, x.dim(1)?);
    // squares do not fit into 16 bits
    let exact = match x.dtype() {
        DType::F64 => DType::F64,
        _ => DType::F32,
    };
    let wide = |x: &Tensor| x.to_dtype(exact);
    let flat = wide(x)?.reshape((batch, groups, ()))?;
    let flat = flat.broadcast_sub(&flat.mean_keepdim(D::Minus1)?)?;
    let deviation = (flat.sqr()?.mean_keepdim(D::Minus1)? + eps)?.sqrt()?;
    let y = flat
        .broadcast_div(&deviation)?
        .reshape((batch, channels, ()))?
        .broadcast_mul(&wide(weight)?.unsqueeze(1)?)?
        .broadcast_add(&wide(bias)?.unsqueeze(1)?)?
        .reshape(x.shape())?;
    let y = if silu { y.silu()? } else { y };
    y.to_dtype(x.dtype())
}

#[derive(Clone, Copy)]
struct Norm {
    groups: usize,
    eps: f64,
    silu: bool,
}

impl CustomOp3 for Norm {
    fn name(&self) -> &'static str {
        "group norm"
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
        let (x, weight, bias) = (values(x, lx)?, values(w, lw)?, values(b, lb)?);
        let dims = lx.shape().dims();
        let channels = dims[1];
        let pixels: usize = dims[2..].iter().product();
        let of_group = channels / self.groups;
        let mut out = vec![0.0; x.len()];
        out.par_chunks_exact_mut(of_group * pixels)
            .zip(x.par_chunks_exact(of_group * pixels))
            .enumerate()
            .for_each(|(index, (out, x))| {
                let first = index % self.groups * of_group;
                let (mean, variance) = moments(x);
                let scale = 1.0 / (variance + self.eps).sqrt();
                let planes = out.chunks_exact_mut(pixels).zip(x.chunks_exact(pixels));
                for (channel, (out, x)) in planes.enumerate() {
                    let factor = f64::from(weight[first + channel]) * scale;
                    let shift = f64::from(bias[first + channel]) - mean * factor;
                    if self.silu {
                        scaled_silu(x, factor as f32, shift as f32, out);
                    } else {
                        scaled(x, factor as f32, shift as f32, out);
                    }
                }
            });
        Ok((CpuStorage::F32(out), lx.shape().clone()))
    }

    /// By the formula, gone over again: what lies between its steps is there only for that long.
    fn bwd(
        &self,
        x: &Tensor,
        weight: &Tensor,
        bias: &Tensor,
        _: &Tensor,
        gradient: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        constant(&[weight, bias])?;
        let x = Var::from_tensor(&x.detach())?;
        let y = by_formula(x.as_tensor(), weight, bias, *self)?;
        let mut gradients = (y * gradient)?.sum_all()?.backward()?;
        Ok((gradients.remove(&x), None, None))
    }
}

/// Mean and variance, summed in eight lanes of f32 over short runs and in f64 over the runs.
pub(super) fn moments(x: &[f32]) -> (f64, f64) {
    let (mut sum, mut squares) = (0.0f64, 0.0f64);
    let pivot = x.first().copied().unwrap_or(0.0);
    for run in x.chunks(512) {
        let (run_sum, run_squares) = sums(run, pivot);
        sum += f64::from(run_sum);
        squares += f64::from(run_squares);
    }
    let count = x.len() as f64;
    let mean = sum / count;
    (
        mean + f64::from(pivot),
        (squares / count - mean * mean).max(0.0),
    )
}

vectorised! {
    /// Sum and sum of squares of the distances from `pivot`.
    fn sums(run: &[f32], pivot: f32) -> (f32, f32) {
        let (mut sum, mut squares) = ([0.0f32; 8], [0.0f32; 8]);
        let (lanes, rest) = run.as_chunks::<8>();
        for lane in lanes {
            for i in 0..8 {
                let d = lane[i] - pivot;
                sum[i] += d;
                squares[i] += d * d;
            }
        }
        for (i, value) in rest.iter().enumerate() {
            let d = value - pivot;
            sum[i] += d;
            squares[i] += d * d;
        }
        (sum.iter().sum(), squares.iter().sum())
    }
}

vectorised! {
    fn scaled(x: &[f32], factor: f32, shift: f32, out: &mut [f32]) {
        for (out, x) in out.iter_mut().zip(x) {
            *out = x * factor + shift;
        }
    }
}

vectorised! {
    pub(super) fn scaled_silu(x: &[f32], factor: f32, shift: f32, out: &mut [f32]) {
        for (out, x) in out.iter_mut().zip(x) {
            let y = x * factor + shift;
            *out = y / (1.0 + fast::exp2(-y * std::f32::consts::LOG2_E));
        }
    }
}
