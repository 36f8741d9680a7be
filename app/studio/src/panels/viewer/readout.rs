//! The readout: where the pointer is and what colour is there.

use eframe::egui::Pos2;
use retake_pixels::color;

use super::geometry::Place;
use super::picture::{Picture, pixels};
use crate::cx::Cx;

/// One pixel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Readout {
    /// px of the picture at full resolution
    pub(crate) x: usize,
    /// px of the picture at full resolution
    pub(crate) y: usize,
    /// as the screen shows it, sRGB
    pub(crate) rgb: [u8; 3],
    /// L*a*b* of that
    pub(crate) lab: [f32; 3],
}

impl Readout {
    /// The pixel of a picture under a position on the screen, as it is shown there.
    pub(crate) fn of(cx: &Cx<'_>, picture: &Picture, place: &Place, screen: Pos2) -> Option<Self> {
        if !place.visible().contains(screen) {
            return None;
        }
        let at = place.picture_at(screen);
        let x = (at.x.max(0.0) as usize).min(picture.frame.width - 1);
        let y = (at.y.max(0.0) as usize).min(picture.frame.height - 1);
        let (shown, part) = pixels(cx, picture, place);
        let along = |at: usize, from: usize, length: usize, pixels: usize| {
            let share = (at as f32 + 0.5 - from as f32) / length as f32;
            ((share * pixels as f32).max(0.0) as usize).min(pixels - 1)
        };
        let rgb = shown.at(
            along(x, part.x0, part.width(), shown.width),
            along(y, part.y0, part.height(), shown.height),
        );
        let linear = rgb.map(|code| color::srgb_decode(f32::from(code) / 255.0));
        let lab = color::lab(linear);
        Some(Self { x, y, rgb, lab })
    }
}
