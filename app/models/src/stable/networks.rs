//! The three networks of Stable Diffusion, loaded from one checkpoint and held to each other.

use std::sync::Arc;

use candle_core::{DType, Device, Result, Tensor};

use crate::ModelError;
use crate::checkpoint::{Checkpoint, fingerprint, names};
use crate::clip::{TextConfig, TextEncoder, Tokenizer, Tokens};
use crate::diffusion::Sizes;
use crate::residency::{Held, House, Part, one_by_one};
use crate::sampler::Schedule;
use crate::unet::{SCORES, Unet, UnetConfig, Wish};
use crate::vae::{Vae, VaeConfig};

/// Tokenizer, text encoder, autoencoder, denoiser and noise schedule.
pub struct Networks {
    tokenizer: Tokenizer,
    text_encoder: Part<TextEncoder>,
    /// small beside the others, and never sent out
    vae: Vae,
    /// and what it computes in
    unet: Part<(Unet, DType)>,
    house: Arc<House>,
    schedule: Schedule,
    device: Device,
    sizes: Sizes,
    weights: String,
}

impl Networks {
    /// Loads all of it. The denoiser takes `pictures` latents side by side: the noisy ones, and with 2 a photo's.
    pub fn of(
        checkpoint: &Checkpoint,
        device: &Device,
        pictures: usize,
    ) -> std::result::Result<Self, ModelError> {
        let folder = checkpoint.folder();
        let text = TextConfig::read(checkpoint)?;
        let vae = VaeConfig::of(&checkpoint.settings("vae")?)?;
        let unet = UnetConfig::of(&checkpoint.settings("unet")?)?;
        agree(&text, &vae, &unet, pictures).map_err(|what| ModelError::Weights {
            what,
            path: folder.to_owned(),
        })?;
        let schedule = Schedule::open(checkpoint)?;
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
        let sizes = Sizes {
            latent_channels: vae.latent_channels,
            factor: vae.factor(),
            multiple: vae.factor() * unet.factor(),
            side: vae.factor() * unet.sample_size,
        };
        let vae =
            checkpoint
                .tensors("vae", names::AUTOENCODER)?
                .build(device, DType::F32, |vb| Vae::new(&vae, vb))?;
        let house = House::of(device);
        let place = (&house, device);
        let (unet, unet_print) = Part::of(place, checkpoint, "unet", &[], Held::Full, move |vb| {
            Ok((Unet::new(&unet, vb.clone())?, vb.dtype()))
        })?;
        // last, since it is needed first
        let (text_encoder, text_print) = Part::of(
            place,
            checkpoint,
            "text_encoder",
            names::CLIP_TEXT,
            Held::Full,
            move |vb| TextEncoder::new(&text, vb),
        )?;
        let weights = fingerprint(&[&text_print, &vae.fingerprint, &unet_print]);
        Ok(Self {
            tokenizer,
            text_encoder,
            vae: vae.network,
            unet,
            house,
            schedule,
            device: device.clone(),
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
    /// The memory that its networks share.
    pub fn house(&self) -> &House {
        &self.house
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
        self.text_encoder.get()?.forward(&tokens.ids)
    }

    /// The state that stands for all of a text, (1, width).
    pub fn pooled(&self, tokens: &Tokens) -> Result<Tensor> {
        let encoder = self.text_encoder.get()?;
        encoder.pooled(&tokens.ids, &encoder.forward(&tokens.ids)?)
    }

    /// The latents of a picture (1, 3, height, width) in [-1, 1], not scaled: so the denoiser gets to see them.
    pub fn encode(&self, picture: &Tensor) -> Result<Tensor> {
        self.vae.encode(picture)
    }

    /// The picture of denoised latents, (1, 3, height, width), about [-1, 1].
    pub fn decode(&self, latents: &Tensor) -> Result<Tensor> {
        self.vae.decode(&self.vae.unscaled(latents)?)
    }

    /// Latents of [`Self::encode`] on the denoiser's scale.
    pub fn scaled(&self, latents: &Tensor) -> Result<Tensor> {
        self.vae.scaled(latents)
    }

    /// One call of the denoiser, (batch, channels of all pictures, height, width).
    pub fn denoise(&self, latents: &Tensor, time: f32, text: &Tensor) -> Result<Tensor> {
        let (unet, dtype) = &*self.unet.get()?;
        let (latents, text) = (latents.to_dtype(*dtype)?, text.to_dtype(*dtype)?);
        one_by_one(&self.house, &latents, &text, |latents, text| {
            unet.forward(latents, time, text, None)
        })?
        .to_dtype(DType::F32)
    }

    /// The same of a denoiser that is told how well the edit shall be judged.
    pub fn denoise_towards(
        &self,
        latents: &Tensor,
        time: f32,
        text: &Tensor,
        wish: &Wish,
    ) -> Result<Tensor> {
        let (unet, dtype) = &*self.unet.get()?;
        let (latents, text) = (latents.to_dtype(*dtype)?, text.to_dtype(*dtype)?);
        unet.forward(&latents, time, &text, Some(wish))?
            .to_dtype(DType::F32)
    }

    /// Whether the denoiser is to be told how well the edit shall be judged.
    pub fn wants_rewards(&self) -> Result<bool> {
        Ok(self.unet.get()?.0.wants_rewards())
    }

    /// How well the edit shall be judged: scores of instruction following, detail preserving and quality, 0 to 5, and the
    /// state that stands for the words of the judgement, (1, width).
    pub fn wish(&self, scores: [f32; SCORES], words: &Tensor) -> Result<Wish> {
        let (unet, dtype) = &*self.unet.get()?;
        unet.wish(scores, &words.to_dtype(*dtype)?)
    }
}

/// Whether the networks fit each other.
fn agree(
    text: &TextConfig,
    vae: &VaeConfig,
    unet: &UnetConfig,
    pictures: usize,
) -> std::result::Result<(), String> {
    let latent = vae.latent_channels;
    if unet.in_channels != pictures * latent || unet.out_channels != latent {
        return Err(format!(
            "the denoiser takes {} channels and gives {}, where this kind of model needs {} and {latent}",
            unet.in_channels,
            unet.out_channels,
            pictures * latent
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
