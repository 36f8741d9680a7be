//! What the monkey can do. Each deed says what it did.

use eframe::egui::{
    Event, Key, Modifiers, MouseWheelSource, MouseWheelUnit, PointerButton, Pos2, Rect, TouchPhase,
    vec2,
};
use egui_kittest::kittest::NodeT as _;

use super::Chance;
use crate::hands::{Window, drop_on};
use crate::testing::Scratch;

/// One kind of deed.
pub(super) struct Deed {
    pub(super) name: &'static str,
    /// how often, against the others
    pub(super) weight: usize,
    pub(super) act: fn(&mut Window, &mut Chance, &Scratch) -> String,
}

/// All of them.
pub(super) const DEEDS: &[Deed] = &[
    deed("press a key", 30, press),
    deed("press an action's keys", 20, act),
    deed("click a control", 40, click),
    deed("drag", 14, drag),
    deed("type", 6, write),
    deed("say something and press Enter", 4, say),
    deed("turn the wheel", 8, wheel),
    deed("set a value", 10, set),
    deed("drop files", 2, drop),
    deed("paste", 3, paste),
    deed("resize the window", 2, resize),
    deed("wait", 6, wait),
];

const fn deed(
    name: &'static str,
    weight: usize,
    act: fn(&mut Window, &mut Chance, &Scratch) -> String,
) -> Deed {
    Deed { name, weight, act }
}

const HELD: [Modifiers; 6] = [
    Modifiers::NONE,
    Modifiers::NONE,
    Modifiers::SHIFT,
    Modifiers::COMMAND,
    Modifiers::COMMAND.plus(Modifiers::SHIFT),
    Modifiers::ALT,
];
const WORDS: [&str; 9] = [
    "warmer",
    "golden hour, but keep the sky",
    "add a dog",
    "moody, -3 stops ",
    "ß漢字🙂 e\u{301}",
    "0",
    "-1e9",
    "1.5",
    "\u{202e}kaboom\t",
];
const SIZES: [[f32; 2]; 6] = [
    [1280.0, 800.0],
    [1600.0, 1000.0],
    [1280.0, 720.0],
    [700.0, 480.0],
    [420.0, 900.0],
    [90.0, 70.0],
];

fn stroke(window: &mut Window, held: Modifiers, key: Key, chance: &mut Chance) {
    window.key_down_modifiers(held, key);
    // some keys are held while the next things happen
    if chance.once_in(12) {
        window.step();
        return;
    }
    window.key_up_modifiers(held, key);
    window.step();
}

fn press(window: &mut Window, chance: &mut Chance, _: &Scratch) -> String {
    let (held, key) = (*chance.of(&HELD), *chance.of(Key::ALL));
    stroke(window, held, key, chance);
    format!("{held:?} {key:?}")
}

fn act(window: &mut Window, chance: &mut Chance, _: &Scratch) -> String {
    let action = chance.of(crate::actions::ACTIONS);
    let Some(keys) = action.keys.first() else {
        return "none".to_owned();
    };
    stroke(window, keys.modifiers, keys.logical_key, chance);
    action.id.to_owned()
}

/// What can be reached: name and place. The walk is what a screen reader sees.
fn controls(window: &Window) -> Vec<(String, Rect)> {
    let screen = window.ctx.content_rect();
    let mut found = Vec::new();
    for node in window.root().children_recursive() {
        let inner = node.accesskit_node();
        let data = inner.data();
        let clicks = data.supports_action(eframe::egui::accesskit::Action::Click);
        if inner.bounding_box().is_some() && (clicks || inner.value().is_some()) {
            let rect = node.rect();
            if screen.intersects(rect) {
                let name = inner.label().unwrap_or_default();
                found.push((name, rect));
            }
        }
    }
    found
}

fn any_control(window: &Window, chance: &mut Chance) -> Option<(String, Rect)> {
    let controls = controls(window);
    (!controls.is_empty()).then(|| chance.of(&controls).clone())
}

fn inside(rect: Rect, chance: &mut Chance) -> Pos2 {
    rect.min + rect.size() * vec2(chance.share(), chance.share())
}

fn button(window: &mut Window, at: Pos2, button: PointerButton, pressed: bool, held: Modifiers) {
    window.event(Event::PointerButton {
        pos: at,
        button,
        pressed,
        modifiers: held,
    });
}

fn click(window: &mut Window, chance: &mut Chance, _: &Scratch) -> String {
    let Some((name, rect)) = any_control(window, chance) else {
        return "nothing there".to_owned();
    };
    let at = inside(rect, chance);
    let which = match chance.below(12) {
        0 | 1 => PointerButton::Secondary,
        2 => PointerButton::Middle,
        _ => PointerButton::Primary,
    };
    let times = 1 + usize::from(chance.once_in(6));
    let held = if chance.once_in(10) {
        *chance.of(&HELD)
    } else {
        Modifiers::NONE
    };
    window.hover_at(at);
    for _ in 0..times {
        for pressed in [true, false] {
            button(window, at, which, pressed, held);
        }
    }
    window.step();
    format!("{which:?} × {times} on “{name}” at {at:?}")
}

fn drag(window: &mut Window, chance: &mut Chance, _: &Scratch) -> String {
    let Some((name, rect)) = any_control(window, chance) else {
        return "nothing there".to_owned();
    };
    let (from, to) = (
        inside(rect, chance),
        inside(window.ctx.content_rect(), chance),
    );
    let which = if chance.once_in(5) {
        PointerButton::Middle
    } else {
        PointerButton::Primary
    };
    window.hover_at(from);
    button(window, from, which, true, Modifiers::NONE);
    for part in 1..=3 {
        window.hover_at(from + (to - from) * (part as f32 / 3.0));
    }
    // now and then it is interrupted, or lets go outside the window
    match chance.below(8) {
        0 => window.key_press(Key::Escape),
        1 => window.remove_cursor(),
        _ => {}
    }
    button(window, to, which, false, Modifiers::NONE);
    window.step();
    format!("“{name}” {from:?} to {to:?}")
}

fn write(window: &mut Window, chance: &mut Chance, _: &Scratch) -> String {
    let words = *chance.of(&WORDS);
    window.event(Event::Text(words.to_owned()));
    window.step();
    format!("{words:?}")
}

fn say(window: &mut Window, chance: &mut Chance, folder: &Scratch) -> String {
    window.key_press_modifiers(Modifiers::COMMAND, Key::L);
    window.step();
    let words = write(window, chance, folder);
    window.key_press(Key::Enter);
    window.step();
    words
}

fn wheel(window: &mut Window, chance: &mut Chance, _: &Scratch) -> String {
    let at = inside(window.ctx.content_rect(), chance);
    let (held, notches) = (*chance.of(&HELD), (chance.share() - 0.5) * 12.0);
    window.hover_at(at);
    let turned = Event::MouseWheel {
        unit: *chance.of(&[MouseWheelUnit::Line, MouseWheelUnit::Point]),
        delta: vec2(0.0, notches),
        phase: TouchPhase::Move,
        source: MouseWheelSource::Wheel,
        modifiers: held,
    };
    window.event_modifiers(turned, held);
    window.run_steps(2);
    format!("{notches:.1} at {at:?} with {held:?}")
}

/// As a screen reader does it.
fn set(window: &mut Window, chance: &mut Chance, _: &Scratch) -> String {
    let numbers: Vec<_> = window
        .root()
        .children_recursive()
        .filter(|node| node.accesskit_node().numeric_value().is_some())
        .collect();
    if numbers.is_empty() {
        return "nothing there".to_owned();
    }
    let node = chance.of(&numbers);
    let inner = node.accesskit_node();
    let name = inner.label().unwrap_or_default();
    let low = inner.min_numeric_value().unwrap_or(0.0);
    let high = inner.max_numeric_value().unwrap_or(1.0);
    let value = low + (high - low) * f64::from(chance.share());
    match chance.below(4) {
        0 => node.increment_accesskit(),
        1 => node.decrement_accesskit(),
        _ => node.set_value_accesskit(value),
    }
    window.step();
    format!("“{name}” near {value}")
}

fn drop(window: &mut Window, chance: &mut Chance, folder: &Scratch) -> String {
    let name = *chance.of(&["banana.png", "coconut.png", "leaf.jpg", "not there.png", ""]);
    drop_on(window, &[folder.join(name)]);
    name.to_owned()
}

fn paste(window: &mut Window, chance: &mut Chance, folder: &Scratch) -> String {
    let text = match chance.below(4) {
        0 => folder.join("coconut.png").display().to_string(),
        1 => "{\"layers\": [{\"operations\": []}]}".to_owned(),
        2 => "{\"layers\": 7".to_owned(),
        _ => (*chance.of(&WORDS)).to_owned(),
    };
    window.event(Event::Paste(text.clone()));
    window.step();
    text
}

fn resize(window: &mut Window, chance: &mut Chance, _: &Scratch) -> String {
    let [width, height] = *chance.of(&SIZES);
    window.set_size(vec2(width, height));
    window.step();
    format!("{width} × {height}")
}

/// The threads get their turn.
fn wait(window: &mut Window, chance: &mut Chance, _: &Scratch) -> String {
    let frames = 1 + chance.below(8);
    for _ in 0..frames {
        std::thread::sleep(std::time::Duration::from_millis(4));
        window.step();
    }
    format!("{frames} frames")
}
