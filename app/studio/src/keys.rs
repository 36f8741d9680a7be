//! The keys: which action a press means. Single keys are dead while a person types.

use std::collections::BTreeMap;

use eframe::egui::{self, Event, Key, KeyboardShortcut, Modifiers};

use crate::actions::{ACTIONS, Action};

/// The keys that a person has given to actions, by action id; others keep their own.
pub(crate) type Bindings = BTreeMap<String, Vec<KeyboardShortcut>>;

/// The keys of an action.
pub(crate) fn of<'a>(action: &'a Action, bindings: &'a Bindings) -> &'a [KeyboardShortcut] {
    bindings.get(action.id).map_or(action.keys, Vec::as_slice)
}

/// The actions whose keys were pressed in this frame, taking the presses away from everything else.
pub(crate) fn pressed(ctx: &egui::Context, bindings: &Bindings) -> Vec<&'static Action> {
    let typing = ctx.egui_wants_keyboard_input();
    ctx.input_mut(|input| {
        ACTIONS
            .iter()
            .filter(|action| {
                of(action, bindings).iter().any(|shortcut| {
                    let dead = typing && is_plain(shortcut);
                    !dead && take_press(input, shortcut)
                })
            })
            .collect()
    })
}

/// Without Ctrl or Alt: a letter that typing needs. Function keys are never typed.
fn is_plain(shortcut: &KeyboardShortcut) -> bool {
    let held = shortcut.modifiers;
    !held.command && !held.ctrl && !held.alt && shortcut.logical_key != Key::F1
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

/// "Ctrl+Shift+Z", "P", as the system writes it.
pub(crate) fn words(ctx: &egui::Context, shortcut: &KeyboardShortcut) -> String {
    ctx.format_shortcut(shortcut)
}
