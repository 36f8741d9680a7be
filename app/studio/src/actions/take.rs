//! The menu of takes: marks, walking from one to the next, going on from one.

use eframe::egui::Key;
use retake_engine::{Command, Flag, TakeId};

use super::when::{always, has_take};
use super::{Action, Menu, NONE, key};
use crate::cx::Cx;
use crate::look::Evidence;

macro_rules! stars {
    ($id:literal, $key:expr, $stars:literal) => {
        Action {
            id: $id,
            menu: Menu::Take,
            keys: &[key(NONE, $key)],
            enabled: has_take,
            run: |cx| mark(cx, |take| Command::Stars(take, $stars)),
        }
    };
}

/// Its actions, in order.
pub(super) const ACTIONS: &[Action] = &[
    Action {
        id: "pick",
        menu: Menu::Take,
        keys: &[key(NONE, Key::P)],
        enabled: has_take,
        run: |cx| mark(cx, |take| Command::Flag(take, Flag::Picked)),
    },
    Action {
        id: "reject",
        menu: Menu::Take,
        keys: &[key(NONE, Key::X)],
        enabled: has_take,
        run: |cx| mark(cx, |take| Command::Flag(take, Flag::Rejected)),
    },
    Action {
        id: "unflag",
        menu: Menu::Take,
        keys: &[key(NONE, Key::U)],
        enabled: has_take,
        run: |cx| with_focus(cx, |take| Command::Flag(take, Flag::None)),
    },
    stars!("stars_0", Key::Num0, 0),
    stars!("stars_1", Key::Num1, 1),
    stars!("stars_2", Key::Num2, 2),
    stars!("stars_3", Key::Num3, 3),
    stars!("stars_4", Key::Num4, 4),
    stars!("stars_5", Key::Num5, 5),
    Action {
        id: "auto_advance",
        menu: Menu::Take,
        keys: &[],
        enabled: always,
        run: |cx| cx.look.auto_advance = !cx.look.auto_advance,
    },
    Action {
        id: "next_take",
        menu: Menu::Take,
        keys: &[key(NONE, Key::ArrowRight), key(NONE, Key::ArrowDown)],
        enabled: has_take,
        run: |cx| walk(cx, 1),
    },
    Action {
        id: "previous_take",
        menu: Menu::Take,
        keys: &[key(NONE, Key::ArrowLeft), key(NONE, Key::ArrowUp)],
        enabled: has_take,
        run: |cx| walk(cx, -1),
    },
    Action {
        id: "more_like",
        menu: Menu::Take,
        keys: &[key(NONE, Key::M)],
        enabled: has_take,
        run: |cx| with_focus(cx, Command::MoreLike),
    },
    Action {
        id: "go_on",
        menu: Menu::Take,
        keys: &[key(NONE, Key::G)],
        enabled: has_take,
        run: |cx| {
            with_focus(cx, |take| Command::GoOnFrom(Some(take)));
            cx.look.wants_line = true;
        },
    },
];

/// For the take that is looked at.
pub(super) fn with_focus(cx: &mut Cx<'_>, make: impl FnOnce(TakeId) -> Command) {
    if let Some(take) = cx.focus() {
        cx.look.focus = Some(take.id);
        cx.send(make(take.id));
    }
}

/// A mark, and on to the next take if that is wished.
fn mark(cx: &mut Cx<'_>, make: impl FnOnce(TakeId) -> Command) {
    with_focus(cx, make);
    if cx.look.auto_advance {
        walk(cx, 1);
    }
}

/// To the take so many places on, as the sheet is sorted.
fn walk(cx: &mut Cx<'_>, by: isize) {
    let order = crate::panels::sheet::order(cx);
    let Some(focus) = cx.focus() else { return };
    let at = order.iter().position(|&id| id == focus.id).unwrap_or(0);
    let last = order.len().saturating_sub(1);
    if let Some(&next) = order.get(at.saturating_add_signed(by).min(last)) {
        cx.look.focus = Some(next);
        cx.look.evidence = None::<Evidence>;
    }
}
