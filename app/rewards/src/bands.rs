//! A picture's lightness split into fine, medium and coarse detail, and the sums over 16-px blocks that say how two
//! pictures' details agree.

use retake_core::Mask;
use retake_pixels::blur::gaussian;
use retake_pixels::sums::total;
use retake_pixels::{resize, vectorised};

/// Side of a block in px.
pub(crate) const BLOCK: usize = 16;
/// Fine, medium, coarse.
pub(crate) const BANDS: usize = 3;
/// Standard deviations in px of the blurs between which the bands lie.
const SIGMAS: [f32; BANDS] = [1.0, 3.5, 14.0];

/// A plane of L* and its ever smoother blurs; what lies between two neighbours is a band, the finest first.
#[derive(Clone, Debug)]
pub(crate) struct Bands<'a> {
    plane: &'a [f32],
    smoothed: [Vec<f32>; BANDS],
}

impl<'a> Bands<'a> {
    /// Of one plane of L*. The sigmas are in px: a detail of the working picture is a detail whatever its size.
    pub(crate) fn of(plane: &'a [f32], width: usize, height: usize) -> Self {
        Self {
            plane,
            smoothed: SIGMAS.map(|sigma| smoothed(plane, width, height, sigma)),
        }
    }

    /// A band as the plane and the one to take off it.
    pub(crate) fn band(&self, band: usize) -> [&[f32]; 2] {
        let finer = band.checked_sub(1).map(|finer| &*self.smoothed[finer]);
        [finer.unwrap_or(self.plane), &self.smoothed[band]]
    }
}

/// |fine| + |medium| detail of a plane of L*.
pub(crate) fn contrast(values: &[f32], width: usize, height: usize) -> Vec<f32> {
    let mut fine = smoothed(values, width, height, SIGMAS[0]);
    let medium = smoothed(values, width, height, SIGMAS[1]);
    for ((fine, medium), value) in fine.iter_mut().zip(&medium).zip(values) {
        *fine = (value - *fine).abs() + (*fine - medium).abs();
    }
    fine
}

/// A Gaussian blur; from 3 px on made at half size, which is several times faster and as smooth.
fn smoothed(values: &[f32], width: usize, height: usize, sigma_px: f32) -> Vec<f32> {
    if !(3.0..6.0).contains(&sigma_px) || width < 8 || height < 8 {
        return gaussian(values, width, height, sigma_px);
    }
    let (w, h) = (width / 2, height / 2);
    let small = resize::plane(values, width, height, w, h);
    // less what halving and doubling blur by themselves
    let rest = (sigma_px * sigma_px - 0.9).max(0.1).sqrt() / 2.0;
    let small = gaussian(&small, w, h, rest);
    resize::plane(&small, w, h, width, height)
}

/// The blocks of a picture, row by row; the last ones of a row or column may be smaller.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Grid {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) columns: usize,
    pub(crate) rows: usize,
}

impl Grid {
    pub(crate) fn of(width: usize, height: usize) -> Self {
        Self {
            width,
            height,
            columns: width.div_ceil(BLOCK),
            rows: height.div_ceil(BLOCK),
        }
    }
    pub(crate) fn len(&self) -> usize {
        self.columns * self.rows
    }
    /// First and last-but-one column and row of block `b`.
    pub(crate) fn span(&self, b: usize) -> (usize, usize, usize, usize) {
        let (x, y) = (b % self.columns * BLOCK, b / self.columns * BLOCK);
        (
            x,
            (x + BLOCK).min(self.width),
            y,
            (y + BLOCK).min(self.height),
        )
    }
    /// The tile that the middle of block `b` lies in.
    pub(crate) fn tile(&self, b: usize) -> usize {
        let (x0, x1, y0, y1) = self.span(b);
        crate::tiles::of((x0 + x1) / 2, (y0 + y1) / 2, self.width, self.height)
    }
}

impl Grid {
    /// A number a block as a smooth map of the picture.
    pub(crate) fn map(&self, blocks: &[f32]) -> Mask {
        Mask {
            width: self.width,
            height: self.height,
            values: resize::plane(blocks, self.columns, self.rows, self.width, self.height),
        }
    }

    /// The mean of a plane in each block.
    pub(crate) fn means(&self, plane: &[f32]) -> Vec<f32> {
        let mut means = Vec::with_capacity(self.len());
        let mut sums = vec![0.0f32; self.width];
        for row in 0..self.rows {
            let (_, _, y0, y1) = self.span(row * self.columns);
            sums.copy_from_slice(&plane[y0 * self.width..(y0 + 1) * self.width]);
            for y in y0 + 1..y1 {
                add(&mut sums, &plane[y * self.width..(y + 1) * self.width]);
            }
            let blocks = sums.chunks(BLOCK);
            means.extend(blocks.map(|block| total(block) / (block.len() * (y1 - y0)) as f32));
        }
        means
    }
}

vectorised! {
    fn add(sums: &mut [f32], row: &[f32]) {
        for (sum, value) in sums.iter_mut().zip(row) {
            *sum += value;
        }
    }
}

/// Mean products of two planes in one block.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Products {
    /// mean square of the source's detail, (L*)²
    pub(crate) source: f32,
    /// mean square of the edit's detail, (L*)²
    pub(crate) edit: f32,
    /// mean product
    pub(crate) both: f32,
}

/// What a quarter of an L* step, squared, adds to every mean so that empty blocks agree.
const FLOOR: f32 = 0.0625;

impl Products {
    /// How alike the shapes are, whatever their contrast: 1 the same, 0 unrelated, −1 inverted.
    pub(crate) fn likeness(&self) -> f32 {
        (self.both + FLOOR) / ((self.source + FLOOR) * (self.edit + FLOOR)).sqrt()
    }
    /// The contrast in the edit of what is the source's: 1 unchanged, 0 gone.
    pub(crate) fn gain(&self) -> f32 {
        (self.both + FLOOR) / (self.source + FLOOR)
    }
    /// RMS of what the edit has and the source has not, L*.
    pub(crate) fn added(&self) -> f32 {
        (self.edit - self.both * self.both / (self.source + 1e-9))
            .max(0.0)
            .sqrt()
    }
}

vectorised! {
    /// Adds a row of two bands, each a plane and the one to take off it, to the sums of products in every column.
    fn add_products(
        source: [&[f32]; 2],
        edit: [&[f32]; 2],
        squares: &mut [f32],
        edited: &mut [f32],
        both: &mut [f32],
    ) {
        let n = squares.len();
        let ([s0, s1], [e0, e1]) = (source.map(|row| &row[..n]), edit.map(|row| &row[..n]));
        let (edited, both) = (&mut edited[..n], &mut both[..n]);
        for i in 0..n {
            let (s, e) = (s0[i] - s1[i], e0[i] - e1[i]);
            squares[i] += s * s;
            edited[i] += e * e;
            both[i] += s * e;
        }
    }
}

/// The products of two bands in every block.
pub(crate) fn products(source: [&[f32]; 2], edit: [&[f32]; 2], grid: Grid) -> Vec<Products> {
    let mut all = Vec::with_capacity(grid.len());
    let mut sums: [Vec<f32>; 3] = std::array::from_fn(|_| vec![0.0f32; grid.width]);
    for row in 0..grid.rows {
        let (_, _, y0, y1) = grid.span(row * grid.columns);
        let [squares, edited, both] = &mut sums;
        for sums in [&mut *squares, &mut *edited, &mut *both] {
            sums.fill(0.0);
        }
        for y in y0..y1 {
            let span = y * grid.width..(y + 1) * grid.width;
            add_products(
                source.map(|plane| &plane[span.clone()]),
                edit.map(|plane| &plane[span.clone()]),
                squares,
                edited,
                both,
            );
        }
        for column in 0..grid.columns {
            let (x0, x1, ..) = grid.span(row * grid.columns + column);
            let mean = |sums: &[f32]| total(&sums[x0..x1]) / ((x1 - x0) * (y1 - y0)) as f32;
            all.push(Products {
                source: mean(squares),
                edit: mean(edited),
                both: mean(both),
            });
        }
    }
    all
}
