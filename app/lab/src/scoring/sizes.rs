//! Source and edit at one size, as rewards look at them.

use retake_core::{Photo, Raster, Said, Stop, said};
use retake_pixels::resize;

/// The source with its long edge at most `long_edge` px.
pub fn source_at(source: &Photo, long_edge: usize) -> Result<Raster, Said> {
    resize::fit(source, long_edge).map_err(|why| unreadable(&why))
}

/// An edit beside its source, which was brought from its whole size to `before`: to the same size where the edit has the
/// source's shape (within one in a hundred), at the source's scale where it has another one.
pub fn edit_beside(source: &Photo, before: &Raster, edited: &Photo) -> Result<Raster, Said> {
    let shape = |photo: &Photo| photo.width() as f64 / photo.height() as f64;
    let long_edge = before.width.max(before.height);
    if (shape(source) / shape(edited) - 1.0).abs() < 0.01 {
        let after = resize::fit(edited, long_edge).map_err(|why| unreadable(&why))?;
        return Ok(
            match (after.width, after.height) == (before.width, before.height) {
                true => after,
                false => resize::raster(&after, before.width, before.height),
            },
        );
    }
    let scale = long_edge as f64 / source.width().max(source.height()) as f64;
    let edge = (edited.width().max(edited.height()) as f64 * scale).round() as usize;
    resize::fit(edited, edge.max(1)).map_err(|why| unreadable(&why))
}

fn unreadable(why: &Stop) -> Said {
    said!("the picture cannot be read ({why})", why = why.said())
}
