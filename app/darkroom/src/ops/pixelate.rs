//! Pixelate: squares of one colour each, the mean of their linear light, counted from the frame's top left corner.

use rayon::prelude::*;
use retake_core::Raster;

use super::neighbourhood::Pass;
use super::{Group, Op, Param, Work, no_data};
use crate::render::Tile;

/// Mean over squares of whole pixels; those cut by the frame's edge count only what is inside.
pub static OP: Op = Op {
    id: "pixelate",
    name: "Pixelate",
    about: "Turns the picture into squares of one colour each.",
    group: Group::Effects,
    params: &[Param {
        id: "size",
        name: "Size",
        unit: "% of the long edge",
        range: (0.0, 10.0),
        neutral: 0.0,
    }],
    work: Work::Spatial {
        prepare: |operation, scene| {
            let size = (operation.value(0) * 0.01 * scene.long_edge()).round();
            let (width, height) = (scene.frame.width, scene.frame.height);
            vec![size.max(1.0), width as f32, height as f32]
        },
        halo: |constants| constants[0] as usize - 1,
        run,
        passes,
    },
    check: no_data,
    wgsl: include_str!("../../../../shaders/ops/pixelate.wgsl"),
};

fn run(constants: &[f32], tile: &Tile) -> Raster {
    let size = constants[0] as usize;
    if size <= 1 {
        return tile.raster.clone();
    }
    let (width, rect) = (tile.rect.width(), tile.rect);
    let planes = tile.raster.planes.each_ref().map(|plane| {
        let mut out = vec![0.0f32; plane.len()];
        // runs of rows that lie in one row of squares; the first may be cut by the tile
        let first = (size - rect.y0 % size).min(rect.height());
        let (top, rest) = out.split_at_mut(first * width);
        let fill = |start: usize, out: &mut [f32]| {
            let rows = out.len() / width;
            let mut x = 0;
            while x < width {
                let end = (x + size - (rect.x0 + x) % size).min(width);
                let mut sum = 0.0f64;
                for y in start..start + rows {
                    let row = &plane[y * width + x..y * width + end];
                    sum += row.iter().map(|&v| f64::from(v)).sum::<f64>();
                }
                let mean = (sum / (rows * (end - x)) as f64) as f32;
                for row in out.chunks_exact_mut(width) {
                    row[x..end].fill(mean);
                }
                x = end;
            }
        };
        fill(0, top);
        rest.par_chunks_mut(size * width)
            .enumerate()
            .for_each(|(i, out)| fill(first + i * size, out));
        out
    });
    Raster {
        width,
        height: rect.height(),
        planes,
    }
}

fn passes(constants: &[f32]) -> Vec<Pass> {
    if constants[0] <= 1.0 {
        return Vec::new();
    }
    vec![
        Pass::new("square_mean", &[0], 1, constants[0] as usize, 0),
        Pass::last("pixelate", &[1], 0),
    ]
}
