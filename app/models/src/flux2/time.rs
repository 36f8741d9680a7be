//! How the network is told the time: as cosines and sines (Vaswani et al. 2017), through a small perceptron.

use candle_core::{Result, Tensor};

use super::config::Flux2Config;
use crate::checkpoint::Weights;
use crate::layers::{Linear, waves};

/// Flux2TimestepGuidanceEmbeddings.
pub(super) struct TimeEmbedding {
    timestep_embedder: Perceptron,
    waves: usize,
}

impl TimeEmbedding {
    pub(super) fn new(config: &Flux2Config, vb: Weights) -> Result<Self> {
        let (waves, width) = (config.timestep_guidance_channels, config.width());
        let perceptron = |name: &str| Perceptron::new(waves, width, vb.pp(name));
        if config.guidance_embeds {
            // of networks that are told how strongly to follow the text; klein never is, in the reference neither
            perceptron("guidance_embedder")?;
        }
        Ok(Self {
            timestep_embedder: perceptron("timestep_embedder")?,
            waves,
        })
    }

    /// (1, 1, width) after SiLU, which everything that reads it begins with. `time` is σ, from 1 (noise) to 0.
    pub(super) fn forward(&self, time: f32, like: &Tensor) -> Result<Tensor> {
        let waves = waves(time * 1000.0, self.waves, true, 0.0);
        let waves = Tensor::from_vec(waves, (1, 1, self.waves), like.device())?;
        self.timestep_embedder
            .forward(&waves.to_dtype(like.dtype())?)?
            .silu()
    }
}

/// TimestepEmbedding without biases.
struct Perceptron {
    linear_1: Linear,
    linear_2: Linear,
}

impl Perceptron {
    fn new(waves: usize, width: usize, vb: Weights) -> Result<Self> {
        Ok(Self {
            linear_1: Linear::no_bias(waves, width, vb.pp("linear_1"))?,
            linear_2: Linear::no_bias(width, width, vb.pp("linear_2"))?,
        })
    }

    fn forward(&self, waves: &Tensor) -> Result<Tensor> {
        self.linear_2
            .forward(&self.linear_1.forward(waves)?.silu()?)
    }
}
