//! What a person noted about a data set in the lab: `notes.json` beside its results.

use std::collections::BTreeMap;
use std::path::Path;

use retake_core::Said;
use serde::{Deserialize, Serialize};

use crate::FileError;
use crate::save::write_beside_and_rename;

/// The version this program writes; a newer one is refused.
pub const NOTES_VERSION: u32 = 1;
/// The file's name in its folder.
const NAME: &str = "notes.json";

/// See the module.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LabNotesRecord {
    /// of the file
    pub version: u32,
    /// by the case's id
    #[serde(default)]
    pub tags: BTreeMap<String, Vec<String>>,
    /// by the case's id
    #[serde(default)]
    pub notes: BTreeMap<String, String>,
    /// filters of the table by the names that they were given
    #[serde(default)]
    pub filters: BTreeMap<String, serde_json::Value>,
}

impl Default for LabNotesRecord {
    fn default() -> Self {
        Self {
            version: NOTES_VERSION,
            tags: BTreeMap::new(),
            notes: BTreeMap::new(),
            filters: BTreeMap::new(),
        }
    }
}

impl LabNotesRecord {
    /// What stands in a folder; nothing where there is none yet. A damaged file, or one of a newer program, is an error, so
    /// that it is not written over.
    pub fn read(folder: &Path) -> Result<Self, FileError> {
        let path = folder.join(NAME);
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Self::default());
            }
            Err(error) => return Err(FileError::from_io(error, "read", &path)),
        };
        let record: Self = serde_json::from_slice(&bytes).map_err(|error| FileError::Damaged {
            format: "notes of the lab",
            detail: Said::words(error.to_string()),
            place: path.as_path().into(),
        })?;
        match record.version <= NOTES_VERSION {
            true => Ok(record),
            false => Err(FileError::Newer {
                what: "this file of notes",
                version: record.version.into(),
                place: path.as_path().into(),
            }),
        }
    }

    /// Writes it in whole, making the folder where there is none.
    pub fn write(&self, folder: &Path) -> Result<(), FileError> {
        let path = folder.join(NAME);
        std::fs::create_dir_all(folder)
            .map_err(|error| FileError::from_io(error, "written", &path))?;
        write_beside_and_rename(&path, |out| Ok(serde_json::to_writer_pretty(out, self)?))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> std::path::PathBuf {
        let path = std::env::temp_dir().join(format!("retake-notes-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        path
    }

    #[test]
    fn notes_read_back_as_they_were_written() {
        let folder = folder("back");
        let mut notes = LabNotesRecord::read(&folder).expect("nothing is there yet");
        notes.tags.insert("a".into(), vec!["odd".into()]);
        notes.notes.insert("a".into(), "the roof, “red”".into());
        notes.write(&folder).expect("writable");
        let back = LabNotesRecord::read(&folder);
        let _ = std::fs::remove_dir_all(&folder);
        assert_eq!(back.expect("it was just written"), notes);
    }

    #[test]
    fn notes_that_cannot_be_read_are_no_empty_notes() {
        let folder = folder("newer");
        std::fs::create_dir_all(&folder).expect("writable");
        for text in ["{\"version\": 99}", "no JSON"] {
            std::fs::write(folder.join(NAME), text).expect("writable");
            assert!(LabNotesRecord::read(&folder).is_err(), "{text}");
        }
        let _ = std::fs::remove_dir_all(&folder);
    }
}
