//! What onnxruntime makes of the same weights, from `tests/parity/make_reading.py`, and words in pictures.
//!
//! `RETAKE_READING` names a folder with the imported weights.

use std::path::{Path, PathBuf};

use retake_core::{Raster, TextReader};
use retake_pixels::color::srgb_decode;
use retake_pixels::matrix::{REC2020_FROM_SRGB, apply};
use serde_json::Value;

use super::Reader;
use crate::networks::Network;

fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("RETAKE_READING").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("skipped: RETAKE_READING names no folder with weights");
    }
    folder
}

fn case(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/parity/cases/reading")
        .join(name)
}

fn expected() -> Value {
    let text = std::fs::read_to_string(case("expected.json")).expect("a case");
    serde_json::from_str(&text).expect("numbers")
}

fn numbers(value: &Value) -> Vec<f32> {
    let all = value.as_array().expect("a list").iter();
    all.map(|value| value.as_f64().expect("a number") as f32)
        .collect()
}

fn raster(name: &str) -> Raster {
    let picture = image::open(case(name)).expect("a picture").to_rgb8();
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    Raster::from_fn(width, height, |x, y| {
        let code = picture.get_pixel(x as u32, y as u32).0;
        apply(
            &REC2020_FROM_SRGB,
            code.map(|c| srgb_decode(f32::from(c) / 255.0)),
        )
    })
}

/// The network's own numbers of a picture's code values.
fn run(network: &Network, name: &str) -> (Vec<f32>, Vec<usize>) {
    let codes = crate::picture::Codes::of(&raster(name));
    let size = (codes.width, codes.height);
    network.run(codes.planes(), size).expect("it computes")
}

#[test]
fn both_networks_give_what_onnxruntime_gives() {
    let Some(folder) = folder() else { return };
    let reader = Reader::open(&folder).expect("weights");
    let expected = expected();

    let (map, shape) = run(&reader.detection, "sign.png");
    let (height, width) = (shape[2], shape[3]);
    let mut cells = Vec::new();
    for top in (0..height).step_by(16) {
        for left in (0..width).step_by(16) {
            let px = (0..256).map(|i| map[(top + i / 16) * width + left + i % 16]);
            cells.push(px.sum::<f32>() / 256.0);
        }
    }
    let theirs = numbers(&expected["cells"]);
    assert_eq!(cells.len(), theirs.len());
    let pairs = cells.iter().zip(&theirs);
    let apart = pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(apart < 1e-3, "detection {apart}");

    let (seen, shape) = run(&reader.recognition, "line.png");
    let classes = *shape.last().expect("a shape");
    let steps = seen.chunks_exact(classes);
    let most = steps.map(|step| {
        (0..classes)
            .max_by(|a, b| step[*a].total_cmp(&step[*b]))
            .map_or((0, 0.0), |class| (class, step[class]))
    });
    let (ours, sure): (Vec<usize>, Vec<f32>) = most.unzip();
    let theirs: Vec<usize> = numbers(&expected["classes"])
        .iter()
        .map(|c| *c as usize)
        .collect();
    assert_eq!(ours, theirs);
    let pairs = sure.iter().zip(numbers(&expected["probabilities"]));
    let apart = pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(apart < 1e-3, "recognition {apart}");
    let (text, _) = reader.characters.decode(&seen, classes);
    assert_eq!(text, expected["text"].as_str().expect("a text"));
}

#[test]
fn a_sign_is_read_where_it_hangs() {
    let Some(folder) = folder() else { return };
    let reader = Reader::open(&folder).expect("weights");
    let lines = reader.read(&raster("sign.png")).expect("it can look");
    let [line] = &lines[..] else {
        panic!("{lines:?}");
    };
    assert_eq!(line.text.replace(' ', ""), "SALE50");
    assert!(line.confidence > 0.9, "{}", line.confidence);
    let [top_left, _, bottom_right, _] = line.corners;
    // the letters lie between (46, 45) and (236, 82) of 320 × 128 px
    for (found, meant) in [
        (top_left, [46.0 / 320.0, 45.0 / 128.0]),
        (bottom_right, [236.0 / 320.0, 82.0 / 128.0]),
    ] {
        assert!(
            (found[0] - meant[0]).abs() < 0.06 && (found[1] - meant[1]).abs() < 0.12,
            "{found:?} {meant:?}"
        );
    }
    assert_eq!(
        lines,
        reader.read(&raster("sign.png")).expect("it can look"),
        "the same once more"
    );
}

#[test]
fn a_wall_without_words_has_none() {
    let Some(folder) = folder() else { return };
    let reader = Reader::open(&folder).expect("weights");
    let wall = Raster::from_fn(200, 150, |x, y| [0.3 + 0.001 * (x + y) as f32; 3]);
    assert_eq!(reader.read(&wall), Some(Vec::new()));
    assert_eq!(reader.read(&Raster::new(8, 8)), None);
    assert!(reader.knows('A') && reader.knows('字') && !reader.knows('Ж'));
}
