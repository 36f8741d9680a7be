//! Settings: theme, size, language, habits and keys. Everything is remembered at once; there is nothing to confirm.

use std::path::Path;

use eframe::egui::{Id, RichText, ScrollArea, TextEdit, Ui};

use retake_engine::Command;

use super::{bindings, parts};
use crate::cx::Cx;
use crate::look::Sheet;
use crate::panels::inspector::{Moved, Slider};
use crate::screen::{SRGB, SYSTEM};
use crate::texts::{LANGUAGES, capital};
use crate::theme::{GRID, Shade};
use crate::widgets;

/// Width, points.
const WIDTH: f32 = 600.0;
/// Size of everything, percent.
const SCALES: (f32, f32) = (75.0, 200.0);

/// Draws it.
pub(super) fn show(ui: &mut Ui, cx: &mut Cx<'_>) {
    let ctx = ui.ctx().clone();
    let title = cx.text("settings");
    parts::sheet(&ctx, cx, &title, WIDTH, |ui, cx| {
        ScrollArea::vertical().show(ui, |ui| {
            ui.set_width((ui.available_width() - GRID).max(0.0));
            theme(ui, cx);
            scale(ui, cx);
            language(ui, cx);
            screen(ui, cx);
            habits(ui, cx);
            judges(ui, cx);
            ui.separator();
            bindings::show(ui, cx);
        });
    });
}

fn theme(ui: &mut Ui, cx: &mut Cx<'_>) {
    let name = cx.text("settings_theme");
    let options = Shade::ALL.map(|shade| (shade, cx.texts.get(shade.id()).to_owned()));
    parts::field(ui, cx.theme, &name, |ui| {
        parts::choice(ui, cx.theme, &name, &options, &mut cx.look.shade);
    });
}

/// Taken on when it is let go, so that the slider does not run away under the pointer.
fn scale(ui: &mut Ui, cx: &mut Cx<'_>) {
    let name = cx.text("settings_scale");
    let shown = cx.look.over.scale.unwrap_or(cx.look.scale * 100.0);
    parts::field(ui, cx.theme, &name, |ui| {
        ui.set_max_width(360.0);
        let slider = Slider {
            id: Id::unique("size of everything"),
            name: "",
            full_name: &name,
            unit: "%",
            range: SCALES,
            neutral: 100.0,
            reset: 100.0,
            value: shown,
            hint: cx.texts.get("settings_scale_how"),
        };
        match slider.show(ui, cx.theme, cx.texts, &mut cx.look.inspect.typing) {
            Moved::No => {}
            Moved::Live(value) => cx.look.over.scale = Some(value),
            Moved::Done(value) => {
                cx.look.over.scale = None;
                cx.look.scale = value / 100.0;
            }
        }
    });
}

fn language(ui: &mut Ui, cx: &mut Cx<'_>) {
    let name = cx.text("settings_language");
    let options: Vec<(String, String)> = LANGUAGES
        .iter()
        .map(|(code, own_name, _)| ((*code).to_owned(), (*own_name).to_owned()))
        .collect();
    parts::field(ui, cx.theme, &name, |ui| {
        parts::choice(ui, cx.theme, &name, &options, &mut cx.look.language);
    });
}

/// What pictures are shown through: the system's profile, none, or that of a file.
fn screen(ui: &mut Ui, cx: &mut Cx<'_>) {
    let name = cx.text("settings_screen");
    let mut options = vec![
        (SYSTEM.to_owned(), cx.text("settings_screen_system")),
        (SRGB.to_owned(), "sRGB".to_owned()),
    ];
    if ![SYSTEM, SRGB].contains(&cx.look.screen.as_str()) {
        let path = Path::new(&cx.look.screen);
        let file = path.file_name().unwrap_or(path.as_os_str());
        options.push((cx.look.screen.clone(), file.to_string_lossy().into_owned()));
    }
    parts::field(ui, cx.theme, &name, |ui| {
        parts::choice(ui, cx.theme, &name, &options, &mut cx.look.screen);
        ui.horizontal(|ui| {
            let id = Id::unique("screen profile path");
            let mut typed: String = ui.data(|data| data.get_temp(id)).unwrap_or_default();
            let hint = cx.text("settings_screen_hint");
            let field = TextEdit::singleline(&mut typed)
                .id(id)
                .hint_text(&hint)
                .desired_width(240.0);
            let field = ui.add(field);
            widgets::name_field(ui.ctx(), id, &hint);
            if field.lost_focus() && !typed.trim().is_empty() {
                typed.trim().clone_into(&mut cx.look.screen);
            }
            ui.data_mut(|data| data.insert_temp(id, typed));
            if ui.button(cx.texts.get("export_browse")).clicked() {
                crate::dialog::ask_for_profile();
            }
        });
        let (words, colour) = match (cx.screen.problem(), cx.screen.profile()) {
            (Some(problem), _) => (capital(&cx.texts.said(problem)), cx.theme.bad),
            (None, Some(profile)) => {
                let name = [("name", profile.name())];
                (cx.texts.with("settings_screen_is", &name), cx.theme.weak)
            }
            (None, None) => (cx.text("settings_screen_srgb"), cx.theme.weak),
        };
        ui.label(RichText::new(words).small().color(colour));
    });
}

/// Who scores beside the measures, and the way to their sheet.
fn judges(ui: &mut Ui, cx: &mut Cx<'_>) {
    let name = cx.text("judges_title");
    let on = cx.engine.seats().iter().filter(|seat| seat.on);
    let names: Vec<String> = on
        .map(|seat| super::judges::name(cx.texts, &seat.judge))
        .collect();
    let words = match names.is_empty() {
        true => cx.text("judges_none"),
        false => names.join(", "),
    };
    parts::field(ui, cx.theme, &name, |ui| {
        ui.add(eframe::egui::Label::new(words).wrap());
        if ui.button(cx.texts.get("judges")).clicked() {
            cx.look.sheet = Sheet::Judges;
        }
    });
}

fn habits(ui: &mut Ui, cx: &mut Cx<'_>) {
    let name = cx.text("settings_habits");
    parts::field(ui, cx.theme, &name, |ui| {
        ui.checkbox(
            &mut cx.look.auto_advance,
            cx.texts.get("settings_auto_advance"),
        );
        ui.checkbox(
            &mut cx.look.reduced_motion,
            cx.texts.get("settings_reduced_motion"),
        );
        let mut noted = cx.engine.notes_acts();
        if ui
            .checkbox(&mut noted, cx.texts.get("settings_note_acts"))
            .changed()
        {
            cx.send(Command::NoteActs(noted));
        }
        let how = RichText::new(cx.texts.get("settings_note_acts_how"))
            .small()
            .color(cx.theme.weak);
        ui.add(eframe::egui::Label::new(how).wrap());
    });
}
