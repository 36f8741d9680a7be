//! What is asked about: points, boxes, and outlines of an answer before.

use candle_core::{Device, Result, Tensor};
use retake_models::clip::Activation;
use retake_tensors::checkpoint::Weights;
use retake_tensors::layers::{Conv2d, LayerNorm};

use super::config::SamConfig;

/// A piece of a question, px.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Prompt {
    /// this point (x, y) lies on it
    Inside(f32, f32),
    /// this one does not
    Outside(f32, f32),
    /// it lies within (left, top, right, bottom)
    Box(f32, f32, f32, f32),
}

impl Prompt {
    /// In a picture that is so many times as wide and as high.
    pub fn scaled(self, across: f32, down: f32) -> Self {
        match self {
            Self::Inside(x, y) => Self::Inside(x * across, y * down),
            Self::Outside(x, y) => Self::Outside(x * across, y * down),
            Self::Box(left, top, right, bottom) => {
                Self::Box(left * across, top * down, right * across, bottom * down)
            }
        }
    }
}

/// Kinds of points, by their place in the checkpoint.
const OUTSIDE: usize = 0;
const INSIDE: usize = 1;
const TOP_LEFT: usize = 2;
const BOTTOM_RIGHT: usize = 3;

/// The network.
pub(super) struct PromptEncoder {
    /// (2, half the width): random waves (Tancik et al. 2020)
    waves: [Vec<f32>; 2],
    point_embed: Vec<Vec<f32>>,
    not_a_point: Vec<f32>,
    no_mask_embed: Tensor, // (1, width)
    mask_embed: MaskEmbedding,
    /// px
    side: usize,
    /// patches in a line
    patches: usize,
    width: usize,
    device: Device,
}

impl PromptEncoder {
    /// Of the weights of the whole model: it shares the waves with the picture's places.
    pub(super) fn new(config: &SamConfig, vb: Weights) -> Result<Self> {
        let width = config.prompts.hidden_size;
        let waves: Vec<Vec<f32>> = vb
            .get(
                (2, width / 2),
                "shared_image_embedding.positional_embedding",
            )?
            .to_vec2()?;
        let [across, down] = <[Vec<f32>; 2]>::try_from(waves)
            .map_err(|_| candle_core::Error::Msg("waves of two axes".to_owned()))?;
        let vb = vb.pp("prompt_encoder");
        let one = |name: &str| vb.get((1, width), name)?.flatten_all()?.to_vec1();
        Ok(Self {
            waves: [across, down],
            point_embed: (0..config.prompts.num_point_embeddings)
                .map(|kind| one(&format!("point_embed.{kind}.weight")))
                .collect::<Result<_>>()?,
            not_a_point: one("not_a_point_embed.weight")?,
            no_mask_embed: vb.get((1, width), "no_mask_embed.weight")?,
            mask_embed: MaskEmbedding::new(config, vb.pp("mask_embed"))?,
            side: config.vision.image_size,
            patches: config.vision.patches(),
            width,
            device: vb.device().clone(),
        })
    }

    /// A place, as shares of the square's side.
    fn place(&self, x: f32, y: f32) -> Vec<f32> {
        let (x, y) = (2.0 * x - 1.0, 2.0 * y - 1.0);
        let [across, down] = &self.waves;
        let angles = across.iter().zip(down);
        let angles: Vec<f32> = angles
            .map(|(a, b)| std::f32::consts::TAU * (x * a + y * b))
            .collect();
        let sines = angles.iter().map(|angle| angle.sin());
        sines
            .chain(angles.iter().map(|angle| angle.cos()))
            .collect()
    }

    /// What is asked, (1, points, width).
    pub(super) fn asked(&self, prompts: &[Prompt]) -> Result<Tensor> {
        let mut points: Vec<(f32, f32, usize)> = Vec::new();
        let mut corners: Vec<(f32, f32, usize)> = Vec::new();
        for prompt in prompts {
            match *prompt {
                Prompt::Inside(x, y) => points.push((x, y, INSIDE)),
                Prompt::Outside(x, y) => points.push((x, y, OUTSIDE)),
                Prompt::Box(left, top, right, bottom) => {
                    corners.push((left, top, TOP_LEFT));
                    corners.push((right, bottom, BOTTOM_RIGHT));
                }
            }
        }
        // without a box one more point says that there is none
        let filled = corners.is_empty();
        let side = self.side as f32;
        let known = |&(x, y, kind): &(f32, f32, usize)| {
            // from the corner of a pixel to its middle
            let place = self.place((x + 0.5) / side, (y + 0.5) / side);
            let kind = &self.point_embed[kind];
            place
                .iter()
                .zip(kind)
                .map(|(a, b)| a + b)
                .collect::<Vec<_>>()
        };
        let mut rows: Vec<Vec<f32>> = points.iter().map(known).collect();
        if filled {
            rows.push(self.not_a_point.clone());
        }
        rows.extend(corners.iter().map(known));
        let count = rows.len();
        Tensor::from_vec(rows.concat(), (1, count, self.width), &self.device)
    }

    /// The places of the patches, (1, places, width).
    pub(super) fn places(&self) -> Result<Tensor> {
        let count = self.patches;
        let at = |i: usize| (i as f32 + 0.5) / count as f32;
        let rows = (0..count * count).map(|i| self.place(at(i % count), at(i / count)));
        let rows: Vec<f32> = rows.flatten().collect();
        Tensor::from_vec(rows, (1, count * count, self.width), &self.device)
    }

    /// Of no outline before, (1, 1, width).
    pub(super) fn no_mask(&self) -> Result<Tensor> {
        self.no_mask_embed.unsqueeze(0)
    }

    /// Of an outline's scores, (1, 1, 4 · patches, 4 · patches) to (1, places, width).
    pub(super) fn mask(&self, scores: &Tensor) -> Result<Tensor> {
        self.mask_embed.forward(scores)
    }
}

struct MaskEmbedding {
    conv1: Conv2d,
    layer_norm1: LayerNorm,
    conv2: Conv2d,
    layer_norm2: LayerNorm,
    conv3: Conv2d,
    activation: Activation,
}

impl MaskEmbedding {
    fn new(config: &SamConfig, vb: Weights) -> Result<Self> {
        let (prompts, eps) = (&config.prompts, config.prompts.layer_norm_eps);
        let (few, many) = (prompts.mask_input_channels / 4, prompts.mask_input_channels);
        Ok(Self {
            conv1: Conv2d::new(1, few, 2, 2, 0, vb.pp("conv1"))?,
            layer_norm1: LayerNorm::new(few, eps, vb.pp("layer_norm1"))?,
            conv2: Conv2d::new(few, many, 2, 2, 0, vb.pp("conv2"))?,
            layer_norm2: LayerNorm::new(many, eps, vb.pp("layer_norm2"))?,
            conv3: Conv2d::one_pixel(many, prompts.hidden_size, vb.pp("conv3"))?,
            activation: prompts.hidden_act,
        })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let x = self.conv1.forward(x)?;
        let x = self
            .activation
            .forward(&of_channels(&x, &self.layer_norm1)?)?;
        let x = self.conv2.forward(&x)?;
        let x = self
            .activation
            .forward(&of_channels(&x, &self.layer_norm2)?)?;
        let x = self.conv3.forward(&x)?;
        x.flatten_from(2)?.transpose(1, 2)?.contiguous()
    }
}

/// Normalises the channels of each pixel, (1, channels, rows, columns).
pub(super) fn of_channels(x: &Tensor, norm: &LayerNorm) -> Result<Tensor> {
    norm.forward(&x.permute((0, 2, 3, 1))?.contiguous()?)?
        .permute((0, 3, 1, 2))?
        .contiguous()
}
