//! An evidence map over the photo: the photo in dim grey, what was found in colour.

use retake_core::{Mask, Raster};
use retake_pixels::resize;

use crate::canvas::Canvas;

/// From nothing to much: dark violet over orange to pale yellow, lightness rising steadily, so that it reads without colour too.
const HEAT: [[f32; 3]; 5] = [
    [40.0, 11.0, 84.0],
    [124.0, 29.0, 109.0],
    [205.0, 67.0, 71.0],
    [249.0, 142.0, 9.0],
    [252.0, 255.0, 164.0],
];

/// The map laid over the photo, at the photo's size.
pub fn overlay(photo: &Raster, evidence: &Mask) -> Canvas {
    let mut canvas = Canvas::of(photo);
    let evidence = resize::mask(evidence, photo.width, photo.height);
    for (pixel, &strength) in canvas.rgb.chunks_exact_mut(3).zip(&evidence.values) {
        let strength = if strength.is_finite() {
            strength.clamp(0.0, 1.0)
        } else {
            0.0
        };
        let grey = 0.6
            * (0.2126 * f32::from(pixel[0])
                + 0.7152 * f32::from(pixel[1])
                + 0.0722 * f32::from(pixel[2]));
        let place = strength * (HEAT.len() - 1) as f32;
        let step = (place as usize).min(HEAT.len() - 2);
        let share = place - step as f32;
        let cover = (strength * 4.0).min(0.85);
        for (c, value) in pixel.iter_mut().enumerate() {
            let heat = HEAT[step][c] + (HEAT[step + 1][c] - HEAT[step][c]) * share;
            *value = (grey + (heat - grey) * cover).round() as u8;
        }
    }
    canvas
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_nothing_was_found_the_photo_is_grey() {
        let photo = Raster::from_fn(4, 4, |_, _| [0.8, 0.2, 0.1]);
        let canvas = overlay(&photo, &Mask::uniform(4, 4, 0.0));
        assert!(canvas.rgb.chunks(3).all(|p| p[0] == p[1] && p[1] == p[2]));
    }

    #[test]
    fn more_evidence_is_lighter() {
        let photo = Raster::from_fn(5, 1, |_, _| [0.05; 3]);
        let map = Mask::from_fn(5, 1, |x, _| 0.2 + 0.2 * x as f32);
        let canvas = overlay(&photo, &map);
        let light: Vec<u32> = canvas
            .rgb
            .chunks(3)
            .map(|p| p.iter().map(|&v| u32::from(v)).sum())
            .collect();
        assert!(light.is_sorted(), "{light:?}");
    }
}
