//! What there is to know of a take that a model made: no recipe with sliders, but its model, its steps and seed, and how
//! its picture was laid on the photo. Read from its record by the names that records have; what is not there is not shown.

use std::path::Path;

use eframe::egui::{Align, FontId, Label, Layout, RichText, Ui, vec2};
use retake_engine::{Command, EditorState, Model, Take};
use serde_json::Value;

use crate::cx::Cx;
use crate::theme::{GRID, HALF, SMALL};

/// How a fact is told.
type Told = fn(&Cx<'_>, &Value) -> Option<String>;

/// Facts in the order they are shown: where in the record, the key of their name, and how they are told.
const FACTS: &[(&str, &str, Told)] = &[
    ("/sampler", "fact_sampler", words),
    ("/steps", "fact_steps", plain),
    ("/guidance", "fact_guidance", plain),
    ("/text_guidance", "fact_guidance", plain),
    ("/image_guidance", "fact_image_guidance", plain),
    ("/strength", "fact_strength", plain),
    ("/unwanted", "fact_unwanted", words),
    ("/tokens_cut", "fact_tokens_cut", more_than_none),
    ("/source", "fact_source", pixels),
    ("/weights", "fact_weights", beginning),
    ("/fit/way", "fact_way", way),
    ("/fit/drift/shift_px", "fact_shift", shift),
    ("/fit/drift/scale", "fact_scale", scale),
    ("/fit/changed", "fact_changed", percent),
    ("/fit/changed_outside_mask", "fact_outside", percent),
    ("/fit/cast/gain", "fact_gain", gain),
    ("/fit/residual", "fact_residual", residual),
];

/// Draws them.
pub(super) fn show(ui: &mut Ui, cx: &mut Cx<'_>, take: &Take, model: &Model) {
    if let Some(needed) = cx.engine.lacks(take.id) {
        away(ui, cx, &needed);
    }
    let record = &take.provenance.recipe;
    let mut rows = vec![
        ("fact_model", model.name.clone()),
        (
            "fact_editor",
            format!("{} {}", take.provenance.editor, take.provenance.version),
        ),
        ("fact_seed", take.provenance.seed.to_string()),
    ];
    let adapters = model.with.adapters.iter();
    rows.extend(adapters.map(|(path, scale)| {
        let scale = cx.texts.number(&scale.to_string());
        ("fact_adapter", format!("{} × {scale}", file_name(path)))
    }));
    let references = model.with.references.iter();
    rows.extend(references.map(|path| ("fact_reference", file_name(path))));
    rows.extend(FACTS.iter().filter_map(|&(at, key, told)| {
        let value = record.pointer(at).filter(|value| !value.is_null())?;
        Some((key, told(cx, value)?))
    }));
    table(ui, cx, &rows);
    ui.add_space(GRID);
    let how = RichText::new(cx.text("facts_how"))
        .small()
        .color(cx.theme.weak);
    ui.add(Label::new(how).wrap());
}

/// Names and values in two columns, each name beside the first line of its value.
fn table(ui: &mut Ui, cx: &Cx<'_>, rows: &[(&str, String)]) {
    let small = FontId::proportional(SMALL);
    let wide = |key: &str| {
        let name = cx.texts.get(key).to_owned();
        let galley = ui
            .painter()
            .layout_no_wrap(name, small.clone(), cx.theme.weak);
        galley.size().x
    };
    let widest = rows.iter().map(|(key, _)| wide(key)).fold(0.0, f32::max);
    let names = widest.min(ui.available_width() / 2.0);
    ui.spacing_mut().item_spacing = vec2(2.0 * GRID, HALF);
    for (key, value) in rows {
        ui.horizontal_top(|ui| {
            let name = RichText::new(cx.texts.get(key)).small();
            let name = Label::new(name.color(cx.theme.weak)).wrap();
            ui.allocate_ui_with_layout(vec2(names, 0.0), Layout::top_down(Align::Min), |ui| {
                ui.set_min_width(names);
                // down to the larger letters beside it
                ui.add_space(2.0);
                ui.add(name);
            });
            ui.add(Label::new(RichText::new(value)).wrap());
        });
    }
}

/// The last part of a path, for people.
fn file_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    name.to_string_lossy().into_owned()
}

/// The model is not in memory: what is shown, and a button that loads it.
fn away(ui: &mut Ui, cx: &mut Cx<'_>, needed: &Model) {
    let name = [("model", needed.name.as_str())];
    let words = RichText::new(cx.texts.with("facts_away", &name)).color(cx.theme.weak);
    ui.add(Label::new(words).wrap());
    let loading = cx.engine.state_of(needed) == EditorState::Loading;
    let key = if loading {
        "editor_loading"
    } else {
        "facts_load"
    };
    let button = eframe::egui::Button::new(cx.texts.with(key, &name));
    let free = !loading && !needed.id.is_empty();
    if ui.add_enabled(free, button).clicked() {
        cx.send(Command::LoadModel(needed.clone()));
    }
    ui.separator();
}

fn words(_: &Cx<'_>, value: &Value) -> Option<String> {
    let words = value.as_str()?.trim();
    (!words.is_empty()).then(|| words.replace('_', " "))
}

fn plain(cx: &Cx<'_>, value: &Value) -> Option<String> {
    let number = value.as_f64()?;
    let text = format!("{number:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    Some(cx.texts.number(text))
}

fn more_than_none(cx: &Cx<'_>, value: &Value) -> Option<String> {
    value.as_f64().filter(|count| *count > 0.0)?;
    plain(cx, value)
}

/// The beginning of a long hash.
fn beginning(_: &Cx<'_>, value: &Value) -> Option<String> {
    let hash: String = value.as_str()?.chars().take(12).collect();
    (!hash.is_empty()).then(|| format!("{hash} …"))
}

fn pixels(_: &Cx<'_>, value: &Value) -> Option<String> {
    let side = |i: usize| value.get(i)?.as_u64();
    Some(format!("{} × {} px", side(0)?, side(1)?))
}

fn percent(cx: &Cx<'_>, value: &Value) -> Option<String> {
    let text = format!("{:.1} %", value.as_f64()? * 100.0);
    Some(cx.texts.number(&text))
}

fn shift(cx: &Cx<'_>, value: &Value) -> Option<String> {
    let part = |i: usize| value.get(i)?.as_f64();
    let side = |value: f64| cx.texts.number(&format!("{value:.2}")).replace('-', "−");
    Some(format!("{}; {} px", side(part(0)?), side(part(1)?)))
}

fn scale(cx: &Cx<'_>, value: &Value) -> Option<String> {
    let text = format!("{:.3}", value.as_f64()?);
    Some(format!("× {}", cx.texts.number(&text)))
}

/// Red, green and blue.
fn gain(cx: &Cx<'_>, value: &Value) -> Option<String> {
    let part = |i: usize| value.get(i)?.as_f64();
    let [r, g, b] = [part(0)?, part(1)?, part(2)?].map(|v| cx.texts.number(&format!("{v:.2}")));
    // a letter stays with its number
    Some(format!("R\u{a0}{r}  G\u{a0}{g}  B\u{a0}{b}"))
}

/// A residual in code values, as of 255.
fn residual(cx: &Cx<'_>, value: &Value) -> Option<String> {
    let text = format!("{:.1}", value.as_f64()? * 255.0);
    let value = cx.texts.number(&text);
    Some(cx.texts.with("fact_of_255", &[("value", &value)]))
}

fn way(cx: &Cx<'_>, value: &Value) -> Option<String> {
    let id = value.as_str()?;
    let key = format!("way_{id}");
    let known = cx.texts.get(&key);
    Some(if known == key {
        id.replace('_', " ")
    } else {
        known.to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::FACTS;
    use crate::texts::{LANGUAGES, Texts};

    #[test]
    fn every_fact_and_every_way_has_a_name_in_every_language() {
        for (code, _, _) in LANGUAGES {
            let texts = Texts::of(code);
            let ways = ["untouched", "global", "region", "whole"].map(|way| format!("way_{way}"));
            let keys = FACTS.iter().map(|(_, key, _)| (*key).to_owned());
            for key in keys.chain(ways) {
                assert_ne!(texts.get(&key), key, "{code}");
            }
        }
    }
}
