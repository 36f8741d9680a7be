//! The figures of InstructPix2Pix at full size on this machine, with random weights: seconds for each network, and two
//! candidates of a 512 × 512 photo with the memory that they took.
//! `python3 tests/fullsize/make.py FOLDER` writes the checkpoint (2 GB), `cargo run --release -p retake-models --example
//! speed_models -- FOLDER [RUNS]` gives the figures, and `tests/benches/beside_diffusers.py FOLDER` the same for PyTorch.

#![expect(clippy::print_stdout, reason = "a benchmark's figures are its output")]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use candle_core::{Device, Tensor};
use retake_core::{EditRequest, Editor, Instruction, Photo, PhotoId, Picture, Quiet, Raster, Rng};
use retake_models::Checkpoint;
use retake_models::diffusion::{Diffusion, Wishes};
use retake_models::full::Fitted;
use retake_models::stable::Networks;
use retake_models::stable::pix2pix::Pix2Pix;

fn main() {
    let Some(folder) = std::env::args().nth(1).map(PathBuf::from) else {
        println!("name a folder for the checkpoint");
        return;
    };
    let runs = std::env::args().nth(2).and_then(|runs| runs.parse().ok());
    let runs = runs.unwrap_or(3);
    println!("{} threads", rayon::current_num_threads());
    let networks = timed("loading", 1, || {
        let checkpoint = Checkpoint::open(&folder).expect("a checkpoint");
        Networks::of(&checkpoint, &Device::Cpu, 2).expect("networks")
    });
    let noise = |seed, dims: &[usize]| {
        let mut rng = Rng::new(seed);
        let values: Vec<f32> = (0..dims.iter().product()).map(|_| rng.normal()).collect();
        Tensor::from_vec(values, dims, &Device::Cpu).expect("noise")
    };
    let tokens = networks
        .tokens("make it a snow winter morning")
        .expect("tokens");
    let text = timed("text", runs, || {
        networks.text_states(&tokens).expect("states")
    });
    let photo = (noise(1, &[1, 3, 512, 512]) * 0.3).expect("a photo");
    let latents = timed("photo to latents, 512 × 512", runs, || {
        networks.encode(&photo).expect("latents")
    });
    let one = noise(2, &[1, 4, 64, 64]);
    let beside = Tensor::cat(&[&one, &latents], 1).expect("latents");
    timed("denoiser, one call at 64 × 64", runs, || {
        networks.denoise(&beside, 500.0, &text).expect("an answer")
    });
    timed("latents to photo, 512 × 512", runs, || {
        networks.decode(&one).expect("a picture")
    });
    let one_size = peak();
    println!("most memory until here: {one_size}");
    full_size();
    candidates(networks);
}

/// An edit of 512 × 512 px laid on its source, and brought to 24 megapixels.
fn full_size() {
    let picture = |width: usize, height: usize| {
        Raster::from_fn(width, height, |x, y| {
            let (x, y) = (x as f32 / width as f32, y as f32 / height as f32);
            let wave = 0.1 * ((90.0 * x).sin() + (70.0 * y).sin());
            [0.3 + wave, 0.3 + wave * x, 0.4 - wave * y]
        })
    };
    let source = picture(512, 341);
    let mut edit = source.clone();
    for y in 100..180 {
        for x in 200..290 {
            edit.set(x, y, [0.6, 0.05, 0.02]);
        }
    }
    let fitted = Arc::new(timed("laying an edit on its source, 512 × 341", 3, || {
        Fitted::of(&source, &edit, None)
    }));
    let photo = Photo::from_raster(picture(6000, 4000), PhotoId([0; 32]));
    let full = fitted.over(Arc::new(photo));
    timed("that edit at 24 megapixels", 1, || {
        for y in (0..4000).step_by(64) {
            full.rows(y..(y + 64).min(4000)).expect("rows");
        }
    });
}

/// Two candidates as the program makes them.
fn candidates(networks: Networks) {
    let wishes = Wishes {
        steps: Some(2),
        ..Wishes::default()
    };
    let editor = Diffusion::new(Pix2Pix(networks), &wishes).expect("an editor");
    let source = Raster::from_fn(512, 512, |x, y| [x as f32 / 512.0, y as f32 / 512.0, 0.4]);
    let request = |seed| EditRequest {
        photo: Photo::from_raster(source.clone(), PhotoId([0; 32])),
        instruction: Instruction {
            text: "make it winter".to_owned(),
            ..Instruction::default()
        },
        seed,
        source: Arc::new(source.clone()),
        base: None,
        like: None,
        settings: Default::default(),
    };
    let made = |seed| {
        let trajectory = editor.start(&request(seed)).expect("a start");
        trajectory.finish(&Quiet).expect("a candidate")
    };
    timed("the first candidate, of two guided steps", 1, || made(1));
    timed("the second", 1, || made(2));
    println!("most memory: {}", peak());
}

/// The most memory that this process has used so far.
fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.unwrap_or("not known").trim().to_owned()
}

/// Best seconds on the clock and mean processor seconds.
fn timed<T>(name: &str, runs: usize, work: impl Fn() -> T) -> T {
    let before = processor_seconds();
    let mut best = f64::INFINITY;
    let mut result = None;
    for _ in 0..runs {
        let start = Instant::now();
        result = Some(work());
        best = best.min(start.elapsed().as_secs_f64());
    }
    let worked = (processor_seconds() - before) / runs as f64;
    println!("{name}: {best:.3} s, processor {worked:.2} s");
    result.expect("at least one run")
}

/// That this process has used so far, of all its threads; to a hundredth.
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // after the name in brackets: user time and system time are the 12th and 13th, in ticks of which there are 100
    let after = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after.split_whitespace().skip(11).take(2);
    ticks
        .filter_map(|ticks| ticks.parse::<f64>().ok())
        .sum::<f64>()
        / 100.0
}
