//! Pictures whose channels lie side by side, pixel after pixel: what kernels that mix channels read and write in one go.

use candle_core::{Device, Result, Tensor};

/// Channels are filled up with zeros to a multiple of so many.
pub(super) const EVEN: usize = 16;

/// A batch of pictures of one size. It can be filled again, in the same memory.
#[derive(Default)]
pub struct Field {
    pub(super) pictures: usize,
    pub(super) height: usize,
    pub(super) width: usize,
    pub(super) channels: usize,
    pub(super) values: Vec<f32>,
}

impl Field {
    /// Becomes a batch of another size, of any values.
    pub fn resize(&mut self, pictures: usize, (height, width): (usize, usize), channels: usize) {
        (self.pictures, self.height, self.width) = (pictures, height, width);
        self.channels = channels;
        let length = pictures * height * width * self.stride();
        if self.values.len() < length {
            self.values.resize(length, 0.0);
        }
    }

    /// The values of (pictures, channels, height, width).
    pub fn of(x: &Tensor) -> Result<Self> {
        let (pictures, channels, height, width) = x.dims4()?;
        let mut field = Self::default();
        field.resize(pictures, (height, width), channels);
        let (plane, stride) = (height * width, field.stride());
        let values = x.flatten_all()?.to_vec1::<f32>()?;
        for (at, plane_values) in values.chunks_exact(plane.max(1)).enumerate() {
            let first = at / channels * plane * stride + at % channels;
            let to = field.values[first..].iter_mut().step_by(stride);
            to.zip(plane_values).for_each(|(to, value)| *to = *value);
        }
        Ok(field)
    }

    /// (pictures, channels, height, width)
    pub fn to_tensor(&self) -> Result<Tensor> {
        let plane = self.height * self.width;
        let values: Vec<f32> = (0..self.pictures * self.channels)
            .flat_map(|at| {
                let (picture, channel) = (at / self.channels, at % self.channels);
                (0..plane).map(move |place| self.pixel(picture, place)[channel])
            })
            .collect();
        let shape = (self.pictures, self.channels, self.height, self.width);
        Tensor::from_vec(values, shape, &Device::Cpu)
    }

    /// With its outermost pixels once more around it.
    pub fn framed(&self, out: &mut Self) {
        let (height, width, stride) = (self.height, self.width, self.stride());
        out.resize(self.pictures, (height + 2, width + 2), self.channels);
        let near = |at: usize, length: usize| at.clamp(1, length) - 1;
        for picture in 0..self.pictures {
            let from = self.picture(picture);
            let lines = out
                .picture_mut(picture)
                .chunks_exact_mut((width + 2) * stride);
            for (y, to) in lines.enumerate() {
                let line = &from[near(y, height) * width * stride..][..width * stride];
                to[..stride].copy_from_slice(&line[..stride]);
                to[stride..][..line.len()].copy_from_slice(line);
                to[stride + line.len()..].copy_from_slice(&line[line.len() - stride..]);
            }
        }
    }

    /// Height and width, px.
    pub fn size(&self) -> (usize, usize) {
        (self.height, self.width)
    }

    /// Memory that it takes, bytes.
    pub fn bytes(&self) -> usize {
        self.values.capacity() * size_of::<f32>()
    }

    /// Numbers from one pixel to the next.
    pub fn stride(&self) -> usize {
        self.channels.next_multiple_of(EVEN)
    }

    /// The values of a picture, pixel after pixel, `stride` each; those beyond the channels are zero.
    pub fn picture(&self, picture: usize) -> &[f32] {
        let length = self.height * self.width * self.stride();
        &self.values[picture * length..][..length]
    }

    /// The same to be written; those beyond the channels are to be zero.
    pub fn picture_mut(&mut self, picture: usize) -> &mut [f32] {
        let length = self.height * self.width * self.stride();
        &mut self.values[picture * length..][..length]
    }

    /// The channels of a pixel, counted line by line.
    pub fn pixel(&self, picture: usize, place: usize) -> &[f32] {
        &self.picture(picture)[place * self.stride()..][..self.channels]
    }
}
