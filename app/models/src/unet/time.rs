//! How the network is told the time: as sines and cosines (Vaswani et al. 2017), through a small perceptron.

use candle_core::{Result, Tensor};

use super::UnetConfig;
use crate::checkpoint::Weights;
use crate::layers::Linear;

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
    /// with that SiLU.
    pub(super) fn forward(&self, time: f32, like: &Tensor) -> Result<Tensor> {
        let waves = Tensor::from_vec(self.project(time), (1, 1, self.waves), like.device())?
            .to_dtype(like.dtype())?;
        let embedded = self
            .linear_2
            .forward(&self.linear_1.forward(&waves)?.silu()?)?;
        let batch = like.dim(0)?;
        embedded
            .silu()?
            .squeeze(1)?
            .broadcast_as((batch, self.width))?
            .contiguous()
    }

    /// In 32-bit floats throughout, as the reference does: at time 999 the rounding of the angle shows.
    fn project(&self, time: f32) -> Vec<f32> {
        let half = self.waves / 2;
        let angle = |i: usize| {
            let exponent = -(10_000f32.ln()) * i as f32 / (half as f32 - self.freq_shift);
            time * exponent.exp()
        };
        let sines = (0..half).map(|i| angle(i).sin());
        let cosines = (0..half).map(|i| angle(i).cos());
        let mut waves: Vec<f32> = if self.cosines_first {
            cosines.chain(sines).collect()
        } else {
            sines.chain(cosines).collect()
        };
        waves.resize(self.waves, 0.0);
        waves
    }
}
