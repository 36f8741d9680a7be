//! A picture's lightness split into fine, medium and coarse detail, and the sums over 16-px blocks that say how two
//! pictures' details agree.

use rayon::prelude::*;
use retake_pixels::blur::gaussian;
use retake_pixels::resize;

/// Side of a block in px.
pub(crate) const BLOCK: usize = 16;
/// Fine, medium, coarse.
pub(crate) const BANDS: usize = 3;
/// Standard deviations in px of the blurs between which the bands lie.
const SIGMAS: [f32; BANDS] = [1.0, 3.5, 14.0];

/// L* between neighbouring blurs: `planes[0]` holds the finest detail.
#[derive(Clone, Debug)]
pub(crate) struct Bands {
    pub(crate) planes: [Vec<f32>; BANDS],
}

impl Bands {
    /// Of one plane of L*. The sigmas are in px: a detail of the working picture is a detail whatever its size.
    pub(crate) fn of(values: &[f32], width: usize, height: usize) -> Self {
        let mut rest = values.to_vec();
        let planes = SIGMAS.map(|sigma| {
            let smooth = smoothed(values, width, height, sigma);
            let mut band = smooth.clone();
            for (band, rest) in band.iter_mut().zip(&rest) {
                *band = rest - *band;
            }
            rest = smooth;
            band
        });
        Self { planes }
    }
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
    /// The mean of a plane in each block.
    pub(crate) fn means(&self, plane: &[f32]) -> Vec<f32> {
        let mean = |b: usize| {
            let (x0, x1, y0, y1) = self.span(b);
            let row = |y: usize| plane[y * self.width + x0..y * self.width + x1].iter();
            let sum: f32 = (y0..y1).flat_map(row).sum();
            sum / ((x1 - x0) * (y1 - y0)) as f32
        };
        (0..self.len()).map(mean).collect()
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

/// The products of two bands in every block.
pub(crate) fn products(source: &[f32], edit: &[f32], grid: Grid) -> Vec<Products> {
    (0..grid.rows)
        .into_par_iter()
        .flat_map_iter(|row| {
            (0..grid.columns).map(move |column| {
                let (x0, x1, y0, y1) = grid.span(row * grid.columns + column);
                let mut sums = Products::default();
                for y in y0..y1 {
                    let span = y * grid.width + x0..y * grid.width + x1;
                    for (s, e) in source[span.clone()].iter().zip(&edit[span]) {
                        sums.source += s * s;
                        sums.edit += e * e;
                        sums.both += s * e;
                    }
                }
                let scale = 1.0 / ((x1 - x0) * (y1 - y0)) as f32;
                Products {
                    source: sums.source * scale,
                    edit: sums.edit * scale,
                    both: sums.both * scale,
                }
            })
        })
        .collect()
}
