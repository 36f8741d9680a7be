//! Blocks of FLUX.2 klein 4B at full width, for `tests/benches/flux2_beside_diffusers.py`, which makes the checkpoints and
//! measures PyTorch between these measurements. Reads the names of checkpoints in a folder from standard input; for each
//! it makes one call of the denoiser and says the seconds on the clock, the processor's seconds (on Linux), and the greatest
//! difference from what PyTorch answered.

#![expect(clippy::print_stdout, reason = "a benchmark's figures are its output")]

use std::collections::HashMap;
use std::io::BufRead;
use std::path::PathBuf;
use std::time::Instant;

use candle_core::{Device, Tensor};
use retake_models::flux2::Networks;

fn main() {
    let Some(folder) = std::env::args().nth(1).map(PathBuf::from) else {
        println!("name the folder of the checkpoints");
        return;
    };
    let mut loaded = HashMap::new();
    for name in std::io::stdin().lock().lines() {
        let name = name.expect("a name");
        let case = folder.join(&name);
        let (networks, given) = loaded.entry(name).or_insert_with(|| {
            let networks = Networks::open(&case.join("model"), &Device::Cpu).expect("a checkpoint");
            let given =
                candle_core::safetensors::load(case.join("given.safetensors"), &Device::Cpu);
            (networks, given.expect("tensors"))
        });
        let references = networks
            .references(&[given["reference"].clone()])
            .expect("references");
        let (start, spent) = (Instant::now(), processor_seconds());
        let answers = networks
            .answers(&given["latents"], &references, 500.0, &given["text"])
            .expect("answers");
        let seconds = start.elapsed().as_secs_f64();
        let spent = processor_seconds() - spent;
        let apart = greatest_difference(&answers, &given["answers"]);
        println!("{seconds} {spent} {apart}");
    }
}

/// What all threads together have used so far: the 14th and 15th number of `/proc/self/stat`, hundredths of a second.
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after_name.split_whitespace().skip(11).take(2);
    ticks
        .filter_map(|ticks| ticks.parse::<f64>().ok())
        .sum::<f64>()
        / 100.0
}

fn greatest_difference(a: &Tensor, b: &Tensor) -> f32 {
    (a - b)
        .and_then(|d| d.abs()?.max_all()?.to_scalar())
        .expect("answers of the same shape")
}
