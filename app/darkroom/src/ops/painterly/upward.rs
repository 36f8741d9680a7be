//! From the brush's grid to pixels.

use retake_pixels::vectorised;

use crate::ops::neighbourhood::{Planes, spline};

/// Squared difference of roots of light at which a stroke counts a quarter.
const NEAR: f32 = 0.0012;

/// A row of pixels: the mean of the 3 × 3 cells around each, weighted by the quadratic B-spline and by how near their
/// colour is to the pixel's own. `own` and `out` hold the roots of the three channels one after the other.
pub(super) fn row(painted: &Planes, y: usize, x0: usize, own: &[f32], out: &mut [f32]) {
    let cells = painted.cells;
    let by = cells.factor;
    let width = own.len() / 3;
    let cell_y = y / by;
    let down = spline((y - cell_y * by) as f32 / by as f32 + 0.5 / by as f32 - 0.5);
    let local = cell_y as isize - cells.y0 as isize;
    let rows = [-1, 0, 1].map(|d| painted.row(local + d));
    let across: Vec<[f32; 3]> = (0..by)
        .map(|i| spline(i as f32 / by as f32 + 0.5 / by as f32 - 0.5))
        .collect();
    if by == 1 {
        // no finer edges to follow: only the strokes' stairs are smoothed
        let mixed: Vec<f32> = (rows[0].iter().zip(rows[1]).zip(rows[2]))
            .map(|((a, b), c)| down[0] * a + down[1] * b + down[2] * c)
            .collect();
        for (out, mixed) in out
            .chunks_exact_mut(width)
            .zip(mixed.chunks_exact(cells.width))
        {
            for (x, out) in out.iter_mut().enumerate() {
                let x = x0 + x - cells.x0;
                let (before, after) = (x.saturating_sub(1), (x + 1).min(cells.width - 1));
                let w = across[0];
                *out = w[0] * mixed[before] + w[1] * mixed[x] + w[2] * mixed[after];
            }
        }
        return;
    }
    let mut x = 0;
    while x < width {
        let cell = (x0 + x) / by;
        let end = ((cell + 1) * by - x0).min(width);
        let near: [[f32; 4]; 9] = std::array::from_fn(|i| {
            let column = (cell + i % 3).clamp(cells.x0 + 1, cells.x0 + cells.width) - 1 - cells.x0;
            let at = |c: usize| rows[i / 3][c * cells.width + column];
            [at(0), at(1), at(2), down[i / 3]]
        });
        let phases = &across[x0 + x - cell * by..];
        let (r, rest) = out.split_at_mut(width);
        let (g, b) = rest.split_at_mut(width);
        cell_row(
            &near,
            phases,
            [0, 1, 2].map(|c| &own[c * width + x..c * width + end]),
            [&mut r[x..end], &mut g[x..end], &mut b[x..end]],
        );
        x = end;
    }
}

vectorised! {
    fn cell_row(near: &[[f32; 4]; 9], across: &[[f32; 3]], own: [&[f32]; 3], out: [&mut [f32]; 3]) {
        let [out_r, out_g, out_b] = out;
        let own = own[0].iter().zip(own[1]).zip(own[2]).zip(across);
        let out = out_r.iter_mut().zip(out_g).zip(out_b);
        for (((out_r, out_g), out_b), (((r, g), b), across)) in out.zip(own) {
            let mut total = 0.0f32;
            let mut sum = [0.0f32; 3];
            for (i, cell) in near.iter().enumerate() {
                let (dr, dg, db) = (cell[0] - r, cell[1] - g, cell[2] - b);
                let apart = (dr * dr + dg * dg + db * db) * (1.0 / NEAR) + 1.0;
                let weight = across[i % 3] * cell[3] / (apart * apart);
                total += weight;
                sum[0] += weight * cell[0];
                sum[1] += weight * cell[1];
                sum[2] += weight * cell[2];
            }
            let scale = 1.0 / total;
            (*out_r, *out_g, *out_b) = (sum[0] * scale, sum[1] * scale, sum[2] * scale);
        }
    }
}
