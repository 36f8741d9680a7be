//! What can go wrong as a whole; a row that cannot be used is no error but counted, with its reason.

use std::path::{Path, PathBuf};

use retake_core::{Said, said};

/// Sentences for people, the path last.
#[derive(Clone, Debug)]
pub enum LabError {
    /// nothing there, or it may not be read
    Unreadable {
        /// what the system says
        why: Said,
        /// where
        path: PathBuf,
    },
    /// its beginning or its end is damaged, so that no row can be told
    Damaged {
        /// "parquet", "JSON"
        kind: Said,
        /// what is wrong
        why: Said,
        /// where
        path: PathBuf,
    },
    /// no reader for its ending
    Ending {
        /// of the name
        ending: String,
        /// what would be read
        known: String,
        /// where
        path: PathBuf,
    },
    /// a folder without anything to read
    NothingThere {
        /// id of the format
        format: &'static str,
        /// what it is made of
        needs: String,
        /// where
        path: PathBuf,
    },
    /// the disk is full, or the folder may not be written to
    Unwritten {
        /// what the system says
        why: Said,
        /// where
        path: PathBuf,
    },
    /// a question that this data cannot answer
    Asked(Said),
    /// somebody stopped it
    Stopped,
}

impl LabError {
    /// Of an error while reading.
    pub fn reading(error: impl std::fmt::Display, path: impl Into<PathBuf>) -> Self {
        Self::Unreadable {
            why: Said::words(error.to_string()),
            path: path.into(),
        }
    }
    /// Of an error while writing.
    pub fn writing(error: impl std::fmt::Display, path: impl Into<PathBuf>) -> Self {
        Self::Unwritten {
            why: Said::words(error.to_string()),
            path: path.into(),
        }
    }
    /// The sentence, the path last.
    pub fn said(&self) -> Said {
        let shown = |path: &Path| path.display().to_string();
        match self {
            Self::Unreadable { why, path } => {
                said!("it cannot be read ({why}): {path}", why, path = shown(path))
            }
            Self::Damaged { kind, why, path } => said!(
                "it is no readable {kind} ({why}): {path}",
                kind,
                why,
                path = shown(path)
            ),
            Self::Ending {
                ending,
                known,
                path,
            } => said!(
                "files ending in “{ending}” are not read; these are: {known}: {path}",
                ending,
                known,
                path = shown(path)
            ),
            Self::NothingThere {
                format,
                needs,
                path,
            } => said!(
                "nothing in the folder can be read as {format}; it needs {needs}: {path}",
                format = *format,
                needs,
                path = shown(path)
            ),
            Self::Unwritten { why, path } => said!(
                "it cannot be written ({why}): {path}",
                why,
                path = shown(path)
            ),
            Self::Asked(said) => said.clone(),
            Self::Stopped => said!("stopped"),
        }
    }
}

impl std::fmt::Display for LabError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.said())
    }
}

impl std::error::Error for LabError {}
