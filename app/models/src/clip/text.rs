//! CLIP's text encoder: a transformer whose every token sees those before it. Stable Diffusion reads the last layer,
//! normalised.

use candle_core::{Result, Tensor};
use serde::Deserialize;

use crate::ModelError;
use crate::checkpoint::config::Settings;
use crate::checkpoint::{Checkpoint, Weights};
use crate::clip::layer::{Activation, Layer, LayerSizes};
use crate::layers::{Embedding, LayerNorm};

/// What `text_encoder/config.json` says, or the `text_config` of a whole CLIP.
#[derive(Clone, Debug, Deserialize)]
pub struct TextConfig {
    /// tokens that are known
    pub vocab_size: usize,
    /// width of the states
    pub hidden_size: usize,
    /// width between the two layers of a perceptron
    pub intermediate_size: usize,
    /// how many layers
    pub num_hidden_layers: usize,
    /// heads that share the width
    pub num_attention_heads: usize,
    /// tokens that it takes
    pub max_position_embeddings: usize,
    /// between the two layers of a perceptron
    pub hidden_act: Activation,
    /// added to variances
    #[serde(default = "layer_norm_eps")]
    pub layer_norm_eps: f64,
    /// the token that ends a text
    #[serde(default = "eos_token_id")]
    pub eos_token_id: u32,
    /// whether a token sees those before it only, as CLIP's do; no file says so
    #[serde(skip, default = "causal")]
    pub causal: bool,
}

fn causal() -> bool {
    true
}

/// transformers' own, where the file says nothing
fn layer_norm_eps() -> f64 {
    1e-5
}

/// transformers' own, where the file says nothing
fn eos_token_id() -> u32 {
    49_407
}

impl TextConfig {
    /// Reads it.
    pub(crate) fn read(checkpoint: &Checkpoint) -> std::result::Result<Self, ModelError> {
        Self::of(&checkpoint.settings("text_encoder")?)
    }

    /// The same, from settings that were read already.
    pub fn of(settings: &Settings) -> std::result::Result<Self, ModelError> {
        let config: Self = settings.typed()?;
        if config.num_attention_heads == 0
            || !config
                .hidden_size
                .is_multiple_of(config.num_attention_heads)
        {
            return Err(settings.unsupported(format!(
                "a width of {} cannot be shared by {} heads",
                config.hidden_size, config.num_attention_heads
            )));
        }
        Ok(config)
    }

    fn layer(&self) -> LayerSizes {
        LayerSizes {
            width: self.hidden_size,
            inner: self.intermediate_size,
            heads: self.num_attention_heads,
            activation: self.hidden_act,
            eps: self.layer_norm_eps,
            causal: self.causal,
        }
    }
}

/// The encoder.
pub struct TextEncoder {
    token_embedding: Embedding,
    position_embedding: Embedding,
    layers: Vec<Layer>,
    final_layer_norm: LayerNorm,
    eos_token_id: u32,
}

impl TextEncoder {
    /// Its tensors have the names that they have since transformers 5, without `text_model.`.
    pub fn new(config: &TextConfig, vb: Weights) -> Result<Self> {
        let width = config.hidden_size;
        let embeddings = vb.pp("embeddings");
        Ok(Self {
            token_embedding: Embedding::new(
                config.vocab_size,
                width,
                embeddings.pp("token_embedding"),
            )?,
            position_embedding: Embedding::new(
                config.max_position_embeddings,
                width,
                embeddings.pp("position_embedding"),
            )?,
            layers: (0..config.num_hidden_layers)
                .map(|i| Layer::new(config.layer(), vb.pp("encoder.layers").pp(i)))
                .collect::<Result<_>>()?,
            final_layer_norm: LayerNorm::new(
                width,
                config.layer_norm_eps,
                vb.pp("final_layer_norm"),
            )?,
            eos_token_id: config.eos_token_id,
        })
    }

    /// The states of the tokens, (1, tokens, width).
    pub fn forward(&self, ids: &[u32]) -> Result<Tensor> {
        let tokens = self.token_embedding.forward(ids)?; // (tokens, width)
        let places: Vec<u32> = (0..ids.len() as u32).collect();
        let places = self.position_embedding.forward(&places)?;
        let states = (tokens + places)?.unsqueeze(0)?; // (1, tokens, width)
        let states = self
            .layers
            .iter()
            .try_fold(states, |states, layer| layer.forward(&states))?;
        self.final_layer_norm.forward(&states)
    }

    /// The state at the end of the text, (1, width), which stands for all of it.
    pub fn pooled(&self, ids: &[u32], states: &Tensor) -> Result<Tensor> {
        states
            .narrow(1, end_of_text(ids, self.eos_token_id), 1)?
            .squeeze(1)
    }
}

/// Where a text ends: at the first token that says so. Settings from before transformers 4.31 call that token 2, which
/// it is not; there it is the token with the highest number.
fn end_of_text(ids: &[u32], eos_token_id: u32) -> usize {
    let end = match eos_token_id {
        2 => ids.iter().copied().max().unwrap_or_default(),
        end => end,
    };
    ids.iter().position(|&id| id == end).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::end_of_text;

    #[test]
    fn a_text_ends_at_its_first_end_by_the_old_rule_and_the_new() {
        let ids = [805, 7, 9, 806, 806, 806];
        assert_eq!(end_of_text(&ids, 806), 3);
        assert_eq!(end_of_text(&ids, 2), 3);
        // with tokens of one's own behind it, only the new rule finds it
        let ids = [805, 900, 9, 806, 806];
        assert_eq!(end_of_text(&ids, 806), 3);
        assert_eq!(end_of_text(&ids, 2), 1);
        assert_eq!(end_of_text(&ids, 77), 0);
    }
}
