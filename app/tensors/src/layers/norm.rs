//! Group normalisation (Wu & He 2018) and layer normalisation (Ba et al. 2016).

use candle_core::{Result, Tensor};

use crate::checkpoint::Weights;
use crate::kernels::{self, Moments};

/// Brings each group of channels to mean 0 and variance 1, then scales and shifts each channel.
#[derive(Clone, Debug)]
pub struct GroupNorm {
    weight: Tensor,
    bias: Tensor,
    groups: usize,
    eps: f64,
}

impl GroupNorm {
    /// `eps` is added to the variance.
    pub fn new(groups: usize, channels: usize, eps: f64, vb: Weights) -> Result<Self> {
        if groups == 0 || !channels.is_multiple_of(groups) {
            candle_core::bail!("{channels} channels cannot be shared by {groups} groups");
        }
        Ok(Self {
            weight: vb.get(channels, "weight")?,
            bias: vb.get(channels, "bias")?,
            groups,
            eps,
        })
    }

    /// (batch, channels, …), normalised.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        kernels::group_norm(x, &self.weight, &self.bias, self.groups, self.eps, false)
    }

    /// … and through x · σ(x).
    pub fn forward_silu(&self, x: &Tensor) -> Result<Tensor> {
        kernels::group_norm(x, &self.weight, &self.bias, self.groups, self.eps, true)
    }

    /// The moments of each group, of (1, channels, …).
    pub fn moments(&self, x: &Tensor) -> Result<Vec<Moments>> {
        kernels::group_moments(x, self.groups)
    }

    /// The same as [`Self::forward_silu`] for a part of something whose moments are these.
    pub fn forward_silu_by(&self, x: &Tensor, moments: &[Moments]) -> Result<Tensor> {
        let of_group = x.dim(1)? / self.groups;
        let apart = |of: fn(&Moments, f64) -> f64| -> Result<Tensor> {
            let values: Vec<f32> = moments
                .iter()
                .flat_map(|m| std::iter::repeat_n(of(m, self.eps) as f32, of_group))
                .collect();
            Tensor::from_vec(values, x.dim(1)?, x.device())?.to_dtype(x.dtype())
        };
        let scale = apart(|m, eps| 1.0 / (m.variance + eps).sqrt())?;
        let factor = (&self.weight * scale)?;
        let shift = (&self.bias - (apart(|m, _| m.mean)? * &factor)?)?;
        kernels::scaled_through_silu(x, &factor, &shift)
    }
}

/// Brings each row to mean 0 and variance 1, then scales and shifts each column.
#[derive(Clone, Debug)]
pub struct LayerNorm {
    weight: Tensor,
    bias: Tensor,
    eps: f32,
}

impl LayerNorm {
    /// `eps` is added to the variance.
    pub fn new(width: usize, eps: f64, vb: Weights) -> Result<Self> {
        Ok(Self {
            weight: vb.get(width, "weight")?,
            bias: vb.get(width, "bias")?,
            eps: eps as f32,
        })
    }

    /// (…, width), normalised.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        if x.track_op() {
            // the kernel does not know its gradient
            return candle_nn::ops::layer_norm_slow(x, &self.weight, &self.bias, self.eps);
        }
        candle_nn::ops::layer_norm(&x.contiguous()?, &self.weight, &self.bias, self.eps)
    }
}
