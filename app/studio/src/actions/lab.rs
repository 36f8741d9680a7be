//! The menu of the lab: going there and back, and its pages.

use eframe::egui::Key;

use super::when::always;
use super::{Action, CTRL, CTRL_SHIFT, Menu, key};
use crate::cx::Cx;
use crate::look::Room;

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
    page!("lab_skipped", &[key(CTRL, Key::Num9)]),
];

fn in_lab(cx: &Cx<'_>) -> bool {
    cx.look.room == Room::Lab
}

fn has_data(cx: &Cx<'_>) -> bool {
    in_lab(cx) && cx.lab.data.is_some()
}
