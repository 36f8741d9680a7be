//! A table of vectors, one for each token or place.

use candle_core::{Device, Result, Tensor};

use crate::checkpoint::Weights;
use crate::kernels::Weight;

/// The vectors of a vocabulary.
#[derive(Clone, Debug)]
pub struct Embedding {
    weight: Weight, // (vocabulary, width)
    device: Device,
}

impl Embedding {
    /// `vocabulary` vectors of `width` numbers.
    pub fn new(vocabulary: usize, width: usize, vb: Weights) -> Result<Self> {
        Ok(Self {
            weight: vb.fine().matrix((vocabulary, width), "weight")?,
            device: vb.device().clone(),
        })
    }

    /// The vectors of these tokens, (tokens, width).
    pub fn forward(&self, ids: &[u32]) -> Result<Tensor> {
        match &self.weight {
            Weight::Plain(table) => table.index_select(&Tensor::new(ids, &self.device)?, 0),
            Weight::Packed(table) => table.pick(ids),
            Weight::Blocks(table) => table.embedding(&Tensor::new(ids, &self.device)?),
        }
    }

    /// From states back to a number for each token of the vocabulary: (batch, rows, width) to (batch, rows, tokens).
    pub fn backward(&self, states: &Tensor) -> Result<Tensor> {
        self.weight.linear(states, None)
    }
}
