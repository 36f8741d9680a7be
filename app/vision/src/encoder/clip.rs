//! CLIP (Radford et al. 2021): pictures and texts in one space.

use std::path::Path;

use candle_core::{DType, Device, Result, Tensor, Var};
use retake_models::clip::{
    Activation, Layer, LayerSizes, TextConfig, TextEncoder, Tokenizer, Tokens,
};
use retake_tensors::ModelError;
use retake_tensors::checkpoint::config::Settings;
use retake_tensors::checkpoint::{Weights, fingerprint};
use retake_tensors::layers::{LayerNorm, Linear};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::patches::Patches;
use super::{Direction, direction, files};
use crate::picture::{Bitmap, Planes, Preparation, Processor};

/// What `vision_config` says.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct VisionConfig {
    pub(super) hidden_size: usize,
    pub(super) intermediate_size: usize,
    pub(super) num_hidden_layers: usize,
    pub(super) num_attention_heads: usize,
    pub(super) image_size: usize,
    pub(super) patch_size: usize,
    pub(super) hidden_act: Activation,
    pub(super) layer_norm_eps: f64,
}

impl VisionConfig {
    /// `silent` is what transformers takes where the file says nothing.
    pub(super) fn of(settings: &Settings, silent: &Value) -> std::result::Result<Self, ModelError> {
        let settings = within(settings, "vision_config").or(silent);
        let config: Self = settings.typed()?;
        let heads = config.num_attention_heads;
        if heads == 0 || !config.hidden_size.is_multiple_of(heads) {
            return Err(settings.unsupported(format!(
                "a width of {} cannot be shared by {heads} heads",
                config.hidden_size
            )));
        }
        if config.patch_size == 0 || config.image_size < config.patch_size {
            return Err(settings.unsupported(format!(
                "a picture of {} px cannot be cut into squares of {} px",
                config.image_size, config.patch_size
            )));
        }
        Ok(config)
    }

    pub(super) fn layer(&self) -> LayerSizes {
        LayerSizes {
            width: self.hidden_size,
            inner: self.intermediate_size,
            heads: self.num_attention_heads,
            activation: self.hidden_act,
            eps: self.layer_norm_eps,
            causal: false,
        }
    }

    /// Squares of the picture that it was trained with.
    pub(super) fn squares(&self) -> usize {
        (self.image_size / self.patch_size).pow(2)
    }

    /// Refuses a processor that hands out pictures of another size.
    pub(super) fn agrees(
        &self,
        preparation: &Preparation,
        folder: &Path,
    ) -> std::result::Result<(), ModelError> {
        let side = self.image_size;
        match preparation.size() {
            Some(size) if size == (side, side) => Ok(()),
            other => Err(ModelError::Unsupported {
                what: format!(
                    "preprocessor_config.json makes pictures of {} where config.json calls for {side} × {side} px",
                    other.map_or("any size".to_owned(), |(width, height)| format!(
                        "{width} × {height} px"
                    ))
                ),
                path: folder.to_owned(),
            }),
        }
    }
}

/// Settings within settings; none where the file has none.
pub(super) fn within(settings: &Settings, key: &str) -> Settings {
    settings
        .part(key)
        .unwrap_or_else(|| Settings::of("config.json", Map::new()))
}

/// The sizes that transformers takes where `config.json` says nothing: those of ViT-B/32.
fn silent_text() -> Value {
    json!({"vocab_size": 49408, "hidden_size": 512, "intermediate_size": 2048, "num_hidden_layers": 12,
        "num_attention_heads": 8, "max_position_embeddings": 77, "hidden_act": "quick_gelu"})
}

fn silent_vision() -> Value {
    json!({"hidden_size": 768, "intermediate_size": 3072, "num_hidden_layers": 12, "num_attention_heads": 12,
        "image_size": 224, "patch_size": 32, "hidden_act": "quick_gelu", "layer_norm_eps": 1e-5})
}

/// What `config.json` says.
pub struct ClipConfig {
    text: TextConfig,
    vision: VisionConfig,
    /// width of the common space
    width: usize,
}

impl ClipConfig {
    /// Reads it.
    pub fn of(settings: &Settings) -> std::result::Result<Self, ModelError> {
        Ok(Self {
            text: TextConfig::of(&within(settings, "text_config").or(&silent_text()))?,
            vision: VisionConfig::of(settings, &silent_vision())?,
            width: settings.number("projection_dim").unwrap_or(512),
        })
    }
}

/// Both towers and the ways into their common space.
pub struct ClipNetwork {
    text_model: TextEncoder,
    vision_model: VisionTower,
    text_projection: Linear,
    visual_projection: Linear,
    logit_scale: f64,
}

impl ClipNetwork {
    /// Of the weights.
    pub fn new(config: &ClipConfig, vb: Weights) -> Result<Self> {
        let ClipConfig {
            text,
            vision,
            width,
        } = config;
        Ok(Self {
            text_model: TextEncoder::new(text, vb.pp("text_model"))?,
            vision_model: VisionTower::new(vision, vb.pp("vision_model"))?,
            text_projection: Linear::no_bias(text.hidden_size, *width, vb.pp("text_projection"))?,
            visual_projection: Linear::no_bias(
                vision.hidden_size,
                *width,
                vb.pp("visual_projection"),
            )?,
            logit_scale: number(&vb.get((), "logit_scale")?)?.exp(),
        })
    }
}

/// The only number of a tensor.
pub(super) fn number(tensor: &Tensor) -> Result<f64> {
    let tensor = tensor.to_dtype(DType::F32)?.flatten_all()?;
    Ok(f64::from(tensor.get(0)?.to_scalar::<f32>()?))
}

/// The transformer that sees.
struct VisionTower {
    class_embedding: Tensor, // (width)
    patches: Patches,
    positions: Tensor, // (1 + squares, width)
    pre_layernorm: LayerNorm,
    layers: Vec<Layer>,
    post_layernorm: LayerNorm,
}

impl VisionTower {
    fn new(config: &VisionConfig, vb: Weights) -> Result<Self> {
        let (width, eps) = (config.hidden_size, config.layer_norm_eps);
        let embeddings = vb.pp("embeddings");
        let places = config.squares() + 1;
        Ok(Self {
            class_embedding: embeddings.get(width, "class_embedding")?,
            patches: Patches::new(
                config.patch_size,
                width,
                false,
                embeddings.pp("patch_embedding"),
            )?,
            positions: embeddings.get((places, width), "position_embedding.weight")?,
            // as it is written in every checkpoint
            pre_layernorm: LayerNorm::new(width, eps, vb.pp("pre_layrnorm"))?,
            layers: (0..config.num_hidden_layers)
                .map(|i| Layer::new(config.layer(), vb.pp("encoder.layers").pp(i)))
                .collect::<Result<_>>()?,
            post_layernorm: LayerNorm::new(width, eps, vb.pp("post_layernorm"))?,
        })
    }

    /// The state of the whole picture, (1, 1, width).
    fn forward(&self, planes: &Planes) -> Result<Tensor> {
        self.forward_squares(&self.patches.squares(planes, &self.positions)?)
    }

    /// The same of the picture's squares, as they were cut.
    fn forward_squares(&self, squares: &Tensor) -> Result<Tensor> {
        let states = self.states_of_squares(squares)?;
        self.post_layernorm.forward(&states.narrow(1, 0, 1)?)
    }

    /// Of the whole picture and of each square, (1, 1 + squares, width), as the last layer leaves them.
    fn states(&self, planes: &Planes) -> Result<Tensor> {
        self.states_of_squares(&self.patches.squares(planes, &self.positions)?)
    }

    fn states_of_squares(&self, squares: &Tensor) -> Result<Tensor> {
        let squares = self.patches.vectors(squares)?; // (1, squares, width)
        let class = self.class_embedding.reshape((1, 1, ()))?;
        let states = Tensor::cat(&[&class, &squares], 1)?.broadcast_add(&self.positions)?;
        self.layers
            .iter()
            .try_fold(self.pre_layernorm.forward(&states)?, |states, layer| {
                layer.forward(&states)
            })
    }
}

/// What every square of a picture is.
#[derive(Clone, Debug)]
pub struct Squares {
    /// squares in a row
    pub columns: usize,
    /// rows of squares
    pub rows: usize,
    /// a vector of length 1 for each square, row by row: the last hidden state
    pub vectors: Vec<Vec<f32>>,
}

/// CLIP with its tokenizer and its processor.
pub struct Clip {
    network: ClipNetwork,
    width: usize,
    /// of the pictures that it was trained on, px
    side: usize,
    tokenizer: Tokenizer,
    preparation: Preparation,
    fingerprint: String,
}

impl Clip {
    /// The same as [`Self::open`], on the processor.
    pub fn on_processor(path: &Path) -> std::result::Result<Self, ModelError> {
        Self::open(path, &Device::Cpu)
    }

    /// Opens a folder as transformers writes it.
    pub fn open(folder: &Path, device: &Device) -> std::result::Result<Self, ModelError> {
        let kind = ("clip", "CLIP");
        let (alone, settings, preparation) = files(folder, kind, Processor::CLIP)?;
        let config = ClipConfig::of(&settings)?;
        config.vision.agrees(&preparation, folder)?;
        let tokenizer = Tokenizer::open(folder, config.text.max_position_embeddings)?;
        if tokenizer.size() > config.text.vocab_size {
            return Err(settings.unsupported(format!(
                "the tokenizer has {} tokens where config.json has {}",
                tokenizer.size(),
                config.text.vocab_size
            )));
        }
        let built = alone
            .tensors(&[])?
            .build_as_written(device, |vb| ClipNetwork::new(&config, vb))?;
        Ok(Self {
            network: built.network,
            width: config.width,
            side: config.vision.image_size,
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
    pub fn tokens(&self, text: &str) -> std::result::Result<Tokens, ModelError> {
        self.tokenizer.tokens(text)
    }

    /// Width of the common space.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Where a picture points.
    pub fn picture(&self, picture: &Bitmap) -> std::result::Result<Direction, ModelError> {
        let state = self
            .network
            .vision_model
            .forward(&self.preparation.planes(picture)?)?;
        Ok(direction(&self.network.visual_projection.forward(&state)?)?)
    }

    /// What every square of a picture is to CLIP, the whole picture brought into the network's square.
    pub fn squares(&self, picture: &Bitmap) -> std::result::Result<Squares, ModelError> {
        let planes = self.preparation.whole(picture, self.side, self.side);
        let tower = &self.network.vision_model;
        let states = tower.states(&planes)?.squeeze(0)?.to_dtype(DType::F32)?;
        let states: Vec<Vec<f32>> = states.to_vec2()?;
        let (columns, rows) = tower.patches.grid(&planes);
        let of_squares = states.iter().skip(1);
        let directions = of_squares.map(|state| match Direction::of(state) {
            Some(direction) => direction.values().to_vec(),
            None => vec![0.0; state.len()],
        });
        Ok(Squares {
            columns,
            rows,
            vectors: directions.collect(),
        })
    }

    /// The value of something that is known of where a picture points, and how it changes with the picture's code values
    /// of [0, 255]: `of` says the value and how it changes with the numbers of the direction.
    pub fn slope(
        &self,
        picture: &Bitmap,
        of: impl FnOnce(&Direction) -> (f64, Vec<f32>),
    ) -> std::result::Result<(f64, Planes), ModelError> {
        let planes = self.preparation.planes(picture)?;
        let (value, by_planes) = self.slope_of_planes(&planes, of)?;
        Ok((value, self.preparation.back(picture, &by_planes)?))
    }

    /// The same by the numbers that the network sees.
    fn slope_of_planes(
        &self,
        planes: &Planes,
        of: impl FnOnce(&Direction) -> (f64, Vec<f32>),
    ) -> Result<(f64, Planes)> {
        let tower = &self.network.vision_model;
        let start = Var::from_tensor(&tower.patches.squares(planes, &tower.positions)?)?;
        let state = tower.forward_squares(start.as_tensor())?;
        let points = self
            .network
            .visual_projection
            .forward(&state)?
            .flatten_all()?;
        let points = points.to_dtype(DType::F32)?;
        let length = points.sqr()?.sum_all()?.sqrt()?;
        let unit = points.broadcast_div(&length)?;
        let (value, by_unit) = of(&direction(&unit.detach())?);
        let by_unit = Tensor::from_vec(by_unit, unit.shape(), unit.device())?;
        let gradients = (unit * by_unit)?.sum_all()?.backward()?;
        let Some(gradient) = gradients.get(&start) else {
            candle_core::bail!("the network does not depend on its picture");
        };
        let size = (planes.width, planes.height);
        Ok((value, tower.patches.planes(gradient, size)?))
    }

    /// Where a text points; what is beyond the tokens that the model takes is cut off.
    pub fn text(&self, text: &str) -> std::result::Result<Direction, ModelError> {
        let ids = self.tokenizer.tokens(text)?.ids;
        let states = self.network.text_model.forward(&ids)?;
        let state = self
            .network
            .text_model
            .pooled(&ids, &states)?
            .unsqueeze(0)?; // (1, 1, width)
        Ok(direction(&self.network.text_projection.forward(&state)?)?)
    }

    /// What CLIP was trained on: the cosine of a picture and a text, times its temperature.
    pub fn logit(&self, picture: &Direction, text: &Direction) -> f64 {
        picture.cosine(text) * self.network.logit_scale
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slope_of_what_it_sees_is_that_of_small_differences() {
        let folder =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/parity/cases/clip/model");
        let clip = Clip::on_processor(&folder).expect("a network");
        let mut rng = retake_core::Rng::new(3);
        let rgb = (0..3 * 50 * 40).map(|_| rng.below(256) as u8).collect();
        let picture = Bitmap::new(50, 40, rgb).expect("a picture");
        let mut factors = || {
            (0..clip.width())
                .map(|_| rng.normal())
                .collect::<Vec<f32>>()
        };
        let factors = factors();
        let of = |direction: &Direction| {
            let pairs = direction.values().iter().zip(&factors);
            let value = pairs.map(|(a, b)| f64::from(a * b)).sum();
            (value, factors.clone())
        };
        let planes = clip.preparation().planes(&picture).expect("planes");
        let (_, slope) = clip.slope_of_planes(&planes, of).expect("a slope");
        let way: Vec<f32> = planes.values.iter().map(|_| rng.normal()).collect();
        let moved = |by: f32| {
            let mut moved = planes.clone();
            for (value, way) in moved.values.iter_mut().zip(&way) {
                *value += by * way;
            }
            clip.slope_of_planes(&moved, of).expect("a slope").0
        };
        let along: f32 = slope.values.iter().zip(&way).map(|(a, b)| a * b).sum();
        let difference = ((moved(0.01) - moved(-0.01)) / 0.02) as f32;
        assert!(difference.abs() > 1e-4);
        assert!(
            (along - difference).abs() < 0.03 * difference.abs(),
            "{along} {difference}"
        );
    }
}
