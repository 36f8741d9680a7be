//! What judges said before it became scores, folded away: published numbers on their own scales, and their answers pass by
//! pass, as they stand in records.

use eframe::egui::{Align, CollapsingHeader, Label, RichText, Ui};
use retake_core::{Raw, answered};
use serde_json::Value;

use crate::cx::Cx;
use crate::panels::over::judges::measure;
use crate::panels::told;
use crate::texts::Texts;
use crate::theme::GRID;

/// Of an answer, letters that are shown: models may write pages.
const MOST_LETTERS: usize = 4000;

/// Draws it, where there is anything.
pub(super) fn show(ui: &mut Ui, cx: &Cx<'_>, raw: &[Raw]) {
    let raw: Vec<&Raw> = raw
        .iter()
        .filter(|raw| !raw.measures.is_empty() || !raw.told.is_null())
        .collect();
    if raw.is_empty() {
        return;
    }
    let title = RichText::new(cx.texts.get("inspector_raw")).color(cx.theme.weak);
    let form = CollapsingHeader::new(title)
        .id_salt("raw")
        .show(ui, |ui| raw.iter().for_each(|raw| one(ui, cx, raw)));
    // what was unfolded is not to lie below the fold of a small window
    if form.openness > 0.0 && form.openness < 1.0 {
        form.header_response.scroll_to_me(Some(Align::TOP));
    }
    ui.add_space(GRID);
}

fn one(ui: &mut Ui, cx: &Cx<'_>, raw: &Raw) {
    let name = raw.reward.replace('_', " ");
    ui.label(RichText::new(name).strong());
    for (name, value) in &raw.measures {
        let value = cx.texts.number(&short(*value));
        let values = [("name", name.as_str()), ("value", value.as_str())];
        let words = cx.texts.with("inspector_raw_number", &values);
        ui.add(Label::new(RichText::new(words).monospace().size(12.0)).wrap());
    }
    let name = |dimension: &str| super::words::dimension(cx.texts, dimension);
    told::weighed(ui, cx, &answered(&raw.told), &name);
    told::passes(ui, cx, &raw.told, &name);
    let mut told = String::new();
    lines(&without_drawn(&raw.told), 0, &mut told);
    if !told.is_empty() {
        let mut shown: String = told.chars().take(MOST_LETTERS).collect();
        if shown.len() < told.len() {
            shown.push('…');
        }
        let words = RichText::new(shown).size(12.0).color(cx.theme.weak);
        ui.add(Label::new(words).wrap());
    }
    ui.add_space(GRID / 2.0);
}

/// What is drawn need not stand there as numbers once more.
fn without_drawn(told: &Value) -> Value {
    let mut told = told.clone();
    if let Some(fields) = told.as_object_mut() {
        fields.remove("passes");
    }
    let answers = told.get_mut("answers").and_then(Value::as_array_mut);
    for fields in answers
        .into_iter()
        .flatten()
        .filter_map(Value::as_object_mut)
    {
        fields.remove("distributions");
    }
    told
}

/// As lines that a person can read: no brackets, and nothing of what is not known.
fn lines(value: &Value, depth: usize, text: &mut String) {
    let indent = "   ".repeat(depth);
    let line = |name: &str, value: &Value, text: &mut String| match value {
        Value::Null => {}
        Value::Object(_) | Value::Array(_) => {
            let mut inner = String::new();
            lines(value, depth + 1, &mut inner);
            if !inner.is_empty() {
                text.push_str(&format!("{indent}{name}\n{inner}"));
            }
        }
        Value::String(words) if words.trim().is_empty() => {}
        Value::String(words) => text.push_str(&format!("{indent}{name}: {}\n", words.trim())),
        Value::Number(number) => {
            let shown = number.as_f64().map_or_else(|| number.to_string(), short);
            text.push_str(&format!("{indent}{name}: {shown}\n"));
        }
        Value::Bool(yes) => text.push_str(&format!("{indent}{name}: {yes}\n")),
    };
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                line(&name.replace('_', " "), value, text);
            }
        }
        Value::Array(items) => {
            for (i, value) in items.iter().enumerate() {
                line(&format!("{}.", i + 1), value, text);
            }
        }
        Value::Null => {}
        other => text.push_str(&format!("{indent}{other}\n")),
    }
}

/// A number with as many decimals as tell anything.
fn short(value: f64) -> String {
    let text = format!("{value:.3}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    text.replace('-', "−")
}

/// Judges by their names, for people.
pub(super) fn names(texts: &Texts, names: &[String]) -> String {
    let names = names.iter().map(|name| measure(texts, name));
    names.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_told_reads_as_lines_without_brackets() {
        let told = serde_json::json!({
            "passes": [{ "answer": "It is a hat.", "failed": null, "cost": 0.25 }],
            "rubric_hash": "",
        });
        let mut text = String::new();
        lines(&told, 0, &mut text);
        assert_eq!(
            text,
            "passes\n   1.\n      answer: It is a hat.\n      cost: 0.25\n"
        );
    }

    #[test]
    fn what_is_drawn_does_not_stand_there_as_numbers_once_more() {
        let told = serde_json::json!({
            "passes": { "own": [0.5] },
            "answers": [{ "answer": "7", "distributions": [{ "place": 0 }] }],
        });
        let mut text = String::new();
        lines(&without_drawn(&told), 0, &mut text);
        assert_eq!(text, "answers\n   1.\n      answer: 7\n");
    }

    #[test]
    fn numbers_have_the_decimals_that_tell_anything() {
        assert_eq!(
            [short(7.0), short(-0.5), short(0.12345)],
            ["7", "−0.5", "0.123"]
        );
    }
}
