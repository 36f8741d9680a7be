//! What point-wise operations cost: nanoseconds a pixel on one core for each, and a fused recipe over 24 megapixels in
//! strips on all cores. `cargo run -p retake-darkroom --example speed`.

use std::sync::Arc;
use std::time::Instant;

use retake_core::{Photo, PhotoId, Raster};
use retake_darkroom::Recipe;
use retake_darkroom::ops::{OPS, Work};
use retake_darkroom::recipe::Operation;
use retake_darkroom::render::{Analysis, Frame, Plan, Scene};

const WIDTH: usize = 6000;
const HEIGHT: usize = 4000;
const SPAN: usize = 2048;

fn busy(operation: Operation) -> Operation {
    let mut out = operation.clone();
    for param in operation.op.params {
        out = out.with(param.id, 0.4 * param.range.0 + 0.6 * param.range.1);
    }
    out.data = match operation.op.id {
        "tone_curve" => serde_json::json!({ "points": [[0, 0], [0.3, 0.25], [1, 1]] }),
        "lut3d" => retake_darkroom::exchange::lut::cube(&Recipe::neutral(), "")
            .map(|cube| cube.to_value())
            .unwrap_or_default(),
        _ => serde_json::Value::Null,
    };
    out
}

/// The least of five measurements of `work`, seconds.
fn seconds(mut work: impl FnMut()) -> f64 {
    let run = |_| {
        let start = Instant::now();
        work();
        start.elapsed().as_secs_f64()
    };
    (0..5).map(run).fold(f64::INFINITY, f64::min)
}

/// Seconds to render 24 megapixels, one strip after another.
fn strips(operations: Vec<Operation>) -> f64 {
    const ROWS: usize = 64;
    let strip = Raster::from_fn(WIDTH, ROWS, |x, y| {
        [
            ((x * 7 + y) % 997) as f32 / 1000.0,
            0.4,
            (y % 61) as f32 / 61.0,
        ]
    });
    let analysis = Arc::new(Analysis::of_proxy(strip.clone(), None));
    let plan = Plan::new(&Recipe::of(operations), WIDTH, ROWS, analysis);
    let photo = Photo::from_raster(strip, PhotoId([0; 32]));
    seconds(|| {
        for _ in 0..HEIGHT.div_ceil(ROWS) {
            std::hint::black_box(plan.render_whole(&photo));
        }
    })
}

#[expect(clippy::print_stdout, reason = "this is a program that prints a table")]
fn main() {
    let grey = Raster::from_fn(64, 64, |x, y| [x as f32 / 64.0, y as f32 / 64.0, 0.4]);
    let analysis = Arc::new(Analysis::of_proxy(grey, None));
    let scene = Scene {
        frame: Frame::whole(WIDTH, HEIGHT),
        analysis: Arc::clone(&analysis),
    };
    let plane = |phase: usize| -> Vec<f32> {
        (0..SPAN)
            .map(|i| ((i * 37 + phase * 91) % 1009) as f32 / 1000.0)
            .collect()
    };
    println!("one core, ns a pixel");
    for op in OPS {
        let Work::Point { prepare, run } = op.work else {
            continue;
        };
        let constants = prepare(&busy(Operation::new(op.id)), &scene);
        let start = [plane(0), plane(1), plane(2)];
        let spans = 500;
        let copying = |work: bool| {
            let mut planes = start.clone();
            seconds(|| {
                for y in 0..spans {
                    for (plane, start) in planes.iter_mut().zip(&start) {
                        plane.copy_from_slice(start);
                    }
                    let [r, g, b] = &mut planes;
                    if work {
                        run(&constants, 0, y, r, g, b);
                    }
                    std::hint::black_box(&planes);
                }
            })
        };
        let time = copying(true) - copying(false);
        println!("{:16} {:6.2}", op.id, time * 1e9 / (spans * SPAN) as f64);
    }
    let recipes = [
        (
            "exposure + saturation",
            vec![
                Operation::new("exposure").with("stops", 0.3),
                Operation::new("saturation").with("amount", 20.0),
            ],
        ),
        (
            "a typical edit",
            vec![
                Operation::new("exposure").with("stops", 0.3),
                Operation::new("contrast").with("amount", 20.0),
                Operation::new("highlights").with("amount", -30.0),
                Operation::new("shadows").with("amount", 20.0),
                Operation::new("white_balance").with("kelvin", 7000.0),
                Operation::new("vibrance").with("amount", 20.0),
            ],
        ),
    ];
    println!("24 megapixels in strips of 64 rows, all cores, without reading");
    for (name, operations) in recipes {
        let time = strips(operations) - strips(Vec::new());
        println!("{name:24} {:6.1} ms", time * 1e3);
    }
}
