//! Whether a change was left out in parts of what was meant: half of the picture done and half as it was has the asked
//! mean and is not what was asked. Blocks of the same tone are compared, since a lift of the shadows rightly leaves the
//! lights alone.
//!
//! Known failure: a photo whose fine detail lies in one part may be sharpened there only.

use retake_core::{Goal, Mask, Quantity as Q};

use crate::detail::regional;
use crate::finding::smoothstep;
use crate::scene::{After, Before};

/// Tones that are compared, of 100 L*.
const TONES: usize = 10;
/// A block that changed by less than this share of what the most changed blocks of its tone did was left out.
const LEFT: f32 = 0.15;
/// The most changed blocks: this quantile of the changes of a tone.
const MOST: f32 = 0.9;
/// A block counts when so much of it is meant.
const MEANT: f32 = 0.9;

/// The change of a block and how much it counts; the change must be about the same over a tone when all of it is done.
type Changed = fn(&Before<'_>, &After) -> Vec<(f32, f32)>;

/// (quantity, its change in blocks, a change of this size is none, how evenly honest ways may split a tone). Measured on
/// seventy honest edits of ten photos: at most 0.1, for contrast 0.16; quarters and halves of the same edits: mostly
/// from 0.25 up.
const CHANGES: &[(Q, Changed, f32, f32)] = &[
    (Q::Exposure, light, 0.6, 0.12),
    (Q::Lightness, light, 0.6, 0.12),
    (Q::Contrast, light, 0.6, 0.2),
    (Q::Warmth, colour, 0.6, 0.12),
    (Q::Tint, colour, 0.6, 0.12),
    (Q::Saturation, chroma, 0.03, 0.12),
    (Q::Sharpness, detail, 0.04, 0.12),
    (Q::Texture, detail, 0.04, 0.12),
];
/// So much more even a split is plainly a picture done in parts.
const PLAINLY: f32 = 0.2;

fn light(before: &Before<'_>, after: &After) -> Vec<(f32, f32)> {
    let (from, to) = (&before.side.means.l, &after.means.l);
    let pairs = from.iter().zip(to);
    // black and white stay where they are
    pairs
        .map(|(from, to)| {
            (
                (to - from).abs(),
                f32::from(u8::from((12.0..92.0).contains(from))),
            )
        })
        .collect()
}

fn colour(before: &Before<'_>, after: &After) -> Vec<(f32, f32)> {
    let grid = before.side.grid;
    let [l, a, b] = [
        &before.side.means.l,
        &before.side.means.a,
        &before.side.means.b,
    ];
    let [to_a, to_b] = [&after.means.a, &after.means.b];
    (0..grid.len())
        .map(|i| {
            let seen = (20.0..95.0).contains(&l[i]);
            (
                (to_a[i] - a[i]).hypot(to_b[i] - b[i]),
                f32::from(u8::from(seen)),
            )
        })
        .collect()
}

/// Chroma as a ratio, where there is any and room for more.
fn chroma(before: &Before<'_>, after: &After) -> Vec<(f32, f32)> {
    let grid = before.side.grid;
    let (from, to) = (grid.means(&before.side.chroma), grid.means(&after.chroma));
    let pairs = from.iter().zip(&to);
    pairs
        .map(|(from, to)| {
            let seen = (6.0..45.0).contains(from);
            ((to / from.max(1.0) - 1.0).abs(), f32::from(u8::from(seen)))
        })
        .collect()
}

/// Contrast of the fine detail as a ratio, where there is any.
fn detail(_: &Before<'_>, after: &After) -> Vec<(f32, f32)> {
    let blocks = after.products[0].iter();
    blocks
        .map(|block| {
            (
                (block.gain() - 1.0).abs(),
                (block.source.sqrt() - 1.0).max(0.0),
            )
        })
        .collect()
}

/// How plainly what is meant is split into parts that were done and parts that were left out: 0 not at all, 1 plainly.
pub(super) fn split(goal: &Goal, place: Option<&Mask>, before: &Before<'_>, after: &After) -> f32 {
    // what is to be kept is rightly left as it was
    if place.is_none() && regional(before) {
        return 0.0;
    }
    let Some((_, changed, none, honest)) = CHANGES.iter().find(|row| row.0 == goal.quantity) else {
        return 0.0;
    };
    let tones = &before.side.means.l;
    let meant = place.map(|mask| before.side.grid.means(&mask.values));
    let mut by_tone: [Vec<(f32, f32)>; TONES] = Default::default();
    for (i, (change, weight)) in changed(before, after).into_iter().enumerate() {
        let meant = meant.as_ref().is_none_or(|meant| meant[i] > MEANT);
        if meant && weight > 0.0 {
            let tone = (tones[i] * TONES as f32 / 100.0) as usize;
            by_tone[tone.min(TONES - 1)].push((change, weight));
        }
    }
    let (mut mixed, mut all) = (0.0, 0.0);
    for blocks in &mut by_tone {
        let total: f32 = blocks.iter().map(|block| block.1).sum();
        all += total;
        let most = quantile(blocks, MOST * total);
        if most < *none {
            continue;
        }
        let left = blocks.iter().filter(|block| block.0 < LEFT * most);
        let left = left.map(|block| block.1).sum::<f32>();
        mixed += 2.0 * left.min(total - left);
    }
    let mixed = if all > 0.0 { mixed / all } else { 0.0 };
    smoothstep(*honest, honest + PLAINLY, mixed)
}

/// The change below which blocks of this much weight lie.
fn quantile(blocks: &mut [(f32, f32)], weight: f32) -> f32 {
    blocks.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut sum = 0.0;
    let at = blocks.iter().find(|block| {
        sum += block.1;
        sum >= weight
    });
    at.or(blocks.last()).map_or(0.0, |block| block.0)
}
