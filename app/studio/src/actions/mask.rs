//! The menu of masks: what paints them, and how they are shown.

use eframe::egui::Key;
use retake_core::said;
use retake_engine::Command;

use super::when::{has_mask, open};
use super::{Action, CTRL, Menu, NONE, SHIFT, key};
use crate::look::Tool;

macro_rules! tool {
    ($id:literal, $keys:expr, $tool:expr) => {
        Action {
            id: $id,
            menu: Menu::Mask,
            keys: $keys,
            enabled: open,
            run: |cx| {
                cx.look.tool = if cx.look.tool == $tool {
                    Tool::Hand
                } else {
                    $tool
                }
            },
        }
    };
}

/// Its actions, in order.
pub(super) const ACTIONS: &[Action] = &[
    tool!("brush", &[key(NONE, Key::B)], Tool::Brush),
    tool!("eraser", &[key(SHIFT, Key::E)], Tool::Eraser),
    tool!("linear", &[key(SHIFT, Key::G)], Tool::Linear),
    tool!("radial", &[key(SHIFT, Key::R)], Tool::Radial),
    tool!("range", &[key(SHIFT, Key::Q)], Tool::Range),
    Action {
        id: "smaller_brush",
        menu: Menu::Mask,
        keys: &[key(NONE, Key::OpenBracket)],
        enabled: open,
        run: |cx| cx.look.brush = (cx.look.brush / 1.2).max(0.004),
    },
    Action {
        id: "larger_brush",
        menu: Menu::Mask,
        keys: &[key(NONE, Key::CloseBracket)],
        enabled: open,
        run: |cx| cx.look.brush = (cx.look.brush * 1.2).min(0.5),
    },
    Action {
        id: "show_mask",
        menu: Menu::Mask,
        keys: &[key(SHIFT, Key::M)],
        enabled: has_mask,
        run: |cx| cx.look.mask_shown = !cx.look.mask_shown,
    },
    Action {
        id: "clear_mask",
        menu: Menu::Mask,
        keys: &[key(CTRL, Key::D)],
        enabled: has_mask,
        run: |cx| {
            let label = said!("Clear the mask");
            cx.send(Command::Mask { mask: None, label });
        },
    },
];
