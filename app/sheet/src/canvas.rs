//! An 8-bit sRGB surface with the few shapes a sheet needs.

use retake_core::Raster;
use retake_pixels::display::{self, Space};

/// sRGB code values.
pub type Ink = [u8; 3];

/// Interleaved 8-bit sRGB, `width * height * 3` bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the type's sentence says it")]
pub struct Canvas {
    pub width: usize,
    pub height: usize,
    pub rgb: Vec<u8>,
}

impl Canvas {
    /// All of one colour.
    pub fn new(width: usize, height: usize, ink: Ink) -> Self {
        Self {
            width,
            height,
            rgb: ink.repeat(width * height),
        }
    }
    /// A picture as sRGB shows it.
    pub fn of(raster: &Raster) -> Self {
        let mut shown = raster.clone();
        display::encode(&mut shown, Space::Srgb);
        let mut rgb = vec![0; raster.len() * 3];
        let [r, g, b] = &shown.planes;
        display::quantise8(r, g, b, &mut rgb);
        Self {
            width: raster.width,
            height: raster.height,
            rgb,
        }
    }
    /// Lays ink over a pixel; `cover` from 0 to 1. Outside the canvas nothing happens.
    pub fn dab(&mut self, x: i32, y: i32, ink: Ink, cover: f32) {
        if x < 0 || y < 0 || x as usize >= self.width || y as usize >= self.height {
            return;
        }
        let at = (y as usize * self.width + x as usize) * 3;
        for (now, ink) in self.rgb[at..at + 3].iter_mut().zip(ink) {
            *now = (f32::from(*now) + (f32::from(ink) - f32::from(*now)) * cover.clamp(0.0, 1.0))
                .round() as u8;
        }
    }
    /// A filled rectangle with rounded corners; edges may lie between pixels.
    pub fn block(&mut self, x: f32, y: f32, width: f32, height: f32, radius: f32, ink: Ink) {
        let radius = radius.min(width / 2.0).min(height / 2.0).max(0.0);
        for py in y.floor() as i32..(y + height).ceil() as i32 {
            for px in x.floor() as i32..(x + width).ceil() as i32 {
                let outside = rounded_distance(
                    px as f32 + 0.5 - x,
                    py as f32 + 0.5 - y,
                    width,
                    height,
                    radius,
                );
                self.dab(px, py, ink, 0.5 - outside);
            }
        }
    }
    /// The outline of such a rectangle, `thick` px wide, drawn inwards.
    #[expect(
        clippy::too_many_arguments,
        reason = "a rectangle, its look and its ink"
    )]
    pub fn ring(
        &mut self,
        x: f32,
        y: f32,
        width: f32,
        height: f32,
        radius: f32,
        thick: f32,
        ink: Ink,
    ) {
        for py in y.floor() as i32..(y + height).ceil() as i32 {
            for px in x.floor() as i32..(x + width).ceil() as i32 {
                let outside = rounded_distance(
                    px as f32 + 0.5 - x,
                    py as f32 + 0.5 - y,
                    width,
                    height,
                    radius,
                );
                self.dab(px, py, ink, (0.5 - outside).min(outside + thick + 0.5));
            }
        }
    }
    /// Another canvas, its corner at (x, y).
    pub fn place(&mut self, from: &Canvas, x: usize, y: usize) {
        let width = from.width.min(self.width.saturating_sub(x));
        for row in 0..from.height.min(self.height.saturating_sub(y)) {
            let to = ((y + row) * self.width + x) * 3;
            let start = row * from.width * 3;
            self.rgb[to..to + width * 3].copy_from_slice(&from.rgb[start..start + width * 3]);
        }
    }
}

/// Signed distance to a rounded rectangle at the origin, negative inside.
fn rounded_distance(x: f32, y: f32, width: f32, height: f32, radius: f32) -> f32 {
    let dx = (x - width / 2.0).abs() - (width / 2.0 - radius);
    let dy = (y - height / 2.0).abs() - (height / 2.0 - radius);
    dx.max(0.0).hypot(dy.max(0.0)) + dx.max(dy).min(0.0) - radius
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_covers_its_inside_and_nothing_else() {
        let mut canvas = Canvas::new(10, 10, [0; 3]);
        canvas.block(2.0, 3.0, 4.0, 5.0, 0.0, [255; 3]);
        let white = canvas.rgb.chunks(3).filter(|p| p[0] == 255).count();
        let black = canvas.rgb.chunks(3).filter(|p| p[0] == 0).count();
        assert_eq!((white, black), (20, 80));
    }

    #[test]
    fn drawing_beyond_the_edge_is_harmless() {
        let mut canvas = Canvas::new(4, 4, [0; 3]);
        canvas.block(-5.0, -5.0, 50.0, 50.0, 3.0, [9; 3]);
        canvas.place(&Canvas::new(10, 10, [1; 3]), 2, 2);
        assert_eq!(canvas.rgb[(3 * 4 + 3) * 3], 1);
    }
}
