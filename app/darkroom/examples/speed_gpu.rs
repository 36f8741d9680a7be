//! What recipes cost on the graphics card and on the processor, and what choosing a device costs:
//! `cargo run -p retake-darkroom --example speed_gpu`.
#![expect(clippy::print_stdout, reason = "it is a table for a person")]

use std::error::Error;
use std::sync::Arc;
use std::time::Instant;

use retake_core::{Photo, PhotoId, Raster};
use retake_darkroom::render::{Analysis, Plan};
use retake_darkroom::{Device, Operation, Recipe};
use retake_pixels::resize;

fn main() -> Result<(), Box<dyn Error>> {
    let chosen = |word: &str| -> Result<Device, Box<dyn Error>> {
        let start = Instant::now();
        let device = Device::choose(word)?;
        let taken = start.elapsed().as_secs_f64() * 1e3;
        println!("--device {word}: {} in {taken:.1} ms", device.name());
        Ok(device)
    };
    let cpu = chosen("cpu")?;
    chosen("auto")?;
    let gpu = chosen("gpu")?;
    let point = vec![
        Operation::new("exposure").with("stops", 0.3),
        Operation::new("contrast").with("amount", 20.0),
        Operation::new("highlights").with("amount", -30.0),
        Operation::new("shadows").with("amount", 20.0),
        Operation::new("white_balance").with("kelvin", 7000.0),
        Operation::new("vibrance").with("amount", 20.0),
    ];
    let mut spatial = point.clone();
    spatial.push(Operation::new("clarity").with("amount", 30.0));
    spatial.push(Operation::new("sharpen").with("amount", 40.0));
    for (width, height, runs) in [(1024, 683, 5), (6000, 4000, 1)] {
        let raster = Raster::from_fn(width, height, |x, y| {
            let v = 0.4 + 0.3 * (x as f32 * 0.01).sin() * (y as f32 * 0.013).cos();
            [v, v * 0.9, v * 0.8]
        });
        let proxy = resize::raster(&raster, 512, 512 * height / width);
        let analysis = Arc::new(Analysis::of_proxy(proxy, None));
        let photo = Photo::from_raster(raster, PhotoId([0; 32]));
        for (name, operations) in [
            ("six point-wise", &point),
            ("with clarity and sharpen", &spatial),
        ] {
            let plan = Plan::new(
                &Recipe::of(operations.clone()),
                width,
                height,
                analysis.clone(),
            );
            for device in [&cpu, &gpu] {
                let picture = device.develop(plan.clone(), photo.clone());
                let mut best = f64::INFINITY;
                let mut first = 0.0;
                for run in 0..=runs {
                    let start = Instant::now();
                    let strip = picture.strip_rows();
                    for y in (0..height).step_by(strip) {
                        std::hint::black_box(picture.rows(y..(y + strip).min(height))?);
                    }
                    let taken = start.elapsed().as_secs_f64() * 1e3;
                    if run == 0 {
                        first = taken;
                    }
                    best = best.min(taken);
                }
                println!(
                    "{width} × {height}, {name}, {}: {best:.1} ms (first time {first:.1})",
                    device.name()
                );
            }
        }
    }
    Ok(())
}
