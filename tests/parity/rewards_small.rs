//! The two small trained networks that are built in, beside ONNX Runtime and their authors' PyTorch code: `cases/u2netp`
//! and `cases/stlpips` hold a few photos; `RETAKE_GOLDEN=DIR` names a folder with more of the same layout.

use std::collections::HashMap;
use std::path::PathBuf;

use candle_core::{Device, Tensor};
use retake_vision::perceptual::StLpips;
use retake_vision::subject::U2NetP;

use super::parity_editors::folders_of;

/// Greatest difference from the reference.
const TOLERANCE: f32 = 1e-4;

/// Calls `claim` with the tensors of every photo of a network.
fn every_photo(kind: &str, claim: impl Fn(&str, &HashMap<String, Tensor>)) {
    let in_folder = |folder: PathBuf| {
        let entries = std::fs::read_dir(&folder).expect("a folder of photos");
        let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        files.retain(|file| file.extension().is_some_and(|end| end == "safetensors"));
        assert!(!files.is_empty(), "no photo in {}", folder.display());
        files
    };
    for file in folders_of(kind).into_iter().flat_map(in_folder) {
        let tensors = candle_core::safetensors::load(&file, &Device::Cpu).expect("tensors");
        claim(&file.display().to_string(), &tensors);
    }
}

fn values(tensor: &Tensor) -> Vec<f32> {
    let flat = tensor.flatten_all().expect("one axis");
    flat.to_vec1().expect("32-bit floats")
}

#[test]
fn the_mask_of_u2netp_is_that_of_onnx_runtime() {
    let network = U2NetP::shipped().expect("built in");
    every_photo("u2netp", |file, tensors| {
        let ours = network.forward(&tensors["input"]).expect("a mask");
        assert_eq!(ours.dims(), tensors["d0"].dims(), "{file}");
        let apart = values(&ours)
            .into_iter()
            .zip(values(&tensors["d0"]))
            .map(|(ours, theirs)| (ours - theirs).abs())
            .fold(0.0, f32::max);
        assert!(apart <= TOLERANCE, "{file}: {apart:e} apart");
    });
}

#[test]
fn the_distance_of_st_lpips_is_that_of_its_authors() {
    let network = StLpips::shipped().expect("built in");
    every_photo("stlpips", |file, tensors| {
        let (_, _, height, width) = tensors["a"].dims4().expect("a picture");
        let pictures = ["a", "b"].map(|name| values(&tensors[name]));
        let planes = pictures.each_ref().map(|values| {
            let plane = |c: usize| &values[c * height * width..][..height * width];
            [plane(0), plane(1), plane(2)]
        });
        let [one, other] = planes;
        let looked = network.look(one, width, height).expect("a look");
        let levels = network.compare(&looked, other).expect("a distance");
        let theirs = values(&tensors["distance"])[0];
        let apart = (levels.distance() - theirs).abs();
        assert!(apart <= TOLERANCE, "{file}: {apart:e} apart");
    });
}
