//! The system's own file dialogs, each on a thread of its own: a portal may take its time.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use crate::texts::Texts;

/// What a dialog was for, with its answer; `None` when it was left without one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// photos to open
    Photos(Option<Vec<PathBuf>>),
    /// a file to export to
    File(Option<PathBuf>),
    /// a folder to export to
    Folder(Option<PathBuf>),
    /// the profile of the screen
    Profile(Option<PathBuf>),
    /// a data set for the lab
    Data(Option<PathBuf>),
    /// the folder of a model
    Model(Option<PathBuf>),
    /// what a model is opened with
    Equipment(Wanted, Option<PathBuf>),
}

/// What a model is opened with, or what is to judge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Wanted {
    /// merged into its weights
    Adapter,
    /// a picture beside the photo
    Reference,
    /// the folder of a judge
    Judge,
}

impl Wanted {
    /// Its key among the texts.
    pub(crate) fn key(self) -> &'static str {
        [
            "tuning_adapter_path",
            "tuning_reference_path",
            "judges_path",
        ][self as usize]
    }
    fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Adapter => &["safetensors"],
            Self::Reference => &retake_files::open::ENDINGS,
            Self::Judge => &[],
        }
    }
}

static ANSWERS: Mutex<Vec<Answer>> = Mutex::new(Vec::new());

fn ask(name: &str, question: impl FnOnce() -> Answer + Send + 'static) {
    // no test may open a dialog on somebody's screen: there each is left at once
    if cfg!(test) {
        return;
    }
    let body = move || {
        let answer = question();
        ANSWERS
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(answer);
    };
    // without a thread the dialog does not open, as if it had been left
    let _ = std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(body);
}

/// Asks which photos to open.
pub(crate) fn ask_for_photos(texts: &Texts) {
    let photos = texts.get("dialog_photos").to_owned();
    ask("open dialog", move || {
        let endings = retake_files::open::ENDINGS;
        let dialog = rfd::FileDialog::new().add_filter(photos, &endings);
        Answer::Photos(dialog.pick_files())
    });
}

/// Asks for the file of an export.
pub(crate) fn ask_for_file(name: String, folder: Option<PathBuf>) {
    ask("export dialog", move || {
        let mut dialog = rfd::FileDialog::new().set_file_name(name);
        if let Some(folder) = folder {
            dialog = dialog.set_directory(folder);
        }
        Answer::File(dialog.save_file())
    });
}

/// Asks for the folder of an export.
pub(crate) fn ask_for_folder(folder: Option<PathBuf>) {
    ask("export dialog", move || {
        let mut dialog = rfd::FileDialog::new();
        if let Some(folder) = folder {
            dialog = dialog.set_directory(folder);
        }
        Answer::Folder(dialog.pick_folder())
    });
}

/// Asks for the screen's ICC profile.
pub(crate) fn ask_for_profile() {
    ask("profile dialog", || {
        let dialog = rfd::FileDialog::new().add_filter("ICC", &["icc", "icm"]);
        Answer::Profile(dialog.pick_file())
    });
}

/// Asks for the folder of a model.
pub(crate) fn ask_for_model() {
    ask("model dialog", || {
        Answer::Model(rfd::FileDialog::new().pick_folder())
    });
}

/// Asks for the file of a data set, or for a folder of such files.
pub(crate) fn ask_for_data(folder: bool) {
    ask("data dialog", move || {
        let dialog = rfd::FileDialog::new();
        Answer::Data(match folder {
            true => dialog.pick_folder(),
            false => dialog.pick_file(),
        })
    });
}

/// Asks for a file that a model is opened with.
pub(crate) fn ask_for(wanted: Wanted) {
    ask("model dialog", move || {
        let endings = wanted.endings();
        let dialog = rfd::FileDialog::new();
        let chosen = match endings.is_empty() {
            true => dialog.pick_folder(),
            false => dialog.add_filter(endings.join(", "), endings).pick_file(),
        };
        Answer::Equipment(wanted, chosen)
    });
}

/// What was answered since the last time.
pub(crate) fn answers() -> Vec<Answer> {
    std::mem::take(&mut *ANSWERS.lock().unwrap_or_else(PoisonError::into_inner))
}
