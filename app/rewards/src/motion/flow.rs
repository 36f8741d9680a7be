//! Where the parts of one picture are in another: blocks matched by normalised correlation, coarse first, then fine to a
//! fraction of a pixel. What matches nowhere well, or has no texture, is not followed.

use rayon::prelude::*;

/// Half a block, px.
const HALF: usize = 6;
/// From one block to the next, px.
const STEP: usize = 6;
/// The farthest motion, as a share of the long edge.
const REACH: f32 = 0.25;
/// A block whose L* deviates less than this has no texture.
const TEXTURE: f32 = 1.5;
/// A match below this correlation is none.
const GOOD: f32 = 0.8;
/// A motion must match better than staying by this much.
const BETTER: f32 = 0.03;

/// A block that could be followed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Block {
    /// centre in the first picture, px
    pub(super) x: usize,
    /// centre in the first picture, px
    pub(super) y: usize,
    /// how far to the right it went, px
    pub(super) dx: f32,
    /// how far down it went, px
    pub(super) dy: f32,
}

/// The blocks of `from` that are found in `to`, both L* of this size.
pub(super) fn flow(from: &[f32], to: &[f32], width: usize, height: usize) -> Vec<Block> {
    if width < 6 * HALF || height < 6 * HALF {
        return Vec::new();
    }
    let coarse = (
        Plane::halved(from, width, height),
        Plane::halved(to, width, height),
    );
    let fine = (Plane::of(from, width, height), Plane::of(to, width, height));
    let reach = (REACH * width.max(height) as f32 / 2.0) as isize;
    let rows: Vec<usize> = (HALF..height - HALF).step_by(STEP).collect();
    let blocks = rows.into_par_iter().flat_map_iter(|y| {
        let (fine, coarse) = (&fine, &coarse);
        (HALF..width - HALF)
            .step_by(STEP)
            .filter_map(move |x| follow(fine, coarse, x, y, reach))
    });
    blocks.collect()
}

fn follow(
    fine: &(Plane<'_>, Plane<'_>),
    coarse: &(Plane<'_>, Plane<'_>),
    x: usize,
    y: usize,
    reach: isize,
) -> Option<Block> {
    let patch = fine.0.patch(x as isize, y as isize, HALF as isize)?;
    if patch.deviation < TEXTURE {
        return None;
    }
    let stays = fine.1.correlation(&patch, x as isize, y as isize)?;
    let block = |dx: f32, dy: f32| Some(Block { x, y, dx, dy });
    // a block that is where it was is not looked for elsewhere
    if stays > 1.0 - BETTER {
        return block(0.0, 0.0);
    }
    let half = coarse
        .0
        .patch(x as isize / 2, y as isize / 2, HALF as isize / 2 + 1)?;
    let mut best = (f32::NEG_INFINITY, 0, 0);
    for dy in -reach..=reach {
        for dx in -reach..=reach {
            let (cx, cy) = (x as isize / 2 + dx, y as isize / 2 + dy);
            if let Some(likeness) = coarse.1.correlation(&half, cx, cy)
                && likeness > best.0
            {
                best = (likeness, dx, dy);
            }
        }
    }
    let (cx, cy) = (2 * best.1, 2 * best.2);
    let likeness =
        |dx: isize, dy: isize| fine.1.correlation(&patch, x as isize + dx, y as isize + dy);
    let mut found = (f32::NEG_INFINITY, 0, 0);
    for dy in cy - 2..=cy + 2 {
        for dx in cx - 2..=cx + 2 {
            if let Some(likeness) = likeness(dx, dy)
                && likeness > found.0
            {
                found = (likeness, dx, dy);
            }
        }
    }
    let (at, dx, dy) = found;
    if at.max(stays) < GOOD {
        return None;
    }
    if at < stays + BETTER {
        return block(0.0, 0.0);
    }
    // the top of a parabola through three neighbours
    let between = |before: Option<f32>, after: Option<f32>| match (before, after) {
        (Some(before), Some(after)) => {
            let bend = before + after - 2.0 * at;
            if bend < -1e-6 {
                ((before - after) / (2.0 * bend)).clamp(-0.5, 0.5)
            } else {
                0.0
            }
        }
        _ => 0.0,
    };
    block(
        dx as f32 + between(likeness(dx - 1, dy), likeness(dx + 1, dy)),
        dy as f32 + between(likeness(dx, dy - 1), likeness(dx, dy + 1)),
    )
}

/// One plane of samples.
struct Plane<'a> {
    values: std::borrow::Cow<'a, [f32]>,
    width: isize,
    height: isize,
}

/// A block less its mean.
struct Patch {
    values: Vec<f32>,
    half: isize,
    /// root mean square
    deviation: f32,
}

impl<'a> Plane<'a> {
    fn of(values: &'a [f32], width: usize, height: usize) -> Self {
        Self {
            values: values.into(),
            width: width as isize,
            height: height as isize,
        }
    }

    /// At half the size, means of four.
    fn halved(values: &[f32], width: usize, height: usize) -> Self {
        let (w, h) = (width / 2, height / 2);
        let mut half = Vec::with_capacity(w * h);
        for y in 0..h {
            for x in 0..w {
                let at = 2 * y * width + 2 * x;
                half.push(
                    (values[at] + values[at + 1] + values[at + width] + values[at + width + 1])
                        / 4.0,
                );
            }
        }
        Self {
            values: half.into(),
            width: w as isize,
            height: h as isize,
        }
    }

    fn row(&self, x: isize, y: isize, half: isize) -> &[f32] {
        let start = (y * self.width + x - half) as usize;
        &self.values[start..start + 2 * half as usize]
    }

    fn holds(&self, x: isize, y: isize, half: isize) -> bool {
        x >= half && y >= half && x + half <= self.width && y + half <= self.height
    }

    /// The block about a place; `None` where it does not lie inside.
    fn patch(&self, x: isize, y: isize, half: isize) -> Option<Patch> {
        if !self.holds(x, y, half) {
            return None;
        }
        let rows = (y - half..y + half).flat_map(|row| self.row(x, row, half));
        let mut values: Vec<f32> = rows.copied().collect();
        let count = values.len() as f32;
        let mean = values.iter().sum::<f32>() / count;
        values.iter_mut().for_each(|value| *value -= mean);
        let squares: f32 = values.iter().map(|value| value * value).sum();
        Some(Patch {
            deviation: (squares / count).sqrt(),
            values,
            half,
        })
    }

    /// How like a block is to what lies about a place here, −1 to 1, whatever its light and contrast.
    fn correlation(&self, patch: &Patch, x: isize, y: isize) -> Option<f32> {
        let half = patch.half;
        if !self.holds(x, y, half) {
            return None;
        }
        let (mut sum, mut squares, mut product) = (0.0f32, 0.0f32, 0.0f32);
        let rows = (y - half..y + half).map(|row| self.row(x, row, half));
        for (own, theirs) in patch.values.chunks_exact(2 * half as usize).zip(rows) {
            for (a, b) in own.iter().zip(theirs) {
                sum += b;
                squares += b * b;
                product += a * b;
            }
        }
        let count = patch.values.len() as f32;
        let variance = (squares / count - (sum / count).powi(2)).max(0.0);
        let both = patch.deviation * variance.sqrt();
        Some(if both > 1e-3 {
            product / count / both
        } else {
            0.0
        })
    }
}
