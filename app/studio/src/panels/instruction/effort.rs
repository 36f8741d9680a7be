//! How a run spends its takes, and how long it may take: one menu beside the line.

use std::time::Duration;

use eframe::egui::containers::menu::{MenuButton, MenuConfig};
use eframe::egui::{Button, DragValue, PopupCloseBehavior, RichText, ScrollArea, Ui, Vec2};
use egui_material_icons::icons::ICON_TUNE;
use retake_engine::{Command, STRATEGIES};

use super::dials::{self, Turned};
use crate::cx::Cx;
use crate::theme::{BODY, CONTROL, HALF};
use crate::widgets;

/// Width with its words, points.
pub(super) const WIDTH: f32 = 148.0;
/// Width where there is no room for them, points.
pub(super) const NARROW: f32 = CONTROL;
/// The most judgements that can be asked for.
const MOST_CALLS: u64 = 10_000;
/// Room that the menu leaves of the window's height, points.
const MARGIN: f32 = 120.0;
/// Time limits, seconds; `None` is none.
const LIMITS: [Option<u64>; 6] = [None, Some(5), Some(15), Some(60), Some(300), Some(1800)];

/// Draws it; without its words when `narrow`.
pub(super) fn show(ui: &mut Ui, cx: &mut Cx<'_>, narrow: bool) {
    let effort = cx.engine.effort().clone();
    let mut words = name(cx, effort.strategy);
    if let Some(limit) = effort.time_limit {
        words = format!("{words} · {}", duration(cx, limit));
    }
    let button = if narrow {
        Button::new(RichText::new(ICON_TUNE.codepoint).font(widgets::icons(BODY)))
    } else {
        widgets::opens(RichText::new(&words)).truncate()
    };
    let width = if narrow { NARROW } else { WIDTH };
    let config = MenuConfig::new().close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    let size = Vec2::new(width, CONTROL);
    let (response, _) = MenuButton::from_button(button.min_size(size))
        .config(config)
        .ui(ui, |ui| menu(ui, cx));
    let label = cx.texts.with("line_effort", &[("what", &words)]);
    widgets::named(&response, &label);
    if !narrow {
        widgets::arrow(ui, &response);
    }
    response.on_hover_text(cx.text("line_effort_how"));
}

fn menu(ui: &mut Ui, cx: &mut Cx<'_>) {
    ui.set_max_width(dials::WIDTH);
    ScrollArea::vertical()
        .max_height((ui.ctx().content_rect().height() - MARGIN).max(CONTROL))
        .show(ui, |ui| sections(ui, cx));
}

fn sections(ui: &mut Ui, cx: &mut Cx<'_>) {
    let effort = cx.engine.effort().clone();
    if ui.ctx().content_rect().width() < super::NARROW {
        heading(ui, cx, "preset_title");
        super::preset::section(ui, cx);
        ui.add_space(HALF);
    }
    heading(ui, cx, "line_strategy");
    for entry in STRATEGIES {
        let chosen = effort.strategy == entry.id;
        let about = about(cx, entry.id);
        let row = ui.selectable_label(chosen, name(cx, entry.id));
        if row.on_hover_text(&about).clicked() {
            cx.send(Command::Strategy(entry.id));
        }
        if chosen {
            widgets::note(ui, &about, cx.theme.weak);
            let set = effort.strategy_set(entry.id);
            let wrong = entry.contradiction(&set);
            match dials::show(ui, cx, entry.id, &entry.offered(), &set, wrong) {
                Turned::Not => {}
                Turned::Live(set) | Turned::Done(set) => {
                    cx.send(Command::SetStrategy(entry.id, set));
                }
            }
        }
    }
    ui.add_space(HALF);
    super::choosing::section(ui, cx);
    ui.add_space(HALF);
    heading(ui, cx, "line_time_limit");
    ui.horizontal_wrapped(|ui| {
        for limit in LIMITS {
            let limit = limit.map(Duration::from_secs);
            let words = limit.map_or_else(|| cx.text("line_no_limit"), |t| duration(cx, t));
            let chosen = effort.time_limit == limit;
            if ui.selectable_label(chosen, words).clicked() {
                cx.send(Command::TimeLimit(limit));
            }
        }
    });
    ui.horizontal(|ui| {
        ui.label(RichText::new(cx.text("line_judge_calls")).small());
        let mut calls = effort.judge_calls.unwrap_or_default();
        let none = cx.text("line_no_limit");
        let field = DragValue::new(&mut calls)
            .range(0..=MOST_CALLS)
            .speed(0.2)
            .custom_formatter(move |value, _| match value as u64 {
                0 => none.clone(),
                calls => calls.to_string(),
            });
        let response = ui.add(field);
        widgets::name_field(ui.ctx(), response.id, &cx.text("line_judge_calls"));
        if response
            .on_hover_text(cx.text("line_judge_calls_how"))
            .changed()
        {
            cx.send(Command::JudgeCalls(Some(calls).filter(|&calls| calls > 0)));
        }
    });
    widgets::note(ui, cx.texts.get("line_time_limit_how"), cx.theme.weak);
}

fn heading(ui: &mut Ui, cx: &Cx<'_>, key: &'static str) {
    ui.label(RichText::new(cx.text(key)).small().color(cx.theme.weak));
}

/// The strategy's name.
fn name(cx: &Cx<'_>, id: &str) -> String {
    cx.texts.get(&format!("strategy_{id}")).to_owned()
}

/// What it does, in a sentence.
fn about(cx: &Cx<'_>, id: &str) -> String {
    cx.texts.get(&format!("strategy_{id}_how")).to_owned()
}

fn duration(cx: &Cx<'_>, limit: Duration) -> String {
    let seconds = limit.as_secs();
    let (key, count) = if seconds < 60 {
        ("line_seconds", seconds)
    } else {
        ("line_minutes", seconds / 60)
    };
    cx.texts.with(key, &[("count", &count.to_string())])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::{LANGUAGES, Texts};

    #[test]
    fn every_strategy_has_a_name_and_a_sentence_in_every_language() {
        for (code, _, _) in LANGUAGES {
            let texts = Texts::of(code);
            for entry in STRATEGIES {
                for key in [
                    format!("strategy_{}", entry.id),
                    format!("strategy_{}_how", entry.id),
                ] {
                    assert_ne!(texts.get(&key), key, "{code}");
                }
            }
        }
    }
}
