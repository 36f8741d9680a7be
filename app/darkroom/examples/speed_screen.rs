//! From a moved slider to a texture that the window can draw, on a device opened here as a window would open it, and the
//! same over the processor's memory: `cargo run -p retake-darkroom --example speed_screen`. On an emulated card the
//! figures say only that it works.
#![expect(clippy::print_stdout, reason = "it is a table for a person")]

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use retake_core::{EditRequest, Editor, Glance, Instruction, Photo, PhotoId, Raster, Rect};
use retake_darkroom::{Darkroom, Device, Operation, Recipe};
use retake_pixels::display::{Space, encode};
use retake_pixels::resize;

/// Slider moves a row.
const MOVES: usize = 12;

fn window_device() -> Result<Device, Box<dyn Error>> {
    let descriptor = wgpu::InstanceDescriptor::new_without_display_handle();
    let instance = wgpu::Instance::new(descriptor);
    let adapter = pollster::block_on(instance.request_adapter(&Default::default()))?;
    let limits = Device::limits(&adapter.limits(), wgpu::Limits::default());
    let descriptor = wgpu::DeviceDescriptor {
        required_limits: limits.ok_or("recipes cannot be rendered on this adapter")?,
        ..Default::default()
    };
    let (device, queue) = pollster::block_on(adapter.request_device(&descriptor))?;
    let info = adapter.get_info();
    println!("{} ({:?}, {:?})", info.name, info.backend, info.device_type);
    let lost = Arc::new(AtomicBool::new(false));
    Ok(Device::on(&info, device, queue, lost)?)
}

fn recipe(stops: f32, spatial: bool) -> serde_json::Value {
    let mut operations = vec![
        Operation::new("exposure").with("stops", stops),
        Operation::new("contrast").with("amount", 20.0),
        Operation::new("vibrance").with("amount", 20.0),
    ];
    if spatial {
        operations.push(Operation::new("clarity").with("amount", 30.0));
        operations.push(Operation::new("sharpen").with("amount", 40.0));
    }
    Recipe::of(operations).to_value()
}

fn main() -> Result<(), Box<dyn Error>> {
    let card = Darkroom::new(window_device()?);
    let cores = Darkroom::new(Device::processor());
    let full = Raster::from_fn(3000, 2000, |x, y| {
        let v = 0.4 + 0.3 * (x as f32 * 0.01).sin() * (y as f32 * 0.013).cos();
        [v, v * 0.9, v * 0.8]
    });
    let photo = Photo::from_raster(full, PhotoId([7; 32]));
    let instruction = Instruction::default();
    for edge in [1024, 2048] {
        let source = Arc::new(resize::fit(&photo, edge)?);
        let size = (source.width * 9 / 10, source.height * 9 / 10);
        let request = EditRequest {
            photo: photo.clone(),
            instruction: instruction.clone(),
            seed: 0,
            source: source.clone(),
            base: None,
            like: None,
            settings: Default::default(),
        };
        for spatial in [false, true] {
            let mut times = [Vec::new(), Vec::new()];
            for step in 0..=MOVES {
                let recipe = recipe(0.02 * step as f32, spatial);
                let start = Instant::now();
                let shown = card.show(&Glance {
                    photo: &photo,
                    source: Some(&source),
                    edit: Some((&instruction, &recipe)),
                    full: (3000, 2000),
                    part: Rect::whole(3000, 2000),
                    size,
                });
                times[0].push(start.elapsed().as_secs_f64() * 1e3);
                shown.ok_or("nothing was shown")?;
                let start = Instant::now();
                let picture = cores.redo(&request, &recipe)?;
                let mut picture = resize::raster(&picture, size.0, size.1);
                encode(&mut picture, Space::Srgb);
                std::hint::black_box(picture);
                times[1].push(start.elapsed().as_secs_f64() * 1e3);
            }
            let what = if spatial {
                "three point-wise, clarity, sharpen"
            } else {
                "three point-wise"
            };
            let [card, cores] = times.map(|mut times| {
                let first = times.remove(0);
                times.sort_by(f64::total_cmp);
                format!("median {:.1} ms, first {first:.1}", times[times.len() / 2])
            });
            println!("{edge} px, {what}: onto the card {card}; on the cores {cores}");
        }
    }
    Ok(())
}
