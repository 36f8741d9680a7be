//! Hands for the tests: what a person does with the window, by the names that things have on the screen.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use eframe::egui::{
    DroppedFile, Event, Key, Modifiers, MouseWheelSource, MouseWheelUnit, Pos2, Rect, Role,
    TouchPhase, vec2,
};
use egui_kittest::Harness;
use egui_kittest::kittest::{AccessKitNode, Queryable as _};

use crate::Studio;
use crate::testing::{sample, session, until, window};

pub(crate) type Window = Harness<'static, Studio>;

/// Ctrl.
pub(crate) const CTRL: Modifiers = Modifiers::COMMAND;

/// A file on its way from the desktop to the window.
#[derive(Debug)]
struct Dragged(PathBuf);

impl DroppedFile for Dragged {
    fn path(&self) -> &Path {
        &self.0
    }
    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|error| error.to_string())
    }
}

/// Lets files fall on the window.
pub(crate) fn drop_on(window: &mut Window, files: &[PathBuf]) {
    for file in files {
        let file = Arc::new(Dragged(file.clone()));
        window.input_mut().dropped_files.push(file);
    }
    window.run_steps(2);
}

/// A key with others held.
pub(crate) fn press_with(window: &mut Window, held: Modifiers, key: Key) {
    window.key_press_modifiers(held, key);
    window.run_steps(3);
}

/// A key.
pub(crate) fn press(window: &mut Window, key: Key) {
    press_with(window, Modifiers::NONE, key);
}

/// Letters, to whatever has the keyboard.
pub(crate) fn write(window: &mut Window, text: &str) {
    window.event(Event::Text(text.to_owned()));
    window.run_steps(3);
}

/// Other words in the place of those in a field.
pub(crate) fn rewrite(window: &mut Window, field: Role, name: &str, text: &str) {
    window.get_by_role_and_label(field, name).click();
    window.run_steps(2);
    press_with(window, CTRL, Key::A);
    write(window, text);
}

/// Presses what has this name.
pub(crate) fn click(window: &mut Window, name: &str) {
    window.get_by_label(name).click();
    window.run_steps(3);
}

/// Presses the button that has this name.
pub(crate) fn click_button(window: &mut Window, name: &str) {
    window.get_by_role_and_label(Role::Button, name).click();
    window.run_steps(3);
}

/// Presses the first thing whose name begins so.
pub(crate) fn click_first(window: &mut Window, beginning: &str) {
    let at = rect_of(window, beginning).center();
    window.hover_at(at);
    window.drag_at(at);
    window.drop_at(at);
    window.run_steps(3);
}

/// Where the first thing lies whose name begins so.
pub(crate) fn rect_of(window: &Window, beginning: &str) -> Rect {
    let begins = |node: &AccessKitNode<'_>| {
        let label = node.label();
        label.is_some_and(|label| label.starts_with(beginning))
    };
    let node = window.query_all_by(begins).next();
    node.unwrap_or_else(|| panic!("nothing is called “{beginning}…”"))
        .rect()
}

/// Whether something on the screen has a name with these words in it.
pub(crate) fn says(window: &Window, words: &str) -> bool {
    window.query_all_by_label_contains(words).next().is_some()
}

/// Presses at one place and lets go at another.
pub(crate) fn drag(window: &mut Window, from: Pos2, to: Pos2) {
    window.hover_at(from);
    window.step();
    window.drag_at(from);
    window.step();
    for part in 1..=4 {
        window.hover_at(from + (to - from) * (part as f32 / 4.0));
        window.step();
    }
    window.drop_at(to);
    window.run_steps(3);
}

/// Turns the wheel over a place until what is there has moved up by so much, points.
pub(crate) fn scroll(window: &mut Window, at: Pos2, points: f32) {
    window.hover_at(at);
    window.step();
    window.event(Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta: vec2(0.0, -points),
        phase: TouchPhase::Move,
        source: MouseWheelSource::Wheel,
        modifiers: Modifiers::NONE,
    });
    window.run_steps(24);
}

/// Waits for a photo to be there.
pub(crate) fn opened(window: &mut Window) {
    until(window, |studio| studio.engine().session().is_some());
    window.run_steps(2);
}

/// Waits for a run to be over.
pub(crate) fn finished(window: &mut Window) {
    until(window, |studio| {
        let session = studio.engine().session();
        session.is_some_and(|session| session.running.is_none() && session.ended.is_some())
    });
    window.run_steps(3);
}

/// A window with a small photo, dropped on it.
pub(crate) fn with_photo() -> Window {
    let mut window = window([1280.0, 800.0], Vec::new());
    drop_on(&mut window, &[sample("astronaut.png")]);
    opened(&mut window);
    window
}

/// Writes an instruction and presses Enter; comes back when all takes are there.
pub(crate) fn ask_for(window: &mut Window, instruction: &str, takes: usize) {
    let field = window.get_by_label("Takes a run makes");
    field.set_value_accesskit(takes as f64);
    window.run_steps(2);
    press_with(window, CTRL, Key::L);
    press_with(window, CTRL, Key::A);
    write(window, instruction);
    press(window, Key::Enter);
    finished(window);
    assert_eq!(session(window).sheet().len(), takes);
}
