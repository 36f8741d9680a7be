//! Where the picture attends to itself and to the text.

use candle_core::{Result, Tensor};

use super::config::{Floor, UnetConfig};
use crate::checkpoint::Weights;
use crate::kernels::{attention, geglu};
use crate::layers::{GroupNorm, LayerNorm, Linear};

/// Transformer2DModel.
pub(super) struct Transformer {
    norm: GroupNorm,
    proj_in: Linear,
    transformer_blocks: Vec<Block>,
    proj_out: Linear,
}

impl Transformer {
    pub(super) fn new(config: &UnetConfig, floor: &Floor, vb: Weights) -> Result<Self> {
        let width = floor.width;
        let project = |name: &str| match config.use_linear_projection {
            true => Linear::new(width, width, vb.pp(name)),
            false => Linear::of_one_pixel(width, width, vb.pp(name)),
        };
        Ok(Self {
            norm: GroupNorm::new(config.norm_num_groups, width, 1e-6, vb.pp("norm"))?,
            proj_in: project("proj_in")?,
            transformer_blocks: (0..floor.transformers)
                .map(|i| Block::new(floor, vb.pp("transformer_blocks").pp(i)))
                .collect::<Result<_>>()?,
            proj_out: project("proj_out")?,
        })
    }

    pub(super) fn forward(&self, x: &Tensor, text: &Tensor) -> Result<Tensor> {
        let tokens = self.norm.forward(x)?.flatten_from(2)?.transpose(1, 2)?; // (batch, px, width), a view
        let tokens = self.proj_in.forward(&tokens)?;
        let tokens = self
            .transformer_blocks
            .iter()
            .try_fold(tokens, |tokens, block| block.forward(&tokens, text))?;
        x + self
            .proj_out
            .forward_to_picture(&tokens)?
            .reshape(x.shape())?
    }
}

/// BasicTransformerBlock: to itself, to the text, and a gated perceptron.
struct Block {
    norm1: LayerNorm,
    attn1: Attention,
    norm2: LayerNorm,
    attn2: Attention,
    norm3: LayerNorm,
    gate: Linear,
    out: Linear,
}

impl Block {
    fn new(floor: &Floor, vb: Weights) -> Result<Self> {
        let width = floor.width;
        let norm = |name: &str| LayerNorm::new(width, 1e-5, vb.pp(name));
        Ok(Self {
            norm1: norm("norm1")?,
            attn1: Attention::new(width, width, floor.heads, vb.pp("attn1"))?,
            norm2: norm("norm2")?,
            attn2: Attention::new(width, floor.text, floor.heads, vb.pp("attn2"))?,
            norm3: norm("norm3")?,
            gate: Linear::new(width, 8 * width, vb.pp("ff.net.0.proj"))?,
            out: Linear::new(4 * width, width, vb.pp("ff.net.2"))?,
        })
    }

    fn forward(&self, x: &Tensor, text: &Tensor) -> Result<Tensor> {
        let own = self.norm1.forward(x)?;
        let x = (x + self.attn1.forward(&own, &own)?)?;
        let x = (&x + self.attn2.forward(&self.norm2.forward(&x)?, text)?)?;
        let gated = geglu(&self.gate.forward(&self.norm3.forward(&x)?)?)?;
        &x + self.out.forward(&gated)?
    }
}

struct Attention {
    to_q: Linear,
    to_k: Linear,
    to_v: Linear,
    to_out: Linear,
    heads: usize,
}

impl Attention {
    fn new(width: usize, context: usize, heads: usize, vb: Weights) -> Result<Self> {
        Ok(Self {
            to_q: Linear::no_bias(width, width, vb.pp("to_q"))?,
            to_k: Linear::no_bias(context, width, vb.pp("to_k"))?,
            to_v: Linear::no_bias(context, width, vb.pp("to_v"))?,
            to_out: Linear::new(width, width, vb.pp("to_out.0"))?,
            heads,
        })
    }

    fn forward(&self, x: &Tensor, context: &Tensor) -> Result<Tensor> {
        let (q, k, v) = (
            self.to_q.forward(x)?,
            self.to_k.forward(context)?,
            self.to_v.forward(context)?,
        );
        self.to_out
            .forward(&attention(&q, &k, &v, self.heads, false)?)
    }
}
