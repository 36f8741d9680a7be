//! What `text_encoder_2/config.json` says.

use serde::Deserialize;

use crate::ModelError;
use crate::checkpoint::config::{Neutral, Settings};

/// The settings of the encoder; where the file is silent, transformers' own.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct T5Config {
    pub(crate) vocab_size: usize,
    /// width of the states
    pub(crate) d_model: usize,
    /// width of a head
    pub(crate) d_kv: usize,
    /// width inside the perceptrons
    pub(crate) d_ff: usize,
    pub(crate) num_layers: usize,
    pub(crate) num_heads: usize,
    #[serde(default = "buckets")]
    pub(crate) relative_attention_num_buckets: usize,
    #[serde(default = "max_distance")]
    pub(crate) relative_attention_max_distance: usize,
    #[serde(default = "epsilon")]
    pub(crate) layer_norm_epsilon: f64,
}

fn buckets() -> usize {
    32
}

fn max_distance() -> usize {
    128
}

fn epsilon() -> f64 {
    1e-6
}

const KNOWN: &[&str] = &[
    "vocab_size",
    "d_model",
    "d_kv",
    "d_ff",
    "num_layers",
    "num_heads",
    "relative_attention_num_buckets",
    "relative_attention_max_distance",
    "layer_norm_epsilon",
    "pad_token_id", // the tokenizer knows it
    "eos_token_id",
    // of the decoder, of training, and notes
    "architectures",
    "classifier_dropout",
    "decoder_start_token_id",
    "dropout_rate",
    "dtype",
    "initializer_factor",
    "is_encoder_decoder",
    "n_positions",
    "num_decoder_layers",
    "output_past",
    "scale_decoder_outputs",
    "task_specific_params",
    "tie_word_embeddings",
    "torch_dtype",
    "transformers_version",
    "use_cache",
];

/// Version 1.1 alone: the first one has perceptrons without gates.
const NEUTRAL: Neutral = &[
    ("dense_act_fn", "\"gelu_new\""),
    ("feed_forward_proj", "\"gated-gelu\""),
    ("is_gated_act", "true"),
    ("model_type", "\"t5\""),
];

impl T5Config {
    pub(crate) fn of(settings: &Settings) -> Result<Self, ModelError> {
        settings.refuse_unknown(KNOWN, NEUTRAL)?;
        if !settings.has("feed_forward_proj") {
            return Err(settings.unsupported(
                "the text encoder is T5 in its first version, where the model needs version 1.1"
                    .to_owned(),
            ));
        }
        let config: Self = settings.typed()?;
        let buckets = config.relative_attention_num_buckets;
        let sound = config.num_heads > 0
            && config.d_kv > 0
            && config.num_layers > 0
            && buckets >= 4
            && buckets.is_multiple_of(2)
            && config.relative_attention_max_distance > buckets / 4;
        if !sound {
            return Err(
                settings.unsupported("the text encoder has no heads, layers or places".to_owned())
            );
        }
        Ok(config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Map, Value, json};

    fn read(more: &[(&str, Value)]) -> Result<T5Config, ModelError> {
        let mut all = Map::new();
        for key in [
            "vocab_size",
            "d_model",
            "d_kv",
            "d_ff",
            "num_layers",
            "num_heads",
        ] {
            all.insert(key.to_owned(), json!(8));
        }
        all.insert("feed_forward_proj".to_owned(), json!("gated-gelu"));
        for (key, value) in more {
            all.insert((*key).to_owned(), value.clone());
        }
        all.retain(|_, value| !value.is_null());
        T5Config::of(&Settings::of("config.json", all))
    }

    #[test]
    fn other_relatives_of_t5_are_refused_by_name() {
        assert!(read(&[]).is_ok());
        for (key, value) in [
            ("feed_forward_proj", json!("gated-silu")),
            ("feed_forward_proj", json!("relu")),
            ("dense_act_fn", json!("gelu")),
            ("model_type", json!("umt5")),
            ("a_new_setting", json!(3)),
        ] {
            let said = read(&[(key, value)]).expect_err("refused").to_string();
            assert!(said.contains(key), "{said}");
        }
        let said = read(&[("feed_forward_proj", Value::Null)]).expect_err("refused");
        assert!(said.to_string().contains("first version"), "{said}");
        assert!(read(&[("num_heads", json!(0))]).is_err());
    }
}
