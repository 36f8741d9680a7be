//! How long each operation that looks at its neighbours takes: `cargo run -p retake-darkroom --example speed_spatial
//! [WIDTH HEIGHT]`, without numbers at 1024 × 683 and 6000 × 4000. Best of several runs, whole frame, all cores.
#![expect(clippy::print_stdout, reason = "it is a table for a person")]

use std::sync::Arc;
use std::time::Instant;

use retake_core::{Raster, Rect};
use retake_darkroom::Operation;
use retake_darkroom::ops::{OPS, Work};
use retake_darkroom::render::{Analysis, Frame, Scene, Tile};
use retake_pixels::resize;

fn main() {
    let numbers: Vec<usize> = std::env::args().skip(1).flat_map(|a| a.parse()).collect();
    match numbers[..] {
        [width, height] => measure(width, height, 3),
        _ => {
            measure(1024, 683, 5);
            measure(6000, 4000, 2);
        }
    }
}

fn measure(width: usize, height: usize, runs: usize) {
    let mut state = 1u32;
    let raster = Raster::from_fn(width, height, |x, y| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let noise = (state >> 8) as f32 / 1.6e8;
        let v = 0.3 + 0.2 * (x as f32 * 0.01).sin() * (y as f32 * 0.013).cos() + noise;
        [v, v * 0.9, v * 0.8]
    });
    let proxy = resize::raster(&raster, 512, 512 * height / width);
    let scene = Scene {
        frame: Frame::whole(width, height),
        analysis: Arc::new(Analysis::of_proxy(proxy, None)),
    };
    println!("{width} × {height}");
    for op in OPS {
        let Work::Spatial {
            prepare, halo, run, ..
        } = op.work
        else {
            continue;
        };
        for share in [0.3f32, 1.0] {
            let operation = op.params.iter().fold(Operation::new(op.id), |o, p| {
                o.with(p.id, p.neutral + (p.range.1 - p.neutral) * share)
            });
            let constants = prepare(&operation, &scene);
            let tile = Tile {
                raster: &raster,
                rect: Rect::whole(width, height),
                frame_width: width,
                frame_height: height,
            };
            let best = (0..runs)
                .map(|_| {
                    let start = Instant::now();
                    let out = run(&constants, &tile);
                    let taken = start.elapsed().as_secs_f64() * 1e3;
                    assert!(out.planes[0][0].is_finite());
                    taken
                })
                .fold(f64::INFINITY, f64::min);
            println!(
                "  {:<14} at {share:.1}: {best:8.1} ms, halo {} px",
                op.id,
                halo(&constants)
            );
        }
    }
}
