//! `imagenhub` beside figures that were worked out with SciPy and itertools alone (`tests/lab/make_imagenhub.py`).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use retake_lab::LabError;
use retake_lab::bench::{Report, by_formula, recorded, recorded_judges};
use retake_lab::dataset::{Dataset, Tally};
use retake_lab::formats::format;
use retake_lab::measures::bootstrap::Draws;
use retake_lab::rows::TEXT_CONTAINERS;
use retake_lab::table::Group;
use retake_lab::versus::versus;
use serde::Deserialize;

#[derive(Deserialize)]
struct Expected {
    judge: String,
    selector: String,
    used: usize,
    skipped: usize,
    pairs: usize,
    figures: BTreeMap<String, f64>,
}

fn kept(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/lab")
        .join(name)
}

fn data(path: &Path) -> Dataset<'static> {
    Dataset {
        path: path.to_owned(),
        format: format("imagenhub").expect("it is in the table"),
        images: None,
        containers: vec![TEXT_CONTAINERS],
        limit: None,
    }
}

fn scored(path: &Path, judge: &str, selector: &str) -> Result<(Vec<Group>, Tally), LabError> {
    recorded(
        &data(path),
        judge,
        &*by_formula(selector).expect("it is in the table"),
    )
}

fn hold_against(path: &Path, expected: &str) {
    let expected = std::fs::read_to_string(kept(expected)).expect("it is kept");
    let expected: Vec<Expected> = serde_json::from_str(&expected).expect("it reads");
    assert_eq!(expected.len(), 6);
    for case in expected {
        let (judge, selector) = (case.judge.as_str(), case.selector.as_str());
        let (groups, tally) = scored(path, judge, selector).expect("it reads");
        let draws = Draws {
            rounds: 40,
            seed: 1,
        };
        let report = Report::of(("imagenhub", judge, selector), &groups, tally, draws);
        assert_eq!(
            (report.tally.used, report.tally.skipped),
            (case.used, case.skipped)
        );
        assert_eq!(report.figures.pairs, case.pairs, "{judge} {selector}");
        for (name, theirs) in case.figures {
            let ours = report.figures.values[name.as_str()];
            assert!(
                (ours - theirs).abs() < 1e-9,
                "{judge} {selector} {name}: {ours} and not {theirs}"
            );
            let Some(interval) = report.figures.intervals.get(name.as_str()) else {
                continue;
            };
            assert!(interval.low <= interval.high, "{judge} {selector} {name}");
        }
    }
}

#[test]
fn every_figure_is_the_one_that_scipy_gives() {
    hold_against(
        &kept("data/imagenhub.jsonl"),
        "data/imagenhub_expected.json",
    );
}

#[test]
fn the_half_of_the_ratings_gives_the_published_agreement() {
    let Ok(folder) = std::env::var("RETAKE_IMAGENHUB") else {
        eprintln!("skipped: RETAKE_IMAGENHUB names no folder with ratings.jsonl");
        return;
    };
    hold_against(
        &Path::new(&folder).join("ratings.jsonl"),
        "imagenhub_half.json",
    );
}

#[test]
fn the_judges_are_counted_and_one_that_is_not_there_leaves_every_row_out() {
    let path = kept("data/imagenhub.jsonl");
    let judges = recorded_judges(&data(&path)).expect("it reads");
    assert_eq!(judges["gpt-4o"], 96);
    let (groups, tally) = scored(&path, "nobody", "viescore").expect("it reads");
    assert_eq!((groups.len(), tally.used, tally.skipped), (0, 0, 108));
    assert!(
        tally.skipped_rows[0]
            .reason
            .to_string()
            .contains("nobody gave no answer")
    );
}

#[test]
fn bad_rows_are_counted_with_their_reasons_and_the_rest_is_used() {
    let good = std::fs::read_to_string(kept("data/imagenhub.jsonl")).expect("it is kept");
    let mut lines: Vec<String> = good
        .lines()
        .filter(|l| l.contains("gpt-4o"))
        .take(12)
        .map(str::to_owned)
        .collect();
    lines.push(lines[0].clone());
    let edited = |from: &str, to: &str| {
        let value: serde_json::Value = serde_json::from_str(&lines[0]).expect("JSON");
        let mut text = value.to_string();
        text = text.replacen(from, to, 1).replace("sample_", "other_");
        text
    };
    let human = lines[0]
        .split("\"human\":")
        .nth(1)
        .expect("ratings")
        .split(",\"judges\"")
        .next()
        .expect("ratings")
        .to_owned();
    let absurd = edited(&format!("\"human\":{human}"), "\"human\":[[0.5,7.0]]");
    let unnamed = edited("\"editor\"", "\"redactor\"");
    lines.extend([absurd, unnamed, "{\"uid\": ".to_owned()]);
    let folder = std::env::temp_dir().join(format!("retake-lab-bad-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("writable");
    let path = folder.join("bad.jsonl");
    std::fs::write(&path, lines.join("\n")).expect("writable");
    let (_, tally) = scored(&path, "gpt-4o", "viescore").expect("it reads");
    assert_eq!((tally.used, tally.skipped), (12, 4));
    let rows = tally.skipped_rows.iter();
    let reasons: Vec<String> = rows.map(|row| row.reason.to_string()).collect();
    let told = [
        "the id was there before",
        "“human” is 7, which is not between 0 and 1",
        "no column “editor”",
        "no JSON",
    ];
    for (reason, told) in reasons.iter().zip(told) {
        assert!(reason.contains(told), "{reason}");
    }
    assert!(tally.unknown_columns.contains("redactor"));
    assert_eq!(tally.skipped_rows[3].place, "bad.jsonl:16");
}

#[test]
fn any_exponent_may_stand_in_a_power() {
    let path = kept("data/imagenhub.jsonl");
    let capture = |selector: &str| {
        let (groups, tally) = scored(&path, "gpt-4o", selector).expect("it reads");
        let draws = Draws { rounds: 0, seed: 0 };
        Report::of(("", "", ""), &groups, tally, draws)
            .figures
            .values["spearman"]
    };
    assert_eq!(capture("power-0.80"), capture("power-0.8"));
    // whole numbers that were equal stay so only nearly under powers
    assert!((capture("power-0.5") - capture("viescore")).abs() < 0.01);
    assert!(by_formula("power-1.5").is_none() && by_formula("power-x").is_none());
}

#[test]
fn a_better_formula_is_told_from_the_same_one() {
    let path = kept("data/imagenhub.jsonl");
    let of = |judge: &str, selector: &str| scored(&path, judge, selector).expect("it reads").0;
    let draws = Draws {
        rounds: 200,
        seed: 3,
    };
    let same = versus(&of("gpt-4o", "viescore"), &of("gpt-4o", "viescore"), draws);
    assert_eq!((same.discordant.only_first, same.mcnemar_p), (0, 1.0));
    assert!(
        same.differences
            .values()
            .all(|found| found.difference == 0.0 && found.p > 0.99)
    );
    // consistency alone hardly knows which edit is better
    let (strong, weak) = (of("gpt-4o", "power-0.8"), of("gpt-4o", "consistency"));
    let better = versus(&strong, &weak, draws);
    assert!(
        better.differences["pair_accuracy"].difference > 0.1 && better.mcnemar_p < 0.05,
        "{better:?}"
    );
    // judges that left out other edits are compared over those that both scored
    let others = of("gpt-4v", "viescore");
    assert_eq!(versus(&strong, &others, draws).groups, 12);
}
