//! The 8-px squares of a harsh JPEG: differences between neighbours that are larger on every eighth line
//! (after Wang, Bovik & Evans 2000, "Blind measurement of blocking artifacts in images").

use retake_core::{Mask, decimals, said};

use crate::asked::Leave;
use crate::finding::{Finding, saturating};
use crate::scene::{After, Before};
use crate::tiles;

const PERIOD: usize = 8;
/// Larger jumps belong to the picture.
const MOST: f32 = 6.0;
/// An excess that nobody sees, L*.
const FREE: f32 = 0.06;
/// Texture hides seams: a seam among jumps of this size, L*, is seen half as much
/// (the masking of Wang, Sheikh & Bovik 2002, "No-reference perceptual quality assessment of JPEG compressed images").
const MASKING: f32 = 1.2;

/// How much the jump between pixel `i` and its neighbour stands out from those beside it.
#[inline]
fn jump(plane: &[f32], i: usize, stride: usize) -> f32 {
    let d = |k: usize| (plane[k + stride] - plane[k]).abs().min(MOST);
    let around = 0.5 * (d(i - stride) + d(i + stride));
    (d(i) - around) * MASKING / (MASKING + around)
}

/// Sums by direction and phase for the source in the edit's tones (first half) and the edit.
type Phases = [f64; 4 * PERIOD + 1];

/// How much the strongest phase of the edit stands out from the others, beyond the source's at the same phase.
fn excess(sums: &Phases) -> f32 {
    let count = (sums[4 * PERIOD] / PERIOD as f64).max(1.0);
    let mut worst = 0.0f64;
    for direction in 0..2 {
        let of = |edit: usize| &sums[(2 * edit + direction) * PERIOD..][..PERIOD];
        let (source, edit) = (of(0), of(1));
        let stands_out = |phases: &[f64], p: usize| {
            // enlarging by a whole factor makes several phases alike, a JPEG's grid makes one stand alone
            let others = (0..PERIOD).filter(|q| *q != p).map(|q| phases[q]);
            (phases[p] - others.fold(f64::MIN, f64::max)) / count
        };
        for p in 0..PERIOD {
            worst = worst.max(stands_out(edit, p) - stands_out(source, p).max(0.0));
        }
    }
    worst as f32
}

/// Faint seams count less than their size: quality 75 of most encoders passes for the photo itself.
fn seen(excess: f32) -> f32 {
    let excess = excess.max(0.0);
    excess * excess / (excess + 0.3)
}

pub(super) fn find(before: &Before<'_>, after: &After) -> Finding {
    let (width, height) = (before.width(), before.height());
    if width < 4 * PERIOD || height < 4 * PERIOD {
        return Finding::none("blocking");
    }
    let kept = 1.0 - before.asked.relief(Leave::Steps).overall();
    let planes = [&after.expected, &after.lab.l];
    let mut sums: tiles::Sums<{ 4 * PERIOD + 1 }> = [[0.0; 4 * PERIOD + 1]; tiles::COUNT];
    for y in 1..height - 2 {
        for x in 1..width - 2 {
            let i = y * width + x;
            let tile = &mut sums[tiles::of(x, y, width, height)];
            for (which, plane) in planes.into_iter().enumerate() {
                tile[2 * which * PERIOD + x % PERIOD] += f64::from(jump(plane, i, 1));
                tile[(2 * which + 1) * PERIOD + y % PERIOD] += f64::from(jump(plane, i, width));
            }
            tile[4 * PERIOD] += 1.0;
        }
    }
    let (cost, spread) = tiles::jackknife(&sums, |s| {
        saturating(seen(excess(s) - FREE), 1.0, 0.8) * kept
    });
    let found = excess(&tiles::total(&sums));
    let map = (cost > 0.005).then(|| {
        Mask::from_fn(width, height, |x, y| {
            if x == 0 || y == 0 || x + 2 >= width || y + 2 >= height {
                return 0.0;
            }
            let i = y * width + x;
            let seam = |stride| jump(planes[1], i, stride) - jump(planes[0], i, stride).max(0.0);
            (seam(1).max(seam(width)) / 4.0).clamp(0.0, 1.0)
        })
    });
    Finding {
        id: "blocking",
        text: said!(
            "Blocking: every eighth line jumps by {jump} L* more than the others.",
            jump = decimals(found, 2)
        ),
        cost,
        spread,
        map,
    }
}
