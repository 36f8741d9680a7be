//! What is kept: an engine's journal gives another engine the same session.

use std::fs;

use retake_core::{EditorSettings, SettingValue};

use super::home::{Home, sample, told, worked_on};
use super::*;
use crate::keeping::{Noted, Restored};

#[test]
fn another_engine_is_where_the_first_one_was() {
    let home = Home::new("equal");
    let mut engine = home.opened();
    worked_on(&mut engine);
    let before = told(session(&engine));
    drop(engine);
    let engine = home.opened();
    assert_eq!(told(session(&engine)), before);
    let messages = engine.messages();
    assert!(
        messages
            .iter()
            .any(|m| m.text.to_string().contains("Taken up where it was left")),
        "{messages:?}"
    );
}

#[test]
fn the_shortest_journal_says_the_same() {
    let home = Home::new("short");
    let mut engine = home.opened();
    worked_on(&mut engine);
    let session = session(&engine);
    let (noted, lines) = Noted::everything(session);
    let mut again = Session::new(
        None,
        session.photo.clone(),
        session.working.clone(),
        session.shown.clone(),
    );
    Restored::of(lines.clone()).into_session(&mut again);
    assert_eq!(told(&again), told(session));
    assert!(
        noted.clone().missing(session).is_empty(),
        "nothing is left to say"
    );
    assert_eq!(Noted::everything(&again).1, lines);
}

#[test]
fn takes_are_made_again_with_pictures_and_maps_and_keep_their_numbers() {
    let home = Home::new("again");
    let mut engine = home.opened();
    generate(&mut engine, "warmer", 2);
    let shown: Vec<_> = session(&engine)
        .sheet()
        .iter()
        .map(|take| take.shown.clone())
        .collect();
    drop(engine);
    let mut engine = home.opened();
    assert!(
        session(&engine)
            .sheet()
            .iter()
            .all(|take| take.card.is_some() && take.shown.is_none()),
        "scores are there at once"
    );
    until(&mut engine, |engine| {
        session(engine)
            .sheet()
            .iter()
            .all(|take| crate::take::missing(take) == crate::take::Missing::Nothing)
    });
    let again: Vec<_> = session(&engine)
        .sheet()
        .iter()
        .map(|take| take.shown.clone())
        .collect();
    assert_eq!(shown, again);
}

#[test]
fn what_is_done_after_a_restart_is_kept_as_well() {
    let home = Home::new("after");
    let mut engine = home.opened();
    generate(&mut engine, "warmer", 1);
    drop(engine);
    let mut engine = home.opened();
    let take = session(&engine).sheet()[0].id;
    engine.obey(Command::Flag(take, Flag::Picked));
    let before = told(session(&engine));
    drop(engine);
    assert_eq!(told(session(&home.opened())), before);
}

#[test]
fn how_a_group_was_searched_comes_back_with_it() {
    let home = Home::new("searched");
    let mut engine = home.opened();
    engine.obey(Command::Strategy("halving"));
    let set: EditorSettings = [("keep".to_owned(), SettingValue::Number(0.25))].into();
    engine.obey(Command::SetStrategy("halving", set));
    generate(&mut engine, "warmer", 2);
    let searched = |engine: &Engine| {
        let turn = session(engine).desk().turn.clone();
        turn.and_then(|turn| turn.searched.clone())
    };
    let before = searched(&engine).expect("it was searched");
    assert!(before.strategy == "halving" && !before.set.is_empty());
    drop(engine);
    assert_eq!(searched(&home.opened()), Some(before));
}

#[test]
fn a_drag_is_a_step_and_one_amendment() {
    let home = Home::new("drag");
    let mut engine = home.opened();
    for i in 0..50 {
        let weights = Weights {
            following: i as f32 / 50.0,
            ..Weights::default()
        };
        let done = i == 49;
        engine.obey(Command::Weigh { weights, done });
    }
    drop(engine);
    let text = fs::read_to_string(home.journal()).expect("it is there");
    let count = |kind: &str| text.matches(&format!("{{\"line\":\"{kind}\"")).count();
    assert_eq!((count("step"), count("amend")), (1, 1), "{text}");
}

#[test]
fn a_second_window_on_the_photo_is_told_and_keeps_nothing() {
    let home = Home::new("second");
    let mut first = home.opened();
    let mut second = home.opened();
    let told_so = |m: &Message| m.text.to_string().contains("open in another Retake window");
    assert!(
        second.messages().iter().any(told_so),
        "{:?}",
        second.messages()
    );
    second.obey(Command::Say("of the second".to_owned()));
    first.obey(Command::Say("of the first".to_owned()));
    drop((second, first));
    assert_eq!(session(&home.opened()).draft.text(), "of the first");
}

#[test]
fn a_journal_that_cannot_be_written_is_one_message_and_the_work_goes_on() {
    let home = Home::new("unwritable");
    let mut engine = home.opened();
    fs::remove_dir_all(home.0.join("sessions")).expect("it is there");
    generate(&mut engine, "warmer", 1);
    for text in ["a", "b", "c"] {
        engine.obey(Command::Say(text.to_owned()));
    }
    let told_so = |m: &&Message| m.text.to_string().contains("history cannot be kept");
    until(&mut engine, |engine| {
        engine.messages().iter().any(|m| told_so(&m))
    });
    assert_eq!(engine.messages().iter().filter(told_so).count(), 1);
    assert_eq!(session(&engine).sheet().len(), 1);
    assert!(!session(&engine).may_go(), "it stays in memory");
}

#[test]
fn a_journal_that_is_behind_becomes_whole_with_all_of_it() {
    let home = Home::new("behind");
    let mut engine = home.opened();
    generate(&mut engine, "warmer", 1);
    fs::remove_dir_all(home.0.join("sessions")).expect("it is there");
    let id = engine.slots[0].id;
    engine.give_everything(id);
    let before = told(session(&engine));
    drop(engine);
    assert_eq!(told(session(&home.opened())), before);
}

#[test]
fn a_session_that_was_closed_for_others_comes_back_when_chosen() {
    let home = Home::new("closed");
    let mut engine = home.engine();
    let photos: Vec<_> = (0..6)
        .map(|i| home.photo(&format!("{i}.png"), i * 30))
        .collect();
    engine.obey(Command::Open(photos));
    until(&mut engine, |engine| engine.session().is_some());
    generate(&mut engine, "warmer", 1);
    let before = told(session(&engine));
    for i in 1..6 {
        engine.obey(Command::Choose(i));
        until(&mut engine, |engine| engine.session().is_some());
    }
    assert!(
        engine.slots()[0].session().is_none(),
        "its memory was given away"
    );
    engine.obey(Command::Choose(0));
    until(&mut engine, |engine| engine.session().is_some());
    assert_eq!(told(session(&engine)), before);
}

#[test]
fn the_sample_opens_without_a_file_and_keeps_its_history() {
    let home = Home::new("sample");
    let mut engine = home.engine();
    engine.begin_with(Vec::new(), sample());
    until(&mut engine, |engine| engine.session().is_some());
    assert_eq!(session(&engine).name(), "sample.jpg");
    engine.obey(Command::Say("warm".to_owned()));
    drop(engine);
    let mut engine = home.engine();
    engine.begin_with(Vec::new(), sample());
    until(&mut engine, |engine| engine.session().is_some());
    assert_eq!(session(&engine).draft.text(), "warm");
}

#[test]
fn pictures_that_nobody_looks_at_are_let_go_and_made_again() {
    let mut engine = engine();
    generate(&mut engine, "warmer", 2);
    generate(&mut engine, "brighter", 2);
    let session_mut = engine.session_mut().expect("a photo is open");
    session_mut.slim_to(0);
    let there = |s: &Session, id: u64| s.takes[&TakeId(id)].shown.is_some();
    assert!(!there(session_mut, 0) && there(session_mut, 2));
    engine.obey(Command::JumpTo(1));
    until(&mut engine, |engine| there(session(engine), 0));
}
