//! No set may give one press two meanings.

use egui_kittest::Harness;

use super::*;
use crate::testing::{session, with_takes};
use crate::{Studio, actions};

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
    let written = |held, key| words(&ctx, &Texts::of("en"), &KeyboardShortcut::new(held, key));
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

/// The window with takes, and the line with the keyboard.
fn typing() -> Harness<'static, Studio> {
    let mut window = with_takes([1280.0, 800.0], "warmer", 2);
    window.state_mut().look_mut().wants_line = true;
    window.run_steps(3);
    assert!(window.ctx.text_edit_focused());
    window
}

#[test]
fn what_edits_a_line_of_text_does_not_reach_the_takes_while_typing() {
    let mut window = typing();
    let steps = |window: &Harness<'_, Studio>| session(window).history.now();
    let before = steps(&window);
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.run_steps(2);
    assert_eq!(steps(&window), before);
    let focus = window.state_mut().look_mut().focus;
    window.key_press(Key::ArrowRight);
    window.run_steps(2);
    assert_eq!(window.state_mut().look_mut().focus, focus);
}

#[test]
fn tab_hides_the_panels_and_moves_nothing() {
    let mut window = typing();
    let focused = window.ctx.memory(|memory| memory.focused());
    let focused = focused.expect("the line has it");
    window
        .ctx
        .memory_mut(|memory| memory.surrender_focus(focused));
    window.run_steps(2);
    window.key_press(Key::Tab);
    window.run_steps(2);
    assert!(!window.state_mut().look_mut().panels);
    assert_eq!(window.ctx.memory(|memory| memory.focused()), None);
}

#[test]
fn tab_leads_on_from_a_field_and_leaves_the_panels() {
    let mut window = typing();
    let before = window.ctx.memory(|memory| memory.focused());
    window.key_press(Key::Tab);
    window.run_steps(2);
    assert!(window.state_mut().look_mut().panels);
    assert_ne!(window.ctx.memory(|memory| memory.focused()), before);
}
