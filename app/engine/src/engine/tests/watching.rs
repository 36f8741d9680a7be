//! Somebody who takes no part watches over the choice: the alarm, who may watch, and that it is all there after a restart.

use std::sync::atomic::{AtomicUsize, Ordering};

use retake_core::{
    Dimension, Reward, RewardInfo, Score, ScoreRequest, Scorecard, Stop, Watch, said,
};

use super::home::Home;
use super::*;
use crate::{GuardVerdict, HeldOut, Judge, JudgeKind, OpenJudge, Seat};

/// Likes each picture of a group better than the one before it, or less.
struct Liking {
    better: bool,
    asked: Arc<AtomicUsize>,
}

impl Reward for Liking {
    fn info(&self) -> RewardInfo {
        RewardInfo {
            id: "liking",
            version: "1",
            dimensions: &[Dimension::INSTRUCTION_FOLLOWING],
            about: "Likes what comes later, or earlier.",
        }
    }
    fn score(&self, group: &ScoreRequest<'_>, _: &dyn Watch) -> Result<Vec<Scorecard>, Stop> {
        let count = group.edited.len();
        self.asked.fetch_add(count, Ordering::Relaxed);
        let card = |i: usize| {
            let share = (i + 1) as f32 / count as f32;
            let value = if self.better { share } else { 1.1 - share };
            let score = Score {
                value,
                spread: 0.01,
                reasons: Vec::new(),
                evidence: None,
            };
            Scorecard {
                scores: [(Dimension::INSTRUCTION_FOLLOWING.into(), score)].into(),
                ..Scorecard::default()
            }
        };
        Ok((0..count).map(card).collect())
    }
}

fn judge(place: &str) -> Judge {
    Judge {
        kind: JudgeKind::Folder,
        place: place.to_owned(),
        ..Judge::default()
    }
}

/// "/later" and "/earlier" like what comes later or earlier; pictures that "/earlier" was shown are counted.
fn judges(asked: &Arc<AtomicUsize>) -> Judges {
    let asked = asked.clone();
    Judges {
        open: Arc::new(move |judge| {
            if judge.place == "/nowhere" {
                return Err(said!("There is no such folder."));
            }
            let better = judge.place.starts_with("/later");
            let asked = if better {
                Arc::default()
            } else {
                asked.clone()
            };
            Ok(OpenJudge {
                joins: false,
                rewards: Arc::new(move || {
                    let asked = asked.clone();
                    vec![Box::new(Liking { better, asked })]
                }),
            })
        }),
        usual: Some(judge("/earlier")),
        ..Judges::default()
    }
}

fn kit_with(asked: &Arc<AtomicUsize>) -> Kit {
    Kit {
        judges: judges(asked),
        ..kit()
    }
}

fn seat_later(engine: &mut Engine) {
    engine.obey(Command::Judges(vec![Seat {
        judge: judge("/later"),
        on: true,
    }]));
    until(engine, |engine| !engine.busy());
}

fn watched(engine: &mut Engine) -> GuardVerdict {
    until(engine, |engine| !engine.busy());
    let guarded = session(engine).guarded.as_ref();
    guarded.map_or(GuardVerdict::Unknown, |guarded| guarded.verdict)
}

/// Four takes, chosen by one who likes the last of them most.
fn chosen(held_out: HeldOut) -> Engine {
    let mut engine = Engine::new(kit_with(&Arc::default()), || {});
    open_small(&mut engine);
    engine.obey(Command::HoldOut(held_out));
    seat_later(&mut engine);
    generate(&mut engine, "warmer", 4);
    engine
}

#[test]
fn a_choice_that_pleases_its_own_judge_only_raises_the_alarm() {
    let mut engine = chosen(HeldOut::Usual);
    assert_eq!(watched(&mut engine), GuardVerdict::Hacked);
    let guarded = session(&engine).guarded.as_ref().expect("it was looked at");
    let of: Vec<usize> = guarded.curve.iter().map(|point| point.of).collect();
    assert_eq!(of, [1, 2, 4]);
}

#[test]
fn one_that_agrees_raises_none() {
    let mut engine = chosen(HeldOut::Judge(judge("/later-too")));
    assert_eq!(watched(&mut engine), GuardVerdict::Sound);
}

#[test]
fn when_nobody_is_to_watch_any_more_nothing_is_said() {
    let mut engine = chosen(HeldOut::Usual);
    watched(&mut engine);
    engine.obey(Command::HoldOut(HeldOut::Nobody));
    assert!(session(&engine).guarded.is_none());
}

#[test]
fn who_takes_part_in_the_choice_does_not_watch_over_it() {
    let mut engine = chosen(HeldOut::Judge(judge("/later")));
    assert_eq!(engine.watcher(), None);
    assert_eq!(watched(&mut engine), GuardVerdict::Unknown);
}

#[test]
fn takes_that_were_looked_at_are_not_shown_again_for_another_order() {
    let asked = Arc::default();
    let mut engine = Engine::new(kit_with(&asked), || {});
    open_small(&mut engine);
    seat_later(&mut engine);
    generate(&mut engine, "warmer", 4);
    watched(&mut engine);
    assert_eq!(asked.load(Ordering::Relaxed), 3, "the best of 1, 2 and 4");
    let sheet = session(&engine).sheet();
    let last = sheet[3].id;
    engine.obey(Command::Flag(last, Flag::Rejected));
    watched(&mut engine);
    // of three that stand, the third is the best and new to it
    assert_eq!(asked.load(Ordering::Relaxed), 4);
    engine.obey(Command::Undo);
    assert_eq!(watched(&mut engine), GuardVerdict::Hacked);
    assert_eq!(asked.load(Ordering::Relaxed), 4);
}

#[test]
fn a_judge_that_cannot_be_opened_to_watch_is_told_and_the_takes_stay() {
    let mut engine = chosen(HeldOut::Judge(judge("/nowhere")));
    assert_eq!(watched(&mut engine), GuardVerdict::Unknown);
    let mut messages = engine.messages().iter();
    assert!(messages.any(|message| message.text.to_string().contains("no such folder")));
    assert_eq!(session(&engine).sheet().len(), 4);
}

#[test]
fn what_was_said_is_there_after_a_restart_and_nobody_is_asked_again() {
    let home = Home::new("watched");
    let asked = Arc::default();
    let mut engine = home.opened_with(kit_with(&asked));
    seat_later(&mut engine);
    generate(&mut engine, "warmer", 4);
    let before = watched(&mut engine);
    let seen = asked.load(Ordering::Relaxed);
    drop(engine);
    let engine = home.opened_with(kit_with(&asked));
    let guarded = session(&engine).guarded.as_ref();
    assert_eq!(guarded.map(|guarded| guarded.verdict), Some(before));
    assert_eq!(asked.load(Ordering::Relaxed), seen);
}
