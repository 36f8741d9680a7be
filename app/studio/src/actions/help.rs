//! The menu of help: every action by its name, every key, settings.

use eframe::egui::Key;

use super::when::always;
use super::{Action, CTRL, Menu, NONE, SHIFT, key, toggle};
use crate::look::Sheet;

/// Its actions, in order.
pub(super) const ACTIONS: &[Action] = &[
    Action {
        id: "palette",
        menu: Menu::Help,
        keys: &[key(CTRL, Key::K)],
        enabled: always,
        run: |cx| toggle(cx, Sheet::Palette),
    },
    Action {
        id: "shortcuts",
        menu: Menu::Help,
        keys: &[
            key(NONE, Key::F1),
            key(SHIFT, Key::Slash),
            key(NONE, Key::Questionmark),
        ],
        enabled: always,
        run: |cx| toggle(cx, Sheet::Shortcuts),
    },
    Action {
        id: "settings",
        menu: Menu::Help,
        keys: &[key(CTRL, Key::Comma)],
        enabled: always,
        run: |cx| toggle(cx, Sheet::Settings),
    },
];
