//! A monkey at the window: seeded, it presses, types, drags and drops whatever there is, in any order. Nothing may panic,
//! nothing without a name may appear, and at the end the window is as good as new.
//!
//! `RETAKE_MONKEY_SECONDS=600` lets it stay longer, `RETAKE_MONKEY_SEED=7` makes it another one.

mod chance;
mod deeds;

use std::time::{Duration, Instant};

use eframe::egui::{Event, Key, MissingGlyphPolicy, Modifiers, Role, vec2};
use egui_kittest::kittest::Queryable as _;
use retake_engine::Command;

use crate::hands::{CTRL, Window, drop_on, press, press_with, write};
use crate::look::{Sheet, Tool};
use crate::names::unnamed;
use crate::testing::{Scratch, session, until, window};
use crate::texts::Texts;
use chance::Chance;
use deeds::{DEEDS, Deed};

/// How long it stays when nobody asks for more, seconds.
const STAY: u64 = 20;
/// Deeds between two looks for things without a name.
const LOOK_EVERY: u64 = 12;

fn number(variable: &str, otherwise: u64) -> u64 {
    let text = std::env::var(variable).ok();
    text.and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// What it did last, told when it breaks something.
#[derive(Default)]
struct Diary(std::collections::VecDeque<String>);

impl Diary {
    fn note(&mut self, deed: String) {
        if self.0.len() == 25 {
            self.0.pop_front();
        }
        self.0.push_back(deed);
    }
}

impl Drop for Diary {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let deeds: Vec<_> = self.0.iter().map(String::as_str).collect();
            eprintln!("the monkey did, last of all:\n  {}", deeds.join("\n  "));
        }
    }
}

#[test]
fn a_monkey_breaks_nothing() {
    let seed = number("RETAKE_MONKEY_SEED", 1);
    let seconds = number("RETAKE_MONKEY_SECONDS", STAY);
    eprintln!("seed {seed}, {seconds} s");
    let folder = Scratch::new("monkey");
    let photo = folder.photo("banana.png");
    folder.photo("coconut.png");
    std::fs::write(folder.join("leaf.jpg"), b"green").expect("temporary files can be written");
    let mut window = window([1280.0, 800.0], vec![photo.clone()]);
    crate::hands::opened(&mut window);
    // what no font of the test has, the system's fonts have
    window
        .ctx
        .set_missing_glyph_policy(MissingGlyphPolicy::Tofu);
    if seconds > 60 {
        // textures wait for a graphics card and would fill the memory; without one they have to
        let _ = window.render();
    }
    let mut chance = Chance::new(seed);
    let mut diary = Diary::default();
    let until_when = Instant::now() + Duration::from_secs(seconds);
    let mut deeds = 0;
    while Instant::now() < until_when {
        let deed: &Deed = chance.weighed(DEEDS, |deed| deed.weight);
        diary.note(format!("began to {}", deed.name));
        let done = (deed.act)(&mut window, &mut chance, &folder);
        diary.note(format!("{}: {done}", deed.name));
        deeds += 1;
        sound(&window);
        if deeds % LOOK_EVERY == 0 {
            assert_eq!(unnamed(&window), [""; 0]);
        }
    }
    eprintln!("{deeds} deeds");
    diary.note("went home".to_owned());
    calm(&mut window);
    nothing_done(&mut window);
    usable(&mut window, &photo);
}

/// A fault on another thread is survived and told; here it counts as one.
fn sound(window: &Window) {
    for message in window.state().engine().messages() {
        assert!(
            !message
                .text
                .to_string()
                .contains("A fault of the program itself"),
            "{}",
            message.text
        );
    }
}

/// Esc, often enough, leaves everything.
fn calm(window: &mut Window) {
    // whatever is held is let go
    for key in Key::ALL {
        window.key_up(*key);
    }
    window.event(Event::ModifiersChanged(Modifiers::NONE));
    window.set_size(vec2(1280.0, 800.0));
    for _ in 0..12 {
        press(window, Key::Escape);
    }
    until(window, |studio| {
        let session = studio.engine().session();
        session.is_none_or(|session| session.running.is_none())
    });
    for _ in 0..4 {
        press(window, Key::Escape);
    }
    let look = window.state_mut().look_mut();
    assert_eq!(look.sheet, Sheet::None);
    assert_eq!(look.tool, Tool::Hand);
    assert!(!look.survey);
}

/// Undo leads back to the photo as it was opened.
fn nothing_done(window: &mut Window) {
    let Some(steps) = window.state().engine().session() else {
        return;
    };
    for _ in 0..steps.history.steps().len() {
        window.state_mut().obey(Command::Undo);
    }
    window.run_steps(3);
    let desk = session(window).desk();
    assert!(desk.turn.is_none() && desk.mask.is_none() && desk.marks.is_empty());
    assert_eq!(unnamed(window), [""; 0]);
}

/// A photo can be dropped, said something about, and takes come.
fn usable(window: &mut Window, photo: &std::path::Path) {
    drop_on(window, &[photo.to_owned()]);
    crate::hands::opened(window);
    // some folder may have been named as a model, and no run of that begins
    window.state_mut().obey(Command::Editor(None));
    // it may have been left while its takes were made
    press(window, Key::Escape);
    until(window, |studio| {
        let session = studio.engine().session();
        session.is_some_and(|session| session.running.is_none())
    });
    let language = window.state_mut().look_mut().language.clone();
    let texts = Texts::of(&language);
    let line = texts.get("instruction");
    let line = window.get_by_role_and_label(Role::MultilineTextInput, line);
    line.click();
    window.run_steps(2);
    press_with(window, CTRL, Key::A);
    write(window, "warmer");
    let before = session(window).history.steps().len();
    let generate = texts.get("generate");
    let button = window.get_by_role_and_label(Role::Button, generate);
    button.click();
    window.run_steps(2);
    // a run of one take may be over by now, but it is a step of the history
    let begun = session(window);
    assert!(
        begun.history.steps().len() > before,
        "“{}” does not run: {:?}, {:?}",
        begun.draft.text(),
        begun.draft.chips(),
        window.state().engine().messages()
    );
    until(window, |studio| {
        let session = studio.engine().session();
        session.is_some_and(|session| !session.sheet().is_empty())
    });
    sound(window);
}
