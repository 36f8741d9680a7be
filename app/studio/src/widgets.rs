//! Small things that several panels draw.

use eframe::egui::{
    self, Align2, FontId, Pos2, Rect, Response, Sense, Stroke, StrokeKind, Ui, Vec2,
};

use crate::theme::{HALF, SMALL, Theme};

/// A score in [0, 1] as a bar with a whisker of one standard deviation; its number goes beside it.
pub(crate) fn score_bar(
    ui: &mut Ui,
    theme: &Theme,
    value: f32,
    spread: f32,
    width: f32,
) -> Response {
    let (rect, response) = ui.allocate_exact_size(Vec2::new(width, 10.0), Sense::hover());
    paint_bar(ui, theme, rect, value, spread);
    response
}

/// The same at a place.
pub(crate) fn paint_bar(ui: &Ui, theme: &Theme, rect: Rect, value: f32, spread: f32) {
    let painter = ui.painter();
    let bar = rect.shrink2(Vec2::new(0.0, (rect.height() - 5.0).max(0.0) / 2.0));
    painter.rect_filled(bar, 2.0, theme.line);
    let at = |value: f32| bar.left() + bar.width() * value.clamp(0.0, 1.0);
    let filled = Rect::from_min_max(bar.min, Pos2::new(at(value), bar.max.y));
    painter.rect_filled(filled, 2.0, theme.score(value));
    if spread > 0.002 {
        let middle = bar.center().y;
        let (low, high) = (at(value - spread), at(value + spread));
        let stroke = Stroke::new(1.0, theme.text);
        painter.line_segment([Pos2::new(low, middle), Pos2::new(high, middle)], stroke);
        for x in [low, high] {
            painter.line_segment(
                [Pos2::new(x, middle - 3.0), Pos2::new(x, middle + 3.0)],
                stroke,
            );
        }
    }
}

/// A ring around a picture.
pub(crate) fn ring(ui: &Ui, theme: &Theme, rect: Rect, width: f32) {
    let stroke = Stroke::new(width, theme.accent);
    ui.painter()
        .rect_stroke(rect.expand(width), 4.0, stroke, StrokeKind::Outside);
}

/// A picture in a rectangle, as large as fits, its middle in the middle. Returns where it lies.
pub(crate) fn picture(ui: &Ui, texture: egui::TextureId, size: Vec2, within: Rect) -> Rect {
    let scale = (within.width() / size.x).min(within.height() / size.y);
    let rect = Rect::from_center_size(within.center(), size * scale);
    let uv = Rect::from_min_max(Pos2::ZERO, Pos2::new(1.0, 1.0));
    ui.painter().image(texture, rect, uv, egui::Color32::WHITE);
    rect
}

/// A small word in a rounded field; for chips that are looked at, not pressed.
pub(crate) fn tag(ui: &Ui, theme: &Theme, at: Pos2, text: &str) -> Rect {
    let font = FontId::proportional(SMALL);
    let galley = ui
        .painter()
        .layout_no_wrap(text.to_owned(), font, theme.text);
    let rect = Align2::LEFT_TOP.anchor_size(at, galley.size() + Vec2::splat(HALF));
    ui.painter()
        .rect_filled(rect, 3.0, theme.panel.gamma_multiply(0.85));
    ui.painter()
        .galley(rect.min + Vec2::splat(HALF / 2.0), galley, theme.text);
    rect
}

/// A score in [0, 1] as people read it: 0 to 10 with one decimal.
pub(crate) fn ten(value: f32) -> String {
    format!("{:.1}", value * 10.0)
}
