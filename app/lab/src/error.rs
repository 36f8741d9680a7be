//! What can go wrong as a whole; a row that cannot be used is no error but counted, with its reason.

use std::path::PathBuf;

/// Sentences for the command line, the path last.
#[derive(Debug, thiserror::Error)]
pub enum LabError {
    /// nothing there, or it may not be read
    #[error("it cannot be read ({why}): {}", path.display())]
    Unreadable {
        /// what the system says
        why: String,
        /// where
        path: PathBuf,
    },
    /// its beginning or its end is damaged, so that no row can be told
    #[error("it is no readable {kind} ({why}): {}", path.display())]
    Damaged {
        /// "parquet", "JSON"
        kind: &'static str,
        /// what is wrong
        why: String,
        /// where
        path: PathBuf,
    },
    /// no reader for its ending
    #[error("files ending in “{ending}” are not read; these are: {known}: {}", path.display())]
    Ending {
        /// of the name
        ending: String,
        /// what would be read
        known: String,
        /// where
        path: PathBuf,
    },
    /// a folder without anything to read
    #[error("nothing in the folder can be read as {format}; it needs {needs}: {}", path.display())]
    NothingThere {
        /// id of the format
        format: &'static str,
        /// what it is made of
        needs: String,
        /// where
        path: PathBuf,
    },
    /// the disk is full, or the folder may not be written to
    #[error("it cannot be written ({why}): {}", path.display())]
    Unwritten {
        /// what the system says
        why: String,
        /// where
        path: PathBuf,
    },
    /// a question that this data cannot answer
    #[error("{0}")]
    Asked(String),
    /// somebody stopped it
    #[error("stopped")]
    Stopped,
}

impl LabError {
    /// Of an error while reading.
    pub fn reading(error: impl std::fmt::Display, path: impl Into<PathBuf>) -> Self {
        Self::Unreadable {
            why: error.to_string(),
            path: path.into(),
        }
    }
    /// Of an error while writing.
    pub fn writing(error: impl std::fmt::Display, path: impl Into<PathBuf>) -> Self {
        Self::Unwritten {
            why: error.to_string(),
            path: path.into(),
        }
    }
}
