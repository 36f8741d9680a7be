use candle_core::{Device, Tensor};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Flow, Plan, SAMPLERS, Sampler, Schedule, name_of};
use crate::checkpoint::config::Settings;

/// What diffusers' sampler made of a network that answers 0.3 · seen + 0.0001 · time, with noise of 0.25 throughout;
/// written by `tests/parity/make_samplers.py`.
#[derive(Deserialize)]
struct Reference {
    sampler: String,
    settings: Value,
    steps: usize,
    times: Vec<f32>,
    latents: Vec<Vec<f32>>,
}

/// The same of the sampler for flows.
#[derive(Deserialize)]
struct FlowReference {
    settings: Value,
    shift: f64,
    steps: usize,
    times: Vec<f32>,
    latents: Vec<Vec<f32>>,
}

fn references<T: serde::de::DeserializeOwned>(name: &str) -> Vec<T> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/parity");
    let text = std::fs::read_to_string(format!("{folder}/{name}")).expect("references");
    serde_json::from_str(&text).expect("references")
}

fn flow(settings: Value) -> Result<Flow, crate::ModelError> {
    let class = json!("FlowMatchEulerDiscreteScheduler");
    let mut all = Map::from_iter([("_class_name".to_owned(), class)]);
    all.extend(settings.as_object().expect("settings").clone());
    Flow::of(&Settings::of("scheduler_config.json", all))
}

/// Goes the way of a plan with the network of the references.
fn agrees(plan: &Plan, times: &[f32], latents: &[Vec<f32>], name: &str) {
    let ours: Vec<f32> = (0..plan.len()).map(|step| plan.time(step)).collect();
    let near = |a: f32, b: f32| (a - b).abs() < 1e-3 * b.abs().max(1.0);
    assert_eq!(ours.len(), times.len(), "{name}");
    assert!(
        ours.iter().zip(times).all(|(a, b)| near(*a, *b)),
        "{name}: {ours:?}"
    );
    let mut now = Tensor::new(&[0.5f32, -1.0, 2.0], &Device::Cpu)
        .and_then(|noise| plan.begin(&noise))
        .expect("noise");
    let noise = Tensor::full(0.25f32, 3, &Device::Cpu).expect("noise");
    let mut last = None;
    for (step, theirs) in latents.iter().enumerate() {
        let answer = plan
            .seen(step, &now)
            .and_then(|seen| (seen * 0.3)? + f64::from(plan.time(step)) * 1e-4);
        let clean = plan
            .clean(step, &now, &answer.expect("an answer"))
            .expect("latents");
        now = plan
            .next(step, &now, &clean, last.as_ref(), Some(&noise))
            .expect("latents");
        last = Some(clean);
        let ours: Vec<f32> = now.to_vec1().expect("numbers");
        let agree = ours.iter().zip(theirs).all(|(a, b)| near(*a, *b));
        assert!(agree, "{name}, step {step}: {ours:?} {theirs:?}");
    }
}

fn schedule(settings: Value) -> Result<Schedule, crate::ModelError> {
    let mut all = Map::from_iter([
        ("_class_name".to_owned(), json!("DDIMScheduler")),
        ("num_train_timesteps".to_owned(), json!(1000)),
        ("beta_start".to_owned(), json!(0.00085)),
        ("beta_end".to_owned(), json!(0.012)),
        ("beta_schedule".to_owned(), json!("scaled_linear")),
        ("set_alpha_to_one".to_owned(), json!(false)),
    ]);
    all.extend(settings.as_object().expect("settings").clone());
    Schedule::of(&Settings::of("scheduler_config.json", all))
}

#[test]
fn every_sampler_goes_the_way_of_the_reference() {
    let references: Vec<Reference> = references("samplers.json");
    for row in SAMPLERS {
        assert!(
            references.iter().any(|one| one.sampler == row.id),
            "{}",
            row.id
        );
    }
    for one in references {
        let name = format!("{} {}", one.sampler, one.settings);
        let sampler = Sampler::named(&one.sampler).expect("a sampler");
        let mut settings = json!({"_class_name": sampler.classes[0]});
        for (key, value) in one.settings.as_object().expect("settings") {
            settings[key] = value.clone();
        }
        let schedule = schedule(settings);
        let plan = sampler.plan(&schedule.expect("a schedule"), one.steps);
        agrees(&plan, &one.times, &one.latents, &name);
    }
}

#[test]
fn a_flow_goes_the_way_of_the_reference() {
    for one in references::<FlowReference>("flows.json") {
        let name = format!("{} {} {}", one.settings, one.shift, one.steps);
        let plan = flow(one.settings)
            .expect("a flow")
            .plan(one.steps, one.shift);
        agrees(&plan, &one.times, &one.latents, &name);
    }
}

#[test]
fn a_flow_begins_from_a_picture_on_the_line_between_it_and_noise() {
    // two of four steps are left, from σ = 0.75 (0.5 shifted by 3) to 0.5 and the picture
    let plan = flow(json!({"shift": 3.0})).expect("a flow").plan(4, 0.0);
    let plan = plan.of_strength(0.5);
    assert_eq!((plan.len(), plan.time(0)), (2, 750.0));
    let tensor = |value: f32| Tensor::new(&[value], &Device::Cpu).expect("a number");
    let begun = plan
        .begin_over(&tensor(2.0), &tensor(-1.0))
        .expect("latents");
    assert_eq!(begun.to_vec1::<f32>().expect("a number"), [-0.25]);
    // a network that knows both ends leads there straight
    let answer = tensor(-3.0);
    let clean = plan.clean(0, &begun, &answer).expect("latents");
    assert_eq!(clean.to_vec1::<f32>().expect("a number"), [2.0]);
    let next = plan.next(0, &begun, &clean, None, None).expect("latents");
    assert!((next.to_vec1::<f32>().expect("a number")[0] - 0.5).abs() < 1e-6);
}

#[test]
fn every_sampler_has_a_name_for_people() {
    for sampler in SAMPLERS {
        assert_eq!(name_of(sampler.id), Some(sampler.name));
    }
    assert_eq!(name_of(Flow::ID), Some(Flow::NAME));
    assert_eq!(name_of("none"), None);
}

#[test]
fn larger_pictures_are_shifted_more() {
    // Black Forest Labs: 0.5 at 256 tokens, 1.15 at 4096, straight on beyond
    let flow = flow(json!({"use_dynamic_shifting": true})).expect("a flow");
    for (tokens, shift) in [(256, 0.5), (4096, 1.15), (2176, 0.825), (7936, 1.8)] {
        assert!((flow.shift(tokens) - shift).abs() < 1e-12, "{tokens}");
    }
}

#[test]
fn what_the_flow_does_not_compute_is_refused_by_name() {
    for (key, value) in [
        ("use_karras_sigmas", json!(true)),
        ("use_exponential_sigmas", json!(true)),
        ("use_beta_sigmas", json!(true)),
        ("stochastic_sampling", json!(true)),
        ("invert_sigmas", json!(true)),
        ("_class_name", json!("UniPCMultistepScheduler")),
        ("time_shift_type", json!("cubic")),
        ("a_new_setting", json!(3)),
    ] {
        let said = flow(json!({key: value})).expect_err("refused").to_string();
        let named = [key, "UniPC", "cubic"]
            .iter()
            .any(|word| said.contains(word));
        assert!(named, "{said}");
    }
    for broken in [
        json!({"shift": 0.0}),
        json!({"shift_terminal": 1.5}),
        json!({"num_train_timesteps": 0}),
    ] {
        assert!(flow(broken).is_err());
    }
}

#[test]
fn a_checkpoint_names_its_sampler_and_one_that_is_not_here_is_replaced_by_name() {
    for (class, id, replaced) in [
        ("DDIMScheduler", "ddim", false),
        ("DPMSolverMultistepScheduler", "dpm_solver_2m", false),
        ("EulerAncestralDiscreteScheduler", "euler_ancestral", false),
        ("PNDMScheduler", "dpm_solver_2m", true),
        ("DDPMScheduler", "euler_ancestral", true),
    ] {
        let schedule = schedule(json!({"_class_name": class})).expect("a schedule");
        assert_eq!(schedule.own_sampler().id, id);
        assert_eq!(schedule.replaced(), replaced.then_some(class));
    }
}

#[test]
fn what_no_sampler_computes_is_refused_by_name() {
    let multistep = "DPMSolverMultistepScheduler";
    for (class, key, value) in [
        ("DDIMScheduler", "thresholding", json!(true)),
        ("DDIMScheduler", "clip_sample", json!(true)),
        ("DDIMScheduler", "timestep_spacing", json!("logarithmic")),
        ("DDIMScheduler", "prediction_type", json!("flow_prediction")),
        ("DDIMScheduler", "a_new_setting", json!(3)),
        ("EulerDiscreteScheduler", "use_beta_sigmas", json!(true)),
        (
            "EulerDiscreteScheduler",
            "interpolation_type",
            json!("log_linear"),
        ),
        ("EulerDiscreteScheduler", "sigma_max", json!(700.0)),
        (multistep, "use_lu_lambdas", json!(true)),
        (multistep, "solver_order", json!(3)),
        (multistep, "algorithm_type", json!("sde-dpmsolver++")),
        (multistep, "final_sigmas_type", json!("sigma_min")),
        ("LCMScheduler", "_class_name", json!("LCMScheduler")),
    ] {
        let said = schedule(json!({"_class_name": class, key: value.clone()}));
        let said = said.expect_err("refused").to_string();
        let word = value.as_str().unwrap_or(key);
        assert!(said.contains(key) || said.contains(word), "{said}");
    }
    assert!(schedule(json!({"beta_end": 2.0})).is_err());
}

#[test]
fn noise_levels_are_not_spread_by_samplers_that_have_none() {
    for class in ["DDIMScheduler", "EulerAncestralDiscreteScheduler"] {
        let said = schedule(json!({"_class_name": class, "use_karras_sigmas": true}));
        let said = said.expect_err("refused").to_string();
        assert!(
            said.contains(class) && said.contains("noise levels"),
            "{said}"
        );
    }
}

#[test]
fn a_schedule_that_ends_in_pure_noise_needs_a_network_that_answers_there() {
    let settings = |prediction: &str| {
        schedule(json!({"rescale_betas_zero_snr": true, "prediction_type": prediction}))
    };
    let said = settings("epsilon").expect_err("refused").to_string();
    assert!(said.contains("rescale_betas_zero_snr"), "{said}");
    let kept = settings("v_prediction").expect("a schedule").kept;
    assert_eq!(kept[999], 0.0);
}

#[test]
fn settings_of_a_replaced_method_and_infinities_are_read() {
    let settings = json!({
        "_class_name": "UniPCMultistepScheduler", "solver_order": 3, "solver_type": "bh2",
        "predict_x0": true, "disable_corrector": [],
    });
    assert!(schedule(settings).is_ok());
    let settings = json!({
        "_class_name": "DPMSolverMultistepScheduler", "lambda_min_clipped": "-Infinity",
    });
    assert!(schedule(settings).is_ok());
}

#[test]
fn the_cosine_schedule_falls_from_nearly_all_to_nearly_nothing() {
    let schedule = schedule(json!({"beta_schedule": "squaredcos_cap_v2"})).expect("a schedule");
    assert!(schedule.kept.is_sorted_by(|a, b| a > b));
    assert!(schedule.kept[0] > 0.999 && schedule.kept[999] < 1e-5);
    assert!(
        (schedule.kept[499] - 0.4937).abs() < 1e-3,
        "{}",
        schedule.kept[499]
    );
}

#[test]
fn turning_the_noise_keeps_its_length_and_the_picture() {
    let schedule = schedule(json!({})).expect("a schedule");
    let flow = flow(json!({"shift": 3.0})).expect("a flow").plan(10, 0.0);
    let plans = SAMPLERS.iter().map(|sampler| sampler.plan(&schedule, 10));
    for plan in plans.chain([flow]) {
        let tensor = |values: [f32; 2]| Tensor::new(&values, &Device::Cpu).expect("a tensor");
        let (clean, old, new) = (tensor([3.0, -2.0]), tensor([1.0, 0.0]), tensor([0.0, 1.0]));
        let step = plan.steps[4];
        let latents =
            ((&clean * step.signal).expect("x") + (&old * step.spread).expect("x")).expect("x");
        let turned = plan
            .turned(4, &latents, Some(&clean), &new, 0.6)
            .expect("turned");
        let noise =
            ((turned - (&clean * step.signal).expect("x")).expect("x") / step.spread).expect("x");
        let noise: Vec<f32> = noise.to_vec1().expect("numbers");
        let wanted = [0.6f32.cos(), 0.6f32.sin()];
        assert!(
            noise.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-4),
            "{noise:?}"
        );
    }
}
