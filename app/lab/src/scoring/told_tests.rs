//! What rewards told is kept beside the scores, is read alone, and is never trusted when the file is another.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use retake_core::{Quiet, Raw, answered};
use serde_json::json;

use super::tests::{pairs, place};
use super::told_journal::NAME;
use super::*;

/// Says of every edit how light it is, and tells where.
struct Teller {
    asked: AtomicUsize,
    most: usize,
}

impl Scorer for Teller {
    fn fingerprint(&self) -> String {
        "teller".into()
    }
    fn score(&self, question: &Question<'_>, edits: &[&Raster]) -> Result<Vec<Scores>, Said> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let one = |edit: &&Raster| {
            let light = f64::from(edit.at(0, 0)[1]);
            let answer = json!({ "pass": 0, "call": 0, "answer": format!("light {light:.3}"),
                "distributions": [{ "place": 0, "likely": [["4", 0.75]], "rest": 0.25, "score": 4.0 }] });
            let told = Told {
                raw: vec![Raw {
                    reward: "teller".to_owned(),
                    measures: BTreeMap::new(),
                    told: json!({ "answers": [answer] }),
                }],
                maps: [("light".to_owned(), Mask::uniform(12, 8, 0.5))].into(),
                ..Told::default()
            };
            Scores {
                overall: light,
                told: question.tell.then(|| Box::new(told)),
                ..Scores::default()
            }
        };
        Ok(edits.iter().map(one).collect())
    }
}

impl Watch for Teller {
    fn progress(&self, _: &'static str, _: usize, _: usize) {}
    fn stopped(&self) -> bool {
        self.asked.load(Ordering::SeqCst) >= self.most
    }
}

fn manner(raw: bool) -> Manner {
    Manner {
        long_edge: 64,
        threads: 3,
        raw,
    }
}

fn ran(data: &Dataset<'_>, out: &Path, raw: bool) -> Outcome {
    let teller = Teller {
        asked: AtomicUsize::new(0),
        most: usize::MAX,
    };
    run(data, &teller, manner(raw), Some(out), &Quiet).expect("it ends")
}

/// What is told of every edit of a run.
fn all(outcome: &Outcome, out: &Path) -> Vec<(f64, Result<Told, Said>)> {
    let edits = outcome.cases.iter().flat_map(|(case, scores)| {
        let scores = scores.iter().enumerate();
        scores.map(move |(take, scores)| {
            let place = scores.told_at.as_ref().expect("kept");
            (scores.overall, told(out, place, &case.id, take))
        })
    });
    edits.collect()
}

#[test]
fn every_edit_finds_what_was_told_of_it() {
    let (data, out) = (pairs("told", 9), place("told-out"));
    let outcome = ran(&data, &out, true);
    let edits = all(&outcome, &out);
    assert_eq!(edits.len(), 18);
    for (light, told) in edits {
        let told = told.expect("kept");
        let answers = answered(&told.raw[0].told);
        assert_eq!(answers[0].text, format!("light {light:.3}"));
        assert_eq!(answers[0].distributions[0].likely[0].1, 0.75);
        assert_eq!(told.maps["light"].width, 12);
    }
}

#[test]
fn scores_in_memory_hold_no_more_than_the_place() {
    let (data, out) = (pairs("told-light", 4), place("told-light-out"));
    let outcome = ran(&data, &out, true);
    let mut scores = outcome.cases.iter().flat_map(|(_, scores)| scores);
    assert!(scores.all(|scores| scores.told.is_none() && scores.told_at.is_some()));
}

#[test]
fn without_the_wish_nothing_is_told() {
    let (data, out) = (pairs("told-off", 4), place("told-off-out"));
    let outcome = ran(&data, &out, false);
    let mut scores = outcome.cases.iter().flat_map(|(_, scores)| scores);
    assert!(scores.all(|scores| scores.told_at.is_none()));
    assert!(!out.join(NAME).exists());
}

#[test]
fn a_run_that_was_killed_in_a_line_goes_on_and_all_is_found() {
    let (data, out) = (pairs("told-torn", 20), place("told-torn-out"));
    let first = Teller {
        asked: AtomicUsize::new(0),
        most: 7,
    };
    let stopped = run(&data, &first, manner(true), Some(&out), &first);
    assert!(matches!(stopped, Err(LabError::Stopped)));
    for name in [NAME, "scores.jsonl"] {
        let mut bytes = fs::read(out.join(name)).expect("there");
        bytes.extend(b"{\"id\": \"3\", \"take\": 0, \"ra");
        fs::write(out.join(name), bytes).expect("writable");
    }
    let outcome = ran(&data, &out, true);
    let edits = all(&outcome, &out);
    assert_eq!(edits.len(), 40);
    assert!(edits.iter().all(|(_, told)| told.is_ok()));
}

#[test]
fn a_head_that_was_being_written_is_begun_again() {
    let (data, out) = (pairs("told-head", 3), place("told-head-out"));
    fs::write(out.join(NAME), "{\"version\":1,\"to").expect("writable");
    let edits = all(&ran(&data, &out, true), &out);
    assert!(edits.iter().all(|(_, told)| told.is_ok()));
}

#[test]
fn a_file_that_was_changed_is_noticed_and_not_trusted() {
    let (data, out) = (pairs("told-changed", 5), place("told-changed-out"));
    let outcome = ran(&data, &out, true);
    let path = out.join(NAME);
    let text = fs::read_to_string(&path).expect("there");
    fs::write(&path, text.replace("light 0", "light 9")).expect("writable");
    for (_, told) in all(&outcome, &out) {
        let why = told.expect_err("changed").to_string();
        assert!(
            why.contains("damaged or another run's") && why.contains(NAME),
            "{why}"
        );
    }
}

#[test]
fn a_line_of_another_edit_is_not_taken_for_its_own() {
    let (data, out) = (pairs("told-swapped", 3), place("told-swapped-out"));
    let outcome = ran(&data, &out, true);
    let (case, scores) = &outcome.cases[0];
    let place = scores[0].told_at.as_ref().expect("kept");
    assert!(told(&out, place, &case.id, 0).is_ok());
    assert!(told(&out, place, &case.id, 1).is_err());
    assert!(told(&out, place, "somebody else", 0).is_err());
}

#[test]
fn a_file_that_is_gone_or_cut_is_said() {
    let (data, out) = (pairs("told-gone", 3), place("told-gone-out"));
    let outcome = ran(&data, &out, true);
    let path = out.join(NAME);
    let bytes = fs::read(&path).expect("there");
    fs::write(&path, &bytes[..80]).expect("writable");
    assert!(all(&outcome, &out).iter().all(|(_, told)| told.is_err()));
    fs::remove_file(&path).expect("it is there");
    for (_, told) in all(&outcome, &out) {
        let why = told.expect_err("gone").to_string();
        assert!(why.contains("cannot be read"), "{why}");
    }
}

#[test]
fn what_others_wrote_is_neither_gone_on_with_nor_lost() {
    let data = pairs("told-others", 3);
    let others = [
        ("{\"version\":1,\"told_by\":\"somebody\"}\n", "somebody"),
        ("{\"version\":9,\"told_by\":\"teller\"}\n", "newer"),
        ("a letter\nfrom home\n", "no file of what rewards told"),
        ("a letter without an end", "no file of what rewards told"),
    ];
    for (at, (text, why)) in others.into_iter().enumerate() {
        let out = place(&format!("told-others-out-{at}"));
        fs::write(out.join(NAME), text).expect("writable");
        let teller = Teller {
            asked: AtomicUsize::new(0),
            most: usize::MAX,
        };
        let refused = run(&data, &teller, manner(true), Some(&out), &Quiet).err();
        let sentence = refused.expect("refused").to_string();
        assert!(sentence.contains(why), "{sentence}");
        assert_eq!(fs::read_to_string(out.join(NAME)).expect("there"), text);
    }
}
