//! Mean and variance of groups of channels, apart from the normalisation by them: for layers that are computed in parts.

use candle_core::{CpuStorage, CustomOp3, D, DType, Layout, Result, Shape, Storage, Tensor};
use rayon::prelude::*;

use super::norm::{moments, scaled_silu};
use super::{ours, values};

/// Of a group of channels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moments {
    /// how many values
    pub count: f64,
    /// their mean
    pub mean: f64,
    /// their mean squared distance from it
    pub variance: f64,
}

impl Moments {
    /// Becomes the moments of both together (Chan, Golub & LeVeque 1983).
    pub fn add(&mut self, other: &Self) {
        let count = self.count + other.count;
        let apart = other.mean - self.mean;
        let (a, b) = (self.count / count, other.count / count);
        self.variance = a * self.variance + b * other.variance + a * b * apart * apart;
        self.mean += b * apart;
        self.count = count;
    }

    /// How far the other is from this one: in deviations, and as a share of the deviation.
    pub fn apart(&self, other: &Self) -> f64 {
        let deviation = self.variance.sqrt().max(1e-12);
        let shifted = (self.mean - other.mean).abs() / deviation;
        shifted.max((other.variance.sqrt() / deviation - 1.0).abs())
    }
}

/// The moments of each group of a picture (1, channels, …).
pub fn group_moments(x: &Tensor, groups: usize) -> Result<Vec<Moments>> {
    let flat = x.contiguous()?.reshape((groups, ()))?;
    let length = flat.dim(1)?;
    let count = length as f64;
    let of = |(mean, variance)| Moments {
        count,
        mean,
        variance,
    };
    if ours(&flat) {
        let (storage, layout) = flat.storage_and_layout();
        let Storage::Cpu(storage) = &*storage else {
            candle_core::bail!("a tensor of the processor lies elsewhere");
        };
        let groups = values(storage, layout)?.par_chunks_exact(length);
        return Ok(groups.map(|group| of(moments(group))).collect());
    }
    let mean = flat.mean_keepdim(D::Minus1)?;
    let variance = flat.broadcast_sub(&mean)?.sqr()?.mean(D::Minus1)?;
    let numbers = |x: Tensor| x.to_dtype(DType::F64)?.flatten_all()?.to_vec1::<f64>();
    Ok(numbers(mean)?
        .into_iter()
        .zip(numbers(variance)?)
        .map(of)
        .collect())
}

/// `factor · x + shift` of each channel, through x · σ(x). `x` is (1, channels, …).
pub fn scaled_through_silu(x: &Tensor, factor: &Tensor, shift: &Tensor) -> Result<Tensor> {
    if ours(x) {
        return x.contiguous()?.apply_op3_no_bwd(factor, shift, &Scaled);
    }
    let channels = x.dim(1)?;
    let y = x
        .reshape((1, channels, ()))?
        .broadcast_mul(&factor.unsqueeze(1)?)?
        .broadcast_add(&shift.unsqueeze(1)?)?;
    y.reshape(x.shape())?.silu()
}

struct Scaled;

impl CustomOp3 for Scaled {
    fn name(&self) -> &'static str {
        "scaled through silu"
    }

    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        lx: &Layout,
        factor: &CpuStorage,
        lf: &Layout,
        shift: &CpuStorage,
        ls: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let (x, factor, shift) = (values(x, lx)?, values(factor, lf)?, values(shift, ls)?);
        let pixels = x.len() / factor.len();
        let mut out = vec![0.0; x.len()];
        out.par_chunks_exact_mut(pixels)
            .zip(x.par_chunks_exact(pixels))
            .enumerate()
            .for_each(|(c, (out, x))| scaled_silu(x, factor[c], shift[c], out));
        Ok((CpuStorage::F32(out), lx.shape().clone()))
    }
}
