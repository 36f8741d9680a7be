//! Lens blur: every point becomes a disc, or the polygon of an iris, as out of focus; bright points shine through.

use rayon::prelude::*;
use retake_core::Raster;
use retake_pixels::matrix::LUMA;
use retake_pixels::vectorised;

use super::neighbourhood::{Pass, Planes, each_row, reduce};
use super::{Group, Op, Param, Work, no_data};
use crate::render::Tile;

/// Mean of linear light over the aperture, weighted by 1 + highlights · h(Y)²: what is bright was brighter than a
/// sensor holds. The mean is made of horizontal spans of whole and fractional pixels, wide ones on a reduced grid.
pub static OP: Op = Op {
    id: "lens_blur",
    name: "Lens blur",
    about: "Out of focus as through a fast lens, with discs of light where highlights are.",
    group: Group::Effects,
    params: &[
        Param {
            id: "radius",
            name: "Radius",
            unit: "% of the long edge",
            range: (0.0, 3.0),
            neutral: 0.0,
        },
        Param {
            id: "highlights",
            name: "Highlights",
            unit: "",
            range: (0.0, 100.0),
            neutral: 30.0,
        },
        Param {
            id: "blades",
            name: "Iris blades",
            unit: "fewer than 3 for a round iris",
            range: (0.0, 9.0),
            neutral: 0.0,
        },
    ],
    work: Work::Spatial {
        prepare: |operation, scene| {
            let radius = operation.value(0) * 0.01 * scene.long_edge();
            let mut factor = 1;
            while radius / factor as f32 >= MOST_CELLS {
                factor *= 2;
            }
            let spans = spans(radius / factor as f32, operation.value(2).round() as usize);
            let mut constants = vec![
                factor as f32,
                (spans.len() / 2) as f32,
                operation.value(1) * 0.12,
                radius,
            ];
            constants.extend(spans.into_iter().flatten());
            constants
        },
        halo: |constants| {
            let (factor, radius) = (constants[0] as usize, constants[1] as usize);
            if constants[3] == 0.0 {
                0
            } else if factor == 1 {
                radius + 1
            } else {
                factor * (radius + 4)
            }
        },
        run,
        passes,
    },
    check: no_data,
    wgsl: include_str!("../../../../shaders/ops/lens_blur.wgsl"),
};

/// Cells in the radius from which on a coarser grid is taken.
const MOST_CELLS: f32 = 12.0;
/// Where the spans begin among the constants.
const SPANS: usize = 4;
/// Rows done at a time by one core.
const BAND: usize = 32;

/// For each row of the aperture from top to bottom: its half width in cells, and its weight.
fn spans(radius: f32, blades: usize) -> Vec<[f32; 2]> {
    let rows = radius.ceil() as i32;
    (-rows..=rows)
        .map(|dy| {
            let y = dy as f32;
            if blades < 3 {
                let half = (radius * radius - y * y).max(0.0).sqrt();
                return [half, (radius + 1.0 - y.abs()).clamp(0.0, 1.0)];
            }
            // a regular polygon with a corner on top: x·cos + y·sin ≤ apothem for each side
            let turn = std::f32::consts::TAU / blades as f32;
            let apothem = radius * (0.5 * turn).cos();
            let half = (0..blades)
                .map(|k| ((k as f32 + 0.5) * turn - std::f32::consts::FRAC_PI_2).sin_cos())
                .fold(f32::INFINITY, |half, (sin, cos)| {
                    if cos > 1e-3 {
                        half.min((apothem - y * sin) / cos)
                    } else if cos > -1e-3 && y * sin > apothem {
                        -1.0
                    } else {
                        half
                    }
                });
            let weight = if dy == 0 {
                1.0
            } else {
                (half + 1.0).clamp(0.0, 1.0)
            };
            [half.clamp(0.0, radius), weight]
        })
        .collect()
}

vectorised! {
    fn weigh(boost: f32, rgb: [&[f32]; 3], r: &mut [f32], g: &mut [f32], b: &mut [f32], w: &mut [f32]) {
        for ((((((r, g), b), w), x), y), z) in r.iter_mut().zip(g).zip(b).zip(w).zip(rgb[0]).zip(rgb[1]).zip(rgb[2]) {
            let light = LUMA[0] * x + LUMA[1] * y + LUMA[2] * z;
            let h = ((light - 0.45) * 1.6).clamp(0.0, 1.5);
            *w = 1.0 + boost * h * h;
            (*r, *g, *b) = (x * *w, y * *w, z * *w);
        }
    }
}

vectorised! {
    fn widen(span: &mut [f32], a: &[f32], b: &[f32]) {
        for ((span, a), b) in span.iter_mut().zip(a).zip(b) {
            *span += a + b;
        }
    }
}

vectorised! {
    fn deposit(out: &mut [f32], span: &[f32], a: &[f32], b: &[f32], share: f32, weight: f32) {
        for (((out, span), a), b) in out.iter_mut().zip(span).zip(a).zip(b) {
            *out += weight * (span + share * (a + b));
        }
    }
}

vectorised! {
    fn divide(r: &mut [f32], g: &mut [f32], b: &mut [f32], w: &[f32]) {
        for (((r, g), b), w) in r.iter_mut().zip(g).zip(b).zip(w) {
            let scale = 1.0 / w;
            *r *= scale;
            *g *= scale;
            *b *= scale;
        }
    }
}

/// Adds each source row, in every width the aperture has, to the output rows that look at it.
fn gather(planes: &Planes, spans: &[f32]) -> Planes {
    let (width, stride) = (planes.cells.width, planes.stride());
    let reach = spans.len() / 4;
    let pad = reach + 1;
    let widest = |half: f32| half as usize;
    let mut out = Planes::new(planes.cells, planes.count);
    out.values
        .par_chunks_mut(BAND * stride)
        .enumerate()
        .for_each_init(
            || (vec![0.0f32; width + 2 * pad], vec![0.0f32; width]),
            |(padded, span), (band, out)| {
                let rows = out.len() / stride;
                let first = band * BAND;
                for source in 0..rows + 2 * reach {
                    let row = planes.row((first + source) as isize - reach as isize);
                    for (index, from) in row.chunks_exact(width).enumerate() {
                        padded[..pad].fill(from[0]);
                        padded[pad..pad + width].copy_from_slice(from);
                        padded[pad + width..].fill(from[width - 1]);
                        span.copy_from_slice(from);
                        for m in 0..=reach {
                            if m > 0 {
                                widen(span, &padded[pad - m..], &padded[pad + m..]);
                            }
                            // output row y looks at row y + dy of the aperture's row k = dy + reach
                            for k in 0..=2 * reach {
                                let (half, weight) = (spans[2 * k], spans[2 * k + 1]);
                                if widest(half) != m
                                    || weight == 0.0
                                    || source < k
                                    || source - k >= rows
                                {
                                    continue;
                                }
                                let at = (source - k) * stride + index * width;
                                deposit(
                                    &mut out[at..at + width],
                                    span,
                                    &padded[pad - m - 1..],
                                    &padded[pad + m + 1..],
                                    half - m as f32,
                                    weight,
                                );
                            }
                        }
                    }
                }
            },
        );
    out
}

fn run(constants: &[f32], tile: &Tile) -> Raster {
    if constants[3] == 0.0 {
        return tile.raster.clone();
    }
    let factor = constants[0] as usize;
    let weighed = reduce(tile, factor, 4, |rgb, out| {
        let width = rgb[0].len();
        let (r, rest) = out.split_at_mut(width);
        let (g, rest) = rest.split_at_mut(width);
        let (b, w) = rest.split_at_mut(width);
        weigh(constants[2], rgb, r, g, b, w);
    });
    let rows = 2 * constants[1] as usize + 1;
    let mut discs = gather(&weighed, &constants[SPANS..SPANS + 2 * rows]);
    let cells = discs.cells.width;
    discs.each_row(|row| {
        let (r, rest) = row.split_at_mut(cells);
        let (g, rest) = rest.split_at_mut(cells);
        let (b, w) = rest.split_at_mut(cells);
        divide(r, g, b, w);
    });
    let width = tile.rect.width();
    each_row(
        tile,
        || (vec![0.0f32; 4 * width], Vec::new()),
        |(wide, sum), y, _, output| {
            discs.enlarged_row(factor, tile.rect.y0 + y, tile.rect.x0, wide, sum);
            for (to, from) in output.into_iter().zip(wide.chunks_exact(width)) {
                to.copy_from_slice(from);
            }
        },
    )
}

fn passes(constants: &[f32]) -> Vec<Pass> {
    if constants[3] == 0.0 {
        return Vec::new();
    }
    let factor = constants[0] as usize;
    let mut passes = vec![
        Pass::new("lens_weigh", &[0], 1, factor, 0),
        Pass::new("lens_gather", &[1], 2, factor, 0),
    ];
    passes.push(Pass::last("enlarge", &[2], 0));
    passes
}
