//! FLUX.1 Kontext beside the reference implementation.

use std::collections::HashMap;
use std::path::PathBuf;

use candle_core::{Device, Tensor};
use retake_models::Checkpoint;
use retake_models::flux1::{Networks, Text, Words, packed, places_of_picture, unpacked};
use serde::Deserialize;

use super::{ONE_STAGE, WHOLE_RUN, folders_of, greatest_difference};

/// One case: a checkpoint, what went in, and what the reference made of it.
struct Case {
    folder: PathBuf,
    settings: Settings,
    inputs: HashMap<String, Tensor>,
    expected: HashMap<String, Tensor>,
    networks: Networks,
}

#[derive(Deserialize)]
struct Settings {
    prompt: String,
    steps: usize,
    guidance_scale: f32,
    max_sequence_length: usize,
    height: usize,
    width: usize,
}

/// Calls `claim` with every case of FLUX.1 Kontext.
fn every_case(claim: impl Fn(&Case)) {
    for folder in folders_of("flux_kontext") {
        claim(&Case::open(folder));
    }
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
            networks: Checkpoint::open(&folder.join("model"))
                .and_then(|checkpoint| Networks::of(&checkpoint, &Device::Cpu))
                .expect("a checkpoint"),
            folder,
        }
    }

    fn words(&self) -> Words {
        let Settings {
            prompt,
            max_sequence_length,
            ..
        } = &self.settings;
        self.networks
            .tokens_within(prompt, *max_sequence_length)
            .expect("tokens")
    }

    /// Height and width of the latents.
    fn latent_size(&self) -> (usize, usize) {
        let factor = self.networks.sizes().factor;
        (self.settings.height / factor, self.settings.width / factor)
    }

    /// What the reference made of the text.
    fn text(&self) -> Text {
        Text {
            states: self.expected["prompt_embeds"].clone(),
            pooled: self.expected["pooled"].clone(),
        }
    }

    fn agrees(&self, name: &str, ours: &Tensor, tolerance: f32) {
        self.near(name, ours, &self.expected[name], tolerance);
    }

    fn near(&self, name: &str, ours: &Tensor, theirs: &Tensor, tolerance: f32) {
        let case = self.folder.display();
        assert_eq!(ours.dims(), theirs.dims(), "{name} of {case}");
        let apart = greatest_difference(ours, theirs);
        assert!(apart <= tolerance, "{name} of {case}: {apart:e} apart");
    }
}

#[test]
fn tokens_are_those_of_the_reference() {
    every_case(|case| {
        let words = case.words();
        for (name, ours) in [("prompt_ids", words.clip), ("prompt_ids_2", words.t5)] {
            if let Some(theirs) = case.expected.get(name) {
                let ours: Vec<i64> = ours.ids.into_iter().map(i64::from).collect();
                let theirs = theirs.flatten_all().expect("ids");
                assert_eq!(ours, theirs.to_vec1::<i64>().expect("ids"), "{name}");
            }
        }
    });
}

#[test]
fn both_texts_are_those_of_the_reference() {
    every_case(|case| {
        let text = case.networks.text(&case.words()).expect("states");
        case.agrees("prompt_embeds", &text.states, ONE_STAGE);
        case.agrees("pooled", &text.pooled, ONE_STAGE);
    });
}

#[test]
fn latents_of_a_picture_are_those_of_the_reference() {
    every_case(|case| {
        let picture = ((&case.inputs["image"] * 2.0).expect("a picture") - 1.0).expect("a picture");
        let latents = case.networks.encode(&picture).expect("latents");
        let tokens = packed(&latents).expect("tokens");
        case.agrees("image_latents_packed", &tokens, ONE_STAGE);
        let (height, width) = case.latent_size();
        let back = unpacked(&tokens, height, width).expect("latents");
        assert_eq!(greatest_difference(&back, &latents), 0.0);
    });
}

#[test]
fn every_token_stands_where_the_reference_has_it() {
    every_case(|case| {
        let (height, width) = case.latent_size();
        let mut places = places_of_picture(0, height, width);
        places.extend(places_of_picture(1, height, width));
        let flat: Vec<f32> = places.iter().flatten().map(|&x| x as f32).collect();
        let ours = Tensor::from_vec(flat, (places.len(), 3), &Device::Cpu).expect("places");
        case.agrees("img_ids", &ours, 0.0);
        // ours has the text nowhere else
        case.near(
            "txt_ids",
            &case.expected["txt_ids"],
            &case.expected["txt_ids"].zeros_like().expect("zeros"),
            0.0,
        );
        let beside = [
            &case.inputs["noise_packed"],
            &case.expected["image_latents_packed"],
        ];
        let beside = Tensor::cat(&beside, 1).expect("tokens");
        case.agrees("transformer_in", &beside, 0.0);
    });
}

#[test]
fn one_call_of_the_transformer_is_that_of_the_reference() {
    every_case(|case| {
        let places: Vec<[f64; 3]> = case.expected["img_ids"]
            .to_vec2::<f32>()
            .expect("places")
            .into_iter()
            .map(|place| [0, 1, 2].map(|axis| f64::from(place[axis])))
            .collect();
        let number = |name: &str| case.expected[name].to_vec1::<f32>().expect("a number")[0];
        let (time, guidance) = match case.expected.contains_key("guidance") {
            true => (number("transformer_t"), number("guidance")),
            false => (number("transformer_t"), 0.0),
        };
        let answer = case
            .networks
            .answer(
                &case.expected["transformer_in"],
                &places,
                &case.text(),
                time,
                guidance,
            )
            .expect("an answer");
        case.agrees("transformer_out", &answer, ONE_STAGE);
    });
}

#[test]
fn the_flow_ends_where_the_reference_does() {
    every_case(|case| {
        let (height, width) = case.latent_size();
        let networks = &case.networks;
        let plan = networks.plan(case.settings.steps, (height, width));
        let times: Vec<f32> = (0..plan.len()).map(|step| plan.time(step)).collect();
        let mut sigmas: Vec<f32> = times.iter().map(|time| time / 1000.0).collect();
        sigmas.push(0.0);
        for (name, ours, near) in [("timesteps", times, 1e-3), ("sigmas", sigmas, 1e-6)] {
            case.agrees(
                name,
                &Tensor::new(ours, &Device::Cpu).expect("numbers"),
                near,
            );
        }
        let text = networks.text(&case.words()).expect("states");
        let image = ((&case.inputs["image"] * 2.0).expect("a picture") - 1.0).expect("a picture");
        let picture = networks.encode(&image).expect("latents");
        let noise = unpacked(&case.inputs["noise_packed"], height, width).expect("noise");
        let mut latents = plan.begin(&noise).expect("noise");
        for step in 0..plan.len() {
            let seen = plan.seen(step, &latents).expect("latents");
            let guidance = case.settings.guidance_scale;
            let answer = networks
                .denoise(&seen, &picture, plan.time(step), &text, guidance)
                .expect("an answer");
            let clean = plan.clean(step, &latents, &answer).expect("latents");
            latents = plan
                .next(step, &latents, &clean, None, None)
                .expect("latents");
            let theirs = case.expected["latents"]
                .narrow(0, step, 1)
                .expect("latents");
            let ours = packed(&latents).expect("tokens");
            case.near(&format!("step {step}"), &ours, &theirs, WHOLE_RUN);
        }
        let image = networks.decode(&latents).expect("a picture");
        let image = ((image / 2.0).and_then(|x| x + 0.5)).and_then(|x| x.clamp(0f32, 1f32));
        case.agrees("image", &image.expect("a picture"), WHOLE_RUN);
    });
}
