//! What the scores say of words in an edit, with the imported networks:
//! `cargo run -p retake-reading --example words -- FOLDER INSTRUCTION SOURCE EDIT`. Pictures are PNG files; FOLDER holds the
//! networks.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use retake_core::{Eyes, Quiet, Raster, Reward, ScoreRequest, TextReader};
use retake_language::{Lexicon, understand};
use retake_pixels::color::srgb_decode;
use retake_pixels::matrix::{REC2020_FROM_SRGB, apply};
use retake_reading::Reader;
use retake_rewards::BuiltIn;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, instruction, source, edit] = &arguments[..] else {
        eprintln!("FOLDER INSTRUCTION SOURCE EDIT are called for");
        return;
    };
    let reader = Arc::new(Reader::open(Path::new(folder)).expect("networks"));
    let instruction = understand(instruction, Lexicon::built_in()).expect("understood");
    eprintln!("{:?}", instruction.understood.lettering);
    let (source, edit) = (raster(source), raster(edit));
    for (name, picture) in [("source", &source), ("edit", &edit)] {
        let start = Instant::now();
        let lines = reader.read(picture).unwrap_or_default();
        eprintln!("{name}, read in {:?}:", start.elapsed());
        for line in lines {
            let [x, y] = line.corners[0];
            eprintln!("  {:.3} at {x:.2} {y:.2}: {}", line.confidence, line.text);
        }
    }
    let reward = BuiltIn::seeing(Eyes {
        text: Some(reader),
        ..Eyes::default()
    });
    let group = ScoreRequest {
        source: &source,
        edited: &[&edit],
        instruction: &instruction,
    };
    let cards = reward.score(&group, &Quiet).expect("scored");
    for (dimension, score) in &cards[0].scores {
        eprintln!("{} {:.2} ± {:.2}", dimension.0, score.value, score.spread);
        for reason in &score.reasons {
            eprintln!("  {} −{:.2}: {}", reason.id, reason.cost, reason.text);
        }
    }
}

fn raster(path: &str) -> Raster {
    let picture = image::open(path).expect("a picture").to_rgb8();
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    Raster::from_fn(width, height, |x, y| {
        let code = picture.get_pixel(x as u32, y as u32).0;
        apply(
            &REC2020_FROM_SRGB,
            code.map(|c| srgb_decode(f32::from(c) / 255.0)),
        )
    })
}
