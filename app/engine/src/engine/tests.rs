//! Sessions as a person would have them, with the real darkroom and rewards at a small size.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use retake_core::{PhotoId, Raster, Said};

use super::*;
use crate::{Command, Ended, Flag, Subject, TakeId, Weights};

mod acts;
mod crash;
mod editors;
mod effort;
mod exports;
mod finding;
mod guessing;
mod home;
mod judging;
mod keeping;
mod showing;
mod trouble;
mod watching;

/// The real darkroom and reward.
fn kit() -> Kit {
    Kit {
        editors: Editors::default(),
        judges: Judges::default(),
        eyes: retake_core::Eyes::default(),
        editor: Arc::new(retake_darkroom::Darkroom::new(
            retake_darkroom::Device::choose("cpu").expect("the processor is always there"),
        )),
        rewards: vec![(retake_rewards::REWARDS[0].new)(
            retake_core::Eyes::default(),
        )]
        .into(),
        device: "cpu".to_owned(),
    }
}

/// An engine with a pasted picture open.
fn engine() -> Engine {
    let mut engine = Engine::new(kit(), || {});
    open_small(&mut engine);
    engine
}

fn open_small(engine: &mut Engine) {
    let rgba: Vec<u8> = (0..96 * 64)
        .flat_map(|i| {
            let (x, y) = (i % 96, i / 96);
            [
                (40 + x * 2) as u8,
                (60 + y * 2) as u8,
                (90 + (x + y) % 60) as u8,
                255,
            ]
        })
        .collect();
    engine.obey(Command::OpenPasted(Arc::new(crate::Pasted {
        width: 96,
        height: 64,
        rgba,
    })));
    until(engine, |engine| engine.session().is_some());
}

/// Takes answers in until something holds; a minute is an eternity.
fn until(engine: &mut Engine, holds: impl Fn(&Engine) -> bool) {
    let start = Instant::now();
    while !holds(engine) {
        engine.take_in();
        assert!(start.elapsed() < Duration::from_secs(60), "it never came");
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn session(engine: &Engine) -> &Session {
    engine.session().expect("a photo is open")
}

fn generate(engine: &mut Engine, text: &str, count: usize) {
    engine.obey(Command::Say(text.to_owned()));
    engine.obey(Command::Candidates(count));
    engine.obey(Command::Generate);
    until(engine, |engine| session(engine).running.is_none());
}

#[test]
fn a_sentence_becomes_scored_takes() {
    let mut engine = engine();
    generate(&mut engine, "warmer", 3);
    let sheet = session(&engine).sheet();
    assert_eq!(sheet.len(), 3);
    assert!(
        sheet
            .iter()
            .all(|take| take.card.is_some() && take.shown.is_some())
    );
    assert!(session(&engine).ranking().leader().is_some());
}

#[test]
fn the_same_turn_makes_the_same_takes_as_more_of_it() {
    let recipes = |engine: &Engine| -> Vec<serde_json::Value> {
        session(engine)
            .sheet()
            .iter()
            .map(|take| take.provenance.recipe.clone())
            .collect()
    };
    let mut all = engine();
    generate(&mut all, "brighter", 4);
    let mut halves = engine();
    generate(&mut halves, "brighter", 2);
    halves.obey(Command::More);
    until(&mut halves, |engine| session(engine).running.is_none());
    assert_eq!(recipes(&all), recipes(&halves));
}

#[test]
fn everything_undoes_and_the_takes_stay() {
    let mut engine = engine();
    generate(&mut engine, "warmer", 2);
    let take = session(&engine).sheet()[0].id;
    engine.obey(Command::Flag(take, Flag::Picked));
    engine.obey(Command::Undo);
    assert_eq!(session(&engine).desk().mark(take).flag, Flag::None);
    engine.obey(Command::Undo);
    assert!(session(&engine).sheet().is_empty());
    engine.obey(Command::Redo);
    assert_eq!(session(&engine).sheet().len(), 2);
}

#[test]
fn an_offered_undo_goes_when_it_would_undo_something_else() {
    let mut engine = engine();
    generate(&mut engine, "warmer", 2);
    let take = session(&engine).sheet()[0].id;
    let offered = |engine: &Engine| engine.messages().iter().any(|message| message.undo);
    engine.obey(Command::Flag(take, Flag::Picked));
    assert!(offered(&engine));
    engine.obey(Command::Stars(take, 3));
    assert!(!offered(&engine));
    engine.obey(Command::Flag(take, Flag::Picked));
    engine.obey(Command::Undo);
    assert!(!offered(&engine));
}

#[test]
fn weights_order_anew_without_making_anything_again() {
    let mut engine = engine();
    generate(&mut engine, "a lot more contrast", 3);
    let made: Vec<_> = session(&engine).sheet().iter().map(|t| t.id).collect();
    let overall = session(&engine).ranking().overall.clone();
    let weights = Weights {
        following: 0.1,
        ..Weights::default()
    };
    engine.obey(Command::Weigh {
        weights,
        done: true,
    });
    assert_ne!(overall, session(&engine).ranking().overall);
    assert_eq!(
        made,
        session(&engine)
            .sheet()
            .iter()
            .map(|t| t.id)
            .collect::<Vec<_>>()
    );
}

#[test]
fn a_drag_is_one_step_of_the_history() {
    let mut engine = engine();
    let before = session(&engine).history.steps().len();
    for (following, done) in [(0.7, false), (0.6, false), (0.5, true)] {
        let weights = Weights {
            following,
            ..Weights::default()
        };
        engine.obey(Command::Weigh { weights, done });
    }
    assert_eq!(session(&engine).history.steps().len(), before + 1);
}

#[test]
fn a_rejected_take_keeps_its_score_and_loses_the_ring() {
    let mut engine = engine();
    generate(&mut engine, "warmer", 3);
    let leader = session(&engine)
        .ranking()
        .leader()
        .expect("three are scored");
    engine.obey(Command::Flag(leader, Flag::Rejected));
    let ranking = session(&engine).ranking();
    assert_ne!(ranking.leader(), Some(leader));
    assert!(ranking.overall.contains_key(&leader));
}

#[test]
fn a_changed_recipe_is_shown_and_scored_again() {
    let mut engine = engine();
    generate(&mut engine, "brighter", 1);
    let take = session(&engine).sheet()[0].clone();
    let recipe = serde_json::json!({ "version": 1, "layers": [{ "operations": [{ "op": "exposure", "stops": -2.0 }] }] });
    engine.obey(Command::Adjust {
        take: take.id,
        recipe,
        label: Said::words("Exposure -2.00"),
        done: true,
    });
    until(&mut engine, |engine| {
        session(engine)
            .take(take.id)
            .is_some_and(|take| !take.stale)
    });
    let adjusted = session(&engine).take(take.id).expect("it is there");
    assert_ne!(adjusted.shown, take.shown);
    let following = |take: &crate::Take| {
        take.card
            .as_ref()
            .and_then(|card| card.value("instruction_following"))
    };
    assert!(
        following(adjusted) < following(&take),
        "darker is not brighter"
    );
    engine.obey(Command::Undo);
    assert_eq!(
        session(&engine).take(take.id).expect("it is there").shown,
        take.shown
    );
}

#[test]
fn the_next_instruction_goes_on_from_a_take_and_still_edits_the_photo() {
    let mut engine = engine();
    generate(&mut engine, "black and white", 1);
    let first = session(&engine).sheet()[0].clone();
    engine.obey(Command::GoOnFrom(Some(first.id)));
    generate(&mut engine, "much brighter", 2);
    for take in session(&engine).sheet() {
        let layers = take.provenance.recipe["layers"]
            .as_array()
            .expect("a recipe")
            .clone();
        let before = first.provenance.recipe["layers"]
            .as_array()
            .expect("a recipe");
        assert!(
            layers.len() > before.len() && layers.starts_with(before),
            "both are in it"
        );
        let [r, g, b] = take.shown.as_ref().expect("shown").at(40, 30);
        assert!(
            r.abs_diff(g) < 3 && g.abs_diff(b) < 3,
            "still black and white"
        );
    }
}

#[test]
fn neighbours_of_a_take_are_near_it() {
    let mut engine = engine();
    generate(&mut engine, "a lot warmer", 1);
    let take = session(&engine).sheet()[0].clone();
    engine.obey(Command::Candidates(3));
    engine.obey(Command::MoreLike(take.id));
    until(&mut engine, |engine| session(engine).running.is_none());
    let sheet = session(&engine).sheet();
    assert_eq!(sheet.len(), 3);
    assert!(
        sheet
            .iter()
            .all(|near| near.provenance.recipe != take.provenance.recipe)
    );
}

#[test]
fn stopping_keeps_what_is_finished() {
    let mut engine = engine();
    engine.obey(Command::Say("like an oil painting".to_owned()));
    engine.obey(Command::Candidates(64));
    engine.obey(Command::Generate);
    until(&mut engine, |engine| !session(engine).sheet().is_empty());
    engine.obey(Command::Stop);
    let there = session(&engine).sheet().len();
    assert!(session(&engine).running.is_none() && there > 0 && there < 64);
    assert_eq!(session(&engine).ended, Some(Ended::Stopped(there)));
    until(&mut engine, |engine| {
        session(engine).sheet().iter().all(|t| t.card.is_some())
    });
}

#[test]
fn what_needs_new_content_is_said_and_nothing_runs() {
    let mut engine = engine();
    engine.obey(Command::Say("add a dog".to_owned()));
    engine.obey(Command::Generate);
    assert!(session(&engine).running.is_none());
    assert!(
        engine.messages()[0]
            .text
            .to_string()
            .contains("“add a dog” needs new content")
    );
}

#[test]
fn a_file_that_is_no_photo_is_a_message_and_the_others_open() {
    let folder = std::env::temp_dir().join(format!("retake-engine-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("writable");
    let bad = folder.join("bad.jpg");
    std::fs::write(&bad, b"not a photo").expect("writable");
    let mut engine = engine();
    engine.obey(Command::Open(vec![bad]));
    until(&mut engine, |engine| !engine.messages().is_empty());
    assert!(matches!(engine.slots()[1].state, SlotState::Failed(_)));
    engine.obey(Command::Choose(0));
    assert!(engine.session().is_some());
    let _ = std::fs::remove_dir_all(folder);
}

#[test]
fn a_part_of_a_take_is_rendered_for_the_screen() {
    let mut engine = engine();
    generate(&mut engine, "warmer", 1);
    let subject = Subject::Take(session(&engine).sheet()[0].id);
    let view = View {
        subject,
        part: retake_core::Rect {
            x0: 10,
            y0: 8,
            x1: 42,
            y1: 32,
        },
        size: (16, 12),
    };
    engine.obey(Command::Look {
        pane: 0,
        view,
        pixels: false,
    });
    until(&mut engine, |engine| engine.seen(0).is_some());
    let seen = engine.seen(0).expect("it came");
    let shown = seen.picture.pixels().expect("the processor made it");
    assert_eq!((shown.width, shown.height), (16, 12));
    assert_eq!(Some(seen.key), engine.key_of(subject));
}

#[test]
fn commands_without_a_photo_do_no_harm() {
    let kit = Kit {
        editors: Editors::default(),
        judges: Judges::default(),
        eyes: retake_core::Eyes::default(),
        editor: Arc::new(Faulty),
        rewards: Vec::new().into(),
        device: "cpu".to_owned(),
    };
    let mut engine = Engine::new(kit, || {});
    for command in [
        Command::Generate,
        Command::More,
        Command::Undo,
        Command::Stop,
        Command::Choose(7),
        Command::Close(0),
        Command::Flag(TakeId(3), Flag::Picked),
        Command::Open(vec![PathBuf::from("/nowhere/at/all")]),
    ] {
        engine.obey(command);
    }
    until(&mut engine, |engine| {
        matches!(engine.slots()[0].state, SlotState::Failed(_))
    });
}

/// An editor with a fault.
struct Faulty;

impl Editor for Faulty {
    fn info(&self) -> retake_core::EditorInfo {
        retake_core::EditorInfo {
            id: "faulty",
            version: "1",
            name: "Panics",
            at_once: None,
            generative: false,
            about: "Panics.",
        }
    }
    fn start(
        &self,
        _: &retake_core::EditRequest,
    ) -> Result<Box<dyn retake_core::Trajectory>, retake_core::EditError> {
        panic!("on purpose")
    }
    fn redo(
        &self,
        _: &retake_core::EditRequest,
        _: &serde_json::Value,
    ) -> Result<Raster, retake_core::EditError> {
        panic!("on purpose")
    }
    fn develop(
        &self,
        _: &retake_core::Photo,
        _: &retake_core::Instruction,
        _: &retake_core::Provenance,
    ) -> Result<Box<dyn retake_core::Picture>, retake_core::EditError> {
        panic!("on purpose")
    }
}

#[test]
fn a_panic_in_the_editor_is_a_message_and_the_photo_is_still_there() {
    let mut engine = engine();
    engine.kit.editor = Arc::new(Faulty);
    let mut broken = Engine::new(
        Kit {
            editors: Editors::default(),
            judges: Judges::default(),
            eyes: retake_core::Eyes::default(),
            editor: Arc::new(Faulty),
            rewards: Vec::new().into(),
            device: "cpu".to_owned(),
        },
        || {},
    );
    let rgba = vec![128; 16 * 16 * 4];
    broken.obey(Command::OpenPasted(Arc::new(crate::Pasted {
        width: 16,
        height: 16,
        rgba,
    })));
    until(&mut broken, |engine| engine.session().is_some());
    generate(&mut broken, "warmer", 2);
    assert!(matches!(session(&broken).ended, Some(Ended::Failed(_))));
    assert_eq!(
        session(&broken).photo.id().0.len(),
        PhotoId([0; 32]).0.len()
    );
}
