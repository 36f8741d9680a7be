//! `retake models`: what is here, what a model takes, and loading one from a hub on this machine.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::hub::{COMMIT, Faults, Hub, NAME};
use super::{Said, program};
use crate::places::temporary;

fn small_model() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parity/cases/instruct_pix2pix_old/model")
}

/// The program in a home of its own that has no models, no cache and no token.
fn command(home: &Path, words: &[&str]) -> Command {
    let mut command = program(&["models"]);
    for name in [
        "HF_TOKEN",
        "HUGGING_FACE_HUB_TOKEN",
        "HF_HUB_TOKEN",
        "HF_TOKEN_PATH",
        "HF_HUB_OFFLINE",
        "HF_HUB_CACHE",
        "HUGGINGFACE_HUB_CACHE",
        "HTTP_PROXY",
        "http_proxy",
        "ALL_PROXY",
        "all_proxy",
        "HTTPS_PROXY",
        "https_proxy",
    ] {
        command.env_remove(name);
    }
    command
        .args(words)
        .env("RETAKE_MODELS", home.join("models"))
        .env("HF_HOME", home.join("hf"))
        .env("HF_HUB_DOWNLOAD_TIMEOUT", "20");
    command
}

fn said(mut command: Command) -> Said {
    command.output().expect("the program can be started").into()
}

fn pull(home: &Path, hub: &Hub, more: &[(&str, &str)]) -> Said {
    let mut command = command(home, &["pull", NAME, "--yes"]);
    command
        .env("HF_ENDPOINT", &hub.address)
        .envs(more.iter().copied());
    said(command)
}

/// Refused in a line that has these words; what was said before it is what the model is.
fn refused(said: &Said, words: &str) {
    assert_eq!(said.code, Some(1), "{}", said.err);
    let last = said.err.lines().last().unwrap_or_default();
    assert!(
        last.starts_with("retake: ") && last.contains(words),
        "{words}: {}",
        said.err
    );
    assert!(
        !said.err.contains("panicked") && !said.err.contains("backtrace"),
        "{}",
        said.err
    );
}

fn is_here(home: &Path) -> bool {
    home.join("models").join(NAME).exists()
}

#[test]
fn a_model_is_pulled_listed_checked_and_pulled_only_once() {
    let home = temporary("models-whole");
    let hub = Hub::of(&small_model(), Faults::default());
    let loaded = pull(&home, &hub, &[]).done();
    for words in [
        "licence: small-licence (LICENSE.md)",
        "files, ",
        "is here: ",
    ] {
        assert!(loaded.err.contains(words), "{words}: {}", loaded.err);
    }
    let folder = home.join("models").join(NAME);
    for (name, bytes) in &hub.files {
        let unwanted = name.ends_with(".bin") || name.contains("fp16") || name.ends_with(".ckpt");
        let found = std::fs::read(folder.join(name)).ok();
        assert_eq!(found.as_ref(), (!unwanted).then_some(bytes), "{name}");
    }
    assert!(!home.join("models/.loading").exists());

    let list = said(command(&home, &["list"])).done();
    assert!(
        list.err.contains(NAME) && list.err.contains("InstructPix2Pix"),
        "{}",
        list.err
    );
    let list = said(command(&home, &["list", "--json"])).done().json();
    assert_eq!(list["models"][0]["name"], NAME);
    assert_eq!(list["models"][0]["place"], "retake");

    let check = said(command(&home, &["check", "small-pix2pix"])).done();
    assert!(
        check.err.contains("complete: every tensor is there"),
        "{}",
        check.err
    );

    let asked = hub.asked().len();
    let again = pull(&home, &hub, &[]).done();
    assert!(again.err.contains("is here already"), "{}", again.err);
    // what the model is, and its index
    assert_eq!(hub.asked().len(), asked + 2);
}

#[test]
fn a_broken_connection_is_gone_on_from_where_it_broke() {
    let home = temporary("models-cut");
    let weights = "unet/diffusion_pytorch_model.safetensors";
    let faults = Faults {
        cut: Some((weights, 1000)),
        ..Faults::default()
    };
    let hub = Hub::of(&small_model(), faults);
    refused(&pull(&home, &hub, &[]), "what was loaded is kept");
    assert!(!is_here(&home));
    pull(&home, &hub, &[]).done();
    let asked = hub.asked();
    let ranges: Vec<_> = asked
        .iter()
        .filter(|asked| asked.path.ends_with(weights))
        .map(|asked| asked.range.clone())
        .collect();
    assert_eq!(ranges, [None, Some("bytes=1000-".to_owned())]);
    let found = std::fs::read(home.join("models").join(NAME).join(weights)).expect("weights");
    assert_eq!(found, hub.files[weights]);
    // and nothing came twice
    let small = asked
        .iter()
        .filter(|asked| asked.path.ends_with("tokenizer/merges.txt"));
    assert_eq!(small.count(), 1);
}

#[test]
fn a_file_with_another_checksum_is_thrown_away() {
    let home = temporary("models-checksum");
    let faults = Faults {
        swapped: Some("vae/diffusion_pytorch_model.safetensors"),
        ..Faults::default()
    };
    let hub = Hub::of(&small_model(), faults);
    refused(&pull(&home, &hub, &[]), "its checksum is another");
    assert!(!is_here(&home));
    pull(&home, &hub, &[]).done();
    assert!(is_here(&home));
}

#[test]
fn a_hub_that_falls_silent_is_not_waited_for_without_end() {
    let home = temporary("models-silent");
    let faults = Faults {
        silent: Some("unet/diffusion_pytorch_model.safetensors"),
        ..Faults::default()
    };
    let hub = Hub::of(&small_model(), faults);
    let begun = std::time::Instant::now();
    let said = pull(&home, &hub, &[("HF_HUB_DOWNLOAD_TIMEOUT", "0.5")]);
    refused(&said, "has been silent for 0.5 s");
    assert!(begun.elapsed().as_secs() < 20);
    assert!(!is_here(&home));
}

#[test]
fn the_token_goes_with_every_request_and_comes_from_the_file_too() {
    let home = temporary("models-token");
    let hub = Hub::of(&small_model(), Faults::default());
    pull(&home, &hub, &[("HF_TOKEN", "hf_abc")]).done();
    let all = hub.asked();
    assert!(
        all.iter()
            .all(|asked| asked.token.as_deref() == Some("Bearer hf_abc")),
        "{all:?}"
    );
    std::fs::create_dir_all(home.join("hf")).expect("a folder");
    std::fs::write(home.join("hf/token"), "hf_file\n").expect("a file");
    let before = hub.asked().len();
    pull(&home, &hub, &[]).done();
    assert_eq!(hub.asked()[before].token.as_deref(), Some("Bearer hf_file"));
}

#[test]
fn each_refusal_of_the_hub_says_what_to_do() {
    let cases = [
        (403, "GatedRepo", "", "accept it at"),
        (401, "GatedRepo", "", "accept it at"),
        (403, "GatedRepo", "hf_abc", "your token may not read"),
        (
            401,
            "RepoNotFound",
            "",
            "look whether the name is right, or set HF_TOKEN",
        ),
        (401, "", "hf_abc", "does not accept your token"),
        (404, "RepoNotFound", "", "no model or file of this name"),
        (429, "", "", "try again in a few minutes"),
        (503, "", "", "it answers 503"),
    ];
    let home = temporary("models-refused");
    for (status, code, token, words) in cases {
        let faults = Faults {
            refuses: Some((status, code)),
            ..Faults::default()
        };
        let hub = Hub::of(&small_model(), faults);
        pull(&home, &hub, &[("HF_TOKEN", token)]).refused(1, words);
    }
    assert!(!home.join("models").exists());
}

#[test]
fn a_hub_that_is_not_there_is_said_in_one_line() {
    let home = temporary("models-nowhere");
    for (endpoint, words) in [
        ("http://127.0.0.1:9", "cannot be reached"),
        ("nonsense", "HF_ENDPOINT is no address"),
    ] {
        let mut command = command(&home, &["pull", NAME, "--yes"]);
        command.env("HF_ENDPOINT", endpoint);
        said(command).refused(1, words);
    }
    let mut offline = command(&home, &["pull", NAME, "--yes"]);
    offline.env("HF_HUB_OFFLINE", "1");
    said(offline).refused(1, "HF_HUB_OFFLINE");
}

#[test]
fn a_name_that_is_none_is_never_asked_for() {
    let home = temporary("models-names");
    let hub = Hub::of(&small_model(), Faults::default());
    for name in ["../../etc", "one", "a/b/c", "a/..", "-x/y", "a b/c"] {
        let mut command = command(&home, &["pull", "--yes", "--", name]);
        command.env("HF_ENDPOINT", &hub.address);
        said(command).refused(1, "named by its owner and its name");
    }
    assert!(hub.asked().is_empty());
}

#[test]
fn nothing_is_loaded_without_a_yes() {
    let home = temporary("models-no-yes");
    let hub = Hub::of(&small_model(), Faults::default());
    let mut command = command(&home, &["pull", NAME]);
    command.env("HF_ENDPOINT", &hub.address);
    let answer = said(command);
    refused(&answer, "--yes loads it without asking");
    assert!(
        answer.err.contains("licence: small-licence"),
        "{}",
        answer.err
    );
    assert!(!home.join("models").exists());
}

#[test]
fn a_model_larger_than_the_disk_is_not_begun() {
    let home = temporary("models-disk");
    let faults = Faults {
        larger: 1 << 52,
        ..Faults::default()
    };
    let hub = Hub::of(&small_model(), faults);
    refused(&pull(&home, &hub, &[]), "make room, or set RETAKE_MODELS");
    assert!(!is_here(&home));
}

/// A limit on the size of files stands for a disk that has no more room: the same write fails.
#[cfg(unix)]
#[test]
fn a_disk_that_fills_keeps_what_was_loaded_for_the_next_time() {
    let home = temporary("models-full");
    let hub = Hub::of(&small_model(), Faults::default());
    let program = command(&home, &["pull", NAME, "--yes"]);
    let mut limited = Command::new("sh");
    limited.args(["-c", "trap '' XFSZ; ulimit -f 200; exec \"$0\" \"$@\""]);
    limited.arg(program.get_program()).args(program.get_args());
    for (name, value) in program.get_envs() {
        match value {
            Some(value) => limited.env(name, value),
            None => limited.env_remove(name),
        };
    }
    limited.env("HF_ENDPOINT", &hub.address);
    refused(&said(limited), "the disk is full; make room and pull again");
    assert!(!is_here(&home));
    pull(&home, &hub, &[]).done();
    let asked = hub.asked();
    let continued = asked.iter().filter(|asked| asked.range.is_some());
    assert_eq!(continued.count(), 1, "{asked:?}");
}

#[test]
fn a_model_in_the_cache_of_hugging_face_is_found_by_its_name() {
    let home = temporary("models-cache");
    let repository = home.join("hf/hub/models--somebody--small-pix2pix");
    let snapshot = repository.join("snapshots").join(COMMIT);
    std::fs::create_dir_all(snapshot.parent().expect("a folder")).expect("folders");
    std::fs::create_dir_all(repository.join("refs")).expect("a folder");
    std::fs::write(repository.join("refs/main"), COMMIT).expect("a file");
    copy(&small_model(), &snapshot);
    let list = said(command(&home, &["list", "--json"])).done().json();
    assert_eq!(list["models"][0]["place"], "hub_cache");
    for name in [NAME, "small-pix2pix", "Small-Pix2Pix"] {
        let check = said(command(&home, &["check", name, "--json"]))
            .done()
            .json();
        assert_eq!(check["problems"], serde_json::json!([]), "{name}");
    }
    said(command(&home, &["check", "large-pix2pix"]))
        .refused(1, "there is no model named large-pix2pix");
}

#[test]
fn an_empty_home_says_how_to_come_by_a_model() {
    let home = temporary("models-none");
    let list = said(command(&home, &["list"])).done();
    assert!(list.err.contains("retake models pull"), "{}", list.err);
}

#[test]
fn a_check_names_what_is_missing_and_goes_on() {
    let home = temporary("models-missing");
    let folder = home.join("model");
    copy(&small_model(), &folder);
    std::fs::remove_file(folder.join("vae/diffusion_pytorch_model.safetensors")).expect("gone");
    std::fs::remove_file(folder.join("tokenizer/merges.txt")).expect("gone");
    let config = folder.join("unet/config.json");
    let text = std::fs::read_to_string(&config).expect("settings");
    std::fs::write(
        &config,
        text.replace("\"in_channels\": 8", "\"in_channels\": 9"),
    )
    .expect("settings");
    let folder = folder.to_string_lossy().into_owned();
    let check = said(command(&home, &["check", &folder, "--json"]));
    assert_eq!(check.code, Some(1), "{}", check.err);
    let problems = check.json()["problems"].to_string();
    for words in [
        "there are no weights",
        "vae",
        "merges.txt",
        "conv_in.weight has the shape",
    ] {
        assert!(problems.contains(words), "{words}: {problems}");
    }
}

#[test]
fn every_kind_of_model_is_found_complete() {
    let home = temporary("models-kinds");
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parity/cases");
    let mut kinds = std::collections::BTreeSet::new();
    for case in std::fs::read_dir(cases).expect("cases").flatten() {
        let model = case.path().join("model");
        if !model.join("model_index.json").is_file() {
            continue;
        }
        let check = said(command(
            &home,
            &["check", &model.to_string_lossy(), "--json"],
        ));
        let report = check.json();
        assert_eq!(
            report["problems"],
            serde_json::json!([]),
            "{}",
            model.display()
        );
        for stage in report["stages"].as_array().expect("stages") {
            assert!(
                stage["parameters"].as_u64() > Some(0),
                "{}: {stage}",
                model.display()
            );
        }
        kinds.insert(report["editor"].to_string());
    }
    assert!(kinds.len() >= 3, "{kinds:?}");
}

#[test]
fn a_check_counts_what_a_model_takes() {
    let home = temporary("models-counts");
    let folder = small_model().to_string_lossy().into_owned();
    let one = said(command(&home, &["check", &folder, "-n", "1", "--json"]))
        .done()
        .json();
    let four = said(command(&home, &["check", &folder, "-n", "4", "--json"]))
        .done()
        .json();
    assert_eq!((&one["steps"], &one["guided"]), (&20.into(), &3.into()));
    let stages = one["stages"].as_array().expect("stages");
    let names: Vec<_> = stages.iter().map(|stage| stage["stage"].as_str()).collect();
    assert_eq!(
        names,
        [Some("text encoder"), Some("denoiser"), Some("autoencoder")]
    );
    for stage in stages {
        // 32-bit floats: what is on the disk is four bytes a parameter
        let parameters = stage["parameters"].as_u64().expect("a number");
        assert_eq!(stage["bytes_on_disk"], parameters * 4);
        assert!(
            stage["working_bytes"].as_u64() > Some(0) && stage["operations"].as_f64() > Some(0.0)
        );
    }
    let held = |report: &serde_json::Value, index: usize| {
        report["variants"][index]["together_bytes"].as_u64()
    };
    assert_eq!(held(&one, 0), held(&one, 1));
    assert!(held(&one, 2) < held(&one, 1));
    // the time of one candidate and of four, beside that of the stages of one; what reads text works once for all
    let times = |report: &serde_json::Value| {
        let of = |value: &serde_json::Value| value.as_f64().expect("a number");
        let stages = report["stages"].as_array().expect("stages");
        let one: f64 = stages.iter().map(|stage| of(&stage["seconds"])).sum();
        of(&report["expected_seconds"]) / one
    };
    assert!((times(&one) - 1.0).abs() < 1e-9);
    let ratio = times(&four);
    assert!(ratio > 3.5 && ratio <= 4.0, "{ratio}");
    let kept = |report: &serde_json::Value| report["bytes_for_candidates"].as_u64();
    assert_eq!(kept(&four), kept(&one).map(|bytes| 4 * bytes));
}

#[test]
fn a_check_knows_how_each_kind_works_and_at_what_size() {
    let home = temporary("models-ways");
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parity/cases");
    for (case, steps, guided, side) in [
        ("instruct_pix2pix_old", 20, 3, 32),
        ("rewarded", 30, 3, 32),
        ("img2img_21", 18, 2, 32),
        ("img2img_turbo", 2, 1, 32),
        ("flux_kontext_new", 28, 1, 32),
        ("flux2_klein", 4, 1, 1024),
        ("flux2_klein_base", 50, 2, 1024),
        ("flux2_klein_kv", 4, 1, 1024),
    ] {
        let folder = cases.join(case).join("model");
        let folder = folder.to_string_lossy();
        let report = said(command(&home, &["check", &folder, "-n", "1", "--json"]));
        let report = report.done().json();
        assert_eq!(
            (&report["steps"], &report["guided"], &report["work_size_px"]),
            (
                &steps.into(),
                &guided.into(),
                &serde_json::json!([side, side])
            ),
            "{case}"
        );
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder").flatten() {
        let target = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(std::fs::copy(entry.path(), &target).expect("a copy")),
        }
    }
}
