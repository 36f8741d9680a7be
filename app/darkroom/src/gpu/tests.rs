//! What the device makes is what the definitions make: for every operation, for whole recipes, in tiles and from
//! several threads; and what goes wrong is a sentence. Without any adapter these tests pass and say so, unless
//! RETAKE_REQUIRE_GPU is set.

mod operations;
mod recipes;
mod screen;

use std::sync::{Arc, OnceLock};

use retake_core::{Photo, PhotoId, Raster, Rect, Rng, Stop};
use retake_pixels::display::{Space, encode};

use super::{Gpu, any};
use crate::Device;
use crate::ops::Op;
use crate::recipe::{Operation, Recipe};
use crate::render::{Analysis, Plan};

/// The best adapter here, opened once.
fn gpu() -> Option<&'static Gpu> {
    static GPU: OnceLock<Option<Gpu>> = OnceLock::new();
    GPU.get_or_init(open).as_ref()
}

/// Another device on the same adapter.
fn open() -> Option<Gpu> {
    match any() {
        Ok(gpu) => Some(gpu),
        Err(error) if std::env::var_os("RETAKE_REQUIRE_GPU").is_none() => {
            eprintln!("NOT TESTED: {error}");
            None
        }
        Err(error) => panic!("RETAKE_REQUIRE_GPU is set: {error}"),
    }
}

/// Gradients, edges, noise, colours out of gamut, light below black and above white.
fn picture(width: usize, height: usize) -> Raster {
    let mut rng = Rng::new(11);
    Raster::from_fn(width, height, |x, y| {
        let (u, v) = (x as f32 / width as f32, y as f32 / height as f32);
        let noise = rng.between(-0.03, 0.03);
        match (x * 7 + y * 13) % 29 {
            0 => [1.0 + 3.0 * u, 2.0 * v, 0.4],
            1 => [-0.2 * u, 0.5, -0.1],
            2 => [0.0, 0.0, 0.0],
            _ => {
                let edge = if (x / 11 + y / 9) % 2 == 0 { 1.0 } else { 0.4 };
                [
                    edge * u + noise,
                    edge * (0.2 + 0.5 * v) + noise,
                    edge * (1.0 - u) * v,
                ]
            }
        }
    })
}

fn photo(raster: &Raster) -> Photo {
    Photo::from_raster(raster.clone(), PhotoId([0; 32]))
}

fn plan(recipe: &Recipe, raster: &Raster) -> Plan {
    let analysis = Arc::new(Analysis::of_proxy(raster.clone(), None));
    Plan::new(recipe, raster.width, raster.height, analysis)
}

fn whole(plan: &Plan) -> Rect {
    let (width, height) = plan.size();
    Rect::whole(width, height)
}

/// The greatest difference of two pictures as they would be shown, of 1; infinite where one is no number.
fn shown_difference(a: &Raster, b: &Raster) -> f32 {
    assert_eq!((a.width, a.height), (b.width, b.height));
    let finite = |raster: &Raster| raster.planes.iter().flatten().all(|v| v.is_finite());
    if !finite(a) || !finite(b) {
        return f32::INFINITY;
    }
    let [a, b] = [a, b].map(|raster| {
        let mut shown = raster.clone();
        encode(&mut shown, Space::Srgb);
        shown
    });
    let pairs = a.planes.iter().flatten().zip(b.planes.iter().flatten());
    pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

#[test]
fn an_unknown_device_is_refused_by_name() {
    let error = Device::choose("tpu").err().map(|error| error.to_string());
    assert_eq!(
        error.as_deref(),
        Some("There is no device called \"tpu\"; it can be auto, gpu or cpu.")
    );
}

#[test]
fn auto_takes_software_adapters_for_the_processor() -> Result<(), retake_core::EditError> {
    let name = Device::choose("auto")?.name();
    assert_eq!(name, Device::choose("auto")?.name());
    if let Some(gpu) = gpu()
        && gpu.device.adapter_info().device_type == wgpu::DeviceType::Cpu
    {
        assert_eq!(name, "cpu");
    }
    Ok(())
}

#[test]
fn a_lost_device_is_a_sentence() {
    let Some(gpu) = open() else { return };
    let raster = picture(37, 23);
    let plan = plan(
        &Recipe::of(vec![Operation::new("exposure").with("stops", 1.0)]),
        &raster,
    );
    let render = || gpu.render(&plan, &photo(&raster), whole(&plan));
    assert!(render().is_ok());
    gpu.device.destroy();
    for _ in 0..2 {
        let Err(Stop::Failed(sentence)) = render() else {
            panic!("a destroyed device rendered")
        };
        assert!(
            sentence.to_string().ends_with("use --device cpu."),
            "{sentence}"
        );
    }
}

#[test]
fn what_the_device_refuses_is_a_sentence_and_work_goes_on() {
    let Some(gpu) = open() else { return };
    let too_much = wgpu::BufferDescriptor {
        label: None,
        size: gpu.device.limits().max_buffer_size + 4,
        usage: wgpu::BufferUsages::STORAGE,
        mapped_at_creation: false,
    };
    let work = || {
        drop(gpu.device.create_buffer(&too_much));
        Ok(())
    };
    let Err(Stop::Failed(sentence)) = gpu.faults.watched(&gpu.device, &gpu.name, work) else {
        panic!("more than the device has was given")
    };
    assert!(
        sentence.to_string().ends_with("use --device cpu."),
        "{sentence}"
    );
    let raster = picture(37, 23);
    let blur = Operation::new("gaussian_blur").with("radius", 0.5);
    let plan = plan(&Recipe::of(vec![blur]), &raster);
    assert!(gpu.render(&plan, &photo(&raster), whole(&plan)).is_ok());
}

/// Data for the operations that need some.
fn with_data(mut operation: Operation) -> Operation {
    let table: Vec<[f32; 3]> = (0..27)
        .map(|i| [i % 3, i / 3 % 3, i / 9].map(|v| 0.05 + 0.43 * v as f32))
        .collect();
    operation.data = match operation.op.id {
        "tone_curve" => serde_json::json!({
            "points": [[0.0, 0.05], [0.3, 0.2], [0.6, 0.7], [1.0, 0.95]],
            "blue": [[0.0, 0.1], [1.0, 0.9]],
        }),
        "lut3d" => serde_json::json!({ "size": 3, "table": table }),
        _ => serde_json::Value::Null,
    };
    operation
}

/// Neutral; each parameter at its ends and between; all of them at their ends; and some drawn by chance.
fn settings(op: &'static Op, drawn: u64) -> Vec<Operation> {
    let neutral = with_data(Operation::new(op.id));
    let mut out = vec![neutral.clone()];
    let at = |operation: Operation, share: f32| {
        op.params.iter().fold(operation, |operation, param| {
            operation.with(
                param.id,
                param.range.0 + share * (param.range.1 - param.range.0),
            )
        })
    };
    for param in op.params {
        for share in [0.0, 0.35, 0.6, 1.0] {
            let value = param.range.0 + share * (param.range.1 - param.range.0);
            out.push(neutral.clone().with(param.id, value));
        }
    }
    out.extend([0.0, 0.55, 1.0].map(|share| at(neutral.clone(), share)));
    for seed in 0..drawn {
        let mut rng = Rng::new(seed);
        out.push(op.params.iter().fold(neutral.clone(), |operation, param| {
            operation.with(param.id, rng.between(param.range.0, param.range.1))
        }));
    }
    out
}
