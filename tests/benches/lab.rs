//! How fast the lab scores: 1,000 pairs of edits at 512 × 512 px with the built-in rewards, and the same run broken off and
//! gone on with. Run with `cargo bench --bench lab`.

#![expect(clippy::print_stdout, reason = "a benchmark's figures are its output")]

mod large;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// Pairs of the benchmark.
const PAIRS: usize = 1000;
/// Photos that they are edits of.
const PHOTOS: usize = 20;

fn main() {
    // cargo passes its own flags, and a test run passes none of ours
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("lab");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("the target folder can be written");
    pairs(&folder);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let seconds = run(&folder);
    println!(
        "{PAIRS} pairs at 512 x 512 px, built-in rewards, {threads} threads: {seconds:.1} s, {:.1} pairs a second",
        PAIRS as f64 / seconds
    );
    // the last 300 lines are taken away, as if it had been killed there
    let journal = folder.join("out/scores.jsonl");
    let text = std::fs::read_to_string(&journal).expect("it is there");
    let kept: Vec<&str> = text.lines().take(1 + PAIRS - 300).collect();
    std::fs::write(&journal, kept.join("\n") + "\n").expect("writable");
    let seconds = run(&folder);
    println!("gone on with after 700: {seconds:.1} s");
}

/// One run of the program.
fn run(folder: &Path) -> f64 {
    let begun = Instant::now();
    let status = Command::new(env!("CARGO_BIN_EXE_retake"))
        .args([
            "lab", "bench", "--format", "gedit-v2", "--size", "512", "--rounds", "100", "--out",
        ])
        .arg(folder.join("out"))
        .arg(folder.join("pairs.jsonl"))
        .status()
        .expect("it starts");
    assert!(status.success(), "it ends well");
    begun.elapsed().as_secs_f64()
}

/// Photos with a brighter and a darker edit each, and a pair a line.
fn pairs(folder: &Path) {
    let large = image::open(large::photo(folder, 1600, 1600)).expect("it reads");
    for photo in 0..PHOTOS as u32 {
        let part = large.crop_imm(photo * 50, photo * 40, 512, 512);
        let name = |what: &str| folder.join(format!("{photo}-{what}.png"));
        part.save(name("source")).expect("writable");
        part.brighten(25 + photo as i32)
            .save(name("bright"))
            .expect("writable");
        part.brighten(-15)
            .blur(1.0)
            .save(name("dark"))
            .expect("writable");
    }
    let line = |at: usize| {
        let photo = at % PHOTOS;
        format!(
            r#"{{"key":"{at}","instruction":"a bit brighter","source_image_path":"{photo}-source.png","edited_image_paths":["{photo}-bright.png","{photo}-dark.png"],"winner":"Image A"}}"#
        )
    };
    let lines: Vec<String> = (0..PAIRS).map(line).collect();
    std::fs::write(folder.join("pairs.jsonl"), lines.join("\n") + "\n").expect("writable");
}
