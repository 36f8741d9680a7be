//! ST-LPIPS (Ghildyal and Liu 2022, "Shift-tolerant perceptual similarity metric", arXiv 2207.13686): the features of an
//! AlexNet that blurs before it halves, each made a unit vector, compared place by place with trained weights.

use std::ops::Range;

use candle_core::{Device, Result, Tensor};
use rayon::prelude::*;
use retake_pixels::vectorised;
use retake_tensors::kernels::{Patched, Pool, blurred, largest};

use super::entry::Entry;
use crate::shipped::Shipped;

/// The weights, under the 2-clause BSD licence: `assets/models/NOTICES.md`.
static WEIGHTS: &[u8] = include_bytes!("../../../../assets/models/stlpips-alex.safetensors");

/// (name, channels out, channels in, side of the kernel, px of zeros beyond the edge), from the picture on. All but the first
/// keep the size.
const LAYERS: [(&str, usize, usize, usize, usize); 5] = [
    ("net.slice1.0", 64, 3, 11, 2),
    ("net.slice2.5", 192, 64, 5, 2),
    ("net.slice3.9", 384, 192, 3, 1),
    ("net.slice4.11", 256, 384, 3, 1),
    ("net.slice5.13", 256, 256, 3, 1),
];
/// The stored filters of the blurs, which are 1 2 1 across and down.
const BLURS: [(&str, usize); 3] = [
    ("net.slice1.1.filt", 64),
    ("net.slice2.4.filt", 64),
    ("net.slice3.8.filt", 192),
];
/// px of its reflection that a picture is padded with before a blur
pub(super) const REFLECTED_PX: usize = 2;
/// What keeps a place without features from a division by zero.
const EPSILON: f32 = 1e-10;

/// The network.
pub struct StLpips {
    /// of each channel of a picture in [-1, 1]
    shift: [f32; 3],
    scale: [f32; 3],
    entry: Entry,
    /// the four layers after the first
    convs: Vec<Patched>,
    /// of each layer: what a squared difference in each channel counts
    weights: Vec<Vec<f32>>,
}

/// How far two pictures are apart after each layer.
pub struct Levels {
    /// (height, width, differences row by row) of each layer, the finest first
    pub maps: Vec<(usize, usize, Vec<f32>)>,
}

impl Levels {
    /// The distance: the sum over the layers of their mean differences.
    pub fn distance(&self) -> f32 {
        let mean = |values: &[f32]| {
            values.iter().map(|&v| f64::from(v)).sum::<f64>() / values.len().max(1) as f64
        };
        self.maps
            .iter()
            .map(|(_, _, values)| mean(values))
            .sum::<f64>() as f32
    }
}

impl StLpips {
    /// A side of fewer px leaves the last layers nothing.
    pub const LEAST_SIDE: usize = 32;

    /// With the weights that are built in.
    pub fn shipped() -> Result<Self> {
        let mut shipped = Shipped::open(WEIGHTS)?;
        let mut of_channels = |name: &str| -> Result<[f32; 3]> {
            let values = shipped.take(name, (1, 3, 1, 1))?.flatten_all()?;
            let values = values.to_vec1::<f32>()?;
            Ok([values[0], values[1], values[2]])
        };
        let (shift, scale) = (
            of_channels("scaling_layer.shift")?,
            of_channels("scaling_layer.scale")?,
        );
        for (name, channels) in BLURS {
            let filter = shipped.take(name, (channels, 1, 3, 3))?;
            let line = [0.25f32, 0.5, 0.25];
            let expected = filter.flatten_all()?.to_vec1::<f32>()?;
            let same = expected
                .iter()
                .enumerate()
                .all(|(i, value)| (value - line[i % 9 / 3] * line[i % 3]).abs() < 1e-6);
            if !same {
                candle_core::bail!("the blur {name} is not 1 2 1 across and down");
            }
        }
        let mut conv = |(name, outputs, inputs, side, _): (&str, usize, usize, usize, usize)| -> Result<(Tensor, Tensor)> {
            let weight = shipped.take(&format!("{name}.weight"), (outputs, inputs, side, side))?;
            Ok((weight, shipped.take(&format!("{name}.bias"), outputs)?))
        };
        let [first, later @ ..] = LAYERS;
        let (weight, bias) = conv(first)?;
        let entry = Entry::new(weight, bias, first.4)?;
        let convs = later.map(|layer| -> Result<Patched> {
            let (weight, bias) = conv(layer)?;
            Patched::new(&weight, &bias, true)
        });
        let convs = convs.into_iter().collect::<Result<_>>()?;
        let weights = LAYERS.iter().enumerate().map(|(k, (_, channels, ..))| {
            let name = format!("lin{k}.model.1.weight");
            let weights = shipped.take(&name, (1, *channels, 1, 1))?;
            weights.flatten_all()?.to_vec1::<f32>()
        });
        let weights = weights.collect::<Result<_>>()?;
        shipped.finish()?;
        Ok(Self {
            shift,
            scale,
            entry,
            convs,
            weights,
        })
    }

    /// Compares two pictures of one size, each three planes of `width * height` values in [-1, 1].
    pub fn compare(
        &self,
        pictures: [[&[f32]; 3]; 2],
        width: usize,
        height: usize,
    ) -> Result<Levels> {
        let mut values = Vec::with_capacity(6 * width * height);
        for planes in pictures {
            for (c, plane) in planes.into_iter().enumerate() {
                let (shift, scale) = (self.shift[c], self.scale[c]);
                values.extend(plane.iter().map(|v| (v - shift) / scale));
            }
        }
        let x = Tensor::from_vec(values, (2, 3, height, width), &Device::Cpu)?;
        let features = self.features(&x)?;
        let maps = features.iter().zip(&self.weights).map(|(x, weights)| {
            let (_, _, height, width) = x.dims4()?;
            let values = x.flatten_all()?.to_vec1::<f32>()?;
            let (one, other) = values.split_at(values.len() / 2);
            Ok((height, width, apart(one, other, weights)))
        });
        Ok(Levels {
            maps: maps.collect::<Result<_>>()?,
        })
    }

    /// (batch, 3, height, width), scaled, to the five layers' features.
    fn features(&self, x: &Tensor) -> Result<Vec<Tensor>> {
        let mut out = vec![self.entry.forward(x)?];
        for (layer, conv) in self.convs.iter().enumerate() {
            let before = &out[layer];
            let x = match layer {
                0 | 1 => {
                    let pool = Pool {
                        side: 3,
                        stride: 1,
                        overhanging: false,
                    };
                    conv.forward(&blurred(&largest(before, pool)?, REFLECTED_PX)?)?
                }
                _ => conv.forward(before)?,
            };
            out.push(x);
        }
        Ok(out)
    }
}

/// Places that are worked on at a time.
const RUN: usize = 256;

/// At each place the weighted squared difference of two unit vectors. `one` and `other` have a plane of values for each
/// weight.
fn apart(one: &[f32], other: &[f32], weights: &[f32]) -> Vec<f32> {
    let places = one.len() / weights.len();
    let mut out = vec![0.0f32; places];
    out.par_chunks_mut(RUN).enumerate().for_each(|(run, out)| {
        let count = out.len();
        let channel = |k: usize| k * places + run * RUN..k * places + run * RUN + count;
        let (a, b) = (
            scales(one, channel, weights.len()),
            scales(other, channel, weights.len()),
        );
        for (k, weight) in weights.iter().enumerate() {
            add(&one[channel(k)], &other[channel(k)], (&a, &b), *weight, out);
        }
    });
    out
}

/// What brings the features of each place to length 1.
fn scales(values: &[f32], channel: impl Fn(usize) -> Range<usize>, channels: usize) -> Vec<f32> {
    let mut scales = vec![0.0f32; channel(0).len()];
    for k in 0..channels {
        for (sum, v) in scales.iter_mut().zip(&values[channel(k)]) {
            *sum += v * v;
        }
    }
    for scale in &mut scales {
        *scale = 1.0 / (scale.sqrt() + EPSILON);
    }
    scales
}

vectorised! {
    fn add(one: &[f32], other: &[f32], scales: (&[f32], &[f32]), weight: f32, out: &mut [f32]) {
        let scales = scales.0.iter().zip(scales.1);
        for (((out, a), b), (pa, pb)) in out.iter_mut().zip(one).zip(other).zip(scales) {
            let d = a * pa - b * pb;
            *out += weight * d * d;
        }
    }
}
