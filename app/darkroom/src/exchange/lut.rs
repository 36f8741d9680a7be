//! A recipe of global colour as a look-up table that any other program can use.

use std::sync::Arc;

use rayon::prelude::*;
use retake_core::Raster;
use retake_pixels::color::{srgb_decode, srgb_encode};
use retake_pixels::matrix::{REC2020_FROM_SRGB, SRGB_FROM_REC2020, apply};

use super::cube::{Cube, Table};
use crate::ops::Work;
use crate::recipe::Recipe;
use crate::render::{Analysis, Frame, Scene};

/// Entries along each axis of a table that is written.
pub const SIZE: usize = 33;

/// Operations that work on each pixel by itself but look where it lies.
const PLACED: [&str; 2] = ["vignette", "grain"];

/// Why a recipe cannot be a look-up table.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum LutError {
    /// An operation does more than change each colour into another.
    #[error(
        "A look-up table holds colours only: \"{0}\" depends on where a pixel is or on its neighbours. Leave it out, or write the recipe as JSON."
    )]
    Operation(&'static str),
    /// A layer does not cover the whole photo.
    #[error(
        "A look-up table holds colours only: the layer \"{0}\" has a mask. Leave it out, or write the recipe as JSON."
    )]
    Masked(String),
}

/// The recipe as a table over coded sRGB from 0 to 1. Colours that come out beyond 0 to 1 stay so in the table.
pub fn cube(recipe: &Recipe, title: &str) -> Result<Cube, LutError> {
    let grey = Raster::from_fn(8, 8, |_, _| [0.18; 3]);
    let scene = Scene {
        frame: Frame::whole(SIZE, SIZE),
        analysis: Arc::new(Analysis::of_proxy(grey, None)),
    };
    let mut layers = Vec::new();
    for layer in &recipe.layers {
        let operations: Vec<_> = layer
            .operations
            .iter()
            .filter(|o| !o.is_neutral())
            .collect();
        if operations.is_empty() || layer.opacity == 0.0 {
            continue;
        }
        if !layer.mask.is_empty() {
            return Err(LutError::Masked(layer.name.clone()));
        }
        let mut steps = Vec::new();
        for operation in operations {
            match operation.op.work {
                Work::Point { prepare, run } if !PLACED.contains(&operation.op.id) => {
                    steps.push((run, prepare(operation, &scene)));
                }
                _ => return Err(LutError::Operation(operation.op.id)),
            }
        }
        layers.push((layer.opacity, steps));
    }
    let slices: Vec<Vec<[f32; 3]>> = (0..SIZE)
        .into_par_iter()
        .map(|blue| {
            let mut planes = slice(blue);
            for (opacity, steps) in &layers {
                let before = planes.clone();
                for (run, constants) in steps {
                    let [r, g, b] = &mut planes;
                    run(constants, 0, 0, r, g, b);
                }
                for (before, after) in before.iter().zip(&mut planes) {
                    for (before, after) in before.iter().zip(after) {
                        *after = before + (*after - before) * opacity;
                    }
                }
            }
            coded(&planes)
        })
        .collect();
    Ok(Cube {
        title: title.to_owned(),
        domain_min: [0.0; 3],
        domain_max: [1.0; 3],
        table: Table::Box {
            size: SIZE,
            values: slices.concat(),
        },
    })
}

/// The colours of the table whose blue is the same, as linear Rec.2020.
fn slice(blue: usize) -> [Vec<f32>; 3] {
    let at = |i: usize| srgb_decode(i as f32 / (SIZE - 1) as f32);
    let mut planes = [const { Vec::new() }; 3];
    for green in 0..SIZE {
        for red in 0..SIZE {
            let colour = apply(&REC2020_FROM_SRGB, [at(red), at(green), at(blue)]);
            for (plane, value) in planes.iter_mut().zip(colour) {
                plane.push(value);
            }
        }
    }
    planes
}

fn coded(planes: &[Vec<f32>; 3]) -> Vec<[f32; 3]> {
    (0..planes[0].len())
        .map(|i| {
            let rgb = [planes[0][i], planes[1][i], planes[2][i]];
            apply(&SRGB_FROM_REC2020, rgb).map(srgb_encode)
        })
        .collect()
}
