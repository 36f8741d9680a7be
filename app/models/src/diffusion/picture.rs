//! Between Retake's pictures and the network's: working size and padding, linear Rec.2020 and sRGB in [-1, 1].

use candle_core::{Device, Result, Tensor};
use retake_core::Raster;
use retake_pixels::color::srgb_decode;
use retake_pixels::display::{self, Space};
use retake_pixels::matrix::{REC2020_FROM_SRGB, apply};
use retake_pixels::resize;

/// How a picture lies in the network's: scaled to fit, at the top left, its edge repeated to fill the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    /// of the picture, px
    pub(super) width: usize,
    pub(super) height: usize,
    /// of the picture as the network sees it, px
    pub(super) inner: (usize, usize),
    /// with the padding, px: multiples that the network needs
    pub(super) outer: (usize, usize),
}

impl Frame {
    /// The frame of a picture of this size, within the room that the network has for it, its sides brought to multiples
    /// of `multiple`. A small picture is enlarged to that room if that is asked: networks know little of pictures that
    /// are much smaller than those of their training.
    pub(super) fn new(
        width: usize,
        height: usize,
        (room_width, room_height): (usize, usize),
        multiple: usize,
        enlarged: bool,
    ) -> Self {
        // the long edge that fits both ways
        let long_edge = match width * room_height > height * room_width {
            true => width.max(height) * room_width / width,
            false => width.max(height) * room_height / height,
        };
        let (w, h) = if enlarged && width.max(height) < long_edge {
            let scaled = |side: usize, room: usize| {
                let longest = width.max(height);
                ((side * long_edge + longest / 2) / longest).clamp(1, room.max(1))
            };
            (scaled(width, room_width), scaled(height, room_height))
        } else {
            resize::size_within(width, height, long_edge.max(1))
        };
        let padded = |side: usize| side.next_multiple_of(multiple);
        Self {
            width,
            height,
            inner: (w, h),
            outer: (padded(w), padded(h)),
        }
    }

    /// (1, 3, height, width) in [-1, 1], sRGB.
    pub(super) fn into_network(self, picture: &Raster, device: &Device) -> Result<Tensor> {
        let (w, h) = self.inner;
        let mut coded = resize::raster(picture, w, h);
        display::encode(&mut coded, Space::Srgb);
        let (outer_w, outer_h) = self.outer;
        let mut values = Vec::with_capacity(3 * outer_w * outer_h);
        for plane in &coded.planes {
            for y in 0..outer_h {
                let line = &plane[y.min(h - 1) * w..][..w];
                values.extend((0..outer_w).map(|x| line[x.min(w - 1)] * 2.0 - 1.0));
            }
        }
        Tensor::from_vec(values, (1, 3, outer_h, outer_w), device)
    }

    /// The picture of a tensor (1, 3, height, width) in [-1, 1] of any size of this shape, at the size of the original.
    pub(super) fn out_of_network(self, tensor: &Tensor) -> Result<Raster> {
        let small = self.cut_from(tensor)?;
        Ok(resize::raster(&small, self.width, self.height))
    }

    /// The same at the tensor's own size, the padding cut off.
    pub(super) fn cut_from(self, tensor: &Tensor) -> Result<Raster> {
        let (_, _, height, width) = tensor.dims4()?;
        let values: Vec<f32> = tensor.flatten_all()?.to_vec1()?;
        // the share of the tensor that is the picture, rounded up where it is coarser than the frame
        let share = |inner: usize, outer: usize, side: usize| (inner * side).div_ceil(outer);
        let w = share(self.inner.0, self.outer.0, width);
        let h = share(self.inner.1, self.outer.1, height);
        let plane = width * height;
        Ok(Raster::from_fn(w, h, |x, y| {
            let linear = |c: usize| {
                let coded = values[c * plane + y * width + x] * 0.5 + 0.5;
                srgb_decode(coded.clamp(0.0, 1.0))
            };
            apply(&REC2020_FROM_SRGB, [linear(0), linear(1), linear(2)])
        }))
    }
}

impl Frame {
    /// From a gradient over the pixels of [`Self::cut_from`] to the one over the tensor that these were cut from, which is
    /// zero in the padding and where a number was beyond what is shown.
    pub(super) fn back(self, gradient: &Raster, tensor: &Tensor) -> Result<Tensor> {
        let (_, _, height, width) = tensor.dims4()?;
        let coded: Vec<f32> = tensor.flatten_all()?.to_vec1()?;
        let plane = width * height;
        let mut values = vec![0.0f32; 3 * plane];
        for y in 0..gradient.height.min(height) {
            for x in 0..gradient.width.min(width) {
                let by_linear = apply(&turned(&REC2020_FROM_SRGB), gradient.at(x, y));
                for (c, by_linear) in by_linear.into_iter().enumerate() {
                    let place = c * plane + y * width + x;
                    let coded = coded[place] * 0.5 + 0.5;
                    if (0.0..=1.0).contains(&coded) {
                        values[place] = by_linear * srgb_slope(coded) * 0.5;
                    }
                }
            }
        }
        Tensor::from_vec(values, tensor.shape(), tensor.device())
    }
}

/// How a linear value changes with its sRGB code, both in [0, 1] (IEC 61966-2-1).
fn srgb_slope(coded: f32) -> f32 {
    match coded <= 0.040_45 {
        true => 1.0 / 12.92,
        false => 2.4 / 1.055 * ((coded + 0.055) / 1.055).powf(1.4),
    }
}

/// Rows as columns.
fn turned(matrix: &[[f32; 3]; 3]) -> [[f32; 3]; 3] {
    std::array::from_fn(|row| std::array::from_fn(|column| matrix[column][row]))
}

/// The edit where the mask is white, the source where it is black. The mask may have any size.
pub(super) fn confined(edit: Raster, source: &Raster, mask: Option<&retake_core::Mask>) -> Raster {
    let Some(mask) = mask else {
        return edit;
    };
    let mask = resize::mask(mask, edit.width, edit.height);
    let mut out = edit;
    for (out, source) in out.planes.iter_mut().zip(&source.planes) {
        for ((out, source), &share) in out.iter_mut().zip(source).zip(&mask.values) {
            // exactly the source where the mask is black
            *out = if share <= 0.0 {
                *source
            } else {
                source + (*out - source) * share
            };
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_picture_is_enlarged_to_the_room_if_that_is_asked() {
        let of =
            |size: (usize, usize), enlarged| Frame::new(size.0, size.1, (512, 512), 64, enlarged);
        assert_eq!(of((200, 150), true).inner, (512, 384));
        assert_eq!(of((150, 200), true).inner, (384, 512));
        assert_eq!(of((200, 150), true).outer, (512, 384));
        assert_eq!(of((200, 150), false).inner, (200, 150));
        assert_eq!(of((1, 1), true).inner, (512, 512));
        assert_eq!(of((3000, 1), true).inner, (512, 1));
    }

    #[test]
    fn a_large_picture_is_made_smaller_in_any_case() {
        for enlarged in [false, true] {
            let frame = Frame::new(4000, 3000, (512, 512), 64, enlarged);
            assert_eq!(frame.inner, (512, 384));
        }
    }
}
