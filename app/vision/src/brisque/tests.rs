//! Features and scores beside numpy's (`tests/parity/make_brisque.py`), and what spoils a photo beside what does not.

use std::path::{Path, PathBuf};

use image::RgbImage;
use serde::Deserialize;

use super::{Brisque, Regression, features};
use crate::picture::Bitmap;

#[derive(Deserialize)]
struct Case {
    width: usize,
    height: usize,
    grey: Vec<f64>,
    features: Vec<f64>,
    score: f64,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/parity/cases/brisque")
}

fn text(name: &str) -> String {
    std::fs::read_to_string(folder().join(name)).expect(name)
}

#[test]
fn features_and_score_are_those_of_the_formulas() {
    let cases: Vec<Case> = serde_json::from_str(&text("cases.json")).expect("cases");
    let regression =
        Regression::read(&text("regression.txt"), &text("ranges.json")).expect("a regression");
    for case in cases {
        let found = features(&case.grey, case.width, case.height).expect("features");
        for (i, (ours, theirs)) in found.iter().zip(&case.features).enumerate() {
            assert!(
                (ours - theirs).abs() < 1e-9 * theirs.abs().max(1.0),
                "{i}: {ours} {theirs}"
            );
        }
        let score = regression.predict(&found);
        assert!((score - case.score).abs() < 1e-6, "{score} {}", case.score);
    }
}

#[test]
fn a_regression_that_is_none_is_refused_with_the_reason() {
    let (machine, ranges) = (text("regression.txt"), text("ranges.json"));
    for (from, to, words) in [
        ("rbf", "linear", "kernel_type is not rbf"),
        ("gamma 0.05", "gamma nan", "gamma is no number"),
        ("total_sv 5", "total_sv 6", "as many support vectors"),
        ("\nSV", "\nVS", "no support vectors"),
        (" 36:", " 37:", "cannot be read"),
    ] {
        let said = Regression::read(&machine.replacen(from, to, 1), &ranges).expect_err(words);
        assert!(said.contains(words), "{said}");
    }
    assert!(Regression::read(&machine, r#"{"least": [1], "greatest": [2]}"#).is_err());
}

/// A sample photo, small.
fn photo(name: &str) -> RgbImage {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../assets/photos")
        .join(name);
    image::open(path)
        .expect("a photo")
        .thumbnail(512, 512)
        .to_rgb8()
}

fn score(brisque: &Brisque, picture: &RgbImage) -> f64 {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let bitmap = Bitmap::new(width, height, picture.as_raw().clone()).expect("pixels");
    brisque.score(&bitmap).expect("a score")
}

fn blurred(picture: &RgbImage, sigma: f32) -> RgbImage {
    image::imageops::blur(picture, sigma)
}

fn noisy(picture: &RgbImage, sigma: f32) -> RgbImage {
    let mut rng = retake_core::Rng::new(3);
    let mut noisy = picture.clone();
    for value in noisy.as_mut() {
        *value = (f32::from(*value) + sigma * rng.normal())
            .round()
            .clamp(0.0, 255.0) as u8;
    }
    noisy
}

fn harsh(picture: &RgbImage, quality: f32) -> RgbImage {
    let mut packed = Vec::new();
    let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut packed, quality as u8);
    picture.write_with_encoder(encoder).expect("memory");
    image::load_from_memory(&packed).expect("a JPEG").to_rgb8()
}

/// A way to spoil a picture, and three strengths of it.
type Spoiling = (fn(&RgbImage, f32) -> RgbImage, [f32; 3]);

/// Each of them, on each photo, must rate worse the stronger it is, and the strongest worse than the photo.
fn rises(brisque: &Brisque) {
    let ways: [Spoiling; 3] = [
        (blurred, [0.8, 1.8, 3.5]),
        (noisy, [8.0, 16.0, 32.0]),
        (harsh, [35.0, 15.0, 6.0]),
    ];
    for name in ["mountain-path.jpg", "dandelions.jpg", "forest-stream.jpg"] {
        let photo = photo(name);
        let sound = score(brisque, &photo);
        for (which, (spoil, strengths)) in ways.iter().enumerate() {
            let scores = strengths.map(|strength| score(brisque, &spoil(&photo, strength)));
            assert!(
                sound + 5.0 < scores[2] && scores.is_sorted(),
                "{name}, way {which}: {sound:.1}, then {scores:.1?}"
            );
        }
    }
}

#[test]
fn blur_noise_and_blocks_rate_worse_the_stronger_they_are() {
    rises(&Brisque::open(&folder().join("fitted")).expect("a regression"));
}

/// `RETAKE_BRISQUE` names the folder of the imported one.
#[test]
fn to_the_published_regression_they_do_too() {
    let Some(folder) = std::env::var_os("RETAKE_BRISQUE") else {
        eprintln!("skipped: RETAKE_BRISQUE names no folder");
        return;
    };
    rises(&Brisque::open(Path::new(&folder)).expect("a regression"));
}
