//! Gaussian blur of linear light, as an even mist in front of the lens would.

use retake_core::Raster;

use super::neighbourhood::{Gaussian, Pass, each_row, reduce, separable};
use super::{Group, Op, Param, Work, no_data};
use crate::render::Tile;

/// Convolution with a Gaussian whose standard deviation is `radius` percent of the long edge.
pub static OP: Op = Op {
    id: "gaussian_blur",
    name: "Gaussian blur",
    about: "Softens everything evenly; the radius is the standard deviation.",
    group: Group::Effects,
    params: &[Param {
        id: "radius",
        name: "Radius",
        unit: "% of the long edge",
        range: (0.0, 5.0),
        neutral: 0.0,
    }],
    work: Work::Spatial {
        prepare: |operation, scene| {
            let mut constants = Vec::with_capacity(Gaussian::LEN);
            Gaussian::push(
                operation.value(0) * 0.01 * scene.long_edge(),
                &mut constants,
            );
            constants
        },
        halo: |constants| Gaussian::read(constants).halo(1),
        run,
        passes,
    },
    check: no_data,
    wgsl: include_str!("../../../../shaders/ops/gaussian_blur.wgsl"),
};

fn run(constants: &[f32], tile: &Tile) -> Raster {
    let gaussian = Gaussian::read(constants);
    if gaussian.weights.len() == 1 {
        return tile.raster.clone();
    }
    let width = tile.rect.width();
    if gaussian.factor == 1 {
        return Raster {
            width,
            height: tile.rect.height(),
            planes: tile
                .raster
                .planes
                .each_ref()
                .map(|plane| separable(plane, 1, width, gaussian.weights)),
        };
    }
    let mut small = reduce(tile, gaussian.factor, 3, |rgb, out| {
        for (out, plane) in out.chunks_exact_mut(width).zip(rgb) {
            out.copy_from_slice(plane);
        }
    });
    gaussian.blur(&mut small);
    each_row(
        tile,
        || (vec![0.0f32; 3 * width], Vec::new()),
        |(wide, sum), y, _, output| {
            small.enlarged_row(gaussian.factor, tile.rect.y0 + y, tile.rect.x0, wide, sum);
            for (to, from) in output.into_iter().zip(wide.chunks_exact(width)) {
                to.copy_from_slice(from);
            }
        },
    )
}

fn passes(constants: &[f32]) -> Vec<Pass> {
    let gaussian = Gaussian::read(constants);
    if gaussian.weights.len() == 1 {
        return Vec::new();
    }
    if gaussian.factor == 1 {
        return vec![
            Pass::new("blur_across", &[0], 1, 1, 0),
            Pass::last("blur_down", &[1], 0),
        ];
    }
    let mut passes = vec![Pass::new("reduce", &[0], 1, gaussian.factor, 0)];
    passes.extend(gaussian.passes(1, 2, 0));
    passes.push(Pass::last("enlarge", &[1], 0));
    passes
}
