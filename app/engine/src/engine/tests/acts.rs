//! What is done with takes is noted for the lab, unless somebody has opted out.

use std::fs;

use super::home::Home;
use super::*;
use crate::Did;

/// What was done, by the take's place on the sheet it came from.
fn did(engine: &Engine) -> Vec<(TakeId, Did)> {
    let acts = session(engine).acts().iter();
    acts.map(|act| (act.take, act.did)).collect()
}

fn export(engine: &mut Engine, take: TakeId, to: PathBuf) {
    engine.obey(Command::Export(crate::Export {
        takes: vec![take],
        to,
        format: retake_files::save::Format::Jpeg,
        quality: 90,
        space: retake_files::save::OutputSpace::Srgb,
        metadata: retake_files::save::MetadataPolicy::Keep,
        long_edge: None,
    }));
    until(engine, |engine| engine.exporting() == 0);
    engine.take_in();
}

#[test]
fn exporting_going_on_and_taking_back_are_told_in_their_order() {
    let home = Home::new("acts");
    let mut engine = home.opened();
    generate(&mut engine, "warmer", 2);
    let [first, second] = [0, 1].map(|place| session(&engine).sheet()[place].id);
    engine.obey(Command::GoOnFrom(Some(first)));
    engine.obey(Command::Undo);
    engine.obey(Command::GoOnFrom(Some(second)));
    generate(&mut engine, "more contrast", 1);
    let third = session(&engine).sheet()[0].id;
    export(&mut engine, third, home.0.join("third.jpg"));
    engine.obey(Command::Undo);
    let expected = [
        (first, Did::GoneOn),
        (first, Did::TakenBack),
        (second, Did::GoneOn),
        (third, Did::Exported),
    ];
    assert_eq!(
        did(&engine),
        expected,
        "undoing the new takes says nothing of the base"
    );
    drop(engine);
    assert_eq!(did(&home.opened()), expected, "and it comes back");
}

#[test]
fn an_export_that_fails_tells_nothing() {
    let mut engine = engine();
    generate(&mut engine, "warmer", 1);
    let take = session(&engine).sheet()[0].id;
    export(&mut engine, take, PathBuf::from("/nowhere/at/all/a.jpg"));
    assert_eq!(did(&engine), []);
}

#[test]
fn for_who_opts_out_nothing_is_written() {
    let home = Home::new("no-acts");
    let mut engine = home.opened();
    engine.obey(Command::NoteActs(false));
    generate(&mut engine, "warmer", 2);
    let take = session(&engine).sheet()[0].id;
    engine.obey(Command::GoOnFrom(Some(take)));
    engine.obey(Command::Undo);
    engine.obey(Command::MoreLike(take));
    until(&mut engine, |engine| session(engine).running.is_none());
    export(&mut engine, take, home.0.join("a.jpg"));
    assert_eq!(did(&engine), []);
    drop(engine);
    let text = fs::read_to_string(home.journal()).expect("it is there");
    assert!(text.contains("\"line\":\"turn\"") && !text.contains("\"line\":\"act\""));
}
