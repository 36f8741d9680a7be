//! The autoencoder of FLUX.2 (diffusers' AutoencoderKLFlux2): what the denoiser sees are squares of 2 × 2 latent px, each
//! of their channels normalised by the mean and variance that it had in training.

use candle_core::{Result, Tensor};

use super::config::Flux2VaeConfig;
use crate::checkpoint::Weights;
use crate::vae::Vae;

/// The autoencoder and its batch norm.
pub(crate) struct Flux2Vae {
    vae: Vae,
    mean: Tensor,      // (1, 4 · channels, 1, 1)
    deviation: Tensor, // likewise
}

impl Flux2Vae {
    pub(crate) fn new(config: &Flux2VaeConfig, vb: Weights) -> Result<Self> {
        let channels = config.channels();
        let vae = Vae::new(&config.vae, vb.clone())?;
        let of_channels = |name: &str| {
            vb.pp("bn")
                .get(channels, name)?
                .reshape((1, channels, 1, 1))
        };
        Ok(Self {
            vae,
            mean: of_channels("running_mean")?,
            deviation: (of_channels("running_var")? + config.batch_norm_eps)?.sqrt()?,
        })
    }

    /// The most likely latents of a picture (batch, 3, height, width) in [-1, 1]: (batch, channels, height, width), a
    /// sixteenth of the picture's size where the autoencoder has four floors.
    pub(crate) fn encode(&self, picture: &Tensor) -> Result<Tensor> {
        squares(&self.vae.encode(picture)?)?
            .broadcast_sub(&self.mean)?
            .broadcast_div(&self.deviation)
    }

    /// The picture of latents, about [-1, 1].
    pub(crate) fn decode(&self, latents: &Tensor) -> Result<Tensor> {
        self.vae.decode(&self.pixels(latents)?)
    }

    /// Latents as the autoencoder has them, (batch, channels / 4, 2 height, 2 width).
    pub(crate) fn pixels(&self, latents: &Tensor) -> Result<Tensor> {
        let latents = latents
            .broadcast_mul(&self.deviation)?
            .broadcast_add(&self.mean)?;
        pixels(&latents)
    }
}

/// (batch, channels, 2 height, 2 width) to (batch, 4 channels, height, width).
fn squares(latents: &Tensor) -> Result<Tensor> {
    let (batch, channels, height, width) = latents.dims4()?;
    latents
        .reshape(vec![batch, channels, height / 2, 2, width / 2, 2])?
        .permute(vec![0, 1, 3, 5, 2, 4])?
        .reshape((batch, 4 * channels, height / 2, width / 2))
}

/// The way back.
fn pixels(latents: &Tensor) -> Result<Tensor> {
    let (batch, channels, height, width) = latents.dims4()?;
    latents
        .reshape(vec![batch, channels / 4, 2, 2, height, width])?
        .permute(vec![0, 1, 4, 2, 5, 3])?
        .reshape((batch, channels / 4, 2 * height, 2 * width))
}
