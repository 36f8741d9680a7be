//! Journals as windows write them, and what comes out of them.

use std::path::PathBuf;

use retake_files::record::session::DidRecord;

use super::export::Names;
use super::*;

/// A folder of its own for every caller: tests run side by side.
fn place(name: &str) -> PathBuf {
    static NEXT: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
    let number = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let name = format!("{name}-{number}");
    let place =
        std::env::temp_dir().join(format!("retake-lab-picks-{}-{name}", std::process::id()));
    let _ = std::fs::remove_dir_all(&place);
    std::fs::create_dir_all(&place).expect("the temporary folder can be written");
    place
}

/// A session of one turn with three takes: the second is kept, then the first is starred, then the mark of the second is
/// taken back and set again.
fn journal(folder: &std::path::Path) -> PathBuf {
    let take = |take: u64| {
        format!(
            r#"{{"line":"take","take":{take},"index":{take},"editor":"darkroom","editor_version":"1","seed":{take},"recipe":{{}},"width":6,"height":4}}"#
        )
    };
    let scores = |take: u64, value: f64| {
        format!(
            r#"{{"line":"scores","take":{take},"scores":{{"instruction_following":{{"value":{value},"spread":0.1,"reasons":[]}},"detail_preserving":{{"value":0.0,"spread":0.0,"reasons":[],"unknown":true}}}}}}"#
        )
    };
    let step = |kind: &str, step: u64, parent: u64, marks: &str| {
        format!(
            r#"{{"line":"{kind}","step":{step},"parent":{parent},"label":"x","at_ms":1,"turn":1,"weights":[1,1,1],"marks":[{marks}]}}"#
        )
    };
    let lines = [
        r#"{"line":"begin","version":1,"program":"retake 0.1.0","sha256":"ab","path":"/photos/a, b.jpg"}"#.to_owned(),
        take(1),
        take(2),
        take(3),
        r#"{"line":"turn","key":1,"number":1,"text":"make it \"warm\"","understood":null,"seed":0,"takes":[1,2,3]}"#.to_owned(),
        scores(1, 0.9),
        scores(2, 0.4),
        step("step", 1, 0, ""),
        step("step", 2, 1, r#"{"take":2,"flag":"picked"}"#),
        step("step", 3, 2, r#"{"take":3,"flag":"rejected","stars":0}"#),
        step("amend", 3, 2, r#"{"take":1,"stars":3}"#),
        step("step", 4, 3, r#"{"take":2}"#),
        "{half a li".to_owned(),
        r#"{"line":"now","step":3}"#.to_owned(),
    ];
    let path = folder.join("journal.jsonl");
    std::fs::write(&path, lines.join("\n")).expect("writable");
    path
}

fn group() -> Group {
    let folder = place("group");
    let (groups, damaged) = read(&journal(&folder)).expect("it reads");
    assert_eq!((groups.len(), damaged), (1, 1));
    groups.into_iter().next().expect("one")
}

fn export(shape: &str, group: &Group) -> Vec<serde_json::Map<String, serde_json::Value>> {
    let shape = SHAPES
        .iter()
        .find(|known| known.id == shape)
        .expect("it is in the table");
    let names = Names {
        source: "pictures/source.png".into(),
        take: &|take| format!("pictures/{take}.png"),
    };
    rows(shape, group, &names)
}

#[test]
fn marks_are_those_of_the_step_where_the_session_stands() {
    let group = group();
    let marks: Vec<(i8, u8)> = group
        .takes
        .iter()
        .map(|take| (take.flag, take.stars))
        .collect();
    assert_eq!(marks, [(0, 3), (1, 0), (-1, 0)]);
    assert_eq!(
        group.takes[0].scores.keys().collect::<Vec<_>>(),
        ["instruction_following"]
    );
    assert_eq!(group.instruction, "make it \"warm\"");
}

#[test]
fn journals_are_found_in_folders_of_sessions() {
    let folder = place("folders");
    std::fs::create_dir_all(folder.join("a")).expect("writable");
    journal(&folder.join("a"));
    assert_eq!(folders(&[folder]).expect("readable").len(), 1);
}

#[test]
fn every_pair_that_was_told_apart_is_a_preference() {
    let dpo = export("dpo", &group());
    let pairs: Vec<(&str, &str)> = dpo
        .iter()
        .map(|row| {
            (
                row["chosen"].as_str().expect("words"),
                row["rejected"].as_str().expect("words"),
            )
        })
        .collect();
    let name = |take: u8| format!("pictures/{take}.png");
    let expected = [(1, 3), (2, 1), (2, 3)].map(|(a, b)| (name(a), name(b)));
    assert_eq!(pairs.len(), 3);
    assert!(
        expected.iter().all(|(a, b)| pairs.contains(&(a, b))),
        "{pairs:?}"
    );
    assert_eq!(dpo[2]["margin"], 2.0);
}

#[test]
fn what_is_exported_in_editrewards_fields_reads_back_as_the_same_preferences() {
    let folder = place("round");
    for ending in ["jsonl", "csv", "json", "tsv"] {
        let path = folder.join(format!("out.{ending}"));
        write_rows(&path, &export("editreward", &group())).expect("it is written");
        let data = crate::dataset::Dataset {
            path,
            format: crate::formats::format("editreward-data").expect("it is in the table"),
            images: None,
            containers: vec![crate::rows::TEXT_CONTAINERS],
            limit: None,
        };
        let mut preferred = Vec::new();
        let tally = data.walk(&mut |case, _| {
            let verdict = &case.verdicts[0];
            let place = match verdict.better {
                crate::measures::Better::A => verdict.first,
                _ => verdict.second,
            };
            preferred.push(case.takes[place].name.clone());
            assert_eq!(case.instruction, "make it \"warm\"");
            Ok(crate::rows::Flow::On)
        });
        assert_eq!(tally.expect("it reads").used, 3, "{ending}");
        preferred.sort();
        assert_eq!(
            preferred,
            ["pictures/1.png", "pictures/2.png", "pictures/2.png"],
            "{ending}"
        );
    }
    assert!(write_rows(&folder.join("out.doc"), &[]).is_err());
}

#[test]
fn label_studio_has_the_pick_as_an_annotation() {
    let rows = export("label-studio", &group());
    assert_eq!(
        rows[0]["annotations"][0]["result"][0]["value"]["selected"],
        "left"
    );
    assert!(rows[0]["data"]["left"].is_string());
    assert_eq!(export("all", &group()).len(), 3);
}

#[test]
fn a_ranking_within_its_own_noise_is_of_low_agreement() {
    let mut group = group();
    let sure = group.pick(&[0.9, 0.4, 0.1]).agreement;
    for take in &mut group.takes {
        take.spread.values_mut().for_each(|spread| *spread = 5.0);
    }
    let unsure = group.pick(&[0.9, 0.4, 0.1]).agreement;
    assert!(sure > 0.9 && unsure < 0.55, "{sure} {unsure}");
}

/// A take with these acts.
fn done(did: &[DidRecord]) -> Marked {
    Marked {
        did: did.to_vec(),
        ..Marked::default()
    }
}

#[test]
fn every_act_tells_and_the_more_telling_ones_count_more() {
    use DidRecord::{Adjusted, Exported, GoneOn, Neighbours, TakenBack};
    for did in [Exported, GoneOn, Neighbours, Adjusted, TakenBack] {
        assert!(
            done(&[did]).weight() > 0.0 && done(&[did]).liked() != 0.0,
            "{did:?}"
        );
    }
    let weights = [Exported, GoneOn, Neighbours, Adjusted].map(|did| done(&[did]).weight());
    assert!(
        weights.is_sorted_by(|a, b| a > b) && weights[0] < 1.0,
        "{weights:?}"
    );
    assert!(done(&[TakenBack]).liked() < 0.0);
}

#[test]
fn what_is_said_outright_outweighs_what_was_done() {
    let mut dropped = done(&[DidRecord::Exported]);
    dropped.flag = -1;
    assert_eq!((dropped.liked(), dropped.weight()), (-1.0, 1.0));
    let mut kept = dropped;
    kept.flag = 1;
    assert!(kept.liked() > 1.0);
}

#[test]
fn going_on_that_was_undone_is_a_dislike_until_it_is_done_again() {
    let go = acts::after(Vec::new(), DidRecord::GoneOn);
    let back = acts::after(go, DidRecord::TakenBack);
    assert_eq!(back, [DidRecord::TakenBack]);
    assert_eq!(acts::after(back, DidRecord::GoneOn), [DidRecord::GoneOn]);
}

#[test]
fn an_act_is_believed_only_where_the_checks_of_the_take_hold() {
    let mut failing = done(&[DidRecord::Exported]);
    failing.fails = true;
    assert_eq!((failing.liked(), failing.weight()), (0.0, 0.0));
    failing.flag = 1;
    assert_eq!(failing.liked(), 1.0, "what is said needs no proof");
}
