//! The reward-conditioned InstructPix2Pix beside its authors' network.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use candle_core::{Device, Tensor};
use retake_models::Checkpoint;
use retake_models::diffusion::{Guidance, Kind, Model};
use retake_models::sampler::Sampler;
use retake_models::stable::Networks;
use retake_models::stable::pix2pix::Pix2Pix;
use retake_models::stable::rewarded::{BEST, NOTHING_AMISS, Rewarded};
use serde::Deserialize;

use super::{ONE_STAGE, WHOLE_RUN, greatest_difference};

/// The case: a checkpoint, what went in, and what the reference made of it.
struct Case {
    settings: Settings,
    inputs: HashMap<String, Tensor>,
    expected: HashMap<String, Tensor>,
    model: Rewarded,
}

#[derive(Deserialize)]
struct Settings {
    prompt: String,
    negative_prompt: String,
    steps: usize,
    guidance_scale: f64,
    image_guidance_scale: f64,
    poor_scores: [f32; 3],
    poor_words: String,
}

fn folder(case: &str) -> PathBuf {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parity/cases");
    cases.join(case)
}

fn checkpoint(case: &str) -> Checkpoint {
    Checkpoint::open(&folder(case).join("model")).expect("a checkpoint")
}

impl Case {
    fn open() -> Self {
        let folder = folder("rewarded");
        let load = |name: &str| {
            candle_core::safetensors::load(folder.join(name), &Device::Cpu).expect("tensors")
        };
        let text = std::fs::read_to_string(folder.join("case.json")).expect("settings");
        Self {
            settings: serde_json::from_str(&text).expect("settings"),
            inputs: load("inputs.safetensors"),
            expected: load("expected.safetensors"),
            model: Rewarded::open(&checkpoint("rewarded"), &Device::Cpu).expect("a model"),
        }
    }

    fn networks(&self) -> &Networks {
        self.model.networks()
    }

    fn text(&self, text: &str) -> Tensor {
        let tokens = self.networks().tokens(text).expect("tokens");
        self.networks().text_states(&tokens).expect("states")
    }

    /// The state that stands for the words of a judgement.
    fn pooled(&self, words: &str) -> Tensor {
        let tokens = self.networks().tokens(words).expect("tokens");
        self.networks().pooled(&tokens).expect("a state")
    }

    /// One call of the denoiser with a judgement.
    fn call(&self, scores: [f32; 3], words: &Tensor) -> Tensor {
        let (noise, picture) = (&self.inputs["noise"], &self.expected["image_latents"]);
        let beside = Tensor::cat(&[noise, picture], 1).expect("latents");
        let wish = self.networks().wish(scores, words).expect("a wish");
        let text = &self.expected["prompt_embeds"];
        self.networks()
            .denoise_towards(&beside, 500.0, text, &wish)
            .expect("an answer")
    }

    fn agrees(&self, name: &str, ours: &Tensor, tolerance: f32) {
        near(name, ours, &self.expected[name], tolerance);
    }
}

fn near(name: &str, ours: &Tensor, theirs: &Tensor, tolerance: f32) {
    assert_eq!(ours.dims(), theirs.dims(), "{name}");
    let apart = greatest_difference(ours, theirs);
    assert!(apart <= tolerance, "{name}: {apart:e} apart");
}

#[test]
fn a_checkpoint_is_known_by_its_tensors() {
    let kind = |case| Kind::of(&checkpoint(case)).expect("a kind").id;
    assert_eq!(kind("rewarded"), Rewarded::KIND.id);
    assert_eq!(kind("instruct_pix2pix_old"), Pix2Pix::KIND.id);
    assert_eq!(kind("instruct_pix2pix_new"), Pix2Pix::KIND.id);
}

#[test]
fn a_plain_checkpoint_is_no_rewarded_one() {
    let said = match Rewarded::open(&checkpoint("instruct_pix2pix_old"), &Device::Cpu) {
        Ok(_) => panic!("a refusal"),
        Err(error) => error.to_string(),
    };
    assert!(said.contains("takes no scores"), "{said}");
}

#[test]
fn the_words_of_a_judgement_are_read_as_the_reference_reads_them() {
    let case = Case::open();
    let ids = case.networks().tokens(NOTHING_AMISS).expect("tokens").ids;
    let ids: Vec<i64> = ids.into_iter().map(i64::from).collect();
    let theirs = case.expected["best_ids"].flatten_all().expect("ids");
    assert_eq!(ids, theirs.to_vec1::<i64>().expect("ids"));
    case.agrees("best_pooled", &case.pooled(NOTHING_AMISS), ONE_STAGE);
    let poor = case.pooled(&case.settings.poor_words);
    case.agrees("poor_pooled", &poor, ONE_STAGE);
}

#[test]
fn one_call_of_the_denoiser_is_that_of_the_reference_whatever_the_judgement() {
    let case = Case::open();
    let best = case.call(BEST, &case.expected["best_pooled"]);
    case.agrees("best_t500", &best, ONE_STAGE);
    let poor = case.call(case.settings.poor_scores, &case.expected["poor_pooled"]);
    case.agrees("poor_t500", &poor, ONE_STAGE);
    assert!(greatest_difference(&best, &poor) > 100.0 * ONE_STAGE);
}

#[test]
fn scores_and_words_each_change_the_answer() {
    let case = Case::open();
    let words = &case.expected["best_pooled"];
    let best = case.call(BEST, words);
    for i in 0..3 {
        let mut scores = BEST;
        scores[i] = 1.0;
        let apart = greatest_difference(&best, &case.call(scores, words));
        assert!(apart > 10.0 * ONE_STAGE, "score {i}: {apart:e}");
    }
    let apart = greatest_difference(&best, &case.call(BEST, &case.expected["poor_pooled"]));
    assert!(apart > 10.0 * ONE_STAGE, "words: {apart:e}");
}

#[test]
fn a_run_that_asks_for_the_best_ends_where_the_reference_does() {
    let case = Case::open();
    let picture = ((&case.inputs["image"] * 2.0).expect("a picture") - 1.0).expect("a picture");
    let picture = case.networks().encode(&picture).expect("latents");
    case.agrees("image_latents", &picture, ONE_STAGE);
    let sampler = case.model.defaults().sampler;
    let sampler = Sampler::named(&sampler).expect("a sampler");
    let plan = sampler.plan(case.networks().schedule(), case.settings.steps);
    let times: Vec<f32> = (0..plan.len()).map(|step| plan.time(step)).collect();
    let times = Tensor::new(times, &Device::Cpu).expect("times");
    case.agrees("timesteps", &times, 1e-3);
    let wanted = case.text(&case.settings.prompt);
    case.agrees("prompt_embeds", &wanted, ONE_STAGE);
    let unwanted = case.text(&case.settings.negative_prompt);
    let text = Tensor::cat(&[&wanted, &unwanted, &unwanted], 0).expect("states");
    let guidance = Guidance {
        text: case.settings.guidance_scale,
        image: case.settings.image_guidance_scale,
    };
    let mut latents = plan.begin(&case.inputs["noise"]).expect("noise");
    for step in 0..plan.len() {
        let seen = plan.seen(step, &latents).expect("latents");
        let answer = case
            .model
            .guided(&seen, &picture, plan.time(step), &text, guidance)
            .expect("an answer");
        let clean = plan.clean(step, &latents, &answer).expect("latents");
        let noise = plan.wants_noise(step).then(|| {
            let all = &case.inputs["step_noise"];
            all.narrow(0, step, 1).expect("noise of each step")
        });
        latents = plan
            .next(step, &latents, &clean, None, noise.as_ref())
            .expect("latents");
        let theirs = case.expected["latents"].narrow(0, step, 1);
        let theirs = theirs.expect("latents of each step");
        near(&format!("step {step}"), &latents, &theirs, WHOLE_RUN);
    }
    let image = case.networks().decode(&latents).expect("a picture");
    let image = ((image / 2.0).and_then(|x| x + 0.5)).and_then(|x| x.clamp(0f32, 1f32));
    case.agrees("image", &image.expect("a picture"), WHOLE_RUN);
}
