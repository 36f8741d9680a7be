//! The eyes of Qwen2.5-VL and Qwen3-VL (Bai et al. 2025; transformers' Qwen2_5_VisionTransformerPretrainedModel and
//! Qwen3VLVisionModel): a transformer over the patches of one picture, whose every four neighbours become one token of
//! the language model.

use candle_core::{Device, Result, Tensor};
use retake_models::ModelError;
use retake_models::qwen3::Turns;
use retake_tensors::checkpoint::Weights;
use retake_tensors::checkpoint::config::{Neutral, Settings};
use retake_tensors::kernels::{Pairs, Weight};
use serde::Deserialize;

use super::blocks::{Block, Merger};
use super::config::Family;
use super::grid::Grid;

/// The settings of the eyes; where the file is silent, transformers' own.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct EyesConfig {
    pub(super) depth: usize,
    pub(super) hidden_size: usize,
    pub(super) intermediate_size: usize,
    pub(super) num_heads: usize,
    pub(super) out_hidden_size: usize,
    pub(super) patch_size: usize,
    #[serde(default = "two")]
    pub(super) spatial_merge_size: usize,
    #[serde(default = "two")]
    pub(super) temporal_patch_size: usize,
    /// px; Qwen2.5
    #[serde(default = "window_size")]
    window_size: usize,
    /// blocks that see the whole picture; Qwen2.5
    #[serde(default = "whole_blocks")]
    fullatt_block_indexes: Vec<usize>,
    /// learned places, a square of them; Qwen3
    #[serde(default = "learned_places")]
    num_position_embeddings: usize,
    /// blocks whose features join the language model's first layers; Qwen3
    #[serde(default = "deep_blocks")]
    pub(super) deepstack_visual_indexes: Vec<usize>,
    rope_parameters: Option<Rope>,
    #[serde(skip)]
    family: Option<Family>,
}

#[derive(Clone, Debug, Deserialize)]
struct Rope {
    rope_theta: Option<f64>,
    rope_type: Option<String>,
}

fn two() -> usize {
    2
}

fn window_size() -> usize {
    112
}

fn whole_blocks() -> Vec<usize> {
    vec![7, 15, 23, 31]
}

fn learned_places() -> usize {
    2304
}

fn deep_blocks() -> Vec<usize> {
    vec![8, 16, 24]
}

const KNOWN: &[&str] = &[
    "depth",
    "hidden_size",
    "intermediate_size",
    "num_heads",
    "out_hidden_size",
    "patch_size",
    "spatial_patch_size",
    "spatial_merge_size",
    "temporal_patch_size",
    "window_size",
    "fullatt_block_indexes",
    "num_position_embeddings",
    "deepstack_visual_indexes",
    "rope_parameters",
    // of the files and of training
    "dtype",
    "initializer_range",
    "model_type",
    "torch_dtype",
    // of films
    "tokens_per_second",
];

const PLAIN: Neutral = &[
    ("hidden_act", "\"gelu_pytorch_tanh\""),
    ("in_channels", "3"),
    ("in_chans", "3"),
];
const GATED: Neutral = &[
    ("hidden_act", "\"silu\""),
    ("in_channels", "3"),
    ("in_chans", "3"),
];

impl EyesConfig {
    pub(super) fn of(settings: &Settings, family: Family) -> std::result::Result<Self, ModelError> {
        settings.refuse_unknown(
            KNOWN,
            if family == Family::Qwen3 {
                PLAIN
            } else {
                GATED
            },
        )?;
        let mut config: Self = settings.typed()?;
        config.family = Some(family);
        if family == Family::Qwen25 {
            config.deepstack_visual_indexes.clear();
        }
        let rope = config.rope_parameters.as_ref();
        if let Some(kind) = rope.and_then(|rope| rope.rope_type.as_ref())
            && kind != "axial"
            && kind != "default"
        {
            return Err(settings.unsupported(format!(
                "the eyes turn places by {kind}, which Retake does not know how to compute"
            )));
        }
        let head = config.hidden_size / config.num_heads.max(1);
        let side = config.side();
        let sound = config.num_heads > 0
            && head.is_multiple_of(4)
            && head * config.num_heads == config.hidden_size
            && config.patch_size > 0
            && config.spatial_merge_size > 0
            && config.temporal_patch_size > 0
            && (family == Family::Qwen25
                || (side > 0 && side * side == config.num_position_embeddings))
            && (family == Family::Qwen3 || config.window() > 0);
        if !sound {
            return Err(
                settings.unsupported("the sizes of the eyes do not fit together".to_owned())
            );
        }
        Ok(config)
    }

    /// Patches that become one token.
    fn unit(&self) -> usize {
        self.spatial_merge_size * self.spatial_merge_size
    }

    /// The side of a window, in tokens.
    fn window(&self) -> usize {
        self.window_size / self.spatial_merge_size / self.patch_size
    }

    /// The side of the square of learned places.
    fn side(&self) -> usize {
        self.num_position_embeddings.isqrt()
    }

    /// Numbers of a patch.
    pub(super) fn patch_numbers(&self) -> usize {
        3 * self.temporal_patch_size * self.patch_size * self.patch_size
    }
}

/// What the eyes tell of one picture.
#[derive(Clone, Debug)]
pub struct Seen {
    /// (tokens, width of the language model)
    pub tokens: Tensor,
    /// of the same shape: what joins the states after the first layers of the language model
    pub deep: Vec<Tensor>,
    /// (rows, columns) of tokens
    pub size: (usize, usize),
}

/// The network.
pub struct Eyes {
    config: EyesConfig,
    /// (width, numbers of a patch)
    patch_embed: Weight,
    patch_bias: Option<Tensor>,
    /// (places, width)
    pos_embed: Option<Tensor>,
    blocks: Vec<Block>,
    merger: Merger,
    deepstack: Vec<Merger>,
    dtype: candle_core::DType,
    device: Device,
}

impl Eyes {
    pub(super) fn new(config: &EyesConfig, vb: Weights) -> Result<Self> {
        let (width, patch, time) = (
            config.hidden_size,
            config.patch_size,
            config.temporal_patch_size,
        );
        let qwen3 = config.family == Some(Family::Qwen3);
        let embed = vb.pp("patch_embed.proj");
        let weight = embed.get((width, 3, time, patch, patch), "weight")?;
        let merger = |name: &str, after: bool| {
            let sizes = (width, config.unit(), config.out_hidden_size);
            match qwen3 {
                true => Merger::of_qwen3(sizes, after, vb.pp(name)),
                false => Merger::of_qwen25(sizes, vb.pp(name)),
            }
        };
        Ok(Self {
            patch_embed: Weight::Plain(weight.reshape((width, config.patch_numbers()))?),
            patch_bias: qwen3.then(|| embed.get(width, "bias")).transpose()?,
            pos_embed: qwen3
                .then(|| vb.get((config.num_position_embeddings, width), "pos_embed.weight"))
                .transpose()?,
            blocks: (0..config.depth)
                .map(|index| {
                    Block::new(
                        width,
                        config.intermediate_size,
                        config.num_heads,
                        qwen3,
                        vb.pp("blocks").pp(index),
                    )
                })
                .collect::<Result<_>>()?,
            merger: merger("merger", false)?,
            deepstack: (0..config.deepstack_visual_indexes.len())
                .map(|index| merger(&format!("deepstack_merger_list.{index}"), true))
                .collect::<Result<_>>()?,
            dtype: vb.dtype(),
            device: vb.device().clone(),
            config: config.clone(),
        })
    }

    /// What it computes in.
    pub(super) fn dtype(&self) -> candle_core::DType {
        self.dtype
    }

    /// Looks at a picture that was cut into patches, (patches, numbers of a patch), four neighbours after each other.
    /// `None` once `stop` says so.
    pub fn look(
        &self,
        patches: &Tensor,
        grid: Grid,
        stop: &dyn Fn() -> bool,
    ) -> Result<Option<Seen>> {
        let unit = self.config.unit();
        let x = patches
            .to_device(&self.device)?
            .to_dtype(self.dtype)?
            .unsqueeze(0)?;
        let mut x = self.patch_embed.linear(&x, self.patch_bias.as_ref())?; // (1, patches, width)
        if let Some(places) = &self.pos_embed {
            x = (x + self.learned_places(places, grid)?)?;
        }
        let whole = [(1, grid.patches())];
        let windows = match self.config.family {
            Some(Family::Qwen25) => Some(grid.windows(self.config.window())),
            _ => None,
        };
        let mut places = grid.places();
        if let Some(windows) = &windows {
            places = windows
                .order
                .iter()
                .flat_map(|&token| {
                    let first = token as usize * unit;
                    places[first..first + unit].to_vec()
                })
                .collect();
            x = self.reordered(&x, &windows.order)?;
        }
        let turns = self.turns(&places)?;
        let mut deep = Vec::new();
        for (index, block) in self.blocks.iter().enumerate() {
            if stop() {
                return Ok(None);
            }
            let runs = match &windows {
                Some(windows) if !self.config.fullatt_block_indexes.contains(&index) => windows
                    .runs
                    .iter()
                    .map(|&(count, tokens)| (count, tokens * unit))
                    .collect(),
                _ => whole.to_vec(),
            };
            x = block.forward(&x, &turns, &runs)?;
            let joins = self
                .config
                .deepstack_visual_indexes
                .iter()
                .position(|&deep| deep == index);
            if let Some(merger) = joins.and_then(|at| self.deepstack.get(at)) {
                deep.push(merger.forward(&x)?.squeeze(0)?);
            }
        }
        let mut tokens = self.merger.forward(&x)?.squeeze(0)?;
        if let Some(windows) = &windows {
            let mut back = vec![0u32; windows.order.len()];
            for (now, &token) in windows.order.iter().enumerate() {
                back[token as usize] = now as u32;
            }
            tokens = tokens.index_select(&Tensor::new(back, &self.device)?, 0)?;
        }
        Ok(Some(Seen {
            tokens,
            deep,
            size: grid.tokens(),
        }))
    }

    /// The patches in another order of their tokens, (1, patches, width).
    fn reordered(&self, x: &Tensor, order: &[u32]) -> Result<Tensor> {
        let (_, patches, width) = x.dims3()?;
        let unit = self.config.unit();
        x.reshape((patches / unit, unit * width))?
            .index_select(&Tensor::new(order, &self.device)?, 0)?
            .reshape((1, patches, width))
    }

    /// Learned places, stretched over the picture between the nearest four so that its corners are the square's.
    fn learned_places(&self, places: &Tensor, grid: Grid) -> Result<Tensor> {
        let side = self.config.side();
        let along = |at: usize, count: usize| {
            let exact = at as f32 * (side - 1) as f32 / (count - 1).max(1) as f32;
            let first = exact.floor();
            let low = (first as usize).min(side - 1);
            [
                (low, 1.0 - (exact - first)),
                ((low + 1).min(side - 1), exact - first),
            ]
        };
        let mut taps: [(Vec<u32>, Vec<f32>); 4] = Default::default();
        for (row, column) in grid.places() {
            let (down, across) = (along(row, grid.rows), along(column, grid.columns));
            let pairs = down
                .iter()
                .flat_map(|down| across.iter().map(move |across| (down, across)));
            for (tap, (&(row, a), &(column, b))) in taps.iter_mut().zip(pairs) {
                tap.0.push((row * side + column) as u32);
                tap.1.push(a * b);
            }
        }
        let mut sum: Option<Tensor> = None;
        for (index, share) in taps {
            let rows = index.len();
            let share =
                Tensor::from_vec(share, (rows, 1), &self.device)?.to_dtype(places.dtype())?;
            let part = places
                .index_select(&Tensor::new(index, &self.device)?, 0)?
                .broadcast_mul(&share)?;
            sum = Some(match sum {
                Some(sum) => (sum + part)?,
                None => part,
            });
        }
        sum.map_or_else(
            || candle_core::bail!("a picture without patches"),
            |sum| sum.unsqueeze(0),
        )
    }

    /// Half of the pairs of a head turn with the row, half with the column. In 32-bit floats, as the reference
    /// multiplies place and frequency.
    fn turns(&self, places: &[(usize, usize)]) -> Result<Turns> {
        let theta = self
            .config
            .rope_parameters
            .as_ref()
            .and_then(|rope| rope.rope_theta)
            .unwrap_or(10_000.0);
        let half = self.config.hidden_size / self.config.num_heads / 2;
        let paces: Vec<f32> = (0..half / 2)
            .map(|pair| theta.powf(-((2 * pair) as f64) / half as f64) as f32)
            .collect();
        let angles: Vec<f64> = places
            .iter()
            .flat_map(|&(row, column)| [row, column])
            .flat_map(|at| paces.iter().map(move |pace| f64::from(at as f32 * pace)))
            .collect();
        Turns::new(&angles, places.len(), Pairs::Halves, &self.device)
    }
}
