//! `retake lab sit` and `retake lab agreement`: raters, what they said, and how far they agree.

use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use super::super::Said;
use super::{command, edits, lab};
use crate::places::temporary;

/// A rater who types these lines and leaves.
fn sit(data: &Path, sitting: &Path, rater: &str, more: &str, typed: &str) -> Said {
    let words = format!(
        "sit {{data}} --format folder --sitting {{sitting}} --rater {rater} --size 64 --json{more}"
    );
    let mut child = command(&words, &[("data", data), ("sitting", sitting)])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program can be started");
    let mut hand = child.stdin.take().expect("it listens");
    // one that has gone away does not listen to the end
    let _ = hand.write_all(typed.as_bytes());
    drop(hand);
    child.wait_with_output().expect("it ends").into()
}

#[test]
fn a_sitting_is_left_and_gone_on_with() {
    let folder = temporary("lab-sit");
    let (data, sitting) = (edits(&folder, 2), folder.join("sitting"));
    let first = sit(&data, &sitting, "anna", " --again 0", "1\nb\nwhat\ns\n").done();
    let json = first.json();
    assert_eq!(
        (&json["answered"], &json["questions"]),
        (&3.into(), &6.into())
    );
    assert!(
        first.err.contains("“what” is no answer; type 1 to 2"),
        "{}",
        first.err
    );
    // who made an edit is not told
    assert!(
        !first.err.contains("bright,") && !first.err.contains("edited-"),
        "{}",
        first.err
    );
    let second = sit(&data, &sitting, "anna", "", "=\n=\n=\n").done();
    assert_eq!(second.json()["answered"], 6);
    assert!(second.err.contains("4 of 6"), "{}", second.err);
}

#[test]
fn a_picture_that_does_not_open_is_listed_and_its_question_comes_back_once_it_does() {
    let folder = temporary("lab-sit-broken");
    let (data, sitting) = (edits(&folder, 1), folder.join("sitting"));
    let broken = data.join("photo-00/edited-same.png");
    let whole = std::fs::read(&broken).expect("it is there");
    std::fs::write(&broken, &whole[..whole.len() / 2]).expect("writable");
    let first = sit(&data, &sitting, "anna", " --again 0", "1\n").done();
    let json = first.json();
    assert_eq!(
        (&json["answered"], &json["questions"]),
        (&1.into(), &3.into())
    );
    assert_eq!(json["not_shown"].as_array().map(Vec::len), Some(2));
    let reason = json["not_shown"][0]["reason"].as_str().unwrap_or_default();
    assert!(reason.contains("cannot be opened"), "{reason}");
    std::fs::write(&broken, whole).expect("writable");
    let second = sit(&data, &sitting, "anna", "", "1\n1\n").done().json();
    assert_eq!(second["answered"], 3);
}

#[test]
fn raters_are_held_against_each_other_and_a_reward_and_leave_as_preferences() {
    let folder = temporary("lab-agreement");
    let (data, sitting, scores) = (
        edits(&folder, 2),
        folder.join("sitting"),
        folder.join("scores"),
    );
    for rater in ["anna", "ben"] {
        sit(&data, &sitting, rater, " --best-of 3", "1\n2\n3\n").done();
    }
    let out = folder.join("dpo.jsonl");
    let paths = [
        ("data", data.as_path()),
        ("sitting", sitting.as_path()),
        ("scores", scores.as_path()),
        ("out", out.as_path()),
    ];
    lab(
        "bench {data} --format folder --size 64 --out {scores} --rounds 20 --json",
        &paths,
    )
    .done();
    let json = lab(
        "agreement {data} --format folder --sitting {sitting} --scores {scores} --export {out} --rounds 20 --json",
        &paths,
    )
    .done()
    .json();
    assert_eq!(
        (&json["asked"], &json["shared"]),
        (&"best-of-3".into(), &2.into())
    );
    assert_eq!(
        (
            &json["raters"]["anna"]["answers"],
            &json["raters"]["anna"]["again"]
        ),
        (&2.into(), &1.into())
    );
    assert!(
        json["against"][scores.display().to_string()]["top1"].is_number(),
        "{json:#}"
    );
    let rows = std::fs::read_to_string(&out).expect("it is there");
    assert_eq!(json["export"]["rows"], rows.lines().count());
    assert!(
        rows.contains("\"chosen\"") && rows.contains("edited-"),
        "{rows}"
    );
}

#[test]
fn another_way_of_asking_or_other_edits_are_refused() {
    let folder = temporary("lab-sit-mixed");
    let (data, sitting) = (edits(&folder, 2), folder.join("sitting"));
    sit(&data, &sitting, "anna", "", "1\n").done();
    sit(&data, &sitting, "anna", " --best-of 3", "1\n")
        .refused(1, "begun otherwise (pairs, seed 0");
    edits(&folder, 3);
    sit(&data, &sitting, "anna", "", "1\n").refused(1, "begun with other edits");
    let paths = [("data", data.as_path()), ("sitting", sitting.as_path())];
    lab(
        "agreement {data} --format folder --sitting {sitting} --json",
        &paths,
    )
    .refused(1, "about other edits");
}
