//! The keys: which action a press means. Single keys are dead while a person types, and everything but the sheets' own
//! keys is dead while a sheet lies over the window.

pub(crate) mod sets;

use std::collections::BTreeMap;

use eframe::egui::{self, Event, FocusDirection, Key, KeyboardShortcut, Modifiers};

use crate::actions::{ACTIONS, Action, Menu, by_id};
use crate::look::{Room, Sheet};
use crate::texts::Texts;

/// The keys that a person has given to actions, by action id; others keep their own.
pub(crate) type Bindings = BTreeMap<String, Vec<KeyboardShortcut>>;

/// The keys of an action.
pub(crate) fn of<'a>(action: &'a Action, bindings: &'a Bindings) -> &'a [KeyboardShortcut] {
    bindings.get(action.id).map_or(action.keys, Vec::as_slice)
}

/// The other action that has these keys where the first one is there too.
pub(crate) fn holder(
    shortcut: KeyboardShortcut,
    but: &str,
    bindings: &Bindings,
) -> Option<&'static Action> {
    let has = |action: &&Action| {
        of(action, bindings).iter().any(|known| {
            known.logical_key == shortcut.logical_key && same(known.modifiers, shortcut.modifiers)
        })
    };
    let rooms: Vec<Room> = [Room::Studio, Room::Lab]
        .into_iter()
        .filter(|room| by_id(but).is_none_or(|action| action.lives_in(*room)))
        .collect();
    let meets = |action: &&Action| rooms.iter().any(|room| action.lives_in(*room));
    let others = ACTIONS.iter().filter(|action| action.id != but);
    others.filter(meets).find(has)
}

/// The actions whose keys were pressed in this frame, taking the presses away from everything else.
pub(crate) fn pressed(
    ctx: &egui::Context,
    bindings: &Bindings,
    sheet: Sheet,
    room: Room,
) -> Vec<&'static Action> {
    let typing = ctx.text_edit_focused();
    let focused = ctx.memory(|memory| memory.focused().is_some());
    let alive = |action: &&Action| {
        let over = action.menu == Menu::Help || action.id == "export";
        action.lives_in(room) && (sheet == Sheet::None || over)
    };
    let actions: Vec<&'static Action> = ctx.input_mut(|input| {
        ACTIONS
            .iter()
            .filter(alive)
            .filter(|action| {
                of(action, bindings).iter().any(|shortcut| {
                    let typed = typing && (is_plain(shortcut) || is_editing(shortcut.logical_key));
                    let steers = focused && is_plain(shortcut) && is_steering(shortcut.logical_key);
                    !typed && !steers && take_press(input, shortcut)
                })
            })
            .collect()
    });
    let tab = |action: &&Action| {
        let keys = of(action, bindings);
        keys.iter().any(|keys| keys.logical_key == Key::Tab)
    };
    if actions.iter().any(tab) {
        // egui has read the press as a wish to move the focus by now
        ctx.memory_mut(|memory| memory.move_focus(FocusDirection::None));
    }
    actions
}

/// Without Ctrl or Alt: a letter that typing needs. Function keys are never typed.
fn is_plain(shortcut: &KeyboardShortcut) -> bool {
    let held = shortcut.modifiers;
    let function = Key::F1 <= shortcut.logical_key && shortcut.logical_key <= Key::F35;
    !held.command && !held.ctrl && !held.alt && !function
}

/// Keys that a text field has its own use for together with Ctrl: its undo, and going from word to word.
fn is_editing(key: Key) -> bool {
    matches!(
        key,
        Key::Z | Key::Y | Key::ArrowLeft | Key::ArrowRight | Key::ArrowUp | Key::ArrowDown
    )
}

/// Keys that a focused slider or button has its own use for, and the one that leads on to the next.
fn is_steering(key: Key) -> bool {
    matches!(
        key,
        Key::ArrowLeft
            | Key::ArrowRight
            | Key::ArrowUp
            | Key::ArrowDown
            | Key::Enter
            | Key::Space
            | Key::Tab
    )
}

/// Exactly these modifiers, so that Ctrl+Shift+Z is not Ctrl+Z.
fn take_press(input: &mut egui::InputState, shortcut: &KeyboardShortcut) -> bool {
    let mut found = false;
    input.events.retain(|event| {
        let hit = matches!(event, Event::Key { key, pressed: true, modifiers, .. }
            if *key == shortcut.logical_key && same(*modifiers, shortcut.modifiers));
        found |= hit;
        !hit
    });
    found
}

fn same(held: Modifiers, wanted: Modifiers) -> bool {
    let command = held.command || held.ctrl || held.mac_cmd;
    let wants_command = wanted.command || wanted.ctrl;
    command == wants_command && held.shift == wanted.shift && held.alt == wanted.alt
}

/// What was pressed while new keys are asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Captured {
    /// nothing yet
    Nothing,
    /// Esc: the old keys stay
    Left,
    /// these
    Keys(KeyboardShortcut),
}

/// Takes every press of this frame away and says what it was.
pub(crate) fn captured(ctx: &egui::Context) -> Captured {
    let mut captured = Captured::Nothing;
    ctx.input_mut(|input| {
        input.events.retain(|event| {
            let press = match event {
                Event::Key {
                    key,
                    pressed: true,
                    modifiers,
                    ..
                } => Some((*key, *modifiers)),
                // the system's clipboard keys come as what they mean
                Event::Copy => Some((Key::C, Modifiers::COMMAND)),
                Event::Cut => Some((Key::X, Modifiers::COMMAND)),
                Event::Paste(_) => Some((Key::V, Modifiers::COMMAND)),
                Event::Text(_) => return false,
                _ => return true,
            };
            if let Some((key, held)) = press {
                captured = match key {
                    Key::Escape => Captured::Left,
                    _ => Captured::Keys(KeyboardShortcut::new(plain(held), key)),
                };
            }
            false
        });
    });
    captured
}

/// Ctrl and Cmd are the same in the file, so that it fits every system.
fn plain(held: Modifiers) -> Modifiers {
    Modifiers {
        alt: held.alt,
        shift: held.shift,
        command: held.command || held.ctrl || held.mac_cmd,
        ..Modifiers::NONE
    }
}

/// Keys that are known by their sign rather than by a name.
const SIGNS: [(Key, &str); 13] = [
    (Key::ArrowLeft, "←"),
    (Key::ArrowRight, "→"),
    (Key::ArrowUp, "↑"),
    (Key::ArrowDown, "↓"),
    (Key::OpenBracket, "["),
    (Key::CloseBracket, "]"),
    (Key::Backslash, "\\"),
    (Key::Slash, "/"),
    (Key::Comma, ","),
    (Key::Questionmark, "?"),
    (Key::Plus, "+"),
    (Key::Minus, "−"),
    (Key::Equals, "="),
];

/// "Ctrl+Shift+Z", "P", as the system writes it, in the window's language.
pub(crate) fn words(ctx: &egui::Context, texts: &Texts, shortcut: &KeyboardShortcut) -> String {
    let words = ctx.format_shortcut(shortcut);
    let sign = SIGNS.iter().find(|(key, _)| *key == shortcut.logical_key);
    match (sign, words.strip_suffix(shortcut.logical_key.name())) {
        (Some((_, sign)), Some(held)) => format!("{}{sign}", texts.keys(held)),
        _ => texts.keys(&words),
    }
}

/// All keys of an action: "Ctrl+Shift+Z, Ctrl+Y"; empty when it has none.
pub(crate) fn all_words(
    ctx: &egui::Context,
    texts: &Texts,
    action: &Action,
    bindings: &Bindings,
) -> String {
    let keys = of(action, bindings).iter();
    let words: Vec<String> = keys.map(|shortcut| words(ctx, texts, shortcut)).collect();
    words.join(", ")
}

#[cfg(test)]
mod tests;
