//! `retake lab`, through the real program: benchmarks, curves, what is wrong with a reward, picks, sittings, and bad data.

mod analysing;
mod bad_data;
mod benching;
mod degrading;
mod drawing;
mod filtering;
mod picking;
mod sitting;
mod telling;

use std::path::{Path, PathBuf};

use super::{Said, program};

/// Small files in the published schemas.
fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/lab/data")
        .join(name)
}

/// `retake lab` and words; a blank parts them.
fn lab(words: &str, paths: &[(&str, &Path)]) -> Said {
    command(words, paths)
        .output()
        .expect("the program can be started")
        .into()
}

/// The same, not yet started. A word in braces is a path.
fn command(words: &str, paths: &[(&str, &Path)]) -> std::process::Command {
    let arguments = words.split(' ').map(|word| {
        let name = word.trim_matches(['{', '}']);
        let path = paths
            .iter()
            .find(|(known, _)| word.starts_with('{') && *known == name);
        path.map_or_else(|| word.into(), |(_, path)| path.as_os_str().to_owned())
    });
    let arguments: Vec<std::ffi::OsString> = ["lab".into()].into_iter().chain(arguments).collect();
    program(&arguments)
}

/// A folder as `retake-lab` reads it: so many sources with a brighter, a darker and an untouched edit.
fn edits(folder: &Path, count: usize) -> PathBuf {
    let all = folder.join("edits");
    for at in 0..count {
        let one = all.join(format!("photo-{at:02}"));
        std::fs::create_dir_all(&one).expect("the folder can be written");
        std::fs::write(one.join("instruction.txt"), "make it brighter").expect("written");
        let source = super::picture();
        source.save(one.join("source.png")).expect("written");
        for (name, change) in [("bright", 30 + at as i32), ("dark", -40), ("same", 0)] {
            let edited = image::imageops::brighten(source, change);
            edited
                .save(one.join(format!("edited-{name}.png")))
                .expect("written");
        }
    }
    all
}

/// Pairs in GEditBench's schema over the same pictures, of which people prefer the brighter one.
fn pairs(folder: &Path, count: usize) -> PathBuf {
    edits(folder, count);
    let line = |at: usize| {
        let one = format!("edits/photo-{at:02}");
        serde_json::json!({ "key": at.to_string(), "instruction": "make it brighter",
            "source_image_path": format!("{one}/source.png"),
            "edited_image_paths": [format!("{one}/edited-bright.png"), format!("{one}/edited-dark.png")],
            "winner": "Image A" })
        .to_string()
    };
    let path = folder.join("pairs.jsonl");
    let lines: Vec<String> = (0..count).map(line).collect();
    std::fs::write(&path, lines.join("\n")).expect("written");
    path
}
