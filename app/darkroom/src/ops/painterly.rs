//! Painterly: the anisotropic Kuwahara filter, whose strokes follow the forms of the picture (Kyprianidis, Kang &
//! Döllner 2009, "Image and video abstraction by anisotropic Kuwahara filtering"; polynomial sectors from Kyprianidis,
//! Semmo, Kang & Döllner 2010).

use retake_core::Raster;
use retake_pixels::vectorised;

use super::neighbourhood::{Gaussian, Pass, Planes, each_row, reduce};
use super::{Group, Op, Param, Work, no_data};
use crate::render::Tile;

mod brush;
mod kuwahara;
mod upward;

/// Each pixel becomes the mean of those of eight overlapping sectors of an ellipse along the local direction that
/// vary least. Large brushes work on a reduced grid; on the way up each pixel takes the strokes nearest to its own
/// colour (joint bilateral upsampling, Kopf et al. 2007), so that strokes have the edges of the photo.
pub static OP: Op = Op {
    id: "painterly",
    name: "Painterly",
    about: "Paints the photo with brush strokes that follow its forms.",
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
            name: "Brush size",
            unit: "% of the long edge",
            range: (0.1, 1.5),
            neutral: 0.5,
        },
        Param {
            id: "sharpness",
            name: "Sharpness",
            unit: "",
            range: (0.0, 100.0),
            neutral: 50.0,
        },
    ],
    work: Work::Spatial {
        prepare: |operation, scene| {
            let radius = (operation.value(1) * 0.01 * scene.long_edge()).max(1.0);
            let mut factor = 1;
            while radius / factor as f32 >= MOST_CELLS {
                factor *= 2;
            }
            let mut constants = vec![
                operation.value(0) / 100.0,
                factor as f32,
                radius / factor as f32,
                1.0 + 0.07 * operation.value(2),
            ];
            // directions are smoothed over 1.6 cells, whatever the grid
            Gaussian::push_on(1.6, 1, &mut constants);
            constants[SMOOTHING] = factor as f32;
            constants
        },
        halo: |constants| {
            if constants[0] == 0.0 {
                return 0;
            }
            let (factor, radius) = (constants[1] as usize, constants[2]);
            let directions = constants[SMOOTHING + 1] as usize + 1;
            let brush = (kuwahara::LONGEST * radius).ceil() as usize + 1;
            factor * (directions.max(brush) + brush + 3)
        },
        run,
        passes,
    },
    check: no_data,
    wgsl: include_str!("../../../../shaders/ops/painterly.wgsl"),
};

/// Cells in the radius from which on a coarser grid is taken.
const MOST_CELLS: f32 = 6.0;
/// Where the smoothing of directions begins among the constants.
const SMOOTHING: usize = 4;

vectorised! {
    fn roots(rgb: [&[f32]; 3], out: &mut [f32]) {
        let n = rgb[0].len();
        for (out, plane) in out.chunks_exact_mut(n).zip(rgb) {
            for (out, value) in out.iter_mut().zip(plane) {
                *out = value.max(0.0).sqrt();
            }
        }
    }
}

/// Square roots of red, green and blue after the brush, on the reduced grid.
fn painted(constants: &[f32], tile: &Tile) -> Planes {
    let colours = reduce(tile, constants[1] as usize, 3, roots);
    let mut directions = kuwahara::tensor(&colours);
    Gaussian::read(&constants[SMOOTHING..]).blur(&mut directions);
    kuwahara::paint(&colours, &directions, constants[2], constants[3])
}

fn run(constants: &[f32], tile: &Tile) -> Raster {
    if constants[0] == 0.0 {
        return tile.raster.clone();
    }
    let painted = painted(constants, tile);
    let width = tile.rect.width();
    each_row(
        tile,
        || {
            let room = upward::Room::new(painted.cells.factor);
            (vec![0.0f32; 6 * width], room)
        },
        |(scratch, room), y, input, output| {
            let (own, out) = scratch.split_at_mut(3 * width);
            roots(input, own);
            upward::row(&painted, tile.rect.y0 + y, tile.rect.x0, own, out, room);
            mix(constants[0], out, input, output);
        },
    )
}

vectorised! {
    fn mix(amount: f32, painted: &[f32], input: [&[f32]; 3], output: [&mut [f32]; 3]) {
        let n = input[0].len();
        for ((out, own), painted) in output.into_iter().zip(input).zip(painted.chunks_exact(n)) {
            for ((out, own), root) in out.iter_mut().zip(own).zip(painted) {
                *out = own + amount * (root * root - own);
            }
        }
    }
}

fn passes(constants: &[f32]) -> Vec<Pass> {
    if constants[0] == 0.0 {
        return Vec::new();
    }
    let smoothing = Gaussian::read(&constants[SMOOTHING..]);
    let factor = smoothing.factor;
    let mut passes = vec![
        Pass::new("paint_roots", &[0], 1, factor, 0),
        Pass::new("paint_tensor", &[1], 2, factor, 0),
    ];
    passes.extend(smoothing.passes(2, 3, SMOOTHING as u32));
    passes.push(Pass::new("paint", &[1, 2], 3, factor, 0));
    passes.push(Pass::last("painterly", &[0, 3], 0));
    passes
}
