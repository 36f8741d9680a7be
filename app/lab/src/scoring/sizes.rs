//! Source and edit at one size, as rewards look at them.

use retake_core::{Photo, Raster, Said, said};
use retake_pixels::resize;

/// The source with its long edge at most `long_edge` px, and the edit beside it: brought to the source's size where it has
/// its shape (within one in a hundred), at the source's scale where it has another one.
pub fn at_one_size(
    source: &Photo,
    edited: &Photo,
    long_edge: usize,
) -> Result<(Raster, Raster), Said> {
    let stopped =
        |why: retake_core::Stop| said!("the picture cannot be read ({why})", why = why.said());
    let before = resize::fit(source, long_edge).map_err(stopped)?;
    let shape = |photo: &Photo| photo.width() as f64 / photo.height() as f64;
    if (shape(source) / shape(edited) - 1.0).abs() < 0.01 {
        let after = resize::fit(edited, before.width.max(before.height)).map_err(stopped)?;
        let after = match (after.width, after.height) == (before.width, before.height) {
            true => after,
            false => resize::raster(&after, before.width, before.height),
        };
        return Ok((before, after));
    }
    let scale = before.width.max(before.height) as f64 / source.width().max(source.height()) as f64;
    let edge = (edited.width().max(edited.height()) as f64 * scale).round() as usize;
    let after = resize::fit(edited, edge.max(1)).map_err(stopped)?;
    Ok((before, after))
}
