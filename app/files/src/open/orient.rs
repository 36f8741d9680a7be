//! Turns pixels upright by the eight EXIF orientations; mirrors and half turns happen in place.

use rayon::prelude::*;

/// Edge of the square blocks of a transpose, px: 32 × 32 pixels of 6 bytes fit the first cache twice.
const BLOCK: usize = 32;

/// The upright pixels with their width and height. `orientation` as in EXIF (1 to 8); any other leaves them as they are.
pub(super) fn upright<T: Copy + Default + Send + Sync>(
    mut pixels: Vec<T>,
    width: usize,
    height: usize,
    orientation: u8,
) -> (Vec<T>, usize, usize) {
    if pixels.is_empty() {
        return (pixels, width, height);
    }
    match orientation {
        2 => pixels.par_chunks_mut(width).for_each(|row| row.reverse()),
        3 => pixels.reverse(),
        4 => {
            let (top, bottom) = pixels.split_at_mut(height / 2 * width);
            let bottom_rows = bottom.par_rchunks_exact_mut(width);
            top.par_chunks_exact_mut(width)
                .zip(bottom_rows)
                .for_each(|(upper, lower)| upper.swap_with_slice(lower));
        }
        5 => {
            return (
                transposed(&pixels, width, height, false, false),
                height,
                width,
            );
        }
        6 => {
            return (
                transposed(&pixels, width, height, false, true),
                height,
                width,
            );
        }
        7 => {
            return (
                transposed(&pixels, width, height, true, true),
                height,
                width,
            );
        }
        8 => {
            return (
                transposed(&pixels, width, height, true, false),
                height,
                width,
            );
        }
        _ => {}
    }
    (pixels, width, height)
}

/// Row `y` of the result is column `y` of the source, counted from the right when `from_right`, and read upwards when `from_bottom`.
fn transposed<T: Copy + Default + Send + Sync>(
    pixels: &[T],
    width: usize,
    height: usize,
    from_right: bool,
    from_bottom: bool,
) -> Vec<T> {
    let mut out = vec![T::default(); pixels.len()];
    out.par_chunks_mut(height * BLOCK)
        .enumerate()
        .for_each(|(strip, rows)| {
            for x0 in (0..height).step_by(BLOCK) {
                let x1 = (x0 + BLOCK).min(height);
                for (i, row) in rows.chunks_exact_mut(height).enumerate() {
                    let y = strip * BLOCK + i;
                    let column = if from_right { width - 1 - y } else { y };
                    for (x, pixel) in row[x0..x1].iter_mut().enumerate() {
                        let x = x0 + x;
                        let source_row = if from_bottom { height - 1 - x } else { x };
                        *pixel = pixels[source_row * width + column];
                    }
                }
            }
        });
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Where the EXIF specification puts the stored pixel (x, y), from its table of row 0 and column 0.
    fn place(orientation: u8, x: usize, y: usize, w: usize, h: usize) -> (usize, usize) {
        match orientation {
            2 => (w - 1 - x, y),
            3 => (w - 1 - x, h - 1 - y),
            4 => (x, h - 1 - y),
            5 => (y, x),
            6 => (h - 1 - y, x),
            7 => (h - 1 - y, w - 1 - x),
            8 => (y, w - 1 - x),
            _ => (x, y),
        }
    }

    proptest! {
        #[test]
        fn every_pixel_lands_where_exif_says(w in 1usize..80, h in 1usize..80, orientation in 0u8..10) {
            let stored: Vec<usize> = (0..w * h).collect();
            let (turned, width, height) = upright(stored, w, h, orientation);
            prop_assert_eq!((width, height), if (5..=8).contains(&orientation) { (h, w) } else { (w, h) });
            for y in 0..h {
                for x in 0..w {
                    let (tx, ty) = place(orientation, x, y, w, h);
                    prop_assert_eq!(turned[ty * width + tx], y * w + x);
                }
            }
        }
    }
}
