//! Bloom: bright light spills over its surroundings, as in a lens with a little mist on it.

use retake_core::Raster;
use retake_pixels::matrix::LUMA;
use retake_pixels::vectorised;

use super::neighbourhood::{Gaussian, Pass, each_row, reduce};
use super::{Group, Op, Param, Work, no_data};
use crate::render::Tile;

/// c + amount · (1 − 0.6 Y) · (0.6 narrow + 0.4 wide): Gaussians of the light above the threshold, in linear light.
pub static OP: Op = Op {
    id: "bloom",
    name: "Bloom",
    about: "A glow around what is bright.",
    group: Group::Effects,
    params: &[
        Param {
            id: "amount",
            name: "Amount",
            unit: "",
            range: (0.0, 100.0),
            neutral: 0.0,
        },
        Param {
            id: "radius",
            name: "Radius",
            unit: "% of the long edge",
            range: (0.1, 4.0),
            neutral: 1.5,
        },
        Param {
            id: "threshold",
            name: "Threshold",
            unit: "L*",
            range: (0.0, 100.0),
            neutral: 60.0,
        },
    ],
    work: Work::Spatial {
        prepare: |operation, scene| {
            let radius = operation.value(1) * 0.01 * scene.long_edge();
            let threshold = ((operation.value(2) + 16.0) / 116.0).powi(3);
            let (narrow, wide) = (0.4 * radius, 1.3 * radius);
            let (fine, coarse) = (Gaussian::factor_for(narrow), Gaussian::factor_for(wide));
            let mut constants = vec![
                operation.value(0) / 100.0 * 2.2,
                threshold,
                fine as f32,
                (coarse / fine) as f32,
            ];
            Gaussian::push(narrow, &mut constants);
            Gaussian::push(wide, &mut constants);
            constants
        },
        halo: |constants| {
            if constants[0] == 0.0 {
                return 0;
            }
            let wide = Gaussian::read(&constants[WIDE..]);
            Gaussian::read(&constants[NARROW..])
                .halo(1)
                .max(wide.halo(1))
                + constants[2] as usize
        },
        run,
        passes,
    },
    check: no_data,
    wgsl: include_str!("../../../../shaders/ops/bloom.wgsl"),
};

const NARROW: usize = 4;
const WIDE: usize = NARROW + Gaussian::LEN;

vectorised! {
    fn bright(threshold: f32, rgb: [&[f32]; 3], r: &mut [f32], g: &mut [f32], b: &mut [f32]) {
        for (((((r, g), b), x), y), z) in r.iter_mut().zip(g).zip(b).zip(rgb[0]).zip(rgb[1]).zip(rgb[2]) {
            let light = LUMA[0] * x + LUMA[1] * y + LUMA[2] * z;
            let share = (light - threshold).max(0.0) / light.max(1e-6);
            (*r, *g, *b) = (x * share, y * share, z * share);
        }
    }
}

vectorised! {
    fn spill(amount: f32, narrow: &[f32], wide: &[f32], input: [&[f32]; 3], output: [&mut [f32]; 3]) {
        let n = input[0].len();
        let [r, g, b] = output;
        for (((room, x), y), z) in r.iter_mut().zip(input[0]).zip(input[1]).zip(input[2]) {
            let light = LUMA[0] * x + LUMA[1] * y + LUMA[2] * z;
            *room = amount * (1.0 - 0.6 * light.clamp(0.0, 1.0));
        }
        let glow = |k: usize| narrow[k * n..(k + 1) * n].iter().zip(&wide[k * n..(k + 1) * n]);
        for (((out, room), c), (narrow, wide)) in b.iter_mut().zip(r.iter()).zip(input[2]).zip(glow(2)) {
            *out = c + room * (0.6 * narrow + 0.4 * wide);
        }
        for (((out, room), c), (narrow, wide)) in g.iter_mut().zip(r.iter()).zip(input[1]).zip(glow(1)) {
            *out = c + room * (0.6 * narrow + 0.4 * wide);
        }
        for ((room, c), (narrow, wide)) in r.iter_mut().zip(input[0]).zip(glow(0)) {
            *room = c + *room * (0.6 * narrow + 0.4 * wide);
        }
    }
}

fn run(constants: &[f32], tile: &Tile) -> Raster {
    if constants[0] == 0.0 {
        return tile.raster.clone();
    }
    let (fine, further) = (constants[2] as usize, constants[3] as usize);
    let mut narrow = reduce(tile, fine, 3, |rgb, out| {
        let (r, rest) = out.split_at_mut(rgb[0].len());
        let (g, b) = rest.split_at_mut(rgb[0].len());
        bright(constants[1], rgb, r, g, b);
    });
    let mut wide = narrow.reduced(further);
    Gaussian::read(&constants[NARROW..]).blur(&mut narrow);
    Gaussian::read(&constants[WIDE..]).blur(&mut wide);
    let width = tile.rect.width();
    each_row(
        tile,
        || (vec![0.0f32; 3 * width], vec![0.0f32; 3 * width], Vec::new()),
        |(near, far, sum), y, input, output| {
            let (x0, y) = (tile.rect.x0, tile.rect.y0 + y);
            narrow.enlarged_row(fine, y, x0, near, sum);
            wide.enlarged_row(fine * further, y, x0, far, sum);
            spill(constants[0], near, far, input, output);
        },
    )
}

fn passes(constants: &[f32]) -> Vec<Pass> {
    if constants[0] == 0.0 {
        return Vec::new();
    }
    let narrow = Gaussian::read(&constants[NARROW..]);
    let wide = Gaussian::read(&constants[WIDE..]);
    let mut passes = vec![
        Pass::new("bright", &[0], 1, narrow.factor, 0),
        Pass::new("reduce", &[1], 2, wide.factor, 3),
    ];
    passes.extend(narrow.passes(1, 3, NARROW as u32));
    passes.extend(wide.passes(2, 4, WIDE as u32));
    passes.push(Pass::last("bloom", &[0, 1, 2], 0));
    passes
}
