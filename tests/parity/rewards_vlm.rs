//! The language models with eyes beside the reference implementation (tests/parity/make_vlm.py, and the cases that
//! `RETAKE_GOLDEN=DIR` names): patches, tokens, what the eyes tell, states, logits, words, rewards.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use candle_core::{DType, Device, Tensor};
use retake_tensors::checkpoint::Alone;
use retake_vision::picture::Bitmap;
use retake_vision::qwen_vl::heads::TOKEN;
use retake_vision::qwen_vl::{Asked, How, Part, QwenVl};
use serde::Deserialize;

/// Greatest difference from the reference: of patches, and of whatever the networks compute.
const PATCHES: f32 = 1e-5;
const NETWORKS: f32 = 1e-4;

/// Kinds of cases, by the beginnings of their names.
const KINDS: [&str; 2] = ["qwen2_5_vl", "qwen3_vl"];

/// One case: a checkpoint, what it was asked, and what the reference made of it.
struct Case {
    name: String,
    settings: Settings,
    pictures: Vec<Bitmap>,
    input_ids: Vec<u32>,
    expected: HashMap<String, Tensor>,
    model: QwenVl,
}

#[derive(Deserialize)]
struct Settings {
    question: String,
    prompt: String,
    image_tokens: Vec<usize>,
    /// where the checkpoint lies, if not in `model`
    model: Option<String>,
    adapter: Option<String>,
    /// its pictures, if not the two usual ones
    images: Option<Vec<String>>,
}

/// Calls `claim` with every case.
fn every_case(claim: impl Fn(&Case)) {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parity/cases");
    let more = std::env::var_os("RETAKE_GOLDEN").map(PathBuf::from);
    let mut seen = 0;
    for folder in [Some(own), more].into_iter().flatten() {
        let entries = std::fs::read_dir(&folder).expect("a folder of cases");
        let mut folders: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        folders.sort();
        for folder in folders {
            let name = folder
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            if KINDS.iter().any(|kind| name.starts_with(kind)) {
                claim(&Case::open(&folder));
                seen += 1;
            }
        }
    }
    assert!(seen >= 8, "there are only {seen} cases");
}

fn never() -> bool {
    false
}

impl Case {
    fn open(folder: &Path) -> Self {
        let load = |name: &str| {
            candle_core::safetensors::load(folder.join(name), &Device::Cpu).expect("tensors")
        };
        let text = std::fs::read_to_string(folder.join("case.json")).expect("settings");
        let settings: Settings = serde_json::from_str(&text).expect("settings");
        let inputs = load("inputs.safetensors");
        let usual = || vec!["image_first".to_owned(), "image_second".to_owned()];
        let names = settings.images.clone().unwrap_or_else(usual);
        let mut checkpoint =
            Alone::open(&folder.join(settings.model.as_deref().unwrap_or("model")))
                .expect("a folder");
        if let Some(adapter) = &settings.adapter {
            checkpoint = checkpoint
                .with_adapter(&folder.join(adapter), 1.0)
                .expect("an adapter");
        }
        Self {
            name: folder.display().to_string(),
            pictures: names.iter().map(|name| picture(&inputs[name])).collect(),
            input_ids: whole(&inputs["input_ids"]),
            expected: load("expected.safetensors"),
            model: QwenVl::of(&checkpoint, &Device::Cpu, None).expect("a model"),
            settings,
        }
    }

    /// The pictures, then the question.
    fn parts(&self) -> Vec<Part<'_>> {
        let pictures = self.pictures.iter().map(Part::Picture);
        let words = match self.settings.question.strip_suffix(TOKEN) {
            Some(words) => vec![Part::Words(words), Part::Tokens(TOKEN)],
            None => vec![Part::Words(&self.settings.question)],
        };
        pictures.chain(words).collect()
    }

    fn asked(&self) -> Asked<'_> {
        let prefix = self
            .model
            .prefix(None, &[], &never)
            .expect("no prefix")
            .expect("not stopped");
        prefix
            .with(&self.parts(), "", &never)
            .expect("a question")
            .expect("not stopped")
    }

    fn agrees(&self, name: &str, ours: &Tensor, tolerance: f32) {
        let Some(theirs) = self.expected.get(name) else {
            return;
        };
        assert_eq!(ours.dims(), theirs.dims(), "{name} of {}", self.name);
        let apart = apart(ours, theirs);
        assert!(
            apart <= tolerance,
            "{name} of {}: {apart:e} apart",
            self.name
        );
    }
}

/// (1, 3, height, width) in [0, 1] as 8-bit pixels.
fn picture(image: &Tensor) -> Bitmap {
    let (_, _, height, width) = image.dims4().expect("a picture");
    let values: Vec<f32> = image
        .permute((0, 2, 3, 1))
        .and_then(|x| x.flatten_all()?.to_vec1())
        .expect("numbers");
    let rgb = values
        .iter()
        .map(|value| (value * 255.0).round() as u8)
        .collect();
    Bitmap { width, height, rgb }
}

fn whole(ids: &Tensor) -> Vec<u32> {
    let ids: Vec<i64> = ids
        .flatten_all()
        .and_then(|ids| ids.to_vec1())
        .expect("tokens");
    ids.into_iter().map(|id| id as u32).collect()
}

fn apart(a: &Tensor, b: &Tensor) -> f32 {
    let b = b.to_dtype(DType::F32).expect("numbers");
    let difference = (a - b).and_then(|d| d.abs()?.max_all()?.to_scalar::<f32>());
    difference.expect("numbers")
}

#[test]
fn pictures_are_cut_into_the_patches_of_the_published_processor() {
    every_case(|case| {
        let mut patches = Vec::new();
        for (index, picture) in case.pictures.iter().enumerate() {
            let (cut, grid) = case.model.processor().patches(picture).expect("patches");
            let theirs: Vec<i64> = case.expected["image_grid_thw"]
                .get(index)
                .and_then(|row| row.to_vec1())
                .expect("sizes");
            assert_eq!(
                theirs,
                [1, grid.rows as i64, grid.columns as i64],
                "{}",
                case.name
            );
            patches.push(cut);
        }
        case.agrees(
            "pixel_values",
            &Tensor::cat(&patches, 0).expect("patches"),
            PATCHES,
        );
    });
}

#[test]
fn a_question_is_the_tokens_of_the_reference() {
    every_case(|case| {
        let asked = case.asked();
        assert_eq!(asked.ids(), case.input_ids, "{}", case.name);
        assert!(
            case.settings.prompt.contains(&case.settings.question),
            "{}",
            case.name
        );
        let parts: usize = case.settings.image_tokens.iter().sum();
        let pad = case.model.chat().token("<|image_pad|>").expect("a token");
        assert_eq!(
            asked.ids().iter().filter(|&&id| id == pad).count(),
            parts,
            "{}",
            case.name
        );
    });
}

#[test]
fn the_eyes_tell_what_the_reference_sees() {
    every_case(|case| {
        let seen: Vec<Tensor> = case
            .pictures
            .iter()
            .map(|picture| {
                case.model
                    .see(picture, &never)
                    .expect("a look")
                    .expect("not stopped")
                    .tokens
                    .clone()
            })
            .collect();
        case.agrees(
            "image_embeds",
            &Tensor::cat(&seen, 0).expect("tokens"),
            NETWORKS,
        );
    });
}

#[test]
fn states_and_logits_are_those_of_the_reference() {
    every_case(|case| {
        let asked = case.asked();
        case.agrees("hidden_last", asked.states(), NETWORKS);
        if case.model.heads().is_some() {
            return;
        }
        let all = case.model.logits(asked.states()).expect("logits");
        case.agrees("logits_all", &all, NETWORKS);
        let last = Tensor::new(asked.logits(), &Device::Cpu)
            .and_then(|logits| logits.unsqueeze(0))
            .expect("logits");
        case.agrees("logits_last", &last, NETWORKS);
    });
}

#[test]
fn the_likeliest_words_are_those_of_the_reference() {
    every_case(|case| {
        let Some(theirs) = case.expected.get("generated").map(whole) else {
            return;
        };
        let how = How {
            most: theirs.len(),
            past_the_end: true,
            ..How::default()
        };
        let answer = case
            .asked()
            .answer(&how, &never)
            .expect("an answer")
            .expect("not stopped");
        let ours: Vec<u32> = answer.tokens.iter().map(|written| written.id).collect();
        assert_eq!(ours, theirs, "{}", case.name);
    });
}

#[test]
fn rewards_are_those_of_the_reference() {
    let mut seen = std::cell::Cell::new(0);
    every_case(|case| {
        let Some(theirs) = case.expected.get("rewards") else {
            return;
        };
        let theirs: Vec<Vec<f32>> = theirs.to_vec2().expect("rewards");
        assert_eq!(case.model.heads().expect("heads").count(), theirs.len());
        for (head, theirs) in theirs.iter().enumerate() {
            let ours = case.model.reward_of(head, &case.asked()).expect("a reward");
            assert!(
                (ours.mean - f64::from(theirs[0])).abs() < 1e-4,
                "{ours:?} {theirs:?}"
            );
            assert!(
                (ours.sigma - f64::from(theirs[1]).exp()).abs() < 1e-4,
                "{ours:?} {theirs:?}"
            );
        }
        let words = case
            .settings
            .question
            .strip_suffix(TOKEN)
            .expect("the token");
        let [source, edited] = &case.pictures[..] else {
            panic!("two pictures")
        };
        let whole = case
            .model
            .reward(0, source, edited, words, &never)
            .expect("a reward")
            .expect("not stopped");
        assert!((whole.mean - f64::from(theirs[0][0])).abs() < 1e-4);
        seen.set(seen.get() + 1);
    });
    assert!(*seen.get_mut() > 0, "there is no case with heads");
}

#[test]
fn a_prefix_changes_nothing_wherever_it_ends() {
    every_case(|case| {
        let whole = case.asked();
        let last = |asked: &Asked<'_>| {
            let states = asked.states();
            states
                .narrow(1, states.dims()[1] - 1, 1)
                .expect("the last state")
        };
        let parts = case.parts();
        for split in 1..parts.len() {
            let prefix = case
                .model
                .prefix(None, &parts[..split], &never)
                .expect("a prefix")
                .expect("not stopped");
            let asked = prefix
                .with(&parts[split..], "", &never)
                .expect("a question")
                .expect("not stopped");
            assert_eq!(asked.ids(), whole.ids());
            assert!(
                asked.reused() > 0 && asked.reused() <= prefix.length(),
                "{}",
                case.name
            );
            let apart = apart(&last(&asked), &last(&whole));
            assert!(
                apart <= NETWORKS,
                "{} split at {split}: {apart:e} apart",
                case.name
            );
        }
    });
}
