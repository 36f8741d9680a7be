//! The diffusion editors beside the reference implementations: each stage of each case, from the tokens to the picture.
//! `cases/` holds small ones; `RETAKE_GOLDEN=DIR` names a folder with more of the same layout.

mod flux1;
mod img2img;
mod rewarded;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use candle_core::{Device, Tensor};
use retake_models::Checkpoint;
use retake_models::diffusion::{Guidance, Model};
use retake_models::sampler::Sampler;
use retake_models::stable::Networks;
use retake_models::stable::pix2pix::Pix2Pix;
use serde::Deserialize;

/// One case: a checkpoint, what went in, and what the reference made of it.
struct Case {
    folder: PathBuf,
    settings: Settings,
    inputs: HashMap<String, Tensor>,
    expected: HashMap<String, Tensor>,
    model: Pix2Pix,
}

#[derive(Deserialize)]
struct Settings {
    prompt: String,
    negative_prompt: String,
    steps: usize,
    guidance_scale: f64,
    image_guidance_scale: f64,
}

/// Greatest difference from the reference, of one stage and of a whole run.
const ONE_STAGE: f32 = 1e-4;
const WHOLE_RUN: f32 = 1e-3;

/// Calls `claim` with every case of InstructPix2Pix.
fn every_case(claim: impl Fn(&Case)) {
    for folder in folders_of("instruct_pix2pix") {
        claim(&Case::open(folder));
    }
}

/// Folders of all cases whose name begins so: ours, and those that `RETAKE_GOLDEN` names.
pub(crate) fn folders_of(kind: &str) -> Vec<PathBuf> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parity/cases");
    let more = std::env::var_os("RETAKE_GOLDEN").map(PathBuf::from);
    let mut found = Vec::new();
    for folder in [Some(own), more].into_iter().flatten() {
        let entries = std::fs::read_dir(&folder).expect("a folder of cases");
        found.extend(entries.flatten().map(|entry| entry.path()).filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with(kind)
        }));
    }
    assert!(!found.is_empty(), "there is no case of {kind}");
    found
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
                .and_then(|checkpoint| Pix2Pix::open(&checkpoint, &Device::Cpu))
                .expect("a checkpoint"),
            folder,
        }
    }

    fn networks(&self) -> &Networks {
        &self.model.0
    }

    fn text(&self, text: &str) -> Tensor {
        let tokens = self.networks().tokens(text).expect("tokens");
        self.networks().text_states(&tokens).expect("states")
    }

    fn agrees(&self, name: &str, ours: &Tensor, tolerance: f32) {
        let theirs = &self.expected[name];
        assert_eq!(
            ours.dims(),
            theirs.dims(),
            "{name} of {}",
            self.folder.display()
        );
        let apart = greatest_difference(ours, theirs);
        assert!(
            apart <= tolerance,
            "{name} of {}: {apart:e} apart",
            self.folder.display()
        );
    }

    /// Latents after each step, with the reference's noise, and the picture in [0, 1].
    fn run(&self, sampler: &str, name: &str) {
        let sampler = Sampler::named(sampler).expect("a sampler");
        let plan = sampler.plan(self.networks().schedule(), self.settings.steps);
        let times: Vec<f32> = (0..plan.len()).map(|step| plan.time(step)).collect();
        let times = Tensor::new(times, &Device::Cpu).expect("times");
        self.agrees(&format!("{name}_timesteps"), &times, 1e-3);
        let picture = &self.expected["image_latents"];
        let wanted = self.text(&self.settings.prompt);
        let unwanted = self.text(&self.settings.negative_prompt);
        let text = Tensor::cat(&[&wanted, &unwanted, &unwanted], 0).expect("states");
        let guidance = Guidance {
            text: self.settings.guidance_scale,
            image: self.settings.image_guidance_scale,
        };
        let theirs = &self.expected[&format!("{name}_latents")];
        let mut latents = plan.begin(&self.inputs["noise"]).expect("noise");
        let mut last = None;
        for step in 0..plan.len() {
            let seen = plan.seen(step, &latents).expect("latents");
            let answer = self
                .model
                .guided(&seen, picture, plan.time(step), &text, guidance)
                .expect("an answer");
            let clean = plan.clean(step, &latents, &answer).expect("latents");
            let noise = plan.wants_noise(step).then(|| {
                let all = &self.inputs[&format!("{name}_step_noise")];
                all.narrow(0, step, 1).expect("noise of each step")
            });
            latents = plan
                .next(step, &latents, &clean, last.as_ref(), noise.as_ref())
                .expect("latents");
            last = Some(clean);
            let apart = greatest_difference(
                &latents,
                &theirs.narrow(0, step, 1).expect("latents of each step"),
            );
            assert!(
                apart <= WHOLE_RUN,
                "{name} step {step} of {}: {apart:e} apart",
                self.folder.display()
            );
        }
        let image = self.networks().decode(&latents).expect("a picture");
        let image = ((image / 2.0).and_then(|x| x + 0.5)).and_then(|x| x.clamp(0f32, 1f32));
        self.agrees(
            &format!("{name}_image"),
            &image.expect("a picture"),
            WHOLE_RUN,
        );
    }
}

fn greatest_difference(a: &Tensor, b: &Tensor) -> f32 {
    let values = |tensor: &Tensor| -> Vec<f32> {
        let flat = tensor.flatten_all().and_then(|flat| flat.to_vec1());
        flat.expect("32-bit floats")
    };
    let apart = values(a)
        .into_iter()
        .zip(values(b))
        .map(|(a, b)| (a - b).abs());
    // a maximum that NaN survives
    apart.fold(0.0, |most, one| if one <= most { most } else { one })
}

#[test]
fn tokens_are_those_of_the_reference() {
    every_case(|case| {
        for (name, text) in [
            ("prompt_ids", &case.settings.prompt),
            ("negative_ids", &case.settings.negative_prompt),
        ] {
            let ids = case.networks().tokens(text).expect("tokens").ids;
            let ids: Vec<i64> = ids.into_iter().map(i64::from).collect();
            let theirs = case.expected[name].flatten_all().expect("ids");
            assert_eq!(ids, theirs.to_vec1::<i64>().expect("ids"), "{name}");
        }
    });
}

#[test]
fn text_states_are_those_of_the_reference() {
    every_case(|case| {
        case.agrees(
            "prompt_embeds",
            &case.text(&case.settings.prompt),
            ONE_STAGE,
        );
        let unwanted = case.text(&case.settings.negative_prompt);
        case.agrees("negative_embeds", &unwanted, ONE_STAGE);
    });
}

#[test]
fn latents_of_a_picture_are_those_of_the_reference() {
    every_case(|case| {
        let picture = ((&case.inputs["image"] * 2.0).expect("a picture") - 1.0).expect("a picture");
        let latents = case.networks().encode(&picture).expect("latents");
        case.agrees("image_latents", &latents, ONE_STAGE);
    });
}

#[test]
fn one_call_of_the_denoiser_is_that_of_the_reference() {
    every_case(|case| {
        let (noise, picture) = (&case.inputs["noise"], &case.expected["image_latents"]);
        let beside = Tensor::cat(&[noise, picture], 1).expect("latents");
        let answer = case
            .networks()
            .denoise(&beside, 500.0, &case.expected["prompt_embeds"])
            .expect("an answer");
        case.agrees("unet_t500", &answer, ONE_STAGE);
    });
}

#[test]
fn ddim_ends_where_the_reference_does() {
    every_case(|case| case.run("ddim", "ddim"));
}

#[test]
fn euler_ancestral_ends_where_the_reference_does() {
    every_case(|case| case.run("euler_ancestral", "euler_a"));
}

#[test]
fn dpm_solver_ends_where_the_reference_does() {
    every_case(|case| {
        if case.expected.contains_key("dpm_latents") {
            case.run("dpm_solver_2m", "dpm");
        }
    });
}
