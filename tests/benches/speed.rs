//! The figures of `tests/benches/README.md`: whole runs of the program on a 24-megapixel JPEG, where their time goes, how
//! cost grows with pixels and candidates, and the same two operations beside libvips.
//! Run with `cargo bench --bench speed`; libvips takes part when `python3 -c "import pyvips"` works.

#![expect(clippy::print_stdout, reason = "a benchmark's figures are its output")]

mod large;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use retake_core::Quiet;
use retake_darkroom::render::{Analysis, Plan};
use retake_darkroom::{Developed, Operation, Recipe};
use retake_files::save::{Format, SaveOptions, save};
use retake_files::{Limits, open};

use large::photo;

fn main() {
    // cargo passes its own flags, and a test run passes none of ours
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("speed");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("the target folder can be written");
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    println!("{threads} threads; medians of 5 runs after one warm-up\n");
    let photos: Vec<(u32, PathBuf)> = [(6, 3000, 2000), (12, 4243, 2828), (24, 6000, 4000)]
        .map(|(mp, w, h)| (mp, photo(&folder, w, h)))
        .into();
    let whole = &photos[2].1;
    runs(
        &folder,
        "24 MP, 8 candidates",
        whole,
        &["--candidates", "8"],
    );
    for (megapixels, path) in &photos[..2] {
        runs(
            &folder,
            &format!("{megapixels} MP, 8 candidates"),
            path,
            &["--candidates", "8"],
        );
    }
    for count in ["1", "16", "32"] {
        runs(
            &folder,
            &format!("24 MP, {count} candidates"),
            whole,
            &["--candidates", count],
        );
    }
    beside_vips(&folder, whole);
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Whole runs of the program; the stages come from its own record.
fn runs(folder: &Path, name: &str, photo: &Path, arguments: &[&str]) {
    let mut records = Vec::new();
    for _ in 0..6 {
        let out = folder.join("out");
        let _ = std::fs::remove_dir_all(&out);
        let run = Command::new(env!("CARGO_BIN_EXE_retake"))
            .args([
                "edit",
                "--device",
                "cpu",
                "--json",
                "-i",
                "warmer and a bit brighter",
            ])
            .args(arguments)
            .arg(photo)
            .arg("-o")
            .arg(&out)
            .output()
            .expect("the program can be started");
        assert!(
            run.status.success(),
            "{}",
            String::from_utf8_lossy(&run.stderr)
        );
        records.push(
            serde_json::from_slice::<serde_json::Value>(&run.stdout).expect("--json prints JSON"),
        );
    }
    let stage = |name: &str| {
        median(
            records[1..]
                .iter()
                .map(|r| r["seconds"][name].as_f64().unwrap_or(0.0))
                .collect(),
        )
    };
    let scored: f64 = ["open", "preview", "edit", "score", "select"]
        .map(stage)
        .iter()
        .sum();
    let memory = median(
        records[1..]
            .iter()
            .map(|r| r["peak_memory_mib"].as_f64().unwrap_or(0.0))
            .collect(),
    );
    println!(
        "{name}: to scored candidates {scored:.2} s, export {:.2} s, whole {:.2} s, peak {memory:.0} MiB",
        stage("export"),
        stage("total")
    );
    let parts = [
        "open",
        "preview",
        "edit",
        "score",
        "encode_candidates",
        "export",
        "write",
    ];
    println!(
        "  {}",
        parts
            .map(|part| format!("{part} {:.3}", stage(part)))
            .join(", ")
    );
}

/// Decode, exposure, saturation, encode at quality 95: ours and libvips' in turn.
fn beside_vips(folder: &Path, photo: &Path) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/benches/vips.py");
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..6 {
        let start = Instant::now();
        two_operations(photo, &folder.join("ours.jpg"));
        ours.push(start.elapsed().as_secs_f64());
        let vips = Command::new("python3")
            .arg(&script)
            .arg(photo)
            .arg(folder.join("vips.jpg"))
            .output();
        if let Some(seconds) = vips
            .ok()
            .and_then(|out| String::from_utf8_lossy(&out.stdout).trim().parse().ok())
        {
            theirs.push(seconds);
        }
    }
    println!(
        "two operations, 24 MP: ours {:.3} s",
        median(ours[1..].to_vec())
    );
    if theirs.len() == ours.len() {
        let ratios: Vec<f64> = ours
            .iter()
            .zip(&theirs)
            .skip(1)
            .map(|(a, b)| a / b)
            .collect();
        println!(
            "  libvips {:.3} s; ours / libvips {:.2} (median of pairs)",
            median(theirs[1..].to_vec()),
            median(ratios)
        );
    } else {
        println!("  libvips did not take part: pip install pyvips, with libvips42");
    }
}

fn two_operations(photo: &Path, out: &Path) {
    let photo = open(photo, &Limits::default()).expect("it was just written");
    let recipe = Recipe::of(vec![
        Operation::new("exposure").with("stops", 0.485),
        Operation::new("saturation").with("amount", 20.0),
    ]);
    // neither operation asks for the analysis, so a black one does
    let analysis = Arc::new(Analysis::of_proxy(retake_core::Raster::new(8, 8), None));
    let plan = Plan::new(&recipe, photo.width(), photo.height(), analysis);
    let carried = Some(photo.carried().clone());
    let options = SaveOptions {
        format: Format::Jpeg,
        quality: 95,
        carried,
        ..SaveOptions::default()
    };
    save(out, &Developed::new(plan, photo), &options, &Quiet).expect("writable");
}
