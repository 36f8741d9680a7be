//! From the brush's grid to pixels.

use retake_pixels::vectorised;

use crate::ops::neighbourhood::{Planes, spline};

/// Squared difference of roots of light at which a stroke counts a quarter.
const NEAR: f32 = 0.0012;
/// Pixels that are worked on at a time, so that what they need stays in the nearest cache.
const STRETCH: usize = 256;

/// Room for a stretch of a row.
pub(super) struct Room {
    /// cells, each as often as it has pixels, from one cell before the stretch to one after: three rows of red, green
    /// and blue
    cells: Vec<f32>,
    /// weights across of the cell before, at and after each pixel, from the first pixel of a cell on
    across: [Vec<f32>; 3],
    /// weights and weighted colours
    sums: Vec<f32>,
}

impl Room {
    /// For cells of `by` pixels each way.
    pub(super) fn new(by: usize) -> Self {
        let weights = |i: usize| {
            let phase = |x: usize| (x % by) as f32 / by as f32 + 0.5 / by as f32 - 0.5;
            (0..STRETCH + by).map(|x| spline(phase(x))[i]).collect()
        };
        Self {
            cells: vec![0.0; 9 * (STRETCH + 2 * by)],
            across: [weights(0), weights(1), weights(2)],
            sums: vec![0.0; 4 * STRETCH],
        }
    }
}

/// A row of pixels: the mean of the 3 × 3 cells around each, weighted by the quadratic B-spline and by how near their
/// colour is to the pixel's own. `own` and `out` hold the roots of the three channels one after the other.
pub(super) fn row(
    painted: &Planes,
    y: usize,
    x0: usize,
    own: &[f32],
    out: &mut [f32],
    room: &mut Room,
) {
    let cells = painted.cells;
    let by = cells.factor;
    let width = own.len() / 3;
    let cell_y = y / by;
    let down = spline((y - cell_y * by) as f32 / by as f32 + 0.5 / by as f32 - 0.5);
    let local = cell_y as isize - cells.y0 as isize;
    let rows = [-1, 0, 1].map(|d| painted.row(local + d));
    // on the full grid there are no finer edges to follow: only the strokes' stairs are smoothed
    let follow = if by == 1 { 0.0 } else { 1.0 / NEAR };
    for x in (0..width).step_by(STRETCH) {
        let count = STRETCH.min(width - x);
        let wide = count + 2 * by;
        for (i, to) in room.cells[..9 * wide].chunks_exact_mut(wide).enumerate() {
            let from = &rows[i / 3][i % 3 * cells.width..(i % 3 + 1) * cells.width];
            repeat(from, x0 + x - cells.x0 * by, by, to);
        }
        let phase = (x0 + x) % by;
        let across = room.across.each_ref().map(|w| &w[phase..phase + count]);
        let own = [0, 1, 2].map(|c| &own[c * width + x..c * width + x + count]);
        room.sums[..4 * count].fill(0.0);
        for i in 0..9 {
            let near =
                [0, 1, 2].map(|c| &room.cells[(i / 3 * 3 + c) * wide + i % 3 * by..][..count]);
            gather(
                near,
                across[i % 3],
                down[i / 3],
                own,
                follow,
                &mut room.sums[..4 * count],
            );
        }
        for c in 0..3 {
            divide(
                &room.sums[(c + 1) * count..(c + 2) * count],
                &room.sums[..count],
                &mut out[c * width + x..c * width + x + count],
            );
        }
    }
}

/// Each of `cells` `by` times, from the pixel `by` before `first` on, continued beyond the ends.
fn repeat(cells: &[f32], first: usize, by: usize, to: &mut [f32]) {
    let last = cells.len() - 1;
    if by == 1 && first >= 1 && first + to.len() <= cells.len() + 1 {
        let count = to.len();
        to.copy_from_slice(&cells[first - 1..][..count]);
        return;
    }
    let cell = first / by;
    let (head, rest) = to.split_at_mut(by - first % by);
    head.fill(cells[cell.saturating_sub(1).min(last)]);
    for (cell, to) in (cell..).zip(rest.chunks_mut(by)) {
        to.fill(cells[cell.min(last)]);
    }
}

vectorised! {
    /// Adds the weight and the weighted colour of one neighbour.
    fn gather(near: [&[f32]; 3], across: &[f32], down: f32, own: [&[f32]; 3], follow: f32, sums: &mut [f32]) {
        let n = across.len();
        let (weights, colours) = sums.split_at_mut(n);
        let (red, rest) = colours.split_at_mut(n);
        let (green, blue) = rest.split_at_mut(n);
        let ([near_r, near_g, near_b], [own_r, own_g, own_b]) = (near, own);
        let (near_r, near_g, near_b) = (&near_r[..n], &near_g[..n], &near_b[..n]);
        let (own_r, own_g, own_b) = (&own_r[..n], &own_g[..n], &own_b[..n]);
        let blue = &mut blue[..n];
        for x in 0..n {
            let (r, g, b) = (near_r[x], near_g[x], near_b[x]);
            let (dr, dg, db) = (r - own_r[x], g - own_g[x], b - own_b[x]);
            let apart = (dr * dr + dg * dg + db * db) * follow + 1.0;
            let weight = across[x] * down / (apart * apart);
            weights[x] += weight;
            red[x] += weight * r;
            green[x] += weight * g;
            blue[x] += weight * b;
        }
    }
}

vectorised! {
    fn divide(sums: &[f32], weights: &[f32], out: &mut [f32]) {
        for ((out, sum), weight) in out.iter_mut().zip(sums).zip(weights) {
            *out = sum / weight;
        }
    }
}
