//! The vectors of transformers, from `tests/parity/make_bert.py`, and what a wrong folder gets.

use std::path::{Path, PathBuf};

use candle_core::Device;
use serde::Deserialize;

use super::SentenceEncoder;

#[derive(Deserialize)]
struct Case {
    sentences: Vec<String>,
}

fn case() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/parity/cases/bert")
}

/// How far our vectors are from the expected ones, at most.
fn furthest(case: &Path, model: &Path) -> f32 {
    let encoder = SentenceEncoder::open(model).expect("an encoder");
    let text = std::fs::read_to_string(case.join("case.json")).expect("a case");
    let sentences: Case = serde_json::from_str(&text).expect("sentences");
    let expected = candle_core::safetensors::load(case.join("expected.safetensors"), &Device::Cpu)
        .expect("vectors");
    assert_eq!(expected.len(), sentences.sentences.len());
    let texts: Vec<&str> = sentences.sentences.iter().map(String::as_str).collect();
    let ours = encoder.encode(&texts).expect("vectors");
    let apart = ours.iter().enumerate().map(|(index, ours)| {
        let theirs = expected[&format!("vector_{index}")]
            .to_vec1::<f32>()
            .expect("numbers");
        assert_eq!(ours.len(), theirs.len());
        let pairs = ours.iter().zip(&theirs);
        pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
    });
    apart.fold(0.0, f32::max)
}

#[test]
fn vectors_are_those_of_transformers() {
    let furthest = furthest(&case(), &case().join("model"));
    assert!(furthest < 1e-5, "{furthest}");
}

/// `RETAKE_SENTENCES` names a folder with a published model in `model` and vectors that transformers made of it.
#[test]
fn vectors_of_a_published_model_are_those_of_transformers() {
    let Some(case) = std::env::var_os("RETAKE_SENTENCES") else {
        eprintln!("skipped: RETAKE_SENTENCES names no case");
        return;
    };
    let case = PathBuf::from(case);
    let furthest = furthest(&case, &case.join("model"));
    eprintln!("furthest {furthest}");
    assert!(furthest < 1e-4, "{furthest}");
}

#[test]
fn together_or_alone_a_sentence_has_one_vector() {
    let encoder = SentenceEncoder::open(&case().join("model")).expect("an encoder");
    let together = encoder
        .encode(&["warm", "a noir look", "make"])
        .expect("vectors");
    let alone = encoder.encode(&["make"]).expect("a vector");
    let pairs = together[2].iter().zip(&alone[0]);
    assert!(pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max) < 1e-6);
}

#[test]
fn a_network_of_another_kind_is_refused_by_its_kind() {
    let clip = case().join("../clip/model");
    let said = SentenceEncoder::open(&clip)
        .err()
        .expect("a refusal")
        .to_string();
    assert!(
        said.contains("a sentence encoder (BERT) is called for"),
        "{said}"
    );
}
