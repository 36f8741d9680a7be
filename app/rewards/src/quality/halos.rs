//! Light and dark seams along edges: lightness beyond the range that the source has around each place, after the tone
//! change and any slow local change are taken off.

use retake_core::{Mask, decimals, said};
use retake_pixels::blur::gaussian;
use retake_pixels::vectorised;

use crate::asked::Leave;
use crate::finding::{Finding, saturating, shown};
use crate::scene::{After, Before};
use crate::tiles;

/// Half the side of the window around a place, px.
const REACH: usize = 3;
/// Its whole side, px.
const WINDOW: usize = 2 * REACH + 1;
/// A range of L* from which on a window holds an edge.
const EDGE: f32 = 10.0;
/// Overshoot that is part of any crisp edge: L*, and share of the edge.
const FREE: (f32, f32) = (0.8, 0.08);
/// Local changes wider than this, px, are light and not seams.
const SLOW_PX: f32 = 16.0;

pub(super) fn find(before: &Before<'_>, after: &After) -> Finding {
    let (width, height) = (before.width(), before.height());
    let relief = before.asked.relief(Leave::Edges);
    let mut difference = after.lab.l.clone();
    take_off(&mut difference, &after.expected);
    let slow = gaussian(&difference, width, height, SLOW_PX);
    drop(difference);
    let [highest, lowest] = across(&after.expected, width, height);
    let [mut kept, mut high, mut low] = [1.0f32; 3].map(|one| vec![one; width]);
    let mut seams = |y: usize, seams: &mut [f32], edges: &mut [f32]| {
        let span = y * width..(y + 1) * width;
        relief.kept(span.start, &mut kept);
        let at: [usize; WINDOW] =
            std::array::from_fn(|k| (y + k).saturating_sub(REACH).min(height - 1) * width);
        largest(at.map(|from| &highest[from..from + width]), &mut high);
        smallest(at.map(|from| &lowest[from..from + width]), &mut low);
        let (edit, slow) = (&after.lab.l[span.clone()], &slow[span]);
        seams_row(edit, slow, [&high, &low], &kept, seams, edges);
    };
    let sums = tiles::rows(width, height, |y, [found, edges]| {
        seams(y, found, edges);
        found.iter_mut().for_each(|seam| *seam = seam.min(20.0));
    });
    let ground = 0.01 * after.lab.len() as f64;
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
        map: shown(cost, || {
            let mut values = vec![0.0f32; width * height];
            let mut edges = vec![0.0f32; width];
            for (y, row) in values.chunks_mut(width).enumerate() {
                seams(y, row, &mut edges);
                row.iter_mut()
                    .for_each(|seam| *seam = (*seam / 8.0).min(1.0));
            }
            Mask {
                width,
                height,
                values,
            }
        }),
    }
}

vectorised! {
    fn take_off(from: &mut [f32], what: &[f32]) {
        for (from, what) in from.iter_mut().zip(what) {
            *from -= what;
        }
    }
}

vectorised! {
    fn largest(rows: [&[f32]; WINDOW], out: &mut [f32]) {
        let n = out.len();
        let rows = rows.map(|row| &row[..n]);
        for i in 0..n {
            // a comparison compiles to one instruction where f32::max takes care of NaN
            let mut most = rows[0][i];
            for row in &rows[1..] {
                most = if row[i] > most { row[i] } else { most };
            }
            out[i] = most;
        }
    }
}

vectorised! {
    fn smallest(rows: [&[f32]; WINDOW], out: &mut [f32]) {
        let n = out.len();
        let rows = rows.map(|row| &row[..n]);
        for i in 0..n {
            let mut least = rows[0][i];
            for row in &rows[1..] {
                least = if row[i] < least { row[i] } else { least };
            }
            out[i] = least;
        }
    }
}

vectorised! {
    /// How far the edit goes beyond the range (highest, lowest) around each place, and whether there is an edge at all.
    fn seams_row(
        edit: &[f32],
        slow: &[f32],
        range: [&[f32]; 2],
        kept: &[f32],
        seams: &mut [f32],
        edges: &mut [f32],
    ) {
        let n = seams.len();
        let [high, low] = range.map(|row| &row[..n]);
        let (edit, slow, kept, edges) = (&edit[..n], &slow[..n], &kept[..n], &mut edges[..n]);
        for i in 0..n {
            let range = high[i] - low[i];
            let l = edit[i] - slow[i];
            let beyond = (l - high[i]).max(low[i] - l) - FREE.0 - FREE.1 * range;
            let edge = range >= EDGE;
            seams[i] = if edge { beyond.max(0.0) * kept[i] } else { 0.0 };
            edges[i] = if edge { 1.0 } else { 0.0 };
        }
    }
}

/// The highest and the lowest value of every window of 2 · REACH + 1 px of a row, edges continued.
fn across(values: &[f32], width: usize, height: usize) -> [Vec<f32>; 2] {
    let [mut highest, mut lowest] = [0.0f32; 2].map(|zero| vec![zero; values.len()]);
    let mut padded = vec![0.0f32; width + 2 * REACH];
    for y in 0..height {
        let span = y * width..(y + 1) * width;
        let row = &values[span.clone()];
        padded[..REACH].fill(row[0]);
        padded[REACH..REACH + width].copy_from_slice(row);
        padded[REACH + width..].fill(row[width - 1]);
        let window = std::array::from_fn(|k| &padded[k..k + width]);
        largest(window, &mut highest[span.clone()]);
        smallest(window, &mut lowest[span]);
    }
    [highest, lowest]
}
