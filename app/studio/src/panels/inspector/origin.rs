//! Where a number comes from: small popups under the numbers of the inspector.

use eframe::egui::{Grid, Popup, Response, RichText, Ui};
use retake_core::{Reason, Score};
use retake_engine::{SELECTORS, Take, Weights};

use super::{raw, words};
use crate::cx::Cx;
use crate::panels::instruction::choosing;
use crate::theme::GRID;
use crate::widgets::ten;

/// Width of a popup, points.
const WIDTH: f32 = 272.0;

fn popup(response: &Response, draw: impl FnOnce(&mut Ui)) {
    Popup::from_toggle_button_response(response)
        .width(WIDTH)
        .show(|ui| {
            ui.set_max_width(WIDTH);
            ui.spacing_mut().interact_size.y = 18.0;
            draw(ui);
        });
}

fn head(ui: &mut Ui, text: &str) {
    ui.label(RichText::new(text).strong());
}

fn small(ui: &mut Ui, cx: &Cx<'_>, text: impl Into<String>) {
    ui.label(RichText::new(text).small().color(cx.theme.weak));
}

/// Under the overall score: the selector's formula with its weights.
pub(super) fn overall(response: &Response, cx: &Cx<'_>, take: &Take) {
    popup(response, |ui| {
        head(ui, cx.texts.get("inspector_overall"));
        let Some(session) = cx.session() else { return };
        let weights = &session.desk().weights;
        ui.label(formula(cx, weights));
        if let Some(verdict) = &session.ranking().verdict
            && session.ranking().leader() == Some(take.id)
        {
            let percent = format!("{:.0}", verdict.confidence * 100.0);
            small(
                ui,
                cx,
                cx.texts
                    .with("inspector_confidence", &[("percent", &percent)]),
            );
        }
        let unknown = take.card.iter().flat_map(|card| card.unknown.keys());
        let unknown: Vec<String> = unknown
            .map(|name| words::dimension(cx.texts, &name.0))
            .collect();
        if !unknown.is_empty() {
            let names = [("names", unknown.join(", "))];
            let names = names.each_ref().map(|(key, words)| (*key, words.as_str()));
            small(ui, cx, cx.texts.with("inspector_left_out", &names));
        }
        small(ui, cx, cx.text("inspector_scale"));
    });
}

/// How the selector that was chosen reckons: the first of the table with its weights, the others by their sentence.
fn formula(cx: &Cx<'_>, weights: &Weights) -> String {
    if weights.selector != SELECTORS[0].id {
        let key = |end| choosing::key(weights.selector, end);
        let (name, how) = (key(""), key("_how"));
        return format!("{}: {}", cx.texts.get(&name), cx.texts.get(&how));
    }
    let number = |value: f32| format!("{value:.2}");
    cx.texts.with(
        "inspector_formula",
        &[
            ("following", &number(weights.following)),
            ("rest", &number(1.0 - weights.following)),
            ("preserving", &number(weights.preserving)),
            ("quality", &number(weights.quality)),
        ],
    )
}

/// Under a dimension's score: which reward measured it and how sure it is.
pub(super) fn dimension(response: &Response, cx: &Cx<'_>, take: &Take, name: &str, score: &Score) {
    popup(response, |ui| {
        head(ui, &words::dimension(cx.texts, name));
        let value = cx
            .texts
            .number(&format!("{} ± {}", ten(score.value), ten(score.spread)));
        ui.label(value);
        if let Some(by) = &take.by {
            let names = raw::names(cx.texts, &by.names);
            let joined = cx
                .texts
                .with("inspector_asked_judges", &[("names", &names)]);
            ui.label(joined);
        }
        // on the same dimension a later reward wins
        let rewards = cx.engine.rewards();
        let info = rewards
            .iter()
            .rev()
            .find(|info| info.dimensions.contains(&name));
        if let Some(info) = info {
            let values = [("id", info.id), ("version", info.version)];
            ui.label(cx.texts.with("inspector_measured_by", &values));
            small(ui, cx, cx.texts.word(info.about));
        }
        ui.add_space(GRID / 2.0);
        small(ui, cx, cx.text("inspector_spread"));
    });
}

/// Under a reason: what was measured, how it is defined, and what it cost.
pub(super) fn reason(response: &Response, cx: &Cx<'_>, reason: &Reason) {
    popup(response, |ui| {
        let Some(check) = &reason.check else {
            head(ui, &cx.texts.reason(&reason.id));
            ui.label(cx.texts.said(&reason.text));
            cost(ui, cx, reason);
            return;
        };
        let info = check.quantity.info();
        head(ui, &cx.texts.said(&check.quantity.name()));
        small(ui, cx, cx.texts.word(info.definition));
        ui.add_space(GRID / 2.0);
        let asked = format!(
            "{} – {}",
            words::number(check.asked.low),
            words::number(check.asked.high)
        );
        let rows = [
            ("inspector_before", words::number(check.before)),
            ("inspector_after", words::number(check.after)),
            ("inspector_asked", asked),
            ("inspector_aim", words::number(check.asked.aim)),
            ("inspector_credit", format!("{:.0} %", check.credit * 100.0)),
        ];
        Grid::new("measured")
            .min_row_height(18.0)
            .num_columns(2)
            .show(ui, |ui| {
                for (key, value) in rows {
                    small(ui, cx, cx.text(key));
                    let unit = if key == "inspector_credit" {
                        ""
                    } else {
                        cx.texts.word(info.unit)
                    };
                    let value = cx.texts.number(&value);
                    ui.label(format!("{value} {unit}"));
                    ui.end_row();
                }
            });
        cost(ui, cx, reason);
    });
}

fn cost(ui: &mut Ui, cx: &Cx<'_>, reason: &Reason) {
    if reason.cost >= 0.005 {
        let cost = ten(reason.cost);
        small(ui, cx, cx.texts.with("inspector_cost", &[("cost", &cost)]));
    }
}
