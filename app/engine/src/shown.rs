//! A picture as a screen shows it: 8-bit sRGB, small enough to keep by the dozen.

use rayon::prelude::*;
use retake_core::{Mask, Raster};
use retake_pixels::codes::Coder;
use retake_pixels::display::{Space, to_linear};

/// 8-bit sRGB with an opaque fourth channel, row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// px
    pub width: usize,
    /// px
    pub height: usize,
    /// four bytes a pixel
    pub rgba: Vec<u8>,
}

impl Shown {
    /// What a linear picture looks like; colours a screen cannot show are clipped, as an export would.
    pub fn of(raster: &Raster) -> Self {
        let coder = Coder::new(Space::Srgb);
        let matrix = Space::Srgb.from_rec2020();
        let width = raster.width;
        let mut rgba = vec![255u8; raster.len() * 4];
        let row_bytes = (width * 4).max(1);
        rgba.par_chunks_mut(row_bytes)
            .enumerate()
            .for_each(|(y, out)| {
                let span = y * width..(y + 1) * width;
                let mut planes = raster
                    .planes
                    .each_ref()
                    .map(|plane| plane[span.clone()].to_vec());
                let [r, g, b] = &mut planes;
                to_linear(&matrix, r, g, b);
                for (i, pixel) in out.chunks_exact_mut(4).enumerate() {
                    pixel[0] = coder.code(r[i]);
                    pixel[1] = coder.code(g[i]);
                    pixel[2] = coder.code(b[i]);
                }
            });
        Self {
            width,
            height: raster.height,
            rgba,
        }
    }
    /// The colour at (x, y).
    pub fn at(&self, x: usize, y: usize) -> [u8; 3] {
        let i = (y * self.width + x) * 4;
        [self.rgba[i], self.rgba[i + 1], self.rgba[i + 2]]
    }
    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.rgba.len()
    }
}

/// A map for the screen, at most `long_edge` px long: evidence is looked at, not measured.
pub fn small_map(map: &Mask, long_edge: usize) -> Mask {
    let (width, height) = retake_pixels::resize::size_within(map.width, map.height, long_edge);
    if (width, height) == (map.width, map.height) {
        return map.clone();
    }
    retake_pixels::resize::mask(map, width, height)
}
