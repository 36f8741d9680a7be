//! The table of instructions: each is given to the real program, and the file it writes is measured by the tests' own
//! eye. The table is `tests/instructions.toml`; its head explains the notation.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use serde::Deserialize;

use crate::eye::{Seen, area, measure};

#[derive(Deserialize)]
struct Table {
    case: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    photo: String,
    say: String,
    #[serde(default)]
    expect: Vec<String>,
    /// a part of the sentence that refuses it
    refused: Option<String>,
}

/// Long edge of the photos of the table, px.
const EDGE: u32 = 400;

/// Small copies of the sample photos, made once.
pub(crate) fn small_photos(folder: &Path) -> BTreeMap<String, PathBuf> {
    let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/photos");
    let mut photos = BTreeMap::new();
    for name in [
        "mountain-path.jpg",
        "forest-stream.jpg",
        "brushes.jpg",
        "dandelions.jpg",
        "astronaut.png",
    ] {
        let picture = image::open(assets.join(name)).expect("the sample photos can be read");
        let small = picture
            .resize(EDGE, EDGE, image::imageops::FilterType::Triangle)
            .to_rgb8();
        let stem = name.split('.').next().expect("names have a stem");
        let path = folder.join(format!("{stem}.png"));
        small
            .save(&path)
            .expect("the temporary folder can be written");
        photos.insert(stem.to_owned(), path);
    }
    photos
}

/// What is wrong with a case, if anything.
fn fault(case: &Case, photo: &Path, out: &Path) -> Option<String> {
    let run = Command::new(env!("CARGO_BIN_EXE_retake"))
        .args([
            "edit",
            "--candidates",
            "4",
            "--size",
            "400",
            "--format",
            "png",
            "--device",
            "cpu",
        ])
        .arg(photo)
        .args(["--instruction", &case.say, "--out"])
        .arg(out)
        .output()
        .expect("the program can be started");
    let said = String::from_utf8_lossy(&run.stderr).trim().to_owned();
    if let Some(words) = &case.refused {
        let refused =
            run.status.code() == Some(1) && said.contains(words.as_str()) && !out.exists();
        return (!refused).then(|| format!("not refused with \"{words}\": {said}"));
    }
    if run.status.code() != Some(0) {
        return Some(said);
    }
    let (source, edited) = (Seen::open(photo), Seen::open(&out.join("best.png")));
    let faults: Vec<String> = case
        .expect
        .iter()
        .filter_map(|claim| unmet(claim, &source, &edited))
        .collect();
    let _ = std::fs::remove_dir_all(out);
    (!faults.is_empty()).then(|| faults.join("; "))
}

/// "dL@sky < -3": the measure, the area if any, and the bound.
fn unmet(claim: &str, source: &Seen, edited: &Seen) -> Option<String> {
    let words: Vec<&str> = claim.split_whitespace().collect();
    let [what, relation, bound] = words[..] else {
        panic!("\"{claim}\" is not a claim")
    };
    let (name, place) = what.split_once('@').unwrap_or((what, ""));
    let bound: f64 = bound
        .parse()
        .unwrap_or_else(|_| panic!("\"{claim}\" has no number"));
    let value = measure(name, source, edited, &area(source, place));
    let holds = match relation {
        ">" => value > bound,
        "<" => value < bound,
        "~" => (value - bound).abs() <= 0.02 * bound.abs().max(1.0),
        other => panic!("\"{other}\" is not a relation"),
    };
    (!holds).then(|| format!("{claim}, but it is {value:.2}"))
}

#[test]
fn the_written_pixels_do_what_the_instruction_says() {
    let folder = crate::places::temporary("instructions");
    let photos = small_photos(&folder);
    let table: Table =
        toml::from_str(include_str!("instructions.toml")).expect("the table is TOML");
    let only = std::env::var("RETAKE_ONLY").unwrap_or_default();
    let cases: Vec<(usize, &Case)> = table
        .case
        .iter()
        .enumerate()
        .filter(|(_, case)| case.say.contains(&only))
        .collect();
    let next = Mutex::new(cases.iter());
    let faults = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let Some((index, case)) = next.lock().expect("no thread panics with it").next()
                    else {
                        break;
                    };
                    let photo = &photos[&case.photo];
                    if let Some(fault) = fault(case, photo, &folder.join(format!("out-{index}"))) {
                        faults
                            .lock()
                            .expect("no thread panics with it")
                            .push((*index, format!("{} | {} | {fault}", case.photo, case.say)));
                    }
                }
            });
        }
    });
    let mut faults = faults.into_inner().expect("no thread panics with it");
    faults.sort();
    let lines: Vec<String> = faults.into_iter().map(|(_, line)| line).collect();
    let share = 1.0 - lines.len() as f64 / cases.len().max(1) as f64;
    eprintln!(
        "{} of {} instructions hold ({:.1} %)\n{}",
        cases.len() - lines.len(),
        cases.len(),
        share * 100.0,
        lines.join("\n")
    );
    assert!(
        only.is_empty() && cases.len() >= 150 || !only.is_empty(),
        "the table has {} cases",
        cases.len()
    );
    assert!(
        share >= 0.95,
        "{} of {} fail:\n{}",
        lines.len(),
        cases.len(),
        lines.join("\n")
    );
}
