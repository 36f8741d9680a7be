//! Limits of drift as they are typed, and formulas refined in words.

use super::{edit, photo, record, retake};
use crate::places::temporary;

#[test]
fn a_limit_holds_at_full_resolution_and_a_replay_keeps_to_it() {
    let folder = temporary("drift");
    let out = folder.join("out");
    let more = ["-n", "3", "--most-drift", "4"];
    edit(&photo(&folder, "a.png"), "much brighter", &out, &more).done();
    let record = record(&out);
    let drift = record["at_full_resolution"]["drift"].as_f64();
    let drift = drift.expect("it was measured");
    assert!(drift > 0.5 && drift <= 4.001, "{drift}");
    assert_eq!(record["settings"]["drift"]["overall"], 4.0);
    let label = |candidate: &serde_json::Value| {
        candidate["label"]
            .as_str()
            .is_some_and(|label| label.contains("held back"))
    };
    let candidates = record["candidates"].as_array().expect("a list");
    assert!(candidates.iter().any(label), "much brighter goes further");
    let folder = out.to_string_lossy();
    retake(&["replay", folder.as_ref()]).done();
}

#[test]
fn a_limit_that_is_none_is_refused_in_a_sentence() {
    let folder = temporary("drift-none");
    let more = ["--most-drift", "0"];
    edit(
        &photo(&folder, "a.png"),
        "brighter",
        &folder.join("out"),
        &more,
    )
    .refused(2, "0.1");
}

#[test]
fn a_formula_is_refined_in_words_and_kept_only_when_asked() {
    let folder = temporary("refine");
    let out = folder.join("mine.txt");
    let ask = [
        "lab",
        "refine",
        "--formula",
        "generation_quality",
        "--words",
        "punish noise more",
        "--json",
    ];
    let told = retake(&ask).done().json();
    let text = "clamp(generation_quality - 0.25 * cost.noise, 0, 1)";
    assert_eq!(told["text"], text);
    assert!(!out.exists());
    let place = out.to_string_lossy();
    let keep = [&ask[..], &["--out", place.as_ref()]].concat();
    retake(&keep).done();
    assert_eq!(
        std::fs::read_to_string(&out).expect("it is kept").trim(),
        text
    );
    retake(&keep).refused(1, "new version");
}
