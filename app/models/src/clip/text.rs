//! CLIP's text encoder: a transformer whose every token sees those before it. Stable Diffusion reads the last layer,
//! normalised.

use candle_core::{Result, Tensor};
use serde::Deserialize;

use crate::ModelError;
use crate::checkpoint::config::Settings;
use crate::checkpoint::{Checkpoint, Weights};
use crate::kernels::attention;
use crate::layers::{Embedding, LayerNorm, Linear};

/// What `text_encoder/config.json` says.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct TextConfig {
    pub(crate) vocab_size: usize,
    /// width of the states
    pub(crate) hidden_size: usize,
    pub(crate) intermediate_size: usize,
    pub(crate) num_hidden_layers: usize,
    pub(crate) num_attention_heads: usize,
    /// tokens that it takes
    pub(crate) max_position_embeddings: usize,
    pub(crate) hidden_act: Activation,
    #[serde(default = "layer_norm_eps")]
    pub(crate) layer_norm_eps: f64,
    /// the token that ends a text
    #[serde(default = "eos_token_id")]
    pub(crate) eos_token_id: u32,
}

/// transformers' own, where the file says nothing
fn layer_norm_eps() -> f64 {
    1e-5
}

/// transformers' own, where the file says nothing
fn eos_token_id() -> u32 {
    49_407
}

/// Between the two layers of a block's perceptron.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Activation {
    /// x · σ(1.702 x)
    QuickGelu,
    /// x · Φ(x)
    Gelu,
}

impl TextConfig {
    /// Reads it.
    pub(crate) fn read(checkpoint: &Checkpoint) -> std::result::Result<Self, ModelError> {
        Self::of(&checkpoint.settings("text_encoder")?)
    }

    pub(crate) fn of(settings: &Settings) -> std::result::Result<Self, ModelError> {
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
}

/// The encoder.
pub(crate) struct TextEncoder {
    token_embedding: Embedding,
    position_embedding: Embedding,
    layers: Vec<Layer>,
    final_layer_norm: LayerNorm,
    eos_token_id: u32,
}

impl TextEncoder {
    /// Its tensors have the names that they have since transformers 5, without `text_model.`.
    pub(crate) fn new(config: &TextConfig, vb: Weights) -> Result<Self> {
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
                .map(|i| Layer::new(config, vb.pp("encoder.layers").pp(i)))
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
    pub(crate) fn forward(&self, ids: &[u32]) -> Result<Tensor> {
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
    pub(crate) fn pooled(&self, ids: &[u32], states: &Tensor) -> Result<Tensor> {
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

struct Layer {
    layer_norm1: LayerNorm,
    q_proj: Linear,
    k_proj: Linear,
    v_proj: Linear,
    out_proj: Linear,
    layer_norm2: LayerNorm,
    fc1: Linear,
    fc2: Linear,
    activation: Activation,
    heads: usize,
}

impl Layer {
    fn new(config: &TextConfig, vb: Weights) -> Result<Self> {
        let (width, inner, eps) = (
            config.hidden_size,
            config.intermediate_size,
            config.layer_norm_eps,
        );
        let attn = vb.pp("self_attn");
        let square = |name: &str| Linear::new(width, width, attn.pp(name));
        Ok(Self {
            layer_norm1: LayerNorm::new(width, eps, vb.pp("layer_norm1"))?,
            q_proj: square("q_proj")?,
            k_proj: square("k_proj")?,
            v_proj: square("v_proj")?,
            out_proj: square("out_proj")?,
            layer_norm2: LayerNorm::new(width, eps, vb.pp("layer_norm2"))?,
            fc1: Linear::new(width, inner, vb.pp("mlp.fc1"))?,
            fc2: Linear::new(inner, width, vb.pp("mlp.fc2"))?,
            activation: config.hidden_act,
            heads: config.num_attention_heads,
        })
    }

    fn forward(&self, states: &Tensor) -> Result<Tensor> {
        let x = self.layer_norm1.forward(states)?;
        let (q, k, v) = (
            self.q_proj.forward(&x)?,
            self.k_proj.forward(&x)?,
            self.v_proj.forward(&x)?,
        );
        let seen = attention(&q, &k, &v, self.heads, true)?; // (1, tokens, width)
        let states = (states + self.out_proj.forward(&seen)?)?;
        let x = self.fc1.forward(&self.layer_norm2.forward(&states)?)?;
        let x = match self.activation {
            Activation::QuickGelu => (&x * candle_nn::ops::sigmoid(&(&x * 1.702)?)?)?,
            Activation::Gelu => x.gelu_erf()?,
        };
        states + self.fc2.forward(&x)?
    }
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
