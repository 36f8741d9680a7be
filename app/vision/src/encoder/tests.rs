//! Networks of full size against the names and shapes of published checkpoints, and what must hold for any direction.

use std::path::Path;

use candle_core::{DType, Device, Tensor};
use proptest::prelude::*;
use retake_tensors::checkpoint::config::Settings;
use retake_tensors::checkpoint::names::{self, Rename};
use retake_tensors::checkpoint::{Tensors, Weights};
use serde_json::json;

use super::patches::interpolated;
use super::*;
use crate::full_size;

/// Builds a network of a manifest, and of the same manifest with one tensor fewer and one more.
fn fits<C, N>(
    name: &str,
    renames: &[Rename],
    config: impl Fn(&Settings) -> Result<C, retake_tensors::ModelError>,
    make: impl Fn(&C, Weights) -> candle_core::Result<N>,
) {
    full_size::fits(name, |settings, tensors| {
        let config = config(&Settings::of(name, settings.clone())).expect("settings");
        Tensors::of_manifest(name, tensors, renames)
            .build(&Device::Cpu, DType::F32, |vb| make(&config, vb))
            .map(|_| ())
            .map_err(|fault| fault.to_string())
    });
}

#[test]
fn clip_l_fits_at_full_size() {
    fits("clip-vit-l-14", &[], ClipConfig::of, ClipNetwork::new);
}

#[test]
fn dinov2_base_fits_at_full_size() {
    fits(
        "dinov2-base",
        names::DINOV2,
        DinoConfig::of,
        DinoNetwork::new,
    );
}

#[test]
fn a_network_of_another_family_is_no_clip() {
    let folder =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/parity/cases/dinov2/model");
    let said = Clip::open(&folder, &Device::Cpu)
        .err()
        .expect("a fault")
        .to_string();
    assert!(
        said.starts_with("this is a network of the kind dinov2; CLIP is called for"),
        "{said}"
    );
}

#[test]
fn a_setting_that_dinov2_has_no_words_for_is_named() {
    let settings = json!({"model_type": "dinov2", "num_register_tokens": 4});
    let settings = Settings::of(
        "config.json",
        settings.as_object().cloned().expect("an object"),
    );
    let said = DinoConfig::of(&settings).expect_err("a fault").to_string();
    assert!(said.contains("num_register_tokens"), "{said}");
}

#[test]
fn positions_of_the_size_that_was_trained_stay_as_they_are() {
    let vectors = Tensor::arange(0f32, 18.0, &Device::Cpu)
        .and_then(|t| t.reshape((9, 2)))
        .expect("vectors");
    let same = interpolated(&vectors, (3, 3))
        .and_then(|t| t.to_vec2::<f32>())
        .expect("vectors");
    assert_eq!(same, vectors.to_vec2::<f32>().expect("vectors"));
    // a flat one stays flat at any size
    let flat =
        interpolated(&vectors.ones_like().expect("ones"), (5, 2)).and_then(|t| t.to_vec2::<f32>());
    assert!(
        flat.expect("vectors")
            .iter()
            .flatten()
            .all(|value| (value - 1.0).abs() < 1e-6)
    );
}

proptest! {
    #[test]
    fn a_cosine_is_between_minus_one_and_one(a in prop::array::uniform4(-9f32..9.0), b in prop::array::uniform4(-9f32..9.0)) {
        if let (Some(a), Some(b)) = (Direction::of(&a), Direction::of(&b)) {
            prop_assert!((-1.0..=1.0).contains(&a.cosine(&b)));
            prop_assert!((a.cosine(&a) - 1.0).abs() < 1e-6);
            prop_assert!(a.from(&a).is_none());
        }
    }
}

#[test]
fn nothing_points_nowhere() {
    assert!(Direction::of(&[0.0, 0.0]).is_none());
    assert!(Direction::of(&[f32::NAN, 1.0]).is_none());
}

/// A file of linear layers: (name, out, in), every number of layer i being i + 1 hundredths.
fn head(test: &str, layers: &[(&str, usize, usize)]) -> std::path::PathBuf {
    let path = std::env::temp_dir().join(format!(
        "retake-head-{}-{test}.safetensors",
        std::process::id()
    ));
    let mut tensors = std::collections::HashMap::new();
    for (i, (name, outputs, inputs)) in layers.iter().enumerate() {
        let value = (i + 1) as f32 / 100.0;
        let filled = |count: usize| Tensor::full(value, count, &Device::Cpu).expect("numbers");
        let weight = filled(outputs * inputs)
            .reshape((*outputs, *inputs))
            .expect("a matrix");
        tensors.insert(format!("{name}weight"), weight);
        tensors.insert(format!("{name}bias"), filled(*outputs));
    }
    candle_core::safetensors::save(&tensors, &path).expect("a file");
    path
}

#[test]
fn an_aesthetic_head_is_its_linear_layers_in_the_order_of_their_numbers() {
    let picture = Direction::of(&[3.0, 4.0]).expect("a direction"); // 0.6, 0.8
    let path = head("one", &[("", 1, 2)]);
    let one = Aesthetic::open(&path, &Device::Cpu).expect("a head");
    assert_eq!(one.width(), 2);
    assert!((one.score(&picture).expect("a score") - (0.01 * 1.4 + 0.01)).abs() < 1e-7);
    // 10 comes after 2
    let path = head("many", &[("layers.2.", 3, 2), ("layers.10.", 1, 3)]);
    let many = Aesthetic::open(&path, &Device::Cpu).expect("a head");
    let first = 0.01 * 1.4 + 0.01;
    assert!((many.score(&picture).expect("a score") - (0.02 * 3.0 * first + 0.02)).abs() < 1e-7);
}

#[test]
fn a_file_that_is_no_aesthetic_head_is_refused() {
    let said = |path: &Path| {
        Aesthetic::open(path, &Device::Cpu)
            .err()
            .expect("a fault")
            .to_string()
    };
    let wide = head("wide", &[("layers.0.", 3, 2)]);
    assert!(said(&wide).starts_with("the layers do not lead from a picture to one number"));
    let gap = head("gap", &[("layers.0.", 3, 2), ("layers.2.", 1, 4)]);
    assert!(said(&gap).starts_with("the layers do not lead"));
    assert!(said(Path::new("nowhere.safetensors")).ends_with("nowhere.safetensors"));
}
