//! Whether the source's colours are still told apart: chroma that has gone although nobody asked for grey.

use retake_core::{Mask, said};

use crate::asked::Leave;
use crate::finding::{Finding, percent, smoothstep};
use crate::scene::{After, Before};
use crate::tiles;

/// Loss of colour.
pub(crate) fn find(before: &Before<'_>, after: &After) -> Finding {
    let pixels = before.chroma.len();
    let relief = before.asked.relief(Leave::Grey);
    let mut map = vec![0.0f32; pixels];
    let sums = tiles::sum(before.width(), before.height(), |i| {
        let (from, to) = (before.chroma[i], after.chroma[i]);
        if from < 6.0 {
            return None;
        }
        // half the colour may go with a change of tone or style; what is less than a third is lost
        let lost = smoothstep(0.5, 0.95, 1.0 - to / from) * (1.0 - relief.at(i));
        map[i] = lost;
        Some([from * lost, from])
    });
    // colours of a nearly grey photo are no loss
    let ground = 3.0 * pixels as f64;
    let (lost, spread) = tiles::jackknife(&sums, |s| (s[0] / (s[1] + ground)) as f32);
    Finding {
        id: "colour",
        text: said!(
            "Colour: {share} of the source's colour has gone though it was not asked.",
            share = percent(lost)
        ),
        cost: 0.45 * lost,
        spread: 0.45 * spread,
        map: Some(Mask {
            width: before.width(),
            height: before.height(),
            values: map,
        }),
    }
}
