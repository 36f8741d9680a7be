//! `retake edit --editor`: a diffusion model with small random weights goes through the whole program. Its pictures are
//! noise; what is proven is the way.

use std::path::{Path, PathBuf};

use super::bad_models::copy;
use super::{Said, bytes, edit, edit_command, names, photo, record, retake};
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

/// Runs a small FLUX.2 klein with so many further pictures; the folder of the run, and the last of them.
fn run_with_references(name: &str, count: usize) -> (PathBuf, PathBuf) {
    let folder = temporary(name);
    let (source, out) = (photo(&folder, "a.png"), folder.join("out"));
    let references = ["hat.png", "scarf.png"].map(|name| folder.join(name));
    for (path, red) in references.iter().zip([200, 90]) {
        let square = image::RgbImage::from_fn(40, 40, |x, y| image::Rgb([red, x as u8, y as u8]));
        square.save(path).expect("writable");
    }
    let model = model("flux2_klein");
    let mut given = vec!["--editor", &model, "--steps", "1", "-n", "1"];
    for path in &references[..count] {
        given.extend(["--reference", path.to_str().expect("a path")]);
    }
    edit(&source, "add the hat of the second picture", &out, &given).done();
    let [_, last] = references;
    (out, last)
}

#[test]
fn every_reference_picture_changes_what_is_made() {
    let made = [0, 1, 2].map(|count| {
        let (out, _) = run_with_references(&format!("diffusion-references-{count}"), count);
        let recorded = record(&out)["editor"]["references"].clone();
        assert_eq!(recorded.as_array().map_or(0, Vec::len), count);
        bytes(&out.join("best.png"))
    });
    assert!(made[0] != made[1] && made[1] != made[2]);
}

#[test]
fn reference_pictures_are_found_again_by_a_replay() {
    let (out, last) = run_with_references("diffusion-references-replay", 2);
    let replay = || retake(&[std::ffi::OsStr::new("replay"), out.as_os_str()]);
    replay().done();
    image::RgbImage::new(9, 9).save(&last).expect("writable");
    replay().refused(
        1,
        "the reference picture is not the one of the run any more",
    );
}

#[test]
fn weights_in_sixteen_bits_are_recorded_and_replay() {
    let exact = run("diffusion-f32", &["-n", "1", "--precision", "f32"]);
    let half = run("diffusion-bf16", &["-n", "1", "--precision", "bf16"]);
    assert!(bytes(&exact.join("best.png")) != bytes(&half.join("best.png")));
    let record = record(&half);
    assert_eq!(record["editor"]["settings"]["precision"], "bf16");
    assert_eq!(record["candidates"][0]["recipe"]["precision"], "bf16");
    retake(&[std::ffi::OsStr::new("replay"), half.as_os_str()]).done();
}

#[test]
fn a_precision_that_a_model_does_not_work_in_is_refused() {
    let folder = temporary("diffusion-f16");
    let (source, out) = (photo(&folder, "a.png"), folder.join("out"));
    let config = folder.join("settings.toml");
    std::fs::write(&config, "[editor]\nprecision = \"f16\"\n").expect("writable");
    let (model, config) = (model("flux2_klein"), config.to_string_lossy().into_owned());
    let given = ["--editor", &model, "--config", &config];
    let said = edit(&source, "make it winter", &out, &given);
    let last = said.err.lines().last().unwrap_or_default();
    assert!(
        last.contains("does not work in f16") && last.contains("f32 or bf16"),
        "{}",
        said.err
    );
    assert!(said.code == Some(1) && !out.exists());
    let said = edit(&source, "make it winter", &out, &["--precision", "f8"]);
    said.refused(2, "choose one of auto, f32, f16, bf16");
}

#[test]
fn a_sampler_that_takes_the_place_of_another_is_said_once_and_recorded() {
    let folder = temporary("diffusion-pndm");
    let (source, out) = (photo(&folder, "a.png"), folder.join("out"));
    let other = folder.join("model");
    copy(Path::new(&pix2pix()), &other);
    let settings = other.join("scheduler/scheduler_config.json");
    let text = String::from_utf8(bytes(&settings)).expect("settings");
    let text = text.replace("DDIMScheduler", "PNDMScheduler");
    std::fs::write(&settings, text).expect("writable");
    let model = other.to_string_lossy();
    let given = ["--editor", &model, "--steps", "2", "-n", "2"];
    let said = edit(&source, "add a red hat", &out, &given).done();
    let notice = "The model names the sampler PNDMScheduler, which Retake does not have; DPM-Solver++ 2M takes its place.";
    assert_eq!(said.err.matches(notice).count(), 1, "{}", said.err);
    let made = record(&out);
    assert_eq!(made["editor"]["notices"][0], notice);
    let recipe = &made["candidates"][1]["recipe"];
    assert_eq!(recipe["sampler"], "dpm_solver_2m");
    assert_eq!(recipe["instead_of"], "PNDMScheduler");
    // who chooses a sampler is told nothing
    let out = folder.join("chosen");
    let given = [
        "--editor",
        &model,
        "--steps",
        "1",
        "-n",
        "1",
        "--sampler",
        "ddim",
    ];
    let said = edit(&source, "add a red hat", &out, &given).done();
    assert!(!said.err.contains("PNDM"), "{}", said.err);
}

#[test]
fn a_tiny_autoencoder_is_found_by_its_published_name() {
    let folder = temporary("diffusion-taesd");
    let source = photo(&folder, "a.png");
    let models = folder.join("models");
    let here = models.join("madebyollin/taesd");
    let glimpsed = |out: &str| {
        let out = folder.join(out);
        let model = pix2pix();
        let given = ["--editor", &model, "--steps", "1", "-n", "1"];
        let said = edit_command(&source, "add a red hat", &out, &given)
            .env("RETAKE_MODELS", &models)
            .env("HF_HOME", folder.join("hf"))
            .env_remove("HF_HUB_CACHE")
            .env_remove("HUGGINGFACE_HUB_CACHE")
            .output();
        let said = Said::from(said.expect("the program can be started")).done();
        let recipe = record(&out)["candidates"][0]["recipe"].clone();
        (recipe["glimpsed"]["by"].clone(), said.err)
    };
    assert_eq!(glimpsed("without").0, "linear map");
    std::fs::create_dir_all(&here).expect("writable");
    let published = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parity/tiny_vae/taesd");
    for file in ["config.json", "diffusion_pytorch_model.safetensors"] {
        std::fs::copy(published.join(file), here.join(file)).expect("a copy");
    }
    assert_eq!(glimpsed("with").0, "tiny autoencoder");
    std::fs::write(
        here.join("diffusion_pytorch_model.safetensors"),
        "no weights",
    )
    .expect("spoilt");
    let (by, said) = glimpsed("spoilt");
    assert_eq!(by, "linear map");
    assert!(
        said.contains("without the tiny autoencoder madebyollin/taesd"),
        "{said}"
    );
}

#[test]
fn a_model_that_takes_no_reference_pictures_says_so() {
    let folder = temporary("diffusion-references-none");
    let (source, out) = (photo(&folder, "a.png"), folder.join("out"));
    let hat = photo(&folder, "hat.png");
    let model = pix2pix();
    let given = [
        "--editor",
        &model,
        "--reference",
        hat.to_str().expect("a path"),
    ];
    let said = edit(&source, "add a red hat", &out, &given);
    let last = said.err.lines().last().unwrap_or_default();
    assert!(
        last.contains(
            "InstructPix2Pix takes no reference pictures beside the photo; FLUX.2 klein does"
        ),
        "{}",
        said.err
    );
    assert!(said.code == Some(1) && !out.exists());
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
fn a_photo_of_one_pixel_goes_the_whole_way() {
    let folder = temporary("diffusion-pixel");
    let (source, out) = (folder.join("a.png"), folder.join("out"));
    image::RgbImage::from_pixel(1, 1, image::Rgb([90, 120, 40]))
        .save(&source)
        .expect("writable");
    let model = pix2pix();
    let given = ["--editor", &model, "--steps", "1", "-n", "2"];
    edit(&source, "make it winter", &out, &given).done();
    let best = image::open(out.join("best.png")).expect("a picture");
    assert_eq!((best.width(), best.height()), (1, 1));
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
fn settings_of_a_model_are_not_lost_on_a_server() {
    let folder = temporary("diffusion-server");
    let (source, out) = (photo(&folder, "a.png"), folder.join("out"));
    let hat = photo(&folder, "hat.png");
    let hat = hat.to_str().expect("a path");
    let given = ["--editor", "http://127.0.0.1:9/v1", "--reference", hat];
    let said = edit(&source, "add a hat", &out, &given);
    said.refused(1, "are for a model on this machine");
}

#[test]
fn ten_thousand_words_are_one_sentence() {
    let folder = temporary("diffusion-long");
    let (source, out) = (photo(&folder, "a.png"), folder.join("out"));
    let text = "dramatic sky ".repeat(5_000);
    let said = edit(&source, &text, &out, &["--editor", &pix2pix()]);
    said.refused(1, "say it in fewer words");
}
