//! What a checkpoint that is amiss gets: one sentence that names it.

use std::path::{Path, PathBuf};

use candle_core::{Device, Tensor};
use serde_json::{Value, json};

use super::Networks;

/// A copy of the small checkpoint, to be spoilt.
struct Spoilt(PathBuf);

impl Spoilt {
    fn new(name: &str) -> Self {
        let small = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../tests/parity/cases/flux2_klein/model");
        let folder =
            std::env::temp_dir().join(format!("retake-flux2-{}-{name}", std::process::id()));
        for part in [
            "scheduler",
            "text_encoder",
            "tokenizer",
            "transformer",
            "vae",
        ] {
            std::fs::create_dir_all(folder.join(part)).expect("a folder");
            for file in std::fs::read_dir(small.join(part))
                .expect("files")
                .flatten()
            {
                let to = folder.join(part).join(file.file_name());
                std::fs::copy(file.path(), to).expect("a copy");
            }
        }
        std::fs::copy(
            small.join("model_index.json"),
            folder.join("model_index.json"),
        )
        .expect("a copy");
        Self(folder)
    }

    fn set(&self, file: &str, key: &str, value: Value) {
        let path = self.0.join(file);
        let text = std::fs::read_to_string(&path).expect("settings");
        let mut settings: Value = serde_json::from_str(&text).expect("settings");
        settings[key] = value;
        std::fs::write(path, settings.to_string()).expect("settings");
    }

    fn said(&self) -> String {
        match Networks::open(&self.0, &Device::Cpu) {
            Ok(_) => panic!("a refusal"),
            Err(error) => error.to_string(),
        }
    }
}

impl Drop for Spoilt {
    fn drop(&mut self) {
        // a folder that stays behind is no failure of the test
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_text_encoder_of_another_size_is_named() {
    let spoilt = Spoilt::new("width");
    spoilt.set("text_encoder/config.json", "hidden_size", json!(16));
    let said = spoilt.said();
    assert!(said.contains("the text encoder is of another size: the denoiser reads text of width 24, and the text encoder writes 48"), "{said}");
    let spoilt = Spoilt::new("depth");
    spoilt.set("text_encoder/config.json", "num_hidden_layers", json!(20));
    let said = spoilt.said();
    assert!(said.contains("after 27 layers, and it has 20"), "{said}");
}

#[test]
fn a_missing_tokenizer_is_named() {
    for (file, named) in [
        ("tokenizer.json", "a file of the tokenizer is missing"),
        (
            "tokenizer_config.json",
            "a file of the checkpoint is missing",
        ),
        ("chat_template.jinja", "the chat template is missing"),
    ] {
        let spoilt = Spoilt::new(file);
        std::fs::remove_file(spoilt.0.join("tokenizer").join(file)).expect("gone");
        let said = spoilt.said();
        assert!(said.contains(named) && said.contains(file), "{said}");
    }
}

#[test]
fn a_tokenizer_that_fills_on_the_left_is_refused() {
    let spoilt = Spoilt::new("left");
    spoilt.set(
        "tokenizer/tokenizer_config.json",
        "padding_side",
        json!("left"),
    );
    let said = spoilt.said();
    assert!(said.contains("on the left"), "{said}");
}

#[test]
fn weights_that_are_no_numbers_are_named() {
    let spoilt = Spoilt::new("nan");
    let path = spoilt
        .0
        .join("transformer/diffusion_pytorch_model.safetensors");
    let mut tensors = candle_core::safetensors::load(&path, &Device::Cpu).expect("weights");
    let name = "single_transformer_blocks.0.attn.norm_k.weight";
    let broken = Tensor::full(f32::NAN, tensors[name].shape(), &Device::Cpu).expect("NaN");
    tensors.insert(name.to_owned(), broken);
    candle_core::safetensors::save(&tensors, &path).expect("weights");
    let said = spoilt.said();
    assert!(
        said.contains(&format!(
            "the tensor {name} holds numbers that are not finite"
        )),
        "{said}"
    );
}

#[test]
fn another_autoencoder_is_named() {
    let spoilt = Spoilt::new("vae");
    spoilt.set("vae/config.json", "latent_channels", json!(4));
    let said = spoilt.said();
    assert!(
        said.contains("the denoiser takes 8 channels and gives 8, where the autoencoder has 16"),
        "{said}"
    );
}

#[test]
fn settings_of_another_arithmetic_are_refused_by_name() {
    for (file, key, value) in [
        ("transformer/config.json", "patch_size", json!(2)),
        ("transformer/config.json", "axes_dims_rope", json!([8, 8])),
        ("vae/config.json", "patch_size", json!([1, 1])),
        ("vae/config.json", "decoder_block_out_channels", json!([8])),
    ] {
        let spoilt = Spoilt::new("setting");
        spoilt.set(file, key, value);
        let said = spoilt.said();
        assert!(
            said.contains(&file.replace('/', std::path::MAIN_SEPARATOR_STR)),
            "{said}"
        );
    }
}

#[test]
fn a_text_without_end_is_cut_and_counted() {
    let spoilt = Spoilt::new("long");
    let networks = Networks::open(&spoilt.0, &Device::Cpu).expect("a checkpoint");
    let prompt = networks
        .prompt(&"word ".repeat(10_000), Networks::PLACES)
        .expect("tokens");
    assert_eq!(
        (prompt.ids.len(), prompt.real),
        (Networks::PLACES, Networks::PLACES)
    );
    assert!(prompt.cut > 9_000, "{}", prompt.cut);
}
