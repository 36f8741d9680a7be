//! The first layer of ST-LPIPS: a convolution, a blur of 1 2 1 that keeps every second pixel, and only then the cut of what is
//! negative. Both are sums of products, so that together they are one convolution with a kernel two pixels larger that looks
//! at every second pixel: a third of the work. It is done on the four pictures of the even and the odd lines and columns,
//! in which every second pixel is the next one.

use candle_core::{DType, Result, Tensor};
use retake_tensors::kernels::{Walk, blurred, convolution};

use super::network::REFLECTED_PX;

/// The blur along a line.
const BLUR: [f64; 3] = [0.25, 0.5, 0.25];

/// The first layer.
pub(super) struct Entry {
    weight: Tensor, // (out, in, side, side)
    bias: Tensor,   // (out)
    /// px of zeros beyond each edge
    padding: usize,
    /// with the blur, over the four pictures
    joined: Tensor, // (out, 4 · in, half, half)
}

impl Entry {
    pub(super) fn new(weight: Tensor, bias: Tensor, padding: usize) -> Result<Self> {
        let (outputs, inputs, side, _) = weight.dims4()?;
        let values = weight.flatten_all()?.to_vec1::<f32>()?;
        let half = (side + BLUR.len()).div_ceil(2);
        let mut joined = vec![0.0f64; outputs * 4 * inputs * half * half];
        for (at, kernel) in values.chunks_exact(side * side).enumerate() {
            let (output, input) = (at / inputs, at % inputs);
            for (place, value) in kernel.iter().enumerate() {
                for (down, across) in (0..9).map(|k| (k / 3, k % 3)) {
                    let (y, x) = (place / side + down, place % side + across);
                    let channel = (output * 4 + y % 2 * 2 + x % 2) * inputs + input;
                    joined[(channel * half + y / 2) * half + x / 2] +=
                        f64::from(*value) * BLUR[down] * BLUR[across];
                }
            }
        }
        let joined = Tensor::from_vec(joined, (outputs, 4 * inputs, half, half), weight.device())?;
        Ok(Self {
            weight,
            bias,
            padding,
            joined: joined.to_dtype(DType::F32)?,
        })
    }

    /// (batch, in, height, width) to (batch, out, about half the height, about half the width).
    pub(super) fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let (_, _, height, width) = x.dims4()?;
        let side = self.weight.dim(2)?;
        let made = |length: usize| (length + 2 * self.padding + 1).saturating_sub(side);
        let odd = |length: usize| made(length) % 2 == 1 && made(length) > REFLECTED_PX;
        if odd(height) && odd(width) {
            return self.at_once(x);
        }
        // where a line of the blur ends on the edge, its last pixel sees its neighbour twice
        let walk = Walk {
            padding: self.padding,
            ..Walk::default()
        };
        let x = convolution(x, &self.weight, &self.bias, walk)?;
        blurred(&x, REFLECTED_PX)?.relu()
    }

    /// For sides whose blurred lines begin and end beyond the edge: there the reflection is symmetrical, so that the first and
    /// the last pixel are the same as the ones before them.
    fn at_once(&self, x: &Tensor) -> Result<Tensor> {
        let (padding, half) = (self.padding, self.joined.dim(2)?);
        // as many lines as the kernel looks at, even and odd ones
        let places = |length: usize| (length + 2 * padding - self.weight.dims()[2]) / 2 + half - 1;
        let (_, _, height, width) = x.dims4()?;
        let (down, across) = (places(height), places(width));
        let x = x
            .pad_with_zeros(2, padding, (2 * down).saturating_sub(height + padding))?
            .pad_with_zeros(3, padding, (2 * across).saturating_sub(width + padding))?
            .narrow(2, 0, 2 * down)?
            .narrow(3, 0, 2 * across)?;
        let (batch, inputs, _, _) = x.dims4()?;
        let x = x
            .reshape(&[batch, inputs, down, 2, across, 2][..])?
            .permute(vec![0, 3, 5, 1, 2, 4])?
            .contiguous()?
            .reshape((batch, 4 * inputs, down, across))?;
        let walk = Walk {
            rectified: true,
            ..Walk::default()
        };
        let x = convolution(&x, &self.joined, &self.bias, walk)?;
        x.pad_with_same(2, 1, 1)?.pad_with_same(3, 1, 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::Device;
    use retake_core::Rng;

    #[test]
    fn a_blur_in_the_kernel_is_the_blur_after_it() {
        let mut rng = Rng::new(7);
        let mut noise = |dims: &[usize]| {
            let values = (0..dims.iter().product()).map(|_| 0.2 * rng.normal());
            Tensor::from_vec(values.collect::<Vec<f32>>(), dims, &Device::Cpu).expect("a tensor")
        };
        let entry = Entry::new(noise(&[5, 3, 11, 11]), noise(&[5]), 2).expect("a layer");
        for (height, width) in [(33, 35), (63, 41), (127, 95)] {
            let x = noise(&[2, 3, height, width]);
            let at_once = entry.at_once(&x).expect("one convolution");
            let walk = Walk {
                padding: 2,
                ..Walk::default()
            };
            let plain = convolution(&x, &entry.weight, &entry.bias, walk).expect("a convolution");
            let plain = blurred(&plain, REFLECTED_PX).and_then(|x| x.relu());
            let plain = plain.expect("blurred");
            assert_eq!(at_once.dims(), plain.dims());
            let apart = (at_once - plain).and_then(|d| d.abs()?.max_all()?.to_scalar::<f32>());
            assert!(apart.expect("a number") < 2e-5, "{height} × {width}");
        }
    }
}
