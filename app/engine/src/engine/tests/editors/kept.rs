//! Takes of a model after a restart: seen at once, without the model.

use super::*;
use crate::engine::tests::home::Home;

fn restarted(home: &Home, stage: &Arc<Stage>) -> Engine {
    let mut engine = Engine::keeping(kit_on(stage), &home.0, || {});
    open_small(&mut engine);
    engine
}

/// A session with a take of each family in one group, left.
fn left(home: &Home, stage: &Arc<Stage>) {
    let mut engine = restarted(home, stage);
    generate(&mut engine, "warmer", 1);
    engine.obey(Command::TryEditor(Some("red".to_owned())));
    until(&mut engine, |engine| session(engine).running.is_none());
}

#[test]
fn after_a_restart_a_models_take_is_seen_before_the_model_is_loaded() {
    let (home, stage) = (Home::new("kept"), Arc::new(Stage::default()));
    left(&home, &stage);
    let mut engine = restarted(&home, &stage);
    until(&mut engine, |engine| {
        let sheet = session(engine).sheet();
        sheet.len() == 2 && sheet.iter().all(|take| take.shown.is_some())
    });
    assert_eq!(names(&engine), [None, Some("RED".to_owned())]);
    let turn = session(&engine).desk().turn.clone().expect("a group");
    assert_eq!(
        turn.model.as_ref().map(|model| model.id.as_str()),
        Some("red")
    );
    assert_eq!(stage.alive.load(Ordering::SeqCst), 0);
    let take = session(&engine).sheet()[1].id;
    assert_eq!(
        engine.lacks(take).map(|model| model.name),
        Some("RED".to_owned())
    );
}

#[test]
fn a_look_at_it_shows_what_was_kept_and_then_what_the_model_makes() {
    let (home, stage) = (Home::new("looked"), Arc::new(Stage::default()));
    left(&home, &stage);
    let mut engine = restarted(&home, &stage);
    let take = session(&engine).sheet()[1].id;
    let view = View {
        subject: Subject::Take(take),
        part: retake_core::Rect::whole(96, 64),
        size: (96, 64),
    };
    let look = |engine: &mut Engine| {
        engine.obey(Command::Look {
            pane: 0,
            view,
            pixels: true,
        });
    };
    look(&mut engine);
    until(&mut engine, |engine| engine.seen(0).is_some());
    let away = engine.seen(0).expect("it came").key;
    let red = engine.lacks(take).expect("it is away");
    engine.obey(Command::LoadModel(red));
    until(&mut engine, |engine| engine.lacks(take).is_none());
    look(&mut engine);
    until(&mut engine, |engine| {
        engine.seen(0).is_some_and(|seen| seen.key != away)
    });
}

#[test]
fn an_export_without_the_model_asks_for_it() {
    let (home, stage) = (Home::new("asks"), Arc::new(Stage::default()));
    left(&home, &stage);
    let mut engine = restarted(&home, &stage);
    let take = session(&engine).sheet()[1].id;
    let to = home.0.join("out.jpg");
    engine.obey(Command::Export(crate::Export {
        takes: vec![take],
        to: to.clone(),
        format: retake_files::save::Format::Jpeg,
        quality: 90,
        space: retake_files::save::OutputSpace::Srgb,
        metadata: retake_files::save::MetadataPolicy::Keep,
        long_edge: None,
    }));
    let offer = engine.messages().iter().rev().find_map(|m| m.offer.clone());
    let needed = engine.lacks(take).expect("it is away");
    assert_eq!(offer, Some(Offer::Load(needed)));
    assert!(told(
        &engine,
        "This take was made by RED, which is not loaded."
    ));
    assert!(!to.exists());
}

#[test]
fn more_like_a_models_take_loads_its_model_whichever_is_chosen() {
    let (home, stage) = (Home::new("like"), Arc::new(Stage::default()));
    left(&home, &stage);
    let mut engine = restarted(&home, &stage);
    let take = session(&engine).sheet()[1].id;
    engine.obey(Command::Candidates(1));
    engine.obey(Command::MoreLike(take));
    until(&mut engine, |engine| session(engine).running.is_none());
    assert_eq!(names(&engine), [Some("RED".to_owned())]);
}

#[test]
fn a_place_that_stayed_empty_says_why_after_a_restart_too() {
    let (home, stage) = (Home::new("unmade"), Arc::new(Stage::default()));
    *stage.fails.lock().expect("nobody panics") = vec![Rng::seed_of(0, 1)];
    let mut engine = restarted(&home, &stage);
    choose(&mut engine, "red");
    generate(&mut engine, "add a dog", 3);
    let failed = session(&engine).failed.clone();
    assert_eq!(failed.len(), 1);
    drop(engine);
    let engine = restarted(&home, &stage);
    assert_eq!(session(&engine).failed, failed);
    assert_eq!(session(&engine).sheet().len(), 2);
    assert_eq!(session(&engine).ended, None, "nothing was broken off");
}

#[test]
fn a_place_that_stayed_empty_is_still_there_when_more_are_made() {
    let stage = Arc::new(Stage::default());
    *stage.fails.lock().expect("nobody panics") = vec![Rng::seed_of(0, 0)];
    let mut engine = engine_on(&stage);
    choose(&mut engine, "red");
    generate(&mut engine, "add a dog", 2);
    engine.obey(Command::More);
    until(&mut engine, |engine| session(engine).running.is_none());
    let there = session(&engine);
    assert_eq!((there.sheet().len(), there.failed.len()), (3, 1));
}
