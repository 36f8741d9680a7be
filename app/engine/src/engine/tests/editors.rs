//! Several editors in one session: one is chosen, loaded, fails, stands beside the darkroom, goes on from its takes.

mod kept;
mod on_top;
mod splash;
mod tuned;
mod unscored;

use std::sync::atomic::Ordering;

use retake_core::Rng;

use self::splash::Stage;
use super::*;
use crate::{EditorState, Offer};

/// The real kit with models on offer.
fn kit_on(stage: &Arc<Stage>) -> Kit {
    Kit {
        editors: stage.editors(),
        ..kit()
    }
}

/// An engine with a small picture open that knows what is on offer.
fn engine_on(stage: &Arc<Stage>) -> Engine {
    let mut engine = Engine::new(kit_on(stage), || {});
    open_small(&mut engine);
    until(&mut engine, |engine| engine.offers().count() == 3);
    engine
}

fn choose(engine: &mut Engine, id: &str) {
    engine.obey(Command::Editor(Some(id.to_owned())));
}

fn told(engine: &Engine, words: &str) -> bool {
    let messages = engine.messages().iter();
    messages
        .into_iter()
        .any(|message| message.text.to_string().contains(words))
}

fn names(engine: &Engine) -> Vec<Option<String>> {
    let sheet = session(engine).sheet();
    let name = |take: &Arc<crate::Take>| take.model.as_ref().map(|model| model.name.clone());
    sheet.into_iter().map(name).collect()
}

#[test]
fn a_model_that_is_chosen_is_loaded_while_the_photo_stays_usable() {
    let stage = Arc::new(Stage::default());
    stage.gate.store(true, Ordering::Relaxed);
    let mut engine = engine_on(&stage);
    choose(&mut engine, "red");
    assert_eq!(engine.editor_state("red"), EditorState::Loading);
    engine.obey(Command::Editor(None));
    generate(&mut engine, "warmer", 1);
    assert_eq!(names(&engine), [None]);
    stage.gate.store(false, Ordering::Relaxed);
    until(&mut engine, |engine| {
        engine.editor_state("red") == EditorState::Ready
    });
}

#[test]
fn what_the_darkroom_cannot_make_is_offered_to_a_model_and_made_by_it() {
    let mut engine = engine_on(&Arc::default());
    engine.obey(Command::Say("add a dog".to_owned()));
    engine.obey(Command::Generate);
    assert!(session(&engine).running.is_none() && !engine.ready());
    let offer = engine.messages().iter().find_map(|m| m.offer.clone());
    assert_eq!(offer, Some(Offer::Switch("red".to_owned())));
    engine.obey(offer.expect("there is one").command());
    assert!(engine.ready());
    engine.obey(Command::Candidates(2));
    engine.obey(Command::Generate);
    until(&mut engine, |engine| session(engine).running.is_none());
    assert_eq!(
        names(&engine),
        [Some("RED".to_owned()), Some("RED".to_owned())]
    );
    assert!(
        session(&engine)
            .sheet()
            .iter()
            .all(|take| take.card.is_some())
    );
}

#[test]
fn words_that_nobody_understood_are_no_obstacle_to_a_model() {
    let mut engine = engine_on(&Arc::default());
    choose(&mut engine, "red");
    generate(&mut engine, "flurbish quonk", 1);
    assert_eq!(session(&engine).sheet().len(), 1);
}

#[test]
fn another_editor_adds_its_takes_to_the_group_and_all_rank_together() {
    let mut engine = engine_on(&Arc::default());
    generate(&mut engine, "warmer", 2);
    engine.obey(Command::TryEditor(Some("red".to_owned())));
    until(&mut engine, |engine| session(engine).running.is_none());
    assert_eq!(
        names(&engine),
        [None, None, Some("RED".to_owned()), Some("RED".to_owned())]
    );
    assert_eq!(session(&engine).ranking().order.len(), 4);
    engine.obey(Command::Undo);
    assert_eq!(session(&engine).sheet().len(), 2);
}

#[test]
fn the_darkroom_is_not_asked_for_more_of_what_it_cannot_make() {
    let mut engine = engine_on(&Arc::default());
    choose(&mut engine, "red");
    generate(&mut engine, "add a dog", 1);
    engine.obey(Command::TryEditor(None));
    assert!(session(&engine).running.is_none());
    assert!(told(&engine, "“add a dog” needs new content"));
    assert_eq!(
        engine.chosen().map(|model| model.id),
        Some("red".to_owned())
    );
}

#[test]
fn a_model_that_cannot_be_loaded_is_told_of_and_the_darkroom_goes_on() {
    let mut engine = engine_on(&Arc::default());
    choose(&mut engine, "broken");
    generate(&mut engine, "warmer", 2);
    assert!(matches!(session(&engine).ended, Some(Ended::Failed(_))));
    assert!(told(
        &engine,
        "BROKEN could not be loaded: a shard is missing"
    ));
    assert!(matches!(
        engine.editor_state("broken"),
        EditorState::Failed(_)
    ));
    engine.obey(Command::Editor(None));
    generate(&mut engine, "warmer", 2);
    assert_eq!(session(&engine).sheet().len(), 2);
}

#[test]
fn a_run_that_is_stopped_while_its_model_is_loaded_never_begins() {
    let stage = Arc::new(Stage::default());
    stage.gate.store(true, Ordering::Relaxed);
    let mut engine = engine_on(&stage);
    choose(&mut engine, "red");
    engine.obey(Command::Say("add a dog".to_owned()));
    engine.obey(Command::Generate);
    assert!(
        session(&engine)
            .running
            .as_ref()
            .is_some_and(|running| running.loading)
    );
    engine.obey(Command::Stop);
    assert!(session(&engine).running.is_none());
    stage.gate.store(false, Ordering::Relaxed);
    until(&mut engine, |engine| {
        engine.editor_state("red") == EditorState::Ready
    });
    assert!(session(&engine).sheet().is_empty() && session(&engine).running.is_none());
}

#[test]
fn a_run_whose_model_gives_way_to_another_one_ends_before_it_began() {
    let stage = Arc::new(Stage::default());
    stage.gate.store(true, Ordering::Relaxed);
    let mut engine = engine_on(&stage);
    choose(&mut engine, "red");
    engine.obey(Command::Say("add a dog".to_owned()));
    engine.obey(Command::Generate);
    choose(&mut engine, "blue");
    assert_eq!(session(&engine).ended, Some(Ended::Stopped(0)));
    stage.gate.store(false, Ordering::Relaxed);
    until(&mut engine, |engine| {
        engine.editor_state("blue") == EditorState::Ready
    });
    assert_eq!(stage.most.load(Ordering::SeqCst), 1);
    generate(&mut engine, "add a dog", 1);
    assert_eq!(names(&engine), [Some("BLUE".to_owned())]);
}

#[test]
fn only_one_model_is_in_memory_at_a_time() {
    let stage = Arc::new(Stage::default());
    let mut engine = engine_on(&stage);
    for id in ["red", "blue", "red"] {
        choose(&mut engine, id);
        generate(&mut engine, "add a dog", 2);
        assert_eq!(session(&engine).sheet().len(), 2);
    }
    assert_eq!(stage.most.load(Ordering::SeqCst), 1);
}

#[test]
fn a_folder_that_was_chosen_is_on_offer_from_then_on() {
    let mut engine = engine_on(&Arc::default());
    choose(&mut engine, "/elsewhere/my-model");
    generate(&mut engine, "add a dog", 1);
    assert_eq!(names(&engine), [Some("my-model".to_owned())]);
    assert!(engine.offers().any(|offer| offer.name == "my-model"));
}

#[test]
fn a_take_that_fails_is_told_of_and_the_others_are_there() {
    let stage = Arc::new(Stage::default());
    *stage.fails.lock().expect("nobody panics") = vec![Rng::seed_of(0, 1)];
    let mut engine = engine_on(&stage);
    choose(&mut engine, "red");
    generate(&mut engine, "add a dog", 3);
    let there = session(&engine);
    assert_eq!((there.sheet().len(), there.failed.len()), (2, 1));
    assert!(matches!(there.ended, Some(Ended::Done(_))));
    assert!(told(
        &engine,
        "1 of 3 takes could not be made: the numbers became infinite"
    ));
}

#[test]
fn every_step_of_a_slow_editor_is_told_with_what_it_looks_like() {
    let stage = Arc::new(Stage::default());
    let mut engine = engine_on(&stage);
    choose(&mut engine, "red");
    engine.obey(Command::Say("add a dog".to_owned()));
    engine.obey(Command::Candidates(32));
    engine.obey(Command::Generate);
    until(&mut engine, |engine| {
        let session = session(engine);
        let step = session.running.as_ref().and_then(|running| running.step);
        step.is_some_and(|(take, done, total)| {
            (1..4).contains(&done) && total == 4 && session.previews.contains_key(&take)
        })
    });
    engine.obey(Command::Stop);
}
