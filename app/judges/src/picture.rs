//! What a judge sees of a picture: what a screen shows of it, in sRGB with 8 bits, not larger than it can read.

use retake_core::{Mask, Raster};
use retake_pixels::display::{self, Space, quantise8};
use retake_pixels::resize;

/// A picture as a screen shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// px
    pub width: usize,
    /// px
    pub height: usize,
    /// red, green, blue of each pixel, sRGB, row by row
    pub rgb: Vec<u8>,
}

impl Shown {
    /// What is shown of a picture in linear Rec.2020.
    pub fn of(raster: &Raster) -> Self {
        let mut coded = raster.clone();
        for plane in &mut coded.planes {
            for value in plane.iter_mut().filter(|value| !value.is_finite()) {
                *value = 0.0;
            }
        }
        display::encode(&mut coded, Space::Srgb);
        let mut rgb = vec![0; coded.len() * 3];
        let [r, g, b] = &coded.planes;
        quantise8(r, g, b, &mut rgb);
        Self {
            width: coded.width,
            height: coded.height,
            rgb,
        }
    }
}

/// The picture with at most so many pixels, its shape kept; itself if it has no more.
pub fn within(raster: &Raster, max_pixels: usize) -> Raster {
    if raster.len() <= max_pixels.max(1) {
        return raster.clone();
    }
    let scale = (max_pixels.max(1) as f64 / raster.len() as f64).sqrt();
    let to = |side: usize| ((side as f64 * scale).floor() as usize).max(1);
    resize::raster(raster, to(raster.width), to(raster.height))
}

/// The same with at least so many pixels too: enlarged, if it has fewer.
pub fn between(raster: &Raster, least: usize, most: usize) -> Raster {
    if raster.is_empty() || raster.len() >= least {
        return within(raster, most);
    }
    let scale = (least as f64 / raster.len() as f64).sqrt();
    let to = |side: usize| (side as f64 * scale).ceil() as usize;
    within(
        &resize::raster(raster, to(raster.width), to(raster.height)),
        most,
    )
}

/// How much of the red veil is seen over what is marked in full.
const VEIL: f32 = 0.5;

/// The picture with a red veil over what a mask marks (1 is all of it), so that a judge sees where was to be edited.
pub fn veiled(raster: &Raster, mask: &Mask) -> Raster {
    let mask = resize::mask(mask, raster.width, raster.height);
    Raster::from_fn(raster.width, raster.height, |x, y| {
        let share = VEIL * mask.values[y * raster.width + x].clamp(0.0, 1.0);
        let [r, g, b] = raster.at(x, y);
        [r + share * (1.0 - r), g * (1.0 - share), b * (1.0 - share)]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_picture_is_itself_and_a_large_one_keeps_its_shape_within_the_bound() {
        let small = Raster::new(20, 10);
        assert_eq!(within(&small, 200), small);
        let large = within(&Raster::new(400, 200), 20_000);
        assert_eq!((large.width, large.height), (200, 100));
    }

    #[test]
    fn a_picture_with_too_few_pixels_is_enlarged() {
        let large = between(&Raster::new(40, 20), 3_200, 10_000);
        assert_eq!((large.width, large.height), (80, 40));
        let small = Raster::new(40, 20);
        assert_eq!(between(&small, 800, 10_000), small);
        assert_eq!(between(&small, 0, 200).len(), 200);
    }

    #[test]
    fn a_grey_of_linear_light_is_shown_through_the_srgb_curve() {
        // 0.214041 is code value 0.5 of IEC 61966-2-1; 0.5 · 255 is 127.5
        let shown = Shown::of(&Raster::from_fn(1, 1, |_, _| [0.214_041; 3]));
        assert!(
            shown.rgb.iter().all(|&code| code == 127 || code == 128),
            "{shown:?}"
        );
    }

    #[test]
    fn what_is_no_number_is_shown_black() {
        let shown = Shown::of(&Raster::from_fn(1, 1, |_, _| [f32::NAN; 3]));
        assert_eq!(shown.rgb, [0, 0, 0]);
    }
}
