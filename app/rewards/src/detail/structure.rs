//! Whether the shapes of the source are still there: fine, medium and coarse detail, block by block, after the tone
//! change that explains the edit best has been taken off.

use retake_core::{Mask, said};

use crate::asked::Leave;
use crate::bands::{BANDS, Grid};
use crate::finding::{Finding, percent, saturating, shown, smoothstep};
use crate::scene::{After, Before};
use crate::tiles::{self, jackknife};

/// How much fine, medium and coarse detail count.
const IMPORTANCE: [f32; BANDS] = [0.3, 0.4, 0.3];
/// What of an asked softness is forgiven in each band: a blur may take the fine detail, the large shapes stay.
const FORGIVEN: [f32; BANDS] = [1.0, 1.0, 0.75];
/// Contrast above this, L*, counts no more: one hard edge is not ten textures.
const MOST_CONTRAST: f32 = 12.0;
/// A loss of this size is the rounding of files and curves, and counts half.
const ROUNDING: f32 = 0.05;
/// A loss from here on is another picture.
const ALL: f32 = 0.62;
/// Block losses from and to which a place counts as destroyed.
const DESTROYED: (f32, f32) = (0.55, 0.85);
/// A hole is seen at once: how the share of destroyed places costs beside the mean loss over all places
/// (after the percentile pooling of Moorthy & Bovik 2009, "Visual importance pooling for image quality assessment").
const HOLE: (f32, f32) = (0.12, 0.6);

/// Loss of structure.
pub(crate) fn find(before: &Before<'_>, after: &After) -> Finding {
    let grid = before.side.grid;
    let soften = before.asked.relief(Leave::Soften);
    let noise = before.asked.relief(Leave::Noise);
    let mut sums = [[0.0f64; 4]; tiles::COUNT];
    let mut losses = vec![0.0f32; grid.len()];
    for (b, loss_here) in losses.iter_mut().enumerate() {
        let (x0, x1, y0, y1) = grid.span(b);
        let middle = (y0 + y1) / 2 * grid.width + (x0 + x1) / 2;
        let (soften, noise) = (soften.at(middle), noise.at(middle));
        let [fine, medium, coarse] = std::array::from_fn(|band| after.products[band][b]);
        let gains = [fine.gain(), medium.gain(), coarse.gain()];
        // detail that fades together with all larger detail is a change of contrast, not a loss
        let kept_contrast = [
            (gains[0] / gains[1].clamp(0.25, 2.0) / 0.9).clamp(0.0, 1.0),
            (gains[1] / gains[2].clamp(0.25, 2.0) / 0.85).clamp(0.0, 1.0),
            (gains[2] / 0.3).clamp(0.0, 1.0),
        ];
        let (mut lost, mut weights) = (0.0, 0.0);
        for (band, products) in [fine, medium, coarse].into_iter().enumerate() {
            let likeness = products.likeness().max(0.0);
            let likeness = likeness + (1.0 - likeness) * noise * if band == 0 { 0.95 } else { 0.6 };
            let loss = 1.0 - likeness * kept_contrast[band];
            let loss = loss * (1.0 - soften * FORGIVEN[band]);
            // what was added counts like what was lost, except for the finest, which is noise and judged as such
            let added = if band == 0 {
                0.0
            } else {
                products.added() * (1.0 - noise.max(soften))
            };
            let weight = IMPORTANCE[band] * (products.source.sqrt().max(added)).min(MOST_CONTRAST);
            lost += weight * loss;
            weights += weight;
        }
        let tile = &mut sums[grid.tile(b)];
        tile[0] += f64::from(lost);
        tile[1] += f64::from(weights);
        *loss_here = lost / (weights + 0.3);
        tile[2] += f64::from(smoothstep(DESTROYED.0, DESTROYED.1, *loss_here));
        tile[3] += 1.0;
    }
    // a flat picture has nothing to lose: a little weight keeps the share near 0
    let ground = 0.02 * grid.len() as f64;
    let lost = |s: &[f64; 4]| (s[0] / (s[1] + ground)) as f32;
    let kept = |s: &[f64; 4]| {
        let hole = saturating((s[2] / s[3].max(1.0)) as f32, HOLE.0, HOLE.1);
        (1.0 - (seen(lost(s)) / seen(ALL)).clamp(0.0, 1.0)) * (1.0 - hole)
    };
    let (kept, spread) = jackknife(&sums, kept);
    // where detail may go, the arrangement of light and dark must stay all the same
    let laid_out = layout(before, after);
    let cost = 1.0 - kept * laid_out;
    let lost = lost(&tiles::total(&sums));
    Finding {
        id: "structure",
        text: if laid_out < 0.9 {
            said!(
                "Structure: {share} of the detail differs after tone and colour are accounted for, and light and dark lie elsewhere.",
                share = percent(lost)
            )
        } else {
            said!(
                "Structure: {share} of the detail differs after tone and colour are accounted for.",
                share = percent(lost)
            )
        },
        cost,
        spread,
        map: shown(cost, || map(&losses, grid)),
    }
}

/// How alike light and dark are arranged, from 0 (another picture, a negative, nothing at all) to 1, by the correlation
/// of block means and by how much of their contrast is left.
fn layout(before: &Before<'_>, after: &After) -> f32 {
    let expected = &after.means.expected;
    let (edit, source) = (&after.means.l, &before.side.means.l);
    let mean = |values: &[f32]| values.iter().sum::<f32>() / values.len().max(1) as f32;
    let squares = |values: &[f32]| {
        let mean = mean(values);
        values.iter().map(|v| (v - mean) * (v - mean)).sum::<f32>()
    };
    let (me, mx) = (mean(edit), mean(expected));
    let (mut ee, mut xx, mut ex) = (0.0f32, 0.0f32, 0.0f32);
    for (e, x) in edit.iter().zip(expected) {
        ee += (e - me) * (e - me);
        xx += (x - mx) * (x - mx);
        ex += (e - me) * (x - mx);
    }
    // a plain picture has no arrangement to compare: two L* of doubt
    let doubt = 4.0 * edit.len() as f32;
    // where detail may go, the arrangement is all that tells, and must tell more
    let soften = before.asked.relief(Leave::Soften).overall();
    let alike = smoothstep(
        0.1 * soften,
        0.55 + 0.15 * soften,
        (ex + doubt) / ((ee + doubt) * (xx + doubt)).sqrt(),
    );
    // the fitted curve turns flat where the edit is flat, so contrast is asked of the source itself
    let contrast = |squares: f32| (squares / edit.len() as f32).sqrt() + 0.25;
    alike * smoothstep(0.03, 0.15, contrast(ee) / contrast(squares(source)))
}

/// Small losses count less than their size.
fn seen(lost: f32) -> f32 {
    lost * lost / (lost + ROUNDING)
}

/// Block losses as a smooth map.
fn map(losses: &[f32], grid: Grid) -> Mask {
    let shown: Vec<f32> = losses
        .iter()
        .map(|loss| (seen(*loss) * 1.6).clamp(0.0, 1.0))
        .collect();
    grid.map(&shown)
}
