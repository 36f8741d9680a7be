//! What is kept: an engine's journal gives another engine the same session, however the first one ended.

use std::fs;
use std::process::{Command as Process, Stdio};

use proptest::prelude::*;
use retake_core::Mask;
use retake_files::journal::Journal;
use retake_files::record::session::Line;

use super::*;
use crate::keeping::{Noted, Restored};
use crate::{Offer, Sample};

/// A data folder of its own that is gone afterwards.
pub(super) struct Home(pub(super) PathBuf);

impl Home {
    pub(super) fn new(name: &str) -> Self {
        let own = format!("retake-home-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(own);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("it can be made");
        Self(path)
    }
    pub(super) fn engine(&self) -> Engine {
        Engine::keeping(kit(), &self.0, || {})
    }
    /// With the small picture open.
    fn opened(&self) -> Engine {
        let mut engine = self.engine();
        open_small(&mut engine);
        engine
    }
    pub(super) fn journal(&self) -> PathBuf {
        let mut sessions = fs::read_dir(self.0.join("sessions"))
            .expect("sessions")
            .flatten();
        sessions
            .next()
            .expect("a session")
            .path()
            .join("journal.jsonl")
    }
    /// A photo on the disk.
    pub(super) fn photo(&self, name: &str, brightness: u8) -> PathBuf {
        let path = self.0.join(name);
        let pixels = (0..48 * 32 * 3).map(|i| brightness.wrapping_add((i % 90) as u8));
        let pixels: Vec<u8> = pixels.collect();
        retake_files::save::save_rgb8(&path, 48, 32, &pixels, 95).expect("it is written");
        path
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Everything of a session that must come back, as text.
pub(super) fn told(session: &Session) -> String {
    let mut text = String::new();
    for step in session.history.steps() {
        let desk = &step.desk;
        let turn = desk.turn.as_ref().map(|turn| {
            (
                turn.number,
                turn.seed,
                turn.takes.clone(),
                turn.instruction.text.clone(),
                turn.instruction.understood.clone(),
                turn.instruction.mask.clone(),
                turn.base.clone(),
                turn.like.clone(),
            )
        });
        let adjusted: Vec<_> = desk
            .adjusted
            .values()
            .map(|take| (take.id, take.provenance.clone(), take.stale, take.full_size))
            .collect();
        text += &format!(
            "{:?}\n",
            (
                &step.label,
                step.parent,
                step.newest_child,
                turn,
                &desk.base,
                &desk.mask,
                &desk.marks,
                adjusted,
                desk.weights
            )
        );
    }
    for take in session.takes.values() {
        let numbers: Vec<_> = take
            .card
            .iter()
            .flat_map(|card| &card.scores)
            .map(|(dimension, score)| {
                let reasons = score.reasons.iter().map(|r| (&r.text, r.check.as_ref()));
                format!(
                    "{:?}",
                    (
                        dimension,
                        score.value,
                        score.spread,
                        reasons.collect::<Vec<_>>()
                    )
                )
            })
            .collect();
        text += &format!(
            "{:?}\n",
            (
                take.id,
                take.index,
                &take.provenance,
                take.full_size,
                numbers
            )
        );
    }
    let ranking = session.ranking();
    text += &format!(
        "{:?} {:?} {} {:?}",
        ranking.order,
        ranking.overall,
        session.history.now(),
        session.draft.text()
    );
    text + &format!(" {} {}", session.next_take, session.next_turn)
}

/// A bit of everything that a person does.
fn worked_on(engine: &mut Engine) {
    generate(engine, "warmer, a bit darker", 2);
    let first = session(engine).sheet()[0].id;
    let second = session(engine).sheet()[1].id;
    engine.obey(Command::Flag(first, Flag::Picked));
    engine.obey(Command::Stars(second, 4));
    engine.obey(Command::Undo);
    engine.obey(Command::Flag(second, Flag::Rejected));
    for (following, done) in [(0.7, false), (0.4, true)] {
        let weights = Weights {
            following,
            ..Weights::default()
        };
        engine.obey(Command::Weigh { weights, done });
    }
    let mask = Mask::from_fn(24, 16, |x, _| x as f32 / 23.0);
    engine.obey(Command::Mask {
        mask: Some(Arc::new(mask)),
        label: "Brush".to_owned(),
    });
    engine.obey(Command::GoOnFrom(Some(first)));
    generate(engine, "more contrast", 1);
    let take = session(engine).sheet()[0].id;
    let recipe = session(engine)
        .take(first)
        .expect("it is there")
        .provenance
        .recipe
        .clone();
    engine.obey(Command::Adjust {
        take,
        recipe,
        label: "Exposure".to_owned(),
        done: true,
    });
    until(engine, |engine| {
        session(engine).take(take).is_some_and(|take| !take.stale)
    });
    engine.obey(Command::MoreLike(take));
    until(engine, |engine| session(engine).running.is_none());
    engine.obey(Command::JumpTo(2));
    engine.obey(Command::Say("next".to_owned()));
}

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
            .any(|m| m.text.contains("Taken up where it was left")),
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
    let told_so = |m: &Message| m.text.contains("open in another Retake window");
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
    let told_so = |m: &&Message| m.text.contains("history cannot be kept");
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
fn photos_that_a_clean_end_closed_do_not_come_back_by_themselves() {
    let home = Home::new("clean");
    let mut engine = home.engine();
    engine.obey(Command::Open(vec![home.photo("a.png", 9)]));
    until(&mut engine, |engine| engine.session().is_some());
    drop(engine);
    assert!(!home.0.join("open.json").exists());
    let mut engine = home.engine();
    engine.begin_with(Vec::new(), sample());
    assert_eq!(engine.slots()[0].name(), "sample.jpg");
}

fn sample() -> Sample {
    Sample {
        name: "sample.jpg",
        bytes: include_bytes!("../../../../../assets/sample/mountain-path.jpg"),
    }
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
fn an_export_offers_its_original_and_takes_its_edit_up_there() {
    let home = Home::new("export");
    let mut engine = home.engine();
    let photo = home.photo("original.png", 40);
    engine.obey(Command::Open(vec![photo]));
    until(&mut engine, |engine| engine.session().is_some());
    generate(&mut engine, "warmer", 1);
    let take = session(&engine).sheet()[0].clone();
    let to = home.0.join("edited.jpg");
    engine.obey(Command::Export(crate::Export {
        takes: vec![take.id],
        to: to.clone(),
        format: retake_files::save::Format::Jpeg,
        quality: 90,
        space: retake_files::save::OutputSpace::Srgb,
        metadata: retake_files::save::MetadataPolicy::Keep,
        long_edge: None,
    }));
    until(&mut engine, |_| to.exists());
    drop(engine);

    let mut engine = home.engine();
    engine.obey(Command::Open(vec![to.clone()]));
    until(&mut engine, |engine| engine.session().is_some());
    let offer = engine.messages().iter().find_map(|m| m.offer.clone());
    assert_eq!(offer, Some(Offer::Restore(to)), "{:?}", engine.messages());
    engine.obey(offer.expect("there is one").command());
    until(&mut engine, |engine| {
        engine.session().is_some_and(|s| {
            s.name() == "original.png"
                && s.history
                    .steps()
                    .last()
                    .is_some_and(|step| step.label.starts_with("Taken up from"))
        })
    });
    let taken = session(&engine).sheet()[0].id;
    until(&mut engine, |engine| {
        session(engine)
            .take(taken)
            .is_some_and(|take| take.shown.is_some() && take.card.is_some())
    });
    let taken = session(&engine).take(taken).expect("it is there");
    assert_eq!(taken.provenance.recipe, take.provenance.recipe);
    assert_eq!(taken.shown, take.shown, "the same picture");
}

#[test]
fn a_picture_of_somebody_else_offers_nothing() {
    let home = Home::new("foreign");
    let mut engine = home.engine();
    let photo = home.photo("a.png", 1);
    engine.obey(Command::Open(vec![photo.clone()]));
    until(&mut engine, |engine| engine.session().is_some());
    assert!(engine.messages().is_empty(), "{:?}", engine.messages());
    engine.obey(Command::RestoreFrom(photo));
    until(&mut engine, |engine| {
        engine
            .messages()
            .iter()
            .any(|m| m.text.contains("does not say what it was made from"))
    });
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

/// What the child of the next test does: works until it is killed.
#[test]
fn child_that_is_killed() {
    let Some(home) = std::env::var_os("RETAKE_TEST_HOME") else {
        return;
    };
    let home = PathBuf::from(home);
    let mut engine = Engine::keeping(kit(), &home, || {});
    engine.obey(Command::Open(vec![home.join("a.png")]));
    until(&mut engine, |engine| engine.session().is_some());
    engine.obey(Command::Say("warmer".to_owned()));
    engine.obey(Command::Candidates(64));
    engine.obey(Command::Generate);
    until(&mut engine, |_| false);
}

#[test]
fn a_killed_engine_is_back_where_it_was_with_every_finished_candidate() {
    let home = Home::new("killed");
    home.photo("a.png", 60);
    let own = std::env::current_exe().expect("this test program");
    let mut child = Process::new(own)
        .args([
            "engine::tests::keeping::child_that_is_killed",
            "--exact",
            "--nocapture",
        ])
        .env("RETAKE_TEST_HOME", &home.0)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let scored = |text: &str| text.matches("{\"line\":\"scores\"").count();
    let since = Instant::now();
    let journaled = loop {
        let journals = fs::read_dir(home.0.join("sessions")).ok();
        let journal = journals.and_then(|mut found| found.next()?.ok());
        let text = journal.and_then(|j| fs::read_to_string(j.path().join("journal.jsonl")).ok());
        if let Some(text) = text.filter(|text| scored(text) >= 5) {
            break scored(&text);
        }
        assert!(since.elapsed() < Duration::from_secs(60), "it never came");
        std::thread::sleep(Duration::from_millis(2));
    };
    child.kill().expect("it runs");
    child.wait().expect("it ends");

    let mut engine = home.engine();
    engine.begin_with(Vec::new(), sample());
    until(&mut engine, |engine| engine.session().is_some());
    let session = session(&engine);
    assert_eq!(session.name(), "a.png");
    let there = session
        .sheet()
        .iter()
        .filter(|take| take.card.is_some())
        .count();
    assert!(there >= journaled, "{there} of {journaled}");
    assert_eq!(session.draft.text(), "warmer");
    assert!(
        engine
            .messages()
            .iter()
            .any(|m| m.text.contains("Restored after a crash")),
        "{:?}",
        engine.messages()
    );
}

/// The lines of a session in which a bit of everything was done, and the labels of its steps.
fn lines_of_work() -> &'static (Vec<Line>, Vec<String>) {
    static LINES: std::sync::OnceLock<(Vec<Line>, Vec<String>)> = std::sync::OnceLock::new();
    LINES.get_or_init(|| {
        let home = Home::new("lines");
        let mut engine = home.opened();
        worked_on(&mut engine);
        let steps = session(&engine).history.steps();
        let labels = steps.iter().map(|step| step.label.clone()).collect();
        drop(engine);
        let folder = home.journal().parent().expect("a folder").to_owned();
        (Journal::open(&folder).expect("it opens").lines, labels)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_beginning_of_a_journal_gives_a_beginning_of_the_history(cut in any::<prop::sample::Index>()) {
        let (lines, labels) = lines_of_work();
        let restored = Restored::of(lines[..cut.index(lines.len() + 1)].to_vec());
        let steps = restored.history.steps();
        prop_assert!(steps.len() <= labels.len());
        for (step, label) in steps.iter().zip(labels) {
            prop_assert!(step.label == *label || label == "Weights");
        }
        prop_assert!(restored.history.now() < steps.len());
        for step in steps {
            prop_assert!(step.desk.turn.iter().all(|turn| turn.takes.len() < 9));
        }
    }

    #[test]
    fn whatever_lines_are_lost_the_history_is_a_tree(lost in prop::collection::vec(any::<prop::sample::Index>(), 0..12)) {
        let mut lines = lines_of_work().0.clone();
        for index in lost {
            if !lines.is_empty() {
                lines.remove(index.index(lines.len()));
            }
        }
        let restored = Restored::of(lines);
        let steps = restored.history.steps();
        for (i, step) in steps.iter().enumerate() {
            prop_assert!(step.parent.is_none_or(|parent| parent < i));
            prop_assert!(step.newest_child.is_none_or(|child| child > i && child < steps.len()));
        }
    }
}
