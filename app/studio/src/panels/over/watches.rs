//! Who watches over the choice without taking part in it: one of the list that is switched off, a measure, or nobody.

use eframe::egui::{ComboBox, Label, RichText, Ui};
use retake_engine::{Command, HeldOut, Judge, JudgeState};

use super::judges::{name, note};
use super::parts;
use crate::cx::Cx;
use crate::texts::capital;
use crate::widgets;

/// Width of the menu, points.
const WIDTH: f32 = 280.0;

/// Draws it as a part of the sheet of judges.
pub(super) fn show(ui: &mut Ui, cx: &mut Cx<'_>) {
    let now = cx.engine.held_out().clone();
    let title = cx.text("guard_title");
    let mut next = None;
    parts::field(ui, cx.theme, &title, |ui| {
        let shown = called(cx, &now);
        let menu = ComboBox::from_id_salt("who watches")
            .selected_text(&shown)
            .width(WIDTH)
            .truncate()
            .show_ui(ui, |ui| {
                for option in options(cx) {
                    if ui
                        .selectable_label(option == now, called(cx, &option))
                        .clicked()
                    {
                        next = Some(option);
                    }
                }
            });
        let spoken = format!("{title}: {shown}");
        widgets::name_field(ui.ctx(), menu.response.id, &spoken);
        state(ui, cx, &now);
        note(ui, cx, cx.texts.get("guard_how"));
    });
    if let Some(next) = next.filter(|next| *next != now) {
        cx.send(Command::HoldOut(next));
    }
}

/// Nobody or the usual one, those of the list that take no part, and measures.
fn options(cx: &Cx<'_>) -> Vec<HeldOut> {
    let judges = cx.engine.judges();
    let usual = judges.usual.is_some().then_some(HeldOut::Usual);
    let seats = cx.engine.seats().iter().filter(|seat| !seat.on);
    let mut named: Vec<Judge> = seats.map(|seat| seat.judge.clone()).collect();
    for judge in &judges.held_out {
        if !named.contains(judge) && !cx.engine.seats().iter().any(|seat| seat.judge == *judge) {
            named.push(judge.clone());
        }
    }
    usual
        .into_iter()
        .chain([HeldOut::Nobody])
        .chain(named.into_iter().map(HeldOut::Judge))
        .collect()
}

/// What one of them is called.
fn called(cx: &Cx<'_>, held_out: &HeldOut) -> String {
    match (held_out, &cx.engine.judges().usual) {
        (HeldOut::Usual, Some(judge)) => {
            let name = name(cx.texts, judge);
            cx.texts.with("guard_usual", &[("name", &name)])
        }
        (HeldOut::Usual, None) | (HeldOut::Nobody, _) => cx.text("guard_none"),
        (HeldOut::Judge(judge), _) => name(cx.texts, judge),
    }
}

/// What keeps one from watching, where anything does.
fn state(ui: &mut Ui, cx: &Cx<'_>, held_out: &HeldOut) {
    let words = match (held_out, cx.engine.watcher()) {
        (HeldOut::Judge(_), None) => cx.text("guard_takes_part"),
        (_, Some(judge)) => match cx.engine.judge_state(&judge) {
            JudgeState::Failed(why) => capital(&cx.texts.said(&why)),
            JudgeState::Loading => cx.text("judges_loading"),
            _ => return,
        },
        _ => return,
    };
    ui.add(Label::new(RichText::new(words).color(cx.theme.bad)).wrap());
}
