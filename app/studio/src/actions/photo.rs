//! The menu of photos: opened, exported, walked through.

use eframe::egui::Key;
use retake_engine::Command;

use super::when::{always, has_take};
use super::{Action, CTRL, Menu, key, toggle};
use crate::look::Sheet;

/// Its actions, in order.
pub(super) const ACTIONS: &[Action] = &[
    Action {
        id: "open",
        menu: Menu::Photo,
        keys: &[key(CTRL, Key::O)],
        enabled: always,
        run: |cx| crate::dialog::ask_for_photos(cx.texts),
    },
    Action {
        id: "export",
        menu: Menu::Photo,
        keys: &[key(CTRL, Key::E)],
        enabled: has_take,
        run: |cx| toggle(cx, Sheet::Export),
    },
    Action {
        id: "next_photo",
        menu: Menu::Photo,
        keys: &[key(CTRL, Key::ArrowRight)],
        enabled: |cx| cx.engine.current() + 1 < cx.engine.slots().len(),
        run: |cx| {
            let next = cx.engine.current() + 1;
            cx.send(Command::Choose(next));
        },
    },
    Action {
        id: "previous_photo",
        menu: Menu::Photo,
        keys: &[key(CTRL, Key::ArrowLeft)],
        enabled: |cx| cx.engine.current() > 0,
        run: |cx| {
            let previous = cx.engine.current().saturating_sub(1);
            cx.send(Command::Choose(previous));
        },
    },
    Action {
        id: "close_photo",
        menu: Menu::Photo,
        keys: &[key(CTRL, Key::W)],
        enabled: |cx| !cx.engine.slots().is_empty(),
        run: |cx| {
            let current = cx.engine.current();
            cx.send(Command::Close(current));
        },
    },
];
