//! The denoiser of FLUX.2 (Black Forest Labs 2025; diffusers' Flux2Transformer2DModel).

use candle_core::{Result, Tensor};

use super::blocks::{DoubleBlock, KeysAndValues, Modulation, SingleBlock};
use super::config::Flux2Config;
use super::places::{self, Place};
use super::time::TimeEmbedding;
use crate::checkpoint::Weights;
use crate::kernels::{Turns, modulated};
use crate::layers::Linear;

/// Flux2Transformer2DModel.
pub(crate) struct Transformer {
    time_guidance_embed: TimeEmbedding,
    double_stream_modulation_img: Linear,
    double_stream_modulation_txt: Linear,
    single_stream_modulation: Linear,
    x_embedder: Linear,
    context_embedder: Linear,
    transformer_blocks: Vec<DoubleBlock>,
    single_transformer_blocks: Vec<SingleBlock>,
    norm_out: Linear,
    proj_out: Linear,
    axes: Vec<usize>,
    theta: f64,
    eps: f64,
}

/// What a denoiser that never looks from reference pictures at anything else need not compute again: their keys and
/// values in every block.
pub(crate) struct Remembered {
    double: Vec<KeysAndValues>,
    single: Vec<KeysAndValues>,
}

/// What a call is told beside the tokens.
#[derive(Clone, Copy)]
pub(crate) struct Told<'a> {
    /// noise level σ, from 1 (noise) to 0
    pub(crate) sigma: f32,
    /// what the text encoder says, (batch, words, width)
    pub(crate) text: &'a Tensor,
}

impl Transformer {
    /// Its tensors have the names that diffusers gives them.
    pub(crate) fn new(config: &Flux2Config, vb: Weights) -> Result<Self> {
        let width = config.width();
        let linear = |inputs, outputs, name: &str| Linear::no_bias(inputs, outputs, vb.pp(name));
        Ok(Self {
            time_guidance_embed: TimeEmbedding::new(config, vb.pp("time_guidance_embed"))?,
            double_stream_modulation_img: linear(
                width,
                6 * width,
                "double_stream_modulation_img.linear",
            )?,
            double_stream_modulation_txt: linear(
                width,
                6 * width,
                "double_stream_modulation_txt.linear",
            )?,
            single_stream_modulation: linear(width, 3 * width, "single_stream_modulation.linear")?,
            x_embedder: linear(config.in_channels, width, "x_embedder")?,
            context_embedder: linear(config.joint_attention_dim, width, "context_embedder")?,
            transformer_blocks: (0..config.num_layers)
                .map(|i| DoubleBlock::new(config, vb.pp("transformer_blocks").pp(i)))
                .collect::<Result<_>>()?,
            single_transformer_blocks: (0..config.num_single_layers)
                .map(|i| SingleBlock::new(config, vb.pp("single_transformer_blocks").pp(i)))
                .collect::<Result<_>>()?,
            norm_out: linear(width, 2 * width, "norm_out.linear")?,
            proj_out: linear(width, config.answers(), "proj_out")?,
            axes: config.axes_dims_rope.clone(),
            theta: config.rope_theta,
            eps: config.eps,
        })
    }

    /// The answer for tokens (batch, tokens, channels) at their places: the direction from clean latents to noise.
    pub(crate) fn forward(
        &self,
        tokens: &Tensor,
        at: &[Place],
        told: Told<'_>,
        remembered: Option<&Remembered>,
    ) -> Result<Tensor> {
        let words = told.text.dim(1)?;
        let device = tokens.device();
        let all = [&places::of_text(words), at].concat();
        let turns = places::turns(&all, &self.axes, self.theta, device)?;
        let (text_turns, picture_turns) = (turns.part(0, words)?, turns.part(words, at.len())?);
        let time = self.time_guidance_embed.forward(told.sigma, tokens)?;
        let of_picture = Modulation::sets(&self.double_stream_modulation_img.forward(&time)?)?;
        let by_text = Modulation::sets(&self.double_stream_modulation_txt.forward(&time)?)?;
        let [of_both] = Modulation::sets(&self.single_stream_modulation.forward(&time)?)?;
        let mut x = self.x_embedder.forward(tokens)?;
        let mut text = self.context_embedder.forward(told.text)?;
        for (index, block) in self.transformer_blocks.iter().enumerate() {
            (x, text) = block.forward(
                (&x, &text),
                (&of_picture, &by_text),
                (&picture_turns, &text_turns),
                remembered.map(|all| &all.double[index]),
            )?;
        }
        let mut x = Tensor::cat(&[text, x], 1)?;
        for (index, block) in self.single_transformer_blocks.iter().enumerate() {
            let remembered = remembered.map(|all| (&all.single[index], words));
            (x, _) = block.forward(&x, &of_both, &turns, remembered)?;
        }
        let x = x.narrow(1, words, x.dim(1)? - words)?;
        let last = self.norm_out.forward(&time)?.squeeze(1)?.chunk(2, 1)?;
        self.proj_out
            .forward(&modulated(&x, &last[0], &last[1], self.eps)?)
    }

    /// Reference pictures by themselves, at the end of all noise: (1, tokens, channels) at their places.
    pub(crate) fn remember(&self, tokens: &Tensor, at: &[Place]) -> Result<Remembered> {
        let turns: Turns = places::turns(at, &self.axes, self.theta, tokens.device())?;
        let time = self.time_guidance_embed.forward(0.0, tokens)?;
        let double = Modulation::sets(&self.double_stream_modulation_img.forward(&time)?)?;
        let [single] = Modulation::sets(&self.single_stream_modulation.forward(&time)?)?;
        let mut x = self.x_embedder.forward(tokens)?;
        let mut remembered = Remembered {
            double: Vec::new(),
            single: Vec::new(),
        };
        for block in &self.transformer_blocks {
            let (next, seen) = block.remember(&x, &double, &turns)?;
            x = next;
            remembered.double.push(seen);
        }
        for block in &self.single_transformer_blocks {
            let (next, seen) = block.forward(&x, &single, &turns, None)?;
            x = next;
            remembered.single.push(seen);
        }
        Ok(remembered)
    }
}

impl Remembered {
    /// The same for so many pictures that are made at once.
    pub(crate) fn for_batch(&self, batch: usize) -> Result<Self> {
        let many = |x: &Tensor| {
            if batch == 1 {
                Ok(x.clone())
            } else {
                x.repeat((batch, 1, 1))
            }
        };
        let repeat = |all: &[KeysAndValues]| {
            all.iter()
                .map(|(k, v)| Ok((many(k)?, many(v)?)))
                .collect::<Result<_>>()
        };
        Ok(Self {
            double: repeat(&self.double)?,
            single: repeat(&self.single)?,
        })
    }
}
