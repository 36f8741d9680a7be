//! Whether what is left of a change is faint beside the picture's own detail, so that a trained eye need not look at it.
//!
//! A picture is taken apart into detail of 1, 2 and 4 px and what is coarser, in blocks of 8 px. What is left counts in each band of
//! each block beside what the source has of it there and around; what is coarser, beside all that the source has. Of 13,600
//! made-up changes of 50 pictures (noise, blurs, patches, lines, balls, waves, casts, clipped tones and more, from faint to
//! strong), those called faint were six out of ten of all whose distance by the network is below 0.02; of the 1,810 above 0.04
//! five were, the farthest of them at 0.058.

use crate::grade::Planes;

/// Side of a block, px: three times halved it is one.
const BLOCK: usize = 8;
/// Bands of detail within a block.
const BANDS: usize = 3;
/// Detail that no eye misses, in squares of L*, a* and b*, so that a flat picture has some too.
const LEAST: f32 = 1.0;
/// What coarser changes count.
const COARSE: f32 = 0.1;
/// What is left of all changes that are faint, as the root of a mean square share.
const FAINT: f32 = 0.04;

/// How much of a picture, in squares of L*, a* and b* together, is in each block.
pub(crate) struct Detail {
    /// blocks across
    columns: usize,
    /// finest first
    bands: [Vec<f32>; BANDS],
    /// of the means of blocks
    coarse: Vec<f32>,
    /// how the means of blocks vary around each
    around: Vec<f32>,
}

impl Detail {
    /// Nothing of a picture that is smaller than a block.
    pub(crate) fn of(planes: &Planes, width: usize, height: usize) -> Option<Self> {
        if width.min(height) < BLOCK {
            return None;
        }
        let (columns, lines) = (width.div_ceil(BLOCK), height.div_ceil(BLOCK));
        let blocks = columns * lines;
        let mut bands: [Vec<f32>; BANDS] = std::array::from_fn(|_| vec![0.0; blocks]);
        let (mut coarse, mut around) = (vec![0.0; blocks], vec![0.0; blocks]);
        for plane in planes {
            let mut means = vec![0.0; blocks];
            for (at, mean) in means.iter_mut().enumerate() {
                // the last ones lie over the ones before
                let x = (at % columns * BLOCK).min(width - BLOCK);
                let y = (at / columns * BLOCK).min(height - BLOCK);
                let (squares, middle) = taken_apart(&plane[y * width + x..], width);
                for (band, pair) in bands.iter_mut().zip(squares.windows(2)) {
                    band[at] += (pair[0] - pair[1]).max(0.0);
                }
                coarse[at] += middle * middle;
                *mean = middle;
            }
            let squares: Vec<f32> = means.iter().map(|mean| mean * mean).collect();
            let (means, squares) = (smooth(&means, columns), smooth(&squares, columns));
            for ((around, mean), square) in around.iter_mut().zip(means).zip(squares) {
                *around += (square - mean * mean).max(0.0);
            }
        }
        Some(Self {
            columns,
            bands,
            coarse,
            around,
        })
    }

    /// Whether this rest of a change is faint beside this picture's detail.
    pub(crate) fn hides(&self, rest: &Self) -> bool {
        let of_bands = self.bands.each_ref().map(|band| smooth(band, self.columns));
        let around = smooth(&self.around, self.columns);
        let mut sum = 0.0f64;
        for i in 0..self.coarse.len() {
            let mut all = LEAST + around[i];
            for (own, rest) in of_bands.iter().zip(&rest.bands) {
                all += own[i];
                let share = rest[i] / (own[i] + LEAST);
                sum += f64::from(share * share);
            }
            let share = rest.coarse[i] / all;
            sum += f64::from(COARSE * share * share);
        }
        (sum / self.coarse.len() as f64).sqrt() as f32 <= FAINT
    }
}

/// Of a block: the mean square of its values, then of the means of 2, 4 and 8 px, and its mean.
fn taken_apart(block: &[f32], width: usize) -> ([f32; BANDS + 1], f32) {
    let mut values = [0.0f32; BLOCK * BLOCK];
    for (row, from) in values.chunks_exact_mut(BLOCK).zip(block.chunks(width)) {
        row.copy_from_slice(&from[..BLOCK]);
    }
    let mut squares = [0.0; BANDS + 1];
    let mut side = BLOCK;
    for square in &mut squares {
        let here = &values[..side * side];
        *square = here.iter().map(|value| value * value).sum::<f32>() / here.len() as f32;
        let half = side / 2;
        for at in 0..half * half {
            let first = at / half * 2 * side + at % half * 2;
            // never before what is still to be read
            values[at] = 0.25
                * (values[first]
                    + values[first + 1]
                    + values[first + side]
                    + values[first + side + 1]);
        }
        if half > 0 {
            side = half;
        }
    }
    (squares, values[0])
}

/// The means of each block and those around it.
fn smooth(blocks: &[f32], columns: usize) -> Vec<f32> {
    let lines = blocks.len() / columns;
    let mut out = Vec::with_capacity(blocks.len());
    for y in 0..lines {
        for x in 0..columns {
            let (mut sum, mut count) = (0.0, 0.0);
            for y in y.saturating_sub(1)..(y + 2).min(lines) {
                for x in x.saturating_sub(1)..(x + 2).min(columns) {
                    sum += blocks[y * columns + x];
                    count += 1.0;
                }
            }
            out.push(sum / count);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use retake_core::Rng;

    const SIDE: usize = 63;

    /// Normal noise of this size in L*, none of it in a* and b*.
    fn noise(size: f32) -> Planes {
        let mut rng = Rng::new(3);
        let l = (0..SIDE * SIDE).map(|_| size * rng.normal());
        [l.collect(), vec![0.0; SIDE * SIDE], vec![0.0; SIDE * SIDE]]
    }

    fn hides(source: &Planes, rest: &Planes) -> bool {
        let of = |planes| Detail::of(planes, SIDE, SIDE).expect("blocks");
        of(source).hides(&of(rest))
    }

    #[test]
    fn detail_lies_in_the_band_of_its_size() {
        for (band, size) in [1, 2, 4].into_iter().enumerate() {
            let mut planes = noise(0.0);
            for (i, value) in planes[0].iter_mut().enumerate() {
                *value = if (i % SIDE / size + i / SIDE / size).is_multiple_of(2) {
                    3.0
                } else {
                    -3.0
                };
            }
            let detail = Detail::of(&planes, SIDE, SIDE).expect("blocks");
            let first = detail.bands.each_ref().map(|band| band[0]);
            let mut meant = [0.0; BANDS];
            meant[band] = 9.0;
            assert_eq!(first, meant);
        }
    }

    #[test]
    fn a_rest_hides_in_much_detail_and_not_on_a_plain_ground() {
        let rest = noise(0.8);
        assert!(hides(&noise(8.0), &rest) && !hides(&noise(0.0), &rest));
    }

    #[test]
    fn no_rest_hides_anywhere() {
        assert!(hides(&noise(0.0), &noise(0.0)));
    }

    #[test]
    fn a_new_ball_hides_nowhere() {
        let mut rest = noise(0.0);
        for (i, value) in rest[0].iter_mut().enumerate() {
            let (x, y) = ((i % SIDE) as f32 - 30.0, (i / SIDE) as f32 - 30.0);
            *value = if x.hypot(y) < 6.0 { 30.0 } else { 0.0 };
        }
        assert!(!hides(&noise(8.0), &rest));
    }

    #[test]
    fn a_picture_smaller_than_a_block_is_not_asked() {
        let planes: Planes = std::array::from_fn(|_| vec![0.0; 7 * 40]);
        assert!(Detail::of(&planes, 40, 7).is_none());
    }
}
