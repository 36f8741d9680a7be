//! Lossless WebP. One bit stream from top to bottom, so only rendering and colour conversion use all cores.

use image_webp::{ColorType, WebPEncoder};
use retake_core::{Stop, Watch, said};

use super::blocks::Blocks;
use super::strips::{self, Rows};
use crate::FileError;

/// The whole file.
pub(super) fn encode(
    rows: &dyn Rows,
    blocks: &Blocks,
    watch: &dyn Watch,
) -> Result<Vec<u8>, FileError> {
    let (width, height) = rows.size();
    let rows_a_strip = rows.cheap_rows().clamp(1, 4096);
    let strips = strips::each(rows, rows_a_strip, watch, |_, samples| Ok(samples.to_vec()))?;
    let samples = strips.concat();
    let mut out = Vec::with_capacity(samples.len() / 2 + blocks.bytes());
    let mut encoder = WebPEncoder::new(&mut out);
    encoder.set_icc_profile(blocks.icc.clone());
    if let Some(exif) = &blocks.exif {
        encoder.set_exif_metadata(exif.clone());
    }
    if let Some(xmp) = &blocks.xmp {
        encoder.set_xmp_metadata(xmp.clone().into_bytes());
    }
    encoder
        .encode(&samples, width as u32, height as u32, ColorType::Rgb8)
        .map_err(|error| {
            Stop::Failed(said!(
                "the WebP encoder failed ({error})",
                error = error.to_string()
            ))
        })?;
    Ok(out)
}
