//! Colours far stronger than before, and colours that crowd at the edge of the gamut.

use retake_core::{Mask, Quantity, decimals, said};

use crate::asked::Leave;
use crate::finding::{Finding, percent, saturating};
use crate::scene::{After, Before};
use crate::tiles;

/// Chroma may grow by this factor without looking forced.
const NATURAL_GROWTH: f32 = 1.45;
/// Below this chroma no colour looks forced.
const NATURAL_CHROMA: f32 = 34.0;

pub(super) fn find(before: &Before<'_>, after: &After) -> Finding {
    let pixels = before.chroma.len();
    let relief = before.asked.relief(Leave::Saturate);
    let mean = tiles::total(&tiles::sum(before.width(), before.height(), |i| {
        Some([before.chroma[i]])
    }))[0] as f32
        / pixels.max(1) as f32;
    // a strongly asked saturation is allowed its own factor and a little more
    let asked = 1.0 + before.asked.most(Quantity::Saturation, mean).max(0.0) / mean.max(1.0);
    let growth = NATURAL_GROWTH.max(1.1 * asked.min(4.0));
    let mut map = vec![0.0f32; pixels];
    let sums = tiles::sum(before.width(), before.height(), |i| {
        let (from, to) = (before.chroma[i], after.chroma[i]);
        let excess = (to - (from * growth).max(NATURAL_CHROMA)).max(0.0) / 25.0;
        let crowded = to > 25.0 && to > from + 6.0 && after.extremes.touches(i);
        let fresh = crowded && !before.extremes.touches(i);
        let fault = (excess + if fresh { 0.4 } else { 0.0 }) * (1.0 - relief.at(i));
        map[i] = fault.min(1.0);
        Some([fault.min(2.0), if fresh { 1.0 } else { 0.0 }, to, 1.0])
    });
    let part = |s: &[f64; 4], k: usize| (s[k] / s[3].max(1.0)) as f32;
    let (cost, spread) = tiles::jackknife(&sums, |s| saturating(part(s, 0) - 0.01, 0.35, 0.65));
    let total = tiles::total(&sums);
    Finding {
        id: "saturation",
        text: said!(
            "Over-saturation: mean C* {before} → {after}, {share} of the picture newly at the edge of the gamut.",
            before = decimals(mean, 1),
            after = decimals(part(&total, 2), 1),
            share = percent(part(&total, 1))
        ),
        cost,
        spread,
        map: Some(Mask {
            width: before.width(),
            height: before.height(),
            values: map,
        }),
    }
}
