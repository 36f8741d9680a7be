//! The transformer (diffusers' FluxTransformer2DModel): from tokens of pictures, the states of a text, the time and the
//! guidance to the direction of the flow.

use candle_core::{DType, Result, Tensor};

use super::blocks::{DoubleBlock, EPS, Modulation, SingleBlock};
use super::places::{Place, Turned};
use super::{FluxConfig, Text};
use crate::checkpoint::Weights;
use crate::kernels::modulated;
use crate::layers::{Linear, waves};

/// Numbers in which time and guidance are told.
const WAVES: usize = 256;

/// The network.
pub(crate) struct FluxTransformer {
    time_text_embed: Condition,
    context_embedder: Linear,
    x_embedder: Linear,
    transformer_blocks: Vec<DoubleBlock>,
    single_transformer_blocks: Vec<SingleBlock>,
    norm_out: Modulation,
    proj_out: Linear,
    config: FluxConfig,
    /// what it computes in
    dtype: DType,
}

impl FluxTransformer {
    /// As the settings describe it.
    pub(crate) fn new(config: &FluxConfig, vb: Weights) -> Result<Self> {
        let width = config.width();
        let blocks = vb.pp("transformer_blocks");
        let single = vb.pp("single_transformer_blocks");
        Ok(Self {
            time_text_embed: Condition::new(config, vb.pp("time_text_embed"))?,
            context_embedder: Linear::new(
                config.joint_attention_dim,
                width,
                vb.pp("context_embedder"),
            )?,
            x_embedder: Linear::new(config.in_channels, width, vb.pp("x_embedder"))?,
            transformer_blocks: (0..config.num_layers)
                .map(|i| DoubleBlock::new(config, blocks.pp(i)))
                .collect::<Result<_>>()?,
            single_transformer_blocks: (0..config.num_single_layers)
                .map(|i| SingleBlock::new(config, single.pp(i)))
                .collect::<Result<_>>()?,
            norm_out: Modulation::new(width, 2, vb.pp("norm_out"))?,
            proj_out: Linear::new(width, config.in_channels, vb.pp("proj_out"))?,
            config: config.clone(),
            dtype: vb.dtype(),
        })
    }

    /// `tokens` is (batch, tokens, numbers) with a place for each, `time` 0 (clean) to 1 (noise), `guidance` what a model
    /// that knows guidance is told. The answer has the size of `tokens`.
    pub(crate) fn forward(
        &self,
        tokens: &Tensor,
        places: &[Place],
        text: &Text,
        time: f32,
        guidance: f32,
    ) -> Result<Tensor> {
        let (batch, count, _) = tokens.dims3()?;
        let words = text.states.dim(1)?;
        let turns = Turned::new(&self.config, words, places, tokens.device())?;
        let pooled = text.pooled.to_dtype(self.dtype)?;
        let condition = self.time_text_embed.forward(time, guidance, &pooled)?;
        let text = self
            .context_embedder
            .forward(&text.states.to_dtype(self.dtype)?)?;
        let text = match text.dim(0)? {
            own if own == batch => text,
            _ => text
                .broadcast_as((batch, words, self.config.width()))?
                .contiguous()?,
        };
        let pictures = self.x_embedder.forward(&tokens.to_dtype(self.dtype)?)?;
        let streams = (text, pictures);
        let (text, pictures) = self
            .transformer_blocks
            .iter()
            .try_fold(streams, |streams, block| {
                block.forward(streams, &condition, &turns)
            })?;
        let all = self
            .single_transformer_blocks
            .iter()
            .try_fold(Tensor::cat(&[text, pictures], 1)?, |all, block| {
                block.forward(all, &condition, &turns)
            })?;
        let pictures = all.narrow(1, words, count)?;
        // here the scale comes first
        let parts = self.norm_out.of(&condition)?;
        self.proj_out
            .forward(&modulated(&pictures, &parts[0], &parts[1], EPS)?)?
            .to_dtype(tokens.dtype())
    }
}

/// CombinedTimestepGuidanceTextProjEmbeddings, or without guidance.
struct Condition {
    timestep_embedder: Perceptron,
    guidance_embedder: Option<Perceptron>,
    text_embedder: Perceptron,
}

impl Condition {
    fn new(config: &FluxConfig, vb: Weights) -> Result<Self> {
        let width = config.width();
        Ok(Self {
            timestep_embedder: Perceptron::new(WAVES, width, vb.pp("timestep_embedder"))?,
            guidance_embedder: config
                .guidance_embeds
                .then(|| Perceptron::new(WAVES, width, vb.pp("guidance_embedder")))
                .transpose()?,
            text_embedder: Perceptron::new(
                config.pooled_projection_dim,
                width,
                vb.pp("text_embedder"),
            )?,
        })
    }

    /// (batch, 1, width) after the SiLU that all modulations begin with; `pooled` is (batch, width of CLIP).
    fn forward(&self, time: f32, guidance: f32, pooled: &Tensor) -> Result<Tensor> {
        let told = |number: f32| {
            let waves = waves(number * 1000.0, WAVES, true, 0.0);
            Tensor::from_vec(waves, (1, 1, WAVES), pooled.device())?.to_dtype(pooled.dtype())
        };
        let mut sum = self.timestep_embedder.forward(&told(time)?)?;
        if let Some(embedder) = &self.guidance_embedder {
            sum = (sum + embedder.forward(&told(guidance)?)?)?;
        }
        let text = self.text_embedder.forward(&pooled.unsqueeze(1)?)?;
        sum.broadcast_add(&text)?.silu()
    }
}

/// Two layers with SiLU between them.
struct Perceptron {
    linear_1: Linear,
    linear_2: Linear,
}

impl Perceptron {
    fn new(inputs: usize, width: usize, vb: Weights) -> Result<Self> {
        Ok(Self {
            linear_1: Linear::new(inputs, width, vb.pp("linear_1"))?,
            linear_2: Linear::new(width, width, vb.pp("linear_2"))?,
        })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        self.linear_2.forward(&self.linear_1.forward(x)?.silu()?)
    }
}
