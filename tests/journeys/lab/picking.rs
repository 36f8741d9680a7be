//! `retake lab export` and `retake lab taste`: what sessions left behind.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::lab;
use crate::places::temporary;

/// A session of so many turns with two takes each, of which `keeps` says whether the first one is kept (else the second); the
/// first one always follows the instruction better and keeps less.
fn session(folder: &Path, turns: u64, keeps: fn(u64) -> bool) -> PathBuf {
    let mut lines = vec![
        json!({ "line": "begin", "version": 1, "program": "retake 0.1.0", "sha256": "ab", "path": "/photos/a, b.jpg" }),
    ];
    for turn in 1..=turns {
        let takes = [turn * 2, turn * 2 + 1];
        for (at, take) in takes.into_iter().enumerate() {
            lines.push(json!({ "line": "take", "take": take, "index": take, "editor": "darkroom", "editor_version": "1",
                "seed": take, "recipe": {}, "width": 6, "height": 4 }));
            let score = |value: f64| json!({ "value": value, "spread": 0.0, "reasons": [] });
            lines.push(json!({ "line": "scores", "take": take, "scores": {
                "instruction_following": score(if at == 0 { 0.9 } else { 0.5 }),
                "detail_preserving": score(if at == 0 { 0.3 } else { 0.9 }) } }));
        }
        lines.push(json!({ "line": "turn", "key": turn, "number": turn, "text": "make it \"warm\"", "understood": null,
            "seed": 0, "takes": takes }));
        let (kept, dropped) = if keeps(turn) {
            (takes[0], takes[1])
        } else {
            (takes[1], takes[0])
        };
        lines.push(json!({ "line": "step", "step": turn, "parent": turn - 1, "label": "x", "at_ms": 1, "turn": turn,
            "weights": [1, 1, 1], "marks": [{ "take": kept, "flag": "picked" }, { "take": dropped, "flag": "rejected" }] }));
    }
    let path = folder.join("journal.jsonl");
    let text: Vec<String> = lines.iter().map(ToString::to_string).collect();
    std::fs::write(&path, text.join("\n") + "\n").expect("written");
    path
}

#[test]
fn picks_leave_in_every_shape() {
    let folder = temporary("lab-export");
    let journal = session(&folder, 2, |_| true);
    // shape, ending, columns
    let shapes = [
        ("dpo", "jsonl", ["prompt", "image", "chosen", "rejected"]),
        (
            "editreward",
            "json",
            ["prompt", "path_src", "path1", "path2"],
        ),
        (
            "label-studio",
            "json",
            ["left", "right", "source", "pairwise"],
        ),
        ("all", "csv", ["instruction", "take", "flag", "liked"]),
    ];
    for (shape, ending, columns) in shapes {
        let out = folder.join(format!("{shape}.{ending}"));
        let words = format!("export {{journal}} --as {shape} --out {{out}} --json");
        let json = lab(&words, &[("journal", &journal), ("out", &out)])
            .done()
            .json();
        assert_eq!(json["rows"], if shape == "all" { 4 } else { 2 }, "{shape}");
        let text = std::fs::read_to_string(&out).expect("it is there");
        for column in columns {
            assert!(text.contains(column), "{shape} {column}: {text}");
        }
    }
}

#[test]
fn picks_leave_as_parquet_that_the_lab_reads_back() {
    let folder = temporary("lab-export-parquet");
    let (journal, out) = (session(&folder, 2, |_| true), folder.join("picks.parquet"));
    let paths = [("journal", journal.as_path()), ("out", out.as_path())];
    let json = lab(
        "export {journal} --as editreward --out {out} --json",
        &paths,
    )
    .done()
    .json();
    assert_eq!(json["rows"], 2);
    // the rows are read: what lacks is the photo, which is on another machine
    let said = lab("bench {out} --format editreward-data", &paths);
    said.refused(1, "none of 2 rows could be used: the picture is missing");
}

#[test]
fn an_ending_that_is_not_written_is_refused_with_those_that_are() {
    let folder = temporary("lab-export-ending");
    let (journal, out) = (session(&folder, 1, |_| true), folder.join("picks.xlsx"));
    let said = lab(
        "export {journal} --out {out}",
        &[("journal", &journal), ("out", &out)],
    );
    said.refused(1, "parquet, not “xlsx”");
    assert!(!out.exists());
}

#[test]
fn a_session_without_picks_exports_nothing() {
    let folder = temporary("lab-export-none");
    let (journal, out) = (session(&folder, 0, |_| true), folder.join("picks.jsonl"));
    let said = lab(
        "export {journal} --out {out}",
        &[("journal", &journal), ("out", &out)],
    );
    said.refused(1, "there is no pick");
}

#[test]
fn a_taste_is_learned_from_picks_that_have_one() {
    let folder = temporary("lab-taste");
    // the default goes by the instruction first, this person by what is kept
    let (journal, out) = (session(&folder, 50, |_| false), folder.join("taste.json"));
    let json = lab(
        "taste {journal} --out {out} --json",
        &[("journal", &journal), ("out", &out)],
    )
    .json();
    assert_eq!(json["offered"], true, "{json:#}");
    assert!(json["held_out"]["taste"].as_f64() > json["held_out"]["default"].as_f64());
    assert!(out.is_file());
}

#[test]
fn random_picks_are_no_taste() {
    let folder = temporary("lab-taste-random");
    let random = |turn: u64| turn.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 63 == 0;
    let (journal, out) = (session(&folder, 50, random), folder.join("taste.json"));
    let said = lab(
        "taste {journal} --out {out} --json",
        &[("journal", &journal), ("out", &out)],
    );
    assert_eq!(
        (said.code, &said.json()["offered"]),
        (Some(1), &false.into()),
        "{}",
        said.err
    );
    assert!(!out.exists());
}

#[test]
fn too_few_picks_are_told_how_many_it_takes() {
    let folder = temporary("lab-taste-few");
    let journal = session(&folder, 3, |_| true);
    lab("taste {journal}", &[("journal", &journal)]).refused(1, "it takes 20");
}
