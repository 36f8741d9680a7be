//! Reward against cost for every strategy, as a table and a chart:
//! `cargo run --release -p retake-engine --example search -- simulated FOLDER` in worlds in which everything is known,
//! `… -- photos FOLDER [STRATEGY…]` with the darkroom and the built-in rewards on the sample photos, `… -- guard FOLDER [SEEDS]`
//! the false alarms and the alarms of the judge that watches by itself, on these photos.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "printing is what it is for"
)]

mod guarded;
mod photos;
mod svg;
mod worlds;

use std::path::PathBuf;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let (what, folder) = (
        arguments.next(),
        arguments
            .next()
            .map_or_else(|| PathBuf::from("."), PathBuf::from),
    );
    let (text, charts) = match what.as_deref() {
        Some("simulated") => worlds::report(),
        Some("photos") => photos::report(&arguments.collect::<Vec<_>>()),
        Some("guard") => {
            let seeds = arguments.next().and_then(|seeds| seeds.parse().ok());
            guarded::report(seeds.unwrap_or(2), &arguments.collect::<Vec<_>>())
        }
        _ => {
            eprintln!("Say \"simulated\", \"guard\" or \"photos\", and the folder to write to.");
            return;
        }
    };
    let name = what.unwrap_or_default();
    println!("{text}");
    std::fs::create_dir_all(&folder).expect("the folder can be made");
    std::fs::write(folder.join(format!("search-{name}.md")), text)
        .expect("the table can be written");
    std::fs::write(
        folder.join(format!("search-{name}.svg")),
        svg::charts(&charts),
    )
    .expect("the chart can be written");
}
