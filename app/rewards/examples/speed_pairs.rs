//! What a pair of edits costs: `cargo run --release -p retake-rewards --example speed_pairs -- FOLDER [PAIRS [REWARD]]` scores
//! `N-bright.png` and `N-dark.png` against `N-source.png`, as the lab's benchmark writes them, and prints the time of the
//! processor, which other work on the machine hardly changes.
#![expect(clippy::print_stdout, reason = "a measurement is printed")]

use std::path::{Path, PathBuf};
use std::time::Instant;

use retake_core::{
    Amount, Change, Degree, Goal, Instruction, Quantity, Quiet, Raster, Region, ScoreRequest,
    Understanding,
};
use retake_pixels::color::srgb_decode;
use retake_pixels::matrix::{REC2020_FROM_SRGB, apply};
use retake_rewards::REWARDS;

/// Photos of the benchmark.
const PHOTOS: usize = 20;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().unwrap_or_else(|| ".".to_owned()));
    let pairs = arguments.next().and_then(|count| count.parse().ok());
    let pairs: usize = pairs.unwrap_or(PHOTOS);
    let one = arguments.next();
    let groups: Vec<[Raster; 3]> = (0..PHOTOS.min(pairs))
        .map(|photo| ["source", "bright", "dark"].map(|what| open(&folder, photo, what)))
        .collect();
    let instruction = Instruction {
        understood: Understanding {
            goals: vec![Goal {
                quantity: Quantity::Lightness,
                change: Change::Raise,
                amount: Amount::Degree(Degree::Slight),
                region: Region::whole(),
                words: String::new(),
                weight: 1.0,
            }],
            ..Understanding::default()
        },
        ..Instruction::default()
    };
    // as the lab does
    retake_pixels::memory::keep_freed();
    let eyes = retake_vision::eyes();
    let asked = REWARDS
        .iter()
        .filter(|entry| one.as_ref().is_none_or(|one| one == entry.id));
    for entry in asked {
        let reward = (entry.new)(eyes.clone());
        let score = |[source, edited @ ..]: &[Raster; 3]| {
            let request = ScoreRequest {
                source,
                edited: &edited.each_ref()[..],
                instruction: &instruction,
            };
            reward.score(&request, &Quiet)
        };
        let first = groups.first().and_then(|group| score(group).ok());
        let begun = processor_ms();
        let mut best = vec![f64::INFINITY; groups.len()];
        for at in 0..pairs {
            // those of a source one after the other, as the lab hands them out
            let photo = at * groups.len() / pairs;
            let begun = Instant::now();
            let _ = score(&groups[photo]);
            best[photo] = best[photo].min(begun.elapsed().as_secs_f64() * 1e3);
        }
        let each = (processor_ms() - begun) / pairs as f64;
        let best = best.iter().sum::<f64>() / groups.len() as f64;
        println!(
            "{:12} {each:.1} ms of the processor a pair; the fastest of each photo {best:.1} ms",
            entry.id
        );
        for card in first.into_iter().flatten() {
            for (dimension, score) in card.scores {
                let costs: Vec<String> = score
                    .reasons
                    .iter()
                    .map(|reason| format!("{} {:.4}", reason.id, reason.cost))
                    .collect();
                println!(
                    "    {} {:.4}: {}",
                    dimension.0,
                    score.value,
                    costs.join(", ")
                );
            }
        }
    }
}

/// Time of the processor that this program has used (Linux: the 14th and 15th field of its `stat`, in hundredths), ms.
fn processor_ms() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = stat.rsplit(')').next().unwrap_or_default();
    let fields = after.split_whitespace().skip(11).take(2);
    10.0 * fields
        .filter_map(|field| field.parse::<f64>().ok())
        .sum::<f64>()
}

/// A picture of the benchmark in linear Rec.2020.
fn open(folder: &Path, photo: usize, what: &str) -> Raster {
    let path = folder.join(format!("{photo}-{what}.png"));
    let image = image::open(&path).map(image::DynamicImage::into_rgb8);
    let image = image.unwrap_or_else(|why| panic!("{}: {why}", path.display()));
    Raster::from_fn(image.width() as usize, image.height() as usize, |x, y| {
        let code = image.get_pixel(x as u32, y as u32).0;
        apply(
            &REC2020_FROM_SRGB,
            code.map(|code| srgb_decode(f32::from(code) / 255.0)),
        )
    })
}
