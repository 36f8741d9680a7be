//! `retake lab degrade`: edits made worse on purpose carry labels that a reward can be held against.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::lab;
use crate::places::temporary;

/// Edits of four photos of the repository, made by the program itself, as a folder of cases.
fn edited(folder: &Path) -> PathBuf {
    let all = folder.join("edits");
    let photos = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/photos");
    for (photo, wish) in [
        ("dandelions.jpg", "make it brighter"),
        ("mountain-path.jpg", "make it darker"),
        ("forest-stream.jpg", "more saturated and brighter"),
        ("brushes.jpg", "black and white"),
    ] {
        let one = all.join(photo.trim_end_matches(".jpg"));
        std::fs::create_dir_all(&one).expect("the folder can be written");
        let small = image::open(photos.join(photo))
            .expect("a photo")
            .thumbnail(256, 256);
        let source = one.join("source.png");
        small.save(&source).expect("written");
        std::fs::write(one.join("instruction.txt"), wish).expect("written");
        let out = folder.join(format!("made-{photo}"));
        super::super::edit(&source, wish, &out, &["-n", "1"]).done();
        let made = std::fs::read_dir(&out).expect("a folder").flatten();
        let made = made.map(|entry| entry.path()).find(|path| {
            let picture = path
                .extension()
                .is_some_and(|end| end == "jpg" || end == "png");
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            picture && !name.contains("sheet")
        });
        let made = made.expect("a candidate was written");
        let ending = made
            .extension()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        std::fs::copy(&made, one.join(format!("edited.{ending}"))).expect("copied");
    }
    all
}

/// Spearman's rho of numbers without ties in `a`.
fn spearman(a: &[f64], b: &[f64]) -> f64 {
    let ranks = |of: &[f64]| -> Vec<f64> {
        let rank = |one: &f64| {
            let (below, same) = of.iter().fold((0.0, 0.0), |(below, same), other| {
                (
                    below + f64::from(u8::from(other < one)),
                    same + f64::from(u8::from(other == one)),
                )
            });
            below + 0.5 * (same - 1.0)
        };
        of.iter().map(rank).collect()
    };
    let (a, b) = (ranks(a), ranks(b));
    let mean = (a.len() as f64 - 1.0) / 2.0;
    let over = |x: &[f64], y: &[f64]| -> f64 {
        x.iter().zip(y).map(|(x, y)| (x - mean) * (y - mean)).sum()
    };
    over(&a, &b) / (over(&a, &a) * over(&b, &b)).sqrt()
}

#[test]
fn the_built_in_reward_rises_along_the_way_from_source_to_edit() {
    let folder = temporary("lab-degrade");
    let (edits, out, scores) = (edited(&folder), folder.join("worse"), folder.join("scores"));
    let paths = [
        ("edits", edits.as_path()),
        ("out", out.as_path()),
        ("scores", scores.as_path()),
    ];
    let made = lab(
        "degrade {edits} -f folder --out {out} --size 256 --json",
        &paths,
    )
    .done()
    .json();
    assert_eq!((&made["used"], &made["skipped"]), (&4.into(), &0.into()));
    let told = lab(
        "bench {out} -f aurora-bench --reward built_in --size 256 --out {scores} --rounds 20 --json",
        &paths,
    )
    .done()
    .json();
    assert_eq!(told["used"], made["rows"]);
    let pooled = told["spearman_pooled"].as_f64().expect("a figure");
    assert!(pooled > 0.3, "over all ways: {pooled}");

    let text = std::fs::read_to_string(scores.join("scores.jsonl")).expect("kept");
    let mut along: BTreeMap<String, Vec<(f64, f64)>> = BTreeMap::new();
    for line in text.lines().skip(1) {
        let line: Value = serde_json::from_str(line).expect("a line");
        let id = line["id"].as_str().expect("an id");
        let Some((case, share)) = id.split_once("|interpolated ") else {
            continue;
        };
        let score = line["takes"][0]["overall"].as_f64().expect("a score");
        along
            .entry(case.to_owned())
            .or_default()
            .push((share.parse().expect("a share"), score));
    }
    assert_eq!(along.len(), 4);
    for (case, steps) in along {
        let (shares, scores): (Vec<f64>, Vec<f64>) = steps.into_iter().unzip();
        let rho = spearman(&shares, &scores);
        assert!(
            shares.len() == 5 && rho > 0.8,
            "{case}: {rho}, {scores:?} at {shares:?}"
        );
    }
}

#[test]
fn a_way_that_is_not_there_is_told_with_those_that_are() {
    let folder = temporary("lab-degrade-way");
    let (edits, out) = (super::edits(&folder, 1), folder.join("out"));
    let paths = [("edits", edits.as_path()), ("out", out.as_path())];
    lab(
        "degrade {edits} -f folder --out {out} --way upside-down",
        &paths,
    )
    .refused(2, "over-edited");
    assert!(!out.exists());
}
