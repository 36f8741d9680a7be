//! What `transformer/config.json` says.

use serde::Deserialize;

use crate::ModelError;
use crate::checkpoint::config::{Neutral, Settings};

/// The settings of the transformer; where the file is silent, diffusers' own.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct FluxConfig {
    /// numbers of a token: those of 2 × 2 latent px
    pub(crate) in_channels: usize,
    pub(crate) out_channels: Option<usize>,
    /// blocks in which text and picture have weights of their own
    pub(crate) num_layers: usize,
    /// blocks in which they share them
    pub(crate) num_single_layers: usize,
    /// width of a head
    pub(crate) attention_head_dim: usize,
    pub(crate) num_attention_heads: usize,
    /// width of T5's states
    pub(crate) joint_attention_dim: usize,
    /// width of CLIP's state
    pub(crate) pooled_projection_dim: usize,
    /// whether it is told how strongly to follow the text
    #[serde(default)]
    pub(crate) guidance_embeds: bool,
    /// features of a head that are turned by the first, second and third number of a token's place
    #[serde(default = "axes")]
    pub(crate) axes_dims_rope: Vec<usize>,
}

fn axes() -> Vec<usize> {
    vec![16, 56, 56]
}

const KNOWN: &[&str] = &[
    "in_channels",
    "out_channels",
    "num_layers",
    "num_single_layers",
    "attention_head_dim",
    "num_attention_heads",
    "joint_attention_dim",
    "pooled_projection_dim",
    "guidance_embeds",
    "axes_dims_rope",
];

const NEUTRAL: Neutral = &[("patch_size", "1")];

impl FluxConfig {
    pub(crate) fn of(settings: &Settings) -> Result<Self, ModelError> {
        settings.refuse_unknown(KNOWN, NEUTRAL)?;
        let config: Self = settings.typed()?;
        let (axes, head) = (&config.axes_dims_rope, config.attention_head_dim);
        if axes.len() != 3
            || axes.iter().any(|axis| !axis.is_multiple_of(2))
            || axes.iter().sum::<usize>() != head
        {
            return Err(settings.unsupported(format!(
                "axes_dims_rope is {axes:?}, where three even numbers should add up to the {head} features of a head"
            )));
        }
        let outputs = config.out_channels.unwrap_or(config.in_channels);
        if outputs != config.in_channels {
            return Err(settings.unsupported(format!(
                "the transformer takes tokens of {} numbers and gives {outputs}",
                config.in_channels
            )));
        }
        if head == 0 || config.num_attention_heads == 0 {
            return Err(settings.unsupported("the transformer has no heads".to_owned()));
        }
        Ok(config)
    }

    /// Width of the states.
    pub(crate) fn width(&self) -> usize {
        self.num_attention_heads * self.attention_head_dim
    }
}
