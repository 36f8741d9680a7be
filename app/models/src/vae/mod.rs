//! The autoencoder of latent diffusion (Rombach et al. 2022; diffusers' AutoencoderKL): pictures to latents of an
//! eighth of their size, and back.

mod blocks;
mod config;
mod memory;
#[cfg(test)]
mod tests;
mod tiled;
mod tiny;

use candle_core::{Result, Tensor};

use crate::checkpoint::Weights;
use crate::layers::Conv2d;
use blocks::{Decoder, Encoder};
pub(crate) use config::VaeConfig;
use memory::Tiles;
pub(crate) use tiny::TinyVae;

/// Both halves of the autoencoder.
pub(crate) struct Vae {
    encoder: Encoder,
    quant_conv: Option<Conv2d>,
    post_quant_conv: Option<Conv2d>,
    decoder: Decoder,
    latent_channels: usize,
    scaling_factor: f64,
    shift_factor: f64,
    config: VaeConfig,
    /// for the layers of one picture; what needs more goes over tiles
    most_bytes: usize,
}

/// What layers may take where nothing is said: a picture of 1024 × 1024 px as a whole.
const MOST_BYTES: usize = 4 << 30;

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
            config: config.clone(),
            most_bytes: MOST_BYTES,
        })
    }

    /// The same with so many bytes at most for the layers of a picture, weights not counted. Larger pictures go over tiles;
    /// what they give differs from the whole by less than eight bits show.
    #[cfg(test)]
    pub(crate) fn within(self, most_bytes: usize) -> Self {
        Self { most_bytes, ..self }
    }

    /// The most likely latents of a picture, before scaling. The picture is (batch, 3, height, width) in [-1, 1] with
    /// sides that are multiples of the factor.
    pub(crate) fn encode(&self, picture: &Tensor) -> Result<Tensor> {
        let (batch, _, height, width) = picture.dims4()?;
        let factor = self.config.factor();
        let tiles = self.tiles(false, batch, (height / factor, width / factor));
        let moments = self.encoder.forward(picture, tiles)?;
        let moments = match &self.quant_conv {
            Some(conv) => conv.forward(&moments)?,
            None => moments,
        };
        moments.narrow(1, 0, self.latent_channels)?.contiguous()
    }

    /// The picture of latents before scaling, about [-1, 1].
    pub(crate) fn decode(&self, latents: &Tensor) -> Result<Tensor> {
        let (batch, _, height, width) = latents.dims4()?;
        let tiles = self.tiles(true, batch, (height, width));
        match &self.post_quant_conv {
            Some(conv) => self.decoder.forward(&conv.forward(latents)?, tiles),
            None => self.decoder.forward(latents, tiles),
        }
    }

    /// How latents of this size are gone over. Several pictures at once are never cut.
    fn tiles(&self, decoder: bool, batch: usize, latents: (usize, usize)) -> Tiles {
        match batch {
            1 => memory::tiles(&self.config, decoder, latents, self.most_bytes),
            _ => None,
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
