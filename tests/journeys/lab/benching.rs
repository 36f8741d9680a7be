//! `retake lab bench`: recorded judges, rewards that score now, a run that is broken off, and two that are compared.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::{command, data, lab, pairs};
use crate::places::temporary;

fn number(json: &Value, name: &str) -> f64 {
    json[name]
        .as_f64()
        .unwrap_or_else(|| panic!("{name}: {json:#}"))
}

#[test]
fn the_object_has_the_published_figures_of_recorded_judges() {
    let expected: Value =
        serde_json::from_slice(&super::super::bytes(&data("imagenhub_expected.json")))
            .expect("it is JSON");
    for selector in ["viescore", "power-0.8"] {
        let file = data("imagenhub.jsonl");
        let words = format!(
            "bench {{file}} --format imagenhub --judge gpt-4o --selector {selector} --rounds 20 --json"
        );
        let json = lab(&words, &[("file", &file)]).done().json();
        let of = |row: &&Value| row["judge"] == "gpt-4o" && row["selector"] == selector;
        let row = expected
            .as_array()
            .and_then(|rows| rows.iter().find(of))
            .expect("a row");
        assert_eq!(
            (&json["used"], &json["skipped"]),
            (&row["used"], &row["skipped"])
        );
        for name in ["spearman", "kendall", "pair_accuracy", "top1", "capture"] {
            let (is, ought) = (number(&json, name), number(&row["figures"], name));
            assert!(
                (is - ought).abs() < 1e-9,
                "{selector} {name}: {is}, not {ought}"
            );
            let interval = &json["intervals"][name];
            assert!(
                number(interval, "low") <= number(interval, "high"),
                "{name}"
            );
        }
    }
}

#[test]
fn a_figure_that_the_data_does_not_give_is_null() {
    let file = data("imagenhub.jsonl");
    let words = "bench {file} --format imagenhub --judge gpt-4o --rounds 10 --json";
    let json = lab(words, &[("file", &file)]).done().json();
    // nobody was asked in both orders
    assert_eq!(json.get("order_consistency"), Some(&Value::Null));
}

#[test]
fn an_option_that_recorded_answers_do_not_need_is_said() {
    let (file, out) = (data("imagenhub.jsonl"), temporary("unused-out"));
    let words = "bench {file} --format imagenhub --judge gpt-4o --rounds 10 --out {out}";
    let said = lab(words, &[("file", &file), ("out", &out.join("scores"))]).done();
    assert!(said.err.contains("--out is not used"), "{}", said.err);
}

#[test]
fn a_table_of_text_with_judges_as_json_gives_the_same_figures() {
    let folder = temporary("imagenhub-tsv");
    let (file, table) = (data("imagenhub.jsonl"), folder.join("ratings.tsv"));
    let rows = std::fs::read_to_string(&file).expect("it is there");
    let names = ["uid", "editor", "human", "judges"];
    let mut text = names.join("\t") + "\n";
    for row in rows.lines() {
        let row: Value = serde_json::from_str(row).expect("it is JSON");
        let cells = names.map(|name| match &row[name] {
            Value::String(words) => words.clone(),
            other => other.to_string(),
        });
        text += &(cells.join("\t") + "\n");
    }
    std::fs::write(&table, text).expect("writable");
    let [lines, cells] = [&file, &table].map(|path| {
        let words = "bench {file} --format imagenhub --judge gpt-4o --rounds 10 --json";
        let mut json = lab(words, &[("file", path)]).done().json();
        // the only thing that tells from which file it is
        json["skipped_rows"].take();
        json
    });
    assert_eq!(lines, cells);
}

#[test]
fn two_recorded_judges_are_compared_on_the_same_edits() {
    let file = data("imagenhub.jsonl");
    let json = lab(
        "bench {file} --format imagenhub --judge gpt-4o --against gpt-4v:power-0.8 --rounds 20 --json",
        &[("file", &file)],
    )
    .done()
    .json();
    assert!(json["against"]["differences"]["spearman"]["difference"].is_number());
    assert!((0.0..=1.0).contains(&number(&json["against"], "mcnemar_p")));
}

#[test]
fn a_judge_or_a_formula_that_is_not_there_is_told_with_those_that_are() {
    let file = data("imagenhub.jsonl");
    lab(
        "bench {file} --format imagenhub --judge nobody --json",
        &[("file", &file)],
    )
    .refused(1, "gpt-4o");
    lab(
        "bench {file} --format imagenhub --selector nothing --json",
        &[("file", &file)],
    )
    .refused(1, "viescore");
    lab("bench {file} --format imagenet --json", &[("file", &file)]).refused(2, "imagenhub");
}

#[test]
fn a_run_that_was_killed_goes_on_where_it_was() {
    let folder = temporary("lab-killed");
    let (file, out) = (pairs(&folder, 30), folder.join("out"));
    let words = "bench {file} --format gedit-v2 --reward built_in --size 256 --threads 1 --out {out} --rounds 20 --json";
    let paths = [("file", file.as_path()), ("out", out.as_path())];
    let mut first = command(words, &paths)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("the program can be started");
    let lines = || {
        let text = std::fs::read_to_string(out.join("scores.jsonl")).unwrap_or_default();
        text.lines().count()
    };
    let begun = Instant::now();
    // the first line tells who scores
    while lines() < 6 && first.try_wait().expect("it can be asked").is_none() {
        assert!(
            begun.elapsed() < Duration::from_secs(120),
            "it scored nothing"
        );
        std::thread::sleep(Duration::from_millis(5));
    }
    first.kill().expect("it can be killed");
    first.wait().expect("it ends");
    let kept = lines() - 1;
    assert!((5..30).contains(&kept), "{kept}");
    let json = lab(words, &paths).done().json();
    assert_eq!((&json["used"], &json["skipped"]), (&30.into(), &0.into()));
    assert_eq!(number(&json, "pair_accuracy"), 1.0);
    // one line a case and the head: nothing was scored twice but the line that was torn
    assert!((31..=32).contains(&lines()), "{}", lines());
}

#[test]
fn a_run_is_compared_with_another_over_the_same_data() {
    let folder = temporary("lab-against");
    let (file, one, two) = (pairs(&folder, 3), folder.join("one"), folder.join("two"));
    let paths = [
        ("file", file.as_path()),
        ("one", one.as_path()),
        ("two", two.as_path()),
    ];
    lab(
        "bench {file} --format gedit-v2 --size 128 --out {one} --rounds 20 --json",
        &paths,
    )
    .done();
    let json = lab(
        "bench {file} --format gedit-v2 --reward detail --size 128 --out {two} --against {one} --rounds 20 --json",
        &paths,
    )
    .done()
    .json();
    assert_eq!(json["against"]["groups"], 3);
    // what another reward scored is not mixed with it
    lab(
        "bench {file} --format gedit-v2 --reward faults --size 128 --out {one} --json",
        &paths,
    )
    .refused(1, "--out");
}

#[test]
fn formats_are_listed_with_their_columns() {
    let json = lab("formats --json", &[]).done().json();
    let ids: Vec<&str> = json["formats"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|format| format["id"].as_str())
        .collect();
    for id in [
        "imagenhub",
        "genai-bench",
        "pico-banana",
        "retake-runs",
        "folder",
    ] {
        assert!(ids.contains(&id), "{ids:?}");
    }
}

#[test]
fn runs_of_the_program_are_data_too() {
    let folder = temporary("lab-runs");
    let source = super::super::photo(&folder, "a.png");
    let out = folder.join("out");
    super::super::edit(&source, "warmer", &out, &["-n", "3"]).done();
    let scores = folder.join("scores");
    let json = lab(
        "bench {out} --format retake-runs --size 128 --out {scores} --rounds 20 --json",
        &[("out", &out), ("scores", &scores)],
    )
    .done()
    .json();
    assert_eq!((&json["used"], &json["groups"]), (&1.into(), &1.into()));
    let editor = &json["by_editor"]["darkroom"];
    assert_eq!(editor["count"], 3);
    assert!(
        editor["score"].as_f64().is_some_and(|score| score > 0.0),
        "{editor}"
    );
}

#[test]
fn a_judge_that_does_not_answer_scores_nothing_and_is_asked_again_by_the_next_run() {
    let folder = temporary("lab-bench-unjudged");
    let (file, out) = (pairs(&folder, 2), folder.join("run"));
    // nobody listens there
    let words = "bench {file} --format gedit-v2 --size 128 --judge http://127.0.0.1:9/v1#eye --out {out} --rounds 10 --json";
    let paths = [("file", file.as_path()), ("out", out.as_path())];
    for _ in 0..2 {
        lab(words, &paths).refused(1, "no judge answered");
    }
    let kept = std::fs::read_to_string(out.join("scores.jsonl")).expect("a journal");
    assert!(!kept.contains("overall"), "{kept}");
}

#[test]
fn a_formula_that_gives_no_number_scores_nothing() {
    let folder = temporary("lab-bench-no-number");
    let file = pairs(&folder, 1);
    let words = "bench {file} --format gedit-v2 --size 128 --reward ln(0-1) --rounds 10 --json";
    lab(words, &[("file", &file)]).refused(1, "none of 1 rows");
}

#[test]
fn rounds_and_limits_that_say_nothing_or_eat_the_memory_are_refused() {
    let file = data("imagenhub.jsonl");
    for (option, near) in [
        ("--rounds 9", "10 to 100000"),
        ("--rounds 99999999999", "10 to 100000"),
        ("--limit 0", "1 or more"),
    ] {
        let words = format!("bench {{file}} --format imagenhub {option} --json");
        lab(&words, &[("file", &file)]).refused(2, near);
    }
}
