//! The menu of the view: comparing, zooming, panels, theme.

use eframe::egui::Key;

use super::when::{always, has_take, open};
use super::{Action, CTRL, Menu, NONE, key};
use crate::cx::Cx;
use crate::look::{Against, Compare, Tab, Zoom};
use crate::panels::viewer::{Wish, compare_best, press_original, zoom_step};
use crate::theme::Shade;

macro_rules! tab {
    ($id:literal, $keys:expr, $tab:expr) => {
        Action {
            id: $id,
            menu: Menu::View,
            keys: $keys,
            enabled: open,
            run: |cx| {
                cx.look.panels = true;
                cx.look.inspector = true;
                cx.look.tab = $tab;
            },
        }
    };
}

/// Its actions, in order.
pub(super) const ACTIONS: &[Action] = &[
    Action {
        id: "original",
        menu: Menu::View,
        keys: &[key(NONE, Key::Backslash)],
        enabled: open,
        run: press_original,
    },
    Action {
        id: "compare",
        menu: Menu::View,
        keys: &[key(NONE, Key::C)],
        enabled: has_take,
        run: compare_best,
    },
    Action {
        id: "wipe",
        menu: Menu::View,
        keys: &[key(NONE, Key::W)],
        enabled: has_take,
        run: |cx| compare(cx, Compare::Wipe),
    },
    Action {
        id: "overlay",
        menu: Menu::View,
        keys: &[key(NONE, Key::O)],
        enabled: has_take,
        run: |cx| compare(cx, Compare::Overlay),
    },
    Action {
        id: "flicker",
        menu: Menu::View,
        keys: &[key(NONE, Key::F)],
        enabled: has_take,
        run: |cx| compare(cx, Compare::Flicker),
    },
    Action {
        id: "difference",
        menu: Menu::View,
        keys: &[key(NONE, Key::D)],
        enabled: has_take,
        run: |cx| compare(cx, Compare::Difference),
    },
    Action {
        id: "survey",
        menu: Menu::View,
        keys: &[key(NONE, Key::N)],
        enabled: has_take,
        run: |cx| cx.look.survey = !cx.look.survey,
    },
    Action {
        id: "fit",
        menu: Menu::View,
        keys: &[key(CTRL, Key::Num0)],
        enabled: open,
        run: |cx| cx.look.zoom = Zoom::Fit,
    },
    Action {
        id: "actual_size",
        menu: Menu::View,
        keys: &[key(CTRL, Key::Num1)],
        enabled: open,
        run: |cx| cx.look.hand.wish = Some(Wish::To(1.0)),
    },
    Action {
        id: "zoom_toggle",
        menu: Menu::View,
        keys: &[key(NONE, Key::Z)],
        enabled: open,
        run: |cx| cx.look.hand.wish = Some(Wish::Toggle),
    },
    Action {
        id: "zoom_in",
        menu: Menu::View,
        keys: &[
            key(CTRL, Key::Plus),
            key(CTRL, Key::Equals),
            key(NONE, Key::Plus),
            key(NONE, Key::Equals),
        ],
        enabled: open,
        run: |cx| zoom_step(cx, 1.25),
    },
    Action {
        id: "zoom_out",
        menu: Menu::View,
        keys: &[key(CTRL, Key::Minus), key(NONE, Key::Minus)],
        enabled: open,
        run: |cx| zoom_step(cx, 0.8),
    },
    Action {
        id: "clipping",
        menu: Menu::View,
        keys: &[key(NONE, Key::J)],
        enabled: open,
        run: |cx| cx.look.clipping = !cx.look.clipping,
    },
    Action {
        id: "histogram",
        menu: Menu::View,
        keys: &[key(NONE, Key::H)],
        enabled: open,
        run: |cx| cx.look.histogram = !cx.look.histogram,
    },
    Action {
        id: "inspector",
        menu: Menu::View,
        keys: &[key(NONE, Key::I)],
        enabled: open,
        run: |cx| {
            cx.look.inspector = !cx.look.inspector;
            cx.look.evidence = None;
        },
    },
    tab!("show_why", &[key(CTRL, Key::I)], Tab::Why),
    tab!("show_recipe", &[key(CTRL, Key::R)], Tab::Recipe),
    tab!("show_group", &[key(CTRL, Key::G)], Tab::Group),
    tab!("history", &[key(CTRL, Key::H)], Tab::History),
    Action {
        id: "panels",
        menu: Menu::View,
        keys: &[key(NONE, Key::Tab)],
        enabled: open,
        run: |cx| cx.look.panels = !cx.look.panels,
    },
    Action {
        id: "next_theme",
        menu: Menu::View,
        keys: &[key(CTRL, Key::T)],
        enabled: always,
        run: |cx| {
            let next = (cx.look.shade as usize + 1) % Shade::ALL.len();
            cx.look.shade = Shade::ALL[next];
        },
    },
];

fn compare(cx: &mut Cx<'_>, mode: Compare) {
    cx.look.compare = if cx.look.compare == mode {
        cx.look.against = Against::Original;
        Compare::Off
    } else {
        mode
    };
}
