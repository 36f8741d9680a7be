//! The menu of the lab: going there and back, and its pages.

use eframe::egui::Key;
use retake_lab::sittings::Verdict;

use super::when::always;
use super::{Action, CTRL, CTRL_SHIFT, Menu, NONE, key};
use crate::cx::Cx;
use crate::look::Room;
use crate::panels::lab::{another_map, go};

macro_rules! page {
    ($id:literal, $keys:expr) => {
        Action {
            id: $id,
            menu: Menu::Lab,
            keys: $keys,
            enabled: has_data,
            run: |cx| cx.look.lab.page = $id,
        }
    };
}

/// Somebody who sits says something.
macro_rules! answer {
    ($id:literal, $key:expr, $run:expr) => {
        Action {
            id: $id,
            menu: Menu::Lab,
            keys: &[key(NONE, $key)],
            enabled: sits,
            run: $run,
        }
    };
}

/// Its actions, in order.
pub(super) const ACTIONS: &[Action] = &[
    Action {
        id: "lab",
        menu: Menu::Lab,
        keys: &[key(CTRL_SHIFT, Key::L)],
        enabled: always,
        run: |cx| {
            cx.look.room = match cx.look.room {
                Room::Studio => Room::Lab,
                Room::Lab => Room::Studio,
            };
        },
    },
    Action {
        id: "lab_open",
        menu: Menu::Lab,
        keys: &[key(CTRL, Key::O)],
        enabled: in_lab,
        run: |_| crate::dialog::ask_for_data(false),
    },
    page!("lab_table", &[key(CTRL, Key::Num1)]),
    page!("lab_figures", &[key(CTRL, Key::Num2)]),
    page!("lab_failures", &[key(CTRL, Key::Num4)]),
    Action {
        id: "lab_next",
        menu: Menu::Lab,
        keys: &[key(NONE, Key::PageDown), key(NONE, Key::J)],
        enabled: has_scores,
        run: |cx| go(cx, 1),
    },
    Action {
        id: "lab_previous",
        menu: Menu::Lab,
        keys: &[key(NONE, Key::PageUp), key(NONE, Key::K)],
        enabled: has_scores,
        run: |cx| go(cx, -1),
    },
    Action {
        id: "lab_probe",
        menu: Menu::Lab,
        keys: &[key(NONE, Key::P)],
        enabled: |cx| has_scores(cx) && cx.lab.can_probe(),
        run: |cx| {
            if let Some(case) = crate::panels::lab::case_shown(cx) {
                cx.look.lab.page = "lab_failures";
                cx.lab.probe(case);
            }
        },
    },
    Action {
        id: "lab_another_map",
        menu: Menu::Lab,
        keys: &[key(NONE, Key::E)],
        enabled: |cx| has_scores(cx) && cx.look.lab.page == "lab_failures",
        run: another_map,
    },
    Action {
        id: "lab_report",
        menu: Menu::Lab,
        keys: &[key(CTRL, Key::R)],
        enabled: |cx| has_scores(cx) && cx.lab.can_report(),
        run: |cx| {
            cx.look.lab.page = "lab_failures";
            cx.lab.report();
        },
    },
    page!("lab_curves", &[key(CTRL, Key::Num5)]),
    page!("lab_sitting", &[key(CTRL, Key::Num3)]),
    page!("lab_skipped", &[key(CTRL, Key::Num9)]),
    answer!("sit_left", Key::ArrowLeft, |cx| cx.lab.table.best(0)),
    answer!("sit_right", Key::ArrowRight, |cx| cx.lab.table.best(1)),
    answer!("sit_tie", Key::Equals, |cx| cx.lab.table.say(Verdict::Tie)),
    answer!("sit_bad", Key::B, |cx| cx.lab.table.say(Verdict::BothBad)),
    answer!("sit_skip", Key::S, |cx| cx.lab.table.say(Verdict::Skip)),
    answer!("sit_back", Key::Backspace, |cx| cx.lab.table.back()),
];

fn in_lab(cx: &Cx<'_>) -> bool {
    cx.look.room == Room::Lab
}

/// Whether a question is looked at.
fn sits(cx: &Cx<'_>) -> bool {
    in_lab(cx) && cx.look.lab.page == "lab_sitting" && cx.lab.table.sitting.is_some()
}

fn has_scores(cx: &Cx<'_>) -> bool {
    has_data(cx) && cx.lab.scoring.is_some()
}

fn has_data(cx: &Cx<'_>) -> bool {
    in_lab(cx) && cx.lab.data.is_some()
}
