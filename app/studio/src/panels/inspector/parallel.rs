//! Parallel coordinates: an upright line a dimension, a thread a take. Where threads cross, what is better in one is worse
//! in the other.

use eframe::egui::{
    Align2, FontId, Pos2, Rect, Role, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2,
};

use super::group::{Drawn, Pointed, Takes};
use crate::cx::Cx;
use crate::theme::{GRID, SMALL};
use crate::widgets::ten;

/// Height of the plot, points.
const HEIGHT: f32 = 168.0;
/// How near the pointer must be to a thread, points.
const NEAR: f32 = 10.0;

/// Draws it.
pub(super) fn show(ui: &mut Ui, cx: &Cx<'_>, takes: &Takes) -> Pointed {
    let size = vec2(ui.available_width(), HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let name = cx.texts.get("inspector_parallel");
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name));
    let inside = Rect::from_min_max(
        rect.min + vec2(4.0 * GRID, 2.0 * GRID),
        rect.max - vec2(3.0 * GRID, 3.0 * GRID),
    );
    let (low, high) = reach(takes);
    let count = takes.axes.len();
    let x = |axis: usize| inside.left() + inside.width() * axis as f32 / (count - 1).max(1) as f32;
    let y = |value: f32| inside.bottom() - inside.height() * (value - low) / (high - low);
    let thread = |take: &Drawn| -> Vec<Pos2> {
        let scores = take.scores.iter().enumerate();
        scores
            .filter_map(|(axis, score)| Some(pos2(x(axis), y(score.as_ref()?.0))))
            .collect()
    };
    axes(ui, cx, takes, inside, (low, high));
    for take in &takes.takes {
        let points = thread(take);
        let stroke = takes.stroke(cx, take);
        let dashed = take.stale || take.rejected;
        if dashed {
            ui.painter()
                .extend(Shape::dashed_line(&points, stroke, 4.0, 3.0));
        } else {
            ui.painter().line(points.clone(), stroke);
        }
        if takes.hovered == Some(take.id) || takes.focus == Some(take.id) {
            for point in points {
                ui.painter().circle_filled(point, 3.0, stroke.color);
            }
        }
    }
    let mut pointed = Pointed::default();
    if let Some(pointer) = response.hover_pos() {
        let nearest = takes
            .takes
            .iter()
            .map(|take| (distance(&thread(take), pointer), take))
            .filter(|(distance, _)| *distance < NEAR)
            .min_by(|a, b| a.0.total_cmp(&b.0));
        if let Some((_, take)) = nearest {
            pointed.hovered = Some(take.id);
            pointed.clicked = response.clicked().then_some(take.id);
            numbers(ui, cx, takes, take, &thread(take));
        }
    }
    pointed
}

/// Around every score in steps of half a point, a whole point at least.
fn reach(takes: &Takes) -> (f32, f32) {
    let scores = || {
        takes
            .takes
            .iter()
            .flat_map(|take| take.scores.iter().flatten())
    };
    let lowest = scores().fold(1.0f32, |low, score| low.min(score.0));
    let highest = scores().fold(0.0f32, |high, score| high.max(score.0));
    let high = ((highest * 20.0).ceil() / 20.0).clamp(0.1, 1.0);
    let low = ((lowest * 20.0).floor() / 20.0).clamp(0.0, high - 0.1);
    (low, high)
}

fn axes(ui: &Ui, cx: &Cx<'_>, takes: &Takes, inside: Rect, (low, high): (f32, f32)) {
    let painter = ui.painter();
    let font = FontId::proportional(SMALL);
    let last = takes.axes.len() - 1;
    for (index, axis) in takes.axes.iter().enumerate() {
        let x = inside.left() + inside.width() * index as f32 / last.max(1) as f32;
        painter.vline(x, inside.y_range(), Stroke::new(1.0, cx.theme.line));
        let at = pos2(x, inside.bottom() + GRID);
        let name = axis.name(cx.texts);
        let font = FontId::proportional(11.0);
        // the outermost names stay inside the plot
        let align = match index {
            0 => Align2::LEFT_TOP,
            _ if index == last => Align2::RIGHT_TOP,
            _ => Align2::CENTER_TOP,
        };
        let nudge = match index {
            0 => -4.0 * GRID,
            _ if index == last => 3.0 * GRID,
            _ => 0.0,
        };
        painter.text(at + vec2(nudge, 0.0), align, name, font, cx.theme.weak);
    }
    for value in [low, high] {
        let y = if value == low {
            inside.bottom()
        } else {
            inside.top()
        };
        let at = pos2(inside.left() - GRID, y);
        let text = cx.texts.number(&ten(value));
        painter.text(at, Align2::RIGHT_CENTER, text, font.clone(), cx.theme.weak);
    }
}

/// The name and the numbers of the take under the pointer.
fn numbers(ui: &Ui, cx: &Cx<'_>, takes: &Takes, take: &Drawn, thread: &[Pos2]) {
    let painter = ui.painter();
    let font = FontId::proportional(SMALL);
    let colour = takes.colour(cx, take);
    let there = take.scores.iter().flatten();
    for (point, (value, _)) in thread.iter().zip(there) {
        let galley = painter.layout_no_wrap(cx.texts.number(&ten(*value)), font.clone(), colour);
        let rect = Align2::CENTER_BOTTOM.anchor_size(*point - vec2(0.0, 5.0), galley.size());
        painter.rect_filled(rect.expand(2.0), 2.0, cx.theme.panel.gamma_multiply(0.9));
        painter.galley(rect.min, galley, colour);
    }
    if let Some(first) = thread.first() {
        let at = pos2(first.x + GRID, first.y + 2.0);
        let galley = painter.layout_no_wrap(take.name.clone(), font, colour);
        let rect = Align2::LEFT_TOP.anchor_size(at, galley.size());
        painter.rect_filled(rect.expand(2.0), 2.0, cx.theme.panel.gamma_multiply(0.9));
        painter.galley(rect.min, galley, colour);
    }
}

/// From a point to the nearest place of a thread.
fn distance(thread: &[Pos2], from: Pos2) -> f32 {
    let to_piece = |piece: &[Pos2]| {
        let (a, b) = (piece[0], piece[1]);
        let along = b - a;
        let t = ((from - a).dot(along) / along.length_sq().max(1e-6)).clamp(0.0, 1.0);
        (a + along * t).distance(from)
    };
    thread
        .windows(2)
        .map(to_piece)
        .fold(f32::INFINITY, f32::min)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_place_of_a_thread_may_be_between_its_points() {
        let thread = [pos2(0.0, 0.0), pos2(10.0, 0.0), pos2(10.0, 10.0)];
        assert_eq!(distance(&thread, pos2(5.0, 3.0)), 3.0);
        assert_eq!(
            distance(&thread, pos2(14.0, 20.0)),
            (16.0f32 + 100.0).sqrt()
        );
    }
}
