//! That whoever cannot see the window can use it: everything that can be clicked, set or typed into has a name, in every
//! main state, in both languages.

use eframe::egui::accessibility::is_input;
use eframe::egui::accesskit::Action;
use eframe::egui::{Key, Role, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::NodeT as _;

use crate::Studio;
use crate::hands::{Window, ask_for, click_first, drop_on, opened, press, press_with};
use crate::testing::{Scratch, session, until, window};

/// What of the window has no name.
pub(crate) fn unnamed(window: &Harness<'_, Studio>) -> Vec<String> {
    let mut found = Vec::new();
    for node in window.root().children_recursive() {
        let node = node.accesskit_node();
        let data = node.data();
        let acts = [
            Action::Click,
            Action::SetValue,
            Action::Increment,
            Action::Expand,
        ]
        .into_iter()
        .any(|action| data.supports_action(action));
        // a layer's background swallows clicks; there is nothing to reach in it
        let background = matches!(
            node.role(),
            Role::GenericContainer | Role::Window | Role::Dialog | Role::ScrollBar
        );
        let interactive = is_input(node.role()) || (acts && !background);
        let text = node.label().or_else(|| {
            let own = matches!(node.role(), Role::Label | Role::TextRun);
            node.value().filter(|_| own)
        });
        let named = text.is_some_and(|label| label.chars().any(|letter| letter.is_alphanumeric()));
        // of words that a tiny window cut off nothing is left to press
        let there = node.raw_bounds().is_some_and(|rect| rect.area() > 0.0);
        if interactive && there && !node.is_hidden() && !named {
            let inside = std::iter::successors(node.parent(), |node| node.parent())
                .find_map(|above| above.label());
            found.push(format!(
                "{:?} {:?} at {:?} inside {inside:?}",
                node.role(),
                node.label(),
                node.raw_bounds()
            ));
        }
    }
    found
}

fn speaking(language: &str) -> Window {
    let mut window = window([1280.0, 800.0], Vec::new());
    window.state_mut().look_mut().language = language.to_owned();
    window.run_steps(2);
    window
}

#[track_caller]
fn all_named(window: &Window, state: &str) {
    assert_eq!(unnamed(window), [""; 0], "{state}");
}

/// From the first screen to a run under way.
fn before_the_takes(language: &str) {
    let folder = Scratch::new(&format!("names-{language}"));
    let mut window = speaking(language);
    all_named(&window, "empty");
    let photos = [folder.photo("one.png"), folder.photo("two.png")];
    drop_on(&mut window, &photos);
    opened(&mut window);
    all_named(&window, "two photos");
    press_with(&mut window, crate::hands::CTRL, Key::L);
    crate::hands::write(&mut window, "warmer, flurbish, keep the sky, add a dog");
    all_named(&window, "chips");
    press(&mut window, Key::Escape);
    press(&mut window, Key::B);
    all_named(&window, "mask tools");
    press(&mut window, Key::Escape);
    let run = retake_engine::Command::Say("warmer".to_owned());
    window.state_mut().obey(run);
    window
        .state_mut()
        .obey(retake_engine::Command::Candidates(32));
    window.run_steps(2);
    press_with(&mut window, crate::hands::CTRL, Key::Enter);
    assert!(session(&window).running.is_some());
    all_named(&window, "running");
    std::fs::write(folder.join("broken.png"), b"no").expect("temporary files can be written");
    drop_on(&mut window, &[folder.join("broken.png")]);
    until(&mut window, |studio| !studio.engine().messages().is_empty());
    window.run_steps(2);
    all_named(&window, "a photo that cannot be opened, and a message");
}

#[test]
fn every_control_has_a_name_before_there_are_takes() {
    before_the_takes("en");
}

#[test]
fn every_control_has_a_name_before_there_are_takes_in_german() {
    before_the_takes("de");
}

#[test]
fn every_control_has_a_name_in_every_way_to_look_at_takes() {
    let mut window = speaking("en");
    drop_on(&mut window, &[crate::testing::sample("astronaut.png")]);
    opened(&mut window);
    ask_for(&mut window, "warmer and more contrast", 3);
    for key in [Key::W, Key::C, Key::O, Key::F, Key::D, Key::H, Key::N] {
        press(&mut window, key);
        all_named(&window, key.name());
    }
    press(&mut window, Key::Escape);
    click_first(&mut window, "Photo");
    all_named(&window, "an open menu");
    press(&mut window, Key::Escape);
    window.set_size(vec2(560.0, 420.0));
    window.run_steps(4);
    all_named(&window, "a small window");
}
