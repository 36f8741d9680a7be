//! Dehaze: haze adds its own light where things are far; estimated from the darkest channel nearby, it is taken off,
//! or added. He, Sun & Tang 2009, "Single image haze removal using dark channel prior"; refined by the guided filter
//! (He, Sun & Tang 2010) with Gaussian windows.

use retake_core::Raster;
use retake_pixels::matrix::LUMA;
use retake_pixels::{fast, vectorised};

use super::neighbourhood::{Cells, Gaussian, Pass, Planes, each_row, lowest, reduce};
use super::{Group, Op, Param, Work, no_data};
use crate::render::Tile;

mod airlight;
pub use airlight::airlight;

/// Removal: J = (I − A)/t + A (eq. 22) with t = 1 − ω·dark(I/A), never so small that a channel falls below black.
/// Adding: the same haze model forwards, more where the haze already is.
pub static OP: Op = Op {
    id: "dehaze",
    name: "Dehaze",
    about: "Takes haze and mist out of the distance, or adds some.",
    group: Group::Light,
    params: &[Param {
        id: "amount",
        name: "Dehaze",
        unit: "",
        range: (-100.0, 100.0),
        neutral: 0.0,
    }],
    work: Work::Spatial {
        prepare: |operation, scene| {
            let edge = scene.long_edge();
            let air = scene.analysis.airlight(airlight);
            let sigma = 0.03 * edge;
            // the dark channel lives on a grid four times finer than the window's
            let factor = Gaussian::factor_for(sigma).max(4);
            let fine = factor / 4;
            let radius = (0.0125 * edge / fine as f32).round().clamp(1.0, 12.0);
            let mut constants = vec![
                operation.value(0) / 100.0,
                air[0],
                air[1],
                air[2],
                fine as f32,
                radius,
                EPSILON,
                4.0,
            ];
            Gaussian::push_on(sigma, factor, &mut constants);
            constants
        },
        halo: |constants| {
            if constants[0] == 0.0 {
                return 0;
            }
            let window = Gaussian::read(&constants[WINDOW..]);
            window.halo(2) + (constants[4] * (constants[5] + 2.0)) as usize
        },
        run,
        passes,
    },
    check: no_data,
    wgsl: include_str!("../../../../shaders/ops/dehaze.wgsl"),
};

const WINDOW: usize = 8;
/// Of the guided filter, in lightness².
const EPSILON: f32 = 1e-3;
/// Share of the haze that is taken off at full amount: a trace must stay for depth (He 2009, eq. 12).
const MOST: f32 = 0.92;
/// The least transmission assumed, so that skies keep their calm.
const THICKEST: f32 = 0.22;

#[inline(always)]
fn guide(r: f32, g: f32, b: f32) -> f32 {
    fast::cbrt((LUMA[0] * r + LUMA[1] * g + LUMA[2] * b).clamp(0.0, 2.0))
}

vectorised! {
    /// Rows of dark channel, guide and its square.
    fn fill(air: &[f32], rgb: [&[f32]; 3], dark: &mut [f32], guides: &mut [f32], squares: &mut [f32]) {
        let inverse = [1.0 / air[0], 1.0 / air[1], 1.0 / air[2]];
        for (((((d, v), s), r), g), b) in dark.iter_mut().zip(guides).zip(squares).zip(rgb[0]).zip(rgb[1]).zip(rgb[2]) {
            *d = (r * inverse[0]).min(g * inverse[1]).min(b * inverse[2]).clamp(0.0, 1.0);
            *v = guide(*r, *g, *b);
            *s = *v * *v;
        }
    }
}

vectorised! {
    fn products(dark: &[f32], guides: &[f32], out: &mut [f32]) {
        for ((out, d), v) in out.iter_mut().zip(dark).zip(guides) {
            *out = d * v;
        }
    }
}

vectorised! {
    /// Slope and offset from the means of dark channel, guide, its square and the product.
    fn coefficients(epsilon: f32, dark: &mut [f32], guides: &mut [f32], squares: &[f32], products: &[f32]) {
        for (((d, v), s), p) in dark.iter_mut().zip(guides).zip(squares).zip(products) {
            let variance = (s - *v * *v).max(0.0);
            let a = (p - *d * *v) / (variance + epsilon);
            let b = *d - a * *v;
            *d = a;
            *v = b;
        }
    }
}

vectorised! {
    fn finish(constants: &[f32], slope: &[f32], offset: &[f32], input: [&[f32]; 3], output: [&mut [f32]; 3]) {
        let amount = constants[0];
        let air = [constants[1], constants[2], constants[3]];
        let inverse = [1.0 / air[0], 1.0 / air[1], 1.0 / air[2]];
        let [out_r, out_g, out_b] = output;
        for i in 0..slope.len() {
            let (r, g, b) = (input[0][i], input[1][i], input[2][i]);
            let haze = (slope[i] * guide(r, g, b) + offset[i]).clamp(0.0, 1.0);
            let own = (r * inverse[0]).min(g * inverse[1]).min(b * inverse[2]).clamp(0.0, 1.0);
            let taken = (1.0 - MOST * amount * haze).max(THICKEST).max(1.0 - own);
            let added = 1.0 + amount * (0.15 + 0.6 * haze);
            let (scale, base) = if amount > 0.0 {
                (1.0 / taken, 1.0 - 1.0 / taken)
            } else {
                (added, 1.0 - added)
            };
            out_r[i] = r * scale + air[0] * base;
            out_g[i] = g * scale + air[1] * base;
            out_b[i] = b * scale + air[2] * base;
        }
    }
}

/// Slope and offset, on the window's grid, of the line that gives the haze from the guide.
fn haze(constants: &[f32], tile: &Tile) -> Planes {
    let window = Gaussian::read(&constants[WINDOW..]);
    let (fine, radius) = (constants[4] as usize, constants[5] as usize);
    let air = &constants[1..4];
    let mut planes = reduce(tile, fine, 4, |rgb, out| {
        let (dark, rest) = out.split_at_mut(rgb[0].len());
        let (guides, rest) = rest.split_at_mut(rgb[0].len());
        fill(air, rgb, dark, guides, &mut rest[..rgb[0].len()]);
    });
    lowest(&mut planes, 0, radius);
    let Cells { width, .. } = planes.cells;
    planes.each_row(|row| {
        let (inputs, product) = row.split_at_mut(3 * width);
        products(&inputs[..width], &inputs[width..2 * width], product);
    });
    let mut planes = planes.reduced(4);
    window.blur(&mut planes);
    let Cells { width, .. } = planes.cells;
    planes.each_row(|row| {
        let (dark, rest) = row.split_at_mut(width);
        let (guides, rest) = rest.split_at_mut(width);
        let (squares, products) = rest.split_at_mut(width);
        coefficients(constants[6], dark, guides, squares, products);
    });
    window.blur(&mut planes);
    planes
}

fn run(constants: &[f32], tile: &Tile) -> Raster {
    if constants[0] == 0.0 {
        return tile.raster.clone();
    }
    let lines = haze(constants, tile);
    let width = tile.rect.width();
    each_row(
        tile,
        || (vec![0.0f32; 4 * width], Vec::new()),
        |(wide, sum), y, input, output| {
            lines.enlarged_row(
                lines.cells.factor,
                tile.rect.y0 + y,
                tile.rect.x0,
                wide,
                sum,
            );
            let (slope, offset) = (&wide[..width], &wide[width..2 * width]);
            finish(constants, slope, offset, input, output);
        },
    )
}

fn passes(constants: &[f32]) -> Vec<Pass> {
    if constants[0] == 0.0 {
        return Vec::new();
    }
    let window = Gaussian::read(&constants[WINDOW..]);
    let at = WINDOW as u32;
    let fine = constants[4] as usize;
    let mut passes = vec![
        Pass::new("dark_and_guide", &[0], 1, fine, 0),
        Pass::new("lowest_across", &[1], 2, fine, 5),
        Pass::new("lowest_down", &[2], 1, fine, 5),
        Pass::new("with_product", &[1], 2, fine, 0),
        Pass::new("reduce", &[2], 3, window.factor, 7),
    ];
    passes.extend(window.passes(3, 4, at));
    passes.push(Pass::new("haze_line", &[3], 3, window.factor, 6));
    passes.extend(window.passes(3, 4, at));
    passes.push(Pass::last("dehaze", &[0, 3], 0));
    passes
}
