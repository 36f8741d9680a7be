//! The networks that look beside the reference implementations: what they see of a picture, and where it points. `cases/`
//! holds small ones; `RETAKE_GOLDEN=DIR` names a folder with more of the same layout.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use candle_core::{DType, Device, Tensor};
use retake_vision::encoder::{Clip, Dino, Direction, Siglip};
use retake_vision::lpips::Lpips;
use retake_vision::picture::{Bitmap, Preparation};
use retake_vision::segment::Segformer;
use serde::Deserialize;

use crate::parity_editors::folders_of;
use crate::places::temporary;

/// Greatest difference of what a network sees of a picture, and of what it makes of it.
const PIXELS: f64 = 1e-5;
const RESULT: f64 = 1e-4;

/// One case: what went in, and what the reference made of it.
struct Case {
    folder: PathBuf,
    settings: Settings,
    inputs: HashMap<String, Tensor>,
    expected: HashMap<String, Tensor>,
}

#[derive(Deserialize)]
struct Settings {
    #[serde(default)]
    texts: Vec<String>,
    /// of the weights that are made of their names
    #[serde(default)]
    shapes: HashMap<String, Vec<usize>>,
}

impl Case {
    fn open(folder: PathBuf) -> Self {
        let load = |name: &str| {
            candle_core::safetensors::load(folder.join(name), &Device::Cpu).expect("tensors")
        };
        let text = std::fs::read_to_string(folder.join("case.json")).expect("settings");
        Self {
            settings: serde_json::from_str(&text).expect("settings"),
            inputs: load("inputs.safetensors"),
            expected: load("expected.safetensors"),
            folder,
        }
    }

    fn model(&self) -> PathBuf {
        self.folder.join("model")
    }

    /// Both pictures in 8 bits.
    fn pictures(&self) -> [Bitmap; 2] {
        ["image_first", "image_second"].map(|name| {
            let image = &self.inputs[name];
            let (_, _, height, width) = image.dims4().expect("a picture");
            let codes = ((image * 255.0).and_then(|image| image.round()))
                .and_then(|image| {
                    image
                        .squeeze(0)?
                        .permute((1, 2, 0))?
                        .flatten_all()?
                        .to_dtype(DType::U8)?
                        .to_vec1()
                })
                .expect("codes");
            Bitmap::new(width, height, codes).expect("a picture")
        })
    }

    fn numbers(&self, name: &str) -> Vec<f64> {
        let tensor = self.expected[name]
            .flatten_all()
            .and_then(|t| t.to_dtype(DType::F64));
        tensor.and_then(|t| t.to_vec1()).expect("numbers")
    }

    /// Holds numbers to an expected tensor.
    fn holds(&self, name: &str, ours: &[f64], tolerance: f64) {
        let expected = self.numbers(name);
        assert_eq!(
            ours.len(),
            expected.len(),
            "{}: {name}",
            self.folder.display()
        );
        let furthest = ours
            .iter()
            .zip(&expected)
            .map(|(a, b)| (a - b).abs())
            .fold(0.0, f64::max);
        assert!(
            furthest <= tolerance,
            "{}: {name} differs by {furthest}",
            self.folder.display()
        );
    }

    fn sees(&self, preparation: &Preparation) {
        let planes = self
            .pictures()
            .map(|picture| preparation.planes(&picture).expect("a picture").values);
        self.holds("pixel_values", &wide(&planes.concat()), PIXELS);
    }
}

fn wide(values: &[f32]) -> Vec<f64> {
    values.iter().map(|&value| f64::from(value)).collect()
}

fn rows(directions: &[Direction]) -> Vec<f64> {
    directions
        .iter()
        .flat_map(|direction| wide(direction.values()))
        .collect()
}

/// All cases of a kind.
fn cases(kind: &str) -> impl Iterator<Item = Case> {
    folders_of(kind).into_iter().map(Case::open)
}

#[test]
fn clip_sees_pictures_and_reads_texts_as_the_reference_does() {
    for case in cases("clip") {
        let clip = Clip::open(&case.model(), &Device::Cpu).expect("a checkpoint");
        case.sees(clip.preparation());
        let ids: Vec<u32> = case
            .settings
            .texts
            .iter()
            .flat_map(|text| clip.tokens(text).expect("tokens").ids)
            .collect();
        let ids: Vec<f64> = ids.into_iter().map(f64::from).collect();
        case.holds("input_ids", &ids, 0.0);
    }
}

#[test]
fn clip_points_where_the_reference_does() {
    for case in cases("clip") {
        let clip = Clip::open(&case.model(), &Device::Cpu).expect("a checkpoint");
        let pictures = case
            .pictures()
            .map(|picture| clip.picture(&picture).expect("a picture"));
        let texts: Vec<Direction> = case
            .settings
            .texts
            .iter()
            .map(|text| clip.text(text).expect("a text"))
            .collect();
        case.holds("image_embeds", &rows(&pictures), RESULT);
        case.holds("text_embeds", &rows(&texts), RESULT);
        let logits: Vec<f64> = pictures
            .iter()
            .flat_map(|p| texts.iter().map(|t| clip.logit(p, t)).collect::<Vec<_>>())
            .collect();
        case.holds("logits_per_image", &logits, RESULT);
    }
}

#[test]
fn siglip_sees_reads_and_points_as_the_reference_does() {
    for case in cases("siglip") {
        let siglip = Siglip::open(&case.model(), &Device::Cpu).expect("a checkpoint");
        case.sees(siglip.preparation());
        let texts = &case.settings.texts;
        let ids: Vec<u32> = texts
            .iter()
            .flat_map(|text| siglip.tokens(text).expect("tokens"))
            .collect();
        let ids: Vec<f64> = ids.into_iter().map(f64::from).collect();
        case.holds("input_ids", &ids, 0.0);
        let pictures = case
            .pictures()
            .map(|picture| siglip.picture(&picture).expect("a picture"));
        let texts: Vec<Direction> = texts
            .iter()
            .map(|text| siglip.text(text).expect("a text"))
            .collect();
        case.holds("image_embeds", &rows(&pictures), RESULT);
        case.holds("text_embeds", &rows(&texts), RESULT);
        let logits: Vec<f64> = pictures
            .iter()
            .flat_map(|p| texts.iter().map(|t| siglip.logit(p, t)).collect::<Vec<_>>())
            .collect();
        case.holds("logits_per_image", &logits, RESULT);
    }
}

#[test]
fn dinov2_sees_a_picture_and_its_squares_as_the_reference_does() {
    for case in cases("dinov2") {
        let dino = Dino::open(&case.model(), &Device::Cpu).expect("a checkpoint");
        case.sees(dino.preparation());
        let seen = case
            .pictures()
            .map(|picture| dino.middle(&picture).expect("a picture"));
        case.holds(
            "cls",
            &wide(&seen.each_ref().map(|seen| seen.class.clone()).concat()),
            RESULT,
        );
        let tokens: Vec<f32> = seen
            .iter()
            .flat_map(|seen| {
                std::iter::once(&seen.class)
                    .chain(&seen.squares)
                    .flatten()
                    .copied()
            })
            .collect();
        case.holds("tokens", &wide(&tokens), RESULT);
    }
}

#[test]
fn segformer_scores_every_class_as_the_reference_does() {
    for case in cases("segformer") {
        let segformer = Segformer::open(&case.model(), &Device::Cpu).expect("a checkpoint");
        case.sees(segformer.preparation());
        let logits = case.pictures().map(|picture| {
            let planes = segformer.preparation().planes(&picture).expect("a picture");
            segformer.logits(&planes).expect("scores").0
        });
        case.holds("logits", &wide(&logits.concat()), RESULT);
    }
}

/// Weights made of their names, as `make_rewards.py` makes them.
fn made_up(name: &str, shape: &[usize]) -> Tensor {
    let hash = name.bytes().fold(2_166_136_261u32, |h, byte| {
        (h ^ u32::from(byte)).wrapping_mul(16_777_619)
    });
    let count: usize = shape.iter().product();
    let fan_in: usize = shape[1..].iter().product();
    let number = |i: usize| {
        let mut x = (i as u32).wrapping_mul(2_654_435_761).wrapping_add(hash);
        x = (x ^ (x >> 16)).wrapping_mul(0x85EB_CA6B);
        x = (x ^ (x >> 13)).wrapping_mul(0xC2B2_AE35);
        let u = (f64::from(x ^ (x >> 16)) / 4_294_967_296.0) as f32;
        match name {
            name if name.starts_with("lin") => u,
            name if name.ends_with("bias") => (u - 0.5) * 0.2,
            _ => (u - 0.5) * 2.0 * (6.0 / fan_in as f64).sqrt() as f32,
        }
    };
    let values: Vec<f32> = (0..count).map(number).collect();
    Tensor::from_vec(values, shape, &Device::Cpu).expect("weights")
}

/// The weights of a case, in a file.
fn weights_of(case: &Case) -> PathBuf {
    let name = case
        .folder
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let path = temporary(&format!("parity-{name}")).join("lpips.safetensors");
    let tensors: HashMap<&str, Tensor> = case
        .settings
        .shapes
        .iter()
        .map(|(name, shape)| (name.as_str(), made_up(name, shape)))
        .collect();
    candle_core::safetensors::save(&tensors, &path).expect("a file");
    path
}

fn lpips(path: &Path) -> Lpips {
    Lpips::open(path, &Device::Cpu).expect("weights")
}

#[test]
fn lpips_measures_as_its_authors_do() {
    for case in cases("lpips") {
        let lpips = lpips(&weights_of(&case));
        let looks = case
            .pictures()
            .map(|picture| lpips.look(&picture).expect("a picture"));
        let distance = lpips.distance(&looks[0], &looks[1]).expect("a distance");
        case.holds("value", &[distance.value], RESULT);
        case.holds("slices", &distance.slices, RESULT);
        case.holds("map", &wide(&distance.map.values), RESULT);
        let none = lpips.distance(&looks[1], &looks[1]).expect("a distance");
        assert_eq!(none.value, 0.0);
    }
}
