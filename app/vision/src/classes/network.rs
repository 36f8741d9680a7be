//! EfficientNet-Lite (<https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite>): the inverted
//! bottlenecks of EfficientNet (Tan & Le 2019) without squeeze and excitation, and with x clamped to [0, 6]. Convolutions
//! are padded as TensorFlow does, an odd pixel at the right and the bottom; normalisations are folded into them.

use candle_core::{Device, Result, Tensor};
use rayon::prelude::*;
use retake_tensors::checkpoint::Weights;

/// Added to variances.
const EPSILON: f64 = 1e-3;

/// Bottlenecks of one kind.
#[derive(Clone, Copy, Debug)]
pub struct Stage {
    /// how many
    pub count: usize,
    /// side of the kernel, px
    pub side: usize,
    /// of the first of them, px; 1 of the others
    pub stride: usize,
    /// how many times as wide it is inside
    pub widened: usize,
    /// channels that come out
    pub channels: usize,
}

/// The sizes of a network.
#[derive(Clone, Debug)]
pub struct Sizes {
    /// channels of the first convolution
    pub stem: usize,
    /// from the picture on
    pub stages: Vec<Stage>,
    /// features before the classes
    pub features: usize,
    /// classes
    pub classes: usize,
}

impl Sizes {
    /// EfficientNet-Lite0.
    pub fn lite0() -> Self {
        let stage = |(count, side, stride, widened, channels)| Stage {
            count,
            side,
            stride,
            widened,
            channels,
        };
        let stages = [
            (1, 3, 1, 1, 16),
            (2, 3, 2, 6, 24),
            (2, 5, 2, 6, 40),
            (3, 3, 2, 6, 80),
            (3, 5, 1, 6, 112),
            (4, 5, 2, 6, 192),
            (1, 3, 1, 6, 320),
        ];
        Self {
            stem: 32,
            stages: stages.map(stage).to_vec(),
            features: 1280,
            classes: 1000,
        }
    }
}

/// The network.
pub struct EfficientNet {
    stem: Pointwise,
    blocks: Vec<Block>,
    head: Pointwise,
    classes: Tensor, // (classes, features)
    bias: Vec<f32>,
}

/// A picture or what a layer makes of it: channels of `height * width` numbers.
struct Maps {
    values: Tensor, // (channels, height · width)
    height: usize,
    width: usize,
}

impl EfficientNet {
    /// Names as the port to PyTorch has them: `_conv_stem`, `_blocks.0._depthwise_conv`, …
    pub fn new(sizes: &Sizes, vb: &Weights) -> Result<Self> {
        let stem = vb.pp("_conv_stem").get((sizes.stem, 3, 3, 3), "weight")?;
        let stem = Pointwise::folded(stem.reshape((sizes.stem, 27))?, &vb.pp("_bn0"))?;
        let (mut blocks, mut channels) = (Vec::new(), sizes.stem);
        for stage in &sizes.stages {
            for index in 0..stage.count {
                let stage = Stage {
                    stride: if index == 0 { stage.stride } else { 1 },
                    ..*stage
                };
                blocks.push(Block::new(
                    channels,
                    stage,
                    &vb.pp("_blocks").pp(blocks.len()),
                )?);
                channels = stage.channels;
            }
        }
        let fc = vb.pp("_fc");
        Ok(Self {
            stem,
            blocks,
            head: Pointwise::new(
                channels,
                sizes.features,
                &vb.pp("_conv_head"),
                &vb.pp("_bn1"),
            )?,
            classes: fc.get((sizes.classes, sizes.features), "weight")?,
            bias: fc.get(sizes.classes, "bias")?.to_vec1()?,
        })
    }

    /// Probabilities of the classes for a picture of three planes of `side * side` numbers.
    pub fn probabilities(&self, planes: [&[f32]; 3], side: usize) -> Result<Vec<f32>> {
        let logits = self.logits(planes, side)?;
        let largest = logits.iter().copied().fold(f32::MIN, f32::max);
        let weights: Vec<f32> = logits.iter().map(|x| (x - largest).exp()).collect();
        let sum: f32 = weights.iter().sum();
        Ok(weights.iter().map(|x| x / sum).collect())
    }

    /// The numbers that those probabilities come from.
    pub fn logits(&self, planes: [&[f32]; 3], side: usize) -> Result<Vec<f32>> {
        let (columns, half) = windows(planes, side);
        let columns = Tensor::from_vec(columns, (27, half * half), &Device::Cpu)?;
        let picture = Maps {
            values: self.stem.forward(&columns)?.clamp(0f32, 6f32)?,
            height: half,
            width: half,
        };
        let mut blocks = self.blocks.iter();
        let seen = blocks.try_fold(picture, |maps, block| block.forward(&maps))?;
        let features = self
            .head
            .forward(&seen.values)?
            .clamp(0f32, 6f32)?
            .mean_keepdim(1)?;
        let logits = self
            .classes
            .matmul(&features)?
            .flatten_all()?
            .to_vec1::<f32>()?;
        Ok(logits
            .iter()
            .zip(&self.bias)
            .map(|(x, bias)| x + bias)
            .collect())
    }
}

/// The 3 × 3 px of three planes under each place of the first convolution, two px apart: (27, places), and how many
/// places there are along a side.
fn windows(planes: [&[f32]; 3], side: usize) -> (Vec<f32>, usize) {
    let half = side.div_ceil(2);
    let before = padding(side, 3, 2);
    let mut columns = vec![0.0; 27 * half * half];
    for (row, column) in columns.chunks_exact_mut(half * half).enumerate() {
        let (plane, down, right) = (planes[row / 9], row / 3 % 3, row % 3);
        for (place, value) in column.iter_mut().enumerate() {
            let y = (place / half * 2 + down).checked_sub(before);
            let x = (place % half * 2 + right).checked_sub(before);
            if let (Some(y), Some(x)) = (y, x)
                && y < side
                && x < side
            {
                *value = plane[y * side + x];
            }
        }
    }
    (columns, half)
}

/// Zeros before the first pixel of a line, so that `length / stride` (rounded up) places come out.
fn padding(length: usize, side: usize, stride: usize) -> usize {
    let places = length.div_ceil(stride);
    ((places - 1) * stride + side).saturating_sub(length) / 2
}

/// A convolution of one pixel, or of windows that were laid out, with its normalisation.
struct Pointwise {
    weight: Tensor, // (out, in)
    shift: Tensor,  // (out, 1)
}

impl Pointwise {
    fn new(inputs: usize, outputs: usize, conv: &Weights, norm: &Weights) -> Result<Self> {
        let weight = conv.get((outputs, inputs, 1, 1), "weight")?;
        Self::folded(weight.reshape((outputs, inputs))?, norm)
    }

    fn folded(weight: Tensor, norm: &Weights) -> Result<Self> {
        let outputs = weight.dim(0)?;
        let (scale, shift) = fold(outputs, norm)?;
        let scale = Tensor::from_vec(scale, (outputs, 1), &Device::Cpu)?;
        Ok(Self {
            weight: weight.broadcast_mul(&scale)?,
            shift: Tensor::from_vec(shift, (outputs, 1), &Device::Cpu)?,
        })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        self.weight.matmul(x)?.broadcast_add(&self.shift)
    }
}

/// What a normalisation multiplies by and adds.
fn fold(channels: usize, norm: &Weights) -> Result<(Vec<f32>, Vec<f32>)> {
    let get = |name: &str| norm.get(channels, name)?.to_vec1::<f32>();
    let (weight, bias) = (get("weight")?, get("bias")?);
    let (mean, variance) = (get("running_mean")?, get("running_var")?);
    let scales = weight.iter().zip(&variance);
    let scale: Vec<f32> = scales
        .map(|(weight, variance)| {
            (f64::from(*weight) / (f64::from(*variance) + EPSILON).sqrt()) as f32
        })
        .collect();
    let shifts = bias.iter().zip(&mean).zip(&scale);
    let shift = shifts.map(|((bias, mean), scale)| bias - mean * scale);
    let shift = shift.collect();
    Ok((scale, shift))
}

/// An inverted bottleneck: wider, each channel by itself, narrower.
struct Block {
    widen: Option<Pointwise>,
    alone: Vec<f32>, // (channels, side · side)
    alone_shift: Vec<f32>,
    narrow: Pointwise,
    side: usize,
    stride: usize,
    adds: bool,
}

impl Block {
    fn new(inputs: usize, stage: Stage, vb: &Weights) -> Result<Self> {
        let inner = inputs * stage.widened;
        let widen = match stage.widened {
            1 => None,
            _ => Some(Pointwise::new(
                inputs,
                inner,
                &vb.pp("_expand_conv"),
                &vb.pp("_bn0"),
            )?),
        };
        let side = stage.side;
        let alone = vb
            .pp("_depthwise_conv")
            .get((inner, 1, side, side), "weight")?;
        let mut alone = alone.flatten_all()?.to_vec1::<f32>()?;
        let (scale, alone_shift) = fold(inner, &vb.pp("_bn1"))?;
        for (kernel, scale) in alone.chunks_exact_mut(side * side).zip(scale) {
            kernel.iter_mut().for_each(|x| *x *= scale);
        }
        Ok(Self {
            widen,
            alone,
            alone_shift,
            narrow: Pointwise::new(
                inner,
                stage.channels,
                &vb.pp("_project_conv"),
                &vb.pp("_bn2"),
            )?,
            side,
            stride: stage.stride,
            adds: stage.stride == 1 && inputs == stage.channels,
        })
    }

    fn forward(&self, x: &Maps) -> Result<Maps> {
        let wide = match &self.widen {
            Some(widen) => widen.forward(&x.values)?.clamp(0f32, 6f32)?,
            None => x.values.clone(),
        };
        let (height, width) = (
            x.height.div_ceil(self.stride),
            x.width.div_ceil(self.stride),
        );
        let wide = wide.flatten_all()?.to_vec1::<f32>()?;
        let mut seen = vec![0.0; self.alone_shift.len() * height * width];
        seen.par_chunks_exact_mut(height * width)
            .zip(wide.par_chunks_exact(x.height * x.width))
            .enumerate()
            .for_each(|(channel, (to, from))| {
                self.one(channel, from, (x.height, x.width), to, width)
            });
        let channels = self.alone_shift.len();
        let seen = Tensor::from_vec(seen, (channels, height * width), &Device::Cpu)?;
        let narrow = self.narrow.forward(&seen)?;
        Ok(Maps {
            values: if self.adds {
                (narrow + &x.values)?
            } else {
                narrow
            },
            height,
            width,
        })
    }

    /// One channel: `to` is as wide as `places`.
    fn one(
        &self,
        channel: usize,
        from: &[f32],
        (height, width): (usize, usize),
        to: &mut [f32],
        places: usize,
    ) {
        let (side, stride) = (self.side, self.stride);
        let kernel = &self.alone[channel * side * side..(channel + 1) * side * side];
        let (above, before) = (padding(height, side, stride), padding(width, side, stride));
        for (row, line) in to.chunks_exact_mut(places).enumerate() {
            line.fill(self.alone_shift[channel]);
            for down in 0..side {
                let Some(y) = (row * stride + down)
                    .checked_sub(above)
                    .filter(|y| *y < height)
                else {
                    continue;
                };
                let source = &from[y * width..(y + 1) * width];
                for right in 0..side {
                    let weight = kernel[down * side + right];
                    // places whose pixel lies within the line
                    let first = before.saturating_sub(right).div_ceil(stride);
                    for (place, value) in line.iter_mut().enumerate().skip(first) {
                        let Some(pixel) = source.get(place * stride + right - before) else {
                            break;
                        };
                        *value += weight * pixel;
                    }
                }
            }
            line.iter_mut()
                .for_each(|value| *value = value.clamp(0.0, 6.0));
        }
    }
}
