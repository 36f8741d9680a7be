//! Photos, reference pictures and masks as the commands need them, and small pictures on disk.

use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use retake_core::{Mask, Photo};
use retake_files::{FileError, Limits, open, read_whole};
use retake_models::diffusion::Reference;

/// Opens a photo.
pub(crate) fn photo(path: &Path) -> Result<Photo> {
    open::open(path, &Limits::default()).context("the photo cannot be opened")
}

/// Opens a picture that the instruction speaks of besides the photo.
pub(crate) fn reference(path: &Path) -> Result<Reference> {
    let picture = open::open(path, &Limits::default());
    Ok(Reference(
        picture.context("the reference picture cannot be opened")?,
    ))
}

/// Opens the mask of an instruction; it must be of the photo's size.
pub(crate) fn mask(path: Option<&Path>, photo: &Photo) -> Result<Option<Mask>> {
    let Some(path) = path else { return Ok(None) };
    let mask = open::open_mask(path, &Limits::default()).context("the mask cannot be opened")?;
    if (mask.width, mask.height) != (photo.width(), photo.height()) {
        bail!(
            "the mask is {} × {} px and the photo {} × {} px; make the mask as large as the photo: {}",
            mask.width,
            mask.height,
            photo.width(),
            photo.height(),
            path.display()
        );
    }
    // what rounds to black in eight bits is black
    if mask.values.iter().all(|&value| value < 0.5 / 255.0) {
        bail!(
            "the mask is black everywhere, so nothing may change; paint white where the instruction applies: {}",
            path.display()
        );
    }
    Ok(Some(mask))
}

/// The most that a configuration, a lexicon or a record may have: 256 takes with all their reasons have a tenth of it.
const TEXT_BYTES: u64 = 64 << 20;

/// The text of a small file that a person wrote, or a run.
pub(crate) fn text(path: &Path) -> Result<String> {
    let bytes = read_whole(path, TEXT_BYTES).map_err(|error| match error {
        FileError::TooLarge { .. } => anyhow!(
            "it has more than {} MiB, which no such file has: {}",
            TEXT_BYTES >> 20,
            path.display()
        ),
        other => other.into(),
    })?;
    String::from_utf8(bytes).map_err(|_| {
        anyhow!(
            "it is not text in UTF-8; save it as such: {}",
            path.display()
        )
    })
}

/// Most memory this process has held, MiB, where the system tells.
pub(crate) fn peak_memory_mib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace()
        .next()?
        .parse::<u64>()
        .ok()
        .map(|kib| kib / 1024)
}
