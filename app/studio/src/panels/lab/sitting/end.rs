//! The end of a sitting: how far raters agree, with each other and with rewards.

use eframe::egui::{Label, RichText, Spinner, Ui};
use retake_lab::sittings::Agreement;

use super::passed;
use crate::cx::Cx;
use crate::panels::over::parts;
use crate::texts::capital;

/// All is said: how far raters agree.
pub(super) fn end(ui: &mut Ui, cx: &mut Cx<'_>) {
    ui.label(RichText::new(cx.text("sit_done")).heading());
    match cx.lab.table.agreement.clone() {
        None => {
            ui.add(Spinner::new());
        }
        Some(Err(why)) => {
            let why = capital(&cx.texts.said(&why));
            ui.add(Label::new(RichText::new(why).color(cx.theme.bad)).wrap());
        }
        Some(Ok(agreement)) => told(ui, cx, &agreement),
    }
    passed(ui, cx);
    ui.horizontal_wrapped(|ui| {
        if ui.button(cx.texts.get("sit_back")).clicked() {
            cx.lab.table.back();
        }
        if ui.button(cx.texts.get("sit_other")).clicked() {
            cx.lab.table.leave();
            cx.look.lab.sitting.rater.clear();
        }
    });
}

fn told(ui: &mut Ui, cx: &Cx<'_>, agreement: &Agreement) {
    let two = |value: f64| cx.texts.number(&format!("{value:.2}"));
    let number = |value: Option<f64>| value.map_or("–".to_owned(), two);
    let mut lines: Vec<(String, String)> = Vec::new();
    match agreement.raters.len() {
        0 | 1 => {
            let words = RichText::new(cx.text("sit_alone")).color(cx.theme.weak);
            ui.add(Label::new(words).wrap());
        }
        _ => {
            let shared = agreement.shared.to_string();
            lines.push((cx.text("sit_shared"), shared));
            let interval = agreement.intervals.get("alpha");
            let interval = interval.map_or(String::new(), |i| {
                format!("  {} … {}", two(i.low), two(i.high))
            });
            lines.push((cx.text("sit_alpha"), number(agreement.alpha) + &interval));
            lines.push((cx.text("sit_kendall"), number(agreement.kendall)));
        }
    }
    for (name, rater) in &agreement.raters {
        let count =
            [rater.decided, rater.ties, rater.both_bad, rater.skipped].map(|n| n.to_string());
        let words = cx.texts.with(
            "sit_of_rater",
            &[
                ("decided", &count[0]),
                ("ties", &count[1]),
                ("bad", &count[2]),
                ("skipped", &count[3]),
            ],
        );
        lines.push((name.clone(), words));
        if rater.again > 0 {
            let percent = rater
                .consistency
                .map_or("–".to_owned(), |share| format!("{:.0}", share * 100.0));
            let again = rater.again.to_string();
            let words = cx
                .texts
                .with("sit_again", &[("percent", &percent), ("count", &again)]);
            lines.push((String::new(), words));
        }
    }
    for (name, figures) in &agreement.against {
        let accuracy = figures.values.get("pair_accuracy").copied();
        let tau = figures.values.get("kendall_within_prompt").copied();
        let (accuracy, tau) = (number(accuracy), number(tau));
        let words = cx
            .texts
            .with("sit_against", &[("accuracy", &accuracy), ("tau", &tau)]);
        lines.push((cx.texts.word(name).to_owned(), words));
    }
    if agreement.against.is_empty() {
        let words = RichText::new(cx.text("sit_against_none")).color(cx.theme.weak);
        ui.add(Label::new(words).wrap());
    }
    for (name, words) in lines {
        parts::field(ui, cx.theme, &name, |ui| {
            ui.add_space(6.0);
            ui.add(Label::new(words).wrap());
        });
    }
}
