//! While a photo is being decoded, or cannot be: its small picture if there is one, and a sentence.

use eframe::egui::{RichText, Spinner, Ui, Vec2};
use retake_engine::SlotState;

use crate::cx::Cx;
use crate::theme::GRID;
use crate::widgets;

/// Draws it; false when no photo is on its way.
pub(crate) fn show(ui: &mut Ui, cx: &mut Cx<'_>) -> bool {
    let Some(slot) = cx.engine.slots().get(cx.engine.current()) else {
        return false;
    };
    let room = ui.available_rect_before_wrap();
    if let Some(small) = &slot.thumbnail {
        let size = Vec2::new(small.width as f32, small.height as f32);
        let texture = cx.textures.of(ui.ctx(), small, true);
        widgets::picture(ui, texture, size, room.shrink(2.0 * GRID));
    }
    let name = slot.name();
    ui.vertical_centered(|ui| {
        ui.add_space(room.height() * 0.45);
        match &slot.state {
            SlotState::Failed(sentence) => {
                ui.label(RichText::new(sentence).color(cx.theme.bad));
            }
            _ => {
                ui.add(Spinner::new().color(cx.theme.weak));
                let words = cx.texts.with("opening", &[("name", &name)]);
                ui.label(RichText::new(words).color(cx.theme.weak));
            }
        }
    });
    true
}
