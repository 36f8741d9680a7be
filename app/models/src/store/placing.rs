//! How a model gets into its place: written beside it, and there in whole or not at all.

use std::io::ErrorKind;
use std::path::Path;

use crate::ModelError;

/// Where loads and imports are under way, within the models folder.
pub(super) const UNDER_WAY: &str = ".loading";

/// Puts a finished folder into its place; an older version makes way, and comes back where that fails.
pub(super) fn appear(staging: &Path, folder: &Path) -> std::io::Result<()> {
    if let Some(owner) = folder.parent() {
        std::fs::create_dir_all(owner)?;
    }
    let mut old = staging.as_os_str().to_owned();
    old.push(".old");
    let old = Path::new(&old);
    if folder.exists() {
        std::fs::rename(folder, old)?;
    }
    if let Err(error) = std::fs::rename(staging, folder) {
        let _ = std::fs::rename(old, folder);
        return Err(error);
    }
    let _ = std::fs::remove_dir_all(old);
    // what is left of other loads keeps this folder
    let _ = staging.parent().map(std::fs::remove_dir);
    Ok(())
}

/// What to do about a models folder that cannot be written to; `again` says what to do after making room.
pub(super) fn trouble(error: &std::io::Error, again: &str, folder: &Path) -> ModelError {
    let folder = folder.display();
    ModelError::Machine(match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => format!(
            "the disk is full; make room and {again}, or set RETAKE_MODELS to a folder on a larger disk: {folder}"
        ),
        _ => format!("the models folder cannot be written to ({error}): {folder}"),
    })
}

pub(super) fn no_home() -> ModelError {
    ModelError::Machine(
        "there is no place for models on this system; set RETAKE_MODELS to a folder".to_owned(),
    )
}
