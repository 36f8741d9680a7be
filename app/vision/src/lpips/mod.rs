//! LPIPS (Zhang et al. 2018), version 0.1: how far two pictures are apart to an eye, from the activations of AlexNet or
//! VGG-16, each channel weighed as people judged.

use std::path::Path;

use candle_core::{D, DType, Device, Result, Tensor};
use retake_core::Mask;
use retake_tensors::ModelError;
use retake_tensors::checkpoint::{Tensors, Weights, fingerprint};
use retake_tensors::layers::Conv2d;

use crate::picture::Bitmap;

/// A convolution of a trunk: (number in torchvision's list of layers, in, out, side, stride, padding).
type Layer = (usize, usize, usize, usize, usize, usize);

/// A trunk: what is pooled before each slice, and its convolutions.
struct Trunk {
    /// for people
    name: &'static str,
    /// (side, stride) of the pooling before every slice but the first; AlexNet's last two have none
    pools: [Option<(usize, usize)>; 5],
    slices: [&'static [Layer]; 5],
}

const ALEX: Trunk = Trunk {
    name: "AlexNet",
    pools: [None, Some((3, 2)), Some((3, 2)), None, None],
    slices: [
        &[(0, 3, 64, 11, 4, 2)],
        &[(3, 64, 192, 5, 1, 2)],
        &[(6, 192, 384, 3, 1, 1)],
        &[(8, 384, 256, 3, 1, 1)],
        &[(10, 256, 256, 3, 1, 1)],
    ],
};

const VGG: Trunk = Trunk {
    name: "VGG-16",
    pools: [None, Some((2, 2)), Some((2, 2)), Some((2, 2)), Some((2, 2))],
    slices: [
        &[(0, 3, 64, 3, 1, 1), (2, 64, 64, 3, 1, 1)],
        &[(5, 64, 128, 3, 1, 1), (7, 128, 128, 3, 1, 1)],
        &[
            (10, 128, 256, 3, 1, 1),
            (12, 256, 256, 3, 1, 1),
            (14, 256, 256, 3, 1, 1),
        ],
        &[
            (17, 256, 512, 3, 1, 1),
            (19, 512, 512, 3, 1, 1),
            (21, 512, 512, 3, 1, 1),
        ],
        &[
            (24, 512, 512, 3, 1, 1),
            (26, 512, 512, 3, 1, 1),
            (28, 512, 512, 3, 1, 1),
        ],
    ],
};

/// Mean and deviation of a picture in [-1, 1], by channel (the authors' `ScalingLayer`).
const SHIFT: [f32; 3] = [-0.030, -0.088, -0.188];
const SCALE: [f32; 3] = [0.458, 0.448, 0.450];

/// Pictures with a shorter side than this have no square left in the last slice.
const SMALLEST_PX: usize = 32;

struct Network {
    trunk: &'static Trunk,
    slices: Vec<Vec<Conv2d>>,
    /// the weight of each channel of a slice, (1, channels, 1, 1)
    lins: Vec<Tensor>,
    shift: Tensor, // (1, 3, 1, 1)
    scale: Tensor,
}

impl Network {
    fn new(trunk: &'static Trunk, vb: &Weights) -> Result<Self> {
        let slice = |(i, layers): (usize, &&[Layer])| {
            let vb = vb.pp(format!("net.slice{}", i + 1));
            let conv = |&(number, inputs, outputs, side, stride, padding): &Layer| {
                Conv2d::new(inputs, outputs, side, stride, padding, vb.pp(number))
            };
            layers.iter().map(conv).collect::<Result<Vec<_>>>()
        };
        let lin = |(i, layers): (usize, &&[Layer])| {
            let channels = layers.last().map_or(0, |layer| layer.2);
            let vb = match vb.pp(format!("lin{i}")).contains("model.1.weight") {
                true => vb.pp(format!("lin{i}")),
                false => vb.pp("lins").pp(i),
            };
            vb.get((1, channels, 1, 1), "model.1.weight")
        };
        let scaling = vb.pp("scaling_layer");
        let three = |name: &str, values: [f32; 3]| match scaling.contains(name) {
            true => scaling.get((1, 3, 1, 1), name),
            false => Tensor::from_slice(&values, (1, 3, 1, 1), vb.device())?.to_dtype(vb.dtype()),
        };
        Ok(Self {
            trunk,
            slices: trunk
                .slices
                .iter()
                .enumerate()
                .map(slice)
                .collect::<Result<_>>()?,
            lins: trunk
                .slices
                .iter()
                .enumerate()
                .map(lin)
                .collect::<Result<_>>()?,
            shift: three("shift", SHIFT)?,
            scale: three("scale", SCALE)?,
        })
    }

    /// The activations after every slice, each pixel's brought to length 1.
    fn activations(&self, picture: &Tensor) -> Result<Vec<Tensor>> {
        let mut x = picture
            .broadcast_sub(&self.shift)?
            .broadcast_div(&self.scale)?;
        let mut seen = Vec::with_capacity(self.slices.len());
        for (slice, pool) in self.slices.iter().zip(self.trunk.pools) {
            if let Some((side, stride)) = pool {
                x = x.max_pool2d_with_stride(side, stride)?;
            }
            x = slice
                .iter()
                .try_fold(x, |x, conv| conv.forward(&x)?.relu())?;
            let length = x.sqr()?.sum_keepdim(1)?.sqrt()?;
            seen.push(x.broadcast_div(&(length + 1e-10)?)?);
        }
        Ok(seen)
    }
}

/// What was seen in a picture, to be compared with other pictures of its size.
pub struct Look {
    activations: Vec<Tensor>,
    width: usize,
    height: usize,
}

/// How far two pictures are apart.
#[derive(Clone, Debug)]
pub struct Distance {
    /// the published number, 0 for the same picture
    pub value: f64,
    /// its part of every slice
    pub slices: Vec<f64>,
    /// where it comes from: the sum of the slices at each pixel, whose mean is about `value`; not clipped to 1
    pub map: Mask,
}

/// The network with its heads.
pub struct Lpips {
    network: Network,
    device: Device,
    fingerprint: String,
}

impl Lpips {
    /// The same as [`Self::open`], on the processor.
    pub fn on_processor(path: &Path) -> std::result::Result<Self, ModelError> {
        Self::open(path, &Device::Cpu)
    }

    /// Reads a file of weights in the safetensors format with the names of the authors' `LPIPS(...).state_dict()`: trunk
    /// (`net.slice1.0.weight`, …) and heads (`lin0.model.1.weight`, …). Which trunk it is, its first layer tells.
    pub fn open(file: &Path, device: &Device) -> std::result::Result<Self, ModelError> {
        let tensors = Tensors::of_file(file, &[])?;
        let first = tensors
            .shapes()
            .find(|(name, _)| *name == "net.slice1.0.weight");
        let trunk = match first.map(|(_, shape)| shape) {
            Some([64, 3, 11, 11]) => &ALEX,
            Some([64, 3, 3, 3]) if tensors.contains("net.slice1.2.weight") => &VGG,
            Some(_) => return Err(unknown(file, "its trunk is neither AlexNet nor VGG-16")),
            None => return Err(unknown(file, "the tensor net.slice1.0.weight is missing")),
        };
        // the heads are written down twice, once as a list
        let twice = tensors.contains("lin0.model.1.weight");
        let tensors = if twice {
            tensors.without("lins.")
        } else {
            tensors
        };
        let built = tensors.build(device, DType::F32, |vb| Network::new(trunk, &vb))?;
        Ok(Self {
            network: built.network,
            device: device.clone(),
            fingerprint: fingerprint(&[&built.fingerprint]),
        })
    }

    /// "AlexNet" or "VGG-16".
    pub fn trunk(&self) -> &'static str {
        self.network.trunk.name
    }

    /// SHA-256 of the weights, in hexadecimal digits.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// Looks at a picture.
    pub fn look(&self, picture: &Bitmap) -> std::result::Result<Look, ModelError> {
        let (width, height) = (picture.width, picture.height);
        if width.min(height) < SMALLEST_PX {
            return Err(ModelError::Machine(format!(
                "a picture of {width} × {height} px is too small for LPIPS, which needs {SMALLEST_PX} px on each side"
            )));
        }
        let mut values = Vec::with_capacity(3 * width * height);
        for channel in 0..3 {
            let codes = picture.rgb.iter().skip(channel).step_by(3);
            values.extend(codes.map(|&code| f32::from(code) / 255.0 * 2.0 - 1.0));
        }
        let tensor = Tensor::from_vec(values, (1, 3, height, width), &self.device)?;
        Ok(Look {
            activations: self.network.activations(&tensor)?,
            width,
            height,
        })
    }

    /// How far two pictures of one size are apart.
    pub fn distance(&self, a: &Look, b: &Look) -> std::result::Result<Distance, ModelError> {
        if (a.width, a.height) != (b.width, b.height) {
            return Err(ModelError::Machine(format!(
                "pictures of {} × {} px and {} × {} px cannot be compared by LPIPS; bring them to one size",
                a.width, a.height, b.width, b.height
            )));
        }
        let mut slices = Vec::new();
        let mut map = Mask::uniform(a.width, a.height, 0.0);
        for ((a, b), lin) in a
            .activations
            .iter()
            .zip(&b.activations)
            .zip(&self.network.lins)
        {
            let apart = (a - b)?.sqr()?.broadcast_mul(lin)?.sum(1)?; // (1, rows, columns)
            slices.push(f64::from(
                apart.mean_all()?.to_dtype(DType::F32)?.to_scalar::<f32>()?,
            ));
            let (rows, columns) = (apart.dim(D::Minus2)?, apart.dim(D::Minus1)?);
            let values: Vec<f32> = apart.to_dtype(DType::F32)?.flatten_all()?.to_vec1()?;
            add_enlarged(&mut map, &values, (columns, rows));
        }
        Ok(Distance {
            value: slices.iter().sum(),
            slices,
            map,
        })
    }
}

fn unknown(file: &Path, why: &str) -> ModelError {
    ModelError::Unsupported {
        what: format!("this is no LPIPS with its trunk and heads in one file: {why}"),
        path: file.to_owned(),
    }
}

/// Adds a coarse map, brought to the size of the fine one: bilinear with half-pixel centres, as `nn.Upsample` does.
fn add_enlarged(map: &mut Mask, coarse: &[f32], (columns, rows): (usize, usize)) {
    let (across, down) = (taps(columns, map.width), taps(rows, map.height));
    for (line, (top, bottom, share)) in map.values.chunks_exact_mut(map.width).zip(&down) {
        let (upper, lower) = (&coarse[top * columns..], &coarse[bottom * columns..]);
        for (value, (left, right, over)) in line.iter_mut().zip(&across) {
            let mix = |row: &[f32]| row[*left] + (row[*right] - row[*left]) * over;
            let (upper, lower) = (mix(upper), mix(lower));
            *value += upper + (lower - upper) * share;
        }
    }
}

/// For each place of the result the two places that it lies between, and how far from the first, 0 to 1.
pub(crate) fn taps(from: usize, to: usize) -> Vec<(usize, usize, f32)> {
    let scale = from as f32 / to as f32;
    (0..to)
        .map(|i| {
            let at = ((i as f32 + 0.5) * scale - 0.5).max(0.0);
            let first = (at as usize).min(from - 1);
            (first, (first + 1).min(from - 1), at - first as f32)
        })
        .collect()
}

#[cfg(test)]
mod tests;
