//! The autoencoder of latent diffusion (Rombach et al. 2022; diffusers' AutoencoderKL): pictures to latents of an
//! eighth of their size, and back.

mod blocks;
mod config;

use candle_core::{Result, Tensor};

use crate::checkpoint::Weights;
use crate::layers::Conv2d;
use blocks::{Decoder, Encoder};
pub(crate) use config::VaeConfig;

/// Both halves of the autoencoder.
pub(crate) struct Vae {
    encoder: Encoder,
    quant_conv: Option<Conv2d>,
    post_quant_conv: Option<Conv2d>,
    decoder: Decoder,
    latent_channels: usize,
    scaling_factor: f64,
    shift_factor: f64,
}

impl Vae {
    /// Its tensors have the names that they have since diffusers 0.17.
    pub(crate) fn new(config: &VaeConfig, vb: Weights) -> Result<Self> {
        let latent = config.latent_channels;
        let one_pixel = |wanted: bool, channels: usize, name: &str| {
            wanted
                .then(|| Conv2d::one_pixel(channels, channels, vb.pp(name)))
                .transpose()
        };
        Ok(Self {
            encoder: Encoder::new(config, vb.pp("encoder"))?,
            quant_conv: one_pixel(config.use_quant_conv, 2 * latent, "quant_conv")?,
            post_quant_conv: one_pixel(config.use_post_quant_conv, latent, "post_quant_conv")?,
            decoder: Decoder::new(config, vb.pp("decoder"))?,
            latent_channels: latent,
            scaling_factor: config.scaling_factor,
            shift_factor: config.shift_factor.unwrap_or(0.0),
        })
    }

    /// The most likely latents of a picture, before scaling. The picture is (batch, 3, height, width) in [-1, 1] with
    /// sides that are multiples of the factor.
    pub(crate) fn encode(&self, picture: &Tensor) -> Result<Tensor> {
        let moments = self.encoder.forward(picture)?;
        let moments = match &self.quant_conv {
            Some(conv) => conv.forward(&moments)?,
            None => moments,
        };
        moments.narrow(1, 0, self.latent_channels)?.contiguous()
    }

    /// The picture of latents before scaling, about [-1, 1].
    pub(crate) fn decode(&self, latents: &Tensor) -> Result<Tensor> {
        match &self.post_quant_conv {
            Some(conv) => self.decoder.forward(&conv.forward(latents)?),
            None => self.decoder.forward(latents),
        }
    }

    /// From the autoencoder's latents to the denoiser's, whose variance is about 1.
    pub(crate) fn scaled(&self, latents: &Tensor) -> Result<Tensor> {
        (latents - self.shift_factor)? * self.scaling_factor
    }

    /// From the denoiser's latents, whose variance is about 1, to the autoencoder's own.
    pub(crate) fn unscaled(&self, latents: &Tensor) -> Result<Tensor> {
        (latents / self.scaling_factor)? + self.shift_factor
    }
}
