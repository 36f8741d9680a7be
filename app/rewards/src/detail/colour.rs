//! Whether the source's colours are still told apart: chroma that has gone although nobody asked for grey.

use retake_core::{Mask, said};
use retake_pixels::vectorised;

use crate::asked::Leave;
use crate::finding::{Finding, percent, shown, smoothstep};
use crate::scene::{After, Before};
use crate::tiles;

/// The share of its colour that a pixel has lost; nothing of what was nearly grey.
#[inline(always)]
fn lost(from: f32, to: f32) -> f32 {
    // half the colour may go with a change of tone or style; what is less than a third is lost
    let lost = smoothstep(0.5, 0.95, 1.0 - to / from.max(1.0));
    if from < 6.0 { 0.0 } else { lost }
}

vectorised! {
    fn lost_row(from: &[f32], to: &[f32], kept: &[f32], colour: &mut [f32], all: &mut [f32]) {
        let n = colour.len();
        let (from, to, kept, all) = (&from[..n], &to[..n], &kept[..n], &mut all[..n]);
        for i in 0..n {
            colour[i] = from[i] * lost(from[i], to[i]) * kept[i];
            all[i] = if from[i] < 6.0 { 0.0 } else { from[i] };
        }
    }
}

/// Loss of colour.
pub(crate) fn find(before: &Before<'_>, after: &After) -> Finding {
    let (width, height) = (before.width(), before.height());
    let pixels = before.side.chroma.len();
    let relief = before.asked.relief(Leave::Grey);
    let mut kept = vec![1.0f32; width];
    let sums = tiles::rows(width, height, |y, [colour, all]| {
        let span = y * width..(y + 1) * width;
        relief.kept(span.start, &mut kept);
        let (from, to) = (&before.side.chroma[span.clone()], &after.chroma[span]);
        lost_row(from, to, &kept, colour, all);
    });
    // colours of a nearly grey photo are no loss
    let ground = 3.0 * pixels as f64;
    let (share, spread) = tiles::jackknife(&sums, |s| (s[0] / (s[1] + ground)) as f32);
    Finding {
        id: "colour",
        text: said!(
            "Colour: {share} of the source's colour has gone though it was not asked.",
            share = percent(share)
        ),
        cost: 0.45 * share,
        spread: 0.45 * spread,
        map: shown(0.45 * share, || {
            let pairs = before.side.chroma.iter().zip(&after.chroma).enumerate();
            Mask {
                width,
                height,
                values: pairs
                    .map(|(i, (from, to))| lost(*from, *to) * (1.0 - relief.at(i)))
                    .collect(),
            }
        }),
    }
}
