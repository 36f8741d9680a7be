//! Segment Anything beside transformers (tests/parity/make_sam.py), and what is refused.

use std::collections::HashMap;
use std::path::PathBuf;

use serde::Deserialize;

use super::*;

/// Greatest differences from the reference: of what is looked at, and of whatever the networks compute.
const PIXELS: f32 = 1e-5;
const NETWORKS: f32 = 1e-4;

#[derive(Deserialize)]
struct Asked {
    points: [[f32; 2]; 2],
    r#box: [f32; 4],
}

fn case() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/parity/cases/sam")
}

fn load(name: &str) -> HashMap<String, Tensor> {
    candle_core::safetensors::load(case().join(name), &Device::Cpu).expect("tensors")
}

fn sam() -> Sam {
    Sam::on_processor(&case().join("model")).expect("a checkpoint")
}

fn picture(name: &str) -> Bitmap {
    let image = &load("inputs.safetensors")[name];
    let (_, _, height, width) = image.dims4().expect("a picture");
    let values: Vec<f32> = image
        .permute((0, 2, 3, 1))
        .and_then(|x| x.flatten_all()?.to_vec1())
        .expect("numbers");
    let rgb = values.iter().map(|v| (v * 255.0).round() as u8).collect();
    Bitmap::new(width, height, rgb).expect("a picture")
}

fn apart(a: &Tensor, b: &Tensor) -> f32 {
    assert_eq!(a.dims(), b.dims());
    (a - b)
        .and_then(|d| d.abs()?.max_all()?.to_scalar())
        .expect("numbers")
}

const NAMES: [&str; 2] = ["image_first", "image_second"];

#[test]
fn a_check_counts_a_whole_checkpoint_and_names_what_a_broken_one_lacks() {
    let folder = case().join("model");
    assert!(Sam::is_one(&folder) && !Sam::is_one(&case()));
    let checked = Sam::check(&folder).expect("complete");
    assert!(checked.parameters > 0 && checked.bytes >= 2 * checked.parameters);
    let broken = std::env::temp_dir().join(format!("retake-broken-sam-{}", std::process::id()));
    std::fs::create_dir_all(&broken).expect("temporary files can be written");
    for file in ["config.json", "preprocessor_config.json"] {
        std::fs::copy(folder.join(file), broken.join(file)).expect("a copy");
    }
    let mut tensors =
        candle_core::safetensors::load(folder.join("model.safetensors"), &Device::Cpu)
            .expect("tensors");
    let gone = tensors
        .keys()
        .find(|name| name.contains("mask_decoder"))
        .cloned();
    let gone = gone.expect("a decoder");
    tensors.remove(&gone);
    candle_core::safetensors::save(&tensors, broken.join("model.safetensors")).expect("written");
    let why = Sam::check(&broken).expect_err("refused").to_string();
    let _ = std::fs::remove_dir_all(&broken);
    assert!(why.contains(&gone), "{why}");
}

#[test]
fn pictures_are_prepared_as_the_published_processor_does() {
    let expected = load("expected.safetensors");
    for name in NAMES {
        let (planes, _) = sam().planes(&picture(name));
        let size = (1, 3, planes.height, planes.width);
        let ours = Tensor::from_vec(planes.values, size, &Device::Cpu).expect("planes");
        let apart = apart(&ours, &expected[&format!("{name}.pixel_values")]);
        assert!(apart <= PIXELS, "{name}: {apart:e} apart");
    }
}

#[test]
fn what_is_seen_and_outlined_is_what_the_reference_sees_and_outlines() {
    let expected = load("expected.safetensors");
    let text = std::fs::read_to_string(case().join("case.json")).expect("questions");
    let asked: Asked = serde_json::from_str(&text).expect("questions");
    let [[x, y], [u, v]] = asked.points;
    let [left, top, right, bottom] = asked.r#box;
    let point = [Prompt::Inside(x, y)];
    let all = [
        Prompt::Inside(x, y),
        Prompt::Outside(u, v),
        Prompt::Box(left, top, right, bottom),
    ];
    let sam = sam();
    for name in NAMES {
        let theirs = |what: &str| &expected[&format!("{name}.{what}")];
        let seen = sam.network().look(theirs("pixel_values")).expect("a look");
        let embeds = theirs("image_embeds")
            .flatten_from(2)
            .and_then(|x| x.transpose(1, 2))
            .expect("tokens");
        let far = apart(&seen, &embeds);
        assert!(far <= NETWORKS, "{name}: the look is {far:e} apart");
        let before = theirs("point.masks")
            .narrow(0, 1, 1)
            .and_then(|mask| mask.unsqueeze(0))
            .expect("a mask");
        let questions: [(&str, &[Prompt], Option<&Tensor>, bool); 3] = [
            ("point", &point, None, true),
            ("box", &all, None, false),
            ("mask", &point, Some(&before), true),
        ];
        for (what, prompts, before, several) in questions {
            let answer = sam.network().outline(&embeds, prompts, before, several);
            let (masks, fits) = answer.expect("outlines");
            let far = apart(&masks, theirs(&format!("{what}.masks")));
            assert!(far <= NETWORKS, "{name} by {what}: {far:e} apart");
            let fits = Tensor::new(fits, &Device::Cpu).expect("numbers");
            let far = apart(&fits, theirs(&format!("{what}.fits")));
            assert!(far <= NETWORKS, "{name} by {what}: fits are {far:e} apart");
        }
    }
}

#[test]
fn an_outline_has_the_size_of_the_picture_and_the_best_fit() {
    let sam = sam();
    for name in NAMES {
        let picture = picture(name);
        let sight = sam.look(&picture).expect("a look");
        let outline = sam
            .outline(&sight, &[Prompt::Inside(20.0, 30.0)])
            .expect("an outline");
        let mask = &outline.mask;
        assert_eq!((mask.width, mask.height), (picture.width, picture.height));
        assert_eq!(mask.values.len(), picture.width * picture.height);
        let scale = sight.shown.0 as f32 / picture.width as f32;
        let prompt =
            Prompt::Inside(20.0, 30.0).scaled(scale, sight.shown.1 as f32 / picture.height as f32);
        let (_, fits) = sam
            .network()
            .outline(&sight.seen, &[prompt], None, true)
            .expect("outlines");
        assert_eq!(Some(outline.fits), fits.into_iter().max_by(f32::total_cmp));
    }
}

#[test]
fn scores_are_cut_where_the_picture_lies_in_the_square() {
    let sam = sam();
    // half as high as wide: the lower half of the square is empty
    let sight = Sight {
        seen: Tensor::zeros(1, DType::F32, &Device::Cpu).expect("a tensor"),
        size: (160, 80),
        shown: (80, 40),
    };
    // above 0 in the left half of the square and everywhere below the picture
    let scores: Vec<f32> = (0..20 * 20)
        .map(|i| {
            if i % 20 < 10 || i / 20 >= 12 {
                1.0
            } else {
                -1.0
            }
        })
        .collect();
    let mask = sam.cut(&scores, (20, 20), &sight);
    assert!((mask.share() - 0.5).abs() < 0.01, "{}", mask.share());
    assert_eq!(
        (mask.values[40 * 160 + 20], mask.values[40 * 160 + 140]),
        (1.0, 0.0)
    );
}

#[test]
fn settings_that_cannot_be_are_one_sentence() {
    let text = std::fs::read_to_string(case().join("model/config.json")).expect("settings");
    for (part, key, value, said) in [
        ("vision_config", "use_rel_pos", "false", "use_rel_pos"),
        ("vision_config", "num_channels", "4", "num_channels"),
        ("vision_config", "output_channels", "8", "same features"),
        (
            "vision_config",
            "num_attention_heads",
            "5",
            "shared by the heads",
        ),
        (
            "mask_decoder_config",
            "hidden_act",
            "\"gelu\"",
            "hidden_act",
        ),
        (
            "mask_decoder_config",
            "iou_head_depth",
            "1",
            "iou_head_depth",
        ),
    ] {
        let mut settings: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(&text).expect("settings");
        settings[part][key] = serde_json::from_str(value).expect("a value");
        let fault = SamConfig::of(&Settings::of("config.json", settings)).expect_err("a refusal");
        let fault = fault.to_string();
        assert!(
            fault.contains(said) && !fault.contains('\n'),
            "{key}: {fault}"
        );
    }
    let other = case().with_file_name("dinov2").join("model");
    let fault = Sam::on_processor(&other)
        .err()
        .expect("a refusal")
        .to_string();
    assert!(
        fault.contains("kind dinov2; a Segment Anything is called for"),
        "{fault}"
    );
}

/// Names and shapes are those that transformers gives the published size (tests/parity/make_sam.py).
#[test]
fn segment_anything_b_fits_at_full_size() {
    crate::full_size::fits("sam-vit-base", |config, tensors| {
        let settings = Settings::of("sam-vit-base", config.clone());
        let config = SamConfig::of(&settings).expect("settings");
        retake_tensors::checkpoint::Tensors::of_manifest("sam-vit-base", tensors, SAM)
            .build(&Device::Cpu, DType::F32, |vb| SamNetwork::new(&config, vb))
            .map(|_| ())
            .map_err(|fault| fault.to_string())
    });
}
