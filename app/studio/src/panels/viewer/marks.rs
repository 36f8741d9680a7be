//! Pictures made from pictures: clipped pixels, maps as tints, differences as heat.

use eframe::egui::{Color32, ColorImage};
use retake_core::Mask;
use retake_engine::Shown;

/// From this code value on a channel is white, and up to the other it is black: as the rewards count clipped pixels.
const WHITE: u8 = 254;
const BLACK: u8 = 1;
/// The difference at the end of the ramp, CIEDE2000.
pub(crate) const MOST_DIFFERENCE: f32 = 20.0;

/// True when no channel has a tone left above.
pub(crate) fn is_blown([r, g, b]: [u8; 3]) -> bool {
    r.min(g).min(b) >= WHITE
}

/// True when no channel has a tone left below.
pub(crate) fn is_crushed([r, g, b]: [u8; 3]) -> bool {
    r.max(g).max(b) <= BLACK
}

/// The clipped pixels in two colours on nothing.
pub(crate) fn clipped(shown: &Shown, blown: Color32, crushed: Color32) -> ColorImage {
    let mark = |pixel: &[u8]| {
        let rgb = [pixel[0], pixel[1], pixel[2]];
        if is_blown(rgb) {
            blown
        } else if is_crushed(rgb) {
            crushed
        } else {
            Color32::TRANSPARENT
        }
    };
    let pixels = shown.rgba.chunks_exact(4).map(mark).collect();
    ColorImage::new([shown.width, shown.height], pixels)
}

/// A map as a tint of one colour, `strength` where it is 1.
pub(crate) fn tinted(map: &Mask, colour: Color32, strength: f32) -> ColorImage {
    let steps = tints(colour, strength);
    let pixels = map.values.iter().map(|&v| steps[step(v)]).collect();
    ColorImage::new([map.width, map.height], pixels)
}

/// The same of a part: columns `x`, rows `y`.
pub(crate) fn tinted_part(
    map: &Mask,
    x: std::ops::Range<usize>,
    y: std::ops::Range<usize>,
    colour: Color32,
    strength: f32,
) -> ColorImage {
    let steps = tints(colour, strength);
    let size = [x.len(), y.len()];
    let row = |y: usize| &map.values[y * map.width + x.start..y * map.width + x.end];
    let pixels = y.flat_map(row).map(|&v| steps[step(v)]).collect();
    ColorImage::new(size, pixels)
}

fn tints(colour: Color32, strength: f32) -> Vec<Color32> {
    (0..=255)
        .map(|i| colour.gamma_multiply(strength * i as f32 / 255.0))
        .collect()
}

fn step(value: f32) -> usize {
    (value.clamp(0.0, 1.0) * 255.0 + 0.5) as usize
}

/// Where a difference stands on the ramp, 0 to 1: small ones, which the eye just sees, have the most room.
pub(crate) fn on_ramp(difference: f32) -> f32 {
    (difference / MOST_DIFFERENCE).clamp(0.0, 1.0).sqrt()
}

/// The colour at a place of the ramp: black where nothing differs, then the score colours by rising lightness.
pub(crate) fn heat_colour(ramp: &[Color32], at: f32) -> Color32 {
    let at = at.clamp(0.0, 1.0) * ramp.len() as f32;
    let below = at.floor() as usize;
    let colour = |i: usize| match i.checked_sub(1) {
        None => Color32::BLACK,
        Some(i) => ramp[i.min(ramp.len() - 1)],
    };
    colour(below).lerp_to_gamma(colour(below + 1), at.fract())
}

/// Differences as heat.
pub(crate) fn heat(map: &Mask, ramp: &[Color32]) -> ColorImage {
    let steps: Vec<Color32> = (0..=255)
        .map(|i| heat_colour(ramp, i as f32 / 255.0))
        .collect();
    let pixels = map
        .values
        .iter()
        .map(|&value| steps[step(on_ramp(value))])
        .collect();
    ColorImage::new([map.width, map.height], pixels)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pixels_without_any_tone_left_are_marked() {
        let shown = Shown {
            width: 4,
            height: 1,
            rgba: [
                [255, 255, 255, 255],
                [255, 255, 200, 255],
                [0, 0, 0, 255],
                [0, 0, 40, 255],
            ]
            .concat(),
        };
        let marks = clipped(&shown, Color32::RED, Color32::BLUE).pixels;
        let none = Color32::TRANSPARENT;
        assert_eq!(marks, [Color32::RED, none, Color32::BLUE, none]);
    }

    #[test]
    fn no_difference_is_black_and_a_large_one_the_brightest() {
        let ramp = [Color32::DARK_BLUE, Color32::YELLOW];
        let map = Mask {
            width: 2,
            height: 1,
            values: vec![0.0, 90.0],
        };
        assert_eq!(heat(&map, &ramp).pixels, [Color32::BLACK, Color32::YELLOW]);
    }

    #[test]
    fn a_part_of_a_tint_is_that_part_of_the_whole() {
        let map = Mask::from_fn(5, 4, |x, y| (x + y) as f32 / 7.0);
        let whole = tinted(&map, Color32::RED, 0.5);
        let part = tinted_part(&map, 2..4, 1..3, Color32::RED, 0.5);
        assert_eq!(part.pixels[3], whole.pixels[2 * 5 + 3]);
    }
}
