//! Curves as pictures and numbers: of recorded judges, of scores that a run of the lab kept, and of runs.

use super::{data, lab, pairs};
use crate::places::temporary;

#[test]
fn a_recorded_judge_has_its_curves_as_pictures_and_numbers() {
    let folder = temporary("lab-curves");
    let (file, out) = (data("imagenhub.jsonl"), folder.join("out"));
    let words = "curves {file} --format imagenhub --judge gpt-4o --out {out} --rounds 50 --json";
    let json = lab(words, &[("file", &file), ("out", &out)]).done().json();
    let curves = json["curves"].as_array().expect("a list");
    let best = curves.iter().find(|curve| curve["id"] == "best-of");
    let people = &best.expect("there are editors to choose from")["lines"][1]["points"];
    let ends = |at: &str| people.pointer(at).and_then(serde_json::Value::as_f64);
    assert!(ends("/0/y") < ends("/3/y"), "{people:#}");
    assert!(ends("/3/interval/low") < ends("/3/interval/high"));
    for id in ["best-of", "reliability", "scores"] {
        let svg = std::fs::read_to_string(out.join(format!("{id}.svg"))).expect("it is there");
        assert!(svg.starts_with("<svg") && svg.ends_with("</svg>\n"));
        let png = image::open(out.join(format!("{id}.png"))).expect("it is a picture");
        assert_eq!((png.width(), png.height()), (1920, 1200));
    }
}

#[test]
fn one_curve_may_be_one_file_and_other_endings_are_refused() {
    let folder = temporary("lab-one-curve");
    let (file, svg) = (data("imagenhub.jsonl"), folder.join("best.svg"));
    let one = "curves {file} --format imagenhub --curve best-of --out {out} --rounds 20";
    let said = lab(one, &[("file", &file), ("out", &svg)]).done();
    assert!(said.err.contains("people (held out), 4"), "{}", said.err);
    assert!(svg.is_file());
    let pdf = folder.join("best.pdf");
    lab(one, &[("file", &file), ("out", &pdf)]).refused(1, "svg or png, not “pdf”");
    let all = "curves {file} --format imagenhub --out {out}";
    lab(all, &[("file", &file), ("out", &svg)]).refused(1, "one file holds one curve");
    let compute = "curves {file} --format imagenhub --curve compute";
    lab(compute, &[("file", &file)]).refused(1, "it has: best-of");
}

#[test]
fn what_a_run_of_the_lab_kept_is_drawn_without_scoring_again() {
    let folder = temporary("lab-kept-curves");
    let (file, scores) = (pairs(&folder, 4), folder.join("scores"));
    let paths = [("file", file.as_path()), ("scores", scores.as_path())];
    lab("curves {file} --format gedit-v2", &paths).refused(1, "name those of a run with --scores");
    let bench = "bench {file} --format gedit-v2 --size 64 --out {scores} --rounds 20";
    lab(bench, &paths).done();
    // the pictures are not needed any more
    std::fs::remove_dir_all(folder.join("edits")).expect("they were there");
    let words = "curves {file} --format gedit-v2 --scores {scores} --rounds 20 --json";
    let json = lab(words, &paths).done().json();
    assert_eq!(json["used"], 4);
    assert_eq!(json["curves"][0]["lines"][0]["points"][1]["over"], 4);
}

#[test]
fn runs_have_what_compute_bought_by_strategy() {
    let folder = temporary("lab-run-curves");
    let source = super::super::photo(&folder, "a.png");
    let runs = folder.join("runs");
    for (count, strategy) in [("2", "best_of_n"), ("4", "best_of_n"), ("3", "halving")] {
        let out = runs.join(format!("{strategy}-{count}"));
        super::super::edit(
            &source,
            "warmer",
            &out,
            &["-n", count, "--strategy", strategy],
        )
        .done();
    }
    std::fs::create_dir_all(runs.join("broken")).expect("writable");
    std::fs::write(runs.join("broken/run.json"), "{\"version\": 1").expect("writable");
    let words = "curves {runs} --format retake-runs --compute seconds --rounds 20 --json";
    let json = lab(words, &[("runs", &runs)]).done().json();
    assert_eq!((&json["used"], &json["skipped"]), (&3.into(), &1.into()));
    let curves = json["curves"].as_array().expect("a list");
    let compute = curves.iter().find(|curve| curve["id"] == "compute");
    let lines = compute.expect("runs keep what they spent")["lines"].as_array();
    let points = |line: &serde_json::Value| line["points"].as_array().map_or(0, Vec::len);
    let counts: Vec<usize> = lines.into_iter().flatten().map(points).collect();
    // each by the choice and by the one who watches over it
    assert_eq!(counts, [2, 2, 1, 1], "{json:#}");
}
