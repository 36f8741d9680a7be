//! How the chosen model works: its settings, each with the model's own to go back to, and what it is opened with.

use eframe::egui::{Align, Align2, Button, Id, Label, Layout, RichText, TextEdit, Ui, Vec2};
use retake_core::{Setting, SettingKind, SettingValue};
use retake_engine::{Command, EditorState, Equipment, Model, Tuning};

use super::{equipment, parts};
use crate::cx::Cx;
use crate::look::Sheet;
use crate::panels::inspector::{Moved, Slider};
use crate::texts::{Texts, capital};
use crate::theme::{CONTROL, HALF};
use crate::widgets;

/// Width, points.
const WIDTH: f32 = 600.0;
/// Width of what is set, points.
const FIELD: f32 = 400.0;
/// Letters of words that are typed.
const MOST_LETTERS: usize = 1000;

/// Draws it; without a chosen model there is nothing to draw.
pub(super) fn show(ui: &mut Ui, cx: &mut Cx<'_>) {
    let Some(model) = cx.engine.chosen() else {
        cx.look.sheet = Sheet::None;
        return;
    };
    let ctx = ui.ctx().clone();
    parts::sheet(&ctx, cx, &model.name, WIDTH, |ui, cx| {
        let before = cx.engine.tunings().get(&model.id).cloned();
        let before = before.unwrap_or_default();
        let mut tuning = before.clone();
        weak(ui, cx, cx.texts.get("tuning_how"));
        parts::scrolled(
            ui,
            cx,
            &mut tuning,
            |ui, cx, tuning| {
                match cx.engine.settings_of(&model.id) {
                    Some(settings) => all(ui, cx, &settings, tuning),
                    None => weak(ui, cx, cx.texts.get("tuning_away")),
                }
                load(ui, cx, &model);
            },
            |ui, cx, tuning| {
                ui.separator();
                let reset = Button::new(cx.texts.get("tuning_reset"));
                if ui
                    .add_enabled(*tuning != Tuning::default(), reset)
                    .clicked()
                {
                    *tuning = Tuning::default();
                }
            },
        );
        if tuning != before {
            cx.send(Command::Tune(model.id.clone(), tuning));
        }
    });
}

fn weak(ui: &mut Ui, cx: &Cx<'_>, words: &str) {
    let words = RichText::new(words).color(cx.theme.weak);
    ui.add(Label::new(words).wrap());
}

fn all(ui: &mut Ui, cx: &mut Cx<'_>, settings: &[Setting], tuning: &mut Tuning) {
    for setting in settings {
        let name = name(cx.texts, setting.id);
        match &setting.kind {
            SettingKind::Precision(of) => {
                equipment::precision(ui, cx, &name, of, &mut tuning.with);
            }
            SettingKind::Adapters => equipment::adapters(ui, cx, &name, &mut tuning.with),
            SettingKind::Pictures => equipment::references(ui, cx, &name, &mut tuning.with),
            _ => one(ui, cx, setting, &name, tuning),
        }
    }
}

/// One setting of a run. What is set to the model's own is not set.
fn one(ui: &mut Ui, cx: &mut Cx<'_>, setting: &Setting, name: &str, tuning: &mut Tuning) {
    let Some(own) = setting.own() else { return };
    let now = tuning.settings.get(setting.id).unwrap_or(&own).clone();
    let mut next = now.clone();
    parts::field(ui, cx.theme, name, |ui| {
        ui.set_max_width(FIELD);
        match &setting.kind {
            SettingKind::Whole { from, to, own } => {
                let range = (*from as f32, *to as f32);
                let slid = slid(ui, cx, setting.id, name, range, (&now, f64::from(*own)));
                next = SettingValue::Whole(slid.round().max(0.0) as u32);
            }
            SettingKind::Number { from, to, own } => {
                let range = (*from as f32, *to as f32);
                let slid = slid(ui, cx, setting.id, name, range, (&now, *own));
                // two decimals are what is shown
                next = SettingValue::Number((slid * 100.0).round() / 100.0);
            }
            SettingKind::Choice { of, .. } => {
                let options: Vec<(String, String)> = of
                    .iter()
                    .map(|(id, name)| ((*id).to_owned(), (*name).to_owned()))
                    .collect();
                let mut chosen = now.words().to_owned();
                parts::choice(ui, cx.theme, name, &options, &mut chosen);
                next = SettingValue::Words(chosen);
            }
            SettingKind::Words => {
                let mut words = now.words().to_owned();
                let id = Id::unique(("tuning", setting.id));
                let field = TextEdit::singleline(&mut words)
                    .id(id)
                    .min_size(Vec2::new(0.0, CONTROL))
                    .align(Align2::LEFT_CENTER)
                    .char_limit(MOST_LETTERS)
                    .hint_text(cx.texts.get("tuning_unwanted_hint"))
                    .desired_width(FIELD);
                ui.add(field);
                widgets::name_field(ui.ctx(), id, name);
                next = SettingValue::Words(words);
            }
            SettingKind::Precision(_) | SettingKind::Adapters | SettingKind::Pictures => {}
        }
    });
    if next == now {
        return;
    }
    if next == own {
        tuning.settings.remove(setting.id);
    } else {
        tuning.settings.insert(setting.id.to_owned(), next);
    }
}

/// A slider; where it stands after this frame. A double-click leads back to the model's own.
fn slid(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    id: &str,
    name: &str,
    range: (f32, f32),
    (now, own): (&SettingValue, f64),
) -> f64 {
    let now = now.number();
    let hint = cx.texts.get("tuning_slider_how");
    let slider = Slider {
        id: Id::unique(("tuning", id)),
        name: "",
        full_name: name,
        unit: "",
        range,
        neutral: own as f32,
        reset: own as f32,
        value: now as f32,
        hint,
    };
    let size = Vec2::new(ui.available_width(), CONTROL);
    let moved = ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        slider.show(ui, cx.theme, cx.texts, &mut cx.look.inspect.typing)
    });
    match moved.inner {
        Moved::No => now,
        Moved::Live(value) | Moved::Done(value) => f64::from(value),
    }
}

/// Says whether the model is in memory as it is wanted now, and loads it.
fn load(ui: &mut Ui, cx: &mut Cx<'_>, model: &Model) {
    let state = cx.engine.state_of(model);
    let name = [("model", model.name.as_str())];
    let words = match &state {
        EditorState::Ready => return,
        EditorState::Loading => cx.texts.with("editor_loading", &name),
        EditorState::Failed(why) => capital(&cx.texts.said(why)),
        EditorState::Away if model.with == Equipment::default() => String::new(),
        EditorState::Away => cx.text("tuning_reload"),
    };
    ui.add_space(HALF);
    if !words.is_empty() {
        weak(ui, cx, &words);
    }
    let button = Button::new(cx.texts.with("facts_load", &name));
    let free = state != EditorState::Loading;
    if ui.add_enabled(free, button).clicked() {
        cx.send(Command::LoadModel(model.clone()));
    }
}

/// What a setting is called.
fn name(texts: &Texts, id: &str) -> String {
    capital(texts.get(&format!("fact_{}", id.replace('-', "_"))))
}

/// What a person set of a model, in a line: "Steps 8, guidance 3.5, hats.safetensors".
pub(crate) fn summary(cx: &Cx<'_>, tuning: &Tuning) -> String {
    let set = tuning.settings.iter().map(|(id, value)| {
        let name = cx
            .texts
            .get(&format!("fact_{}", id.replace('-', "_")))
            .to_owned();
        let value = match value {
            SettingValue::Whole(number) => number.to_string(),
            SettingValue::Number(number) => cx.texts.number(&number.to_string()),
            SettingValue::Words(words) => words.replace('_', " "),
        };
        format!("{name} {value}")
    });
    let adapters = tuning.with.adapters.iter().map(|(path, _)| path);
    let files = adapters.chain(&tuning.with.references);
    let all: Vec<String> = set
        .chain(tuning.with.precision.clone())
        .chain(files.map(|path| equipment::file_name(path)))
        .collect();
    capital(&all.join(", "))
}

#[cfg(test)]
mod tests {
    use crate::texts::{LANGUAGES, Texts};

    #[test]
    fn every_setting_has_a_name_in_every_language() {
        let ids = [
            "steps",
            "guidance",
            "image-guidance",
            "strength",
            "unwanted",
            "sampler",
            "precision",
            "adapters",
            "references",
        ];
        for (code, _, _) in LANGUAGES {
            let texts = Texts::of(code);
            for id in ids {
                assert!(!super::name(&texts, id).starts_with("Fact_"), "{code} {id}");
            }
        }
    }
}
