//! No set may give one press two meanings.

use super::*;
use crate::actions;

#[test]
fn no_key_set_gives_two_actions_the_same_keys() {
    for set in sets::SETS {
        let bindings = sets::bindings(set.id);
        for action in ACTIONS {
            for shortcut in of(action, &bindings) {
                let other = holder(*shortcut, action.id, &bindings).map(|other| other.id);
                assert_eq!(other, None, "{}: {} {shortcut:?}", set.id, action.id);
            }
        }
    }
}

#[test]
fn key_sets_name_actions_that_there_are() {
    for set in sets::SETS {
        for id in sets::bindings(set.id).keys() {
            assert!(actions::by_id(id).is_some(), "{}: {id}", set.id);
        }
    }
}

#[test]
fn control_and_command_are_the_same_and_shift_is_not() {
    let held = Modifiers {
        ctrl: true,
        command: true,
        ..Modifiers::NONE
    };
    assert!(same(held, Modifiers::COMMAND));
    assert!(same(plain(held), Modifiers::COMMAND));
    assert!(!same(held | Modifiers::SHIFT, Modifiers::COMMAND));
}

#[test]
fn keys_are_written_with_their_signs() {
    let ctx = egui::Context::default();
    let written = |held, key| words(&ctx, &KeyboardShortcut::new(held, key));
    assert_eq!(written(Modifiers::NONE, Key::Backslash), "\\");
    assert!(written(Modifiers::COMMAND, Key::ArrowRight).ends_with('→'));
    assert_eq!(written(Modifiers::NONE, Key::P), "P");
}

#[test]
fn letters_are_plain_and_function_keys_are_not() {
    let plain = |modifiers, key| is_plain(&KeyboardShortcut::new(modifiers, key));
    assert!(plain(Modifiers::NONE, Key::P) && plain(Modifiers::SHIFT, Key::E));
    assert!(!plain(Modifiers::NONE, Key::F1) && !plain(Modifiers::COMMAND, Key::E));
}
