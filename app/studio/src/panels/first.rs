//! The first screen: what to do when no photo is open, with examples one click away.

use eframe::egui::{RichText, Ui};
use retake_engine::Command;

use crate::cx::Cx;
use crate::theme::GRID;

/// Draws it.
pub(crate) fn show(ui: &mut Ui, cx: &mut Cx<'_>) {
    ui.vertical_centered(|ui| {
        ui.add_space(ui.available_height() * 0.3);
        ui.label(RichText::new(cx.text("first_title")).heading());
        ui.add_space(GRID);
        ui.label(RichText::new(cx.text("first_how")).color(cx.theme.weak));
        ui.add_space(2.0 * GRID);
        if ui.button(cx.text("open")).clicked() {
            crate::dialog::ask_for_photos();
        }
        let recent: Vec<_> = cx
            .settings
            .recent
            .iter()
            .filter(|p| p.exists())
            .take(6)
            .cloned()
            .collect();
        if !recent.is_empty() {
            ui.add_space(3.0 * GRID);
            ui.label(
                RichText::new(cx.text("recent"))
                    .small()
                    .color(cx.theme.weak),
            );
            for path in recent {
                let name = path
                    .file_name()
                    .unwrap_or(path.as_os_str())
                    .to_string_lossy()
                    .into_owned();
                let link = ui.link(name).on_hover_text(path.display().to_string());
                if link.clicked() {
                    cx.send(Command::Open(vec![path]));
                }
            }
        }
    });
}
