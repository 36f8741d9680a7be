//! ST-LPIPS (Ghildyal and Liu 2022, "Shift-tolerant perceptual similarity metric", arXiv 2207.13686): the features of an
//! AlexNet that blurs before it halves, each made a unit vector, compared place by place with trained weights.

use std::sync::{Mutex, PoisonError};

use candle_core::{Result, Tensor};
use rayon::prelude::*;
use retake_pixels::vectorised;
use retake_tensors::kernels::{Field, Patched, Room, largest_blurred};

use super::entry::{self, Entry};
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
    /// memory that nobody computes in just now
    rooms: Mutex<Vec<Rooms>>,
}

/// What is seen of a picture after each layer.
type Features = [Field; LAYERS.len()];

/// A picture that was looked at.
pub struct Looked {
    size: (usize, usize), // height, width
    features: Features,
}

impl Looked {
    /// What it takes, bytes.
    pub fn bytes(&self) -> usize {
        self.features.iter().map(Field::bytes).sum()
    }
}

/// The memory that a look needs, used again and again: fresh memory is slow at first touch.
#[derive(Default)]
struct Rooms {
    entry: entry::Rooms,
    features: Features,
    /// between two layers
    halved: Field,
    conv: Room,
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
            Patched::new(&weight, &bias, layer.4, true)
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
            rooms: Mutex::default(),
        })
    }

    /// Looks at a picture of three planes of `width * height` values in [-1, 1].
    pub fn look(&self, picture: [&[f32]; 3], width: usize, height: usize) -> Result<Looked> {
        let size = (height, width);
        let features = self.seen(picture, size, std::mem::take)?;
        Ok(Looked { size, features })
    }

    /// Compares a picture of the same size, made up alike, with one that was looked at.
    pub fn compare(&self, one: &Looked, other: [&[f32]; 3]) -> Result<Levels> {
        self.seen(other, one.size, |features| {
            let pairs = one.features.iter().zip(features.iter());
            let maps = pairs.zip(&self.weights).map(|((one, other), weights)| {
                let (height, width) = one.size();
                (height, width, apart(one, other, weights))
            });
            Levels {
                maps: maps.collect(),
            }
        })
    }

    /// What `take` takes of the features of a picture.
    fn seen<T>(
        &self,
        picture: [&[f32]; 3],
        size: (usize, usize),
        take: impl FnOnce(&mut Features) -> T,
    ) -> Result<T> {
        let scaled = std::array::from_fn(|c| {
            let (shift, scale) = (self.shift[c], self.scale[c]);
            picture[c].iter().map(|v| (v - shift) / scale).collect()
        });
        let free = || self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        let mut rooms = free().pop().unwrap_or_default();
        self.fill(&scaled, size, &mut rooms)?;
        let taken = take(&mut rooms.features);
        free().push(rooms);
        Ok(taken)
    }

    /// Fills in the five layers' features of a scaled picture.
    fn fill(&self, picture: &[Vec<f32>; 3], size: (usize, usize), rooms: &mut Rooms) -> Result<()> {
        let Rooms {
            entry,
            features,
            halved,
            conv: room,
        } = rooms;
        self.entry
            .forward(picture, size, &mut features[0], (entry, &mut *room))?;
        for (layer, conv) in self.convs.iter().enumerate() {
            let [before, out] = &mut features[layer..][..2] else {
                break;
            };
            if layer < 2 {
                largest_blurred(before, REFLECTED_PX, halved)?;
                conv.forward(halved, out, room)?;
            } else {
                conv.forward(before, out, room)?;
            }
        }
        Ok(())
    }
}

/// Places that are worked on at a time.
const RUN: usize = 256;
/// Lanes that sums are kept in, so that additions do not wait for each other.
const LANES: usize = 16;

/// At each place the weighted squared difference of two pictures' unit vectors of features.
fn apart(one: &Field, other: &Field, weights: &[f32]) -> Vec<f32> {
    let (height, width) = one.size();
    let stride = one.stride();
    let mut filled = weights.to_vec();
    filled.resize(stride, 0.0);
    let mut out = vec![0.0f32; height * width];
    let pieces = out
        .par_chunks_mut(RUN)
        .zip(one.picture(0).par_chunks(RUN * stride));
    pieces
        .zip(other.picture(0).par_chunks(RUN * stride))
        .for_each(|((out, one), other)| differences(one, other, &filled, out));
    out
}

vectorised! {
    /// `one` and `other` have as many features for each place as there are weights, a multiple of `LANES`.
    fn differences(one: &[f32], other: &[f32], weights: &[f32], out: &mut [f32]) {
        let places = one.chunks_exact(weights.len()).zip(other.chunks_exact(weights.len()));
        for (out, (one, other)) in out.iter_mut().zip(places) {
            let (a, b) = (one.as_chunks::<LANES>().0, other.as_chunks::<LANES>().0);
            let weights = weights.as_chunks::<LANES>().0;
            let mut squares = [[0.0f32; LANES]; 2];
            for (a, b) in a.iter().zip(b) {
                for i in 0..LANES {
                    squares[0][i] += a[i] * a[i];
                    squares[1][i] += b[i] * b[i];
                }
            }
            let [scale_a, scale_b] = squares.map(|squares| 1.0 / (total(squares).sqrt() + EPSILON));
            let mut sum = [0.0f32; LANES];
            for ((a, b), weight) in a.iter().zip(b).zip(weights) {
                for i in 0..LANES {
                    let d = a[i] * scale_a - b[i] * scale_b;
                    sum[i] += weight[i] * d * d;
                }
            }
            *out = total(sum);
        }
    }
}

/// The sum of all lanes, by halves.
#[inline(always)]
fn total(mut lanes: [f32; LANES]) -> f32 {
    let mut half = LANES / 2;
    while half > 0 {
        for i in 0..half {
            lanes[i] += lanes[i + half];
        }
        half /= 2;
    }
    lanes[0]
}
