//! What a run leaves on the disk: `run.json` with every field, a line a candidate, the maps, the sheet and the best.

use std::path::PathBuf;
use std::sync::LazyLock;

use serde_json::Value;

use super::{SIZE, bytes, edit, names, photo, record};
use crate::places::temporary;

/// A run of four candidates with a word that means nothing, made once for all claims of this file.
static RUN: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = temporary("record");
    let source = photo(&folder, "a.png");
    let out = folder.join("out");
    edit(
        &source,
        "much warmer florble, overdo the saturation",
        &out,
        &["-n", "4", "--seed", "5"],
    )
    .done();
    out
});

fn number(value: &Value) -> f64 {
    value
        .as_f64()
        .unwrap_or_else(|| panic!("{value} is no number"))
}

fn share(value: &Value) {
    assert!((0.0..=1.0).contains(&number(value)), "{value}");
}

#[test]
fn the_record_knows_its_source() {
    let (record, path) = (record(&RUN), RUN.with_file_name("a.png"));
    let source = &record["source"];
    assert_eq!(source["path"], path.to_str().expect("UTF-8"));
    assert_eq!(
        (&source["width"], &source["height"]),
        (&SIZE.0.into(), &SIZE.1.into())
    );
    assert_eq!(source["sha256"], sha256(&bytes(&path)));
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[test]
fn the_record_knows_what_was_asked_and_what_was_not_understood() {
    let record = record(&RUN);
    let instruction = &record["instruction"];
    assert!(
        instruction["text"]
            .as_str()
            .is_some_and(|text| text.starts_with("much warmer"))
    );
    assert!(
        instruction["understood"]["goals"]
            .as_array()
            .is_some_and(|goals| !goals.is_empty())
    );
    let unknown = instruction["not_understood"].as_array().expect("a list");
    assert!(unknown.iter().any(|word| word == "florble"), "{unknown:?}");
}

#[test]
fn the_record_knows_how_it_was_made() {
    let record = record(&RUN);
    assert!(number(&record["version"]) >= 1.0);
    assert_eq!(record["editor"]["id"], "darkroom");
    assert!(
        record["editor"]["version"]
            .as_str()
            .is_some_and(|version| !version.is_empty())
    );
    assert_eq!(
        (&record["device"], &record["seed"]),
        (&"cpu".into(), &5.into())
    );
    assert_eq!(
        (&record["spent"]["edits"], &record["spent"]["judge_calls"]),
        (&4.into(), &4.into())
    );
}

#[test]
fn every_stage_has_seconds_and_all_are_less_than_the_total() {
    let record = record(&RUN);
    let seconds = record["seconds"].as_object().expect("an object");
    for stage in [
        "open", "preview", "edit", "score", "select", "export", "write", "total",
    ] {
        let spent = number(&seconds[stage]);
        assert!(
            spent >= 0.0 && spent <= number(&seconds["total"]) + 1e-6,
            "{stage} {spent}"
        );
    }
}

#[test]
fn every_candidate_has_scores_in_range_with_reasons() {
    let record = record(&RUN);
    for candidate in record["candidates"].as_array().expect("a list") {
        share(&candidate["overall"]);
        for name in [
            "instruction_following",
            "detail_preserving",
            "generation_quality",
        ] {
            let score = &candidate["scores"][name];
            share(&score["value"]);
            share(&score["spread"]);
            assert!(
                score["reasons"]
                    .as_array()
                    .is_some_and(|reasons| !reasons.is_empty()),
                "{name}"
            );
        }
        assert!(candidate["recipe"]["layers"].is_array());
    }
}

#[test]
fn ranks_are_those_of_the_overall_scores() {
    let record = record(&RUN);
    let mut candidates = record["candidates"].as_array().expect("a list").clone();
    candidates.sort_by_key(|candidate| candidate["rank"].as_u64());
    let ranks: Vec<_> = candidates
        .iter()
        .filter_map(|c| c["rank"].as_u64())
        .collect();
    assert_eq!(ranks, [1, 2, 3, 4]);
    let overall: Vec<f64> = candidates.iter().map(|c| number(&c["overall"])).collect();
    assert!(overall.is_sorted_by(|a, b| a >= b), "{overall:?}");
    assert_eq!(record["selected"]["index"], candidates[0]["index"]);
    let margin = number(&record["selected"]["margin"]);
    assert!((margin - (overall[0] - overall[1])).abs() < 1e-6);
    assert!(record["selected"]["confident"].is_boolean());
}

#[test]
fn the_lines_of_the_journal_are_the_candidates_of_the_record() {
    let lines = String::from_utf8(bytes(&RUN.join("candidates.jsonl"))).expect("UTF-8");
    let lines: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).expect("each line is JSON"))
        .collect();
    assert_eq!(Value::Array(lines), record(&RUN)["candidates"]);
}

#[test]
fn the_files_of_the_candidates_are_those_of_the_record() {
    for candidate in record(&RUN)["candidates"].as_array().expect("a list") {
        let file = RUN.join(candidate["file"].as_str().expect("a path"));
        assert_eq!(candidate["sha256"], sha256(&bytes(&file)));
    }
    assert_eq!(
        names(&RUN.join("candidates")),
        ["000.png", "001.png", "002.png", "003.png"]
    );
}

#[test]
fn every_map_that_is_named_is_there_and_none_is_not_named() {
    let record = record(&RUN);
    let mut named = Vec::new();
    for candidate in record["candidates"].as_array().expect("a list") {
        for score in candidate["scores"].as_object().expect("an object").values() {
            if let Some(file) = score["evidence"].as_str() {
                let map = image::open(RUN.join(file)).expect("a map is a picture");
                assert_eq!((map.width(), map.height()), (128, 96));
                named.push(file.trim_start_matches("evidence/").to_owned());
            }
        }
    }
    named.sort();
    assert!(!named.is_empty());
    assert_eq!(names(&RUN.join("evidence")), named);
}

#[test]
fn the_best_has_the_size_of_the_photo() {
    let best = image::open(RUN.join("best.png")).expect("a picture");
    assert_eq!((best.width(), best.height()), SIZE);
    assert_eq!(
        record(&RUN)["selected"]["sha256"],
        sha256(&bytes(&RUN.join("best.png")))
    );
}

#[test]
fn the_contact_sheet_is_a_picture_of_all_candidates() {
    let sheet = image::open(RUN.join("contact-sheet.jpg")).expect("a picture");
    assert!(
        sheet.width() >= 600 && sheet.height() >= 300,
        "{} × {}",
        sheet.width(),
        sheet.height()
    );
}

#[test]
fn nothing_but_the_run_is_in_its_folder() {
    assert_eq!(
        names(&RUN),
        [
            "best.png",
            "candidates",
            "candidates.jsonl",
            "contact-sheet.jpg",
            "evidence",
            "recipe",
            "run.json"
        ]
    );
}
