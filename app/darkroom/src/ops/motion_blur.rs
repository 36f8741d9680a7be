//! Motion blur: the mean of linear light along a line, as if the camera had moved while the shutter was open.

use rayon::prelude::*;
use retake_core::Raster;
use retake_pixels::vectorised;

use super::neighbourhood::Pass;
use super::{Group, Op, Param, Work, no_data};
use crate::render::Tile;

/// Taps one pixel apart along the axis the line is nearer to, linear between pixels across it. A long line is made in
/// two passes: a short line, then whole-pixel steps of its length.
pub static OP: Op = Op {
    id: "motion_blur",
    name: "Motion blur",
    about: "Streaks along a direction, as from a moving camera.",
    group: Group::Effects,
    params: &[
        Param {
            id: "length",
            name: "Length",
            unit: "% of the long edge",
            range: (0.0, 10.0),
            neutral: 0.0,
        },
        Param {
            id: "angle",
            name: "Angle",
            unit: "°",
            range: (-180.0, 180.0),
            neutral: 0.0,
        },
    ],
    work: Work::Spatial {
        prepare: |operation, scene| {
            let (sin, cos) = operation.value(1).to_radians().sin_cos();
            let level = cos.abs() >= sin.abs();
            let slope = if level { sin / cos } else { cos / sin };
            // to 1/1024, so that its multiples are exact and every device rounds them alike
            let slope = (slope * 1024.0).round() / 1024.0;
            let taps = operation.value(0) * 0.01 * scene.long_edge() * cos.abs().max(sin.abs());
            let short = if taps <= LONG {
                taps.max(1.0)
            } else {
                2.0 * (0.5 * taps.sqrt()).floor() + 1.0
            };
            let (near, far) = (half(short), half((taps / short).max(1.0)));
            let level = if level { 1.0 } else { 0.0 };
            vec![taps, level, slope, short, near.0, near.1, far.0, far.1]
        },
        halo: |constants| {
            if constants[0] <= 1.0 {
                return 0;
            }
            (constants[4] + 3.0 + (constants[6] + 1.0) * constants[3]) as usize
        },
        run,
        passes,
    },
    check: no_data,
    wgsl: include_str!("../../../../shaders/ops/motion_blur.wgsl"),
};

/// Taps up to which one pass does it.
const LONG: f32 = 31.0;
const LANES: usize = 32;

/// Whole taps on either side of the middle one, and the weight of one more, for `taps` in all.
fn half(taps: f32) -> (f32, f32) {
    let side = 0.5 * (taps - 1.0);
    (side.floor(), side - side.floor())
}

/// Where to look, relative to the pixel, and how much it counts.
struct Tap {
    dx: isize,
    dy: isize,
    weight: f32,
}

/// Taps `step` apart along the line, `whole` on either side and one of weight `part` beyond.
fn taps(constants: &[f32], step: f32, whole: f32, part: f32) -> Vec<Tap> {
    let (level, slope) = (constants[1] == 1.0, constants[2]);
    let scale = 1.0 / (2.0 * (whole + part) + 1.0);
    let mut taps = Vec::new();
    let reach = whole as isize + 1;
    for k in -reach..=reach {
        let weight = if k.abs() == reach {
            part * scale
        } else {
            scale
        };
        let along = k as f32 * step;
        let across = along * slope;
        let (low, share) = if step == 1.0 {
            (across.floor(), across - across.floor())
        } else {
            ((across + 0.5).floor(), 0.0)
        };
        for (across, weight) in [(low, weight * (1.0 - share)), (low + 1.0, weight * share)] {
            if weight > 0.0 {
                let (along, across) = (along as isize, across as isize);
                let (dx, dy) = if level {
                    (along, across)
                } else {
                    (across, along)
                };
                taps.push(Tap { dx, dy, weight });
            }
        }
    }
    taps
}

vectorised! {
    /// `out[i]` = Σ weight · padded[start + i] over the taps.
    fn gather(out: &mut [f32], padded: &[f32], starts: &[(usize, f32)]) {
        let whole = out.len() / LANES * LANES;
        for i in (0..whole).step_by(LANES) {
            let mut sum = [0.0f32; LANES];
            for &(start, weight) in starts {
                for (sum, value) in sum.iter_mut().zip(&padded[start + i..start + i + LANES]) {
                    *sum += weight * value;
                }
            }
            out[i..i + LANES].copy_from_slice(&sum);
        }
        for i in whole..out.len() {
            let mut sum = 0.0;
            for &(start, weight) in starts {
                sum += weight * padded[start + i];
            }
            out[i] = sum;
        }
    }
}

fn convolved(plane: &[f32], width: usize, taps: &[Tap]) -> Vec<f32> {
    let height = plane.len() / width;
    let pad = taps
        .iter()
        .map(|tap| tap.dx.unsigned_abs())
        .max()
        .unwrap_or(0);
    let stride = width + 2 * pad;
    let mut padded = vec![0.0f32; stride * height];
    padded
        .par_chunks_mut(stride)
        .zip(plane.par_chunks(width))
        .for_each(|(padded, row)| {
            padded[..pad].fill(row[0]);
            padded[pad..pad + width].copy_from_slice(row);
            padded[pad + width..].fill(row[width - 1]);
        });
    let mut out = vec![0.0f32; plane.len()];
    out.par_chunks_mut(width)
        .enumerate()
        .for_each_init(Vec::new, |starts, (y, out)| {
            starts.clear();
            starts.extend(taps.iter().map(|tap| {
                let row = (y as isize + tap.dy).clamp(0, height as isize - 1) as usize;
                let column = pad as isize + tap.dx;
                (row * stride + column as usize, tap.weight)
            }));
            gather(out, &padded, starts);
        });
    out
}

fn run(constants: &[f32], tile: &Tile) -> Raster {
    if constants[0] <= 1.0 {
        return tile.raster.clone();
    }
    let width = tile.rect.width();
    let short = taps(constants, 1.0, constants[4], constants[5]);
    let long =
        (constants[0] > LONG).then(|| taps(constants, constants[3], constants[6], constants[7]));
    let planes = tile.raster.planes.each_ref().map(|plane| {
        let streaks = convolved(plane, width, &short);
        match &long {
            Some(long) => convolved(&streaks, width, long),
            None => streaks,
        }
    });
    Raster {
        width,
        height: tile.rect.height(),
        planes,
    }
}

fn passes(constants: &[f32]) -> Vec<Pass> {
    if constants[0] <= 1.0 {
        return Vec::new();
    }
    if constants[0] <= LONG {
        return vec![Pass::last("motion_short", &[0], 0)];
    }
    vec![
        Pass::new("motion_short", &[0], 1, 1, 0),
        Pass::last("motion_long", &[1], 0),
    ]
}
