//! The 4 × 4 tiles of a picture over which every measure is summed, so that leaving one tile out at a time
//! (the jackknife) says how sure the measure is.

use retake_pixels::sums::total as total_of;
use retake_pixels::vectorised;

/// Tiles along each side.
pub(crate) const SIDE: usize = 4;
/// Tiles in all.
pub(crate) const COUNT: usize = SIDE * SIDE;

/// `K` sums for each tile.
pub(crate) type Sums<const K: usize> = [[f64; K]; COUNT];

/// The tile of column `x` and row `y`.
#[inline]
pub(crate) fn of(x: usize, y: usize, width: usize, height: usize) -> usize {
    (y * SIDE / height.max(1)) * SIDE + x * SIDE / width.max(1)
}

/// Sums `K` numbers of every pixel by tile; `row(y, add)` calls `add(x, numbers)` for the pixels that count.
/// Rows are added from top to bottom, so the result never depends on threads.
pub(crate) fn sum<const K: usize>(
    width: usize,
    height: usize,
    mut pixel: impl FnMut(usize) -> Option<[f32; K]>,
) -> Sums<K> {
    let mut sums = [[0.0; K]; COUNT];
    for y in 0..height {
        for column in 0..SIDE {
            let (start, end) = (
                (column * width).div_ceil(SIDE),
                ((column + 1) * width).div_ceil(SIDE),
            );
            let mut part = [0.0f64; K];
            for x in start..end {
                if let Some(numbers) = pixel(y * width + x) {
                    for (part, number) in part.iter_mut().zip(numbers) {
                        *part += f64::from(number);
                    }
                }
            }
            let tile = &mut sums[(y * SIDE / height) * SIDE + column];
            for (tile, part) in tile.iter_mut().zip(part) {
                *tile += part;
            }
        }
    }
    sums
}

/// Sums `K` numbers of every pixel by tile: `row(y, numbers)` writes the numbers of all pixels of row `y`. Sums run side
/// by side within a row and from top to bottom, so the result never depends on threads.
pub(crate) fn rows<const K: usize>(
    width: usize,
    height: usize,
    mut row: impl FnMut(usize, &mut [Vec<f32>; K]),
) -> Sums<K> {
    let mut sums = [[0.0; K]; COUNT];
    let zeros = || -> [Vec<f32>; K] { std::array::from_fn(|_| vec![0.0f32; width]) };
    let (mut numbers, mut some) = (zeros(), zeros());
    let mut rows = 0;
    for y in 0..height {
        row(y, &mut numbers);
        for (sums, numbers) in some.iter_mut().zip(&numbers) {
            add(sums, numbers);
        }
        rows += 1;
        let tile_row = y * SIDE / height;
        if rows < ROWS && y + 1 < height && (y + 1) * SIDE / height == tile_row {
            continue;
        }
        rows = 0;
        for (column, tile) in sums[tile_row * SIDE..][..SIDE].iter_mut().enumerate() {
            let span = columns(column, width);
            for (tile, some) in tile.iter_mut().zip(&some) {
                *tile += f64::from(total_of(&some[span.clone()]));
            }
        }
        some.iter_mut().for_each(|sums| sums.fill(0.0));
    }
    sums
}

/// Rows that are added column by column in single precision before their sums are added in double precision.
const ROWS: usize = 16;

vectorised! {
    fn add(sums: &mut [f32], row: &[f32]) {
        for (sum, value) in sums.iter_mut().zip(row) {
            *sum += value;
        }
    }
}

/// The columns of the picture that a column of tiles takes.
pub(crate) fn columns(column: usize, width: usize) -> std::ops::Range<usize> {
    (column * width).div_ceil(SIDE)..((column + 1) * width).div_ceil(SIDE)
}

/// How many pixels each tile has.
pub(crate) fn areas(width: usize, height: usize) -> [f64; COUNT] {
    let mut areas = [0.0; COUNT];
    for y in 0..height {
        for column in 0..SIDE {
            areas[(y * SIDE / height) * SIDE + column] += columns(column, width).len() as f64;
        }
    }
    areas
}

/// All tiles together.
pub(crate) fn total<const K: usize>(sums: &Sums<K>) -> [f64; K] {
    let mut total = [0.0; K];
    for tile in sums {
        for (total, value) in total.iter_mut().zip(tile) {
            *total += value;
        }
    }
    total
}

/// The value of a measure over all tiles, and its jackknife standard error (Efron & Stein 1981, eq. 1.3).
pub(crate) fn jackknife<const K: usize>(
    sums: &Sums<K>,
    measure: impl Fn(&[f64; K]) -> f32,
) -> (f32, f32) {
    let all = total(sums);
    let value = measure(&all);
    let without: Vec<f64> = sums
        .iter()
        .map(|tile| {
            let rest: [f64; K] = std::array::from_fn(|k| all[k] - tile[k]);
            f64::from(measure(&rest))
        })
        .collect();
    let mean = without.iter().sum::<f64>() / COUNT as f64;
    let squares: f64 = without.iter().map(|v| (v - mean) * (v - mean)).sum();
    let spread = ((COUNT - 1) as f64 / COUNT as f64 * squares).sqrt();
    (value, spread as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pixel_is_counted_in_its_own_tile() {
        for (width, height) in [(1, 1), (3, 5), (16, 16), (37, 23)] {
            let sums = sum(width, height, |_| Some([1.0]));
            assert_eq!(total(&sums)[0] as usize, width * height);
            let mut expected = [0usize; COUNT];
            for y in 0..height {
                for x in 0..width {
                    expected[of(x, y, width, height)] += 1;
                }
            }
            for (sum, expected) in sums.iter().zip(expected) {
                assert_eq!(sum[0] as usize, expected, "{width} × {height}");
            }
        }
    }

    #[test]
    fn rows_and_pixels_add_up_to_the_same() {
        for (width, height) in [(3, 5), (37, 23), (130, 64)] {
            let value = |i: usize| (i * 37 % 101) as f32 * 0.1;
            let one = sum(width, height, |i| Some([value(i), 1.0]));
            let other = rows(width, height, |y, [values, ones]| {
                for (x, (to, one)) in values.iter_mut().zip(ones).enumerate() {
                    (*to, *one) = (value(y * width + x), 1.0);
                }
            });
            for ((one, other), area) in one.iter().zip(&other).zip(areas(width, height)) {
                assert!((one[0] - other[0]).abs() < 1e-3 && one[1] == other[1] && one[1] == area);
            }
        }
    }

    #[test]
    fn an_even_picture_leaves_no_doubt() {
        let sums = sum(64, 64, |_| Some([0.3, 1.0]));
        let (value, spread) = jackknife(&sums, |s| (s[0] / s[1]) as f32);
        assert!((value - 0.3).abs() < 1e-6 && spread < 1e-6);
    }
}
