//! `retake edit --editor`: a diffusion model with small random weights goes through the whole program. Its pictures are
//! noise; what is proven is the way.

use std::path::{Path, PathBuf};

use super::{bytes, edit, names, photo, record, retake};
use crate::places::temporary;

/// A checkpoint of the parity tests.
fn model(case: &str) -> String {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parity/cases");
    let folder = cases.join(case).join("model");
    folder.to_string_lossy().into_owned()
}

fn pix2pix() -> String {
    model("instruct_pix2pix_old")
}

/// Runs the small model on a small photo; the folder of the run.
fn run(name: &str, more: &[&str]) -> PathBuf {
    let folder = temporary(name);
    let (source, out) = (photo(&folder, "a.png"), folder.join("out"));
    let model = pix2pix();
    let given = ["--editor", &model, "--steps", "2"];
    edit(&source, "add a red hat", &out, &[&given, more].concat()).done();
    out
}

#[test]
fn candidates_are_made_scored_and_shown() {
    let out = run("diffusion-whole", &["-n", "2"]);
    assert_eq!(
        names(&out),
        [
            "best.png",
            "candidates",
            "candidates.jsonl",
            "contact-sheet.jpg",
            "evidence",
            "run.json"
        ]
    );
    let record = record(&out);
    assert_eq!(record["editor"]["id"], "instruct_pix2pix");
    assert_eq!(record["editor"]["settings"]["steps"], 2);
    for candidate in record["candidates"].as_array().expect("a list") {
        assert_eq!(
            candidate["scores"].as_object().map(|all| all.len()),
            Some(3)
        );
        assert_eq!(
            candidate["recipe"]["weights"].as_str().map(str::len),
            Some(64)
        );
    }
}

#[test]
fn an_adapter_makes_other_pictures_and_they_replay() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parity/cases");
    let adapter = format!("{}=0.7", cases.join("lora/peft.safetensors").display());
    let with = run("diffusion-lora", &["-n", "1", "--lora", &adapter]);
    let without = run("diffusion-no-lora", &["-n", "1"]);
    let weights = |out: &Path| record(out)["candidates"][0]["recipe"]["weights"].to_string();
    assert_ne!(weights(&with), weights(&without));
    assert_ne!(
        bytes(&with.join("best.png")),
        bytes(&without.join("best.png"))
    );
    assert_eq!(record(&with)["editor"]["settings"]["loras"][0][1], 0.7);
    retake(&[std::ffi::OsStr::new("replay"), with.as_os_str()]).done();
}

#[test]
fn every_kind_of_model_goes_through_the_whole_program() {
    let kinds = [
        ("rewarded", "rewarded_pix2pix"),
        ("flux_kontext_new", "flux_kontext"),
        ("flux2_klein", "flux2_klein"),
        ("flux2_klein_base", "flux2_klein"),
    ];
    for (case, id) in kinds {
        let folder = temporary(&format!("diffusion-{case}"));
        let (source, out) = (photo(&folder, "a.png"), folder.join("out"));
        let model = model(case);
        let given = ["--editor", &model, "--steps", "1", "-n", "2"];
        edit(&source, "make it winter", &out, &given).done();
        let record = record(&out);
        assert_eq!(record["editor"]["id"], id, "{case}");
        assert_eq!(record["spent"]["edits"], 2, "{case}");
        assert!(out.join("contact-sheet.jpg").exists(), "{case}");
    }
}

#[test]
fn a_run_of_a_model_replays_to_the_byte() {
    let out = run("diffusion-replay", &["-n", "2", "--guidance", "3"]);
    let said = retake(&["replay".as_ref(), out.as_os_str(), "--json".as_ref()]).done();
    assert_eq!(said.json()["same"], true);
}

#[test]
fn a_candidate_is_the_same_alone_and_among_others() {
    let alone = run("diffusion-alone", &["-n", "1"]);
    let among = run("diffusion-among", &["-n", "3"]);
    let first = |out: &Path| bytes(&out.join("candidates/000.png"));
    assert!(first(&alone) == first(&among));
    assert!(first(&among) != bytes(&among.join("candidates/001.png")));
}

#[test]
fn words_that_mean_nothing_here_are_for_the_model_to_read() {
    let folder = temporary("diffusion-words");
    let (source, out) = (photo(&folder, "a.png"), folder.join("out"));
    let model = pix2pix();
    let given = ["--editor", &model, "--steps", "1", "-n", "1"];
    let said = edit(&source, "zyx wvut", &out, &given).done();
    assert!(
        said.err.contains("The model reads it as written"),
        "{}",
        said.err
    );
}

#[test]
fn what_is_no_checkpoint_is_one_sentence_and_nothing_is_written() {
    let folder = temporary("diffusion-none");
    let (source, out) = (photo(&folder, "a.png"), folder.join("out"));
    let empty = folder.join("empty");
    std::fs::create_dir(&empty).expect("writable");
    let empty = empty.to_string_lossy();
    let said = edit(&source, "warmer", &out, &["--editor", &empty]);
    let last = said.err.lines().last().unwrap_or_default();
    assert_eq!(said.code, Some(1));
    assert!(last.contains("it has no model_index.json"), "{}", said.err);
    assert!(!out.exists());
}

#[test]
fn settings_of_a_model_without_a_model_are_refused() {
    let folder = temporary("diffusion-settings");
    let (source, out) = (photo(&folder, "a.png"), folder.join("out"));
    let said = edit(&source, "warmer", &out, &["--steps", "5"]);
    said.refused(1, "name one with --editor");
    assert!(!out.exists());
}

#[test]
fn ten_thousand_words_are_one_sentence() {
    let folder = temporary("diffusion-long");
    let (source, out) = (photo(&folder, "a.png"), folder.join("out"));
    let text = "dramatic sky ".repeat(5_000);
    let said = edit(&source, &text, &out, &["--editor", &pix2pix()]);
    said.refused(1, "say it in fewer words");
}
