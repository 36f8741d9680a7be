//! Light and dark seams along edges: lightness beyond the range that the source has around each place, after the tone
//! change and any slow local change are taken off.

use rayon::prelude::*;
use retake_core::{Mask, decimals, said};
use retake_pixels::blur::gaussian;

use crate::asked::Leave;
use crate::finding::{Finding, saturating};
use crate::scene::{After, Before};
use crate::tiles;

/// Half the side of the window around a place, px.
const REACH: usize = 3;
/// A range of L* from which on a window holds an edge.
const EDGE: f32 = 10.0;
/// Overshoot that is part of any crisp edge: L*, and share of the edge.
const FREE: (f32, f32) = (0.8, 0.08);
/// Local changes wider than this, px, are light and not seams.
const SLOW_PX: f32 = 16.0;

pub(super) fn find(before: &Before<'_>, after: &After) -> Finding {
    let (width, height) = (before.width(), before.height());
    let relief = before.asked.relief(Leave::Edges);
    // a comparison compiles to one instruction where f32::max takes care of NaN
    let difference: Vec<f32> = after
        .lab
        .l
        .iter()
        .zip(&after.expected)
        .map(|(edit, expected)| edit - expected)
        .collect();
    let slow = gaussian(&difference, width, height, SLOW_PX);
    let highest = window(
        &after.expected,
        width,
        height,
        |a, b| if a > b { a } else { b },
    );
    let lowest = window(
        &after.expected,
        width,
        height,
        |a, b| if a < b { a } else { b },
    );
    let mut map = vec![0.0f32; difference.len()];
    let sums = tiles::sum(width, height, |i| {
        let range = highest[i] - lowest[i];
        if range < EDGE {
            return None;
        }
        let l = after.lab.l[i] - slow[i];
        let beyond = (l - highest[i]).max(lowest[i] - l) - FREE.0 - FREE.1 * range;
        let seam = beyond.max(0.0) * (1.0 - relief.at(i));
        map[i] = (seam / 8.0).min(1.0);
        Some([seam.min(20.0), 1.0])
    });
    let ground = 0.01 * difference.len() as f64;
    let mean = |s: &[f64; 2]| (s[0] / (s[1] + ground)) as f32;
    let (cost, spread) = tiles::jackknife(&sums, |s| saturating(mean(s) - 0.03, 1.4, 0.55));
    Finding {
        id: "halos",
        text: said!(
            "Halos: edges overshoot by {mean} L* on average.",
            mean = decimals(mean(&tiles::total(&sums)), 1)
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

/// The `pick` of every window of 2 · REACH + 1 px, edges continued.
fn window(
    values: &[f32],
    width: usize,
    height: usize,
    pick: impl Fn(f32, f32) -> f32 + Sync,
) -> Vec<f32> {
    let mut across = values.to_vec();
    across
        .par_chunks_mut(width)
        .zip(values.par_chunks(width))
        .for_each(|(out, row)| {
            for k in 1..=REACH.min(width - 1) {
                for (out, value) in out.iter_mut().zip(&row[k..]) {
                    *out = pick(*out, *value);
                }
                for (out, value) in out[k..].iter_mut().zip(row) {
                    *out = pick(*out, *value);
                }
            }
        });
    let mut down = across.clone();
    down.par_chunks_mut(width).enumerate().for_each(|(y, out)| {
        for other in y.saturating_sub(REACH)..=(y + REACH).min(height - 1) {
            let row = &across[other * width..(other + 1) * width];
            for (out, value) in out.iter_mut().zip(row) {
                *out = pick(*out, *value);
            }
        }
    });
    down
}
