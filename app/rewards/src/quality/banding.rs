//! Smooth gradients broken into steps: a jump with flat sides where the source rises gently.

use retake_core::{Mask, decimals, said};

use crate::asked::Leave;
use crate::finding::{Finding, percent, saturating};
use crate::scene::{After, Before};
use crate::tiles;

/// px to each side of a step that are looked at.
const SIDE: usize = 3;
/// Windows that rise by more than this, L*, are no gradient but an edge.
const GENTLE: f32 = 7.0;
/// A step of this height, L*, is seen.
const SEEN: f32 = 0.7;

/// Lightness along eight pixels of a row or column; the step, if any, lies between the 4th and the 5th.
#[inline]
fn step(edit: [f32; 4], expected: [f32; 4]) -> f32 {
    let height = (edit[2] - edit[1]).abs();
    let sides = (edit[1] - edit[0]).abs() + (edit[3] - edit[2]).abs();
    let own = (expected[2] - expected[1]).abs();
    if height > SEEN && sides < 0.3 * height && own < 0.45 * height {
        height
    } else {
        0.0
    }
}

pub(super) fn find(before: &Before<'_>, after: &After) -> Finding {
    let (width, height) = (before.width(), before.height());
    if width < 2 * SIDE + 3 || height < 2 * SIDE + 3 {
        return Finding::none("banding");
    }
    let relief = before.asked.relief(Leave::Steps);
    let (edit, expected) = (&after.lab.l, &after.expected);
    let mut map = vec![0.0f32; edit.len()];
    let mut x = 0;
    let mut y = 0;
    let sums = tiles::sum(width, height, |i| {
        (x, y) = (i % width, i / width);
        if x < SIDE || y < SIDE || x + SIDE + 1 >= width || y + SIDE + 1 >= height {
            return None;
        }
        let mut found = [0.0f32; 3];
        for stride in [1, width] {
            let at = |plane: &[f32]| {
                [
                    plane[i - SIDE * stride],
                    plane[i],
                    plane[i + stride],
                    plane[i + (SIDE + 1) * stride],
                ]
            };
            let own = at(expected);
            if (own[3] - own[0]).abs() > GENTLE {
                continue;
            }
            let here = at(edit);
            let jump = step(here, own) * (1.0 - relief.at(i));
            if jump > 0.0 {
                // a higher step is seen more, but ever less so
                found[0] += jump.min(25.0) * (1.0 - (-(jump - 0.5 * SEEN) / 3.0).exp());
                map[i] = map[i].max((jump / 6.0).min(1.0));
            }
            found[1] += (here[2] - here[1]).abs();
            found[2] += 1.0;
        }
        Some(found)
    });
    let carried = |s: &[f64; 3]| {
        // a flat picture has no gradients to break
        let gentle = (s[2] / (2.0 * edit.len() as f64) / 0.1).min(1.0);
        (s[0] / (s[1] + 0.02 * s[2] + 1.0) * gentle) as f32
    };
    let apart = new_gaps(after) * (1.0 - relief.overall());
    let comb = 0.25 * (1.0 - (-apart / 6.0).exp());
    let (cost, spread) =
        tiles::jackknife(&sums, |s| saturating(carried(s) + comb - 0.01, 0.13, 0.7));
    Finding {
        id: "banding",
        text: said!(
            "Banding: {share} of the gentle gradients is carried by steps, gaps of {gap} L* between the tones.",
            share = percent(carried(&tiles::total(&sums))),
            gap = decimals(apart, 1)
        ),
        cost,
        spread,
        map: Some(Mask {
            width,
            height,
            values: map,
        }),
    }
}

/// Bins of L* in which tones are counted: half an L* each.
const TONES: usize = 200;

/// How much further apart the edit's tones are than the source's, L*.
pub(super) fn new_gaps(after: &After) -> f32 {
    (gaps(&after.lab.l) - gaps(&after.expected)).max(0.0)
}

/// How far apart the tones are on average, L*: the runs of tones that hardly any pixel has, between the darkest and
/// the lightest, weighted by their length.
fn gaps(plane: &[f32]) -> f32 {
    const REACH: usize = 8;
    let mut counts = [0u32; TONES];
    for l in plane {
        counts[((l * 2.0).clamp(0.0, 199.0)) as usize] += 1;
    }
    let least = (plane.len() / 1000) as u32;
    let mut darker = 0;
    let first = counts.iter().position(|count| {
        darker += count;
        darker > least
    });
    let mut lighter = 0;
    let last = counts.iter().rposition(|count| {
        lighter += count;
        lighter > least
    });
    let Some((first, last)) = first.zip(last).filter(|(first, last)| last > first) else {
        return 0.0;
    };
    let mut run = 0.0f32;
    let mut squares = 0.0;
    for bin in first..=last {
        let around = bin.saturating_sub(REACH)..=(bin + REACH).min(TONES - 1);
        let bins = around.clone().count() as f32;
        let mean = counts[around].iter().sum::<u32>() as f32 / bins;
        if (counts[bin] as f32) < 0.1 * mean.max(1.0) {
            run += 1.0;
        } else {
            squares += run * run;
            run = 0.0;
        }
    }
    0.5 * squares / (last - first + 1) as f32
}
