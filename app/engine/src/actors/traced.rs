//! Tells an export of Retake by what it says of itself, and finds the photo it was made from.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use retake_core::{Provenance, Said};
use retake_files::Limits;
use retake_files::journal::find_photo;
use retake_files::save::read_provenance;

use crate::event::Origin;

/// What an export says; the fields of [`crate::provenance_json_on`].
#[derive(serde::Deserialize)]
struct Told {
    source_sha256: String,
    /// edits of other editors that it was made on
    #[serde(default)]
    made_on: Vec<ToldEdit>,
    #[serde(flatten)]
    edit: ToldEdit,
}

/// One edit.
#[derive(serde::Deserialize)]
struct ToldEdit {
    instruction: String,
    editor: String,
    #[serde(default)]
    editor_version: String,
    #[serde(default)]
    seed: u64,
    recipe: serde_json::Value,
}

impl ToldEdit {
    /// Its words and how it was made.
    fn read(self) -> (String, Provenance) {
        let provenance = Provenance {
            editor: self.editor,
            version: self.editor_version,
            seed: self.seed,
            recipe: self.recipe,
            label: Said::default(),
        };
        (self.instruction, provenance)
    }
}

/// `None` for a picture that is no export of Retake.
pub(super) fn origin(path: &Path, home: Option<&Path>) -> Option<Origin> {
    let most = Limits::default().max_file_bytes;
    let mut bytes = Vec::new();
    File::open(path)
        .ok()?
        .take(most)
        .read_to_end(&mut bytes)
        .ok()?;
    let told: Told = serde_json::from_str(&read_provenance(&bytes)?).ok()?;
    Some(Origin {
        path: home.and_then(|home| find_photo(home, &told.source_sha256)),
        sha256: told.source_sha256,
        edits: told
            .made_on
            .into_iter()
            .chain([told.edit])
            .map(ToldEdit::read)
            .collect(),
    })
}
