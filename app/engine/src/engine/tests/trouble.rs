//! Bad days: photos that vanish or are cut short, places that cannot be written, two hundred photos at once. Each is one
//! sentence, and nothing is lost.

use std::fs;
use std::path::Path;

use super::home::{Home, told};
use super::*;
use crate::Export;

fn said(engine: &Engine) -> Vec<String> {
    let messages = engine.messages().iter();
    messages.map(|message| message.text.to_string()).collect()
}

fn choose(engine: &mut Engine, index: usize) {
    engine.obey(Command::Choose(index));
    until(engine, |engine| {
        !matches!(engine.slots()[index].state, SlotState::Opening)
    });
}

fn failed(engine: &Engine, index: usize) -> Option<String> {
    match &engine.slots()[index].state {
        SlotState::Failed(sentence) => Some(sentence.to_string()),
        _ => None,
    }
}

fn export(engine: &mut Engine, to: &Path) {
    let take = session(engine).sheet()[0].id;
    engine.obey(Command::Export(Export {
        takes: vec![take],
        to: to.to_owned(),
        format: retake_files::save::Format::Png,
        quality: 90,
        space: retake_files::save::OutputSpace::Srgb,
        metadata: retake_files::save::MetadataPolicy::Keep,
        long_edge: None,
    }));
    until(engine, |engine| engine.exporting() == 0);
    engine.take_in();
}

/// A home with a photo in it that is open and has a take.
fn worked_on(name: &str) -> (Home, Engine, PathBuf) {
    let home = Home::new(name);
    let photo = home.photo("a.png", 40);
    let mut engine = home.engine();
    engine.obey(Command::Open(vec![photo.clone()]));
    until(&mut engine, |engine| engine.session().is_some());
    generate(&mut engine, "warmer", 1);
    (home, engine, photo)
}

#[test]
fn a_photo_that_vanishes_while_it_is_open_can_still_be_exported() {
    let (home, mut engine, photo) = worked_on("vanished-open");
    fs::remove_file(photo).expect("it is there");
    let to = home.0.join("take.png");
    export(&mut engine, &to);
    assert!(to.is_file(), "{:?}", said(&engine));
}

#[test]
fn a_photo_that_vanished_says_so_and_its_history_waits_for_it() {
    let (home, mut engine, photo) = worked_on("vanished-closed");
    let before = told(session(&engine));
    let others = (1..6).map(|i| home.photo(&format!("{i}.png"), i * 30));
    engine.obey(Command::Open(others.collect()));
    for index in 1..6 {
        choose(&mut engine, index);
    }
    assert!(engine.slots()[0].session().is_none(), "it left the memory");
    let bytes = fs::read(&photo).expect("it is there");
    fs::remove_file(&photo).expect("it is there");
    choose(&mut engine, 0);
    let sentence = failed(&engine, 0).expect("it is not there");
    assert!(sentence.contains("no such file") && sentence.contains("a.png"));
    fs::write(&photo, bytes).expect("writable");
    choose(&mut engine, 0);
    assert_eq!(told(session(&engine)), before);
}

#[test]
fn a_photo_that_vanishes_after_its_thumbnail_says_so_when_it_is_chosen() {
    let (home, mut engine, _) = worked_on("vanished-thumbnail");
    let other = home.photo("b.png", 90);
    let third = home.photo("c.png", 120);
    engine.obey(Command::Open(vec![other, third.clone()]));
    until(&mut engine, |engine| engine.slots()[2].thumbnail.is_some());
    fs::remove_file(third).expect("it is there");
    choose(&mut engine, 2);
    assert!(failed(&engine, 2).is_some_and(|sentence| sentence.contains("c.png")));
    choose(&mut engine, 0);
    assert_eq!(session(&engine).sheet().len(), 1);
}

#[test]
fn a_photo_that_is_cut_short_is_one_sentence() {
    let (home, mut engine, photo) = worked_on("cut-short");
    let bytes = fs::read(photo).expect("it is there");
    let short = home.0.join("short.png");
    fs::write(&short, &bytes[..bytes.len() / 2]).expect("writable");
    engine.obey(Command::Open(vec![short]));
    choose(&mut engine, 1);
    let sentence = failed(&engine, 1).expect("half of it is missing");
    assert!(sentence.contains("cut short"), "{sentence}");
    assert_eq!(
        said(&engine)
            .iter()
            .filter(|text| text.contains("short.png"))
            .count(),
        1
    );
}

#[test]
fn an_export_that_cannot_be_written_is_one_sentence_and_can_be_tried_elsewhere() {
    let (home, mut engine, photo) = worked_on("no-folder");
    export(&mut engine, &photo.join("take.png"));
    let spoken: Vec<_> = said(&engine);
    let told = spoken.iter().filter(|text| text.contains("no such folder"));
    assert_eq!(told.count(), 1, "{spoken:?}");
    let to = home.0.join("take.png");
    export(&mut engine, &to);
    assert!(to.is_file(), "{:?}", said(&engine));
}

#[test]
fn a_home_that_cannot_be_used_is_one_sentence_and_the_work_goes_on() {
    let home = Home::new("no-home");
    let photo = home.photo("a.png", 40);
    let mut engine = Engine::keeping(kit(), &photo.join("home"), || {});
    engine.obey(Command::Open(vec![photo]));
    until(&mut engine, |engine| engine.session().is_some());
    assert_eq!(said(&engine).len(), 1, "{:?}", said(&engine));
    generate(&mut engine, "warmer", 2);
    engine.obey(Command::Undo);
    engine.obey(Command::Redo);
    assert_eq!(session(&engine).sheet().len(), 2);
}

#[test]
fn what_a_full_disk_held_up_is_written_when_the_window_closes() {
    let (home, mut engine, photo) = worked_on("full");
    let folder = home.journal().parent().expect("a folder").to_owned();
    // a file in the folder's place: nothing can be written there
    fs::remove_dir_all(&folder).expect("it is there");
    fs::write(&folder, b"").expect("writable");
    let id = engine.slots[0].id;
    engine.give_everything(id);
    until(&mut engine, |engine| session(engine).unkept);
    engine.obey(Command::Say("brighter".to_owned()));
    let before = told(session(&engine));
    fs::remove_file(&folder).expect("it is there");
    drop(engine);
    let mut engine = home.engine();
    engine.obey(Command::Open(vec![photo]));
    until(&mut engine, |engine| engine.session().is_some());
    assert_eq!(told(session(&engine)), before);
}

#[test]
fn two_hundred_photos_at_once_are_small_pictures_and_few_of_them_open() {
    let home = Home::new("two-hundred");
    let photos: Vec<_> = (0..200)
        .map(|i| home.photo(&format!("{i:03}.png"), i))
        .collect();
    let mut engine = home.engine();
    engine.obey(Command::Open(photos));
    until(&mut engine, |engine| engine.session().is_some());
    assert_eq!(engine.slots().len(), 200);
    until(&mut engine, |engine| {
        engine.slots().iter().all(|slot| slot.thumbnail.is_some())
    });
    for index in (0..200).step_by(20) {
        choose(&mut engine, index);
    }
    let open = engine
        .slots()
        .iter()
        .filter(|slot| slot.session().is_some());
    assert!(open.count() <= OPEN_AT_ONCE);
    assert_eq!(said(&engine), [""; 0]);
}
