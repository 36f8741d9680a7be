//! A rectangle cut into tiles that fit the device, each with the halo around it.

use retake_core::{Raster, Rect};

/// The tiles of `rect`, row by row; none where they would be nearly all halo. With `halo` around it and cut at the frame
/// (width, height), a tile has at most `most` pixels.
pub(super) fn cut(
    rect: Rect,
    halo: usize,
    frame: (usize, usize),
    most: usize,
) -> Option<Vec<Rect>> {
    let (mut across, mut down) = (1, 1);
    loop {
        let (width, height) = (rect.width().div_ceil(across), rect.height().div_ceil(down));
        let wide = (width + 2 * halo).min(frame.0) * (height + 2 * halo).min(frame.1);
        if wide <= most {
            break;
        }
        // at half a halo across, one pixel in twenty-five is wanted
        if width.max(height) <= 16.max(halo / 2) {
            return None;
        }
        if width > height {
            across += 1;
        } else {
            down += 1;
        }
    }
    let edges = |from: usize, length: usize, parts: usize| -> Vec<usize> {
        (0..=parts).map(|i| from + i * length / parts).collect()
    };
    let xs = edges(rect.x0, rect.width(), across);
    let ys = edges(rect.y0, rect.height(), down);
    let tiles = ys.windows(2).flat_map(|y| {
        xs.windows(2).map(|x| Rect {
            x0: x[0],
            y0: y[0],
            x1: x[1],
            y1: y[1],
        })
    });
    Some(tiles.collect())
}

/// Copies a tile into the picture, its top left corner at (x, y).
pub(super) fn put(tile: &Raster, out: &mut Raster, x: usize, y: usize) {
    for (from, to) in tile.planes.iter().zip(&mut out.planes) {
        for (row, from) in from.chunks_exact(tile.width).enumerate() {
            let start = (y + row) * out.width + x;
            to[start..start + tile.width].copy_from_slice(from);
        }
    }
}
