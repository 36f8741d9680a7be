//! SigLIP (Zhai et al. 2023): pictures and texts in one space, trained so that each pair alone has a probability.

use std::path::Path;

use candle_core::{Device, Result, Tensor};
use retake_models::T5Tokenizer;
use retake_models::clip::{Layer, Mlp, TextConfig, TextEncoder};
use retake_tensors::ModelError;
use retake_tensors::checkpoint::config::Settings;
use retake_tensors::checkpoint::{Weights, fingerprint};
use retake_tensors::kernels::attention;
use retake_tensors::layers::{LayerNorm, Linear};
use serde_json::{Value, json};

use super::clip::{VisionConfig, number, within};
use super::patches::Patches;
use super::{Direction, direction, files};
use crate::picture::{Bitmap, Planes, Preparation, Processor};

/// The sizes that transformers takes where `config.json` says nothing: those of the base model.
fn silent_text() -> Value {
    json!({"vocab_size": 32000, "hidden_size": 768, "intermediate_size": 3072, "num_hidden_layers": 12,
        "num_attention_heads": 12, "max_position_embeddings": 64, "hidden_act": "gelu_pytorch_tanh", "layer_norm_eps": 1e-6})
}

fn silent_vision() -> Value {
    json!({"hidden_size": 768, "intermediate_size": 3072, "num_hidden_layers": 12, "num_attention_heads": 12,
        "image_size": 224, "patch_size": 16, "hidden_act": "gelu_pytorch_tanh", "layer_norm_eps": 1e-6})
}

/// What `config.json` says.
pub struct SiglipConfig {
    text: TextConfig,
    vision: VisionConfig,
    /// width of the common space
    width: usize,
}

impl SiglipConfig {
    /// Reads it.
    pub fn of(settings: &Settings) -> std::result::Result<Self, ModelError> {
        let own = within(settings, "text_config").or(&silent_text());
        let text = TextConfig {
            causal: false,
            ..TextConfig::of(&own)?
        };
        if within(settings, "vision_config").switch("vision_use_head") == Some(false) {
            return Err(settings.unsupported(
                "the model has no head over its picture (vision_use_head)".to_owned(),
            ));
        }
        Ok(Self {
            width: own.number("projection_size").unwrap_or(text.hidden_size),
            text,
            vision: VisionConfig::of(settings, &silent_vision())?,
        })
    }
}

/// Both towers.
pub struct SiglipNetwork {
    text_model: TextEncoder,
    text_head: Linear,
    vision_model: VisionTower,
    logit_scale: f64,
    logit_bias: f64,
}

impl SiglipNetwork {
    /// Of the weights.
    pub fn new(config: &SiglipConfig, vb: Weights) -> Result<Self> {
        let SiglipConfig {
            text,
            vision,
            width,
        } = config;
        Ok(Self {
            text_model: TextEncoder::new(text, vb.pp("text_model"))?,
            text_head: Linear::new(text.hidden_size, *width, vb.pp("text_model.head"))?,
            vision_model: VisionTower::new(vision, vb.pp("vision_model"))?,
            logit_scale: number(&vb.get(1, "logit_scale")?)?.exp(),
            logit_bias: number(&vb.get(1, "logit_bias")?)?,
        })
    }
}

/// The transformer that sees.
struct VisionTower {
    patches: Patches,
    positions: Tensor, // (squares, width)
    layers: Vec<Layer>,
    post_layernorm: LayerNorm,
    head: Head,
}

impl VisionTower {
    fn new(config: &VisionConfig, vb: Weights) -> Result<Self> {
        let width = config.hidden_size;
        let embeddings = vb.pp("embeddings");
        Ok(Self {
            patches: Patches::new(
                config.patch_size,
                width,
                true,
                embeddings.pp("patch_embedding"),
            )?,
            positions: embeddings.get((config.squares(), width), "position_embedding.weight")?,
            layers: (0..config.num_hidden_layers)
                .map(|i| Layer::new(config.layer(), vb.pp("encoder.layers").pp(i)))
                .collect::<Result<_>>()?,
            post_layernorm: LayerNorm::new(width, config.layer_norm_eps, vb.pp("post_layernorm"))?,
            head: Head::new(config, vb.pp("head"))?,
        })
    }

    /// The state of the whole picture, (1, 1, width).
    fn forward(&self, planes: &Planes) -> Result<Tensor> {
        let states = self
            .patches
            .forward(planes, &self.positions)?
            .broadcast_add(&self.positions)?;
        let states = self
            .layers
            .iter()
            .try_fold(states, |states, layer| layer.forward(&states))?;
        self.head.forward(&self.post_layernorm.forward(&states)?)
    }
}

/// One question to all squares, `nn.MultiheadAttention`, and a perceptron.
struct Head {
    probe: Tensor, // (1, 1, width)
    query: Linear,
    keys_and_values: [Linear; 2],
    out_proj: Linear,
    layernorm: LayerNorm,
    mlp: Mlp,
    heads: usize,
}

impl Head {
    fn new(config: &VisionConfig, vb: Weights) -> Result<Self> {
        let width = config.hidden_size;
        let attention = vb.pp("attention");
        let weight = attention.get((3 * width, width), "in_proj_weight")?;
        let bias = attention.get(3 * width, "in_proj_bias")?;
        let third = |i: usize| -> Result<Linear> {
            let rows = weight.narrow(0, i * width, width)?.contiguous()?;
            Ok(Linear::of(
                rows,
                Some(bias.narrow(0, i * width, width)?.contiguous()?),
            ))
        };
        Ok(Self {
            probe: vb.get((1, 1, width), "probe")?,
            query: third(0)?,
            keys_and_values: [third(1)?, third(2)?],
            out_proj: Linear::new(width, width, attention.pp("out_proj"))?,
            layernorm: LayerNorm::new(width, config.layer_norm_eps, vb.pp("layernorm"))?,
            mlp: Mlp::new(config.layer(), vb.pp("mlp"))?,
            heads: config.num_attention_heads,
        })
    }

    /// (1, squares, width) to (1, 1, width).
    fn forward(&self, states: &Tensor) -> Result<Tensor> {
        let [keys, values] = &self.keys_and_values;
        let seen = attention(
            &self.query.forward(&self.probe)?,
            &keys.forward(states)?,
            &values.forward(states)?,
            self.heads,
            false,
        )?;
        let seen = self.out_proj.forward(&seen)?;
        &seen + self.mlp.forward(&self.layernorm.forward(&seen)?)?
    }
}

/// SigLIP with its tokenizer and its processor.
pub struct Siglip {
    network: SiglipNetwork,
    tokenizer: Tokenizer,
    preparation: Preparation,
    fingerprint: String,
}

impl Siglip {
    /// The same as [`Self::open`], on the processor.
    pub fn on_processor(path: &Path) -> std::result::Result<Self, ModelError> {
        Self::open(path, &Device::Cpu)
    }

    /// Opens a folder as transformers writes it.
    pub fn open(folder: &Path, device: &Device) -> std::result::Result<Self, ModelError> {
        let kind = ("siglip", "SigLIP");
        let (alone, settings, preparation) = files(folder, kind, Processor::SIGLIP)?;
        let config = SiglipConfig::of(&settings)?;
        config.vision.agrees(&preparation, folder)?;
        let tokenizer = Tokenizer::open(folder, config.text.max_position_embeddings)?;
        let built = alone
            .tensors(&[])?
            .build_as_written(device, |vb| SiglipNetwork::new(&config, vb))?;
        Ok(Self {
            network: built.network,
            tokenizer,
            preparation,
            fingerprint: fingerprint(&[&built.fingerprint]),
        })
    }

    /// SHA-256 of the weights, in hexadecimal digits.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// What is done to a picture before it is looked at.
    pub fn preparation(&self) -> &Preparation {
        &self.preparation
    }

    /// The tokens of a text.
    pub fn tokens(&self, text: &str) -> std::result::Result<Vec<u32>, ModelError> {
        self.tokenizer.tokens(text)
    }

    /// Where a picture points.
    pub fn picture(&self, picture: &Bitmap) -> std::result::Result<Direction, ModelError> {
        Ok(direction(
            &self
                .network
                .vision_model
                .forward(&self.preparation.planes(picture)?)?,
        )?)
    }

    /// Where a text points; what is beyond the tokens that the model takes is cut off.
    pub fn text(&self, text: &str) -> std::result::Result<Direction, ModelError> {
        let ids = self.tokenizer.tokens(text)?;
        let states = self.network.text_model.forward(&ids)?;
        // the last place stands for the text, be it padding or not
        let state = states.narrow(1, ids.len() - 1, 1)?;
        Ok(direction(&self.network.text_head.forward(&state)?)?)
    }

    /// The logarithm of the odds that a picture and a text belong together.
    pub fn logit(&self, picture: &Direction, text: &Direction) -> f64 {
        picture.cosine(text) * self.network.logit_scale + self.network.logit_bias
    }

    /// The probability that they do, 0 to 1.
    pub fn probability(&self, picture: &Direction, text: &Direction) -> f64 {
        1.0 / (1.0 + (-self.logit(picture, text)).exp())
    }
}

/// SigLIP's pieces of words.
struct Tokenizer {
    inner: T5Tokenizer,
    places: usize,
}

impl Tokenizer {
    fn open(folder: &Path, places: usize) -> std::result::Result<Self, ModelError> {
        Ok(Self {
            inner: T5Tokenizer::open(folder)?,
            places,
        })
    }

    /// Lower case, without punctuation and with one space between words, as it was trained.
    fn tokens(&self, text: &str) -> std::result::Result<Vec<u32>, ModelError> {
        let plain: String = text
            .to_lowercase()
            .chars()
            .filter(|c| !c.is_ascii_punctuation())
            .collect();
        let words: Vec<&str> = plain.split_whitespace().collect();
        Ok(self.inner.tokens(&words.join(" "), self.places)?.ids)
    }
}
