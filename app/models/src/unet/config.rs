//! What `unet/config.json` says.

use serde::Deserialize;

use crate::ModelError;
use crate::checkpoint::config::{Neutral, PerBlock, Settings};

/// The settings of a U-Net.
#[derive(Clone, Debug)]
pub(crate) struct UnetConfig {
    /// channels that go in: latents, and whatever stands beside them
    pub(crate) in_channels: usize,
    /// channels that come out
    pub(crate) out_channels: usize,
    /// latent px of the squares that it was trained on
    pub(crate) sample_size: usize,
    pub(crate) norm_num_groups: usize,
    pub(crate) norm_eps: f64,
    pub(crate) use_linear_projection: bool,
    pub(crate) flip_sin_to_cos: bool,
    pub(crate) freq_shift: f32,
    pub(crate) time_embedding_dim: Option<usize>,
    /// from the finest to the coarsest
    pub(crate) floors: Vec<Floor>,
}

/// What the blocks of one resolution have in common, on the way down and on the way up.
#[derive(Clone, Debug)]
pub(crate) struct Floor {
    pub(crate) width: usize,
    /// residual blocks on the way down; one more on the way up
    pub(crate) layers: usize,
    pub(crate) transformers: usize,
    pub(crate) heads: usize,
    /// width of the text's states
    pub(crate) text: usize,
    pub(crate) attends_down: bool,
    pub(crate) attends_up: bool,
}

/// As the file has it; where it is silent, diffusers' own.
#[derive(Deserialize)]
struct Written {
    in_channels: usize,
    out_channels: usize,
    sample_size: Option<usize>,
    block_out_channels: Vec<usize>,
    layers_per_block: PerBlock,
    down_block_types: Vec<String>,
    up_block_types: Vec<String>,
    cross_attention_dim: PerBlock,
    attention_head_dim: PerBlock,
    num_attention_heads: Option<PerBlock>,
    transformer_layers_per_block: Option<PerBlock>,
    norm_num_groups: usize,
    #[serde(default = "norm_eps")]
    norm_eps: f64,
    #[serde(default)]
    use_linear_projection: bool,
    #[serde(default = "yes")]
    flip_sin_to_cos: bool,
    #[serde(default)]
    freq_shift: f32,
    time_embedding_dim: Option<usize>,
}

fn norm_eps() -> f64 {
    1e-5
}

fn yes() -> bool {
    true
}

const KNOWN: &[&str] = &[
    "in_channels",
    "out_channels",
    "sample_size",
    "block_out_channels",
    "layers_per_block",
    "down_block_types",
    "up_block_types",
    "cross_attention_dim",
    "attention_head_dim",
    "num_attention_heads",
    "transformer_layers_per_block",
    "norm_num_groups",
    "norm_eps",
    "use_linear_projection",
    "flip_sin_to_cos",
    "freq_shift",
    "time_embedding_dim",
    "dropout",                       // for training
    "upcast_attention",              // attention does not work in f16
    "addition_embed_type_num_heads", // of an embedding that is refused below
];

const NEUTRAL: Neutral = &[
    ("act_fn", "\"silu\""),
    ("addition_embed_type", "null"),
    ("attention_type", "\"default\""),
    ("class_embed_type", "null"),
    ("conv_in_kernel", "3"),
    ("conv_out_kernel", "3"),
    ("downsample_padding", "1"),
    ("encoder_hid_dim_type", "null"),
    ("mid_block_scale_factor", "1"),
    ("mid_block_type", "\"UNetMidBlock2DCrossAttn\""),
    ("resnet_out_scale_factor", "1"),
    ("resnet_time_scale_shift", "\"default\""),
    ("time_embedding_type", "\"positional\""),
];

/// Kinds of blocks: name on the way down, name on the way up, and whether they attend to the text.
const BLOCKS: &[(&str, &str, bool)] = &[
    ("DownBlock2D", "UpBlock2D", false),
    ("CrossAttnDownBlock2D", "CrossAttnUpBlock2D", true),
];

impl UnetConfig {
    pub(crate) fn of(settings: &Settings) -> Result<Self, ModelError> {
        settings.refuse_unknown(KNOWN, NEUTRAL)?;
        let written: Written = settings.typed()?;
        let floors = written
            .floors()
            .map_err(|what| settings.unsupported(what))?;
        Ok(Self {
            in_channels: written.in_channels,
            out_channels: written.out_channels,
            sample_size: written.sample_size.unwrap_or(64),
            norm_num_groups: written.norm_num_groups,
            norm_eps: written.norm_eps,
            use_linear_projection: written.use_linear_projection,
            flip_sin_to_cos: written.flip_sin_to_cos,
            freq_shift: written.freq_shift,
            time_embedding_dim: written.time_embedding_dim,
            floors,
        })
    }

    /// Width of the text's states.
    pub(crate) fn text_width(&self) -> usize {
        self.floors[self.floors.len() - 1].text
    }

    /// Latent px to one px of the coarsest floor.
    pub(crate) fn factor(&self) -> usize {
        1 << (self.floors.len() - 1)
    }
}

impl Written {
    fn floors(&self) -> Result<Vec<Floor>, String> {
        let count = self.block_out_channels.len();
        if count == 0 {
            return Err("the network has no blocks".to_owned());
        }
        let each = |numbers: &PerBlock, what: &str| {
            numbers.of(count).ok_or(format!(
                "{what} does not have one number for each of {count} blocks"
            ))
        };
        // diffusers took the number of heads under the wrong name for so long that it stayed
        let heads = self.num_attention_heads.as_ref();
        let heads = each(
            heads.unwrap_or(&self.attention_head_dim),
            "attention_head_dim",
        )?;
        let layers = each(&self.layers_per_block, "layers_per_block")?;
        let text = each(&self.cross_attention_dim, "cross_attention_dim")?;
        let one = PerBlock::All(1);
        let transformers = self.transformer_layers_per_block.as_ref().unwrap_or(&one);
        let transformers = each(transformers, "transformer_layers_per_block")?;
        let (down, up) = (&self.down_block_types, &self.up_block_types);
        if down.len() != count || up.len() != count {
            return Err(format!(
                "there are {} blocks down and {} up for {count} widths",
                down.len(),
                up.len()
            ));
        }
        (0..count)
            .map(|i| {
                let width = self.block_out_channels[i];
                if heads[i] == 0 || !width.is_multiple_of(heads[i]) {
                    return Err(format!(
                        "a width of {width} cannot be shared by {} heads",
                        heads[i]
                    ));
                }
                if self.norm_num_groups == 0 || !width.is_multiple_of(self.norm_num_groups) {
                    return Err(format!(
                        "a width of {width} cannot be shared by {} groups",
                        self.norm_num_groups
                    ));
                }
                Ok(Floor {
                    width,
                    layers: layers[i],
                    transformers: transformers[i],
                    heads: heads[i],
                    text: text[i],
                    attends_down: attends(&down[i], |row| row.0)?,
                    attends_up: attends(&up[count - 1 - i], |row| row.1)?,
                })
            })
            .collect()
    }
}

fn attends(
    name: &str,
    column: fn(&(&'static str, &'static str, bool)) -> &'static str,
) -> Result<bool, String> {
    BLOCKS
        .iter()
        .find(|row| column(row) == name)
        .map(|row| row.2)
        .ok_or(format!(
            "the network has blocks of the kind {name}, which Retake does not know how to compute"
        ))
}
