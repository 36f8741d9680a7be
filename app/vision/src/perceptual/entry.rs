//! The first layer of ST-LPIPS: a convolution, a blur of 1 2 1 that keeps every second pixel, and only then the cut of what is
//! negative. Both are sums of products, so that together they are one convolution with a kernel two pixels larger that looks
//! at every second pixel: a third of the work. It is done on the four pictures of the even and the odd lines and columns,
//! in which every second pixel is the next one.

use candle_core::{DType, Device, Result, Tensor};
use retake_tensors::kernels::{Field, Patched, Room, Walk, blurred, convolution};

use super::network::REFLECTED_PX;

/// The blur along a line.
const BLUR: [f64; 3] = [0.25, 0.5, 0.25];
/// Channels of a picture.
const COLORS: usize = 3;

/// The first layer.
pub(super) struct Entry {
    weight: Tensor, // (out, 3, side, side)
    bias: Tensor,   // (out)
    /// px of the kernel
    side: usize,
    /// px of zeros beyond each edge
    padding: usize,
    /// with the blur, over the four pictures: (out, 4 · 3, half, half)
    joined: Patched,
    /// px of that kernel
    half: usize,
}

/// Memory that it needs.
#[derive(Default)]
pub(super) struct Rooms {
    /// the four pictures
    parts: Field,
    /// what they become
    inner: Field,
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
            joined: Patched::new(&joined.to_dtype(DType::F32)?, &bias, 0, true)?,
            weight,
            bias,
            side,
            padding,
            half,
        })
    }

    /// A picture of three planes to about half their height and width.
    pub(super) fn forward(
        &self,
        picture: &[Vec<f32>; COLORS],
        (height, width): (usize, usize),
        out: &mut Field,
        (rooms, room): (&mut Rooms, &mut Room),
    ) -> Result<()> {
        let made = |length: usize| (length + 2 * self.padding + 1).saturating_sub(self.side);
        let odd = |length: usize| made(length) % 2 == 1 && made(length) > REFLECTED_PX;
        if odd(height) && odd(width) {
            return self.at_once(picture, (height, width), out, (rooms, room));
        }
        // where a line of the blur ends on the edge, its last pixel sees its neighbour twice
        let values: Vec<f32> = picture.iter().flatten().copied().collect();
        let shape = (1, COLORS, height, width);
        *out = Field::of(&self.one_by_one(&Tensor::from_vec(values, shape, &Device::Cpu)?)?)?;
        Ok(())
    }

    /// The convolution, then the blur.
    fn one_by_one(&self, x: &Tensor) -> Result<Tensor> {
        let walk = Walk {
            padding: self.padding,
            ..Walk::default()
        };
        let x = convolution(x, &self.weight, &self.bias, walk)?;
        blurred(&x, REFLECTED_PX)?.relu()
    }

    /// For sides whose blurred lines begin and end beyond the edge: there the reflection is symmetrical, so that the first and
    /// the last pixel are the same as the ones before them.
    fn at_once(
        &self,
        picture: &[Vec<f32>; COLORS],
        (height, width): (usize, usize),
        out: &mut Field,
        (Rooms { parts, inner }, room): (&mut Rooms, &mut Room),
    ) -> Result<()> {
        // as many lines as the kernel looks at, even and odd ones
        let places = |length: usize| (length + 2 * self.padding - self.side) / 2 + self.half - 1;
        let (down, across) = (places(height), places(width));
        parts.resize(1, (down, across), 4 * COLORS);
        let stride = parts.stride();
        let pixels = parts.picture_mut(0).chunks_exact_mut(stride);
        for (place, pixel) in pixels.enumerate() {
            let (y, x) = (2 * (place / across), 2 * (place % across));
            pixel.fill(0.0);
            for (part, pixel) in pixel.chunks_exact_mut(COLORS).take(4).enumerate() {
                let y = (y + part / 2).wrapping_sub(self.padding);
                let x = (x + part % 2).wrapping_sub(self.padding);
                if y < height && x < width {
                    for (value, plane) in pixel.iter_mut().zip(picture) {
                        *value = plane[y * width + x];
                    }
                }
            }
        }
        self.joined.forward(parts, inner, room)?;
        inner.framed(out);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use retake_core::Rng;

    #[test]
    fn a_blur_in_the_kernel_is_the_blur_after_it() {
        let mut rng = Rng::new(7);
        let mut noise =
            |count: usize| -> Vec<f32> { (0..count).map(|_| 0.2 * rng.normal()).collect() };
        let tensor = |values: Vec<f32>, dims: &[usize]| {
            Tensor::from_vec(values, dims, &Device::Cpu).expect("a tensor")
        };
        let weight = tensor(noise(5 * 3 * 121), &[5, 3, 11, 11]);
        let entry = Entry::new(weight, tensor(noise(5), &[5]), 2).expect("a layer");
        for (height, width) in [(33, 35), (63, 41), (127, 95)] {
            let picture: [Vec<f32>; 3] = std::array::from_fn(|_| noise(height * width));
            let values = picture.iter().flatten().copied().collect();
            let plain = entry.one_by_one(&tensor(values, &[1, 3, height, width]));
            let mut at_once = Field::default();
            let rooms = (&mut Rooms::default(), &mut Room::default());
            entry
                .at_once(&picture, (height, width), &mut at_once, rooms)
                .expect("one convolution");
            let (at_once, plain) = (
                at_once.to_tensor().expect("a tensor"),
                plain.expect("blurred"),
            );
            assert_eq!(at_once.dims(), plain.dims());
            let apart = (at_once - plain).and_then(|d| d.abs()?.max_all()?.to_scalar::<f32>());
            assert!(apart.expect("a number") < 2e-5, "{height} × {width}");
        }
    }
}
