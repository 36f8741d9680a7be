//! The three networks of InstructPix2Pix (Brooks et al. 2023), loaded from one checkpoint and held to each other.

use std::path::Path;

use candle_core::{DType, Device, Result, Tensor};

use crate::ModelError;
use crate::checkpoint::{Built, Checkpoint, names};
use crate::clip::{TextConfig, TextEncoder, Tokenizer, Tokens};
use crate::sampler::Schedule;
use crate::unet::{Unet, UnetConfig};
use crate::vae::{Vae, VaeConfig};

/// What `model_index.json` calls the pipeline.
const PIPELINE: &str = "StableDiffusionInstructPix2PixPipeline";

/// Tokenizer, text encoder, autoencoder, denoiser and noise schedule.
pub struct Networks {
    tokenizer: Tokenizer,
    text_encoder: TextEncoder,
    vae: Vae,
    unet: Unet,
    schedule: Schedule,
    device: Device,
    sizes: Sizes,
    weights: String,
}

/// Numbers that the pictures depend on.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    /// channels of the latents
    pub latent_channels: usize,
    /// picture px to one latent px
    pub factor: usize,
    /// the sides of a picture are multiples of this, px
    pub multiple: usize,
    /// the side of the squares that the network was trained on, px
    pub side: usize,
}

/// How strongly text and picture are followed (Brooks et al. 2023, equation 3).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Guidance {
    /// 1 follows the text as the network would by itself, more exaggerates it
    pub text: f64,
    /// the same for the picture
    pub image: f64,
}

impl Networks {
    /// Loads all of it.
    pub fn open(folder: &Path, device: Device) -> std::result::Result<Self, ModelError> {
        let checkpoint = Checkpoint::open(folder)?;
        if checkpoint.pipeline() != PIPELINE {
            return Err(ModelError::Unsupported {
                what: format!(
                    "this is a checkpoint for {}, not for {PIPELINE}",
                    checkpoint.pipeline()
                ),
                path: folder.to_owned(),
            });
        }
        let text = TextConfig::read(&checkpoint)?;
        let vae = VaeConfig::of(&checkpoint.settings("vae")?)?;
        let unet = UnetConfig::of(&checkpoint.settings("unet")?)?;
        agree(&text, &vae, &unet).map_err(|what| ModelError::Weights {
            what,
            path: folder.to_owned(),
        })?;
        let schedule = Schedule::open(&checkpoint)?;
        let tokenizer = Tokenizer::open(&folder.join("tokenizer"), text.max_position_embeddings)?;
        if tokenizer.size() > text.vocab_size {
            return Err(ModelError::Weights {
                what: format!(
                    "the tokenizer has {} words and the text encoder only {}",
                    tokenizer.size(),
                    text.vocab_size
                ),
                path: folder.to_owned(),
            });
        }
        let text_encoder = checkpoint
            .tensors("text_encoder", names::CLIP_TEXT)?
            .build(&device, DType::F32, |vb| TextEncoder::new(&text, vb))?;
        let sizes = Sizes {
            latent_channels: vae.latent_channels,
            factor: vae.factor(),
            multiple: vae.factor() * unet.factor(),
            side: vae.factor() * unet.sample_size,
        };
        let vae =
            checkpoint
                .tensors("vae", names::AUTOENCODER)?
                .build(&device, DType::F32, |vb| Vae::new(&vae, vb))?;
        let unet = checkpoint
            .tensors("unet", &[])?
            .build(&device, DType::F32, |vb| Unet::new(&unet, vb))?;
        let weights = fingerprint(&[
            &text_encoder.fingerprint,
            &vae.fingerprint,
            &unet.fingerprint,
        ]);
        let Built { network: unet, .. } = unet;
        Ok(Self {
            tokenizer,
            text_encoder: text_encoder.network,
            vae: vae.network,
            unet,
            schedule,
            device,
            sizes,
            weights,
        })
    }

    /// Numbers that the pictures depend on.
    pub fn sizes(&self) -> Sizes {
        self.sizes
    }
    /// Where it computes.
    pub fn device(&self) -> &Device {
        &self.device
    }
    /// The noise schedule that it was trained with.
    pub fn schedule(&self) -> &Schedule {
        &self.schedule
    }
    /// SHA-256 of all weights, in hexadecimal digits.
    pub fn weights(&self) -> &str {
        &self.weights
    }

    /// The tokens of a text.
    pub fn tokens(&self, text: &str) -> std::result::Result<Tokens, ModelError> {
        self.tokenizer.tokens(text)
    }

    /// What the denoiser reads of tokens, (1, tokens, width).
    pub fn text_states(&self, tokens: &Tokens) -> Result<Tensor> {
        self.text_encoder.forward(&tokens.ids)
    }

    /// The latents of a picture (1, 3, height, width) in [-1, 1], not scaled: so the denoiser gets to see them.
    pub fn encode(&self, picture: &Tensor) -> Result<Tensor> {
        self.vae.encode(picture)
    }

    /// The picture of denoised latents, (1, 3, height, width), about [-1, 1].
    pub fn decode(&self, latents: &Tensor) -> Result<Tensor> {
        self.vae.decode(&self.vae.unscaled(latents)?)
    }

    /// Denoised latents on the scale of the autoencoder, which [`Self::encode`] gives.
    pub fn unscaled(&self, latents: &Tensor) -> Result<Tensor> {
        self.vae.unscaled(latents)
    }

    /// One call of the denoiser on latents and, beside them, the latents of the picture to edit.
    pub fn denoise(
        &self,
        latents: &Tensor,
        picture: &Tensor,
        time: f32,
        text: &Tensor,
    ) -> Result<Tensor> {
        self.unet
            .forward(&Tensor::cat(&[latents, picture], 1)?, time, text)
    }

    /// The guided answer of the denoiser: one call with text and picture, with the picture alone, and with neither.
    /// `text` is (3, tokens, width): what is wanted, and twice what is not.
    pub fn guided(
        &self,
        latents: &Tensor,
        picture: &Tensor,
        time: f32,
        text: &Tensor,
        guidance: Guidance,
    ) -> Result<Tensor> {
        let pictures = Tensor::cat(&[picture, picture, &picture.zeros_like()?], 0)?;
        let latents = Tensor::cat(&[latents, latents, latents], 0)?;
        let answers = self.denoise(&latents, &pictures, time, text)?.chunk(3, 0)?;
        let (both, picture, neither) = (&answers[0], &answers[1], &answers[2]);
        let by_text = ((both - picture)? * guidance.text)?;
        let by_picture = ((picture - neither)? * guidance.image)?;
        (neither + by_text)? + by_picture
    }

    /// Whether all numbers are finite.
    pub(super) fn finite(latents: &Tensor) -> Result<bool> {
        // a sum is finite only if its terms are: NaN and infinity survive addition
        let sum = latents
            .to_dtype(DType::F32)?
            .abs()?
            .mean_all()?
            .to_scalar::<f32>()?;
        Ok(sum.is_finite())
    }
}

/// Whether the networks fit each other.
fn agree(text: &TextConfig, vae: &VaeConfig, unet: &UnetConfig) -> std::result::Result<(), String> {
    let latent = vae.latent_channels;
    if unet.in_channels != 2 * latent || unet.out_channels != latent {
        return Err(format!(
            "the denoiser takes {} channels and gives {}, where latents of {latent} beside a picture's need {} and {latent}",
            unet.in_channels,
            unet.out_channels,
            2 * latent
        ));
    }
    match unet.text_width() {
        width if width == text.hidden_size => Ok(()),
        width => Err(format!(
            "the denoiser reads text of width {width}, and the text encoder writes {}",
            text.hidden_size
        )),
    }
}

fn fingerprint(parts: &[&[u8; 32]]) -> String {
    use sha2::{Digest, Sha256};
    let mut hash = Sha256::new();
    parts.iter().for_each(|part| hash.update(part));
    hash.finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
