//! Qwen3 (Yang et al. 2025; transformers' Qwen3ForCausalLM): a language model whose states between its layers tell
//! FLUX.2 what is wanted. Its layers, its tokenizer and its chat template also serve the language models with eyes.

mod chat;
mod config;
mod decoder;
mod memory;
mod shape;
mod template;
#[cfg(test)]
mod tests;
mod tokenizer;

use candle_core::{Result, Tensor};

use crate::checkpoint::Weights;
use crate::layers::{Embedding, Linear};

pub use crate::kernels::Turns;
pub use chat::{Chat, Piece};
pub(crate) use config::Qwen3Config;
pub use decoder::Decoder;
pub use memory::Memory;
pub use shape::Shape;
pub use tokenizer::Prompt;
pub(crate) use tokenizer::Tokenizer;

/// Embeddings, layers, and the way back to words.
pub struct Qwen3 {
    embed_tokens: Embedding,
    decoder: Decoder,
    lm_head: LmHead,
}

/// From states to a number for each word.
enum LmHead {
    /// the embeddings again
    Tied,
    Own(Linear),
    /// its tensor was looked at and let go
    Dropped,
}

/// What of the checkpoint stays in memory. All of it is read, so that a damaged checkpoint shows either way.
#[derive(Clone, Copy, Debug)]
pub struct Keep {
    /// the first so many layers
    pub layers: usize,
    /// the way back to words
    pub words: bool,
}

impl Qwen3 {
    /// Its tensors have the names of the inner model, without `model.`.
    pub(crate) fn new(config: &Qwen3Config, keep: Keep, vb: Weights) -> Result<Self> {
        Self::of(&config.shape(), keep, vb)
    }

    /// The same for any of its kin.
    pub fn of(shape: &Shape, keep: Keep, vb: Weights) -> Result<Self> {
        let Shape {
            words, width, tied, ..
        } = *shape;
        let embed_tokens = Embedding::new(words, width, vb.pp("embed_tokens"))?;
        let decoder = Decoder::new(shape, keep.layers, vb.clone())?;
        // some checkpoints write the tied matrix out all the same
        let own = (!tied || vb.contains("lm_head.weight"))
            .then(|| Linear::no_bias(width, words, vb.fine().pp("lm_head")))
            .transpose()?;
        Ok(Self {
            embed_tokens,
            decoder,
            lm_head: match own {
                _ if tied => LmHead::Tied,
                Some(own) if keep.words => LmHead::Own(own),
                _ => LmHead::Dropped,
            },
        })
    }

    /// What the first layer reads of tokens, (1, tokens, width).
    pub fn embedded(&self, ids: &[u32]) -> Result<Tensor> {
        self.embed_tokens.forward(ids)?.unsqueeze(0)
    }

    /// The layers.
    pub fn decoder(&self) -> &Decoder {
        &self.decoder
    }

    /// A number for each word of the vocabulary, from the last states: (batch, tokens, width) to (batch, tokens, words).
    pub fn logits(&self, states: &Tensor) -> Result<Tensor> {
        match &self.lm_head {
            LmHead::Tied => self.embed_tokens.backward(states),
            LmHead::Own(own) => own.forward(states),
            LmHead::Dropped => {
                candle_core::bail!("the language model was loaded without its way back to words")
            }
        }
    }
}
