//! What `config.json` of a Qwen3 says, in the dialects of transformers 4 and 5.

use serde::Deserialize;

use super::Shape;
use crate::ModelError;
use crate::checkpoint::config::{Neutral, Settings};

/// The settings of a Qwen3; where the file is silent, transformers' own.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Qwen3Config {
    pub(crate) vocab_size: usize,
    pub(crate) hidden_size: usize,
    pub(crate) intermediate_size: usize,
    pub(crate) num_hidden_layers: usize,
    pub(crate) num_attention_heads: usize,
    pub(crate) num_key_value_heads: usize,
    #[serde(default = "head_dim")]
    pub(crate) head_dim: usize,
    #[serde(default = "eps")]
    pub(crate) rms_norm_eps: f64,
    #[serde(default)]
    pub(crate) tie_word_embeddings: bool,
    /// the base of the rotary wave lengths; [`Self::of`] fills it in
    #[serde(default)]
    pub(crate) rope_theta: Option<f64>,
    rope_parameters: Option<Rope>,
    rope_scaling: Option<Rope>,
    layer_types: Option<Vec<String>>,
}

/// What newer files call `rope_parameters` and older ones `rope_scaling`.
#[derive(Clone, Debug, Deserialize)]
struct Rope {
    rope_theta: Option<f64>,
    #[serde(alias = "type")]
    rope_type: Option<String>,
}

fn head_dim() -> usize {
    128
}

fn eps() -> f64 {
    1e-6
}

const KNOWN: &[&str] = &[
    "vocab_size",
    "hidden_size",
    "intermediate_size",
    "num_hidden_layers",
    "num_attention_heads",
    "num_key_value_heads",
    "head_dim",
    "rms_norm_eps",
    "tie_word_embeddings",
    "rope_theta",
    "rope_parameters",
    "rope_scaling",
    "layer_types",
    // of the files and of training
    "architectures",
    "bos_token_id",
    "dtype",
    "eos_token_id",
    "initializer_range",
    "max_position_embeddings",
    "pad_token_id",
    "torch_dtype",
    "transformers_version",
    "use_cache",
    // windows are off wherever `use_sliding_window` is
    "max_window_layers",
    "sliding_window",
];

const NEUTRAL: Neutral = &[
    ("attention_dropout", "0"),
    ("hidden_act", "\"silu\""),
    ("model_type", "\"qwen3\""),
    ("pretraining_tp", "1"),
];

impl Qwen3Config {
    pub(crate) fn of(settings: &Settings) -> Result<Self, ModelError> {
        settings.refuse_unknown(KNOWN, NEUTRAL)?;
        let mut config: Self = settings.typed()?;
        let ropes = [&config.rope_parameters, &config.rope_scaling];
        for kind in ropes
            .iter()
            .filter_map(|rope| rope.as_ref()?.rope_type.as_ref())
        {
            if kind != "default" {
                return Err(settings.unsupported(format!(
                    "the language model stretches its places by {kind}, which Retake does not know how to compute"
                )));
            }
        }
        let theta = ropes.iter().find_map(|rope| rope.as_ref()?.rope_theta);
        config.rope_theta = theta.or(config.rope_theta).or(Some(10_000.0));
        let types = config.layer_types.iter().flatten();
        if let Some(other) = types.into_iter().find(|kind| *kind != "full_attention") {
            return Err(settings.unsupported(format!(
                "the language model has layers of {other}, which Retake does not know how to compute"
            )));
        }
        match config.shape().fault() {
            Some(fault) => Err(settings.unsupported(fault)),
            None => Ok(config),
        }
    }

    /// How large it is.
    pub(crate) fn shape(&self) -> Shape {
        Shape {
            words: self.vocab_size,
            width: self.hidden_size,
            inner: self.intermediate_size,
            layers: self.num_hidden_layers,
            heads: self.num_attention_heads,
            shared: self.num_key_value_heads,
            head_width: self.head_dim,
            eps: self.rms_norm_eps,
            theta: self.theta(),
            tied: self.tie_word_embeddings,
            normed: true,
            biased: false,
        }
    }

    /// The base of the rotary wave lengths.
    pub(super) fn theta(&self) -> f64 {
        self.rope_theta.unwrap_or(10_000.0)
    }
}
