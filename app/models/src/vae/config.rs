//! What `vae/config.json` says.

use serde::Deserialize;

use crate::ModelError;
use crate::checkpoint::config::{Neutral, Settings};

/// The settings of an autoencoder; where the file is silent, diffusers' own.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct VaeConfig {
    pub(crate) in_channels: usize,
    pub(crate) out_channels: usize,
    /// channels of the latents
    pub(crate) latent_channels: usize,
    pub(crate) block_out_channels: Vec<usize>,
    /// of the decoder, where it is narrower than the encoder
    pub(crate) decoder_block_out_channels: Option<Vec<usize>>,
    pub(crate) layers_per_block: usize,
    pub(crate) down_block_types: Vec<String>,
    pub(crate) up_block_types: Vec<String>,
    pub(crate) norm_num_groups: usize,
    /// from the autoencoder's latents to the denoiser's
    #[serde(default = "scaling_factor")]
    pub(crate) scaling_factor: f64,
    pub(crate) shift_factor: Option<f64>,
    #[serde(default = "yes")]
    pub(crate) use_quant_conv: bool,
    #[serde(default = "yes")]
    pub(crate) use_post_quant_conv: bool,
    #[serde(default = "yes")]
    pub(crate) mid_block_add_attention: bool,
    /// the side of the squares that it was trained on, px: a hint
    pub(crate) sample_size: Option<usize>,
}

fn scaling_factor() -> f64 {
    0.18215
}

fn yes() -> bool {
    true
}

const KNOWN: &[&str] = &[
    "in_channels",
    "out_channels",
    "latent_channels",
    "block_out_channels",
    "decoder_block_out_channels",
    "layers_per_block",
    "down_block_types",
    "up_block_types",
    "norm_num_groups",
    "scaling_factor",
    "shift_factor",
    "use_quant_conv",
    "use_post_quant_conv",
    "mid_block_add_attention",
    "force_upcast", // we compute in 32 bits anyway
    "sample_size",
];

const NEUTRAL: Neutral = &[
    ("act_fn", "\"silu\""),
    ("latents_mean", "null"),
    ("latents_std", "null"),
];

impl VaeConfig {
    pub(crate) fn of(settings: &Settings) -> Result<Self, ModelError> {
        settings.refuse_unknown(KNOWN, NEUTRAL)?;
        let config: Self = settings.typed()?;
        let types = [
            (&config.down_block_types, "DownEncoderBlock2D"),
            (&config.up_block_types, "UpDecoderBlock2D"),
        ];
        for (types, known) in types {
            if let Some(other) = types.iter().find(|name| *name != known) {
                return Err(settings.unsupported(format!(
                    "the autoencoder has blocks of the kind {other}, which Retake does not know how to compute"
                )));
            }
            if types.len() != config.block_out_channels.len() {
                return Err(settings.unsupported(format!(
                    "there are {} kinds of blocks for {} widths",
                    types.len(),
                    config.block_out_channels.len()
                )));
            }
        }
        let decoder = config.decoder_widths().len();
        if decoder != config.block_out_channels.len() {
            return Err(settings.unsupported(format!(
                "the decoder has {decoder} floors and the encoder {}",
                config.block_out_channels.len()
            )));
        }
        if config.block_out_channels.is_empty() {
            return Err(settings.unsupported("the autoencoder has no blocks".to_owned()));
        }
        if (config.in_channels, config.out_channels) != (3, 3) {
            return Err(settings.unsupported(format!(
                "the autoencoder takes {} channels and gives {}, where pictures have 3",
                config.in_channels, config.out_channels
            )));
        }
        Ok(config)
    }

    /// Channels of the decoder's floors, the largest picture first.
    pub(crate) fn decoder_widths(&self) -> &[usize] {
        self.decoder_block_out_channels
            .as_ref()
            .unwrap_or(&self.block_out_channels)
    }

    /// Picture px to one latent px.
    pub(crate) fn factor(&self) -> usize {
        1 << (self.block_out_channels.len() - 1)
    }
}
