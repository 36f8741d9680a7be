//! Whole journeys through the window: from a photo that is dropped to a file that is written, and a monkey at the keys.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use eframe::egui::{DroppedFile, Event, Key, Modifiers, Role, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use retake_core::Rng;
use retake_engine::{Command, Flag};

use crate::Studio;
use crate::testing::{Scratch, sample, session, shot, until, window};
use crate::theme::Shade;

#[derive(Debug)]
struct Dropped(PathBuf);

impl DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }
    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|error| error.to_string())
    }
}

/// The window with a copy of a sample photo dropped on it.
fn with_dropped(scratch: &Scratch) -> Harness<'static, Studio> {
    let photo = scratch.join("astronaut.png");
    std::fs::copy(sample("astronaut.png"), &photo).expect("temporary files can be written");
    let mut window = window([1280.0, 720.0], Vec::new());
    window.run_steps(2);
    window.input_mut().dropped_files = vec![Arc::new(Dropped(photo))];
    until(&mut window, |studio| studio.engine().session().is_some());
    window
}

fn from_drop_to_file(shade: Shade) {
    let scratch = Scratch::new(&format!("journey-{}", shade.id()));
    let mut window = with_dropped(&scratch);
    window.state_mut().look_mut().shade = shade;
    window.state_mut().obey(Command::Candidates(3));
    window.run_steps(3);

    window.event(Event::Text("warmer, a bit brighter".to_owned()));
    window.run_steps(2);
    window.key_press(Key::Enter);
    until(&mut window, |studio| {
        let session = studio.engine().session();
        session.is_some_and(|session| {
            let sheet = session.sheet();
            session.running.is_none() && sheet.len() == 3 && sheet.iter().all(|t| t.card.is_some())
        })
    });
    window.run_steps(3);

    for tab in ["Recipe", "Group", "Why"] {
        window.get_by_label(tab).click();
        window.run_steps(2);
    }
    window.get_by_label_contains("warmer: b*");

    let before = session(&window).desk().weights;
    window
        .get_by_role_and_label(Role::Slider, "Weight: Quality")
        .set_value_accesskit(0.2);
    window.run_steps(2);
    assert_ne!(session(&window).desk().weights, before);

    window.key_press(Key::Escape);
    window.run_steps(2);
    let take = session(&window).ranking().leader().expect("it is scored");
    window.key_press(Key::P);
    window.run_steps(2);
    assert_eq!(session(&window).desk().mark(take).flag, Flag::Picked);
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.run_steps(2);
    assert_eq!(session(&window).desk().mark(take).flag, Flag::None);

    window.key_press(Key::B);
    window.run_steps(2);
    let photo = window.get_by_label_contains("Photo: ").rect().center();
    window.hover_at(photo);
    window.step();
    window.drag_at(photo);
    window.step();
    window.hover_at(photo + vec2(80.0, 20.0));
    window.step();
    window.drop_at(photo + vec2(80.0, 20.0));
    window.run_steps(2);
    assert!(session(&window).desk().mask.is_some());
    shot(&mut window, &format!("journey-{}", shade.id()));

    window.key_press_modifiers(Modifiers::COMMAND, Key::E);
    window.run_steps(3);
    let to = scratch.join("out.jpg");
    window.state_mut().look_mut().export.aim_at(&to);
    window.run_steps(2);
    window.get_by_role_and_label(Role::Button, "Export").click();
    window.run_steps(2);
    until(&mut window, |studio| studio.engine().exporting() == 0);
    let bytes = std::fs::read(to).expect("it was written");
    assert!(retake_files::save::read_provenance(&bytes).is_some());
}

#[test]
fn a_dropped_photo_becomes_a_file_in_the_dark_theme() {
    from_drop_to_file(Shade::Dark);
}

#[test]
fn a_dropped_photo_becomes_a_file_in_the_light_theme() {
    from_drop_to_file(Shade::Light);
}

/// What leads out of the window: the system's dialogs.
const OUTSIDE: [&str; 3] = ["Open…", "Browse…", "Choose another photo…"];
const KEYS: [Key; 14] = [
    Key::Enter,
    Key::Escape,
    Key::Tab,
    Key::Space,
    Key::ArrowLeft,
    Key::ArrowRight,
    Key::ArrowUp,
    Key::P,
    Key::X,
    Key::C,
    Key::D,
    Key::N,
    Key::B,
    Key::M,
];

/// Presses something that can be pressed, wherever it is.
fn press_anything(window: &Harness<'_, Studio>, rng: &mut Rng) {
    let mut there: Vec<_> = window
        .root()
        .children_recursive()
        .filter(|node| {
            let node = node.accesskit_node();
            let name = node.label().unwrap_or_default();
            let leads_out = OUTSIDE.iter().any(|outside| name.starts_with(outside));
            let presses = node
                .data()
                .supports_action(eframe::egui::accesskit::Action::Click);
            presses && !node.is_hidden() && !leads_out
        })
        .collect();
    if !there.is_empty() {
        let one = rng.below(there.len());
        there.swap_remove(one).click_accesskit();
    }
}

/// Four seconds of it in every run; `RETAKE_MONKEY=60` makes it a minute.
#[test]
fn a_monkey_at_the_keys_and_buttons_breaks_nothing() {
    let seconds = std::env::var("RETAKE_MONKEY").ok();
    let seconds = seconds.and_then(|text| text.parse().ok()).unwrap_or(4.0);
    let scratch = Scratch::new("monkey");
    let mut window = with_dropped(&scratch);
    window.state_mut().obey(Command::Candidates(2));
    let mut rng = Rng::new(7);
    let since = Instant::now();
    while since.elapsed() < Duration::from_secs_f64(seconds) {
        match rng.below(8) {
            0 => window.event(Event::Text("warmer ".to_owned())),
            1 => {
                let at = vec2(rng.between(0.0, 1280.0), rng.between(0.0, 720.0)).to_pos2();
                window.hover_at(at);
                if rng.below(2) == 0 {
                    window.drag_at(at);
                    window.step();
                    window.drop_at(at + vec2(30.0, 10.0));
                }
            }
            2 | 3 => {
                let key = KEYS[rng.below(KEYS.len())];
                let held = [Modifiers::NONE, Modifiers::COMMAND, Modifiers::SHIFT];
                window.key_press_modifiers(held[rng.below(held.len())], key);
            }
            4 => window.key_press_modifiers(Modifiers::COMMAND, Key::Z),
            _ => press_anything(&window, &mut rng),
        }
        window.step();
    }
    let problems = window.state().engine().messages().iter();
    let faults: Vec<_> = problems
        .filter(|message| message.text.contains("fault of the program"))
        .collect();
    assert!(faults.is_empty(), "{faults:?}");
}
