//! Edges softer than the source's: fine detail that has faded more than the larger detail around it.

use retake_core::said;

use crate::asked::Leave;
use crate::finding::{Finding, percent, saturating, shown};
use crate::scene::{After, Before};
use crate::tiles;

/// Loss of fine contrast that comes with any file or resampling.
const FREE: f32 = 0.15;
/// Coarse contrast below this share of the source's is a blur too and no change of tone.
const COARSE: f32 = 0.6;

/// A softness that only a pixel by pixel comparison shows counts less than its size.
fn seen(lost: f32) -> f32 {
    let lost = (lost - FREE).max(0.0);
    lost * lost / (lost + 0.25)
}

pub(super) fn find(before: &Before<'_>, after: &After) -> Finding {
    let grid = before.side.grid;
    let relief = before.asked.relief(Leave::Soften);
    let mut sums = [[0.0f64; 2]; tiles::COUNT];
    let mut losses = vec![0.0f32; grid.len()];
    for (b, loss) in losses.iter_mut().enumerate() {
        let (x0, x1, y0, y1) = grid.span(b);
        let middle = (y0 + y1) / 2 * grid.width + (x0 + x1) / 2;
        let [fine, medium, coarse] = [0, 1, 2].map(|band| after.products[band][b]);
        let weight = (fine.source.sqrt() - 0.4).clamp(0.0, 8.0);
        let kept = |small: f32, large: f32| (small / large.clamp(0.25, 2.0)).clamp(0.0, 1.0);
        // one for each band that has gone, each two octaves wider than the one before
        let lost = (1.0 - kept(fine.gain(), medium.gain()) * kept(medium.gain(), coarse.gain()))
            + (1.0 - kept(medium.gain(), coarse.gain()))
            + (1.0 - (coarse.gain() / COARSE).clamp(0.0, 1.0));
        let lost = lost * (1.0 - relief.at(middle));
        *loss = ((lost - FREE) * (weight / (weight + 0.5))).clamp(0.0, 1.0);
        let tile = &mut sums[grid.tile(b)];
        tile[0] += f64::from(weight * lost);
        tile[1] += f64::from(weight);
    }
    let ground = 0.02 * grid.len() as f64;
    let lost = |s: &[f64; 2]| (s[0] / (s[1] + ground)) as f32;
    let (cost, spread) = tiles::jackknife(&sums, |s| saturating(seen(lost(s)), 1.3, 0.95));
    Finding {
        id: "blur",
        text: said!(
            "Blur: edges have lost {share} of their sharpness.",
            share = percent(lost(&tiles::total(&sums)).min(1.0))
        ),
        cost,
        spread,
        map: shown(cost, || grid.map(&losses)),
    }
}
