//! The histogram: luminance and the three channels of the picture that is looked at, in a corner of the viewer.

use std::sync::Arc;

use eframe::egui::{Align2, Color32, FontId, Painter, Pos2, Rect, Shape, Stroke, pos2, vec2};
use eframe::epaint::Mesh;
use retake_engine::Shown;

use super::marks::{is_blown, is_crushed};
use crate::cx::Cx;
use crate::theme::{GRID, HALF, SMALL};

/// Size of the drawing, points.
const WIDTH: f32 = 256.0;
pub(crate) const HEIGHT: f32 = 88.0;

/// How many pixels have each code value.
#[derive(Clone, Debug)]
pub(crate) struct Tones {
    /// red, green, blue, luminance
    counts: [[u32; 256]; 4],
    /// share of pixels without a tone left above and below
    blown: f32,
    crushed: f32,
}

impl Tones {
    /// Of a picture.
    pub(crate) fn of(shown: &Shown) -> Self {
        let mut counts = [[0u32; 256]; 4];
        let (mut blown, mut crushed) = (0u32, 0u32);
        for pixel in shown.rgba.chunks_exact(4) {
            let rgb = [pixel[0], pixel[1], pixel[2]];
            for (counts, code) in counts.iter_mut().zip(rgb) {
                counts[usize::from(code)] += 1;
            }
            // Rec.709 weights on codes, of 256
            let [r, g, b] = rgb.map(u32::from);
            counts[3][((54 * r + 183 * g + 19 * b) >> 8) as usize] += 1;
            blown += u32::from(is_blown(rgb));
            crushed += u32::from(is_crushed(rgb));
        }
        let all = (shown.rgba.len() / 4).max(1) as f32;
        Self {
            counts,
            blown: blown as f32 / all,
            crushed: crushed as f32 / all,
        }
    }
    /// The height of each value's column, 0 to 1; the ends, where clipped pixels pile up, do not set the scale.
    fn heights(&self, channel: usize) -> [f32; 256] {
        let inner = |counts: &[u32; 256]| counts[1..255].iter().copied().max().unwrap_or(0);
        let most = self.counts.iter().map(inner).max().unwrap_or(0).max(1) as f32;
        self.counts[channel].map(|count| (count as f32 / most).min(1.0).sqrt())
    }
}

/// Draws it in the upper right corner of `within`.
pub(crate) fn show(painter: &Painter, cx: &mut Cx<'_>, shown: &Arc<Shown>, within: Rect) {
    let kept = cx.look.hand.tones.as_ref();
    let tones = match kept.filter(|(of, _)| Arc::ptr_eq(of, shown)) {
        Some((_, tones)) => tones.clone(),
        None => {
            let tones = Arc::new(Tones::of(shown));
            cx.look.hand.tones = Some((shown.clone(), tones.clone()));
            tones
        }
    };
    let size = vec2(WIDTH + 2.0 * GRID, HEIGHT + 2.0 * GRID + SMALL + HALF);
    let corner = within.right_top() + vec2(-GRID, GRID);
    let field = Rect::from_min_size(corner - vec2(size.x, 0.0), size);
    // always dark: light adds up on it
    painter.rect_filled(field, 4.0, Color32::from_black_alpha(216));
    let drawing = Rect::from_min_size(field.min + vec2(GRID, GRID), vec2(WIDTH, HEIGHT));
    for (channel, colour) in [
        Color32::from_rgb_additive(104, 22, 22),
        Color32::from_rgb_additive(20, 84, 28),
        Color32::from_rgb_additive(26, 42, 118),
    ]
    .into_iter()
    .enumerate()
    {
        painter.add(columns(drawing, &tones.heights(channel), colour));
    }
    let line: Vec<Pos2> = tones
        .heights(3)
        .iter()
        .enumerate()
        .map(|(i, height)| {
            let y = drawing.bottom() - height * HEIGHT;
            pos2(drawing.left() + (i as f32 + 0.5) * WIDTH / 256.0, y)
        })
        .collect();
    painter.line(line, Stroke::new(1.0, Color32::from_gray(230)));
    let text = |align: Align2, at: Pos2, key: &str, share: f32| {
        let share = format!("{:.1}", share * 100.0);
        let words = cx.texts.with(key, &[("share", &share)]);
        let font = FontId::proportional(SMALL);
        painter.text(at, align, words, font, Color32::from_gray(190));
    };
    let below = drawing.bottom() + HALF;
    let (left, right) = (pos2(drawing.left(), below), pos2(drawing.right(), below));
    text(Align2::LEFT_TOP, left, "crushed_share", tones.crushed);
    text(Align2::RIGHT_TOP, right, "blown_share", tones.blown);
}

fn columns(drawing: Rect, heights: &[f32; 256], colour: Color32) -> Shape {
    let mut mesh = Mesh::default();
    let step = drawing.width() / 256.0;
    for (i, height) in heights.iter().enumerate() {
        let left = drawing.left() + i as f32 * step;
        let top = pos2(left, drawing.bottom() - height * drawing.height());
        let rect = Rect::from_min_max(top, pos2(left + step, drawing.bottom()));
        mesh.add_colored_rect(rect, colour);
    }
    Shape::mesh(mesh)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pixel_is_counted_once_in_each_channel() {
        let shown = Shown {
            width: 3,
            height: 1,
            rgba: [[255, 255, 255, 255], [0, 0, 0, 255], [10, 200, 30, 255]].concat(),
        };
        let tones = Tones::of(&shown);
        for counts in tones.counts {
            assert_eq!(counts.iter().sum::<u32>(), 3);
        }
        assert_eq!(tones.counts[1][200], 1);
        assert!((tones.blown - 1.0 / 3.0).abs() < 1e-6 && tones.blown == tones.crushed);
    }
}
