//! Reduced grids: block means on the way down, a quadratic B-spline on the way up. Cell (i, j) of factor f stands for
//! the frame's pixels from (f·i, f·j) to before (f·(i+1), f·(j+1)), wherever the tile lies.

use rayon::prelude::*;
use retake_core::Rect;
use retake_pixels::vectorised;

use crate::render::Tile;

/// The cells over a rectangle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cells {
    /// pixels a cell, each way; a power of two
    pub factor: usize,
    /// first column, in cells of the frame
    pub x0: usize,
    /// first row, in cells of the frame
    pub y0: usize,
    /// columns
    pub width: usize,
    /// rows
    pub height: usize,
}

impl Cells {
    /// Those that a rectangle of pixels touches.
    pub fn under(rect: Rect, factor: usize) -> Self {
        let (x0, y0) = (rect.x0 / factor, rect.y0 / factor);
        Self {
            factor,
            x0,
            y0,
            width: rect.x1.div_ceil(factor) - x0,
            height: rect.y1.div_ceil(factor) - y0,
        }
    }
    /// Those of a grid coarser by a further factor that these touch.
    pub fn coarser(&self, by: usize) -> Self {
        let rect = Rect {
            x0: self.x0,
            y0: self.y0,
            x1: self.x0 + self.width,
            y1: self.y0 + self.height,
        };
        Self {
            factor: self.factor * by,
            ..Self::under(rect, by)
        }
    }
}

/// Several planes over the same cells. A row holds its stretch of each plane in turn, so that work on rows can be
/// shared out without knowing how many planes there are.
#[derive(Clone, Debug)]
pub struct Planes {
    /// where
    pub cells: Cells,
    /// how many planes
    pub count: usize,
    /// `height` rows of `count` stretches of `width` values
    pub values: Vec<f32>,
}

impl Planes {
    /// All zero.
    pub fn new(cells: Cells, count: usize) -> Self {
        Self {
            cells,
            count,
            values: vec![0.0; cells.width * cells.height * count],
        }
    }
    /// Values in a row of all planes.
    pub fn stride(&self) -> usize {
        self.cells.width * self.count
    }
    /// Row `y` (from the first that is held) of all planes, continued beyond the edges.
    pub fn row(&self, y: isize) -> &[f32] {
        let y = y.clamp(0, self.cells.height as isize - 1) as usize;
        &self.values[y * self.stride()..(y + 1) * self.stride()]
    }
    /// Rewrites every row by `work(row)`, in parallel.
    pub fn each_row(&mut self, work: impl Fn(&mut [f32]) + Sync) {
        let stride = self.stride();
        self.values.par_chunks_mut(stride).for_each(&work);
    }

    /// Block means on a grid coarser by `by`, the edge continued.
    pub fn reduced(&self, by: usize) -> Self {
        if by == 1 {
            return self.clone();
        }
        let (count, width) = (self.count, self.cells.width);
        reduce_rows(
            self.cells.coarser(by),
            by,
            (self.cells.x0, width),
            (self.cells.y0, self.cells.height),
            count,
            |y, rows| rows.copy_from_slice(self.row(y as isize)),
        )
    }

    /// The values of row `y` of a grid finer by the factor `by`, for its columns `x0 .. x0 + out.len() / count`:
    /// a quadratic B-spline through the cells (three by three, once continuously differentiable). `out` holds the
    /// stretch of each plane in turn.
    pub fn enlarged_row(
        &self,
        by: usize,
        y: usize,
        x0: usize,
        out: &mut [f32],
        sum: &mut Vec<f32>,
    ) {
        let width = out.len() / self.count;
        let row = y / by;
        let local = row as isize - self.cells.y0 as isize;
        if by == 1 {
            let from = self.row(local);
            for (out, from) in out
                .chunks_exact_mut(width)
                .zip(from.chunks_exact(self.cells.width))
            {
                out.copy_from_slice(&from[x0 - self.cells.x0..x0 - self.cells.x0 + width]);
            }
            return;
        }
        let d = (y - row * by) as f32 / by as f32 + 0.5 / by as f32 - 0.5;
        sum.resize(self.stride().max(sum.len()), 0.0);
        mix_rows(
            &mut sum[..self.stride()],
            self.row(local - 1),
            self.row(local),
            self.row(local + 1),
            spline(d),
        );
        if by == 2 {
            let (count, columns) = (self.count, self.cells.width);
            let cell0 = x0 / 2 - self.cells.x0;
            let cells = (x0 + width).div_ceil(2) - x0 / 2;
            let whole = count * columns;
            sum.resize((whole + cells + 2 + 2 * cells).max(sum.len()), 0.0);
            let (from, rest) = sum.split_at_mut(whole);
            let (padded, wide) = rest.split_at_mut(cells + 2);
            let wide = &mut wide[..2 * cells];
            for (out, from) in out.chunks_exact_mut(width).zip(from.chunks_exact(columns)) {
                padded[0] = from[cell0.saturating_sub(1)];
                padded[1..=cells].copy_from_slice(&from[cell0..cell0 + cells]);
                padded[cells + 1] = from[(cell0 + cells).min(columns - 1)];
                if x0.is_multiple_of(2) && width.is_multiple_of(2) {
                    spread_twice(out, padded);
                } else {
                    spread_twice(wide, padded);
                    out.copy_from_slice(&wide[x0 % 2..x0 % 2 + width]);
                }
            }
            return;
        }
        let phases: Vec<f32> = (0..by)
            .map(|i| i as f32 / by as f32 + 0.5 / by as f32 - 0.5)
            .collect();
        for (out, cells) in out
            .chunks_exact_mut(width)
            .zip(sum[..self.count * self.cells.width].chunks_exact(self.cells.width))
        {
            spread(out, x0, cells, self.cells.x0, &phases);
        }
    }
}

/// Weights of the cell before, at and after a position `d` cells (−½ … ½) from the middle of a cell.
pub fn spline(d: f32) -> [f32; 3] {
    [
        0.5 * (0.5 - d) * (0.5 - d),
        0.75 - d * d,
        0.5 * (0.5 + d) * (0.5 + d),
    ]
}

vectorised! {
    fn mix_rows(out: &mut [f32], a: &[f32], b: &[f32], c: &[f32], w: [f32; 3]) {
        for (((out, a), b), c) in out.iter_mut().zip(a).zip(b).zip(c) {
            *out = w[0] * a + w[1] * b + w[2] * c;
        }
    }
}

vectorised! {
    /// [`spread`] by two, for whole cells: `cells` has one more on either side.
    fn spread_twice(out: &mut [f32], cells: &[f32]) {
        let (before, after) = (spline(-0.25), spline(0.25));
        let neighbours = cells.iter().zip(&cells[1..]).zip(&cells[2..]);
        for (out, ((a, b), c)) in out.as_chunks_mut::<2>().0.iter_mut().zip(neighbours) {
            out[0] = before[0] * a + before[1] * b + before[2] * c;
            out[1] = after[0] * a + after[1] * b + after[2] * c;
        }
    }
}

vectorised! {
    fn spread(out: &mut [f32], x0: usize, cells: &[f32], cell0: usize, phases: &[f32]) {
        let by = phases.len();
        let x1 = x0 + out.len();
        let last = cells.len() - 1;
        for (i, &b) in cells.iter().enumerate() {
            let (a, c) = (cells[i.saturating_sub(1)], cells[(i + 1).min(last)]);
            let (c0, c1, c2) = (
                0.125 * a + 0.75 * b + 0.125 * c,
                0.5 * (c - a),
                0.5 * (a + c) - b,
            );
            let start = (cell0 + i) * by;
            let (low, high) = (start.max(x0), (start + by).min(x1));
            if low >= high {
                continue;
            }
            for (out, d) in out[low - x0..high - x0].iter_mut().zip(&phases[low - start..high - start]) {
                *out = c0 + d * (c1 + d * c2);
            }
        }
    }
}

vectorised! {
    fn add(sum: &mut [f32], values: &[f32]) {
        for (sum, value) in sum.iter_mut().zip(values) {
            *sum += value;
        }
    }
}

vectorised! {
    /// Adds neighbours up in pairs.
    fn halve(from: &[f32], to: &mut [f32]) {
        for (to, pair) in to.iter_mut().zip(from.as_chunks::<2>().0) {
            *to = pair[0] + pair[1];
        }
    }
}

/// Block means over a tile of planes worked out from its pixels: `map(r, g, b, out)` fills a row of each plane in turn.
pub fn reduce(
    tile: &Tile,
    factor: usize,
    count: usize,
    map: impl Fn([&[f32]; 3], &mut [f32]) + Sync,
) -> Planes {
    let width = tile.rect.width();
    reduce_rows(
        Cells::under(tile.rect, factor),
        factor,
        (tile.rect.x0, width),
        (tile.rect.y0, tile.rect.height()),
        count,
        |y, rows| {
            let span = y * width..(y + 1) * width;
            let [r, g, b] = &tile.raster.planes;
            map([&r[span.clone()], &g[span.clone()], &b[span]], rows);
        },
    )
}

/// `across` and `down` are first index and count of the finer grid; `fill(y, rows)` gives its row `y` (from the first).
fn reduce_rows(
    cells: Cells,
    by: usize,
    across: (usize, usize),
    down: (usize, usize),
    count: usize,
    fill: impl Fn(usize, &mut [f32]) + Sync,
) -> Planes {
    let mut out = Planes::new(cells, count);
    let stride = out.stride();
    let width = across.1;
    let scale = 1.0 / (by * by) as f32;
    out.values.par_chunks_mut(stride).enumerate().for_each_init(
        || {
            (
                vec![0.0f32; width * count],
                vec![0.0f32; width * count],
                vec![0.0f32; cells.width * by],
                vec![0.0f32; cells.width * by / 2],
            )
        },
        |(fine, sum, padded, halved), (row, out)| {
            if by == 1 {
                fill(row, out);
                return;
            }
            sum.fill(0.0);
            let mut held = usize::MAX;
            for i in 0..by {
                let y = ((cells.y0 + row) * by + i).clamp(down.0, down.0 + down.1 - 1) - down.0;
                if y != held {
                    fill(y, fine);
                    held = y;
                }
                add(sum, fine);
            }
            let left = across.0 - cells.x0 * by;
            for (out, sum) in out
                .chunks_exact_mut(cells.width)
                .zip(sum.chunks_exact(width))
            {
                padded[..left].fill(sum[0]);
                padded[left..left + width].copy_from_slice(sum);
                padded[left + width..].fill(sum[width - 1]);
                let mut now = padded.len();
                let (mut from, mut to) = (&mut *padded, &mut *halved);
                while now > cells.width {
                    halve(&from[..now], to);
                    std::mem::swap(&mut from, &mut to);
                    now /= 2;
                }
                for (out, sum) in out.iter_mut().zip(from.iter()) {
                    *out = sum * scale;
                }
            }
        },
    );
    out
}
