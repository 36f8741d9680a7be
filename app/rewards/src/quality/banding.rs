//! Smooth gradients broken into steps: a jump with flat sides where the source rises gently.

use retake_core::{Mask, decimals, said};
use retake_pixels::{fast, sums, vectorised};

use crate::asked::Leave;
use crate::finding::{Finding, percent, saturating, shown};
use crate::scene::{After, Before};
use crate::tiles;

/// px to each side of a step that are looked at.
const SIDE: usize = 3;
/// Windows that rise by more than this, L*, are no gradient but an edge.
const GENTLE: f32 = 7.0;
/// A step of this height, L*, is seen.
const SEEN: f32 = 0.7;

/// The height of a step between the 2nd and the 3rd of four pixels of the edit and of what is expected, in rows each: 0
/// where there is none. The outer pixels lie `SIDE` further out.
#[inline(always)]
fn step(edit: [f32; 4], expected: [f32; 4]) -> f32 {
    let height = (edit[2] - edit[1]).abs();
    let sides = (edit[1] - edit[0]).abs() + (edit[3] - edit[2]).abs();
    let own = (expected[2] - expected[1]).abs();
    if (height > SEEN) & (sides < 0.3 * height) & (own < 0.45 * height) {
        height
    } else {
        0.0
    }
}

/// Whether what is expected rises so little that it is no edge.
#[inline(always)]
fn gentle(expected: [f32; 4]) -> bool {
    (expected[3] - expected[0]).abs() <= GENTLE
}

vectorised! {
    /// Adds what a row has of steps, of all differences and of gentle places, along one direction.
    fn steps_row(
        edit: [&[f32]; 4],
        expected: [&[f32]; 4],
        kept: &[f32],
        jumps: &mut [f32],
        rises: &mut [f32],
        places: &mut [f32],
    ) {
        let n = jumps.len();
        let [e0, e1, e2, e3] = edit.map(|row| &row[..n]);
        let [x0, x1, x2, x3] = expected.map(|row| &row[..n]);
        let (kept, rises, places) = (&kept[..n], &mut rises[..n], &mut places[..n]);
        for i in 0..n {
            let own = [x0[i], x1[i], x2[i], x3[i]];
            let jump = step([e0[i], e1[i], e2[i], e3[i]], own) * kept[i];
            // a higher step is seen more, but ever less so
            let seen = jump.min(25.0) * (1.0 - fast::exp((0.5 * SEEN - jump) / 3.0));
            let counts = gentle(own);
            jumps[i] += if counts & (jump > 0.0) { seen } else { 0.0 };
            rises[i] += if counts { (e2[i] - e1[i]).abs() } else { 0.0 };
            places[i] += if counts { 1.0 } else { 0.0 };
        }
    }
}

/// A step of this height, L*, is shown as strongly as any.
const STRONG: f32 = 6.0;

vectorised! {
    /// How strongly a row's steps along one direction show, where that is more than there is.
    fn shown_row(edit: [&[f32]; 4], expected: [&[f32]; 4], kept: &[f32], out: &mut [f32]) {
        let n = out.len();
        let [e0, e1, e2, e3] = edit.map(|row| &row[..n]);
        let [x0, x1, x2, x3] = expected.map(|row| &row[..n]);
        let kept = &kept[..n];
        for i in 0..n {
            let own = [x0[i], x1[i], x2[i], x3[i]];
            let jump = step([e0[i], e1[i], e2[i], e3[i]], own) * kept[i];
            let jump = if gentle(own) { jump } else { 0.0 };
            out[i] = out[i].max((jump / STRONG).min(1.0));
        }
    }
}

pub(super) fn find(before: &Before<'_>, after: &After) -> Finding {
    let (width, height) = (before.width(), before.height());
    if width < 2 * SIDE + 3 || height < 2 * SIDE + 3 {
        return Finding::none("banding");
    }
    let relief = before.asked.relief(Leave::Steps);
    let (edit, expected) = (&after.lab.l, &after.expected);
    let inner = SIDE..width - SIDE - 1;
    // the rows of the four pixels of as many places from the start on, in the edit and in what is expected
    let around = |start: usize, stride: usize, places: usize| {
        let at = [
            start - SIDE * stride,
            start,
            start + stride,
            start + (SIDE + 1) * stride,
        ];
        [edit, expected].map(|plane| at.map(|from| &plane[from..from + places]))
    };
    let mut kept = vec![1.0f32; inner.len()];
    let sums = tiles::rows::<3>(width, height, |y, numbers| {
        for numbers in numbers.iter_mut() {
            numbers.fill(0.0);
        }
        if y < SIDE || y + SIDE + 1 >= height {
            return;
        }
        let start = y * width + inner.start;
        relief.kept(start, &mut kept);
        let [jumps, rises, places] = numbers;
        for stride in [1, width] {
            let [edit, expected] = around(start, stride, inner.len());
            steps_row(
                edit,
                expected,
                &kept,
                &mut jumps[inner.clone()],
                &mut rises[inner.clone()],
                &mut places[inner.clone()],
            );
        }
    });
    let carried = |s: &[f64; 3]| {
        // a flat picture has no gradients to break
        let gentle = (s[2] / (2.0 * edit.len() as f64) / 0.1).min(1.0);
        (s[0] / (s[1] + 0.02 * s[2] + 1.0) * gentle) as f32
    };
    let apart = after.new_gaps * (1.0 - relief.overall());
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
        map: shown(cost, || {
            let mut map = Mask::uniform(width, height, 0.0);
            for y in SIDE..height - SIDE - 1 {
                let start = y * width + inner.start;
                relief.kept(start, &mut kept);
                for stride in [1, width] {
                    let [edit, expected] = around(start, stride, inner.len());
                    let out = &mut map.values[start..start + inner.len()];
                    shown_row(edit, expected, &kept, out);
                }
            }
            map
        }),
    }
}

/// Bins of L* in which tones are counted: half an L* each.
const TONES: usize = 200;

/// How far apart the tones are on average, L*: the runs of tones that hardly any pixel has, between the darkest and
/// the lightest, weighted by their length.
pub(crate) fn gaps(plane: &[f32]) -> f32 {
    const REACH: usize = 8;
    let counts = &sums::histogram(plane, 2.0, 0.0, (TONES - 1) as u8)[..TONES];
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
