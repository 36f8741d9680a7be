//! The encoder and the decoder, floor by floor.

use std::ops::Range;

use candle_core::{Result, Tensor};

use super::VaeConfig;
use super::memory::Tiles;
use super::tiled::{Normalise, over_tiles, own};
use crate::checkpoint::Weights;
use crate::kernels::attention;
use crate::layers::{Conv2d, Downsample, GroupNorm, Linear, Resnet, ResnetConfig, Upsample};

/// diffusers writes this where other networks read it from their settings.
const EPS: f64 = 1e-6;

fn resnets(
    count: usize,
    inputs: usize,
    outputs: usize,
    config: &VaeConfig,
    vb: &Weights,
) -> Result<Vec<Resnet>> {
    let resnet = ResnetConfig {
        groups: config.norm_num_groups,
        eps: EPS,
        time: None,
    };
    (0..count)
        .map(|i| {
            let inputs = if i == 0 { inputs } else { outputs };
            Resnet::new(inputs, outputs, resnet, vb.pp("resnets").pp(i))
        })
        .collect()
}

fn through(resnets: &[Resnet], x: Tensor, normalise: Normalise<'_>) -> Result<Tensor> {
    resnets
        .iter()
        .try_fold(x, |x, resnet| resnet.forward_by(&x, None, normalise))
}

fn doubled(upsample: &Upsample, x: &Tensor) -> Result<Tensor> {
    let (_, _, height, width) = x.dims4()?;
    upsample.forward(x, 2 * height, 2 * width)
}

/// Encoder.
pub(super) struct Encoder {
    conv_in: Conv2d,
    down_blocks: Vec<(Vec<Resnet>, Option<Downsample>)>,
    mid_block: Mid,
    conv_norm_out: GroupNorm,
    conv_out: Conv2d,
}

impl Encoder {
    pub(super) fn new(config: &VaeConfig, vb: Weights) -> Result<Self> {
        let widths = &config.block_out_channels;
        let (first, last) = (widths[0], widths[widths.len() - 1]);
        let down_blocks = widths
            .iter()
            .enumerate()
            .map(|(i, &width)| {
                let vb = vb.pp("down_blocks").pp(i);
                let inputs = widths[i.saturating_sub(1)];
                let resnets = resnets(config.layers_per_block, inputs, width, config, &vb)?;
                let downsample = (i + 1 < widths.len())
                    .then(|| Downsample::new(width, true, vb.pp("downsamplers.0")))
                    .transpose()?;
                Ok((resnets, downsample))
            })
            .collect::<Result<_>>()?;
        Ok(Self {
            conv_in: Conv2d::same(config.in_channels, first, vb.pp("conv_in"))?,
            down_blocks,
            mid_block: Mid::new(config, last, vb.pp("mid_block"))?,
            conv_norm_out: GroupNorm::new(
                config.norm_num_groups,
                last,
                EPS,
                vb.pp("conv_norm_out"),
            )?,
            conv_out: Conv2d::same(last, 2 * config.latent_channels, vb.pp("conv_out"))?,
        })
    }

    pub(super) fn forward(&self, picture: &Tensor, tiles: Tiles) -> Result<Tensor> {
        let count = self.down_blocks.len();
        let x = match tiles {
            None => self.down(picture, 0..count, &mut own)?,
            Some((floors, cut)) => {
                let head =
                    |x: &Tensor, normalise: Normalise<'_>| self.down(x, 0..floors, normalise);
                self.down(&over_tiles(picture, cut, head)?, floors..count, &mut own)?
            }
        };
        let x = self.mid_block.forward(x)?;
        self.conv_out.forward(&self.conv_norm_out.forward_silu(&x)?)
    }

    /// Through some of its floors, and before the first of all through the first convolution.
    fn down(&self, x: &Tensor, floors: Range<usize>, normalise: Normalise<'_>) -> Result<Tensor> {
        let mut x = match floors.start {
            0 => self.conv_in.forward(x)?,
            _ => x.clone(),
        };
        for (resnets, downsample) in &self.down_blocks[floors] {
            x = through(resnets, x, normalise)?;
            if let Some(downsample) = downsample {
                x = downsample.forward(&x)?;
            }
        }
        Ok(x)
    }
}

/// Decoder.
pub(super) struct Decoder {
    conv_in: Conv2d,
    mid_block: Mid,
    up_blocks: Vec<(Vec<Resnet>, Option<Upsample>)>,
    conv_norm_out: GroupNorm,
    conv_out: Conv2d,
}

impl Decoder {
    pub(super) fn new(config: &VaeConfig, vb: Weights) -> Result<Self> {
        let widths: Vec<usize> = config.decoder_widths().iter().rev().copied().collect();
        let (first, last) = (widths[0], widths[widths.len() - 1]);
        let up_blocks = widths
            .iter()
            .enumerate()
            .map(|(i, &width)| {
                let vb = vb.pp("up_blocks").pp(i);
                let inputs = widths[i.saturating_sub(1)];
                let resnets = resnets(config.layers_per_block + 1, inputs, width, config, &vb)?;
                let upsample = (i + 1 < widths.len())
                    .then(|| Upsample::new(width, vb.pp("upsamplers.0")))
                    .transpose()?;
                Ok((resnets, upsample))
            })
            .collect::<Result<_>>()?;
        Ok(Self {
            conv_in: Conv2d::same(config.latent_channels, first, vb.pp("conv_in"))?,
            mid_block: Mid::new(config, first, vb.pp("mid_block"))?,
            up_blocks,
            conv_norm_out: GroupNorm::new(
                config.norm_num_groups,
                last,
                EPS,
                vb.pp("conv_norm_out"),
            )?,
            conv_out: Conv2d::same(last, config.out_channels, vb.pp("conv_out"))?,
        })
    }

    pub(super) fn forward(&self, latents: &Tensor, tiles: Tiles) -> Result<Tensor> {
        let x = self.mid_block.forward(self.conv_in.forward(latents)?)?;
        let count = self.up_blocks.len();
        match tiles {
            None => self.up(x, 0..count, &mut own),
            Some((floors, cut)) => {
                let x = self.up(x, 0..count - floors, &mut own)?;
                over_tiles(&x, cut, |x, normalise| {
                    self.up(x.clone(), count - floors..count, normalise)
                })
            }
        }
    }

    /// Through some of its floors: each begins with the doubling that leads to it, and the last ends with the picture.
    fn up(&self, x: Tensor, floors: Range<usize>, normalise: Normalise<'_>) -> Result<Tensor> {
        let last = floors.end == self.up_blocks.len();
        let mut x = x;
        for floor in floors {
            let before = floor.checked_sub(1).map(|floor| &self.up_blocks[floor]);
            if let Some((_, Some(upsample))) = before {
                x = doubled(upsample, &x)?;
            }
            x = through(&self.up_blocks[floor].0, x, normalise)?;
        }
        if !last {
            return Ok(x);
        }
        self.conv_out.forward(&normalise(&self.conv_norm_out, &x)?)
    }
}

/// UNetMidBlock2D with one attention.
struct Mid {
    resnets: Vec<Resnet>,
    attention: Option<Attention>,
}

impl Mid {
    fn new(config: &VaeConfig, width: usize, vb: Weights) -> Result<Self> {
        Ok(Self {
            resnets: resnets(2, width, width, config, &vb)?,
            attention: config
                .mid_block_add_attention
                .then(|| Attention::new(config.norm_num_groups, width, vb.pp("attentions.0")))
                .transpose()?,
        })
    }

    fn forward(&self, x: Tensor) -> Result<Tensor> {
        let x = self.resnets[0].forward(&x, None)?;
        let x = match &self.attention {
            Some(attention) => attention.forward(&x)?,
            None => x,
        };
        self.resnets[1].forward(&x, None)
    }
}

/// Attention of every pixel to every pixel, in one head.
struct Attention {
    group_norm: GroupNorm,
    to_q: Linear,
    to_k: Linear,
    to_v: Linear,
    to_out: Linear,
}

impl Attention {
    fn new(groups: usize, width: usize, vb: Weights) -> Result<Self> {
        let square = |name: &str| Linear::new(width, width, vb.pp(name));
        Ok(Self {
            group_norm: GroupNorm::new(groups, width, EPS, vb.pp("group_norm"))?,
            to_q: square("to_q")?,
            to_k: square("to_k")?,
            to_v: square("to_v")?,
            to_out: square("to_out.0")?,
        })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let tokens = self
            .group_norm
            .forward(x)?
            .flatten_from(2)?
            .transpose(1, 2)?; // (batch, px, width)
        let (q, k, v) = (
            self.to_q.forward(&tokens)?,
            self.to_k.forward(&tokens)?,
            self.to_v.forward(&tokens)?,
        );
        let seen = attention(&q, &k, &v, 1, false)?;
        x + self.to_out.forward_to_picture(&seen)?.reshape(x.shape())?
    }
}
