//! The Gaussian error unit (Hendrycks & Gimpel 2016): by its hyperbolic tangent, as FLUX.1 and T5 have it, by the
//! logistic function, as CLIP has it, and exactly.

use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor};
use rayon::prelude::*;
use retake_pixels::{fast, vectorised};

use super::gate::tail;
use super::{ours, values};

/// ½ x (1 + tanh(√(2/π) (x + 0.044715 x³))) of every number.
pub fn gelu_tanh(x: &Tensor) -> Result<Tensor> {
    if ours(x) {
        return x.contiguous()?.apply_op1_no_bwd(&GeluTanh);
    }
    x.gelu()
}

/// ½ x (1 + erf(x / √2)) of every number.
pub fn gelu_erf(x: &Tensor) -> Result<Tensor> {
    if ours(x) {
        return x.contiguous()?.apply_op1_no_bwd(&GeluErf);
    }
    x.gelu_erf()
}

/// x σ(1.702 x) of every number.
pub fn gelu_quick(x: &Tensor) -> Result<Tensor> {
    if ours(x) {
        return x.contiguous()?.apply_op1_no_bwd(&GeluQuick);
    }
    x * candle_nn::ops::sigmoid(&(x * 1.702)?)?
}

struct GeluTanh;

struct GeluQuick;

struct GeluErf;

/// Numbers that one thread takes at a time.
const PIECE: usize = 1 << 14;

fn in_pieces(
    x: &CpuStorage,
    layout: &Layout,
    each: fn(&[f32], &mut [f32]),
) -> Result<(CpuStorage, Shape)> {
    let x = values(x, layout)?;
    let mut out = vec![0.0; x.len()];
    out.par_chunks_mut(PIECE)
        .zip(x.par_chunks(PIECE))
        .for_each(|(out, x)| each(x, out));
    Ok((CpuStorage::F32(out), layout.shape().clone()))
}

impl CustomOp1 for GeluTanh {
    fn name(&self) -> &'static str {
        "gelu"
    }

    fn cpu_fwd(&self, x: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        in_pieces(x, layout, gelu)
    }
}

impl CustomOp1 for GeluQuick {
    fn name(&self) -> &'static str {
        "quick gelu"
    }

    fn cpu_fwd(&self, x: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        in_pieces(x, layout, quick)
    }
}

impl CustomOp1 for GeluErf {
    fn name(&self) -> &'static str {
        "exact gelu"
    }

    fn cpu_fwd(&self, x: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        in_pieces(x, layout, exact)
    }
}

vectorised! {
    fn exact(x: &[f32], out: &mut [f32]) {
        for (out, &x) in out.iter_mut().zip(x) {
            let tail = tail(x);
            *out = x * if x < 0.0 { tail } else { 1.0 - tail };
        }
    }
}

vectorised! {
    fn quick(x: &[f32], out: &mut [f32]) {
        const FACTOR: f32 = -1.702 * std::f32::consts::LOG2_E;
        for (out, &x) in out.iter_mut().zip(x) {
            *out = x / (1.0 + fast::exp2(FACTOR * x));
        }
    }
}

vectorised! {
    fn gelu(x: &[f32], out: &mut [f32]) {
        // ½ (1 + tanh(z)) = 1 / (1 + e^(−2z))
        const FACTOR: f32 = -2.0 * 0.797_884_6 * std::f32::consts::LOG2_E;
        for (out, &x) in out.iter_mut().zip(x) {
            *out = x / (1.0 + fast::exp2(FACTOR * x * (1.0 + 0.044_715 * x * x)));
        }
    }
}

#[cfg(test)]
mod tests {
    use candle_core::{DType, Device, Tensor};

    use super::{gelu_erf, gelu_quick, gelu_tanh};

    #[test]
    fn the_quick_one_is_its_formula_in_64_bits_far_out_too() {
        let x: Vec<f32> = (-60_000..60_000).map(|i| i as f32 * 1e-3).collect();
        let wanted: Vec<f64> = x
            .iter()
            .map(|&x| f64::from(x) / (1.0 + (-1.702 * f64::from(x)).exp()))
            .collect();
        let given = Tensor::from_vec(x, 120_000, &Device::Cpu).expect("numbers");
        let ours = gelu_quick(&given).and_then(|y| y.to_dtype(DType::F64)?.to_vec1::<f64>());
        for (ours, wanted) in ours.expect("numbers").into_iter().zip(wanted) {
            assert!(
                (ours - wanted).abs() < 1e-5 * wanted.abs().max(1.0),
                "{ours} for {wanted}"
            );
        }
    }

    #[test]
    fn the_exact_one_is_its_formula_in_64_bits() {
        let x: Vec<f32> = (-8_000..8_000).map(|i| i as f32 * 1e-3).collect();
        let given = Tensor::from_vec(x, 16_000, &Device::Cpu).expect("numbers");
        let ours = gelu_erf(&given).and_then(|y| y.to_dtype(DType::F64));
        let exact = given.to_dtype(DType::F64).and_then(|x| x.gelu_erf());
        let apart = (ours.expect("numbers") - exact.expect("numbers"))
            .and_then(|d| d.abs()?.max_all()?.to_scalar::<f64>())
            .expect("numbers");
        assert!(apart < 1e-6, "{apart:e} apart");
    }

    #[test]
    fn it_is_its_formula_far_out_too() {
        let x: Vec<f32> = (-40_000..40_000).map(|i| i as f32 * 1e-3).collect();
        let given = Tensor::from_vec(x.clone(), x.len(), &Device::Cpu).expect("numbers");
        let ours: Vec<f32> = gelu_tanh(&given)
            .and_then(|y| y.to_vec1())
            .expect("numbers");
        for (x, ours) in x.into_iter().zip(ours) {
            let x = f64::from(x);
            let inner = (2.0 / std::f64::consts::PI).sqrt() * (x + 0.044_715 * x.powi(3));
            let exact = 0.5 * x * (1.0 + inner.tanh());
            assert!(
                (f64::from(ours) - exact).abs() < 2e-6 * exact.abs().max(1.0),
                "{x}: {ours} {exact}"
            );
        }
    }
}
