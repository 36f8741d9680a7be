//! The encoder: every token sees all others, and how far apart two tokens are is added to how much they see of each
//! other. Scores are not divided by the width, and norms neither centre nor shift.

use candle_core::{Result, Tensor};
use candle_nn::ops::softmax_last_dim;

use super::T5Config;
use crate::checkpoint::Weights;
use crate::kernels::{gelu_tanh, rms_norm};
use crate::layers::{Embedding, Linear, bounded};

/// T5EncoderModel.
pub(crate) struct T5Encoder {
    shared: Embedding,
    relative_attention_bias: Tensor, // (buckets, heads)
    block: Vec<Block>,
    final_layer_norm: Norm,
    config: T5Config,
}

impl T5Encoder {
    /// As the settings describe it.
    pub(crate) fn new(config: &T5Config, vb: Weights) -> Result<Self> {
        let encoder = vb.pp("encoder");
        let blocks = encoder.pp("block");
        Ok(Self {
            shared: Embedding::new(config.vocab_size, config.d_model, vb.pp("shared"))?,
            // the first block's serves all of them
            relative_attention_bias: blocks
                .pp("0.layer.0.SelfAttention.relative_attention_bias")
                .get(
                    (config.relative_attention_num_buckets, config.num_heads),
                    "weight",
                )?,
            block: (0..config.num_layers)
                .map(|i| Block::new(config, blocks.pp(i).pp("layer")))
                .collect::<Result<_>>()?,
            final_layer_norm: Norm::new(config, encoder.pp("final_layer_norm"))?,
            config: config.clone(),
        })
    }

    /// The states of the tokens, (1, tokens, width).
    pub(crate) fn forward(&self, ids: &[u32]) -> Result<Tensor> {
        let states = self.shared.forward(ids)?.unsqueeze(0)?;
        let nearness = self.nearness(ids.len())?;
        let states = self
            .block
            .iter()
            .try_fold(states, |states, block| block.forward(&states, &nearness))?;
        self.final_layer_norm.forward(&states)
    }

    /// What is added to the scores of `tokens` tokens, (heads, queries, keys).
    fn nearness(&self, tokens: usize) -> Result<Tensor> {
        let buckets: Vec<u32> = (0..tokens * tokens)
            .map(|i| self.config.bucket(i % tokens, i / tokens))
            .collect();
        let table = &self.relative_attention_bias;
        table
            .index_select(&Tensor::new(buckets, table.device())?, 0)?
            .t()?
            .contiguous()?
            .reshape((self.config.num_heads, tokens, tokens))
    }
}

impl T5Config {
    /// Which row of the table tells how a query sees a key (Raffel et al. 2020, section 2.1; the reference
    /// implementation in mesh_tensorflow): near keys have a row each, farther ones share, more the farther they are,
    /// and later keys have rows of their own. In 32-bit floats, as the reference has it.
    fn bucket(&self, key: usize, query: usize) -> u32 {
        let of_side = self.relative_attention_num_buckets / 2;
        let exact = of_side / 2;
        let distance = key.abs_diff(query);
        let later = if key > query { of_side } else { 0 };
        let within = if distance < exact {
            distance
        } else {
            let whole = (self.relative_attention_max_distance as f64 / exact as f64).ln() as f32;
            let share = (distance as f32 / exact as f32).ln() / whole;
            (exact + (share * (of_side - exact) as f32) as usize).min(of_side - 1)
        };
        (later + within) as u32
    }
}

/// T5LayerNorm.
struct Norm {
    weight: Tensor,
    epsilon: f64,
}

impl Norm {
    fn new(config: &T5Config, vb: Weights) -> Result<Self> {
        Ok(Self {
            weight: vb.get(config.d_model, "weight")?,
            epsilon: config.layer_norm_epsilon,
        })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        rms_norm(x, &self.weight, self.epsilon)
    }
}

/// T5Block: attention, then a gated perceptron.
struct Block {
    attention_norm: Norm,
    q: Linear,
    k: Linear,
    v: Linear,
    o: Linear,
    dense_norm: Norm,
    wi_0: Linear,
    wi_1: Linear,
    wo: Linear,
    heads: usize,
}

impl Block {
    fn new(config: &T5Config, vb: Weights) -> Result<Self> {
        let (width, inner) = (config.d_model, config.num_heads * config.d_kv);
        let attention = vb.pp("0.SelfAttention");
        let dense = vb.pp("1.DenseReluDense");
        Ok(Self {
            attention_norm: Norm::new(config, vb.pp("0.layer_norm"))?,
            q: Linear::no_bias(width, inner, attention.pp("q"))?,
            k: Linear::no_bias(width, inner, attention.pp("k"))?,
            v: Linear::no_bias(width, inner, attention.pp("v"))?,
            o: Linear::no_bias(inner, width, attention.pp("o"))?,
            dense_norm: Norm::new(config, vb.pp("1.layer_norm"))?,
            wi_0: Linear::no_bias(width, config.d_ff, dense.pp("wi_0"))?,
            wi_1: Linear::no_bias(width, config.d_ff, dense.pp("wi_1"))?,
            wo: Linear::no_bias(config.d_ff, width, dense.pp("wo"))?,
            heads: config.num_heads,
        })
    }

    fn forward(&self, states: &Tensor, nearness: &Tensor) -> Result<Tensor> {
        let x = self.attention_norm.forward(states)?;
        let apart = |layer: &Linear| -> Result<Tensor> {
            let y = layer.forward(&x)?;
            let (batch, tokens, inner) = y.dims3()?;
            y.reshape((batch, tokens, self.heads, inner / self.heads))?
                .transpose(1, 2)?
                .contiguous() // (batch, heads, tokens, width of a head)
        };
        let (q, k, v) = (apart(&self.q)?, apart(&self.k)?, apart(&self.v)?);
        let scores = q.matmul(&k.t()?)?.broadcast_add(nearness)?;
        let seen = softmax_last_dim(&scores)?
            .matmul(&v)?
            .transpose(1, 2)?
            .flatten_from(2)?;
        let states = bounded((states + self.o.forward(&seen)?)?)?;
        let x = self.dense_norm.forward(&states)?;
        let gated = (gelu_tanh(&self.wi_0.forward(&x)?)? * self.wi_1.forward(&x)?)?;
        bounded((&states + self.wo.forward(&gated)?)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// (buckets, farthest) and, for earlier keys, the distance at which each row of the table begins, as transformers
    /// has it.
    const BEGINNINGS: [(usize, usize, &[usize]); 2] = [
        (
            32,
            128,
            &[0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 23, 32, 46, 64, 91],
        ),
        (16, 40, &[0, 1, 2, 3, 4, 8, 13, 23]),
    ];

    #[test]
    fn near_tokens_have_a_row_each_and_far_ones_share() {
        for (buckets, farthest, beginnings) in BEGINNINGS {
            let config = T5Config {
                vocab_size: 1,
                d_model: 1,
                d_kv: 1,
                d_ff: 1,
                num_layers: 1,
                num_heads: 1,
                relative_attention_num_buckets: buckets,
                relative_attention_max_distance: farthest,
                layer_norm_epsilon: 1e-6,
            };
            for distance in 0..600 {
                let row = beginnings
                    .iter()
                    .filter(|&&first| first <= distance)
                    .count()
                    - 1;
                assert_eq!(config.bucket(0, distance), row as u32, "{distance} back");
                let later = if distance == 0 { 0 } else { row + buckets / 2 };
                assert_eq!(config.bucket(distance, 0), later as u32, "{distance} on");
            }
        }
    }
}
