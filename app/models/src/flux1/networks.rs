//! The networks of FLUX.1 Kontext, loaded from one checkpoint and held to each other.

use std::sync::Arc;

use candle_core::{DType, Device, Result, Tensor};

use super::{FluxConfig, FluxTransformer, Place, packed, places_of_picture, unpacked};
use crate::ModelError;
use crate::checkpoint::{Checkpoint, fingerprint, names};
use crate::clip::{TextConfig, TextEncoder, Tokenizer, Tokens};
use crate::diffusion::Sizes;
use crate::residency::{Held, House, Part};
use crate::sampler::{Flow, Plan};
use crate::t5::{T5Config, T5Encoder, T5Tokenizer};
use crate::vae::{Vae, VaeConfig};

/// The side of the squares that the model was trained on, px, where the autoencoder does not say.
const SIDE: usize = 1024;

/// Tokens of T5 that the model was trained with.
const WORDS: usize = 512;

/// Two tokenizers, two text encoders, autoencoder, transformer and noise levels.
pub struct Networks {
    tokenizer: Tokenizer,
    text_encoder: TextEncoder,
    tokenizer_2: T5Tokenizer,
    text_encoder_2: Part<T5Encoder>,
    vae: Vae,
    transformer: Part<FluxTransformer>,
    house: Arc<House>,
    flow: Flow,
    device: Device,
    sizes: Sizes,
    weights: String,
}

/// A text in the tokens of both text encoders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// for the gist
    pub clip: Tokens,
    /// for the details
    pub t5: Tokens,
}

/// What the transformer reads of a text.
#[derive(Clone, Debug)]
pub struct Text {
    /// T5's states, (1, tokens, width)
    pub states: Tensor,
    /// CLIP's state at the end of the text, (1, width)
    pub pooled: Tensor,
}

impl Networks {
    /// Loads all of it.
    pub fn of(checkpoint: &Checkpoint, device: &Device) -> std::result::Result<Self, ModelError> {
        let folder = checkpoint.folder();
        let clip = TextConfig::read(checkpoint)?;
        let t5 = T5Config::of(&checkpoint.settings("text_encoder_2")?)?;
        let vae = VaeConfig::of(&checkpoint.settings("vae")?)?;
        let flux = FluxConfig::of(&checkpoint.settings("transformer")?)?;
        let flow = Flow::open(checkpoint)?;
        let tokenizer = Tokenizer::open(&folder.join("tokenizer"), clip.max_position_embeddings)?;
        let tokenizer_2 = T5Tokenizer::open(&folder.join("tokenizer_2"))?;
        let vocabularies = [
            ("CLIP", tokenizer.size(), clip.vocab_size),
            ("T5", tokenizer_2.size(), t5.vocab_size),
        ];
        vocabularies
            .into_iter()
            .try_for_each(|(name, words, known)| holds(name, words, known))
            .and_then(|()| agree(&clip, &t5, &vae, &flux))
            .map_err(|what| ModelError::Weights {
                what,
                path: folder.to_owned(),
            })?;
        let sizes = Sizes {
            latent_channels: vae.latent_channels,
            factor: vae.factor(),
            multiple: 2 * vae.factor(),
            side: vae.sample_size.unwrap_or(SIDE),
        };
        let text_encoder = checkpoint
            .tensors("text_encoder", names::CLIP_TEXT)?
            .build_as_written(device, |vb| TextEncoder::new(&clip, vb))?;
        let house = House::of(device);
        let place = (&house, device);
        let (transformer, transformer_print) = Part::of(
            place,
            checkpoint,
            "transformer",
            &[],
            Held::AsWritten,
            move |vb| FluxTransformer::new(&flux, vb),
        )?;
        // last, since it is needed first
        let (text_encoder_2, text_print_2) = Part::of(
            place,
            checkpoint,
            "text_encoder_2",
            names::T5_ENCODER,
            Held::AsWritten,
            move |vb| T5Encoder::new(&t5, vb),
        )?;
        // small beside the others, and pictures show 16 bits
        let vae =
            checkpoint
                .tensors("vae", names::AUTOENCODER)?
                .build(device, DType::F32, |vb| Vae::new(&vae, vb))?;
        Ok(Self {
            weights: fingerprint(&[
                &text_encoder.fingerprint,
                &text_print_2,
                &transformer_print,
                &vae.fingerprint,
            ]),
            tokenizer,
            text_encoder: text_encoder.network,
            tokenizer_2,
            text_encoder_2,
            vae: vae.network,
            transformer,
            house,
            flow,
            device: device.clone(),
            sizes,
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

    /// SHA-256 of all weights, in hexadecimal digits.
    pub fn weights(&self) -> &str {
        &self.weights
    }

    /// The steps from noise to latents of this height and width.
    pub fn plan(&self, steps: usize, (height, width): (usize, usize)) -> Plan {
        let tokens = (height / 2) * (width / 2);
        self.flow.plan(steps, self.flow.shift(tokens))
    }

    /// The tokens of a text, as many of T5's as the model was trained with.
    pub fn tokens(&self, text: &str) -> std::result::Result<Words, ModelError> {
        self.tokens_within(text, WORDS)
    }

    /// The tokens of a text, at most `places` of T5's.
    pub fn tokens_within(
        &self,
        text: &str,
        places: usize,
    ) -> std::result::Result<Words, ModelError> {
        Ok(Words {
            clip: self.tokenizer.tokens(text)?,
            t5: self.tokenizer_2.tokens(text, places)?,
        })
    }

    /// What the transformer reads of tokens.
    pub fn text(&self, words: &Words) -> Result<Text> {
        let ids = &words.clip.ids;
        let clip = self.text_encoder.forward(ids)?;
        Ok(Text {
            states: self.text_encoder_2.get()?.forward(&words.t5.ids)?,
            pooled: self.text_encoder.pooled(ids, &clip)?,
        })
    }

    /// The latents of a picture (1, 3, height, width) in [-1, 1], on the transformer's scale.
    pub fn encode(&self, picture: &Tensor) -> Result<Tensor> {
        self.vae.scaled(&self.vae.encode(picture)?)
    }

    /// The picture of latents, (1, 3, height, width), about [-1, 1].
    pub fn decode(&self, latents: &Tensor) -> Result<Tensor> {
        self.vae.decode(&self.vae.unscaled(latents)?)
    }

    /// One call of the transformer on latents and, beside them, the latents of the picture to edit, each (batch, channels,
    /// height, width); `time` in training steps. The answer is the direction of the flow, of the size of `latents`.
    pub fn denoise(
        &self,
        latents: &Tensor,
        picture: &Tensor,
        time: f32,
        text: &Text,
        guidance: f32,
    ) -> Result<Tensor> {
        let (batch, _, height, width) = latents.dims4()?;
        let (own, channels, other_height, other_width) = picture.dims4()?;
        let picture = match own == batch {
            true => picture.clone(),
            false => picture
                .broadcast_as((batch, channels, other_height, other_width))?
                .contiguous()?,
        };
        let tokens = Tensor::cat(&[packed(latents)?, packed(&picture)?], 1)?;
        let mut places = places_of_picture(0, height, width);
        let count = places.len();
        places.extend(places_of_picture(1, other_height, other_width));
        // so the reference hands it on, and 32-bit floats show the way
        let time = time / 1000.0;
        let answer = self.answer(&tokens, &places, text, time, guidance)?;
        unpacked(&answer.narrow(1, 0, count)?, height, width)
    }

    /// One call of the transformer on tokens (batch, tokens, numbers) and their places; `time` 0 (clean) to 1 (noise).
    pub fn answer(
        &self,
        tokens: &Tensor,
        places: &[Place],
        text: &Text,
        time: f32,
        guidance: f32,
    ) -> Result<Tensor> {
        self.transformer
            .get()?
            .forward(tokens, places, text, time, guidance)
    }
}

/// Whether a text encoder knows all words of its tokenizer.
fn holds(name: &str, words: usize, known: usize) -> std::result::Result<(), String> {
    if words <= known {
        return Ok(());
    }
    Err(format!(
        "the tokenizer of {name} has {words} words and the text encoder only {known}"
    ))
}

/// Whether the networks fit each other.
fn agree(
    clip: &TextConfig,
    t5: &T5Config,
    vae: &VaeConfig,
    flux: &FluxConfig,
) -> std::result::Result<(), String> {
    let latent = vae.latent_channels;
    if flux.in_channels != 4 * latent {
        return Err(format!(
            "the transformer takes tokens of {} numbers, where 2 × 2 latents of {latent} channels have {}",
            flux.in_channels,
            4 * latent
        ));
    }
    for (name, read, written) in [
        ("CLIP", flux.pooled_projection_dim, clip.hidden_size),
        ("T5", flux.joint_attention_dim, t5.d_model),
    ] {
        if read != written {
            return Err(format!(
                "the transformer reads text of width {read} from {name}, and the text encoder writes {written}"
            ));
        }
    }
    Ok(())
}
