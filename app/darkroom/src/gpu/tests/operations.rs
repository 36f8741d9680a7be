//! Every operation, over the ranges of its parameters, against its definition.

use super::{gpu, photo, picture, plan, settings, shown_difference, whole};
use crate::ops::{OPS, Work};
use crate::recipe::Recipe;

/// The most that device and definition may differ in any shown value: a step of 8 bits.
const MOST: f32 = 1.0 / 255.0;

/// The operations where device and definition differ by more, with the settings and by how much.
fn apart(width: usize, height: usize, drawn: u64, which: fn(&Work) -> bool) -> Vec<String> {
    let Some(gpu) = gpu() else { return Vec::new() };
    let raster = picture(width, height);
    let photo = photo(&raster);
    let mut out = Vec::new();
    for op in OPS.iter().filter(|op| which(&op.work)) {
        let mut worst = (0.0, String::new());
        for operation in settings(op, drawn) {
            let recipe = Recipe::of(vec![operation.clone()]);
            let plan = plan(&recipe, &raster);
            let definition = plan.render_whole(&photo);
            let difference = match gpu.render(&plan, &photo, whole(&plan)) {
                Ok(device) => shown_difference(&device, &definition),
                Err(stop) => panic!("{operation:?}: {stop}"),
            };
            if difference > worst.0 {
                worst = (difference, format!("{operation:?}"));
            }
        }
        if worst.0 > MOST {
            out.push(format!("{}: {}", worst.1, worst.0));
        }
    }
    out
}

#[test]
fn every_point_wise_operation_agrees_with_its_definition() {
    let apart = apart(37, 23, 24, |work| matches!(work, Work::Point { .. }));
    assert!(apart.is_empty(), "{apart:#?}");
}

#[test]
fn every_spatial_operation_agrees_with_its_definition() {
    let apart = apart(37, 23, 12, |work| matches!(work, Work::Spatial { .. }));
    assert!(apart.is_empty(), "{apart:#?}");
}

#[test]
fn every_spatial_operation_agrees_on_a_larger_picture() {
    let apart = apart(149, 83, 4, |work| matches!(work, Work::Spatial { .. }));
    assert!(apart.is_empty(), "{apart:#?}");
}

#[test]
fn every_turn_and_crop_agrees_with_its_definition() {
    let apart = apart(37, 23, 4, |work| matches!(work, Work::Geometry { .. }));
    assert!(apart.is_empty(), "{apart:#?}");
}
