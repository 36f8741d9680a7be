//! Gated units (Shazeer 2020): some features, times an activation of as many others. GEGLU with the exact GELU is in the
//! transformers of Stable Diffusion, SwiGLU in Qwen and FLUX.2.

use candle_core::{CpuStorage, CustomOp1, CustomOp2, D, Layout, Result, Shape, Tensor};
use rayon::prelude::*;
use retake_pixels::{fast, vectorised};

use super::{Rows, ours, values};

/// (…, 2 n) to (…, n).
pub fn geglu(x: &Tensor) -> Result<Tensor> {
    if ours(x) {
        return x.contiguous()?.apply_op1_no_bwd(&Geglu);
    }
    let halves = x.chunk(2, D::Minus1)?;
    &halves[0] * halves[1].gelu_erf()?
}

/// silu(gates) · values, each (batch, rows, n), possibly parts of wider rows.
pub fn swiglu(gates: &Tensor, values: &Tensor) -> Result<Tensor> {
    if ours(gates) {
        return gates.apply_op2_no_bwd(values, &Swiglu);
    }
    gates.contiguous()?.silu()? * values
}

struct Geglu;

impl CustomOp1 for Geglu {
    fn name(&self) -> &'static str {
        "geglu"
    }

    fn cpu_fwd(&self, x: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let x = values(x, layout)?;
        let mut dims = layout.shape().dims().to_vec();
        let Some(last) = dims.last_mut() else {
            candle_core::bail!("a gate needs features");
        };
        let width = *last / 2;
        *last = width;
        let mut out = vec![0.0; x.len() / 2];
        out.par_chunks_exact_mut(width)
            .zip(x.par_chunks_exact(2 * width))
            .with_min_len(16)
            .for_each(|(out, x)| gate(&x[..width], &x[width..], out));
        Ok((CpuStorage::F32(out), dims.into()))
    }
}

struct Swiglu;

impl CustomOp2 for Swiglu {
    fn name(&self) -> &'static str {
        "swiglu"
    }

    fn cpu_fwd(
        &self,
        g: &CpuStorage,
        lg: &Layout,
        v: &CpuStorage,
        lv: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let (gates, values) = (Rows::of(g, lg)?, Rows::of(v, lv)?);
        let [_, rows, _] = gates.dims();
        if values.dims() != gates.dims() {
            candle_core::bail!("{:?} do not gate {:?}", gates.dims(), values.dims());
        }
        Ok(gates.each(|batch, row, gates, out| {
            silu_gate(gates, values.row(batch * rows + row), out);
        }))
    }
}

vectorised! {
    fn silu_gate(gates: &[f32], values: &[f32], out: &mut [f32]) {
        for ((out, gate), value) in out.iter_mut().zip(gates).zip(values) {
            *out = gate / (1.0 + fast::exp2(-gate * std::f32::consts::LOG2_E)) * value;
        }
    }
}

/// ½ erfc(|x| / √2) for |x|, the tail of the normal distribution, by Abramowitz & Stegun 7.1.26; absolute error below 1e-7.
#[inline(always)]
pub(super) fn tail(x: f32) -> f32 {
    let z = x.abs() * std::f32::consts::FRAC_1_SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * z);
    let series = t
        * (0.254_829_6
            + t * (-0.284_496_74 + t * (1.421_413_7 + t * (-1.453_152_1 + t * 1.061_405_4))));
    0.5 * series * fast::exp2(-z * z * std::f32::consts::LOG2_E)
}

vectorised! {
    fn gate(values: &[f32], gates: &[f32], out: &mut [f32]) {
        for ((out, value), &gate) in out.iter_mut().zip(values).zip(gates) {
            let tail = tail(gate);
            let share = if gate < 0.0 { tail } else { 1.0 - tail };
            *out = value * gate * share;
        }
    }
}
