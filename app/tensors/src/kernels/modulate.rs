//! Normalisation of tokens, and what a transformer of diffusion does around it (Peebles & Xie 2023, adaptive layer
//! norm): scale and shift that depend on the time before a block, a gate after it.

use candle_core::{CpuStorage, CustomOp2, CustomOp3, D, DType, Layout, Result, Shape, Tensor};
use retake_pixels::vectorised;

use super::turn::norm;
use super::{Rows, ours, values};

/// x / √(mean of x² + eps) · weight over the last of (batch, rows, width) (Zhang & Sennrich 2019).
pub fn rms_norm(x: &Tensor, weight: &Tensor, eps: f64) -> Result<Tensor> {
    if ours(x) {
        return x.apply_op2_no_bwd(weight, &RmsNorm { eps: eps as f32 });
    }
    let wide = wide(x);
    let x_wide = x.to_dtype(wide)?;
    let square = (x_wide.sqr()?.mean_keepdim(D::Minus1)? + eps)?;
    x_wide
        .broadcast_div(&square.sqrt()?)?
        .broadcast_mul(&weight.to_dtype(wide)?)?
        .to_dtype(x.dtype())
}

/// Layer norm of (batch, rows, width) without weights of its own, then · (1 + scale) + shift, each (batch or 1, width).
pub fn modulated(x: &Tensor, scale: &Tensor, shift: &Tensor, eps: f64) -> Result<Tensor> {
    if ours(x) {
        let op = Modulate { eps };
        return x.apply_op3_no_bwd(&scale.contiguous()?, &shift.contiguous()?, &op);
    }
    let wide = wide(x);
    let x_wide = x.to_dtype(wide)?;
    let centred = x_wide.broadcast_sub(&x_wide.mean_keepdim(D::Minus1)?)?;
    let variance = (centred.sqr()?.mean_keepdim(D::Minus1)? + eps)?;
    centred
        .broadcast_div(&variance.sqrt()?)?
        .to_dtype(x.dtype())?
        .broadcast_mul(&(scale + 1.0)?.unsqueeze(1)?)?
        .broadcast_add(&shift.unsqueeze(1)?)
}

/// x + gate · y for (batch, rows, width) and a gate of (batch or 1, width).
pub fn gated_sum(x: &Tensor, gate: &Tensor, y: &Tensor) -> Result<Tensor> {
    if ours(x) {
        return x.apply_op3_no_bwd(&gate.contiguous()?, y, &GatedSum);
    }
    x + y.broadcast_mul(&gate.unsqueeze(1)?)?
}

/// What sums over many features are made in where the kernels do not serve.
fn wide(x: &Tensor) -> DType {
    match x.dtype() {
        DType::F64 => DType::F64,
        _ => DType::F32,
    }
}

/// One row of (batch or 1, width) for each batch.
fn of_batch(values: &[f32], width: usize, batch: usize) -> &[f32] {
    let first = batch * width % values.len();
    &values[first..first + width]
}

struct RmsNorm {
    eps: f32,
}

impl CustomOp2 for RmsNorm {
    fn name(&self) -> &'static str {
        "rms norm"
    }
    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        lx: &Layout,
        w: &CpuStorage,
        lw: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let (x, weight) = (Rows::of(x, lx)?, values(w, lw)?);
        Ok(x.each(|_, _, x, out| {
            out.copy_from_slice(x);
            norm(out, weight, self.eps);
        }))
    }
}

struct Modulate {
    eps: f64,
}

impl CustomOp3 for Modulate {
    fn name(&self) -> &'static str {
        "modulate"
    }
    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        lx: &Layout,
        scale: &CpuStorage,
        lscale: &Layout,
        shift: &CpuStorage,
        lshift: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let x = Rows::of(x, lx)?;
        let (scale, shift) = (values(scale, lscale)?, values(shift, lshift)?);
        Ok(x.each(|batch, _, x, out| {
            let (mean, variance) = super::norm::moments(x);
            let factor = (1.0 / (variance + self.eps).sqrt()) as f32;
            let (scale, shift) = (
                of_batch(scale, x.len(), batch),
                of_batch(shift, x.len(), batch),
            );
            scale_and_shift(x, mean as f32, factor, scale, shift, out);
        }))
    }
}

struct GatedSum;

impl CustomOp3 for GatedSum {
    fn name(&self) -> &'static str {
        "gated sum"
    }
    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        lx: &Layout,
        gate: &CpuStorage,
        lgate: &Layout,
        y: &CpuStorage,
        ly: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let (x, gate, y) = (Rows::of(x, lx)?, values(gate, lgate)?, Rows::of(y, ly)?);
        let [_, rows, _] = x.dims();
        if y.dims() != x.dims() {
            candle_core::bail!("{:?} and {:?} do not add up", x.dims(), y.dims());
        }
        Ok(x.each(|batch, row, x, out| {
            let gate = of_batch(gate, x.len(), batch);
            add_gated(x, gate, y.row(batch * rows + row), out);
        }))
    }
}

vectorised! {
    fn scale_and_shift(x: &[f32], mean: f32, factor: f32, scale: &[f32], shift: &[f32], out: &mut [f32]) {
        for (((out, x), scale), shift) in out.iter_mut().zip(x).zip(scale).zip(shift) {
            *out = (x - mean) * factor * (1.0 + scale) + shift;
        }
    }
}

vectorised! {
    fn add_gated(x: &[f32], gate: &[f32], y: &[f32], out: &mut [f32]) {
        for (((out, x), gate), y) in out.iter_mut().zip(x).zip(gate).zip(y) {
            *out = x + gate * y;
        }
    }
}
