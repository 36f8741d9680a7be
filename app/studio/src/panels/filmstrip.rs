//! The filmstrip: every photo that is open or waits to be.

use eframe::egui::{Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo};
use retake_engine::{Command, SlotState};

use crate::cx::Cx;
use crate::theme::HALF;
use crate::widgets;

/// Size of a picture on the strip, points.
const FRAME: Vec2 = Vec2::new(92.0, 70.0);

/// Draws it.
pub(crate) fn show(ui: &mut Ui, cx: &mut Cx<'_>) {
    let count = cx.engine.slots().len();
    let height = FRAME.y + HALF;
    ScrollArea::vertical().show_rows(ui, FRAME.y, count, |ui, rows| {
        ui.spacing_mut().item_spacing.y = height - FRAME.y;
        for index in rows {
            let slot = &cx.engine.slots()[index];
            let (rect, response) = ui.allocate_exact_size(FRAME, Sense::click());
            let name = slot.name();
            response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
            ui.painter().rect_filled(rect, 2.0, cx.theme.surround);
            if let Some(thumbnail) = &slot.thumbnail {
                let texture = cx.textures.of(ui.ctx(), thumbnail, true);
                let size = Vec2::new(thumbnail.width as f32, thumbnail.height as f32);
                widgets::picture(ui, texture, size, rect.shrink(2.0));
            }
            if let SlotState::Failed(_) = slot.state {
                widgets::tag(
                    ui,
                    cx.theme,
                    rect.min + Vec2::splat(HALF),
                    &cx.text("unreadable"),
                );
            }
            if index == cx.engine.current() {
                let stroke = Stroke::new(2.0, cx.theme.accent);
                ui.painter()
                    .rect_stroke(rect, 2.0, stroke, StrokeKind::Inside);
            }
            if response.on_hover_text(&name).clicked() {
                cx.send(Command::Choose(index));
            }
        }
    });
}
