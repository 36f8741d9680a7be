//! Pictures as networks that look want them: 8-bit sRGB, brought to a size, cut, scaled and normalised to the last bit
//! as the processors do that are published with the networks. No tensors here, only numbers.

mod prepare;
mod resize;
#[cfg(test)]
mod tests;

use retake_core::Raster;
use retake_pixels::codes::Coder;
use retake_pixels::display::{self, Space};

pub use prepare::{Normalisation, Planes, Preparation, Processor};
pub use resize::{Filter, Library, resize};

/// A picture of 8-bit sRGB code values.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Bitmap {
    /// px
    pub width: usize,
    /// px
    pub height: usize,
    /// red, green, blue of each pixel, row by row
    pub rgb: Vec<u8>,
}

impl Bitmap {
    /// Of `width * height * 3` bytes, red, green and blue of each pixel, row by row; `None` if there are not as many,
    /// or none at all.
    pub fn new(width: usize, height: usize, rgb: Vec<u8>) -> Option<Self> {
        let bytes = width.checked_mul(height)?.checked_mul(3)?;
        (bytes > 0 && rgb.len() == bytes).then_some(Self { width, height, rgb })
    }

    /// What the screen shows of a picture in linear Rec.2020: brought into sRGB's gamut, rounded to 8 bits. It must
    /// have pixels.
    pub fn of_raster(picture: &Raster) -> Self {
        let mut shown = picture.clone();
        let [r, g, b] = &mut shown.planes;
        display::to_linear(&Space::Srgb.from_rec2020(), r, g, b);
        let mut rgb = vec![0; r.len() * 3];
        Coder::new(Space::Srgb).interleave(r, g, b, &mut rgb);
        Self {
            width: picture.width,
            height: picture.height,
            rgb,
        }
    }

    /// The colour at (x, y).
    pub fn at(&self, x: usize, y: usize) -> [u8; 3] {
        let i = (y * self.width + x) * 3;
        [self.rgb[i], self.rgb[i + 1], self.rgb[i + 2]]
    }

    /// The middle of it, `width` × `height` px; black beside it where it is smaller, as torchvision's `center_crop`
    /// does: an odd pixel goes to the left and the top when cut, to the right and the bottom when filled.
    pub fn middle(&self, width: usize, height: usize) -> Self {
        let across = Cut::new(self.width, width);
        let down = Cut::new(self.height, height);
        let mut rgb = vec![0; width * height * 3];
        for y in 0..down.count {
            let from = ((down.from + y) * self.width + across.from) * 3;
            let to = ((down.to + y) * width + across.to) * 3;
            rgb[to..to + across.count * 3]
                .copy_from_slice(&self.rgb[from..from + across.count * 3]);
        }
        Self { width, height, rgb }
    }
}

/// Numbers of the middle of a picture ([`Bitmap::middle`]) put where they were in the whole of (width, height), 0 beside it.
fn middle_back(plane: &[f32], (width, height): (usize, usize), whole: (usize, usize)) -> Vec<f32> {
    let across = Cut::new(whole.0, width);
    let down = Cut::new(whole.1, height);
    let mut out = vec![0.0; whole.0 * whole.1];
    for y in 0..down.count {
        let to = (down.from + y) * whole.0 + across.from;
        let from = (down.to + y) * width + across.to;
        out[to..to + across.count].copy_from_slice(&plane[from..from + across.count]);
    }
    out
}

/// Where the pixels of one direction come from and go to.
struct Cut {
    from: usize,
    to: usize,
    count: usize,
}

impl Cut {
    fn new(have: usize, want: usize) -> Self {
        Self {
            from: have.saturating_sub(want) / 2,
            to: want.saturating_sub(have) / 2,
            count: have.min(want),
        }
    }
}
