//! Checkpoints that are none, or damaged, or do not belong together: one sentence each, and nothing is made.

use std::path::{Path, PathBuf};

use super::{edit, photo};
use crate::places::temporary;

/// A copy of the small InstructPix2Pix in a folder, to be damaged.
fn model(folder: &Path) -> PathBuf {
    let case =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parity/cases/instruct_pix2pix_old");
    let target = folder.join("model");
    copy(&case.join("model"), &target);
    target
}

pub(super) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder").flatten() {
        let target = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(std::fs::copy(entry.path(), &target).expect("a copy")),
        }
    }
}

/// Edits with a model that `damage` was done to: refused in a sentence with these words, and nothing is there.
fn refused(name: &str, damage: impl Fn(&Path), words: &str) {
    let folder = temporary(name);
    let (source, model) = (photo(&folder, "a.png"), model(&folder));
    damage(&model);
    let (out, model) = (folder.join("out"), model.to_string_lossy().into_owned());
    let said = edit(
        &source,
        "make it winter",
        &out,
        &["-n", "1", "--editor", &model],
    );
    assert_eq!(said.code, Some(1), "{}", said.err);
    let last = said.err.lines().last().unwrap_or_default();
    assert!(
        last.starts_with("retake: ") && last.contains(words),
        "{words}: {}",
        said.err
    );
    assert!(said.err.lines().count() <= 2, "{}", said.err);
    assert!(!out.exists());
}

/// Changes the bytes of a file.
fn change(path: &Path, how: impl Fn(&mut Vec<u8>)) {
    let mut bytes = std::fs::read(path).expect("a file");
    how(&mut bytes);
    std::fs::write(path, bytes).expect("a file");
}

const UNET: &str = "unet/diffusion_pytorch_model.safetensors";

#[test]
fn a_folder_that_is_no_checkpoint() {
    let damage = |model: &Path| std::fs::remove_file(model.join("model_index.json")).expect("gone");
    refused("bad-model-none", damage, "this folder is no checkpoint");
}

#[test]
fn a_file_of_weights_that_ends_early() {
    let damage = |model: &Path| change(&model.join(UNET), |bytes| bytes.truncate(bytes.len() / 2));
    refused("bad-model-short", damage, "where its header promises");
}

#[test]
fn a_shard_that_is_not_there() {
    let damage = |model: &Path| {
        std::fs::remove_file(model.join(UNET)).expect("gone");
        let list = model.join("unet/diffusion_pytorch_model.safetensors.index.json");
        let shards = br#"{"weight_map": {"conv_in.weight": "diffusion_pytorch_model-00001-of-00002.safetensors"}}"#;
        std::fs::write(list, shards).expect("a list");
    };
    refused(
        "bad-model-shard",
        damage,
        "diffusion_pytorch_model-00001-of-00002.safetensors",
    );
}

#[test]
fn weights_that_are_there_only_as_a_pickle() {
    let damage = |model: &Path| {
        let path = model.join(UNET);
        std::fs::rename(&path, path.with_extension("bin")).expect("another name");
    };
    refused("bad-model-pickle", damage, "only as a pickle file");
}

#[test]
fn weights_that_are_not_numbers() {
    let damage = |model: &Path| {
        change(&model.join(UNET), |bytes| {
            let end = bytes.len();
            bytes[end - 4..].copy_from_slice(&f32::NAN.to_le_bytes());
        });
    };
    refused("bad-model-nan", damage, "holds numbers that are not finite");
}

#[test]
fn a_text_encoder_of_another_size() {
    let damage = |model: &Path| {
        let other = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/parity/cases/instruct_pix2pix_new/model");
        change(&model.join("unet/config.json"), |bytes| {
            let text = String::from_utf8_lossy(bytes).into_owned();
            *bytes = text
                .replace("\"cross_attention_dim\": 16", "\"cross_attention_dim\": 24")
                .into_bytes();
        });
        let part = "text_encoder/config.json";
        std::fs::copy(other.join(part), model.join(part)).expect("a copy");
    };
    refused(
        "bad-model-text",
        damage,
        "the denoiser reads text of width 24, and the text encoder writes 16",
    );
}

#[test]
fn settings_that_are_no_settings() {
    let damage = |model: &Path| change(&model.join("vae/config.json"), |bytes| bytes.truncate(40));
    refused(
        "bad-model-settings",
        damage,
        "the settings cannot be understood",
    );
}

#[test]
fn a_name_that_no_model_has() {
    let folder = temporary("bad-model-name");
    let source = photo(&folder, "a.png");
    let said = edit(
        &source,
        "make it winter",
        &folder.join("out"),
        &["--editor", "no-such-model-anywhere"],
    );
    assert_eq!(said.code, Some(1), "{}", said.err);
    assert!(
        said.err.contains("retake models list shows what there is"),
        "{}",
        said.err
    );
    assert!(!folder.join("out").exists());
}
