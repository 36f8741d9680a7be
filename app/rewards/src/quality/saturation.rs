//! Colours far stronger than before, and colours that crowd at the edge of the gamut.

use retake_core::{Mask, Quantity, decimals, said};
use retake_pixels::vectorised;

use crate::asked::Leave;
use crate::extremes::{Run, run, touches};
use crate::finding::{Finding, percent, saturating, shown};
use crate::scene::{After, Before};
use crate::tiles;

/// Chroma may grow by this factor without looking forced.
const NATURAL_GROWTH: f32 = 1.45;
/// Below this chroma no colour looks forced.
const NATURAL_CHROMA: f32 = 34.0;

/// What is forced about a colour that had this chroma and has that one, and whether it is newly at the edge of the gamut.
#[inline(always)]
fn forced(from: f32, to: f32, growth: f32, was_at_edge: bool, is_at_edge: bool) -> (f32, f32) {
    let excess = (to - (from * growth).max(NATURAL_CHROMA)).max(0.0) / 25.0;
    let fresh = (to > 25.0) & (to > from + 6.0) & is_at_edge & !was_at_edge;
    let fresh = if fresh { 1.0 } else { 0.0 };
    (excess + 0.4 * fresh, fresh)
}

vectorised! {
    fn forced_row(
        chroma: [&[f32]; 2],
        ends: [Run<'_>; 2],
        kept: &[f32],
        growth: f32,
        faults: &mut [f32],
        edges: &mut [f32],
    ) {
        let n = faults.len();
        let [from, to] = chroma.map(|row| &row[..n]);
        let [[b0, b1], [a0, a1]] = ends.map(|run| [&run.largest[..n], &run.smallest[..n]]);
        let (kept, edges) = (&kept[..n], &mut edges[..n]);
        for i in 0..n {
            let at_edge = (touches(b0[i], b1[i]), touches(a0[i], a1[i]));
            let (fault, fresh) = forced(from[i], to[i], growth, at_edge.0, at_edge.1);
            faults[i] = fault * kept[i];
            edges[i] = fresh;
        }
    }
}

pub(super) fn find(before: &Before<'_>, after: &After) -> Finding {
    let (width, height) = (before.width(), before.height());
    let pixels = before.side.chroma.len();
    let relief = before.asked.relief(Leave::Saturate);
    let mean = before.side.looks().chroma;
    // a strongly asked saturation is allowed its own factor and a little more
    let asked = 1.0 + before.asked.most(Quantity::Saturation, mean).max(0.0) / mean.max(1.0);
    let growth = NATURAL_GROWTH.max(1.1 * asked.min(4.0));
    let mut kept = vec![1.0f32; width];
    let mut faults = |y: usize, faults: &mut [f32], edges: &mut [f32]| {
        let start = y * width;
        relief.kept(start, &mut kept);
        let ends = [&before.side.ends, &after.ends].map(|ends| run(ends, start, width));
        let chroma = [&before.side.chroma, &after.chroma].map(|plane| &plane[start..start + width]);
        forced_row(chroma, ends, &kept, growth, faults, edges);
    };
    let areas = tiles::areas(width, height);
    let found = tiles::rows(width, height, |y, [forced, edges, chroma]| {
        faults(y, forced, edges);
        forced.iter_mut().for_each(|fault| *fault = fault.min(2.0));
        chroma.copy_from_slice(&after.chroma[y * width..(y + 1) * width]);
    });
    let sums: tiles::Sums<4> = std::array::from_fn(|t| {
        let [faults, edges, chroma] = found[t];
        [faults, edges, chroma, areas[t]]
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
        map: shown(cost, || {
            let mut values = vec![0.0f32; pixels];
            let mut edges = vec![0.0f32; width];
            for (y, row) in values.chunks_mut(width).enumerate() {
                faults(y, row, &mut edges);
                row.iter_mut().for_each(|fault| *fault = fault.min(1.0));
            }
            Mask {
                width,
                height,
                values,
            }
        }),
    }
}
