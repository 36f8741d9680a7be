//! Pictures that are finished code values, not edits: evidence maps, masks, contact sheets.

use std::path::Path;

use retake_core::{Mask, Quiet};

use super::blocks::Blocks;
use super::strips::{Ready, Rows};
use super::{
    Format, MetadataPolicy, OutputSpace, fits, jpeg, png, write_all, write_beside_and_rename,
};
use crate::FileError;

/// Writes a mask or an evidence map as an 8-bit grey PNG: 0 is black, 1 is white. Returns the size in bytes.
pub fn save_mask(path: &Path, mask: &Mask) -> Result<u64, FileError> {
    let samples: Vec<u8> = mask
        .values
        .iter()
        .map(|value| (value.clamp(0.0, 1.0) * 255.0 + 0.5) as u8)
        .collect();
    save_gray(path, mask.width, mask.height, &samples)
}

/// Writes grey samples, `width * height` of them, as an 8-bit PNG. Returns the size in bytes.
pub fn save_gray(
    path: &Path,
    width: usize,
    height: usize,
    samples: &[u8],
) -> Result<u64, FileError> {
    let rows = Ready {
        width,
        height,
        channels: 1,
        samples,
    };
    save(path, &rows, Format::Png, 100)
}

/// Writes sRGB samples, `width * height * 3` of them, as JPEG or PNG by the extension of `path`, with a profile.
/// `quality` is the JPEG's, 1 to 100. Returns the size in bytes.
pub fn save_rgb8(
    path: &Path,
    width: usize,
    height: usize,
    samples: &[u8],
    quality: u8,
) -> Result<u64, FileError> {
    let extension = path.extension().and_then(|extension| extension.to_str());
    let format = match extension.and_then(Format::from_id) {
        Some(Format::Jpeg) => Format::Jpeg,
        _ => Format::Png,
    };
    let rows = Ready {
        width,
        height,
        channels: 3,
        samples,
    };
    save(path, &rows, format, quality)
}

/// The caller gives as many samples as the size says: another number is its mistake, and panics.
fn save(path: &Path, rows: &Ready<'_>, format: Format, quality: u8) -> Result<u64, FileError> {
    assert_eq!(rows.samples.len(), rows.width * rows.height * rows.channels);
    fits(format, rows.size()).map_err(|error| error.at(path))?;
    let space = OutputSpace::Srgb;
    let mut blocks = Blocks::new(None, MetadataPolicy::None, None, rows.size(), space);
    let pieces = match format {
        Format::Jpeg => jpeg::encode(rows, quality, &mut blocks, &Quiet)?,
        _ => vec![png::encode(rows, space, &blocks, &Quiet)?],
    };
    write_beside_and_rename(path, |out| write_all(out, &pieces))
}
