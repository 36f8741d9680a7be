//! Group normalisation (Wu & He 2018) and layer normalisation (Ba et al. 2016).

use candle_core::{Result, Tensor};

use crate::checkpoint::Weights;
use crate::kernels;

/// Brings each group of channels to mean 0 and variance 1, then scales and shifts each channel.
#[derive(Clone, Debug)]
pub(crate) struct GroupNorm {
    weight: Tensor,
    bias: Tensor,
    groups: usize,
    eps: f64,
}

impl GroupNorm {
    /// `eps` is added to the variance.
    pub(crate) fn new(groups: usize, channels: usize, eps: f64, vb: Weights) -> Result<Self> {
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
    pub(crate) fn forward(&self, x: &Tensor) -> Result<Tensor> {
        kernels::group_norm(x, &self.weight, &self.bias, self.groups, self.eps, false)
    }

    /// … and through x · σ(x).
    pub(crate) fn forward_silu(&self, x: &Tensor) -> Result<Tensor> {
        kernels::group_norm(x, &self.weight, &self.bias, self.groups, self.eps, true)
    }
}

/// Brings each row to mean 0 and variance 1, then scales and shifts each column.
#[derive(Clone, Debug)]
pub(crate) struct LayerNorm {
    weight: Tensor,
    bias: Tensor,
    eps: f32,
}

impl LayerNorm {
    /// `eps` is added to the variance.
    pub(crate) fn new(width: usize, eps: f64, vb: Weights) -> Result<Self> {
        Ok(Self {
            weight: vb.get(width, "weight")?,
            bias: vb.get(width, "bias")?,
            eps: eps as f32,
        })
    }

    /// (…, width), normalised.
    pub(crate) fn forward(&self, x: &Tensor) -> Result<Tensor> {
        candle_nn::ops::layer_norm(&x.contiguous()?, &self.weight, &self.bias, self.eps)
    }
}
