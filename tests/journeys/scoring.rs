//! `retake score`: edits that exist already, whoever made them.

use std::path::Path;

use image::imageops;

use super::{Said, edit, photo, picture, record, retake};
use crate::places::temporary;

fn score(source: &Path, edited: &Path, instruction: &str) -> Said {
    retake(&[
        "score".as_ref(),
        "--source".as_ref(),
        source.as_os_str(),
        "--edited".as_ref(),
        edited.as_os_str(),
        "--instruction".as_ref(),
        instruction.as_ref(),
        "--json".as_ref(),
    ])
}

fn overall(said: &Said) -> f64 {
    said.json()["overall"].as_f64().expect("a number")
}

fn following(said: &Said) -> f64 {
    said.json()["scores"]["instruction_following"]["value"]
        .as_f64()
        .expect("a number")
}

#[test]
fn the_object_has_three_scores_with_reasons_and_an_overall() {
    let folder = temporary("score-keys");
    let source = photo(&folder, "a.png");
    let said = score(&source, &source, "warmer").done();
    let json = said.json();
    for name in [
        "instruction_following",
        "detail_preserving",
        "generation_quality",
    ] {
        let score = &json["scores"][name];
        assert!(
            score["value"]
                .as_f64()
                .is_some_and(|v| (0.0..=1.0).contains(&v)),
            "{name}"
        );
        assert!(
            score["spread"]
                .as_f64()
                .is_some_and(|v| (0.0..=1.0).contains(&v)),
            "{name}"
        );
        assert!(
            score["reasons"]
                .as_array()
                .is_some_and(|r| r.iter().all(|r| r.is_string()))
        );
    }
    assert!((0.0..=1.0).contains(&overall(&said)));
}

#[test]
fn an_untouched_copy_follows_nothing_and_loses_to_the_best_of_a_run() {
    let folder = temporary("score-copy");
    let (source, out) = (photo(&folder, "a.png"), folder.join("out"));
    edit(&source, "warmer", &out, &["-n", "4"]).done();
    let copy = score(&source, &source, "warmer").done();
    let best = score(&source, &out.join("best.png"), "warmer").done();
    assert!(following(&copy) < 0.2, "{}", following(&copy));
    assert!(
        overall(&copy) + 0.3 < overall(&best),
        "{} {}",
        overall(&copy),
        overall(&best)
    );
}

#[test]
fn an_edit_of_half_the_size_is_brought_to_the_sources_size_and_said_to_be() {
    let folder = temporary("score-half");
    let source = photo(&folder, "a.png");
    let path = folder.join("half.png");
    imageops::thumbnail(picture(), 100, 75)
        .save(&path)
        .expect("writable");
    let said = score(&source, &path, "softer").done();
    assert!(
        said.err.contains("Brought to the source's size"),
        "{}",
        said.err
    );
    assert!(
        said.json()["notes"][0]
            .as_str()
            .is_some_and(|note| note.contains("100 × 75"))
    );
}

#[test]
fn an_edit_of_another_shape_is_scored_and_said_to_be_of_one() {
    let folder = temporary("score-shape");
    let source = photo(&folder, "a.png");
    let path = folder.join("square.png");
    imageops::crop_imm(picture(), 25, 0, 150, 150)
        .to_image()
        .save(&path)
        .expect("writable");
    let said = score(&source, &path, "crop to a square").done();
    assert!(said.err.contains("Of another shape"), "{}", said.err);
    assert!(following(&said) > 0.5, "{}", following(&said));
}

#[test]
fn pictures_of_one_pixel_have_a_score() {
    let folder = temporary("score-pixel");
    let path = folder.join("one.png");
    image::RgbImage::from_pixel(1, 1, image::Rgb([90, 120, 60]))
        .save(&path)
        .expect("writable");
    assert!(overall(&score(&path, &path, "warmer").done()) < 0.5);
}

#[test]
fn an_edit_that_cannot_be_opened_is_refused() {
    let folder = temporary("score-broken");
    let source = photo(&folder, "a.png");
    let path = folder.join("b.png");
    std::fs::write(&path, "no picture").expect("writable");
    score(&source, &path, "warmer").refused(1, "text file");
    score(&source, &folder.join("none.png"), "warmer").refused(1, "no such file");
    score(&folder.join("none.png"), &source, "warmer").refused(1, "no such file");
}

#[test]
fn an_empty_instruction_cannot_be_scored() {
    let folder = temporary("score-empty");
    let source = photo(&folder, "a.png");
    score(&source, &source, " ").refused(1, "the instruction is empty");
}

#[test]
fn somebody_who_takes_no_part_watches_unless_nobody_is_to() {
    let folder = temporary("watched-by-default");
    let source = photo(&folder, "a.png");
    let watched = |name: &str, more: &[&str]| {
        let out = folder.join(name);
        edit(&source, "warmer", &out, &[&["-n", "3"], more].concat()).done();
        let record = record(&out);
        (
            record["guard"]["curve"].as_array().map(Vec::len),
            record["settings"]["held_out"]["rewards"][0]
                .as_str()
                .map(str::to_owned),
        )
    };
    let usual = watched("usual", &[]);
    assert_eq!(usual, (Some(3), Some("naturalness".to_owned())));
    assert_eq!(watched("nobody", &["--held-out", "none"]), (None, None));
    let out = folder.join("nonsense");
    let nonsense = edit(&source, "warmer", &out, &["--held-out", "nonsense"]);
    nonsense.refused(
        1,
        "there is no judge, reward or measure nonsense; there are",
    );
}
