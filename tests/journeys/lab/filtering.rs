//! `retake lab filter`: what a reward keeps, and what somebody held out says of it.

use super::{data, edits, lab, pairs};
use crate::places::temporary;

#[test]
fn people_like_better_what_a_recorded_judge_keeps() {
    let folder = temporary("lab-filter");
    let (file, out) = (data("imagenhub.jsonl"), folder.join("kept.jsonl"));
    let paths = [("file", file.as_path()), ("out", out.as_path())];
    let json = lab(
        "filter {file} --format imagenhub --judge gpt-4o --keep 20% --rounds 200 --out {out} --json",
        &paths,
    )
    .done()
    .json();
    let (kept, of) = (
        json["kept"].as_u64().expect("a number"),
        json["of"].as_u64().expect("a number"),
    );
    assert_eq!(kept, (0.2 * of as f64).round() as u64);
    assert_eq!(json["held_out_by"], "people");
    let told = &json["held_out"];
    let low = told["difference_interval"]["low"]
        .as_f64()
        .expect("an interval");
    assert!(
        told["difference"].as_f64().is_some_and(|more| more > low) && low > 0.0,
        "{told:#}"
    );
    let text = std::fs::read_to_string(&out).expect("it was written");
    assert_eq!(text.lines().count() as u64, kept);
}

#[test]
fn what_is_kept_loads_again_and_another_run_says_whether_it_helped() {
    let folder = temporary("lab-filter-run");
    let (all, out, run) = (
        edits(&folder, 3),
        folder.join("kept.jsonl"),
        folder.join("run"),
    );
    let paths = [
        ("all", all.as_path()),
        ("out", out.as_path()),
        ("run", run.as_path()),
    ];
    lab(
        "bench {all} -f folder --reward checklist --size 128 --out {run} --rounds 10 --json",
        &paths,
    )
    .done();
    let json = lab(
        "filter {all} -f folder --reward built_in --size 128 --keep 3 --held-out {run} --rounds 50 --out {out} --json",
        &paths,
    )
    .done()
    .json();
    assert_eq!((&json["kept"], &json["of"]), (&3.into(), &9.into()));
    assert!(
        json["held_out"]["difference"]
            .as_f64()
            .is_some_and(|more| more > 0.0),
        "{json:#}"
    );
    let again = lab(
        "bench {out} -f aurora-bench --size 128 --rounds 10 --json",
        &paths,
    )
    .done()
    .json();
    assert_eq!((&again["used"], &again["skipped"]), (&3.into(), &0.into()));
    assert_eq!(again["by_editor"]["bright"]["count"], 3);
    assert_eq!(again["unknown_columns"].as_array().map(Vec::len), Some(0));
}

#[test]
fn a_filter_that_keeps_nothing_or_is_not_told_how_much_says_so() {
    let folder = temporary("lab-filter-none");
    let (file, out) = (pairs(&folder, 1), folder.join("kept.jsonl"));
    let paths = [("file", file.as_path()), ("out", out.as_path())];
    lab(
        "filter {file} -f gedit-v2 --size 128 --above 0.999 --out {out}",
        &paths,
    )
    .refused(1, "highest");
    lab("filter {file} -f gedit-v2 --keep some --out {out}", &paths).refused(2, "20%");
    lab("filter {file} -f gedit-v2 --out {out}", &paths).refused(2, "--keep");
    assert!(!out.exists());
}

#[test]
fn the_data_itself_is_not_overwritten() {
    let folder = temporary("lab-filter-itself");
    let file = pairs(&folder, 1);
    let before = std::fs::read(&file).expect("readable");
    lab(
        "filter {file} -f gedit-v2 --size 128 --keep 1 --out {file}",
        &[("file", &file)],
    )
    .refused(1, "overwrite the data itself");
    assert_eq!(std::fs::read(&file).expect("still there"), before);
}
