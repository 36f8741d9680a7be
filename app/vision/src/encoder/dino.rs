//! DINOv2 (Oquab et al. 2023): what a picture shows and where, learned without words. The class token stands for the whole
//! picture, a patch token for a square of it.

use std::path::Path;

use candle_core::{DType, Device, Result, Tensor};
use retake_models::clip::{Activation, LayerSizes, Mlp};
use retake_tensors::ModelError;
use retake_tensors::checkpoint::config::{Neutral, Settings};
use retake_tensors::checkpoint::{Weights, fingerprint, names};
use retake_tensors::kernels::attention;
use retake_tensors::layers::{LayerNorm, Linear};
use serde::Deserialize;
use serde_json::{Value, json};

use super::patches::{Patches, interpolated};
use super::{Direction, files};
use crate::picture::{Bitmap, Planes, Preparation, Processor};

/// What `config.json` says.
#[derive(Clone, Debug, Deserialize)]
pub struct DinoConfig {
    hidden_size: usize,
    num_hidden_layers: usize,
    num_attention_heads: usize,
    mlp_ratio: f64,
    image_size: usize,
    patch_size: usize,
    hidden_act: Activation,
    layer_norm_eps: f64,
    qkv_bias: bool,
    use_mask_token: bool,
    use_swiglu_ffn: bool,
}

/// The sizes that transformers takes where the file says nothing: those of the base model.
fn silent() -> Value {
    json!({"hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12, "mlp_ratio": 4, "image_size": 224,
        "patch_size": 14, "hidden_act": "gelu", "layer_norm_eps": 1e-6, "qkv_bias": true, "use_mask_token": true,
        "use_swiglu_ffn": false})
}

const KNOWN: &[&str] = &[
    "apply_layernorm",
    "architectures",
    "attention_probs_dropout_prob",
    "drop_path_rate",
    "dtype",
    "hidden_act",
    "hidden_dropout_prob",
    "hidden_size",
    "image_size",
    "initializer_range",
    "layer_norm_eps",
    "layerscale_value",
    "mlp_ratio",
    "model_type",
    "num_attention_heads",
    "num_hidden_layers",
    "out_features",
    "out_indices",
    "patch_size",
    "qkv_bias",
    "reshape_hidden_states",
    "stage_names",
    "torch_dtype",
    "transformers_version",
    "use_mask_token",
    "use_swiglu_ffn",
];

const NEUTRAL: Neutral = &[("num_channels", "3")];

impl DinoConfig {
    /// Reads it.
    pub fn of(settings: &Settings) -> std::result::Result<Self, ModelError> {
        settings.refuse_unknown(KNOWN, NEUTRAL)?;
        let config: Self = settings.or(&silent()).typed()?;
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

    fn inner(&self) -> usize {
        (self.hidden_size as f64 * self.mlp_ratio) as usize
    }
}

/// The network.
pub struct DinoNetwork {
    cls_token: Tensor, // (1, 1, width)
    patches: Patches,
    class_position: Tensor,   // (1, width)
    square_positions: Tensor, // (squares, width)
    layers: Vec<Layer>,
    layernorm: LayerNorm,
}

impl DinoNetwork {
    /// Of the weights, by the names of transformers 5.
    pub fn new(config: &DinoConfig, vb: Weights) -> Result<Self> {
        let width = config.hidden_size;
        let embeddings = vb.pp("embeddings");
        let squares = (config.image_size / config.patch_size).pow(2);
        if config.use_mask_token {
            // stands for hidden squares in training
            embeddings.get((1, width), "mask_token")?;
        }
        let positions = embeddings
            .get((1, squares + 1, width), "position_embeddings")?
            .squeeze(0)?;
        let projection = embeddings.pp("patch_embeddings.projection");
        Ok(Self {
            cls_token: embeddings.get((1, 1, width), "cls_token")?,
            patches: Patches::new(config.patch_size, width, true, projection)?,
            class_position: positions.narrow(0, 0, 1)?,
            square_positions: positions.narrow(0, 1, squares)?,
            layers: (0..config.num_hidden_layers)
                .map(|i| Layer::new(config, vb.pp("encoder.layer").pp(i)))
                .collect::<Result<_>>()?,
            layernorm: LayerNorm::new(width, config.layer_norm_eps, vb.pp("layernorm"))?,
        })
    }

    /// (1 + squares, width): the class token, then the squares row by row, normalised.
    fn forward(&self, planes: &Planes) -> Result<Tensor> {
        let squares = self.patches.forward(planes, &self.cls_token)?; // (1, squares, width)
        let positions = interpolated(&self.square_positions, self.patches.grid(planes))?;
        let positions = Tensor::cat(&[&self.class_position, &positions], 0)?;
        let states = Tensor::cat(&[&self.cls_token, &squares], 1)?.broadcast_add(&positions)?;
        let states = self
            .layers
            .iter()
            .try_fold(states, |states, layer| layer.forward(&states))?;
        self.layernorm.forward(&states)?.squeeze(0)
    }
}

/// One layer: as in CLIP, with a factor for each channel of what is added.
struct Layer {
    norm1: LayerNorm,
    q_proj: Linear,
    k_proj: Linear,
    v_proj: Linear,
    o_proj: Linear,
    layer_scale1: Tensor, // (width)
    norm2: LayerNorm,
    mlp: Perceptron,
    layer_scale2: Tensor, // (width)
    heads: usize,
}

impl Layer {
    fn new(config: &DinoConfig, vb: Weights) -> Result<Self> {
        let (width, eps) = (config.hidden_size, config.layer_norm_eps);
        let attn = vb.pp("attention");
        let square = |name: &str| match config.qkv_bias {
            true => Linear::new(width, width, attn.pp(name)),
            false => Linear::no_bias(width, width, attn.pp(name)),
        };
        Ok(Self {
            norm1: LayerNorm::new(width, eps, vb.pp("norm1"))?,
            q_proj: square("q_proj")?,
            k_proj: square("k_proj")?,
            v_proj: square("v_proj")?,
            o_proj: Linear::new(width, width, attn.pp("o_proj"))?,
            layer_scale1: vb.pp("layer_scale1").get(width, "lambda1")?,
            norm2: LayerNorm::new(width, eps, vb.pp("norm2"))?,
            mlp: Perceptron::new(config, vb.pp("mlp"))?,
            layer_scale2: vb.pp("layer_scale2").get(width, "lambda1")?,
            heads: config.num_attention_heads,
        })
    }

    fn forward(&self, states: &Tensor) -> Result<Tensor> {
        let x = self.norm1.forward(states)?;
        let (q, k, v) = (
            self.q_proj.forward(&x)?,
            self.k_proj.forward(&x)?,
            self.v_proj.forward(&x)?,
        );
        let seen = self
            .o_proj
            .forward(&attention(&q, &k, &v, self.heads, false)?)?;
        let states = (states + seen.broadcast_mul(&self.layer_scale1)?)?;
        let x = self.mlp.forward(&self.norm2.forward(&states)?)?;
        states + x.broadcast_mul(&self.layer_scale2)?
    }
}

/// The perceptron of a layer: the plain one, or the gated one of the giant model.
enum Perceptron {
    Plain(Mlp),
    Gated {
        gate_and_up: [Linear; 2],
        down_proj: Linear,
    },
}

impl Perceptron {
    fn new(config: &DinoConfig, vb: Weights) -> Result<Self> {
        let (width, inner) = (config.hidden_size, config.inner());
        if !config.use_swiglu_ffn {
            let sizes = LayerSizes {
                width,
                inner,
                heads: config.num_attention_heads,
                activation: config.hidden_act,
                eps: config.layer_norm_eps,
                causal: false,
            };
            return Ok(Self::Plain(Mlp::new(sizes, vb)?));
        }
        // two thirds, rounded up to a multiple of 8
        let inner = (inner * 2 / 3).next_multiple_of(8);
        if !vb.contains("weights_in.weight") {
            let up = |name: &str| Linear::new(width, inner, vb.pp(name));
            return Ok(Self::Gated {
                gate_and_up: [up("gate_proj")?, up("up_proj")?],
                down_proj: Linear::new(inner, width, vb.pp("down_proj"))?,
            });
        }
        // before transformers 5 both lay in one
        let both = vb.pp("weights_in");
        let (weight, bias) = (
            both.get((2 * inner, width), "weight")?,
            both.get(2 * inner, "bias")?,
        );
        let half = |i: usize| -> Result<Linear> {
            let bias = bias.narrow(0, i * inner, inner)?.contiguous()?;
            Ok(Linear::of(
                weight.narrow(0, i * inner, inner)?.contiguous()?,
                Some(bias),
            ))
        };
        Ok(Self::Gated {
            gate_and_up: [half(0)?, half(1)?],
            down_proj: Linear::new(inner, width, vb.pp("weights_out"))?,
        })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        match self {
            Self::Plain(mlp) => mlp.forward(x),
            Self::Gated {
                gate_and_up: [gate, up],
                down_proj,
            } => down_proj.forward(&(gate.forward(x)?.silu()? * up.forward(x)?)?),
        }
    }
}

/// What was seen in a picture.
#[derive(Clone, Debug)]
pub struct Seen {
    /// of the whole picture
    pub class: Vec<f32>,
    /// of each square, row by row, `columns * rows` of them
    pub squares: Vec<Vec<f32>>,
    /// squares across
    pub columns: usize,
    /// squares down
    pub rows: usize,
}

impl Seen {
    /// Where the whole picture points; `None` if nowhere.
    pub fn direction(&self) -> Option<Direction> {
        Direction::of(&self.class)
    }
}

/// DINOv2 with its processor.
pub struct Dino {
    network: DinoNetwork,
    preparation: Preparation,
    side: usize,
    fingerprint: String,
}

impl Dino {
    /// The same as [`Self::open`], on the processor.
    pub fn on_processor(path: &Path) -> std::result::Result<Self, ModelError> {
        Self::open(path, &Device::Cpu)
    }

    /// Opens a folder as transformers writes it.
    pub fn open(folder: &Path, device: &Device) -> std::result::Result<Self, ModelError> {
        let kind = ("dinov2", "DINOv2");
        let (alone, settings, preparation) = files(folder, kind, Processor::BIT)?;
        let config = DinoConfig::of(&settings)?;
        let built = alone
            .tensors(names::DINOV2)?
            .build_as_written(device, |vb| DinoNetwork::new(&config, vb))?;
        Ok(Self {
            network: built.network,
            preparation,
            side: config.patch_size,
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

    /// Looks at the middle of a picture, as the processor cuts it.
    pub fn middle(&self, picture: &Bitmap) -> std::result::Result<Seen, ModelError> {
        self.look(&self.preparation.planes(picture)?)
    }

    /// Looks at all of a picture, brought to whole squares of which there are about `squares`.
    pub fn whole(&self, picture: &Bitmap, squares: usize) -> std::result::Result<Seen, ModelError> {
        let (columns, rows) = grid(picture.width, picture.height, squares);
        self.look(
            &self
                .preparation
                .whole(picture, columns * self.side, rows * self.side),
        )
    }

    /// Looks at what was prepared.
    pub fn look(&self, planes: &Planes) -> std::result::Result<Seen, ModelError> {
        let states = self.network.forward(planes)?.to_dtype(DType::F32)?;
        let mut states: Vec<Vec<f32>> = states.to_vec2()?;
        let class = states.remove(0);
        let (columns, rows) = self.network.patches.grid(planes);
        Ok(Seen {
            class,
            squares: states,
            columns,
            rows,
        })
    }
}

/// Columns and rows of about so many squares in a picture of this shape, at least one each.
fn grid(width: usize, height: usize, squares: usize) -> (usize, usize) {
    let shape = width as f64 / height.max(1) as f64;
    let side = |count: f64| (count.round() as usize).clamp(1, squares.max(1));
    let squares_f = squares as f64;
    (
        side((squares_f * shape).sqrt()),
        side((squares_f / shape).sqrt()),
    )
}
