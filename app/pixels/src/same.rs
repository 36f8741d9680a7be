//! Whether an edit shows what its source shows: the threshold of "an untouched copy", the same for all who ask.

use retake_core::{Raster, Rect};

use crate::display::{Space, encode, quantise8};

/// One sample in so many may differ.
const ONE_IN: usize = 1000;
/// A sample differs when its 8-bit sRGB codes are further apart than this.
const CODES: u8 = 1;
/// Rows that are compared at a time, so that another picture is told from its first rows.
const BAND: usize = 32;

/// What a source shows, to hold edits against.
pub struct Seen {
    width: usize,
    height: usize,
    /// red, green, blue of each pixel, sRGB, row by row
    rgb: Vec<u8>,
}

impl Seen {
    /// Of a picture in linear Rec.2020.
    pub fn of(source: &Raster) -> Self {
        Self {
            width: source.width,
            height: source.height,
            rgb: coded(source.clone()),
        }
    }

    /// Whether an edit shows the same: all but one sample in a thousand within a step of 8 bits. One of another size does
    /// not.
    pub fn is_shown_by(&self, edited: &Raster) -> bool {
        if (edited.width, edited.height) != (self.width, self.height) {
            return false;
        }
        let mut other = 0;
        for y0 in (0..self.height).step_by(BAND) {
            let y1 = (y0 + BAND).min(self.height);
            let band = edited.crop(Rect {
                x0: 0,
                y0,
                x1: self.width,
                y1,
            });
            let own = &self.rgb[y0 * self.width * 3..y1 * self.width * 3];
            let pairs = own.iter().zip(coded(band));
            other += pairs.filter(|(a, b)| a.abs_diff(*b) > CODES).count();
            if other * ONE_IN > self.rgb.len() {
                return false;
            }
        }
        true
    }
}

/// A number of a picture's samples: the same for the same picture, another for any other but by an accident of one in 10¹⁹.
pub fn mark(picture: &Raster) -> u64 {
    let size = mixed(picture.width as u64, picture.height as u64);
    let samples = picture.planes.iter().flatten();
    samples.fold(size, |sum, sample| mixed(sum, sample.to_bits().into()))
}

/// A step of such a number: FNV-1a with a turn, so that high bits count for low ones.
pub fn mixed(sum: u64, next: u64) -> u64 {
    (sum.rotate_left(23) ^ next).wrapping_mul(0x0000_0100_0000_01b3)
}

/// Codes of the screen; what is no number is black.
fn coded(mut raster: Raster) -> Vec<u8> {
    for value in raster.planes.iter_mut().flatten() {
        if !value.is_finite() {
            *value = 0.0;
        }
    }
    encode(&mut raster, Space::Srgb);
    let mut rgb = vec![0; raster.len() * 3];
    let [r, g, b] = &raster.planes;
    quantise8(r, g, b, &mut rgb);
    rgb
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source() -> Raster {
        Raster::from_fn(80, 60, |x, y| {
            [x as f32 / 90.0, y as f32 / 70.0, (x + y) as f32 / 150.0]
        })
    }

    #[test]
    fn a_copy_with_a_speck_is_the_same_and_one_with_a_patch_is_not() {
        let seen = Seen::of(&source());
        let mut speck = source();
        speck.set(40, 50, [1.0, 0.0, 0.0]);
        assert!(seen.is_shown_by(&speck));
        let mut patch = source();
        for i in 0..25 {
            patch.set(40 + i % 5, 50 + i / 5, [1.0, 0.0, 0.0]);
        }
        assert!(!seen.is_shown_by(&patch));
    }

    #[test]
    fn what_no_screen_shows_is_the_same() {
        let mut faint = source();
        for value in faint.planes.iter_mut().flatten() {
            *value *= 1.001;
        }
        assert!(Seen::of(&source()).is_shown_by(&faint));
    }

    #[test]
    fn a_crop_is_not_the_same() {
        assert!(!Seen::of(&source()).is_shown_by(&Raster::new(40, 30)));
    }
}
