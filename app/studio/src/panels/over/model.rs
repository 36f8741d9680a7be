//! A model in a folder: its path is typed, or found with the system's dialog.

use std::path::PathBuf;

use eframe::egui::{Id, Key, RichText, TextEdit, Ui};
use retake_engine::Command;

use super::parts;
use crate::cx::Cx;
use crate::look::Sheet;
use crate::theme::GRID;
use crate::widgets;

/// Width, points.
const WIDTH: f32 = 560.0;

/// Draws it. `fresh` in the frame it comes up in.
pub(super) fn show(ui: &mut Ui, cx: &mut Cx<'_>, fresh: bool) {
    let ctx = ui.ctx().clone();
    let title = cx.text("open_model_title");
    parts::sheet(&ctx, cx, &title, WIDTH, |ui, cx| {
        let how = RichText::new(cx.text("open_model_how")).color(cx.theme.weak);
        ui.label(how);
        let id = Id::unique("model folder path");
        let mut typed: String = ui.data(|data| data.get_temp(id)).unwrap_or_default();
        let mut open = false;
        ui.horizontal(|ui| {
            let hint = cx.text("open_model_hint");
            let field = TextEdit::singleline(&mut typed)
                .id(id)
                .hint_text(&hint)
                .desired_width((ui.available_width() - 120.0).max(80.0));
            let field = ui.add(field);
            widgets::name_field(ui.ctx(), id, &cx.text("open_model_path"));
            if fresh {
                field.request_focus();
            }
            open |= field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
            if ui.button(cx.texts.get("export_browse")).clicked() {
                crate::dialog::ask_for_model();
            }
        });
        ui.add_space(GRID);
        let path = typed.trim().to_owned();
        let button = parts::primary(
            ui,
            cx.theme,
            !path.is_empty(),
            cx.texts.get("open_model_do"),
        );
        open |= button.clicked();
        if open && !path.is_empty() {
            cx.send(Command::Editor(Some(
                from_home(&path).display().to_string(),
            )));
            cx.look.sheet = Sheet::None;
            typed.clear();
        }
        ui.data_mut(|data| data.insert_temp(id, typed));
    });
}

/// The path, with `~` spelled out.
pub(super) fn from_home(typed: &str) -> PathBuf {
    match (typed.strip_prefix("~/"), std::env::home_dir()) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => typed.into(),
    }
}
