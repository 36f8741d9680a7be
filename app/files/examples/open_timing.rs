//! How long photos take to open: `cargo run --release --example open_timing -- PHOTO...`

use std::path::Path;
use std::time::Instant;

use retake_files::{Limits, open};

#[expect(clippy::print_stdout, reason = "that is what it is for")]
fn main() {
    for name in std::env::args().skip(1) {
        for _ in 0..3 {
            let began = Instant::now();
            match open(Path::new(&name), &Limits::default()) {
                Ok(photo) => println!(
                    "{:8.1} ms  {} × {}  {:?}  {name}",
                    began.elapsed().as_secs_f64() * 1e3,
                    photo.width(),
                    photo.height(),
                    photo.carried().notes
                ),
                Err(error) => println!("{:8.1} ms  {error}", began.elapsed().as_secs_f64() * 1e3),
            }
        }
    }
}
