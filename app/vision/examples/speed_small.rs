//! How long the two small networks take: a mask, and a distance at 256 × 256 px and at the size that scoring uses.
//! `cargo run --release -p retake-vision --example speed_small`.
#![expect(clippy::print_stdout, reason = "a measurement is printed")]

use std::time::{Duration, Instant};

use retake_core::{PerceptualDistance, Raster, SubjectFinder};
use retake_vision::perceptual::TrainedDistance;
use retake_vision::subject::TrainedFinder;

/// A picture with something in it, another one for each seed.
fn picture(width: usize, height: usize, seed: usize) -> Raster {
    Raster::from_fn(width, height, |x, y| {
        let wave = |period: f32| 0.5 + 0.5 * ((x + seed) as f32 / period + y as f32 / 9.0).sin();
        [wave(7.0) * 0.4 + 0.1, wave(31.0) * 0.5, wave(90.0) * 0.6]
    })
}

/// The median of seven, after one that unpacks the weights.
fn median(mut work: impl FnMut(usize)) -> Duration {
    work(0);
    let mut times: Vec<Duration> = (1..8)
        .map(|seed| {
            let start = Instant::now();
            work(seed);
            start.elapsed()
        })
        .collect();
    times.sort();
    times[times.len() / 2]
}

fn main() {
    println!("{} threads", rayon::current_num_threads());
    let finder = TrainedFinder::default();
    let start = Instant::now();
    let _ = finder.find(&picture(512, 341, 99));
    println!("first mask, with unpacking   {:?}", start.elapsed());
    let mask = median(|seed| {
        let _ = finder.find(&picture(512, 341, seed));
    });
    println!("mask                         {mask:?}");
    let distance = TrainedDistance::default();
    for (width, height) in [(256, 256), (191, 127)] {
        let (one, other) = (picture(width, height, 1), picture(width, height, 5));
        let took = median(|_| {
            let _ = distance.between(&one, &other);
        });
        println!("distance at {width} × {height}        {took:?}");
    }
}
