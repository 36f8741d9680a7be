//! Steps of a flow that draw noise, on pictures of one number whose distribution is Gaussian: what a perfect network would
//! answer is known for them.

use candle_core::{Device, Tensor};
use retake_core::Rng;
use serde_json::{Map, json};

use super::{Flow, Plan, flow};
use crate::checkpoint::config::Settings;

/// Mean and deviation of the clean pictures.
const CLEAN: (f64, f64) = (1.5, 0.6);
const PICTURES: usize = 8000;

fn plan(steps: usize) -> Plan {
    let class = (
        "_class_name".to_owned(),
        json!("FlowMatchEulerDiscreteScheduler"),
    );
    let settings = Settings::of("scheduler_config.json", Map::from_iter([class]));
    Flow::of(&settings).expect("a flow").plan(steps, 0.0)
}

fn noise(rng: &mut Rng) -> Tensor {
    let values: Vec<f32> = (0..PICTURES).map(|_| rng.normal()).collect();
    Tensor::from_vec(values, PICTURES, &Device::Cpu).expect("noise")
}

/// Mean and deviation of latents at noise level `t`.
fn expected(t: f64) -> (f64, f64) {
    ((1.0 - t) * CLEAN.0, ((1.0 - t) * CLEAN.1).hypot(t))
}

/// The mean of the clean pictures that these latents may be of.
fn seen(latents: &Tensor, t: f64) -> Tensor {
    let (mean, deviation) = expected(t);
    let gain = (1.0 - t) * CLEAN.1.powi(2) / deviation.powi(2);
    (latents - mean)
        .and_then(|x| x * gain)
        .and_then(|x| x + CLEAN.0)
        .expect("clean latents")
}

fn moments(latents: &Tensor) -> (f64, f64) {
    let values: Vec<f32> = latents.to_vec1().expect("numbers");
    let count = values.len() as f64;
    let mean = values.iter().map(|&v| f64::from(v)).sum::<f64>() / count;
    let squares = values.iter().map(|&v| (f64::from(v) - mean).powi(2));
    (mean, (squares.sum::<f64>() / count).sqrt())
}

/// Goes a way, from step `from` on with `eta` and noise of `seed`; the latents after each step.
fn way(plan: &Plan, from: usize, eta: f64, seed: u64) -> Vec<Tensor> {
    let mut latents = plan.begin(&noise(&mut Rng::new(1))).expect("noise");
    let mut rng = Rng::new(seed);
    let mut all = Vec::new();
    for step in 0..plan.len() {
        let clean = seen(&latents, plan.steps[step].spread);
        let eta = if step < from { 0.0 } else { eta };
        let fresh = noise(&mut rng);
        latents = plan
            .wander(step, eta, &latents, &clean, None, &fresh)
            .expect("latents");
        all.push(latents.clone());
    }
    all
}

#[test]
fn the_distribution_is_that_of_the_flow_after_every_step() {
    let plan = plan(60);
    for eta in [0.0, 0.7, 1.0] {
        for (step, latents) in way(&plan, 0, eta, 7).iter().enumerate() {
            let level = plan.steps.get(step + 1).map_or(0.0, |step| step.spread);
            let (now, wanted) = (moments(latents), expected(level));
            let near = |a: f64, b: f64| (a - b).abs() < 0.03;
            assert!(
                near(now.0, wanted.0) && near(now.1, wanted.1),
                "η {eta}, step {step}: {now:?} {wanted:?}"
            );
        }
    }
}

#[test]
fn without_noise_of_its_own_it_is_the_flow_bit_for_bit() {
    let plan = plan(8);
    let mut latents = plan.begin(&noise(&mut Rng::new(1))).expect("noise");
    for (step, wandered) in way(&plan, 0, 0.0, 7).iter().enumerate() {
        let clean = seen(&latents, plan.steps[step].spread);
        latents = plan
            .next(step, &latents, &clean, None, None)
            .expect("latents");
        let bits = |x: &Tensor| x.to_vec1::<f32>().expect("numbers");
        assert_eq!(bits(wandered), bits(&latents), "step {step}");
    }
}

#[test]
fn branches_of_one_way_differ_and_a_seed_is_a_branch() {
    let plan = plan(8);
    let ends = |seed| way(&plan, 4, 0.7, seed).pop().expect("an end");
    let apart = |a: &Tensor, b: &Tensor| moments(&(a - b).expect("a difference")).1;
    assert!(apart(&ends(7), &ends(8)) > 0.1);
    assert_eq!(apart(&ends(7), &ends(7)), 0.0);
    // and they are nearer to each other than to another way
    assert!(apart(&ends(7), &ends(8)) < CLEAN.1);
}

#[test]
fn small_steps_are_those_of_the_equation() {
    // Euler–Maruyama: x + [v + σ²/(2t) (x + (1 − t) v)] dt + σ √|dt| ε with v = (x − c) / t and σ = η √(t / (1 − t))
    let (t, dt, eta) = (0.6f64, -1e-5f64, 0.7f64);
    let sigma = eta * (t / (1.0 - t)).sqrt();
    let of_flow = 1.0 / t;
    let of_noise = sigma * sigma / (2.0 * t);
    let euler = [
        1.0 + dt * (of_flow + of_noise * (1.0 + (1.0 - t) * of_flow)),
        -dt * (of_flow + of_noise * (1.0 - t) * of_flow),
        sigma * (-dt).sqrt(),
    ];
    for (ours, theirs) in flow::shares(t, t + dt, eta).into_iter().zip(euler) {
        assert!(
            (ours - theirs).abs() < 1e-4 * theirs.abs(),
            "{ours} {theirs}"
        );
    }
}
