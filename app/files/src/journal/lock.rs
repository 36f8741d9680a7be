//! The lock on a file: held as long as the program lives, and let go by the system however it ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

use crate::{FileError, Place};

/// Held until dropped.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// [`FileError::InUse`] when another has it; `None` on a file system that has no locks.
    pub(super) fn take(path: &Path) -> Result<Option<Self>, FileError> {
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(|error| FileError::from_io(error, "written", path))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Err(FileError::InUse {
                place: Place::default(),
            }),
            // some network shares cannot lock; one window is the usual case there too
            Err(TryLockError::Error(_)) => Ok(None),
        }
    }
}
