//! The difference of two pictures as heat, with a legend. The whole at once, at working size; the visible part exactly as
//! soon as both pictures are rendered for it.

use std::sync::Arc;

use eframe::egui::{Align2, Color32, FontId, Painter, Rect, Shape, pos2, vec2};
use eframe::epaint::Mesh;
use retake_core::Mask;
use retake_engine::{Command, Difference, Shown};

use super::geometry::Place;
use super::marks::{MOST_DIFFERENCE, heat, heat_colour, on_ramp};
use super::picture::{Manner, Picture, ask, draw, image, view};
use crate::cx::Cx;
use crate::theme::{GRID, HALF, SMALL, Shade, Theme};

/// Which of the engine's differences: of the whole pictures, and of what shows.
const WHOLE: usize = 0;
const EXACT: usize = 1;
/// Length of the legend's ramp, points.
const RAMP: f32 = 200.0;

/// Draws it, in the place of `after`.
pub(crate) fn show(
    painter: &Painter,
    cx: &mut Cx<'_>,
    (before, before_place): (&Picture, &Place),
    (after, after_place): (&Picture, &Place),
) {
    compare(cx, WHOLE, &before.small, &after.small);
    ask(cx, before, before_place, 1, true);
    ask(cx, after, after_place, 0, true);
    // until the first heat is there, and under it, lies the picture itself
    draw(painter, cx, after, after_place, Manner::plain(0));
    let painter = painter.with_clip_rect(painter.clip_rect().intersect(after_place.pane));
    if let Some(difference) = cx.engine.difference(WHOLE) {
        let map = difference.map.clone();
        layer(&painter, cx, &map, after_place.rect);
    }
    let views = view(before, before_place).zip(view(after, after_place));
    let exact = views.and_then(|(b, a)| {
        let views = &cx.look.hand.views;
        let first = views.exact_pixels(before.key, b)?;
        let second = views.exact_pixels(after.key, a)?;
        let same = b.part == a.part && before.frame == after.frame;
        same.then(|| (first.clone(), second.clone(), a))
    });
    if let Some((first, second, view)) = exact {
        compare(cx, EXACT, &first, &second);
        let there = cx.engine.difference(EXACT);
        if let Some(there) = there.filter(|there| there.is_of(&first, &second)) {
            let map = there.map.clone();
            let rect = after_place.rect_of(view.part, view.size);
            layer(&painter, cx, &map, rect);
        }
    }
    legend(&painter, cx, before, after, after_place.pane);
}

fn compare(cx: &mut Cx<'_>, place: usize, before: &Arc<Shown>, after: &Arc<Shown>) {
    let known = |there: &Difference| there.is_of(before, after);
    if !cx.engine.difference(place).is_some_and(known) {
        cx.send(Command::Compare {
            place,
            before: before.clone(),
            after: after.clone(),
        });
    }
}

/// The same ramp on every surround, so that heat means the same everywhere.
fn ramp() -> Vec<Color32> {
    Theme::of(Shade::Dark).scores
}

fn layer(painter: &Painter, cx: &mut Cx<'_>, map: &Arc<Mask>, rect: Rect) {
    let ctx = painter.ctx().clone();
    let texture = cx
        .textures
        .made(&ctx, map, 1, true, |map: &Mask| heat(map, &ramp()));
    image(painter, texture, rect, Color32::WHITE, None);
}

fn legend(painter: &Painter, cx: &Cx<'_>, before: &Picture, after: &Picture, pane: Rect) {
    let line = SMALL + HALF;
    let size = vec2(RAMP + 2.0 * GRID, 3.0 * line + 2.0 * GRID + HALF);
    let corner = pane.left_bottom() + vec2(GRID, -GRID - size.y);
    let field = Rect::from_min_size(corner, size);
    painter.rect_filled(field, 4.0, Color32::from_black_alpha(216));
    let (bright, quiet) = (Color32::from_gray(225), Color32::from_gray(175));
    let mut at = field.min + vec2(GRID, HALF);
    let write = |at, align, words: &str, colour| {
        painter.text(at, align, words, FontId::proportional(SMALL), colour)
    };
    let names = [
        ("before", before.name.as_str()),
        ("after", after.name.as_str()),
    ];
    let title = cx.texts.with("difference_of", &names);
    write(at, Align2::LEFT_TOP, &title, bright);
    at.y += line + HALF;
    let bar = Rect::from_min_size(at, vec2(RAMP, GRID));
    let mut mesh = Mesh::default();
    let ramp = ramp();
    for i in 0..RAMP as usize {
        let left = bar.left() + i as f32;
        let column = Rect::from_min_max(pos2(left, bar.top()), pos2(left + 1.0, bar.bottom()));
        mesh.add_colored_rect(column, heat_colour(&ramp, i as f32 / RAMP));
    }
    painter.add(Shape::mesh(mesh));
    at.y += GRID + 2.0;
    for (value, align) in [
        (0.0, Align2::LEFT_TOP),
        (1.0, Align2::CENTER_TOP),
        (5.0, Align2::CENTER_TOP),
        (10.0, Align2::CENTER_TOP),
        (MOST_DIFFERENCE, Align2::RIGHT_TOP),
    ] {
        let x = bar.left() + RAMP * on_ramp(value);
        write(pos2(x, at.y), align, &format!("{value:.0}"), quiet);
    }
    at.y += line;
    let numbers = cx.engine.difference(WHOLE);
    let numbers = numbers.filter(|there| there.is_of(&before.small, &after.small));
    if let Some(numbers) = numbers {
        let (mean, max) = (
            format!("{:.1}", numbers.mean),
            format!("{:.1}", numbers.max),
        );
        let key = if before.frame == after.frame {
            "difference_numbers"
        } else {
            "difference_of_sizes"
        };
        let words = cx.texts.with(key, &[("mean", &mean), ("max", &max)]);
        write(at, Align2::LEFT_TOP, &words, bright);
    }
}
