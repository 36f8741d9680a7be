//! Where a data set is opened: a path, its format, where its pictures lie; while it is read how far that is; and why one
//! could not be opened.

use std::path::PathBuf;

use eframe::egui::{ComboBox, Label, RichText, Spinner, Ui};
use retake_lab::formats::{FORMATS, format};

use super::card;
use crate::cx::Cx;
use crate::lab::Trouble;
use crate::panels::over::parts;
use crate::texts::capital;
use crate::widgets;

/// Width of the form, points.
const WIDTH: f32 = 600.0;
/// Why rows were left out: so many reasons are told when none could be used.
const REASONS: usize = 6;

/// Reads what is typed.
pub(super) fn begin(cx: &mut Cx<'_>) {
    let path = cx.look.lab.path.trim().trim_start_matches("file://");
    if path.is_empty() {
        return;
    }
    let images = cx.look.lab.images.trim();
    let images = (!images.is_empty()).then(|| PathBuf::from(images));
    cx.lab
        .open(PathBuf::from(path), format(cx.look.lab.format), images);
}

/// Draws it.
pub(super) fn show(ui: &mut Ui, cx: &mut Cx<'_>) {
    card::middle(ui, cx, WIDTH, |ui, cx| match cx.lab.read_so_far() {
        Some(rows) => reading(ui, cx, rows),
        None => form(ui, cx),
    });
}

fn reading(ui: &mut Ui, cx: &mut Cx<'_>, rows: usize) {
    ui.horizontal(|ui| {
        ui.add(Spinner::new());
        let count = rows.to_string();
        ui.label(cx.texts.with("lab_reading", &[("count", &count)]));
    });
    ui.add(
        Label::new(
            RichText::new(&cx.look.lab.path)
                .small()
                .color(cx.theme.weak),
        )
        .truncate(),
    );
    let stop = ui.button(cx.texts.get("lab_stop_reading"));
    if stop.clicked() {
        cx.lab.stop_opening();
    }
}

fn form(ui: &mut Ui, cx: &mut Cx<'_>) {
    ui.label(RichText::new(cx.text("lab_title")).heading());
    let how = RichText::new(cx.text("lab_how")).color(cx.theme.weak);
    ui.add(Label::new(how).wrap());
    let keys = ["lab_path", "lab_path_hint"];
    let mut open = card::words(
        ui,
        cx,
        keys,
        |lab| &mut lab.path,
        |ui, cx| {
            ui.horizontal(|ui| {
                if ui.button(cx.texts.get("lab_file")).clicked() {
                    crate::dialog::ask_for_data(false);
                }
                if ui.button(cx.texts.get("lab_folder")).clicked() {
                    crate::dialog::ask_for_data(true);
                }
            });
        },
    );
    let name = cx.text("lab_format");
    parts::field(ui, cx.theme, &name, |ui| formats(ui, cx, &name));
    let keys = ["lab_images", "lab_images_hint"];
    open |= card::words(ui, cx, keys, |lab| &mut lab.images, |_, _| {});
    let can = !cx.look.lab.path.trim().is_empty();
    parts::field(ui, cx.theme, "", |ui| {
        open |= parts::primary(ui, cx.theme, can, cx.texts.get("lab_open_do")).clicked();
    });
    trouble(ui, cx);
    if open && can {
        begin(cx);
    }
}

/// The formats by their names, with what each is under the pointer.
fn formats(ui: &mut Ui, cx: &mut Cx<'_>, name: &str) {
    let guessed = cx.text("lab_format_guess");
    let now = match cx.look.lab.format {
        "" => guessed.clone(),
        id => id.to_owned(),
    };
    let menu = ComboBox::from_id_salt("lab format")
        .selected_text(now)
        .width(240.0)
        .truncate()
        .show_ui(ui, |ui| {
            let mut choose = |ui: &mut Ui, id: &'static str, words: &str, about: &str| {
                let entry = ui.selectable_label(cx.look.lab.format == id, words);
                if entry.on_hover_text(about).clicked() {
                    cx.look.lab.format = id;
                }
            };
            choose(ui, "", &guessed, cx.texts.get("lab_format_guess_how"));
            for format in FORMATS {
                choose(ui, format.id, format.id, cx.texts.word(format.about));
            }
        });
    widgets::name_field(ui.ctx(), menu.response.id, name);
    if let Some(format) = format(cx.look.lab.format) {
        let about = RichText::new(cx.texts.word(format.about)).small();
        ui.add(Label::new(about.color(cx.theme.weak)).wrap());
    }
}

fn trouble(ui: &mut Ui, cx: &Cx<'_>) {
    let Some(trouble) = &cx.lab.trouble else {
        return;
    };
    let bad = |ui: &mut Ui, words: String| {
        ui.add(Label::new(RichText::new(words).color(cx.theme.bad)).wrap());
    };
    match trouble {
        Trouble::NoFormat => bad(ui, cx.text("lab_no_format")),
        Trouble::Lab(sentence) => bad(ui, capital(&cx.texts.said(sentence))),
        Trouble::NothingUsed(tally) => {
            let count = tally.skipped.to_string();
            bad(ui, cx.texts.with("lab_nothing_used", &[("count", &count)]));
            for (reason, count) in tally.reasons().into_iter().take(REASONS) {
                let words = RichText::new(format!(
                    "{count} × {reason}",
                    reason = cx.texts.said(reason)
                ))
                .small();
                ui.add(Label::new(words.color(cx.theme.weak)).wrap());
            }
        }
    }
}
