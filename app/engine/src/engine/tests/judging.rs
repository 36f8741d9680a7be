//! Judges beside the measures: opened and gone, heard later than the measures, asked again, and one that answers nobody.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use retake_core::{
    Dimension, Raw, Reason, Reward, RewardInfo, Score, ScoreRequest, Scorecard, Stop, Watch, said,
};

use super::*;
use crate::{Judge, JudgeKind, JudgeState, OpenJudge, Seat};

const FOLLOWING: &str = Dimension::INSTRUCTION_FOLLOWING;

/// What a judge of tests does.
#[derive(Default)]
struct Stage {
    /// it is not there yet
    loading: AtomicBool,
    /// it thinks as long as this holds
    thinking: AtomicBool,
    /// it answers nobody
    dead: AtomicBool,
    opened: AtomicUsize,
    /// pictures a group, group by group
    asked: Mutex<Vec<usize>>,
}

/// Finds each take better than the one before it.
struct Later(Arc<Stage>);

impl Reward for Later {
    fn info(&self) -> RewardInfo {
        RewardInfo {
            id: "later",
            version: "7",
            dimensions: &[Dimension::INSTRUCTION_FOLLOWING],
            about: "Likes what comes later.",
        }
    }
    fn settings(&self) -> serde_json::Value {
        serde_json::json!({ "model": "later-1b", "passes": 1 })
    }
    fn score(&self, group: &ScoreRequest<'_>, watch: &dyn Watch) -> Result<Vec<Scorecard>, Stop> {
        while self.0.thinking.load(Ordering::Relaxed) {
            if watch.stopped() {
                return Err(Stop::Cancelled);
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        let count = group.edited.len();
        self.0.asked.lock().expect("nobody panics").push(count);
        let dead = self.0.dead.load(Ordering::Relaxed);
        let card = |i: usize| match dead {
            true => Scorecard {
                unknown: [(FOLLOWING.into(), said!("Nobody answers."))].into(),
                ..Scorecard::default()
            },
            false => Scorecard {
                scores: [(FOLLOWING.into(), liked((i + 1) as f32 / count as f32))].into(),
                raw: vec![Raw {
                    reward: "later".to_owned(),
                    measures: [("later.liking".to_owned(), i as f64)].into(),
                    told: serde_json::json!({ "answer": "I like it." }),
                }],
                ..Scorecard::default()
            },
        };
        Ok((0..count).map(card).collect())
    }
    fn notices(&self) -> Vec<Said> {
        match self.0.dead.load(Ordering::Relaxed) {
            true => vec![said!("The judge could not be asked.")],
            false => Vec::new(),
        }
    }
}

fn liked(value: f32) -> Score {
    Score {
        value,
        spread: 0.02,
        reasons: vec![Reason {
            id: "liked".to_owned(),
            text: Said::words("I like it."),
            passed: Some(true),
            cost: 0.0,
            check: None,
            evidence: None,
        }],
        evidence: None,
    }
}

fn judges(stage: &Arc<Stage>) -> Judges {
    let stage = stage.clone();
    Judges {
        open: Arc::new(move |judge| {
            while stage.loading.load(Ordering::Relaxed) {
                std::thread::sleep(Duration::from_millis(1));
            }
            if judge.place == "/nowhere" {
                return Err(said!("There is no such folder."));
            }
            stage.opened.fetch_add(1, Ordering::Relaxed);
            let stage = stage.clone();
            Ok(OpenJudge {
                joins: judge.kind != JudgeKind::Formula,
                rewards: Arc::new(move || vec![Box::new(Later(stage.clone()))]),
            })
        }),
        check: Arc::new(|_| Ok(())),
        ..Judges::default()
    }
}

fn with_judges(stage: &Arc<Stage>) -> Engine {
    let kit = Kit {
        judges: judges(stage),
        ..kit()
    };
    let mut engine = Engine::new(kit, || {});
    open_small(&mut engine);
    engine
}

fn named(place: &str) -> Judge {
    Judge {
        kind: JudgeKind::Folder,
        place: place.to_owned(),
        ..Judge::default()
    }
}

fn seat(engine: &mut Engine, place: &str, on: bool) {
    let judge = named(place);
    engine.obey(Command::Judges(vec![Seat { judge, on }]));
}

fn ready(engine: &mut Engine, place: &str) {
    until(engine, |engine| {
        engine.judge_state(&named(place)) == JudgeState::Ready
    });
}

fn judged_by(engine: &Engine) -> Vec<Vec<String>> {
    let sheet = session(engine).sheet();
    let names = |take: &Arc<crate::Take>| take.by.as_ref().map(|by| by.names.clone());
    sheet
        .into_iter()
        .map(|take| names(take).unwrap_or_default())
        .collect()
}

fn following(engine: &Engine) -> Vec<f32> {
    let sheet = session(engine).sheet();
    sheet
        .iter()
        .map(|take| {
            let card = take.card.as_ref().expect("it is scored");
            card.value(FOLLOWING).expect("it is known")
        })
        .collect()
}

fn told(engine: &Engine, words: &str) -> bool {
    let mut messages = engine.messages().iter();
    messages.any(|message| message.text.to_string().contains(words))
}

#[test]
fn a_judge_is_opened_while_the_photo_stays_usable_and_gone_when_it_is_switched_off() {
    let stage = Arc::new(Stage::default());
    stage.loading.store(true, Ordering::Relaxed);
    let mut engine = with_judges(&stage);
    seat(&mut engine, "/judge", true);
    assert_eq!(engine.judge_state(&named("/judge")), JudgeState::Loading);
    generate(&mut engine, "warmer", 1);
    assert_eq!(judged_by(&engine), [[""; 0]]);
    stage.loading.store(false, Ordering::Relaxed);
    ready(&mut engine, "/judge");
    seat(&mut engine, "/judge", false);
    assert_eq!(engine.judge_state(&named("/judge")), JudgeState::Off);
}

#[test]
fn the_measures_are_there_at_once_and_the_judge_turns_the_order_when_it_comes() {
    let stage = Arc::new(Stage::default());
    stage.thinking.store(true, Ordering::Relaxed);
    let mut engine = with_judges(&stage);
    seat(&mut engine, "/judge", true);
    ready(&mut engine, "/judge");
    generate(&mut engine, "warmer", 3);
    assert_eq!(session(&engine).ranking().order.len(), 3);
    let measured = following(&engine);
    assert_eq!(engine.judging(), Some((0, 3)));
    stage.thinking.store(false, Ordering::Relaxed);
    until(&mut engine, |engine| engine.judging().is_none());
    assert_ne!(following(&engine), measured);
    assert_eq!(judged_by(&engine), [["judge"], ["judge"], ["judge"]]);
    let sheet = session(&engine).sheet();
    assert_eq!(session(&engine).ranking().leader(), Some(sheet[2].id));
}

#[test]
fn takes_of_a_run_that_was_over_before_the_judge_was_loaded_are_judged_then() {
    let stage = Arc::new(Stage::default());
    stage.loading.store(true, Ordering::Relaxed);
    let mut engine = with_judges(&stage);
    seat(&mut engine, "/judge", true);
    generate(&mut engine, "warmer", 2);
    stage.loading.store(false, Ordering::Relaxed);
    until(&mut engine, |engine| {
        judged_by(engine) == [["judge"], ["judge"]]
    });
    assert_eq!(*stage.asked.lock().expect("nobody panics"), [2]);
}

#[test]
fn scores_of_others_stay_until_the_takes_are_scored_again() {
    let stage = Arc::new(Stage::default());
    let mut engine = with_judges(&stage);
    generate(&mut engine, "warmer", 2);
    seat(&mut engine, "/judge", true);
    ready(&mut engine, "/judge");
    assert_eq!(
        (judged_by(&engine), engine.scored_by_others()),
        (vec![vec![]; 2], 2)
    );
    let recipes = |engine: &Engine| -> Vec<serde_json::Value> {
        let sheet = session(engine).sheet();
        sheet.iter().map(|t| t.provenance.recipe.clone()).collect()
    };
    let made = recipes(&engine);
    engine.obey(Command::ScoreAgain);
    until(&mut engine, |engine| engine.judging().is_none());
    assert_eq!(judged_by(&engine), [["judge"], ["judge"]]);
    assert_eq!((recipes(&engine), engine.scored_by_others()), (made, 0));
}

#[test]
fn what_judges_are_asked_after_a_run_is_counted_as_spent() {
    let mut engine = with_judges(&Arc::default());
    generate(&mut engine, "warmer", 2);
    let spent = |engine: &Engine| session(engine).spent.map(|spent| spent.judge_calls);
    let before = spent(&engine).expect("it is counted");
    seat(&mut engine, "/judge", true);
    ready(&mut engine, "/judge");
    engine.obey(Command::ScoreAgain);
    until(&mut engine, |engine| engine.judging().is_none());
    assert_eq!(spent(&engine), Some(before + 2));
}

#[test]
fn without_judges_scoring_again_brings_the_measures_back() {
    let stage = Arc::new(Stage::default());
    let mut engine = with_judges(&stage);
    generate(&mut engine, "warmer", 2);
    let measured = following(&engine);
    seat(&mut engine, "/judge", true);
    ready(&mut engine, "/judge");
    engine.obey(Command::ScoreAgain);
    until(&mut engine, |engine| engine.judging().is_none());
    assert_ne!(following(&engine), measured);
    seat(&mut engine, "/judge", false);
    engine.obey(Command::ScoreAgain);
    until(&mut engine, |engine| engine.judging().is_none());
    for (now, then) in following(&engine).iter().zip(&measured) {
        assert!((now - then).abs() < 1e-4, "{now} {then}");
    }
    assert_eq!(judged_by(&engine), vec![Vec::<String>::new(); 2]);
}

#[test]
fn a_judge_that_cannot_be_opened_is_told_of_and_tried_again() {
    let stage = Arc::new(Stage::default());
    let mut engine = with_judges(&stage);
    seat(&mut engine, "/nowhere", true);
    until(&mut engine, |engine| told(engine, "no such folder"));
    assert!(matches!(
        engine.judge_state(&named("/nowhere")),
        JudgeState::Failed(_)
    ));
    generate(&mut engine, "warmer", 1);
    assert!(engine.judging().is_none() && following(&engine).len() == 1);
    engine.obey(Command::OpenJudge(named("/nowhere")));
    assert_eq!(engine.judge_state(&named("/nowhere")), JudgeState::Loading);
}

#[test]
fn a_judge_that_answers_nobody_is_told_of_once_and_the_measured_order_stays() {
    let stage = Arc::new(Stage::default());
    stage.dead.store(true, Ordering::Relaxed);
    let mut engine = with_judges(&stage);
    seat(&mut engine, "/judge", true);
    ready(&mut engine, "/judge");
    generate(&mut engine, "warmer", 2);
    until(&mut engine, |engine| told(engine, "could not be asked"));
    let problems = engine.messages().iter();
    let problems = problems.filter(|m| m.text.to_string().contains("could not be asked"));
    assert_eq!(problems.count(), 1);
    assert_eq!(session(&engine).ranking().order.len(), 2);
}

#[test]
fn judging_is_called_off_when_it_is_stopped_and_the_measures_stay() {
    let stage = Arc::new(Stage::default());
    stage.thinking.store(true, Ordering::Relaxed);
    let mut engine = with_judges(&stage);
    seat(&mut engine, "/judge", true);
    ready(&mut engine, "/judge");
    generate(&mut engine, "warmer", 2);
    let measured = following(&engine);
    engine.obey(Command::StopJudging);
    assert!(engine.judging().is_none());
    stage.thinking.store(false, Ordering::Relaxed);
    generate(&mut engine, "cooler", 1);
    until(&mut engine, |engine| judged_by(engine) == [["judge"]]);
    engine.obey(Command::Undo);
    assert_eq!(following(&engine), measured);
}

#[test]
fn a_strategy_that_looks_at_scores_hears_the_judge_in_its_rounds() {
    let stage = Arc::new(Stage::default());
    let mut engine = with_judges(&stage);
    seat(&mut engine, "/judge", true);
    ready(&mut engine, "/judge");
    engine.obey(Command::Strategy("while_it_helps"));
    generate(&mut engine, "warmer", 2);
    assert_eq!(judged_by(&engine), [["judge"], ["judge"]]);
    assert!(engine.judging().is_none());
}

#[test]
fn a_changed_take_is_measured_alone_until_it_is_scored_again() {
    let stage = Arc::new(Stage::default());
    let mut engine = with_judges(&stage);
    seat(&mut engine, "/judge", true);
    ready(&mut engine, "/judge");
    generate(&mut engine, "warmer", 1);
    until(&mut engine, |engine| judged_by(engine) == [["judge"]]);
    let take = session(&engine).sheet()[0].clone();
    engine.obey(Command::Adjust {
        take: take.id,
        recipe: serde_json::json!({ "version": 1, "layers": [] }),
        label: Said::words("Nothing"),
        done: true,
    });
    until(&mut engine, |engine| {
        let take = session(engine).sheet()[0].clone();
        !take.stale && take.card.is_some()
    });
    assert_eq!(judged_by(&engine), [[""; 0]]);
    engine.obey(Command::ScoreAgain);
    until(&mut engine, |engine| judged_by(engine) == [["judge"]]);
}

#[test]
fn who_judged_with_which_settings_and_what_they_said_comes_back_after_a_restart() {
    let home = super::home::Home::new("judged");
    let stage = Arc::new(Stage::default());
    let kit_with = || Kit {
        judges: judges(&stage),
        ..kit()
    };
    let mut engine = Engine::keeping(kit_with(), &home.0, || {});
    open_small(&mut engine);
    generate(&mut engine, "warmer", 2);
    seat(&mut engine, "/judge", true);
    ready(&mut engine, "/judge");
    engine.obey(Command::ScoreAgain);
    until(&mut engine, |engine| engine.judging().is_none());
    let said = |engine: &Engine| -> Vec<_> {
        let sheet = session(engine).sheet();
        let of = |take: &Arc<crate::Take>| {
            let card = take
                .card
                .as_ref()
                .map(|card| (card.raw.clone(), card.unknown.clone()));
            (take.by.as_deref().cloned(), card, take.near)
        };
        sheet.into_iter().map(of).collect()
    };
    let before = (said(&engine), following(&engine));
    drop(engine);
    let mut engine = Engine::keeping(kit_with(), &home.0, || {});
    open_small(&mut engine);
    assert_eq!((said(&engine), following(&engine)), before);
    let by = session(&engine).sheet()[0]
        .by
        .clone()
        .expect("it was judged");
    assert_eq!(
        (by.rewards[0].id.as_str(), by.rewards[0].version.as_str()),
        ("later", "7")
    );
    assert_eq!(by.rewards[0].settings["model"], "later-1b");
}
