//! Which editor makes the takes: the built-in darkroom, a model that is installed, or one in a folder.

use eframe::egui::containers::menu::{MenuButton, MenuConfig};
use eframe::egui::{
    Align, Button, Layout, Popup, PopupCloseBehavior, Response, RichText, Ui, Vec2,
};
use retake_engine::{Command, EditorOffer, EditorState};

use crate::cx::Cx;
use crate::look::Sheet;
use crate::panels::over;
use crate::texts::capital;
use crate::theme::CONTROL;
use crate::widgets;

/// Width of the button, points.
pub(super) const WIDTH: f32 = 148.0;
/// Width of the menu, points.
const MENU: f32 = 320.0;

/// Draws it, never wider than its place: a long name is cut off.
pub(super) fn show(ui: &mut Ui, cx: &mut Cx<'_>) {
    let size = Vec2::new(WIDTH, CONTROL);
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        ui.set_max_width(WIDTH);
        chooser(ui, cx);
    });
}

fn chooser(ui: &mut Ui, cx: &mut Cx<'_>) {
    let name = chosen_name(cx);
    let loading = cx.engine.loading().map(|model| model.name.clone());
    let words = match &loading {
        Some(model) => cx.texts.with("editor_loading", &[("model", model)]),
        None => name.clone(),
    };
    let button = widgets::opens(RichText::new(&words)).truncate();
    let size = Vec2::new(WIDTH, CONTROL);
    let config = MenuConfig::new().close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    let (response, shown) = MenuButton::from_button(button.min_size(size))
        .config(config)
        .ui(ui, |ui| menu(ui, cx));
    let label = cx.texts.with("editor_is", &[("editor", &words)]);
    widgets::named(&response, &label);
    widgets::arrow(ui, &response);
    let wanted = std::mem::take(&mut cx.look.wants_editor);
    if wanted {
        Popup::open_id(ui.ctx(), Popup::default_response_id(&response));
        response.request_focus();
    }
    if shown.is_none() && (response.clicked() || wanted) {
        // what was pulled since the last time is there
        cx.send(Command::ListModels);
    }
    response.on_hover_text(about(cx));
}

/// The chosen editor's name.
pub(super) fn chosen_name(cx: &Cx<'_>) -> String {
    match cx.engine.chosen() {
        Some(model) => model.name,
        None => built_in(cx),
    }
}

fn built_in(cx: &Cx<'_>) -> String {
    match cx.engine.editor() {
        info if info.id == "darkroom" => cx.text("line_darkroom"),
        info => info.name.to_owned(),
    }
}

fn about(cx: &Cx<'_>) -> String {
    let chosen = cx.engine.chosen();
    let offer = chosen.and_then(|model| cx.engine.offers().find(|offer| offer.id == model.id));
    match offer {
        Some(offer) => cx.texts.said(&offer.about),
        None => cx.texts.word(cx.engine.editor().about).to_owned(),
    }
}

fn menu(ui: &mut Ui, cx: &mut Cx<'_>) {
    ui.set_max_width(MENU);
    let chosen = cx.engine.chosen().map(|model| model.id);
    let about = cx.texts.word(cx.engine.editor().about).to_owned();
    if row(ui, cx, chosen.is_none(), &built_in(cx), &about).clicked() {
        cx.send(Command::Editor(None));
        ui.close();
    }
    let offers: Vec<EditorOffer> = cx.engine.offers().cloned().collect();
    for offer in &offers {
        let name = match offer.bytes {
            0 => offer.name.clone(),
            bytes => format!("{}   {}", offer.name, cx.texts.number(&size(bytes))),
        };
        let is_chosen = chosen.as_ref() == Some(&offer.id);
        let (about, failed) = match cx.engine.editor_state(&offer.id) {
            EditorState::Loading => (cx.text("editor_being_loaded"), false),
            EditorState::Failed(why) => (capital(&cx.texts.said(&why)), true),
            EditorState::Ready => (cx.text("editor_ready"), false),
            EditorState::Away => (cx.texts.said(&offer.about), false),
        };
        let response = row(ui, cx, is_chosen, &name, &about);
        if failed && !is_chosen {
            note(ui, cx, &about, true);
        }
        if let Some(tuning) = cx.engine.tunings().get(&offer.id) {
            note(ui, cx, &over::summary(cx, tuning), false);
        }
        let response = response.on_hover_text(offer.folder.display().to_string());
        if response.clicked() {
            cx.send(Command::Editor(Some(offer.id.clone())));
            ui.close();
        }
    }
    if offers.is_empty() {
        note(ui, cx, cx.texts.get("editor_none"), false);
    }
    ui.separator();
    let tunes = Button::new(cx.texts.get("tune_model"));
    if ui.add_enabled(chosen.is_some(), tunes).clicked() {
        cx.look.sheet = Sheet::Tuning;
        ui.close();
    }
    if ui.button(cx.texts.get("open_model")).clicked() {
        cx.look.sheet = Sheet::Model;
        ui.close();
    }
}

/// An editor of the list; what it is stands under the chosen one, and under the pointer of the others.
fn row(ui: &mut Ui, cx: &Cx<'_>, chosen: bool, name: &str, about: &str) -> Response {
    let response = ui
        .add(Button::selectable(chosen, name))
        .on_hover_text(about);
    if chosen {
        note(ui, cx, about, false);
    }
    response
}

fn note(ui: &mut Ui, cx: &Cx<'_>, words: &str, bad: bool) {
    let colour = if bad { cx.theme.bad } else { cx.theme.weak };
    widgets::note(ui, words, colour);
}

/// Of weights, for people: "4.3 GB".
pub(super) fn size(bytes: u64) -> String {
    const GIGABYTE: f64 = 1e9;
    match bytes as f64 / GIGABYTE {
        small if small < 0.1 => format!("{:.0} MB", (small * 1e3).max(1.0)),
        gigabytes => format!("{gigabytes:.1} GB"),
    }
}

/// The editors that the group on the sheet can be tried with beside the chosen one: name, and how to choose it.
fn others(cx: &Cx<'_>) -> Vec<(String, Option<String>)> {
    let chosen = cx.engine.chosen().map(|model| model.id);
    let models = cx
        .engine
        .offers()
        .map(|offer| (offer.name.clone(), Some(offer.id.clone())));
    std::iter::once((built_in(cx), None))
        .chain(models)
        .filter(|(_, id)| *id != chosen)
        .collect()
}

/// "Try another editor" over the sheet: its takes join the group.
pub(crate) fn try_another(ui: &mut Ui, cx: &mut Cx<'_>) {
    let others = others(cx);
    let free = cx.session().is_some_and(|session| {
        let turn = session.desk().turn.as_ref();
        session.running.is_none() && turn.is_some_and(|turn| turn.like.is_none())
    });
    if others.is_empty() {
        return;
    }
    ui.add_enabled_ui(free, |ui| {
        let name = cx.text("try_another_editor");
        let button = widgets::opens(RichText::new(&name));
        let (response, _) = MenuButton::from_button(button).ui(ui, |ui| {
            ui.set_max_width(MENU);
            for (name, id) in others {
                if ui.button(name).clicked() {
                    cx.send(Command::TryEditor(id));
                    ui.close();
                }
            }
        });
        widgets::named(&response, &name);
        widgets::arrow(ui, &response);
        response.on_hover_text(cx.text("try_another_editor_how"));
    });
}

/// The next editor of the list, for the key: the group is tried with it.
pub(crate) fn next(cx: &Cx<'_>) -> Option<Option<String>> {
    let chosen = cx.engine.chosen().map(|model| model.id);
    let models = cx.engine.offers().map(|offer| Some(offer.id.clone()));
    let all: Vec<Option<String>> = std::iter::once(None).chain(models).collect();
    let at = all.iter().position(|id| *id == chosen)?;
    let next = all[(at + 1) % all.len()].clone();
    (next != chosen).then_some(next)
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_of_weights_are_said_in_the_unit_of_disks() {
        assert_eq!(size(4_270_000_000), "4.3 GB");
        assert_eq!(size(31_000_000), "31 MB");
        assert_eq!(size(12), "1 MB");
    }
}
