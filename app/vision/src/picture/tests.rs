//! Beside torchvision and Pillow (`tests/parity/make_resize.py`), and what must hold for any picture.

use std::path::Path;

use candle_core::{Device, Tensor};
use retake_core::Raster;
use retake_pixels::matrix::{REC2020_FROM_SRGB, apply};
use retake_tensors::checkpoint::config::Settings;
use serde_json::{Value, json};

use super::*;

fn bitmap(tensor: &Tensor) -> Bitmap {
    let (height, width, _) = tensor.dims3().expect("a picture");
    let rgb = tensor
        .flatten_all()
        .and_then(|t| t.to_vec1())
        .expect("bytes");
    Bitmap::new(width, height, rgb).expect("a picture")
}

/// Checks every reference of a library.
fn is_to_the_last_bit(library: Library, name: &str) {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/parity/cases/resize.safetensors");
    let tensors = candle_core::safetensors::load(path, &Device::Cpu).expect("references");
    let mut checked = 0;
    for (key, expected) in &tensors {
        let parts: Vec<&str> = key.split('.').collect();
        let [case, of, number] = parts[..] else {
            continue;
        };
        if of != name {
            continue;
        }
        let source = bitmap(&tensors[&format!("{case}.source")]);
        let expected = bitmap(expected);
        let filter = Filter::of_number(number.parse().expect("a number")).expect("a filter");
        let ours = resize(&source, expected.width, expected.height, filter, library);
        assert!(ours == expected, "{key}");
        checked += 1;
    }
    assert_eq!(checked, 27);
}

#[test]
fn a_picture_is_resized_to_the_last_bit_as_torchvision_does() {
    is_to_the_last_bit(Library::Torchvision, "torchvision");
}

#[test]
fn a_picture_is_resized_to_the_last_bit_as_pillow_does() {
    is_to_the_last_bit(Library::Pillow, "pillow");
}

fn steps(width: usize, height: usize) -> Bitmap {
    let rgb = (0..width * height * 3)
        .map(|i| (i * 7 % 256) as u8)
        .collect();
    Bitmap::new(width, height, rgb).expect("a picture")
}

#[test]
fn a_flat_picture_stays_flat_at_any_size() {
    let flat = Bitmap::new(50, 31, [10, 128, 255].repeat(50 * 31)).expect("a picture");
    for filter in [Filter::Bilinear, Filter::Bicubic, Filter::Lanczos] {
        for library in [Library::Torchvision, Library::Pillow] {
            for (width, height) in [(7, 3), (50, 99), (171, 31), (1, 1)] {
                let resized = resize(&flat, width, height, filter, library);
                assert!(
                    resized.rgb.chunks_exact(3).all(|p| p == [10, 128, 255]),
                    "{filter:?} {library:?}"
                );
            }
        }
    }
}

#[test]
fn the_middle_is_cut_and_filled_on_the_sides_that_torchvision_takes() {
    let picture = steps(5, 4);
    let cut = picture.middle(2, 3);
    assert_eq!(
        (cut.at(0, 0), cut.at(1, 2)),
        (picture.at(1, 0), picture.at(2, 2))
    );
    let filled = picture.middle(8, 3);
    assert_eq!(filled.at(0, 0), [0; 3]);
    assert_eq!(
        (filled.at(1, 0), filled.at(5, 2)),
        (picture.at(0, 0), picture.at(4, 2))
    );
    assert_eq!((filled.at(6, 0), filled.at(7, 0)), ([0; 3], [0; 3]));
}

#[test]
fn bytes_that_are_no_picture_are_refused() {
    assert!(Bitmap::new(2, 2, vec![0; 11]).is_none());
    assert!(Bitmap::new(0, 2, Vec::new()).is_none());
    assert!(Bitmap::new(usize::MAX, 2, Vec::new()).is_none());
}

#[test]
fn every_code_value_survives_the_way_through_linear_light() {
    let picture = Raster::from_fn(256, 1, |x, _| {
        let linear = Space::Srgb.decode_exactly(x as f64 / 255.0) as f32;
        apply(&REC2020_FROM_SRGB, [linear; 3])
    });
    let shown = Bitmap::of_raster(&picture);
    assert!((0..256).all(|x| shown.at(x, 0) == [x as u8; 3]));
}

fn preparation(value: Value, usual: Processor) -> Result<Preparation, String> {
    let settings = Settings::of(
        "preprocessor_config.json",
        value.as_object().cloned().unwrap_or_default(),
    );
    Preparation::of(&settings, usual).map_err(|fault| fault.to_string())
}

fn size_of(value: Value, usual: Processor, (width, height): (usize, usize)) -> (usize, usize) {
    let planes = preparation(value, usual).and_then(|preparation| {
        preparation
            .planes(&steps(width, height))
            .map_err(|fault| fault.to_string())
    });
    let planes = planes.expect("a picture");
    assert_eq!(planes.values.len(), 3 * planes.width * planes.height);
    (planes.width, planes.height)
}

#[test]
fn sizes_are_read_in_every_way_that_they_are_written() {
    let size = |value| size_of(value, Processor::CLIP, (40, 30));
    assert_eq!(size(json!({})), (224, 224));
    assert_eq!(size(json!({"size": 20, "do_center_crop": false})), (26, 20));
    assert_eq!(
        size(json!({"size": {"shortest_edge": 20}, "do_center_crop": false})),
        (26, 20)
    );
    assert_eq!(
        size(json!({"size": 20, "default_to_square": true, "do_center_crop": false})),
        (20, 20)
    );
    assert_eq!(
        size(json!({"size": {"width": 9, "height": 7}, "do_center_crop": false})),
        (9, 7)
    );
    assert_eq!(
        size(json!({"size": 20, "crop_size": {"width": 9, "height": 7}})),
        (9, 7)
    );
    assert_eq!(
        size(json!({"do_resize": false, "do_center_crop": false})),
        (40, 30)
    );
    assert_eq!(size_of(json!({}), Processor::SIGLIP, (40, 30)), (224, 224));
}

#[test]
fn a_processor_that_is_named_counts_more_than_the_usual_one() {
    let named = preparation(
        json!({"image_processor_type": "SiglipImageProcessorFast"}),
        Processor::CLIP,
    );
    assert_eq!(named, preparation(json!({}), Processor::SIGLIP));
    let said = preparation(
        json!({"image_processor_type": "OtherProcessor"}),
        Processor::CLIP,
    )
    .expect_err("a fault");
    assert!(
        said.starts_with("the pictures are prepared by OtherProcessor, which Retake does not know"),
        "{said}"
    );
}

#[test]
fn what_cannot_be_prepared_is_named() {
    let cases = [
        (json!({"resample": 0}), "filter 0"),
        (json!({"size": 0}), "0 px"),
        (
            json!({"size": {"longest_edge": 10}}),
            "size names no width and height",
        ),
        (
            json!({"size": {"shortest_edge": 5, "longest_edge": 10}}),
            "longest side",
        ),
        (
            json!({"image_mean": [0.5, 0.5]}),
            "image_mean is not three numbers",
        ),
        (json!({"image_std": [0.5, 0.0, 0.5]}), "image_std has a 0"),
        (json!({"rescale_factor": 0.0}), "rescale_factor"),
        (json!({"do_pad": true}), "do_pad"),
    ];
    for (value, wanted) in cases {
        let said = preparation(value, Processor::CLIP).expect_err("a fault");
        assert!(said.contains(wanted), "{said}");
    }
}

#[test]
fn a_picture_that_is_too_thin_is_refused() {
    let preparation = preparation(json!({}), Processor::CLIP).expect("settings");
    let said = preparation
        .planes(&steps(1, 201))
        .expect_err("a fault")
        .to_string();
    assert!(said.contains("1 × 201 px is too thin"), "{said}");
}

#[test]
fn numbers_are_scaled_and_normalised_only_where_the_file_says_so() {
    let planes = |value| {
        let preparation = preparation(value, Processor::CLIP).expect("settings");
        let one = Bitmap::new(1, 1, vec![0, 51, 255]).expect("a picture");
        preparation.planes(&one).expect("numbers").values
    };
    let rest = json!({"do_resize": false, "do_center_crop": false});
    let with = |more: Value| {
        let mut all = rest.clone();
        all.as_object_mut()
            .expect("an object")
            .extend(more.as_object().cloned().expect("an object"));
        planes(all)
    };
    assert_eq!(
        with(json!({"do_normalize": false})),
        [0.0, 0.200_000_02, 1.0]
    );
    assert_eq!(
        with(json!({"do_normalize": false, "do_rescale": false})),
        [0.0, 51.0, 255.0]
    );
    let half = json!({"image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5]});
    for (ours, wanted) in with(half).into_iter().zip([-1.0, -0.6, 1.0]) {
        assert!((ours - wanted).abs() < 1e-6f32);
    }
}
