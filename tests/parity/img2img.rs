//! Plain Stable Diffusion, beginning from the photo, beside the reference implementation.

use std::collections::HashMap;
use std::path::PathBuf;

use candle_core::{Device, Tensor};
use retake_models::Checkpoint;
use retake_models::diffusion::{Conditioned, Guidance, Model, Texts};
use retake_models::stable::img2img::{Conditions, Img2Img};
use serde::Deserialize;

use super::{ONE_STAGE, WHOLE_RUN, folders_of, greatest_difference};

/// One case: a checkpoint, what went in, and what the reference made of it.
struct Case {
    folder: PathBuf,
    settings: Settings,
    inputs: HashMap<String, Tensor>,
    expected: HashMap<String, Tensor>,
    model: Img2Img,
}

#[derive(Deserialize)]
struct Settings {
    prompt: String,
    negative_prompt: String,
    runs: Vec<Run>,
}

#[derive(Deserialize)]
struct Run {
    sampler: String,
    steps: usize,
    strength: f64,
    guidance: f64,
}

/// Calls `claim` with every case of img2img.
fn every_case(claim: impl Fn(&Case)) {
    for folder in folders_of("img2img") {
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
            model: Checkpoint::open(&folder.join("model"))
                .and_then(|checkpoint| Img2Img::open(&checkpoint, &Device::Cpu))
                .expect("a checkpoint"),
            folder,
        }
    }

    fn conditioned(&self) -> Conditioned<Conditions> {
        let picture = ((&self.inputs["image"] * 2.0).expect("a picture") - 1.0).expect("a picture");
        let texts = Texts {
            wanted: &self.settings.prompt,
            unwanted: &self.settings.negative_prompt,
        };
        self.model
            .conditions(&picture, &[], texts)
            .expect("conditions")
    }

    fn near(&self, name: &str, ours: &Tensor, theirs: &Tensor, tolerance: f32) {
        let place = self.folder.display();
        assert_eq!(ours.dims(), theirs.dims(), "{name} of {place}");
        let apart = greatest_difference(ours, theirs);
        assert!(apart <= tolerance, "{name} of {place}: {apart:e} apart");
    }
}

/// Latents after each step that is left of a run, and its picture in [0, 1].
fn runs_as_the_reference(case: &Case, run: &Run) {
    let told = case.conditioned();
    let name = &run.sampler;
    let (_, _, height, width) = told.source.dims4().expect("latents");
    let plan = case.model.plan(name, run.steps, (height, width));
    let plan = plan.expect("a sampler").of_strength(run.strength);
    let theirs = &case.expected[&format!("{name}_latents")];
    assert_eq!(plan.len(), theirs.dim(0).expect("steps"), "{name}");
    let guidance = Guidance {
        text: run.guidance,
        image: 1.0,
    };
    let mut latents = plan
        .begin_over(&told.source, &case.inputs["noise"])
        .expect("latents");
    let mut last = None;
    for step in 0..plan.len() {
        let seen = plan.seen(step, &latents).expect("latents");
        let answer = case
            .model
            .answer(&told.conditions, &seen, plan.time(step), guidance)
            .expect("an answer");
        let clean = plan.clean(step, &latents, &answer).expect("latents");
        let noise = plan.wants_noise(step).then(|| {
            let all = &case.inputs[&format!("{name}_step_noise")];
            all.narrow(0, step, 1).expect("noise of each step")
        });
        latents = plan
            .next(step, &latents, &clean, last.as_ref(), noise.as_ref())
            .expect("latents");
        last = Some(clean);
        let step_name = format!("{name} step {step}");
        let theirs = theirs.narrow(0, step, 1).expect("latents of each step");
        case.near(&step_name, &latents, &theirs, WHOLE_RUN);
    }
    let image = case.model.decode(&latents).expect("a picture");
    let image = ((image / 2.0).and_then(|x| x + 0.5)).and_then(|x| x.clamp(0f32, 1f32));
    let theirs = &case.expected[&format!("{name}_image")];
    case.near(name, &image.expect("a picture"), theirs, WHOLE_RUN);
}

#[test]
fn the_photo_is_encoded_on_the_scale_of_the_reference() {
    every_case(|case| {
        let ours = case.conditioned().source;
        let theirs = &case.expected["image_latents"];
        case.near("image_latents", &ours, theirs, ONE_STAGE);
    });
}

#[test]
fn every_run_from_the_photo_ends_where_the_reference_does() {
    every_case(|case| {
        for run in &case.settings.runs {
            runs_as_the_reference(case, run);
        }
    });
}

#[test]
fn a_distilled_checkpoint_needs_few_steps_and_no_guidance() {
    every_case(|case| {
        let turbo = case.folder.ends_with("img2img_turbo");
        let own = case.model.defaults();
        assert_eq!((own.steps < 10, own.guidance.text <= 1.0), (turbo, turbo));
    });
}
