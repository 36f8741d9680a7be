//! The 8-px squares of a harsh JPEG: differences between neighbours that are larger on every eighth line
//! (after Wang, Bovik & Evans 2000, "Blind measurement of blocking artifacts in images").

use std::ops::Range;

use retake_core::{Mask, decimals, said};
use retake_pixels::sums::total;
use retake_pixels::vectorised;

use crate::asked::Leave;
use crate::finding::{Finding, saturating, shown};
use crate::scene::{After, Before};
use crate::tiles;

const PERIOD: usize = 8;
/// Larger jumps belong to the picture.
const MOST: f32 = 6.0;
/// A seam of this height, L*, is shown as strongly as any.
const STRONG: f32 = 4.0;
/// An excess that nobody sees, L*.
const FREE: f32 = 0.06;
/// Texture hides seams: a seam among jumps of this size, L*, is seen half as much
/// (the masking of Wang, Sheikh & Bovik 2002, "No-reference perceptual quality assessment of JPEG compressed images").
const MASKING: f32 = 1.2;

vectorised! {
    /// How much the jumps of a row's pixels to their neighbours stand out from those beside them: the pixels before, here,
    /// next and next but one along the direction.
    fn jump_row(before: &[f32], here: &[f32], next: &[f32], after: &[f32], out: &mut [f32]) {
        let n = out.len();
        let (before, here, next, after) = (&before[..n], &here[..n], &next[..n], &after[..n]);
        for i in 0..n {
            let d = |a: f32, b: f32| (b - a).abs().min(MOST);
            let around = 0.5 * (d(before[i], here[i]) + d(next[i], after[i]));
            out[i] = (d(here[i], next[i]) - around) * MASKING / (MASKING + around);
        }
    }
}

vectorised! {
    /// How strongly jumps show that the source does not have, where that is more than there is.
    fn shown_row(jumps: &[f32], own: &[f32], out: &mut [f32]) {
        for ((out, jump), own) in out.iter_mut().zip(jumps).zip(own) {
            let seam = jump - own.max(0.0);
            *out = out.max((seam / STRONG).min(1.0));
        }
    }
}

vectorised! {
    /// Sums of every eighth value of a row.
    fn phases(values: &[f32]) -> [f32; PERIOD] {
        let mut sums = [0.0f32; PERIOD];
        let chunks = values.chunks_exact(PERIOD);
        let rest = chunks.remainder();
        for chunk in chunks {
            for (sum, value) in sums.iter_mut().zip(chunk) {
                *sum += value;
            }
        }
        for (sum, value) in sums.iter_mut().zip(rest) {
            *sum += value;
        }
        sums
    }
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
    let mut jumps = vec![0.0f32; width];
    for y in 1..height - 2 {
        let row = &mut sums[y * tiles::SIDE / height * tiles::SIDE..][..tiles::SIDE];
        for (which, plane) in planes.into_iter().enumerate() {
            for (direction, stride) in [1, width].into_iter().enumerate() {
                let at = |k: usize| &plane[y * width + 1 + k * stride - stride..][..width - 3];
                jump_row(at(0), at(1), at(2), at(3), &mut jumps[1..width - 2]);
                let phase_of = |tile: &mut [f64; 4 * PERIOD + 1], span: Range<usize>| {
                    let place = (2 * which + direction) * PERIOD;
                    if direction == 1 {
                        tile[place + y % PERIOD] += f64::from(total(&jumps[span]));
                        return;
                    }
                    let first = span.start;
                    for (k, sum) in phases(&jumps[span]).into_iter().enumerate() {
                        tile[place + (first + k) % PERIOD] += f64::from(sum);
                    }
                };
                for (column, tile) in row.iter_mut().enumerate() {
                    let span = tiles::columns(column, width);
                    phase_of(tile, span.start.max(1)..span.end.min(width - 2));
                }
            }
        }
        for (column, tile) in row.iter_mut().enumerate() {
            let span = tiles::columns(column, width);
            tile[4 * PERIOD] += (span.end.min(width - 2) - span.start.max(1)) as f64;
        }
    }
    let (cost, spread) = tiles::jackknife(&sums, |s| {
        saturating(seen(excess(s) - FREE), 1.0, 0.8) * kept
    });
    let found = excess(&tiles::total(&sums));
    let map = shown(cost, || {
        let mut map = Mask::uniform(width, height, 0.0);
        let mut own = vec![0.0f32; width - 3];
        for y in 1..height - 2 {
            let start = y * width + 1;
            for stride in [1, width] {
                let around = |plane: &[f32], out: &mut [f32]| {
                    let at = |k: usize| &plane[start + k * stride - stride..][..width - 3];
                    jump_row(at(0), at(1), at(2), at(3), out);
                };
                around(planes[0], &mut own);
                around(planes[1], &mut jumps[..width - 3]);
                let out = &mut map.values[start..start + width - 3];
                shown_row(&jumps[..width - 3], &own, out);
            }
        }
        map
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
