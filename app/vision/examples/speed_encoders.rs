//! How long the encoders look at a picture, prepared and all: the best of several looks at one of 512 × 384 px.
//!
//!   cargo run --release -p retake-vision --example speed_encoders FOLDER [RUNS]
//!
//! FOLDER has a checkpoint in each of clip, siglip and dinov2, as tests/benches/encoders_beside_transformers.py makes them
//! at published sizes with random weights. Figures are lines of JSON.

use std::error::Error;
use std::path::PathBuf;
use std::time::Instant;

use candle_core::Device;
use retake_vision::ModelError;
use retake_vision::encoder::{Clip, Dino, Siglip};
use retake_vision::picture::Bitmap;
use serde_json::json;

const SIZE: (usize, usize) = (512, 384);

/// Looks at a picture.
type Look = Box<dyn Fn(&Bitmap) -> Result<(), ModelError>>;

fn main() -> Result<(), Box<dyn Error>> {
    let mut given = std::env::args().skip(1);
    let folder = PathBuf::from(given.next().ok_or("name the folder of the checkpoints")?);
    let runs: usize = given.next().map_or(Ok(5), |runs| runs.parse())?;
    let (clip, siglip, dino) = (
        Clip::open(&folder.join("clip"), &Device::Cpu)?,
        Siglip::open(&folder.join("siglip"), &Device::Cpu)?,
        Dino::open(&folder.join("dinov2"), &Device::Cpu)?,
    );
    let looks: [(&str, Look); 3] = [
        ("clip", Box::new(move |x| clip.picture(x).map(drop))),
        ("siglip", Box::new(move |x| siglip.picture(x).map(drop))),
        ("dinov2", Box::new(move |x| dino.middle(x).map(drop))),
    ];
    let codes = (0..SIZE.0 * SIZE.1 * 3).map(|i| (i * 31 % 251) as u8);
    let picture = Bitmap::new(SIZE.0, SIZE.1, codes.collect()).ok_or("a picture")?;
    for (name, look) in looks {
        let mut best = f64::INFINITY;
        for _ in 0..=runs {
            let began = Instant::now();
            look(&picture)?;
            best = best.min(began.elapsed().as_secs_f64());
        }
        print(&json!({
            "encoder": name, "seconds": best, "threads": rayon::current_num_threads(),
        }));
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "figures are what this program is for")]
fn print(line: &serde_json::Value) {
    println!("{line}");
}
