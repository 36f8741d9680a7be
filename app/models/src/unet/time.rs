//! How the network is told the time: as sines and cosines (Vaswani et al. 2017), through a small perceptron.

use candle_core::{Result, Tensor};

use super::UnetConfig;
use crate::checkpoint::Weights;
use crate::layers::{Linear, waves};

/// Sinusoidal projection and TimestepEmbedding.
pub(super) struct TimeEmbedding {
    linear_1: Linear,
    linear_2: Linear,
    /// numbers in the projection
    waves: usize,
    cosines_first: bool,
    freq_shift: f32,
    width: usize,
}

impl TimeEmbedding {
    pub(super) fn new(config: &UnetConfig, waves: usize, vb: Weights) -> Result<Self> {
        let width = config.time_embedding_dim.unwrap_or(4 * waves);
        Ok(Self {
            linear_1: Linear::new(waves, width, vb.pp("linear_1"))?,
            linear_2: Linear::new(width, width, vb.pp("linear_2"))?,
            waves,
            cosines_first: config.flip_sin_to_cos,
            freq_shift: config.freq_shift,
            width,
        })
    }

    /// Numbers in the embedding.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// The embedded time after SiLU, (batch, width), for the batch and device of `like`: all residual blocks begin
    /// with that SiLU. `more`, (1, width), is added before it.
    pub(super) fn forward(
        &self,
        time: f32,
        like: &Tensor,
        more: Option<&Tensor>,
    ) -> Result<Tensor> {
        let waves = waves(time, self.waves, self.cosines_first, self.freq_shift);
        let waves =
            Tensor::from_vec(waves, (1, 1, self.waves), like.device())?.to_dtype(like.dtype())?;
        let mut embedded = self
            .linear_2
            .forward(&self.linear_1.forward(&waves)?.silu()?)?
            .squeeze(1)?;
        if let Some(more) = more {
            embedded = (embedded + more)?;
        }
        let batch = like.dim(0)?;
        embedded
            .silu()?
            .broadcast_as((batch, self.width))?
            .contiguous()
    }
}
