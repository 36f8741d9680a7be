//! The network: four stages of overlapping patches, attention over fewer keys, and perceptrons with a small convolution
//! inside that tells them where they are; then all stages side by side through one perceptron. Names are those of the
//! published files.

use candle_core::{Result, Tensor};
use rayon::prelude::*;
use retake_models::clip::Activation;
use retake_tensors::ModelError;
use retake_tensors::checkpoint::Weights;
use retake_tensors::checkpoint::config::{Neutral, Settings};
use retake_tensors::kernels::attention;
use retake_tensors::layers::{Conv2d, LayerNorm, Linear};
use serde_json::json;

use crate::lpips::taps;
use crate::picture::Planes;

/// Added to variances, whatever the file says: transformers leaves its setting unused.
const EPS: f64 = 1e-5;

/// What `config.json` says.
pub struct SegformerConfig {
    stages: Vec<StageSizes>,
    decoder: usize,
    activation: Activation,
    /// of the classes
    pub(super) names: Vec<String>,
}

/// The sizes of a stage.
#[derive(Clone, Copy)]
struct StageSizes {
    inputs: usize,
    width: usize,
    layers: usize,
    heads: usize,
    /// how many px in a line make one key
    reduction: usize,
    patch: usize,
    stride: usize,
    inner: usize,
}

const NEUTRAL: Neutral = &[("num_channels", "3"), ("reshape_last_stage", "true")];

impl SegformerConfig {
    /// Reads it.
    pub fn of(settings: &Settings) -> std::result::Result<Self, ModelError> {
        for (key, _) in NEUTRAL {
            if settings.has(key) {
                settings.only(key).refuse_unknown(&[], NEUTRAL)?;
            }
        }
        // what transformers takes where the file says nothing: the sizes of B0
        let full = settings.or(&json!({
            "depths": [2, 2, 2, 2], "sr_ratios": [8, 4, 2, 1], "hidden_sizes": [32, 64, 160, 256],
            "patch_sizes": [7, 3, 3, 3], "strides": [4, 2, 2, 2], "num_attention_heads": [1, 2, 5, 8],
            "mlp_ratios": [4, 4, 4, 4], "decoder_hidden_size": 256, "hidden_act": "gelu",
        }));
        let fault = |key: &str| {
            settings.unsupported(format!(
                "{key} is not a list of whole numbers above 0, one for each stage"
            ))
        };
        let stages = full.length("depths").unwrap_or(0);
        let list = |key: &str| {
            let values = full
                .reals(key)
                .filter(|values| values.len() == stages && stages > 0);
            let whole =
                values.filter(|values| values.iter().all(|&v| v >= 1.0 && v.fract() == 0.0));
            whole
                .map(|values| values.into_iter().map(|v| v as usize).collect::<Vec<_>>())
                .ok_or_else(|| fault(key))
        };
        let (depths, widths, heads) = (
            list("depths")?,
            list("hidden_sizes")?,
            list("num_attention_heads")?,
        );
        let (reductions, patches) = (list("sr_ratios")?, list("patch_sizes")?);
        let (strides, ratios) = (list("strides")?, list("mlp_ratios")?);
        if let Some(i) = (0..stages).find(|&i| !widths[i].is_multiple_of(heads[i])) {
            return Err(settings.unsupported(format!(
                "a width of {} cannot be shared by {} heads",
                widths[i], heads[i]
            )));
        }
        #[derive(serde::Deserialize)]
        struct Act {
            hidden_act: Activation,
        }
        let Act { hidden_act } = full.only("hidden_act").typed()?;
        Ok(Self {
            stages: (0..stages)
                .map(|i| StageSizes {
                    inputs: if i == 0 { 3 } else { widths[i - 1] },
                    width: widths[i],
                    layers: depths[i],
                    heads: heads[i],
                    reduction: reductions[i],
                    patch: patches[i],
                    stride: strides[i],
                    inner: widths[i] * ratios[i],
                })
                .collect(),
            decoder: full.number("decoder_hidden_size").unwrap_or(256),
            activation: hidden_act,
            names: names(settings)?,
        })
    }
}

/// The names of the classes in the order of their numbers; two without a list, as transformers takes it.
fn names(settings: &Settings) -> std::result::Result<Vec<String>, ModelError> {
    let Some(listed) = settings.part("id2label") else {
        return Ok(vec!["LABEL_0".to_owned(), "LABEL_1".to_owned()]);
    };
    let name = |i: usize| listed.text(&i.to_string()).map(str::to_owned);
    let count = listed.keys().len();
    (0..count)
        .map(|i| name(i).ok_or_else(|| settings.unsupported(format!("id2label has no class {i}"))))
        .collect()
}

/// The network.
pub struct SegformerNetwork {
    stages: Vec<Stage>,
    head: Head,
}

/// Tokens of a picture, (1, height · width, channels), and its height and width.
type Grid = (Tensor, usize, usize);

impl SegformerNetwork {
    /// Of the weights.
    pub fn new(config: &SegformerConfig, vb: Weights) -> Result<Self> {
        let encoder = vb.pp("segformer.encoder");
        let stage =
            |(i, sizes): (usize, &StageSizes)| Stage::new(i, *sizes, config.activation, &encoder);
        Ok(Self {
            stages: config
                .stages
                .iter()
                .enumerate()
                .map(stage)
                .collect::<Result<_>>()?,
            head: Head::new(config, vb.pp("decode_head"))?,
        })
    }

    /// Scores of the classes, (1, height · width, classes), at a quarter of the picture's size.
    pub(super) fn forward(&self, planes: &Planes) -> Result<Grid> {
        let shape = (1, 3, planes.height, planes.width);
        let mut x = Tensor::from_slice(&planes.values, shape, self.head.classifier_device())?;
        let mut seen = Vec::with_capacity(self.stages.len());
        for stage in &self.stages {
            let (tokens, height, width) = stage.forward(&x)?;
            x = picture(&tokens, height, width)?;
            seen.push((tokens, height, width));
        }
        self.head.forward(&seen)
    }
}

/// (1, height · width, channels) to (1, channels, height, width).
fn picture(tokens: &Tensor, height: usize, width: usize) -> Result<Tensor> {
    tokens
        .transpose(1, 2)?
        .contiguous()?
        .reshape((1, (), height, width))
}

/// (1, channels, height, width) to (1, height · width, channels).
fn tokens(picture: &Tensor) -> Result<Tensor> {
    picture.flatten_from(2)?.transpose(1, 2)?.contiguous()
}

struct Stage {
    proj: Conv2d,
    patch_norm: LayerNorm,
    layers: Vec<Layer>,
    layer_norm: LayerNorm,
}

impl Stage {
    fn new(i: usize, sizes: StageSizes, activation: Activation, vb: &Weights) -> Result<Self> {
        let patches = vb.pp("patch_embeddings").pp(i);
        let (patch, stride) = (sizes.patch, sizes.stride);
        Ok(Self {
            proj: Conv2d::new(
                sizes.inputs,
                sizes.width,
                patch,
                stride,
                patch / 2,
                patches.pp("proj"),
            )?,
            patch_norm: LayerNorm::new(sizes.width, EPS, patches.pp("layer_norm"))?,
            layers: (0..sizes.layers)
                .map(|j| Layer::new(sizes, activation, vb.pp("block").pp(i).pp(j)))
                .collect::<Result<_>>()?,
            layer_norm: LayerNorm::new(sizes.width, EPS, vb.pp("layer_norm").pp(i))?,
        })
    }

    fn forward(&self, x: &Tensor) -> Result<Grid> {
        let x = self.proj.forward(x)?;
        let (_, _, height, width) = x.dims4()?;
        let states = self.patch_norm.forward(&tokens(&x)?)?;
        let states = self.layers.iter().try_fold(states, |states, layer| {
            layer.forward(&states, height, width)
        })?;
        Ok((self.layer_norm.forward(&states)?, height, width))
    }
}

struct Layer {
    layer_norm_1: LayerNorm,
    query: Linear,
    key: Linear,
    value: Linear,
    reduction: Option<(Conv2d, LayerNorm)>,
    dense: Linear,
    layer_norm_2: LayerNorm,
    dense1: Linear,
    dwconv: DepthWise,
    dense2: Linear,
    activation: Activation,
    heads: usize,
}

impl Layer {
    fn new(sizes: StageSizes, activation: Activation, vb: Weights) -> Result<Self> {
        let (width, inner) = (sizes.width, sizes.inner);
        let own = vb.pp("attention.self");
        let square = |name: &str| Linear::new(width, width, own.pp(name));
        let side = sizes.reduction;
        let reduced = || -> Result<(Conv2d, LayerNorm)> {
            let conv = Conv2d::new(width, width, side, side, 0, own.pp("sr"))?;
            Ok((conv, LayerNorm::new(width, EPS, own.pp("layer_norm"))?))
        };
        Ok(Self {
            layer_norm_1: LayerNorm::new(width, EPS, vb.pp("layer_norm_1"))?,
            query: square("query")?,
            key: square("key")?,
            value: square("value")?,
            reduction: (side > 1).then(reduced).transpose()?,
            dense: Linear::new(width, width, vb.pp("attention.output.dense"))?,
            layer_norm_2: LayerNorm::new(width, EPS, vb.pp("layer_norm_2"))?,
            dense1: Linear::new(width, inner, vb.pp("mlp.dense1"))?,
            dwconv: DepthWise::new(inner, &vb.pp("mlp.dwconv.dwconv"))?,
            dense2: Linear::new(inner, width, vb.pp("mlp.dense2"))?,
            activation,
            heads: sizes.heads,
        })
    }

    fn forward(&self, states: &Tensor, height: usize, width: usize) -> Result<Tensor> {
        let x = self.layer_norm_1.forward(states)?;
        let fewer = match &self.reduction {
            None => x.clone(),
            Some((conv, norm)) => {
                norm.forward(&tokens(&conv.forward(&picture(&x, height, width)?)?)?)?
            }
        };
        let (key, value) = (self.key.forward(&fewer)?, self.value.forward(&fewer)?);
        let seen = attention(&self.query.forward(&x)?, &key, &value, self.heads, false)?;
        let states = (states + self.dense.forward(&seen)?)?;
        let x = self.dense1.forward(&self.layer_norm_2.forward(&states)?)?;
        let x = self
            .activation
            .forward(&self.dwconv.forward(&x, height, width)?)?;
        states + self.dense2.forward(&x)?
    }
}

/// A 3 × 3 convolution of each channel by itself, zeros beyond the edge.
struct DepthWise {
    /// nine rows of a number for each channel
    taps: Vec<Vec<f32>>,
    bias: Vec<f32>,
}

impl DepthWise {
    fn new(channels: usize, vb: &Weights) -> Result<Self> {
        let weight = vb
            .get((channels, 1, 3, 3), "weight")?
            .reshape((channels, 9))?;
        Ok(Self {
            taps: weight.t()?.contiguous()?.to_vec2()?,
            bias: vb.get(channels, "bias")?.to_vec1()?,
        })
    }

    /// (1, height · width, channels), as many out as in.
    fn forward(&self, x: &Tensor, height: usize, width: usize) -> Result<Tensor> {
        let channels = self.bias.len();
        let values: Vec<f32> = x.flatten_all()?.to_vec1()?;
        let mut out = vec![0.0f32; values.len()];
        out.par_chunks_exact_mut(width * channels)
            .enumerate()
            .for_each(|(y, line)| {
                for (x, out) in line.chunks_exact_mut(channels).enumerate() {
                    out.copy_from_slice(&self.bias);
                    for (tap, weights) in self.taps.iter().enumerate() {
                        let (Some(row), Some(column)) =
                            ((y + tap / 3).checked_sub(1), (x + tap % 3).checked_sub(1))
                        else {
                            continue;
                        };
                        if row >= height || column >= width {
                            continue;
                        }
                        let pixel = &values[(row * width + column) * channels..][..channels];
                        for ((out, value), weight) in out.iter_mut().zip(pixel).zip(weights) {
                            *out += value * weight;
                        }
                    }
                }
            });
        Tensor::from_vec(out, x.shape(), x.device())
    }
}

/// All stages side by side.
struct Head {
    linear_c: Vec<Linear>,
    linear_fuse: Linear,
    /// of each channel after the batch normalisation: factor, and what is added
    factor: Tensor,
    added: Tensor,
    classifier: Linear,
}

impl Head {
    fn new(config: &SegformerConfig, vb: Weights) -> Result<Self> {
        let width = config.decoder;
        let norm = vb.pp("batch_norm");
        let deviation = (norm.get(width, "running_var")? + EPS)?.sqrt()?;
        let factor = (norm.get(width, "weight")? / deviation)?;
        let added = (norm.get(width, "bias")? - (norm.get(width, "running_mean")? * &factor)?)?;
        let project = |(i, stage): (usize, &StageSizes)| {
            Linear::new(stage.width, width, vb.pp("linear_c").pp(i).pp("proj"))
        };
        let all = width * config.stages.len();
        let fuse = vb
            .pp("linear_fuse")
            .get((width, all, 1, 1), "weight")?
            .reshape((width, all))?;
        Ok(Self {
            linear_c: config
                .stages
                .iter()
                .enumerate()
                .map(project)
                .collect::<Result<_>>()?,
            linear_fuse: Linear::of(fuse, None),
            factor,
            added,
            classifier: Linear::of_one_pixel(width, config.names.len(), vb.pp("classifier"))?,
        })
    }

    fn classifier_device(&self) -> &candle_core::Device {
        self.factor.device()
    }

    fn forward(&self, seen: &[Grid]) -> Result<Grid> {
        let (height, width) = (seen[0].1, seen[0].2);
        let mut all = Vec::with_capacity(seen.len());
        for ((states, rows, columns), linear) in seen.iter().zip(&self.linear_c) {
            let states = linear.forward(states)?;
            all.push(enlarged(&states, (*columns, *rows), (width, height))?);
        }
        all.reverse();
        let fused = self.linear_fuse.forward(&Tensor::cat(&all, 2)?)?;
        let fused = fused
            .broadcast_mul(&self.factor)?
            .broadcast_add(&self.added)?
            .relu()?;
        Ok((self.classifier.forward(&fused)?, height, width))
    }
}

/// Tokens of a coarse grid for a fine one: bilinear with half-pixel centres.
fn enlarged(
    states: &Tensor,
    (columns, rows): (usize, usize),
    (width, height): (usize, usize),
) -> Result<Tensor> {
    if (columns, rows) == (width, height) {
        return Ok(states.clone());
    }
    let channels = states.dim(2)?;
    let values: Vec<f32> = states.flatten_all()?.to_vec1()?;
    let (across, down) = (taps(columns, width), taps(rows, height));
    let mut out = vec![0.0f32; width * height * channels];
    out.par_chunks_exact_mut(width * channels)
        .zip(&down)
        .for_each(|(line, (top, bottom, share))| {
            for (out, (left, right, over)) in line.chunks_exact_mut(channels).zip(&across) {
                let at = |row: usize, column: usize| {
                    &values[(row * columns + column) * channels..][..channels]
                };
                let corners = [
                    at(*top, *left),
                    at(*top, *right),
                    at(*bottom, *left),
                    at(*bottom, *right),
                ];
                for (c, out) in out.iter_mut().enumerate() {
                    let upper = corners[0][c] + (corners[1][c] - corners[0][c]) * over;
                    let lower = corners[2][c] + (corners[3][c] - corners[2][c]) * over;
                    *out = upper + (lower - upper) * share;
                }
            }
        });
    Tensor::from_vec(out, (1, width * height, channels), states.device())
}
