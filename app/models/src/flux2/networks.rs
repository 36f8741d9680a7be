//! The three networks of FLUX.2 klein, loaded from one checkpoint and held to each other.

use std::path::Path;
use std::sync::Arc;

use candle_core::{DType, Device, Result, Tensor};

use super::config::{Flux2Config, Flux2VaeConfig};
use super::places::{Place, of_picture, of_references};
use super::shift::shift;
use super::transformer::{Remembered, Told, Transformer};
use super::vae::Flux2Vae;
use crate::ModelError;
use crate::checkpoint::config::Settings;
use crate::checkpoint::{Checkpoint, fingerprint, names};
use crate::diffusion::Sizes;
use crate::qwen3::{Keep, Prompt, Qwen3, Qwen3Config, Tokenizer};
use crate::residency::{Held, House, Part};
use crate::sampler::{Flow, Plan};

/// What `model_index.json` calls the pipelines, and whether reference pictures look at themselves alone there.
pub(super) const PIPELINES: [(&str, bool); 2] = [
    ("Flux2KleinPipeline", false),
    ("Flux2KleinKVPipeline", true),
];

/// The side of the squares that the model was trained on, px, where the autoencoder does not say.
const SIDE: usize = 1024;

/// The denoiser reads the states of the text encoder after so many layers, side by side.
const TEXT_LAYERS: [usize; 3] = [9, 18, 27];

/// Tokenizer, text encoder, autoencoder, denoiser and noise levels.
pub struct Networks {
    tokenizer: Tokenizer,
    text_encoder: Part<Qwen3>,
    vae: Flux2Vae,
    /// and what it computes in
    transformer: Part<(Transformer, DType)>,
    house: Arc<House>,
    flow: Flow,
    device: Device,
    /// what the denoiser computes in
    dtype: DType,
    sizes: Sizes,
    distilled: bool,
    remembers: bool,
    weights: String,
}

/// Pictures that the denoiser reads beside the one that it makes.
pub struct References {
    /// (1, tokens, channels); none if there are no pictures
    tokens: Option<Tensor>,
    places: Vec<Place>,
    /// what is left of them for a denoiser that sees them so
    remembered: Option<Remembered>,
}

impl Networks {
    /// Places for the tokens of a text.
    pub const PLACES: usize = 512;

    /// Whether few steps are enough for a checkpoint and its guidance is built in. diffusers takes the pipeline that
    /// remembers for one, whatever the file says.
    pub(super) fn is_distilled(checkpoint: &Checkpoint) -> std::result::Result<bool, ModelError> {
        let index = Settings::read(&checkpoint.folder().join("model_index.json"))?;
        let remembers = PIPELINES.contains(&(checkpoint.pipeline(), true));
        Ok(remembers || index.is_on("is_distilled"))
    }

    /// Loads all of it from a folder.
    pub fn open(folder: &Path, device: &Device) -> std::result::Result<Self, ModelError> {
        Self::of(&Checkpoint::open(folder)?, device)
    }

    /// Loads all of it.
    pub fn of(checkpoint: &Checkpoint, device: &Device) -> std::result::Result<Self, ModelError> {
        let folder = checkpoint.folder();
        let Some((_, remembers)) = PIPELINES
            .into_iter()
            .find(|(name, _)| *name == checkpoint.pipeline())
        else {
            return Err(ModelError::Unsupported {
                what: format!(
                    "this is a checkpoint for {}, not for {}",
                    checkpoint.pipeline(),
                    PIPELINES[0].0
                ),
                path: folder.to_owned(),
            });
        };
        let text = Qwen3Config::of(&checkpoint.settings("text_encoder")?)?;
        let vae = Flux2VaeConfig::of(&checkpoint.settings("vae")?)?;
        let denoiser = Flux2Config::of(&checkpoint.settings("transformer")?)?;
        let misfit = |what| ModelError::Weights {
            what,
            path: folder.to_owned(),
        };
        agree(&text, &vae, &denoiser).map_err(misfit)?;
        let flow = Flow::open(checkpoint)?;
        let tokenizer = Tokenizer::open(&folder.join("tokenizer"))?;
        if tokenizer.size() > text.vocab_size {
            return Err(misfit(format!(
                "the tokenizer has {} words and the text encoder only {}",
                tokenizer.size(),
                text.vocab_size
            )));
        }
        let keep = Keep {
            layers: TEXT_LAYERS[TEXT_LAYERS.len() - 1],
            words: false,
        };
        let side = vae.vae.sample_size;
        let sizes = Sizes {
            latent_channels: vae.channels(),
            factor: vae.factor(),
            multiple: vae.factor(),
            side: side.unwrap_or(SIDE),
        };
        let vae =
            checkpoint
                .tensors("vae", names::AUTOENCODER)?
                .build(device, DType::F32, |vb| Flux2Vae::new(&vae, vb))?;
        let house = House::of(device);
        let place = (&house, device);
        let (transformer, transformer_print) = Part::of(
            place,
            checkpoint,
            "transformer",
            &[],
            Held::AsWritten,
            move |vb| Ok((Transformer::new(&denoiser, vb.clone())?, vb.dtype())),
        )?;
        let dtype = transformer.get()?.1;
        // last, since it is needed first
        let (text_encoder, text_print) = Part::of(
            place,
            checkpoint,
            "text_encoder",
            names::QWEN3,
            Held::AsWritten,
            move |vb| Qwen3::new(&text, keep, vb),
        )?;
        let weights = fingerprint(&[&text_print, &vae.fingerprint, &transformer_print]);
        Ok(Self {
            tokenizer,
            text_encoder,
            vae: vae.network,
            transformer,
            house,
            flow,
            device: device.clone(),
            dtype,
            sizes,
            distilled: Self::is_distilled(checkpoint)?,
            remembers,
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
    /// Whether few steps are enough and guidance is built in.
    pub fn distilled(&self) -> bool {
        self.distilled
    }
    /// The memory that its networks share.
    pub fn house(&self) -> &House {
        &self.house
    }
    /// SHA-256 of all weights, in hexadecimal digits.
    pub fn weights(&self) -> &str {
        &self.weights
    }

    /// The tokens of a text, cut or filled up to so many places; [`Self::PLACES`] are usual.
    pub fn prompt(&self, text: &str, places: usize) -> std::result::Result<Prompt, ModelError> {
        self.tokenizer.prompt(text, places)
    }

    /// What the denoiser reads of a text, (1, places, width): the states after three layers, side by side. Padding is
    /// read too, as in training.
    pub fn text_states(&self, prompt: &Prompt) -> Result<Tensor> {
        let encoder = self.text_encoder.get()?;
        let x = encoder.embedded(&prompt.ids)?;
        let decoder = encoder.decoder();
        let turns = decoder.turns(0, prompt.ids.len(), &self.device)?;
        let states = decoder.states(&x, &turns, prompt.real, &TEXT_LAYERS)?;
        Tensor::cat(&states, 2)
    }

    /// The latents of a picture (1, 3, height, width) in [-1, 1], on the denoiser's scale.
    pub fn encode(&self, picture: &Tensor) -> Result<Tensor> {
        self.vae.encode(picture)
    }

    /// The picture of denoised latents, (1, 3, height, width), about [-1, 1].
    pub fn decode(&self, latents: &Tensor) -> Result<Tensor> {
        self.vae.decode(&latents.to_dtype(DType::F32)?)
    }

    /// Denoised latents as the autoencoder has them: twice as high and wide, a quarter of the channels.
    pub fn pixels(&self, latents: &Tensor) -> Result<Tensor> {
        self.vae.pixels(&latents.to_dtype(DType::F32)?)
    }

    /// The steps from noise to picture, for latents of this height and width.
    pub fn plan(&self, steps: usize, (height, width): (usize, usize)) -> Plan {
        self.flow.plan(steps, shift(height * width, steps))
    }

    /// Latents of pictures, (1, channels, height, width) each, for the denoiser to read.
    pub fn references(&self, latents: &[Tensor]) -> Result<References> {
        let mut sizes = Vec::new();
        let mut tokens = Vec::new();
        for latents in latents {
            let (_, _, height, width) = latents.dims4()?;
            sizes.push((height, width));
            tokens.push(self.tokens(latents)?);
        }
        let places = of_references(&sizes);
        let tokens = match tokens[..] {
            [] => None,
            _ => Some(Tensor::cat(&tokens, 1)?),
        };
        let remembered = match &tokens {
            Some(tokens) if self.remembers => {
                Some(self.transformer.get()?.0.remember(tokens, &places)?)
            }
            _ => None,
        };
        Ok(References {
            tokens,
            places,
            remembered,
        })
    }

    /// One call of the denoiser on latents (batch, channels, height, width) at a time in training steps, with text
    /// states (1 or batch, places, width): the direction from clean latents to noise.
    pub fn denoise(
        &self,
        latents: &Tensor,
        references: &References,
        time: f32,
        text: &Tensor,
    ) -> Result<Tensor> {
        let (batch, _, height, width) = latents.dims4()?;
        self.answers(latents, references, time, text)?
            .narrow(1, 0, height * width)?
            .transpose(1, 2)?
            .reshape((batch, (), height, width))
    }

    /// The same for every token that the denoiser reads: those of the latents, row after row, then those of the
    /// references. (batch, tokens, channels)
    pub fn answers(
        &self,
        latents: &Tensor,
        references: &References,
        time: f32,
        text: &Tensor,
    ) -> Result<Tensor> {
        let (batch, _, height, width) = latents.dims4()?;
        let mut tokens = self.tokens(latents)?;
        let mut places = of_picture((height, width));
        let remembered = match (&references.tokens, &references.remembered) {
            (Some(_), Some(remembered)) => Some(remembered.for_batch(batch)?),
            (Some(more), None) => {
                places.extend_from_slice(&references.places);
                tokens = Tensor::cat(&[tokens, repeated(more, batch)?], 1)?;
                None
            }
            (None, _) => None,
        };
        let text = repeated(text, batch)?.to_dtype(self.dtype)?;
        let told = Told {
            sigma: time / 1000.0,
            text: &text,
        };
        self.transformer
            .get()?
            .0
            .forward(&tokens, &places, told, remembered.as_ref())?
            .to_dtype(DType::F32)
    }

    /// The answer that is led from what is not wanted to what is (Ho & Salimans 2022, equation 6). A distilled network,
    /// or a guidance of at most 1, needs the text that is wanted alone.
    pub fn guided(
        &self,
        latents: &Tensor,
        references: &References,
        time: f32,
        (wanted, unwanted): (&Tensor, &Tensor),
        guidance: f64,
    ) -> Result<Tensor> {
        let texts = (wanted, unwanted);
        let apart = self.guided_apart(latents, references, time, texts, guidance);
        Ok(apart?.0)
    }

    /// The same, and how far the two answers lie apart where both are asked for.
    pub(super) fn guided_apart(
        &self,
        latents: &Tensor,
        references: &References,
        time: f32,
        (wanted, unwanted): (&Tensor, &Tensor),
        guidance: f64,
    ) -> Result<(Tensor, Option<Tensor>)> {
        let answer = self.denoise(latents, references, time, wanted)?;
        if self.evaluations(guidance) == 1 {
            return Ok((answer, None));
        }
        let other = self.denoise(latents, references, time, unwanted)?;
        let text = (answer - &other)?;
        Ok(((&other + (&text * guidance)?)?, Some(text)))
    }

    /// Calls of the transformer for a guided answer.
    pub(super) fn evaluations(&self, guidance: f64) -> u64 {
        if self.distilled || guidance <= 1.0 {
            1
        } else {
            2
        }
    }

    /// (batch, channels, height, width) to (batch, tokens, channels), row after row.
    fn tokens(&self, latents: &Tensor) -> Result<Tensor> {
        latents
            .flatten_from(2)?
            .transpose(1, 2)?
            .to_dtype(self.dtype)
    }
}

fn repeated(x: &Tensor, batch: usize) -> Result<Tensor> {
    if x.dim(0)? == batch {
        Ok(x.clone())
    } else {
        x.repeat((batch, 1, 1))
    }
}

/// Whether the networks fit each other.
fn agree(
    text: &Qwen3Config,
    vae: &Flux2VaeConfig,
    denoiser: &Flux2Config,
) -> std::result::Result<(), String> {
    let (wanted, [.., last]) = (denoiser.joint_attention_dim, TEXT_LAYERS);
    let width = TEXT_LAYERS.len() * text.hidden_size;
    if wanted != width {
        return Err(format!(
            "the text encoder is of another size: the denoiser reads text of width {wanted}, and the text encoder writes {width}"
        ));
    }
    if text.num_hidden_layers < last {
        return Err(format!(
            "the text encoder is of another size: the denoiser reads it after {last} layers, and it has {}",
            text.num_hidden_layers
        ));
    }
    let channels = vae.channels();
    if (denoiser.in_channels, denoiser.answers()) != (channels, channels) {
        return Err(format!(
            "the denoiser takes {} channels and gives {}, where the autoencoder has {channels}",
            denoiser.in_channels,
            denoiser.answers()
        ));
    }
    Ok(())
}
