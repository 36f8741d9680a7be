//! Painting a mask: dabs with a soft edge, gradients, ranges of tone. Positions are in pixels of the mask.

use std::ops::Range;

use eframe::egui::{Vec2, vec2};
use retake_core::Mask;
use retake_engine::Shown;
use retake_pixels::color;

/// Long edge of painted masks, px.
pub(crate) const MASK_EDGE: usize = 1024;

/// The columns and rows that a change touched.
pub(crate) type Touched = (Range<usize>, Range<usize>);

/// How a shape joins what was painted before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Join {
    /// where either is
    Add,
    /// where the shape is not
    TakeAway,
}

impl Join {
    fn of(self, before: f32, shape: f32) -> f32 {
        match self {
            Self::Add => before.max(shape),
            Self::TakeAway => before.min(1.0 - shape),
        }
    }
}

fn smoothstep(t: f32) -> f32 {
    let t = t.clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// Draws a line with a round brush. `feather` is the share of the radius over which it fades.
pub(crate) fn brush(
    mask: &mut Mask,
    from: Vec2,
    to: Vec2,
    radius: f32,
    feather: f32,
    join: Join,
) -> Option<Touched> {
    let reach = |a: f32, b: f32, most: usize| {
        let low = (a.min(b) - radius - 1.0).clamp(0.0, most as f32) as usize;
        let high = (a.max(b) + radius + 2.0).clamp(0.0, most as f32) as usize;
        low..high
    };
    let columns = reach(from.x, to.x, mask.width);
    let rows = reach(from.y, to.y, mask.height);
    if columns.is_empty() || rows.is_empty() {
        return None;
    }
    let way = to - from;
    let long2 = way.length_sq().max(1e-9);
    let radius = radius.max(0.5);
    let soft = (feather * radius).max(1.0);
    for y in rows.clone() {
        for x in columns.clone() {
            // distance from the line between both positions: dabs without gaps
            let at = vec2(x as f32 + 0.5, y as f32 + 0.5) - from;
            let along = (at.dot(way) / long2).clamp(0.0, 1.0);
            let distance = (at - way * along).length();
            let cover = smoothstep((radius - distance) / soft);
            if cover > 0.0 {
                let value = &mut mask.values[y * mask.width + x];
                *value = join.of(*value, cover);
            }
        }
    }
    Some((columns, rows))
}

/// A gradient: full at `from` and beyond, nothing at `to` and beyond.
pub(crate) fn linear(before: &Mask, from: Vec2, to: Vec2, join: Join) -> Mask {
    let way = to - from;
    let long2 = way.length_sq().max(1e-6);
    over(before, join, |at| {
        smoothstep(1.0 - (at - from).dot(way) / long2)
    })
}

/// An ellipse about `centre` through the corner `to`.
pub(crate) fn radial(before: &Mask, centre: Vec2, to: Vec2, feather: f32, join: Join) -> Mask {
    let radius = (to - centre).abs().max(Vec2::splat(1.0));
    over(before, join, |at| {
        let distance = ((at - centre) / radius).length();
        smoothstep((1.0 - distance) / feather.max(1e-3))
    })
}

fn over(before: &Mask, join: Join, shape: impl Fn(Vec2) -> f32) -> Mask {
    Mask::from_fn(before.width, before.height, |x, y| {
        let cover = shape(vec2(x as f32 + 0.5, y as f32 + 0.5));
        join.of(before.at(x, y), cover)
    })
}

/// Everything about as light as `lightness`: L* within `width`, fading over `soft`. `plane` is L* of the mask's pixels.
pub(crate) fn range(
    before: &Mask,
    plane: &[f32],
    lightness: f32,
    width: f32,
    soft: f32,
    join: Join,
) -> Mask {
    let cover = |l: f32| smoothstep(1.0 - ((l - lightness).abs() - width).max(0.0) / soft.max(0.5));
    let values = before.values.iter().zip(plane);
    Mask {
        width: before.width,
        height: before.height,
        values: values.map(|(&v, &l)| join.of(v, cover(l))).collect(),
    }
}

/// L* of a picture's pixels, 0 to 100.
pub(crate) fn lightness(shown: &Shown) -> Vec<f32> {
    let linear: Vec<f32> = (0..=255u8)
        .map(|code| color::srgb_decode(f32::from(code) / 255.0))
        .collect();
    // L* by luminance in steps fine enough for a mask
    let lstar: Vec<f32> = (0..=4096)
        .map(|i| color::lstar((i as f32 / 4096.0).powi(2)))
        .collect();
    shown
        .rgba
        .chunks_exact(4)
        .map(|pixel| {
            let [r, g, b] = [0, 1, 2].map(|c| linear[usize::from(pixel[c])]);
            let y = 0.2126 * r + 0.7152 * g + 0.0722 * b;
            lstar[(y.clamp(0.0, 1.0).sqrt() * 4096.0) as usize]
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blank() -> Mask {
        Mask::uniform(64, 48, 0.0)
    }

    #[test]
    fn a_brush_is_full_inside_and_fades_at_its_edge() {
        let mut mask = blank();
        let at = vec2(32.0, 24.0);
        brush(&mut mask, at, at, 10.0, 0.5, Join::Add).expect("it lies inside");
        assert_eq!(mask.at(32, 24), 1.0);
        let edge = mask.at(39, 24);
        assert!(edge > 0.0 && edge < 1.0, "{edge}");
        assert_eq!(mask.at(45, 24), 0.0);
    }

    #[test]
    fn a_fast_stroke_has_no_gaps() {
        let mut mask = blank();
        let (from, to) = (vec2(5.0, 24.0), vec2(60.0, 24.0));
        brush(&mut mask, from, to, 4.0, 0.0, Join::Add);
        assert!((6..60).all(|x| mask.at(x, 24) == 1.0));
    }

    #[test]
    fn painting_over_again_adds_nothing() {
        let mut mask = blank();
        let at = vec2(20.0, 20.0);
        brush(&mut mask, at, at, 9.0, 1.0, Join::Add);
        let once = mask.clone();
        brush(&mut mask, at, at, 9.0, 1.0, Join::Add);
        assert_eq!(mask, once);
    }

    #[test]
    fn the_eraser_takes_away_what_the_brush_left() {
        let mut mask = blank();
        let at = vec2(20.0, 20.0);
        brush(&mut mask, at, at, 6.0, 0.5, Join::Add);
        brush(&mut mask, at, at, 12.0, 0.0, Join::TakeAway);
        assert_eq!(mask.share(), 0.0);
    }

    #[test]
    fn only_what_was_touched_changed() {
        let mut mask = blank();
        let at = vec2(50.0, 10.0);
        let (columns, rows) =
            brush(&mut mask, at, at, 5.0, 0.5, Join::Add).expect("it lies inside");
        for y in 0..48 {
            for x in 0..64 {
                let touched = columns.contains(&x) && rows.contains(&y);
                assert!(touched || mask.at(x, y) == 0.0);
            }
        }
    }

    #[test]
    fn a_gradient_is_half_way_in_its_middle() {
        let mask = linear(&blank(), vec2(16.5, 0.0), vec2(48.5, 0.0), Join::Add);
        assert_eq!((mask.at(8, 9), mask.at(60, 9)), (1.0, 0.0));
        assert!((mask.at(32, 9) - 0.5).abs() < 0.01);
    }

    #[test]
    fn an_ellipse_ends_at_its_sides() {
        let mask = radial(&blank(), vec2(32.0, 24.0), vec2(52.0, 34.0), 0.3, Join::Add);
        assert_eq!(mask.at(32, 24), 1.0);
        assert_eq!((mask.at(54, 24), mask.at(32, 36)), (0.0, 0.0));
    }

    #[test]
    fn a_range_finds_tones_and_no_others() {
        let mut plane = vec![20.0; 64 * 48];
        plane[5] = 80.0;
        let mask = range(&blank(), &plane, 80.0, 5.0, 5.0, Join::Add);
        assert_eq!((mask.values[5], mask.values[6]), (1.0, 0.0));
    }

    #[test]
    fn lightness_is_that_of_the_definition() {
        let shown = Shown {
            width: 3,
            height: 1,
            rgba: [[0, 0, 0, 255], [119, 119, 119, 255], [255, 255, 255, 255]].concat(),
        };
        let [black, grey, white] = lightness(&shown)[..] else {
            panic!("three pixels")
        };
        assert!(black < 0.1 && (grey - 50.0).abs() < 0.3 && (white - 100.0).abs() < 0.1);
    }
}
