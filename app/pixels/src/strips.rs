//! Rows of a plane shared out among threads, in strips of so many pixels that sharing them out costs less than they do.

use rayon::prelude::*;

/// Pixels of a strip: a quarter of a picture of 512 × 512.
const PIXELS: usize = 64 * 1024;

/// Rows of a strip of a plane of this width.
pub fn rows(width: usize) -> usize {
    (PIXELS / width.max(1)).max(1)
}

/// Calls `strip(first row, its values)` for every strip of a plane, whole rows each.
pub fn each(plane: &mut [f32], width: usize, strip: impl Fn(usize, &mut [f32]) + Sync) {
    let rows = rows(width);
    let length = rows * width.max(1);
    if plane.len() <= length {
        if !plane.is_empty() {
            strip(0, plane);
        }
        return;
    }
    plane
        .par_chunks_mut(length)
        .enumerate()
        .for_each(|(k, values)| strip(k * rows, values));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_in_one_strip() {
        for (width, height) in [(1, 1), (512, 512), (70_000, 3), (300, 1000)] {
            let mut plane = vec![0.0; width * height];
            each(&mut plane, width, |first, strip| {
                for (y, row) in (first..).zip(strip.chunks_mut(width)) {
                    row.iter_mut().for_each(|value| *value += y as f32 + 1.0);
                }
            });
            let right = (0..plane.len()).all(|i| plane[i] == (i / width + 1) as f32);
            assert!(right, "{width} × {height}");
        }
    }
}
