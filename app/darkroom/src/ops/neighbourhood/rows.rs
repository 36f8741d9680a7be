//! The last step of most spatial operations: every output row from the input row and what was worked out around it.

use rayon::prelude::*;
use retake_core::Raster;
use retake_pixels::vectorised;

use crate::render::Tile;

/// Fills a picture of the tile's size row by row, in parallel: `work(scratch, y, input, output)`, with `y` counted from
/// the tile's top and the rows of the three planes.
pub fn each_row<S>(
    tile: &Tile,
    scratch: impl Fn() -> S + Sync + Send,
    work: impl Fn(&mut S, usize, [&[f32]; 3], [&mut [f32]; 3]) + Sync + Send,
) -> Raster {
    let width = tile.raster.width;
    let mut out = Raster::new(width, tile.raster.height);
    let [r, g, b] = &mut out.planes;
    r.par_chunks_mut(width)
        .zip(g.par_chunks_mut(width))
        .zip(b.par_chunks_mut(width))
        .enumerate()
        .for_each_init(scratch, |scratch, (y, ((r, g), b))| {
            let input = tile
                .raster
                .planes
                .each_ref()
                .map(|plane| &plane[y * width..(y + 1) * width]);
            work(scratch, y, input, [r, g, b]);
        });
    out
}

vectorised! {
    /// Light times a gain a pixel.
    pub fn gain_rows(gain: &[f32], input: [&[f32]; 3], output: [&mut [f32]; 3]) {
        for (from, to) in input.into_iter().zip(output) {
            for ((to, from), gain) in to.iter_mut().zip(from).zip(gain) {
                *to = from * gain;
            }
        }
    }
}
