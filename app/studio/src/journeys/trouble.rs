//! Files that vanish, folders that cannot be written, too much at once, too little room: a sentence where one helps, and
//! nothing lost.

use std::path::PathBuf;

use eframe::egui::{Key, Role, vec2};
use retake_engine::{MessageKind, SlotState};

use crate::hands::{
    CTRL, Window, ask_for, click_button, click_first, drop_on, opened, press, press_with, rewrite,
    says, with_photo,
};
use crate::look::{Sheet, Tool};
use crate::testing::{Scratch, session, until, window};

/// The latest thing that went wrong, in its words.
fn problem(window: &Window) -> Option<String> {
    let messages = window.state().engine().messages().iter();
    let problem = messages
        .rev()
        .find(|message| message.kind == MessageKind::Problem);
    problem.map(|message| message.text.to_string())
}

#[test]
fn a_file_that_vanished_is_a_sentence_and_the_other_photo_keeps_its_takes() {
    let folder = Scratch::new("vanished");
    let (here, gone) = (folder.photo("here.png"), folder.photo("gone.png"));
    let mut window = window([1280.0, 800.0], Vec::new());
    drop_on(&mut window, &[here, gone.clone()]);
    opened(&mut window);
    ask_for(&mut window, "warmer", 1);
    std::fs::remove_file(&gone).expect("it was there");
    click_first(&mut window, "gone.png");
    until(&mut window, |studio| {
        let slots = studio.engine().slots();
        slots
            .iter()
            .any(|slot| matches!(slot.state, SlotState::Failed(_)))
    });
    let sentence = problem(&window).expect("it is said");
    assert!(sentence.contains("gone.png"), "{sentence}");
    window.run_steps(2);
    assert!(says(&window, "Choose another photo"));
    click_first(&mut window, "here.png");
    assert_eq!(session(&window).sheet().len(), 1);
}

/// A folder nobody can write into, whoever runs the test.
fn read_only() -> Option<PathBuf> {
    cfg!(target_os = "linux").then(|| PathBuf::from("/proc/self"))
}

#[test]
fn a_folder_that_cannot_be_written_is_a_sentence_and_the_take_stays() {
    let Some(folder) = read_only() else { return };
    let mut window = with_photo();
    ask_for(&mut window, "warmer", 1);
    press_with(&mut window, CTRL, Key::E);
    let to = folder.join("out.jpg");
    let path = to.display().to_string();
    rewrite(&mut window, Role::TextInput, "File", &path);
    click_button(&mut window, "Export");
    until(&mut window, |studio| studio.engine().exporting() == 0);
    let sentence = problem(&window).expect("it is said");
    assert!(sentence.contains("/proc/self"), "{sentence}");
    assert!(!to.exists());
    assert_eq!(session(&window).sheet().len(), 1);
}

#[test]
fn thirty_photos_at_once_all_come_and_the_broken_one_says_so() {
    let folder = Scratch::new("thirty");
    let names = (0..30).map(|i| format!("photo-{i:02}.png"));
    let photos: Vec<PathBuf> = names.map(|name| folder.photo(&name)).collect();
    std::fs::write(&photos[1], b"not a picture at all").expect("temporary files can be written");
    let mut window = window([1280.0, 800.0], Vec::new());
    drop_on(&mut window, &photos);
    opened(&mut window);
    assert_eq!(session(&window).name(), "photo-00.png");
    until(&mut window, |studio| {
        let slots = studio.engine().slots();
        slots.iter().filter(|slot| slot.thumbnail.is_some()).count() == 29
    });
    assert_eq!(window.state().engine().slots().len(), 30);
    click_first(&mut window, "photo-01.png");
    until(&mut window, |studio| studio.engine().session().is_none());
    until(&mut window, |studio| !studio.engine().messages().is_empty());
    let sentence = problem(&window).expect("it is said");
    assert!(sentence.contains("photo-01.png"), "{sentence}");
    press(&mut window, Key::Escape);
    press_with(&mut window, CTRL, Key::ArrowRight);
    opened(&mut window);
    assert_eq!(session(&window).name(), "photo-02.png");
}

#[test]
fn a_drop_without_a_photo_in_it_is_a_sentence() {
    let folder = Scratch::new("nothing");
    let empty = folder.join("empty");
    std::fs::create_dir(&empty).expect("temporary files can be written");
    let mut window = with_photo();
    drop_on(&mut window, &[empty]);
    let sentence = problem(&window).expect("it is said");
    assert!(sentence.contains("no photo"), "{sentence}");
    assert_eq!(session(&window).name(), "astronaut.png");
}

#[test]
fn the_same_photo_dropped_twice_is_one_photo() {
    let mut window = with_photo();
    ask_for(&mut window, "warmer", 1);
    drop_on(&mut window, &[crate::testing::sample("astronaut.png")]);
    window.run_steps(3);
    assert_eq!(window.state().engine().slots().len(), 1);
    assert_eq!(session(&window).sheet().len(), 1);
}

#[test]
fn a_sliver_of_a_window_holds_every_sheet_and_tool() {
    let mut window = with_photo();
    ask_for(&mut window, "warmer", 1);
    window.set_size(vec2(60.0, 40.0));
    for sheet in [
        Sheet::None,
        Sheet::Palette,
        Sheet::Shortcuts,
        Sheet::Export,
        Sheet::Settings,
    ] {
        let look = window.state_mut().look_mut();
        (look.sheet, look.tool) = (sheet, Tool::Brush);
        window.run_steps(3);
    }
    window.set_size(vec2(1280.0, 800.0));
    press(&mut window, Key::Escape);
    assert!(says(&window, "Take 1, "));
}
