//! Denoise: a Laplacian pyramid (Burt & Adelson 1983) whose bands are shrunk where their local energy is no more than
//! noise would give (the local Wiener rule of Mıhçak et al. 1999, eq. 6), lightness and colour each by its own measure.

use rayon::prelude::*;
use retake_core::Raster;
use retake_pixels::vectorised;

use super::neighbourhood::{Pass, Planes, each_row, reduce};
use super::{Group, Op, Param, Work, no_data};
use crate::render::Tile;

/// Works on square roots of light, where photon noise is even, split into lightness and two colour differences.
pub static OP: Op = Op {
    id: "denoise",
    name: "Denoise",
    about: "Calms grain and coloured speckles, and keeps edges.",
    group: Group::Detail,
    params: &[
        Param {
            id: "luminance",
            name: "Luminance",
            unit: "",
            range: (0.0, 100.0),
            neutral: 0.0,
        },
        Param {
            id: "colour",
            name: "Colour",
            unit: "",
            range: (0.0, 100.0),
            neutral: 0.0,
        },
        Param {
            id: "detail",
            name: "Detail",
            unit: "",
            range: (0.0, 100.0),
            neutral: 50.0,
        },
    ],
    work: Work::Spatial {
        prepare: |operation, scene| {
            let edge = scene.long_edge();
            // a smaller copy of a photo has averaged part of its noise away
            let size = (edge / 2500.0).sqrt().clamp(0.6, 1.3);
            let excess = 2.6 - 1.6 * operation.value(2) / 100.0;
            let threshold = |amount: f32, most: f32, fall: f32, level: usize| {
                let t = most * (amount / 100.0).powf(1.3) * size * fall.powi(level as i32);
                excess * t * t
            };
            let levels = ((edge * 0.006).log2().round()).clamp(2.0, LEVELS as f32);
            // a little grain kept looks more like a photo than none
            let grain = 0.25 * operation.value(2) / 100.0;
            let mut constants = vec![levels, 2.0];
            constants.extend((0..LEVELS).map(|j| threshold(operation.value(0), 0.06, 0.5, j)));
            constants.extend((0..LEVELS).map(|j| threshold(operation.value(1), 0.11, 0.7, j)));
            constants.extend([grain; LEVELS]);
            constants
        },
        halo: |constants| {
            if idle(constants) {
                return 0;
            }
            // a level needs two of its own pixels for the energy and two cells of the next one
            6 << constants[0] as usize
        },
        run,
        passes,
    },
    check: no_data,
    wgsl: include_str!("../../../../shaders/ops/denoise.wgsl"),
};

const LEVELS: usize = 4;
/// Where what noise gives begins among the constants.
const NOISE: usize = 2;
/// Rows done at a time by one core.
const BAND: usize = 32;
/// Light below this is coded ever more linearly.
const TOE: f32 = 0.002;

fn idle(constants: &[f32]) -> bool {
    constants[NOISE] == 0.0 && constants[NOISE + LEVELS] == 0.0
}

#[inline(always)]
fn coded(x: f32) -> f32 {
    ((x.abs() + TOE).sqrt() - TOE.sqrt()).copysign(x)
}

#[inline(always)]
fn decoded(u: f32) -> f32 {
    let root = u.abs() + TOE.sqrt();
    (root * root - TOE).copysign(u)
}

vectorised! {
    /// Lightness (r + 2g + b)/4 and the differences (r − b)/2 and (2g − r − b)/4 of coded light.
    fn split(rgb: [&[f32]; 3], y: &mut [f32], p: &mut [f32], q: &mut [f32]) {
        for (((((y, p), q), r), g), b) in y.iter_mut().zip(p).zip(q).zip(rgb[0]).zip(rgb[1]).zip(rgb[2]) {
            let (r, g, b) = (coded(*r), coded(*g), coded(*b));
            *y = 0.25 * (r + b) + 0.5 * g;
            *p = 0.5 * (r - b);
            *q = 0.5 * g - 0.25 * (r + b);
        }
    }
}

vectorised! {
    fn join(planes: &[f32], output: [&mut [f32]; 3]) {
        let n = output[0].len();
        let (y, rest) = planes.split_at(n);
        let (p, q) = rest.split_at(n);
        let [r, g, b] = output;
        for (((((r, g), b), y), p), q) in r.iter_mut().zip(g).zip(b).zip(y).zip(p).zip(q) {
            *r = decoded(y - q + p);
            *g = decoded(y + q);
            *b = decoded(y - q - p);
        }
    }
}

vectorised! {
    fn subtract(from: &mut [f32], values: &[f32]) {
        for (from, value) in from.iter_mut().zip(values) {
            *from = value - *from;
        }
    }
}

vectorised! {
    /// Energies of a band's row, added up over five columns, edges continued; `padded` has four values more.
    fn energies(band: &[f32], padded: &mut [f32], lightness: &mut [f32], colour: &mut [f32]) {
        let n = lightness.len();
        let (y, rest) = band.split_at(n);
        let (p, q) = rest.split_at(n);
        for (e, y) in padded[2..].iter_mut().zip(y) {
            *e = y * y;
        }
        five(padded, lightness);
        for ((e, p), q) in padded[2..].iter_mut().zip(p).zip(q) {
            *e = p * p + q * q;
        }
        five(padded, colour);
    }
}

#[inline(always)]
fn five(padded: &mut [f32], out: &mut [f32]) {
    let n = out.len();
    let (first, last) = (padded[2], padded[n + 1]);
    padded[..2].fill(first);
    padded[n + 2..].fill(last);
    let five = padded
        .iter()
        .zip(&padded[1..])
        .zip(&padded[2..])
        .zip(&padded[3..])
        .zip(&padded[4..]);
    for (out, ((((a, b), c), d), e)) in out.iter_mut().zip(five) {
        *out = a + b + c + d + e;
    }
}

vectorised! {
    fn add_up(out: &mut [f32], rows: &[f32]) {
        let n = out.len();
        let five = rows.iter().zip(&rows[n..]).zip(&rows[2 * n..]).zip(&rows[3 * n..]).zip(&rows[4 * n..]);
        for (out, ((((a, b), c), d), e)) in out.iter_mut().zip(five) {
            *out = a + b + c + d + e;
        }
    }
}

vectorised! {
    /// Adds the band, shrunk where its energy (25 times the mean) is no more than noise, to `out`.
    fn add_shrunk(noise: f32, least: f32, energy: &[f32], band: &[f32], out: &mut [f32]) {
        for ((out, band), energy) in out.iter_mut().zip(band).zip(energy) {
            let energy = energy * 0.04;
            *out += band * (1.0 - noise / energy.max(1e-12)).max(least);
        }
    }
}

/// The level with its band shrunk, from the coarser level as it was and as it became.
fn shrunk(noise: [f32; 2], grain: f32, fine: &Planes, coarse: &Planes, became: &Planes) -> Planes {
    let cells = fine.cells;
    let (width, stride) = (cells.width, fine.stride());
    let mut out = Planes::new(cells, 3);
    out.values
        .par_chunks_mut(BAND * stride)
        .enumerate()
        .for_each_init(
            || {
                let (padded, total) = (vec![0.0f32; width + 4], vec![0.0f32; 2 * width]);
                (Vec::new(), Vec::new(), padded, total, Vec::new())
            },
            |(bands, sums, padded, total, scratch), (index, out)| {
                let rows = out.len() / stride + 4;
                bands.resize(rows * stride, 0.0f32);
                sums.resize(rows * 2 * width, 0.0f32);
                let bands_and_sums = bands
                    .chunks_exact_mut(stride)
                    .zip(sums.chunks_exact_mut(2 * width));
                for (i, (band, sum)) in bands_and_sums.enumerate().take(rows) {
                    let y = (index * BAND + i).clamp(2, cells.height + 1) - 2;
                    coarse.enlarged_row(2, cells.y0 + y, cells.x0, band, scratch);
                    subtract(band, fine.row(y as isize));
                    let (lightness, colour) = sum.split_at_mut(width);
                    energies(band, padded, lightness, colour);
                }
                for (i, out) in out.chunks_exact_mut(stride).enumerate() {
                    let y = index * BAND + i;
                    became.enlarged_row(2, cells.y0 + y, cells.x0, out, scratch);
                    let band = &bands[(i + 2) * stride..(i + 3) * stride];
                    add_up(total, &sums[i * 2 * width..(i + 5) * 2 * width]);
                    let (lightness, colour) = total.split_at(width);
                    for (k, (out, band)) in out
                        .chunks_exact_mut(width)
                        .zip(band.chunks_exact(width))
                        .enumerate()
                    {
                        let (energy, least) = if k == 0 {
                            (lightness, grain)
                        } else {
                            (colour, 0.0)
                        };
                        add_shrunk(noise[k.min(1)], least, energy, band, out);
                    }
                }
            },
        );
    out
}

fn run(constants: &[f32], tile: &Tile) -> Raster {
    if idle(constants) {
        return tile.raster.clone();
    }
    let levels = constants[0] as usize;
    let mut pyramid = vec![reduce(tile, 1, 3, |rgb, out| {
        let (y, rest) = out.split_at_mut(rgb[0].len());
        let (p, q) = rest.split_at_mut(rgb[0].len());
        split(rgb, y, p, q);
    })];
    for j in 0..levels {
        let next = pyramid[j].reduced(2);
        pyramid.push(next);
    }
    let mut became = pyramid[levels].clone();
    for j in (0..levels).rev() {
        let noise = [constants[NOISE + j], constants[NOISE + LEVELS + j]];
        became = shrunk(
            noise,
            constants[NOISE + 2 * LEVELS],
            &pyramid[j],
            &pyramid[j + 1],
            &became,
        );
        pyramid.pop();
    }
    each_row(
        tile,
        || (),
        |(), y, _, output| join(became.row(y as isize), output),
    )
}

fn passes(constants: &[f32]) -> Vec<Pass> {
    if idle(constants) {
        return Vec::new();
    }
    let levels = constants[0] as usize;
    let level = |j: usize| 1 + j as u32;
    let band = level(LEVELS) + 1;
    let mut passes = vec![Pass::new("split_light", &[0], level(0), 1, 0)];
    for j in 0..levels {
        passes.push(Pass::new("reduce", &[level(j)], level(j + 1), 2 << j, 1));
    }
    for j in (0..levels).rev() {
        let noise = (NOISE + j) as u32;
        let from = [level(j), level(j + 1)];
        let kept = band + 1 + j as u32;
        let coarser = if j + 1 == levels {
            level(levels)
        } else {
            kept + 1
        };
        passes.push(Pass::new("band_of", &from, band, 1 << j, 0));
        passes.push(Pass::new("shrink", &[band, coarser], kept, 1 << j, noise));
    }
    passes.push(Pass::last("join_light", &[band + 1], 0));
    passes
}
