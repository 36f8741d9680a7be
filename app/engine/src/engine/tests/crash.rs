//! However the program ended, and whatever is left of a journal: the next start is where it was.

use std::fs;
use std::process::{Command as Process, Stdio};

use proptest::prelude::*;
use retake_files::journal::Journal;
use retake_files::record::session::Line;

use super::home::{Home, sample, worked_on};
use super::*;
use crate::keeping::Restored;

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
            "engine::tests::crash::child_that_is_killed",
            "--exact",
            "--nocapture",
        ])
        .env("RETAKE_TEST_HOME", &home.0)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    // a line that is being written may be lost with the program
    let scored = |text: &str| {
        let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
        whole.matches("{\"line\":\"scores\"").count()
    };
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
            .any(|m| m.text.to_string().contains("Restored after a crash")),
        "{:?}",
        engine.messages()
    );
}

/// The lines of a session in which a bit of everything was done, and the labels of its steps.
fn lines_of_work() -> &'static (Vec<Line>, Vec<Said>) {
    static LINES: std::sync::OnceLock<(Vec<Line>, Vec<Said>)> = std::sync::OnceLock::new();
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
            prop_assert!(step.label == *label || *label == "Weights");
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
