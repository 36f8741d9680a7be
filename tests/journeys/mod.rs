//! Journeys through the real program: what a person types, what is said, and what is on the disk afterwards.

mod bad_models;
mod bad_photos;
mod batch;
mod candidates;
mod command_line;
mod diffusion;
mod drift;
mod exchange;
mod failing;
mod hub;
mod imports;
mod interrupted;
mod judges;
mod lab;
mod metadata;
mod models;
mod mutations;
mod output_folder;
mod pipes;
mod records;
mod replaying;
mod scoring;
mod searching;
mod settings;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;

use image::RgbImage;

/// What a run of the program left behind.
pub(crate) struct Said {
    /// exit code; `None` when a signal ended it
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Said {
    /// Done, or the test ends with what was said.
    pub(crate) fn done(self) -> Self {
        assert_eq!(self.code, Some(0), "{}", self.err);
        self
    }
    /// Refused with this exit code in one line that has these words, and nothing on standard output.
    pub(crate) fn refused(&self, code: i32, words: &str) {
        assert_eq!(self.code, Some(code), "{}", self.err);
        assert_eq!(self.err.lines().count(), 1, "{}", self.err);
        assert!(self.err.starts_with("retake: "), "{}", self.err);
        assert!(self.err.contains(words), "{words}: {}", self.err);
        assert!(!self.err.contains("fault of the program"), "{}", self.err);
        assert_eq!(self.out, "");
    }
    /// Standard output as one JSON value.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {}", self.out))
    }
}

/// The program with these arguments, not yet started; backtraces would be more than a sentence.
pub(crate) fn program<A: AsRef<OsStr>>(arguments: &[A]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_retake"));
    command
        .args(arguments)
        .env_remove("RUST_BACKTRACE")
        .stdin(Stdio::null());
    command
}

/// The program with these arguments, to its end.
pub(crate) fn retake<A: AsRef<OsStr>>(arguments: &[A]) -> Said {
    program(arguments)
        .output()
        .expect("the program can be started")
        .into()
}

/// `retake edit` of small candidates on the processor, and further arguments.
pub(crate) fn edit_command(photo: &Path, instruction: &str, out: &Path, more: &[&str]) -> Command {
    let mut command = program(&["edit", "--size", "128", "--device", "cpu"]);
    command
        .args(["--instruction", instruction])
        .arg(photo)
        .arg("--out")
        .arg(out)
        .args(more);
    command
}

/// The same to its end.
pub(crate) fn edit(photo: &Path, instruction: &str, out: &Path, more: &[&str]) -> Said {
    edit_command(photo, instruction, out, more)
        .output()
        .expect("the program can be started")
        .into()
}

/// Width and height of [`picture`], px.
pub(crate) const SIZE: (u32, u32) = (200, 150);

/// A small photograph.
pub(crate) fn picture() -> &'static RgbImage {
    static PICTURE: LazyLock<RgbImage> = LazyLock::new(|| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/photos/astronaut.png");
        let whole = image::open(path)
            .expect("the sample photos can be read")
            .to_rgb8();
        let part = image::imageops::crop_imm(&whole, 40, 20, 400, 300).to_image();
        image::imageops::thumbnail(&part, SIZE.0, SIZE.1)
    });
    &PICTURE
}

/// The small photograph as a file of this name.
pub(crate) fn photo(folder: &Path, name: &str) -> PathBuf {
    let path = folder.join(name);
    picture().save(&path).expect("the folder can be written");
    path
}

/// The names in a folder, hidden ones too, in order.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("the folder can be read");
    let mut names: Vec<String> = entries
        .map(|entry| {
            entry
                .expect("readable")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    names
}

/// The bytes of a file.
pub(crate) fn bytes(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// The record of a run.
pub(crate) fn record(run: &Path) -> serde_json::Value {
    serde_json::from_slice(&bytes(&run.join("run.json"))).expect("run.json is JSON")
}
