//! Whole recipes: masks, opacity, geometry, long ones; in tiles and from several threads.

use std::sync::Arc;

use retake_core::{Picture, Raster, Rect, Region, RegionKind};

use super::{gpu, open, photo, picture, plan, settings, shown_difference, whole};
use crate::gpu::program::Program;
use crate::gpu::{MOST_TILE_PIXELS, OnGpu, tiles};
use crate::ops::{OPS, Op, Work};
use crate::recipe::{Combine, Layer, MaskPart, MaskShape, Operation, Recipe};
use crate::render::{Analysis, Plan};

fn layer(mask: Vec<MaskShape>, opacity: f32, operations: Vec<Operation>) -> Layer {
    let part = |shape| MaskPart {
        shape,
        combine: Combine::Add,
        invert: false,
    };
    Layer {
        name: String::new(),
        mask: mask.into_iter().map(part).collect(),
        opacity,
        operations,
    }
}

/// Every way in which layers meet: fused, across spatial operations, a spatial one first or last, masks and opacity.
pub(super) fn layered() -> Recipe {
    let exposure = |stops| Operation::new("exposure").with("stops", stops);
    let blur = Operation::new("gaussian_blur").with("radius", 0.4);
    let left = MaskShape::Linear {
        from: [0.0, 0.5],
        to: [0.8, 0.4],
    };
    let middle = MaskShape::Radial {
        centre: [0.4, 0.6],
        radius: [0.3, 0.2],
        angle_deg: 20.0,
        feather: 0.6,
    };
    let bright = MaskShape::Luminance {
        low: 50.0,
        high: 100.0,
        feather: 10.0,
    };
    let mut recipe = Recipe::of(vec![exposure(0.3)]);
    recipe.layers.extend([
        layer(
            vec![left.clone()],
            1.0,
            vec![exposure(-1.0), blur.clone(), exposure(0.5)],
        ),
        layer(vec![bright], 0.7, vec![exposure(-0.4)]),
        layer(
            vec![],
            0.5,
            vec![Operation::new("saturation").with("amount", 60.0)],
        ),
        layer(vec![middle, left], 0.9, vec![blur]),
        layer(
            vec![MaskShape::Region(Region::of(RegionKind::TopHalf))],
            1.0,
            vec![
                Operation::new("sharpen").with("amount", 80.0),
                exposure(0.2),
            ],
        ),
    ]);
    recipe
}

pub(super) fn framed() -> Recipe {
    let mut recipe = layered();
    recipe.layers[0].operations.extend([
        Operation::new("rotate").with("angle", 90.0),
        Operation::new("straighten").with("angle", 3.0),
    ]);
    recipe
}

pub(super) fn fused(count: usize) -> Recipe {
    let points = OPS
        .iter()
        .filter(|op| matches!(op.work, Work::Point { .. }));
    // each parameter a little above its middle
    let gentle = |op: &&'static Op| {
        let settings = settings(op, 0);
        settings[settings.len() - 2].clone()
    };
    let operations = points.map(gentle).cycle().take(count).collect();
    let mut recipe = Recipe::of(operations);
    recipe.layers[0].opacity = 0.6;
    recipe
}

fn difference(recipe: &Recipe, raster: &Raster) -> f32 {
    let Some(gpu) = gpu() else { return 0.0 };
    let (plan, photo) = (plan(recipe, raster), photo(raster));
    let device = gpu
        .render(&plan, &photo, whole(&plan))
        .unwrap_or_else(|stop| panic!("{stop}"));
    shown_difference(&device, &plan.render_whole(&photo))
}

#[test]
fn layers_masks_and_opacity_agree_with_the_definition() {
    let apart = difference(&layered(), &picture(149, 83));
    assert!(apart < 0.001, "{apart}");
}

#[test]
fn layers_on_a_turned_photo_agree_with_the_definition() {
    let apart = difference(&framed(), &picture(149, 83));
    assert!(apart < 0.001, "{apart}");
}

#[test]
fn a_recipe_longer_than_one_shader_agrees_with_the_definition() {
    let apart = difference(&fused(70), &picture(37, 23));
    assert!(apart < 0.004, "{apart}");
}

#[test]
fn a_neutral_recipe_gives_the_photo_back() {
    let raster = picture(37, 23);
    assert_eq!(difference(&Recipe::neutral(), &raster), 0.0);
}

#[test]
fn tiles_leave_no_seams() {
    let (Some(gpu), Some(mut small)) = (gpu(), open()) else {
        return;
    };
    small.binding_bytes = 16 * 90 * 90;
    let raster = picture(301, 187);
    let photo = photo(&raster);
    for recipe in [layered(), framed(), fused(20)] {
        let plan = plan(&recipe, &raster);
        let most = small.tile_pixels(&Program::of(&plan), plan.halo());
        let tiles = tiles::cut(whole(&plan), plan.halo(), plan.size(), most);
        assert!(tiles.is_some_and(|tiles| tiles.len() > 5));
        let [tiled, untiled] = [&small, gpu].map(|gpu| {
            gpu.render(&plan, &photo, whole(&plan))
                .unwrap_or_else(|stop| panic!("{stop}"))
        });
        let values = |raster: &Raster| raster.planes.concat();
        let apart = values(&tiled)
            .iter()
            .zip(values(&untiled))
            .map(|(a, b)| (a - b).abs())
            .fold(0.0, f32::max);
        assert!(apart <= 1e-6, "{apart}");
    }
}

/// The operation at this share of the way from neutral to its greatest values.
fn at_strength(op: &'static Op, share: f32) -> Operation {
    op.params
        .iter()
        .fold(Operation::new(op.id), |operation, p| {
            operation.with(p.id, p.neutral + (p.range.1 - p.neutral) * share)
        })
}

fn spatial() -> impl Iterator<Item = &'static Op> {
    OPS.iter()
        .copied()
        .filter(|op| matches!(op.work, Work::Spatial { .. }))
}

#[test]
fn every_spatial_operation_is_seamless_in_tiles() {
    let (Some(gpu), Some(mut small)) = (gpu(), open()) else {
        return;
    };
    let raster = picture(301, 187);
    let photo = photo(&raster);
    for op in spatial() {
        let plan = plan(&Recipe::of(vec![at_strength(op, 0.12)]), &raster);
        let edge = 2 * plan.halo() + 70;
        small.binding_bytes = 16 * (edge * edge) as u64;
        let tiles = tiles::cut(whole(&plan), plan.halo(), plan.size(), edge * edge);
        assert!(tiles.is_some_and(|tiles| tiles.len() > 1), "{}", op.id);
        let [tiled, untiled] = [&small, gpu].map(|gpu| {
            gpu.render(&plan, &photo, whole(&plan))
                .unwrap_or_else(|stop| panic!("{stop}"))
        });
        let pairs = tiled
            .planes
            .iter()
            .flatten()
            .zip(untiled.planes.iter().flatten());
        let apart = pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(apart <= 1e-6, "{}: {apart}", op.id);
    }
}

/// With bindings of 256 MiB; a lesser device leaves what looks furthest to the processor.
#[test]
fn every_operation_at_its_most_fits_tiles_at_24_megapixels() {
    for op in spatial() {
        let recipe = Recipe::of(vec![at_strength(op, 1.0)]);
        let analysis = Arc::new(Analysis::of_proxy(picture(60, 40), None));
        let plan = Plan::new(&recipe, 6000, 4000, analysis);
        let most = MOST_TILE_PIXELS;
        let tiles = tiles::cut(whole(&plan), plan.halo(), plan.size(), most);
        let count = tiles.map_or(0, |tiles| tiles.len());
        let halo = plan.halo();
        assert!((1..=24).contains(&count), "{}, halo {halo}: {count}", op.id);
    }
}

#[test]
fn strips_from_several_threads_are_parts_of_the_whole() {
    let Some(own) = open() else { return };
    let raster = picture(149, 83);
    let (plan, photo) = (plan(&layered(), &raster), photo(&raster));
    let all = own
        .render(&plan, &photo, whole(&plan))
        .unwrap_or_else(|stop| panic!("{stop}"));
    let developed = OnGpu {
        gpu: Arc::new(own),
        plan,
        photo,
    };
    std::thread::scope(|scope| {
        for y0 in (0..83).step_by(20) {
            let (developed, all) = (&developed, &all);
            scope.spawn(move || {
                let y1 = (y0 + 20).min(83);
                let strip = developed
                    .rows(y0..y1)
                    .unwrap_or_else(|stop| panic!("{stop}"));
                let rect = Rect {
                    x0: 0,
                    y0,
                    x1: 149,
                    y1,
                };
                assert!(strip == all.crop(rect), "from row {y0}");
            });
        }
    });
}

#[test]
fn a_moved_slider_compiles_nothing() {
    let Some(gpu) = open() else { return };
    let raster = picture(37, 23);
    let photo = photo(&raster);
    let mut counts = Vec::new();
    for stops in [0.5, -1.5, 2.0] {
        let mut recipe = layered();
        recipe.layers[0].operations = vec![Operation::new("exposure").with("stops", stops)];
        recipe.layers[3].opacity = 0.5 + 0.1 * stops;
        let plan = plan(&recipe, &raster);
        assert!(gpu.render(&plan, &photo, whole(&plan)).is_ok());
        let kept = gpu.kept.lock().unwrap_or_else(|error| error.into_inner());
        counts.push(kept.pipelines.count());
    }
    assert!(
        counts.windows(2).all(|pair| pair[0] == pair[1]),
        "{counts:?}"
    );
}
