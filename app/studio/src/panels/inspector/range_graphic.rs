//! A measurement as a tiny graphic: the asked range as a field, the value before as a ring, the value after as a dot.

use eframe::egui::{Color32, Pos2, Rect, Shape, Stroke, StrokeKind, Ui, Vec2};
use retake_core::Check;

use crate::theme::Theme;

/// Height, points.
pub(super) const HEIGHT: f32 = 14.0;

/// The values that the graphic reaches from and to, with a little room. Open ends of the asked range end at the rest.
pub(super) fn extent(check: &Check) -> (f32, f32) {
    let ends = [check.before, check.after, check.asked.low, check.asked.high];
    let near = |value: &f32| value.is_finite() && value.abs() < 1e5;
    let shown = || ends.iter().copied().filter(near);
    let low = shown().fold(f32::INFINITY, f32::min);
    let high = shown().fold(f32::NEG_INFINITY, f32::max);
    if low > high {
        return (0.0, 1.0);
    }
    let room = ((high - low) * 0.08).max(1e-3);
    (low - room, high + room)
}

/// Paints it.
pub(super) fn paint(ui: &Ui, theme: &Theme, rect: Rect, check: &Check, after: Color32) {
    let (low, high) = extent(check);
    let x =
        |value: f32| rect.left() + rect.width() * ((value - low) / (high - low)).clamp(0.0, 1.0);
    let middle = rect.center().y;
    let painter = ui.painter();
    painter.hline(rect.x_range(), middle, Stroke::new(1.0, theme.line));
    let asked = Rect::from_min_max(
        Pos2::new(x(check.asked.low), rect.top() + 2.0),
        Pos2::new(
            x(check.asked.high).max(x(check.asked.low) + 2.0),
            rect.bottom() - 2.0,
        ),
    );
    painter.rect_filled(asked, 2.0, theme.hover);
    painter.rect_stroke(asked, 2.0, Stroke::new(1.0, theme.weak), StrokeKind::Inside);
    let (from, to) = (
        Pos2::new(x(check.before), middle),
        Pos2::new(x(check.after), middle),
    );
    if (to.x - from.x).abs() > 8.0 {
        let stroke = Stroke::new(1.0, after);
        painter.line_segment([from, to], stroke);
        let back = 4.0 * (from.x - to.x).signum();
        for side in [-3.0, 3.0] {
            let tip = to + Vec2::new(back, 0.0);
            painter.line_segment([tip + Vec2::new(back, side), tip], stroke);
        }
    }
    painter.add(Shape::circle_filled(from, 3.0, theme.panel));
    painter.add(Shape::circle_stroke(
        from,
        3.0,
        Stroke::new(1.0, theme.text),
    ));
    painter.add(Shape::circle_filled(to, 3.5, after));
}
