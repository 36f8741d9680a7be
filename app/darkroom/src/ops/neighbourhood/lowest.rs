//! The least value of a square window, for the dark channel.

use rayon::prelude::*;
use retake_pixels::vectorised;

use super::Planes;

vectorised! {
    fn lower(out: &mut [f32], from: &[f32]) {
        for (out, from) in out.iter_mut().zip(from) {
            *out = out.min(*from);
        }
    }
}

/// Replaces plane `index` by the least value within `radius` cells, each way.
pub fn lowest(planes: &mut Planes, index: usize, radius: usize) {
    let width = planes.cells.width;
    let span = index * width..(index + 1) * width;
    let mut across = vec![0.0f32; width * planes.cells.height];
    across
        .par_chunks_mut(width)
        .enumerate()
        .for_each(|(y, out)| {
            let row = &planes.row(y as isize)[span.clone()];
            out.copy_from_slice(row);
            for d in 1..=radius.min(width - 1) {
                lower(&mut out[d..], &row[..width - d]);
                lower(&mut out[..width - d], &row[d..]);
            }
        });
    let (stride, height) = (planes.stride(), planes.cells.height);
    planes
        .values
        .par_chunks_mut(stride)
        .enumerate()
        .for_each(|(y, row)| {
            let out = &mut row[span.clone()];
            let (from, to) = (y.saturating_sub(radius), (y + radius + 1).min(height));
            out.copy_from_slice(&across[y * width..(y + 1) * width]);
            for y in from..to {
                lower(out, &across[y * width..(y + 1) * width]);
            }
        });
}
