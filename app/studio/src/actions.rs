//! The table of actions: menus, palette, shortcuts and cheat sheet are loops over it. An action is one line here; what it
//! does is a value it sends or a change of the look.

use eframe::egui::{Key, KeyboardShortcut, Modifiers};
use retake_core::said;
use retake_engine::{Command, Flag, TakeId};

use crate::cx::Cx;
use crate::look::{Against, Compare, Evidence, Sheet, Tab, Tool, Zoom};
use crate::panels::instruction::editor;
use crate::panels::viewer::{Wish, compare_best, press_original, zoom_step};
use crate::theme::Shade;

/// Where an action stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Menu {
    Photo,
    Edit,
    Take,
    View,
    Mask,
    Help,
}

impl Menu {
    /// All, in order.
    pub(crate) const ALL: [Self; 6] = [
        Self::Photo,
        Self::Edit,
        Self::Take,
        Self::View,
        Self::Mask,
        Self::Help,
    ];
    /// Its key among the texts.
    pub(crate) fn id(self) -> &'static str {
        [
            "menu_photo",
            "menu_edit",
            "menu_take",
            "menu_view",
            "menu_mask",
            "menu_help",
        ][self as usize]
    }
}

/// One action.
pub(crate) struct Action {
    /// its key among the texts and in the file of key bindings
    pub(crate) id: &'static str,
    /// where it stands
    pub(crate) menu: Menu,
    /// its keys, unless a person gave it others
    pub(crate) keys: &'static [KeyboardShortcut],
    /// whether it can be done now
    pub(crate) enabled: fn(&Cx<'_>) -> bool,
    /// does it
    pub(crate) run: fn(&mut Cx<'_>),
}

const NONE: Modifiers = Modifiers::NONE;
const CTRL: Modifiers = Modifiers::COMMAND;
const SHIFT: Modifiers = Modifiers::SHIFT;
const CTRL_SHIFT: Modifiers = CTRL.plus(SHIFT);

const fn key(modifiers: Modifiers, key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(modifiers, key)
}

fn always(_: &Cx<'_>) -> bool {
    true
}
fn open(cx: &Cx<'_>) -> bool {
    cx.session().is_some()
}
fn ready(cx: &Cx<'_>) -> bool {
    cx.engine.ready()
}
fn running(cx: &Cx<'_>) -> bool {
    cx.session()
        .is_some_and(|session| session.running.is_some())
}
fn has_take(cx: &Cx<'_>) -> bool {
    cx.focus().is_some()
}
fn has_mask(cx: &Cx<'_>) -> bool {
    cx.session()
        .is_some_and(|session| session.desk().mask.is_some())
}
fn never_waits(cx: &Cx<'_>) -> bool {
    cx.session()
        .is_some_and(|session| session.desk().turn.is_some())
}

fn with_focus(cx: &mut Cx<'_>, make: impl FnOnce(TakeId) -> Command) {
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

fn compare(cx: &mut Cx<'_>, mode: Compare) {
    cx.look.compare = if cx.look.compare == mode {
        cx.look.against = Against::Original;
        Compare::Off
    } else {
        mode
    };
}

fn toggle(cx: &mut Cx<'_>, sheet: Sheet) {
    cx.look.sheet = if cx.look.sheet == sheet {
        Sheet::None
    } else {
        sheet
    };
}

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

/// The action of this id.
pub(crate) fn by_id(id: &str) -> Option<&'static Action> {
    ACTIONS.iter().find(|action| action.id == id)
}

/// Every action, in the order of the menus.
pub(crate) const ACTIONS: &[Action] = &[
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
    Action {
        id: "undo",
        menu: Menu::Edit,
        keys: &[key(CTRL, Key::Z)],
        enabled: open,
        run: |cx| cx.send(Command::Undo),
    },
    Action {
        id: "redo",
        menu: Menu::Edit,
        keys: &[key(CTRL_SHIFT, Key::Z), key(CTRL, Key::Y)],
        enabled: open,
        run: |cx| cx.send(Command::Redo),
    },
    Action {
        id: "instruction",
        menu: Menu::Edit,
        keys: &[key(CTRL, Key::L), key(NONE, Key::Slash)],
        enabled: open,
        run: |cx| cx.look.wants_line = true,
    },
    Action {
        id: "generate",
        menu: Menu::Edit,
        keys: &[key(CTRL, Key::Enter)],
        enabled: ready,
        run: |cx| crate::panels::instruction::generate(cx),
    },
    Action {
        id: "more",
        menu: Menu::Edit,
        keys: &[key(CTRL, Key::M)],
        enabled: never_waits,
        run: |cx| cx.send(Command::More),
    },
    Action {
        id: "editors",
        menu: Menu::Edit,
        keys: &[key(CTRL_SHIFT, Key::E)],
        enabled: open,
        run: |cx| cx.look.wants_editor = true,
    },
    Action {
        id: "open_model",
        menu: Menu::Edit,
        keys: &[key(CTRL_SHIFT, Key::O)],
        enabled: always,
        run: |cx| toggle(cx, Sheet::Model),
    },
    Action {
        id: "try_next_editor",
        menu: Menu::Edit,
        keys: &[key(CTRL_SHIFT, Key::M)],
        enabled: |cx| never_waits(cx) && editor::next(cx).is_some(),
        run: |cx| {
            if let Some(next) = editor::next(cx) {
                cx.send(Command::TryEditor(next));
            }
        },
    },
    Action {
        id: "stop",
        menu: Menu::Edit,
        keys: &[],
        enabled: running,
        run: |cx| cx.send(Command::Stop),
    },
    Action {
        id: "copy_recipe",
        menu: Menu::Edit,
        keys: &[key(CTRL_SHIFT, Key::C)],
        enabled: has_take,
        run: |cx| {
            if let Some(take) = cx.focus() {
                let recipe = take.provenance.recipe.clone();
                cx.look.clipboard = serde_json::to_string_pretty(&recipe).ok();
                cx.look.recipe = Some(recipe);
            }
        },
    },
    Action {
        id: "paste_recipe",
        menu: Menu::Edit,
        keys: &[key(CTRL_SHIFT, Key::V)],
        enabled: |cx| {
            let own = |take: &std::sync::Arc<retake_engine::Take>| take.model.is_none();
            cx.look.recipe.is_some() && cx.focus().as_ref().is_some_and(own)
        },
        run: |cx| {
            if let (Some(take), Some(recipe)) = (cx.focus(), cx.look.recipe.clone()) {
                cx.look.focus = Some(take.id);
                let label = said!("Paste recipe");
                cx.send(Command::Adjust {
                    take: take.id,
                    recipe,
                    label,
                    done: true,
                });
            }
        },
    },
    Action {
        id: "reset_recipe",
        menu: Menu::Edit,
        keys: &[key(CTRL_SHIFT, Key::R)],
        enabled: |cx| cx.focus().is_some_and(|take| take.adjusted),
        run: |cx| with_focus(cx, Command::ResetRecipe),
    },
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_two_actions_have_the_same_keys() {
        let mut seen = BTreeSet::new();
        for action in ACTIONS {
            for shortcut in action.keys {
                assert!(
                    seen.insert(format!("{shortcut:?}")),
                    "{}: {shortcut:?}",
                    action.id
                );
            }
        }
    }

    #[test]
    fn every_action_has_its_words_in_every_language() {
        for (code, _, _) in crate::texts::LANGUAGES {
            let texts = crate::texts::Texts::of(code);
            for action in ACTIONS {
                assert_ne!(texts.get(action.id), action.id, "{code}");
            }
            for menu in Menu::ALL {
                assert_ne!(texts.get(menu.id()), menu.id(), "{code}");
            }
        }
    }
}
