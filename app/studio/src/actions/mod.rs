//! The table of actions: menus, palette, shortcuts and cheat sheet are loops over it. An action is one line in the file of
//! its menu; what it does is a value it sends or a change of the look.

mod edit;
mod help;
mod lab;
mod mask;
mod photo;
mod take;
mod view;
mod when;

use eframe::egui::{Key, KeyboardShortcut, Modifiers};

use crate::cx::Cx;
use crate::look::{Room, Sheet};

/// Where an action stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Menu {
    Photo,
    Edit,
    Take,
    View,
    Mask,
    Lab,
    Help,
}

impl Menu {
    /// All, in order.
    pub(crate) const ALL: [Self; 7] = [
        Self::Photo,
        Self::Edit,
        Self::Take,
        Self::View,
        Self::Mask,
        Self::Lab,
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
            "menu_lab",
            "menu_help",
        ][self as usize]
    }
}

/// One action.
#[derive(Clone, Copy)]
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

/// Actions of the studio's menus that are also there in the lab.
const IN_BOTH: [&str; 2] = ["lab", "next_theme"];

impl Action {
    /// Whether it is there in this half of the window: seen, pressed and found.
    pub(crate) fn lives_in(&self, room: Room) -> bool {
        let own = match self.menu {
            Menu::Help => return true,
            Menu::Lab => Room::Lab,
            _ => Room::Studio,
        };
        own == room || IN_BOTH.contains(&self.id)
    }
}

/// The action of this id.
pub(crate) fn by_id(id: &str) -> Option<&'static Action> {
    ACTIONS.iter().find(|action| action.id == id)
}

/// Every action, in the order of the menus.
pub(crate) const ACTIONS: &[Action] = &joined::<{ count(MENUS) }>(MENUS);

/// The actions of each menu.
const MENUS: &[&[Action]] = &[
    photo::ACTIONS,
    edit::ACTIONS,
    take::ACTIONS,
    view::ACTIONS,
    mask::ACTIONS,
    lab::ACTIONS,
    help::ACTIONS,
];

const fn count(menus: &[&[Action]]) -> usize {
    let (mut all, mut menu) = (0, 0);
    while menu < menus.len() {
        all += menus[menu].len();
        menu += 1;
    }
    all
}

const fn joined<const ALL: usize>(menus: &[&[Action]]) -> [Action; ALL] {
    let mut all = [menus[0][0]; ALL];
    let (mut at, mut menu) = (0, 0);
    while menu < menus.len() {
        let mut i = 0;
        while i < menus[menu].len() {
            all[at] = menus[menu][i];
            at += 1;
            i += 1;
        }
        menu += 1;
    }
    all
}

const NONE: Modifiers = Modifiers::NONE;
const CTRL: Modifiers = Modifiers::COMMAND;
const SHIFT: Modifiers = Modifiers::SHIFT;
const CTRL_SHIFT: Modifiers = CTRL.plus(SHIFT);

const fn key(modifiers: Modifiers, key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(modifiers, key)
}

/// Opens what lies over everything, or closes it.
fn toggle(cx: &mut Cx<'_>, sheet: Sheet) {
    cx.look.sheet = if cx.look.sheet == sheet {
        Sheet::None
    } else {
        sheet
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_two_actions_have_the_same_keys() {
        for room in [Room::Studio, Room::Lab] {
            let mut seen = BTreeSet::new();
            for action in ACTIONS.iter().filter(|action| action.lives_in(room)) {
                for shortcut in action.keys {
                    assert!(
                        seen.insert(format!("{shortcut:?}")),
                        "{}: {shortcut:?}",
                        action.id
                    );
                }
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
