//! The editor on a small checkpoint, and what is said about checkpoints that are not whole.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use candle_core::{Device, Result, Tensor};
use retake_core::{EditRequest, Instruction, Photo, PhotoId, Quiet, Raster, Rng};
use serde_json::{Map, Value, json};

use super::{FluxConfig, Kontext, Networks};
use crate::Checkpoint;
use crate::checkpoint::config::Settings;
use crate::diffusion::{Model, Wishes, open};
use crate::kernels::as_on_a_card;

fn original() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/parity/cases/flux_kontext_old/model")
}

/// A copy of the checkpoint that goes away with the test.
struct Copy(PathBuf);

impl Copy {
    fn new(test: &str) -> Self {
        let to = std::env::temp_dir().join(format!("retake-flux1-{}-{test}", std::process::id()));
        copy(&original(), &to);
        Self(to)
    }

    /// Changes settings in a JSON file; null takes one away.
    fn set(self, file: &str, changes: Value) -> Self {
        let path = self.0.join(file);
        let text = std::fs::read_to_string(&path).expect("settings");
        let mut all: Map<String, Value> = serde_json::from_str(&text).expect("settings");
        all.extend(changes.as_object().expect("changes").clone());
        all.retain(|_, value| !value.is_null());
        std::fs::write(path, Value::Object(all).to_string()).expect("a file");
        self
    }

    fn without(self, file: &str) -> Self {
        std::fs::remove_file(self.0.join(file)).expect("gone");
        self
    }

    /// What is said when it is opened.
    fn sentence(&self) -> String {
        let opened = Checkpoint::open(&self.0)
            .and_then(|checkpoint| Networks::of(&checkpoint, &Device::Cpu));
        match opened {
            Ok(_) => panic!("a refusal"),
            Err(error) => error.to_string(),
        }
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder").flatten() {
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy(&from, &to);
        } else {
            std::fs::copy(from, to).expect("a file");
        }
    }
}

fn request(text: &str) -> EditRequest {
    let source = Raster::from_fn(31, 22, |x, y| [x as f32 / 31.0, y as f32 / 22.0, 0.4]);
    EditRequest {
        photo: Photo::from_raster(source.clone(), PhotoId([1; 32])),
        instruction: Instruction {
            text: text.to_owned(),
            ..Instruction::default()
        },
        seed: 7,
        source: Arc::new(source),
        base: None,
        like: None,
        settings: Default::default(),
    }
}

fn wishes(steps: usize) -> Wishes {
    Wishes {
        steps: Some(steps),
        ..Wishes::default()
    }
}

#[test]
fn an_edit_can_be_watched_forked_finished_and_made_again() {
    let editor = open(&original(), &wishes(3)).expect("an editor");
    assert_eq!(editor.info().id, "flux_kontext");
    let request = request("make it winter");
    let mut trunk = editor.start(&request).expect("a start");
    trunk.step(&Quiet).expect("a step");
    let glimpse = trunk.preview().expect("a preview");
    assert_eq!((glimpse.width, glimpse.height), (31, 22));
    let branch = trunk.fork(8).expect("a fork");
    let branch = branch.finish(&Quiet).expect("a candidate");
    let trunk = trunk.finish(&Quiet).expect("a candidate");
    assert_ne!(branch.picture, trunk.picture);
    for candidate in [branch, trunk] {
        let again = editor.redo(&request, &candidate.provenance.recipe);
        assert_eq!(again.expect("a picture"), candidate.picture);
    }
}

#[test]
fn strength_keeps_the_edit_nearer_to_the_photo() {
    let from_photo = |strength: f64| {
        let wishes = Wishes {
            strength: Some(strength),
            ..wishes(10)
        };
        let editor = open(&original(), &wishes).expect("an editor");
        let trajectory = editor.start(&request("make it winter")).expect("a start");
        (
            trajectory.steps_left(),
            trajectory.finish(&Quiet).expect("a candidate").picture,
        )
    };
    let (few, near) = from_photo(0.1);
    let (all, far) = from_photo(1.0);
    assert_eq!((few, all), (1, 10));
    assert_ne!(near, far);
}

#[test]
fn what_was_published_with_it_is_taken_where_nothing_is_wished() {
    let checkpoint = Checkpoint::open(&original()).expect("a checkpoint");
    let model = Kontext::open(&checkpoint, &Device::Cpu).expect("a model");
    let settings = model.defaults();
    assert_eq!((settings.steps, settings.guidance.text), (28, 2.5));
    // trained on squares of 32 px, so they say: 8 tokens of 4 px
    assert_eq!(model.room(4000, 4000), (32, 32));
    assert_eq!(model.room(6000, 4000), (40, 28));
}

#[test]
fn a_card_would_compute_the_same() {
    let checkpoint = Checkpoint::open(&original()).expect("a checkpoint");
    let networks = Networks::of(&checkpoint, &Device::Cpu).expect("networks");
    let noise = |seed: u64, dims: &[usize]| {
        let mut rng = Rng::new(seed);
        let values: Vec<f32> = (0..dims.iter().product()).map(|_| rng.normal()).collect();
        Tensor::from_vec(values, dims, &Device::Cpu).expect("noise")
    };
    let made = || -> Result<[Tensor; 4]> {
        let words = networks.tokens_within("make it winter", 20).expect("words");
        let text = networks.text(&words)?;
        let picture = networks.encode(&noise(1, &[1, 3, 16, 24]))?;
        // two candidates at once, of another size than the picture
        let latents = noise(2, &[2, 4, 6, 10]);
        let answer = networks.denoise(&latents, &picture, 700.0, &text, 2.5)?;
        let picture = networks.decode(&answer)?;
        Ok([text.states, text.pooled, answer, picture])
    };
    let here = made().expect("networks");
    let there = as_on_a_card(made).expect("networks");
    for (here, there) in here.iter().zip(&there) {
        let apart = (here - there).and_then(|d| d.abs()?.max_all()?.to_scalar::<f32>());
        let apart = apart.expect("a number");
        assert!(apart < 2e-5, "{apart:e}");
    }
}

#[test]
fn ten_thousand_words_are_cut_and_the_record_says_so() {
    let editor = open(&original(), &wishes(1)).expect("an editor");
    let long = request(&"dramatic sky ".repeat(5_000));
    let candidate = editor.start(&long).expect("a start").finish(&Quiet);
    let cut = &candidate.expect("a candidate").provenance.recipe["tokens_cut"];
    assert!(cut.as_u64().expect("a number") >= 10_000 - 511, "{cut}");
}

#[test]
fn a_text_encoder_of_another_size_is_one_sentence() {
    for (file, changes, words) in [
        (
            "text_encoder_2/config.json",
            json!({"d_model": 4096}),
            "reads text of width 24 from T5, and the text encoder writes 4096",
        ),
        (
            "text_encoder/config.json",
            json!({"hidden_size": 768}),
            "reads text of width 16 from CLIP, and the text encoder writes 768",
        ),
        (
            "text_encoder_2/config.json",
            json!({"d_ff": 41}),
            "has the shape [40, 24] where config.json calls for [41, 24]",
        ),
        (
            "text_encoder_2/config.json",
            json!({"num_layers": 1}),
            "are left over",
        ),
        (
            "text_encoder_2/config.json",
            json!({"vocab_size": 9}),
            "the tokenizer of T5 has 49 words and the text encoder only 9",
        ),
        (
            "transformer/config.json",
            json!({"in_channels": 64}),
            "tokens of 64 numbers, where 2 × 2 latents of 4 channels have 16",
        ),
        (
            "transformer/config.json",
            json!({"num_layers": 2}),
            "the tensor transformer_blocks.1.",
        ),
    ] {
        let said = Copy::new("size").set(file, changes).sentence();
        assert!(said.contains(words) && !said.contains('\n'), "{said}");
    }
}

#[test]
fn a_missing_file_is_named() {
    for (file, words) in [
        (
            "tokenizer_2/tokenizer.json",
            "a file of the tokenizer is missing",
        ),
        ("tokenizer/vocab.json", "a file of the tokenizer is missing"),
        (
            "text_encoder_2/config.json",
            "a file of the checkpoint is missing",
        ),
        ("text_encoder_2/model.safetensors", "there are no weights"),
        (
            "scheduler/scheduler_config.json",
            "a file of the checkpoint is missing",
        ),
    ] {
        let said = Copy::new("missing").without(file).sentence();
        let folder = file.split('/').next().unwrap_or_default();
        assert!(said.contains(words) && said.contains(folder), "{said}");
    }
}

#[test]
fn pieces_of_words_in_the_older_file_alone_are_told_apart() {
    let copy = Copy::new("spiece").without("tokenizer_2/tokenizer.json");
    std::fs::write(copy.0.join("tokenizer_2/spiece.model"), b"\n").expect("a file");
    let said = copy.sentence();
    assert!(said.contains("only as spiece.model"), "{said}");
}

#[test]
fn weights_that_are_no_numbers_are_named() {
    let copy = Copy::new("nan");
    let path = copy
        .0
        .join("transformer/diffusion_pytorch_model.safetensors");
    let mut bytes = std::fs::read(&path).expect("weights");
    let last = bytes.len() - 4;
    bytes[last..].copy_from_slice(&f32::NAN.to_le_bytes());
    std::fs::write(path, bytes).expect("weights");
    let said = copy.sentence();
    assert!(said.contains("numbers that are not finite"), "{said}");
}

#[test]
fn a_setting_without_words_is_refused_by_name() {
    let config = |key: &str, value: Value| {
        let mut all = json!({
            "patch_size": 1, "in_channels": 16, "num_layers": 1, "num_single_layers": 1,
            "attention_head_dim": 8, "num_attention_heads": 2, "joint_attention_dim": 4,
            "pooled_projection_dim": 4, "axes_dims_rope": [2, 2, 4],
        });
        all[key] = value;
        let all = all.as_object().expect("settings").clone();
        FluxConfig::of(&Settings::of("config.json", all))
    };
    assert!(config("out_channels", Value::Null).is_ok());
    for (key, value) in [
        ("patch_size", json!(2)),
        ("axes_dims_rope", json!([2, 3, 3])),
        ("axes_dims_rope", json!([2, 2, 2])),
        ("a_new_setting", json!(true)),
    ] {
        let said = config(key, value).expect_err("refused").to_string();
        assert!(said.contains(key), "{said}");
    }
    assert!(config("out_channels", json!(32)).is_err());
    assert!(config("num_attention_heads", json!(0)).is_err());
}
