//! What `transformer/config.json` and `vae/config.json` of a FLUX.2 say.

use serde::Deserialize;
use serde_json::json;

use crate::ModelError;
use crate::checkpoint::config::{Neutral, Settings};
use crate::vae::VaeConfig;

/// Axes of a token's place: time, height, width, and the token of a text.
pub(super) const AXES: usize = 4;

/// The settings of the denoiser; where the file is silent, diffusers' own.
#[derive(Clone, Debug, Deserialize)]
#[serde(default)]
pub(crate) struct Flux2Config {
    pub(crate) in_channels: usize,
    pub(crate) out_channels: Option<usize>,
    /// blocks that treat text and picture apart
    pub(crate) num_layers: usize,
    /// blocks that treat them alike
    pub(crate) num_single_layers: usize,
    pub(crate) attention_head_dim: usize,
    pub(crate) num_attention_heads: usize,
    /// width of the text states
    pub(crate) joint_attention_dim: usize,
    pub(crate) timestep_guidance_channels: usize,
    pub(crate) mlp_ratio: f64,
    /// features of a head that turn with each axis
    pub(crate) axes_dims_rope: Vec<usize>,
    pub(crate) rope_theta: f64,
    pub(crate) eps: f64,
    pub(crate) guidance_embeds: bool,
}

impl Default for Flux2Config {
    fn default() -> Self {
        Self {
            in_channels: 128,
            out_channels: None,
            num_layers: 8,
            num_single_layers: 48,
            attention_head_dim: 128,
            num_attention_heads: 48,
            joint_attention_dim: 15360,
            timestep_guidance_channels: 256,
            mlp_ratio: 3.0,
            axes_dims_rope: vec![32; AXES],
            rope_theta: 2000.0,
            eps: 1e-6,
            guidance_embeds: true,
        }
    }
}

const KNOWN: &[&str] = &[
    "in_channels",
    "out_channels",
    "num_layers",
    "num_single_layers",
    "attention_head_dim",
    "num_attention_heads",
    "joint_attention_dim",
    "timestep_guidance_channels",
    "mlp_ratio",
    "axes_dims_rope",
    "rope_theta",
    "eps",
    "guidance_embeds",
];

const NEUTRAL: Neutral = &[("patch_size", "1")];

impl Flux2Config {
    pub(crate) fn of(settings: &Settings) -> Result<Self, ModelError> {
        settings.refuse_unknown(KNOWN, NEUTRAL)?;
        let config: Self = settings.typed()?;
        let axes = &config.axes_dims_rope;
        let fits = axes.len() == AXES
            && axes.iter().all(|width| width.is_multiple_of(2))
            && axes.iter().sum::<usize>() == config.attention_head_dim;
        if !fits {
            return Err(settings.unsupported(format!(
                "the places of tokens turn {axes:?} features of heads of width {}, where Retake knows four even shares of it",
                config.attention_head_dim
            )));
        }
        if !config.timestep_guidance_channels.is_multiple_of(2) {
            return Err(settings.unsupported(format!(
                "the time is told in {} waves, which are no pairs",
                config.timestep_guidance_channels
            )));
        }
        Ok(config)
    }

    /// Features of a token.
    pub(super) fn width(&self) -> usize {
        self.attention_head_dim * self.num_attention_heads
    }

    /// Features within a perceptron.
    pub(super) fn inner(&self) -> usize {
        (self.width() as f64 * self.mlp_ratio) as usize
    }

    /// Channels of its answer.
    pub(crate) fn answers(&self) -> usize {
        self.out_channels.unwrap_or(self.in_channels)
    }
}

/// The settings of the autoencoder.
#[derive(Clone, Debug)]
pub(crate) struct Flux2VaeConfig {
    /// those that it shares with other autoencoders
    pub(crate) vae: VaeConfig,
    /// added to the running variance
    pub(crate) batch_norm_eps: f64,
}

/// diffusers' own settings of AutoencoderKLFlux2.
fn silent() -> serde_json::Value {
    json!({
        "in_channels": 3,
        "out_channels": 3,
        "down_block_types": vec!["DownEncoderBlock2D"; 4],
        "up_block_types": vec!["UpDecoderBlock2D"; 4],
        "block_out_channels": [128, 256, 512, 512],
        "layers_per_block": 2,
        "latent_channels": 32,
        "norm_num_groups": 32,
        "batch_norm_eps": 1e-4,
        "patch_size": [2, 2],
    })
}

impl Flux2VaeConfig {
    pub(crate) fn of(settings: &Settings) -> Result<Self, ModelError> {
        #[derive(Deserialize)]
        struct Own {
            batch_norm_eps: f64,
            patch_size: [usize; 2],
        }
        let settings = settings.or(&silent());
        let Own {
            batch_norm_eps,
            patch_size,
        } = settings.typed()?;
        if patch_size != [2, 2] {
            return Err(settings.unsupported(format!(
                "the model sets patch_size to {patch_size:?}, which Retake does not know how to compute"
            )));
        }
        let own = ["batch_norm_eps", "batch_norm_momentum", "patch_size"];
        Ok(Self {
            vae: VaeConfig::of(&settings.without(&own))?,
            batch_norm_eps,
        })
    }

    /// Channels of the denoiser's latents: four latent px of the autoencoder are one of them.
    pub(crate) fn channels(&self) -> usize {
        4 * self.vae.latent_channels
    }

    /// Picture px to one of the denoiser's latent px.
    pub(crate) fn factor(&self) -> usize {
        2 * self.vae.factor()
    }
}
