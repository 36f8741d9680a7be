//! What a model is opened with: adapters, each as strongly as is wished, and pictures that the instruction speaks of. They
//! are files, whose paths are typed or found with the system's dialog.

use std::path::{Path, PathBuf};

use eframe::egui::{Align, Align2, Button, Id, Key, Label, Layout, RichText, TextEdit, Ui, Vec2};
use egui_material_icons::icons::ICON_CLOSE;
use retake_engine::Equipment;

use super::{model::from_home, parts};
use crate::cx::Cx;
use crate::dialog::{self, Wanted};
use crate::panels::inspector::{END, Moved, Slider};
use crate::theme::{CONTROL, HALF};
use crate::widgets;

/// How strongly an adapter is merged: not at all, twice as strongly as it was trained.
const SCALES: (f32, f32) = (0.0, 2.0);
/// Width of the fields, points.
const FIELD: f32 = 400.0;

/// What the weights are held in; the model's own is the first.
pub(super) fn precision(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    name: &str,
    of: &[(&'static str, &'static str)],
    with: &mut Equipment,
) {
    let own = (None, cx.text("tuning_precision_own"));
    let others = of
        .iter()
        .map(|(id, name)| (Some((*id).to_owned()), (*name).to_owned()));
    let options: Vec<(Option<String>, String)> = std::iter::once(own).chain(others).collect();
    parts::field(ui, cx.theme, name, |ui| {
        ui.set_max_width(FIELD);
        parts::choice(ui, cx.theme, name, &options, &mut with.precision);
        note(ui, cx, "tuning_precision_how");
    });
}

/// The adapters, and a line for another one.
pub(super) fn adapters(ui: &mut Ui, cx: &mut Cx<'_>, name: &str, with: &mut Equipment) {
    parts::field(ui, cx.theme, name, |ui| {
        ui.set_max_width(FIELD);
        let mut gone = None;
        for (i, (path, scale)) in with.adapters.iter_mut().enumerate() {
            let name = file_name(path);
            let whole = path.display().to_string();
            let how = cx.texts.get("tuning_scale_how");
            let slider = Slider {
                id: Id::unique(("adapter", i)),
                name: &name,
                full_name: &name,
                unit: "",
                range: SCALES,
                neutral: 1.0,
                reset: 1.0,
                value: *scale as f32,
                hint: &format!("{whole}\n{how}"),
            };
            let (moved, pressed) = line(ui, cx, &name, |ui, cx| {
                slider.show(ui, cx.theme, cx.texts, &mut cx.look.inspect.typing)
            });
            if let Moved::Live(value) | Moved::Done(value) = moved {
                *scale = (f64::from(value) * 100.0).round() / 100.0;
            }
            if pressed {
                gone = Some(i);
            }
        }
        if let Some(gone) = gone {
            with.adapters.remove(gone);
        }
        if let Some(path) = another(ui, cx, Wanted::Adapter)
            && with.adapters.iter().all(|(known, _)| *known != path)
        {
            with.adapters.push((path, 1.0));
        }
        note(ui, cx, "tuning_adapters_how");
    });
}

/// The pictures, and a line for another one.
pub(super) fn references(ui: &mut Ui, cx: &mut Cx<'_>, name: &str, with: &mut Equipment) {
    parts::field(ui, cx.theme, name, |ui| {
        ui.set_max_width(FIELD);
        let mut gone = None;
        for (i, path) in with.references.iter().enumerate() {
            let name = file_name(path);
            let ((), pressed) = line(ui, cx, &name, |ui, _| {
                let size = Vec2::new(ui.available_width() - END, CONTROL);
                let label = Label::new(&name).truncate();
                ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
                    ui.set_min_size(size);
                    ui.add(label).on_hover_text(path.display().to_string());
                });
            });
            if pressed {
                gone = Some(i);
            }
        }
        if let Some(gone) = gone {
            with.references.remove(gone);
        }
        if let Some(path) = another(ui, cx, Wanted::Reference)
            && !with.references.contains(&path)
        {
            with.references.push(path);
        }
        note(ui, cx, "tuning_references_how");
    });
}

/// A line of the list with what takes it off at its end: true when that was pressed. `draw` leaves it room.
fn line<T>(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    name: &str,
    draw: impl FnOnce(&mut Ui, &mut Cx<'_>) -> T,
) -> (T, bool) {
    let size = Vec2::new(FIELD, CONTROL);
    let layout = Layout::left_to_right(Align::Center);
    let line = ui.allocate_ui_with_layout(size, layout, |ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        ui.spacing_mut().button_padding.x = 0.0;
        let drawn = draw(ui, cx);
        let close = Button::new(ICON_CLOSE)
            .frame_when_inactive(false)
            .min_size(Vec2::new(END, CONTROL));
        let words = cx.texts.with("line_take_out", &[("what", name)]);
        let close = ui.add(close).accessible_name(&words).on_hover_text(words);
        (drawn, close.clicked())
    });
    line.inner
}

/// A line for the path of another file; the path when it was given.
fn another(ui: &mut Ui, cx: &mut Cx<'_>, wanted: Wanted) -> Option<PathBuf> {
    let came = cx.look.over.came_in.take_if(|(what, _)| *what == wanted);
    let id = Id::unique(("path of", wanted.key()));
    let mut typed: String = ui.data(|data| data.get_temp(id)).unwrap_or_default();
    let name = cx.texts.get(wanted.key());
    let mut add = false;
    let size = Vec2::new(FIELD, CONTROL);
    // from the right: the field has what the words of a language leave
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = HALF;
        let button = Button::new(cx.texts.get("tuning_add"));
        add |= ui.add_enabled(!typed.trim().is_empty(), button).clicked();
        if ui.button(cx.texts.get("export_browse")).clicked() {
            dialog::ask_for(wanted);
        }
        let field = TextEdit::singleline(&mut typed)
            .id(id)
            .hint_text(name)
            .min_size(Vec2::new(0.0, CONTROL))
            .align(Align2::LEFT_CENTER)
            .desired_width(ui.available_width());
        let field = ui.add(field);
        widgets::name_field(ui.ctx(), id, name);
        add |= field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    });
    let typed_path = (add && !typed.trim().is_empty()).then(|| from_home(typed.trim()));
    if typed_path.is_some() {
        typed.clear();
    }
    ui.data_mut(|data| data.insert_temp(id, typed));
    came.map(|(_, path)| path).or(typed_path)
}

fn note(ui: &mut Ui, cx: &Cx<'_>, key: &str) {
    let words = RichText::new(cx.texts.get(key)).small();
    ui.add(Label::new(words.color(cx.theme.weak)).wrap());
}

/// The last part of a path, for people.
pub(super) fn file_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    name.to_string_lossy().into_owned()
}
