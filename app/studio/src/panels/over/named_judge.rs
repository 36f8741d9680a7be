//! The form in which another judge is named: a server's address, a folder, a formula, a measure. What is wrong is said
//! while it is typed.

use eframe::egui::{
    Align, Align2, FontSelection, Id, Key, Label, Layout, RichText, TextEdit, TextStyle, Ui, vec2,
};
use retake_engine::{Judge, JudgeKind, Seat};

use super::judges::{kind_key, measure, note};
use super::model::from_home;
use super::{parts, reworded};
use crate::cx::Cx;
use crate::dialog::{self, Wanted};
use crate::texts::capital;
use crate::theme::{CONTROL, HALF};
use crate::widgets;

/// Widest field, points.
const FIELD: f32 = 440.0;
/// Letters of a field.
const MOST_LETTERS: usize = 2000;

/// How it stands with the judge that is being named.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Named {
    /// nothing is wrong with it: it can be added
    pub(super) right: bool,
    /// a field was left with Enter
    pub(super) entered: bool,
}

/// The judge that was named; the form begins afresh.
pub(super) fn take(cx: &mut Cx<'_>) -> Judge {
    let kind = cx.look.over.naming.kind;
    let afresh = Judge {
        kind,
        ..Judge::default()
    };
    trimmed(&std::mem::replace(&mut cx.look.over.naming, afresh))
}

/// Draws it without its button, which stays in view below the list.
pub(super) fn show(ui: &mut Ui, cx: &mut Cx<'_>, seats: &[Seat]) -> Named {
    let mut judge = std::mem::take(&mut cx.look.over.naming);
    let name = cx.text("judges_add");
    let kinds = JudgeKind::ALL.map(|kind| (kind, cx.texts.get(kind_key(kind)).to_owned()));
    parts::field(ui, cx.theme, &name, |ui| {
        let mut kind = judge.kind;
        if parts::choice(ui, cx.theme, &name, &kinds, &mut kind) {
            judge = Judge {
                kind,
                ..Judge::default()
            };
        }
    });
    let mut add = false;
    match judge.kind {
        JudgeKind::Server => {
            add |= line(
                ui,
                cx,
                "judges_address",
                "judges_address_hint",
                &mut judge.place,
            );
            add |= line(
                ui,
                cx,
                "judges_model",
                "judges_model_hint",
                &mut judge.model,
            );
            add |= line(
                ui,
                cx,
                "judges_key",
                "judges_key_hint",
                &mut judge.key_variable,
            );
        }
        JudgeKind::Folder => add |= folder(ui, cx, &mut judge.place),
        JudgeKind::Formula => add |= formula(ui, cx, &mut judge.place),
        JudgeKind::Measure => {
            let measures = cx.engine.judges().measures.clone();
            if judge.place.is_empty() {
                judge.place = measures.first().cloned().unwrap_or_default();
            }
            let options: Vec<(String, String)> = measures
                .into_iter()
                .map(|id| (id.clone(), measure(cx.texts, &id)))
                .collect();
            let name = cx.text("judges_measure");
            parts::field(ui, cx.theme, &name, |ui| {
                parts::choice(ui, cx.theme, &name, &options, &mut judge.place);
            });
        }
    }
    let is_formula = judge.kind == JudgeKind::Formula && !judge.place.trim().is_empty();
    if is_formula && (cx.engine.judges().check)(&trimmed(&judge)).is_ok() {
        reworded::show(ui, cx, &mut judge.place);
    }
    let about = format!("{}_how", kind_key(judge.kind));
    let wrong = wrong(cx, &judge, seats);
    parts::field(ui, cx.theme, "", |ui| {
        ui.set_max_width(FIELD);
        match &wrong {
            // nobody has typed the one measure there is
            Some(why) if judge.kind == JudgeKind::Measure => note(ui, cx, why),
            Some(why) => {
                let words = RichText::new(why).color(cx.theme.bad);
                ui.add(Label::new(words).wrap());
            }
            None => note(ui, cx, cx.texts.get(&about)),
        }
    });
    let right = wrong.is_none() && !judge.place.trim().is_empty();
    cx.look.over.naming = judge;
    Named {
        right,
        entered: add,
    }
}

/// As it is opened and remembered.
fn trimmed(judge: &Judge) -> Judge {
    let place = judge.place.trim();
    let place = match judge.kind {
        JudgeKind::Folder => from_home(place).display().to_string(),
        _ => place.to_owned(),
    };
    Judge {
        kind: judge.kind,
        place,
        model: judge.model.trim().to_owned(),
        key_variable: judge.key_variable.trim().to_owned(),
        ..judge.clone()
    }
}

/// What is wrong with what is typed so far; nothing is wrong with nothing.
fn wrong(cx: &Cx<'_>, judge: &Judge, seats: &[Seat]) -> Option<String> {
    if judge.place.trim().is_empty() {
        return None;
    }
    let judge = trimmed(judge);
    if seats.iter().any(|seat| seat.judge == judge) {
        return Some(cx.text("judges_twice"));
    }
    let why = (cx.engine.judges().check)(&judge).err()?;
    Some(capital(&cx.texts.said(&why)))
}

/// A field with its name; true when it was left with Enter.
fn line(ui: &mut Ui, cx: &Cx<'_>, key: &str, hint: &str, text: &mut String) -> bool {
    let name = cx.texts.get(key);
    let mut entered = false;
    parts::field(ui, cx.theme, name, |ui| {
        entered = edit(ui, cx, (key, name, hint), text, false);
    });
    entered
}

fn edit(
    ui: &mut Ui,
    cx: &Cx<'_>,
    (key, name, hint): (&str, &str, &str),
    text: &mut String,
    monospace: bool,
) -> bool {
    let id = Id::unique(("judge", key));
    let font = match monospace {
        true => TextStyle::Monospace,
        false => TextStyle::Body,
    };
    let field = TextEdit::singleline(text)
        .id(id)
        .font(FontSelection::Style(font))
        .hint_text(cx.texts.get(hint))
        .char_limit(MOST_LETTERS)
        .min_size(vec2(0.0, CONTROL))
        .align(Align2::LEFT_CENTER)
        .desired_width(ui.available_width().min(FIELD));
    let field = ui.add(field);
    widgets::name_field(ui.ctx(), id, name);
    field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter))
}

fn folder(ui: &mut Ui, cx: &mut Cx<'_>, place: &mut String) -> bool {
    if let Some((_, path)) = cx
        .look
        .over
        .came_in
        .take_if(|(what, _)| *what == Wanted::Judge)
    {
        *place = path.display().to_string();
    }
    let name = cx.text("judges_path");
    let mut entered = false;
    parts::field(ui, cx.theme, &name, |ui| {
        let size = vec2(ui.available_width().min(FIELD), CONTROL);
        ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = HALF;
            if ui.button(cx.texts.get("export_browse")).clicked() {
                dialog::ask_for(Wanted::Judge);
            }
            let what = ("judges_path", name.as_str(), "judges_path_hint");
            entered = edit(ui, cx, what, place, false);
        });
    });
    entered
}

fn formula(ui: &mut Ui, cx: &Cx<'_>, place: &mut String) -> bool {
    let name = cx.text("judges_formula");
    let mut entered = false;
    parts::field(ui, cx.theme, &name, |ui| {
        let what = ("judges_formula", name.as_str(), "judges_formula_hint");
        entered = edit(ui, cx, what, place, true);
    });
    entered
}
