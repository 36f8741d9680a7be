//! The logits of torch, from `tests/parity/make_classes.py`, and what is told of photos.

use std::path::{Path, PathBuf};

use candle_core::{DType, Device};
use retake_tensors::checkpoint::Tensors;

use super::{Classifier, EfficientNet, SIDE, Sizes, Stage, WORDS};
use crate::picture::Bitmap;

/// How far our logits are from torch's, at most, and how large those are.
fn furthest(case: &Path, sizes: &Sizes, side: usize) -> (f32, f32) {
    let tensors = Tensors::of_file(&case.join("model.safetensors"), &[]).expect("weights");
    let built = tensors.build(&Device::Cpu, DType::F32, |vb| EfficientNet::new(sizes, &vb));
    let network = built.expect("every tensor is used once").network;
    let expected = candle_core::safetensors::load(case.join("expected.safetensors"), &Device::Cpu)
        .expect("a case");
    let numbers = |name: &str| -> Vec<f32> {
        let flat = expected[name].flatten_all().expect("numbers");
        flat.to_vec1().expect("numbers")
    };
    let picture = numbers("picture");
    let planes: [&[f32]; 3] = std::array::from_fn(|c| &picture[c * side * side..][..side * side]);
    let ours = network.logits(planes, side).expect("logits");
    let theirs = numbers("logits");
    assert_eq!(ours.len(), theirs.len());
    let pairs = ours.iter().zip(&theirs);
    let apart = pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    (apart, theirs.iter().map(|x| x.abs()).fold(0.0, f32::max))
}

#[test]
fn logits_are_those_of_torch() {
    let stage = |(count, side, stride, widened, channels)| Stage {
        count,
        side,
        stride,
        widened,
        channels,
    };
    let sizes = Sizes {
        stem: 6,
        stages: [(1, 3, 1, 1, 4), (2, 5, 2, 3, 6), (2, 3, 2, 2, 6)]
            .map(stage)
            .to_vec(),
        features: 10,
        classes: 7,
    };
    let case = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (apart, largest) = furthest(
        &case.join("../../tests/parity/cases/efficientnet_lite"),
        &sizes,
        21,
    );
    assert!(largest > 0.1 && apart < 1e-5, "{apart} of {largest}");
}

/// `RETAKE_CLASSES` names a folder with the imported weights and logits that torch made of them.
fn published() -> Option<PathBuf> {
    let folder = std::env::var_os("RETAKE_CLASSES").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("skipped: RETAKE_CLASSES names no case");
    }
    folder
}

#[test]
fn logits_of_the_published_weights_are_those_of_torch() {
    if let Some(case) = published() {
        let (apart, largest) = furthest(&case, &Sizes::lite0(), SIDE);
        eprintln!("furthest {apart} of {largest}");
        assert!(largest > 1.0 && apart < 1e-4, "{apart} of {largest}");
    }
}

#[test]
fn the_published_weights_name_what_photos_show() {
    let Some(case) = published() else { return };
    let classifier = Classifier::open(&case.join("model.safetensors")).expect("weights");
    for (name, word) in [
        ("mountain-path.jpg", "alp"),
        ("brushes.jpg", "paintbrush"),
        ("forest-stream.jpg", "valley"),
    ] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/photos");
        let photo = image::open(path.join(name)).expect("a photo").to_rgb8();
        let size = (photo.width() as usize, photo.height() as usize);
        let bitmap = Bitmap::new(size.0, size.1, photo.into_raw()).expect("pixels");
        let start = std::time::Instant::now();
        let seen = classifier.probabilities(&bitmap).expect("probabilities");
        eprintln!("{name} in {:?}", start.elapsed());
        let most = (0..seen.len()).max_by(|a, b| seen[*a].total_cmp(&seen[*b]));
        assert_eq!(
            most.and_then(|class| WORDS.lines().nth(class)),
            Some(word),
            "{name}"
        );
        assert!((seen.iter().sum::<f32>() - 1.0).abs() < 1e-4);
    }
}

#[test]
fn there_is_a_word_for_each_class() {
    assert_eq!(WORDS.lines().count(), Sizes::lite0().classes);
    assert!(WORDS.lines().all(|word| !word.trim().is_empty()));
}
