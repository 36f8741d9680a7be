//! What every spatial operation keeps: neutral is identity, a tile is that part of the whole, nothing turns to NaN,
//! flat stays flat, previews look like the full size, and its passes name functions that its shader has.

use std::sync::Arc;

use proptest::prelude::*;
use retake_core::{Raster, Rect};

use crate::ops::{OPS, Op, Work};
use crate::recipe::Operation;
use crate::render::{Analysis, Frame, Scene, Tile};

pub(crate) fn spatial() -> impl Iterator<Item = &'static Op> {
    OPS.iter()
        .copied()
        .filter(|op| matches!(op.work, Work::Spatial { .. }))
}

pub(crate) fn scene(raster: &Raster) -> Scene {
    Scene {
        frame: Frame::whole(raster.width, raster.height),
        analysis: Arc::new(Analysis::of_proxy(raster.clone(), None)),
    }
}

/// An edgy picture with texture, haze, and values beyond white.
pub(crate) fn picture(width: usize, height: usize) -> Raster {
    let mut state = 7u32;
    Raster::from_fn(width, height, |x, y| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let noise = (state >> 8) as f32 / 16_777_216.0 - 0.5;
        let wave = 0.3 + 0.25 * (x as f32 * 0.11).sin() * (y as f32 * 0.07).cos();
        let edge = if (x / 23 + y / 17) % 2 == 0 {
            0.5
        } else {
            0.05
        };
        let spark = if (x * 31 + y * 17) % 397 == 0 {
            3.0
        } else {
            0.0
        };
        let v = wave * edge + 0.03 * noise + spark;
        [v * 1.1 + 0.02, v, v * 0.8 + 0.05 * y as f32 / height as f32]
    })
}

/// The operation with every parameter at this share of its way from neutral to its greatest (or, below 0, least) value.
pub(crate) fn at_strength(op: &'static Op, share: f32) -> Operation {
    op.params
        .iter()
        .fold(Operation::new(op.id), |operation, p| {
            let end = if share < 0.0 { p.range.0 } else { p.range.1 };
            operation.with(p.id, p.neutral + (end - p.neutral) * share.abs())
        })
}

pub(crate) fn render(operation: &Operation, scene: &Scene, raster: &Raster, rect: Rect) -> Raster {
    let Work::Spatial {
        prepare, halo, run, ..
    } = operation.op.work
    else {
        panic!("{} looks at no neighbours", operation.op.id)
    };
    let constants = prepare(operation, scene);
    let (frame_width, frame_height) = (scene.frame.width, scene.frame.height);
    let wide = rect.grown(halo(&constants), frame_width, frame_height);
    let part = raster.crop(wide);
    let out = run(
        &constants,
        &Tile {
            raster: &part,
            rect: wide,
            frame_width,
            frame_height,
        },
    );
    assert_eq!((out.width, out.height), (wide.width(), wide.height()));
    out.crop(Rect {
        x0: rect.x0 - wide.x0,
        y0: rect.y0 - wide.y0,
        x1: rect.x1 - wide.x0,
        y1: rect.y1 - wide.y0,
    })
}

pub(crate) fn whole(operation: &Operation, raster: &Raster) -> Raster {
    let rect = Rect::whole(raster.width, raster.height);
    render(operation, &scene(raster), raster, rect)
}

fn greatest_difference(a: &Raster, b: &Raster) -> f32 {
    a.planes
        .iter()
        .flatten()
        .zip(b.planes.iter().flatten())
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, f32::max)
}

#[test]
fn neutral_is_identity() {
    let raster = picture(149, 83);
    for op in spatial() {
        assert_eq!(whole(&Operation::new(op.id), &raster), raster, "{}", op.id);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn a_tile_is_that_part_of_the_whole(
        left in 0.0f64..0.9, top in 0.0f64..0.9, across in 0.05f64..1.0, down in 0.05f64..1.0, share in -1.0f32..1.0
    ) {
        let raster = picture(149, 83);
        let (x0, y0) = ((149.0 * left) as usize, (83.0 * top) as usize);
        let rect = Rect {
            x0,
            y0,
            x1: (x0 + 1 + (148.0 * across) as usize).min(149),
            y1: (y0 + 1 + (82.0 * down) as usize).min(83),
        };
        let scene = scene(&raster);
        for op in spatial() {
            let operation = at_strength(op, share);
            let part = whole(&operation, &raster).crop(rect);
            let tile = render(&operation, &scene, &raster, rect);
            prop_assert!(part == tile, "{} {:?} off by {}", op.id, operation, greatest_difference(&part, &tile));
        }
    }
}

/// The halo of a large frame is well inside it, so that a wrong halo shows.
#[test]
fn a_tile_deep_inside_a_large_frame_is_that_part_of_the_whole() {
    let raster = picture(1501, 700);
    let rect = Rect {
        x0: 731,
        y0: 333,
        x1: 779,
        y1: 402,
    };
    let scene = scene(&raster);
    for op in spatial() {
        for share in [0.15, -0.4, 0.4] {
            let operation = at_strength(op, share);
            let part = whole(&operation, &raster).crop(rect);
            let tile = render(&operation, &scene, &raster, rect);
            assert!(
                part == tile,
                "{operation:?} is off by {}",
                greatest_difference(&part, &tile)
            );
        }
    }
}

#[test]
fn extreme_light_and_tiny_frames_stay_finite() {
    for (width, height) in [(1, 1), (2, 3), (37, 1), (40, 23)] {
        let raster = Raster::from_fn(width, height, |x, y| {
            let v = [-0.5, 20.0, 0.0, 1e-9, 0.5][(x * 3 + y * 7) % 5];
            [v, 20.0 - v, v * 0.5]
        });
        for op in spatial() {
            for share in [-1.0, -0.3, 0.3, 1.0] {
                let out = whole(&at_strength(op, share), &raster);
                assert!(
                    out.planes
                        .iter()
                        .flatten()
                        .all(|v| v.is_finite() && v.abs() < 1e6),
                    "{} at {share}, {width} × {height}",
                    op.id
                );
            }
        }
    }
}

#[test]
fn a_flat_picture_stays_flat() {
    for grey in [0.0f32, 0.18, 0.9, 4.0] {
        let raster = Raster::from_fn(149, 83, |_, _| [grey, grey * 0.7, grey * 0.4]);
        for op in spatial() {
            for share in [-1.0, -0.4, 0.4, 1.0] {
                let out = whole(&at_strength(op, share), &raster);
                for plane in &out.planes {
                    let spread = plane.iter().fold(f32::NEG_INFINITY, |a, &b| a.max(b))
                        - plane.iter().fold(f32::INFINITY, |a, &b| a.min(b));
                    assert!(
                        spread <= 2e-5 * (1.0 + grey),
                        "{} at {share}: {spread}",
                        op.id
                    );
                }
            }
        }
    }
}

/// A smooth scene with edges, sampled at any size.
fn sampled(width: usize, height: usize) -> Raster {
    Raster::from_fn(width, height, |x, y| {
        let (u, v) = (
            (x as f32 + 0.5) / width as f32,
            (y as f32 + 0.5) / width as f32,
        );
        let blob = |cx: f32, cy: f32, r: f32| {
            (-((u - cx) * (u - cx) + (v - cy) * (v - cy)) / (r * r)).exp()
        };
        let stripes = 0.06 * (u * 60.0).sin() * (v * 45.0).cos();
        let bright = 1.4 * blob(0.7, 0.2, 0.04);
        let l = 0.15 + 0.5 * blob(0.3, 0.3, 0.15) + 0.3 * blob(0.62, 0.4, 0.1) + stripes + bright;
        [l, l * 0.9 + 0.02, l * 0.7 + 0.05]
    })
}

#[test]
fn a_preview_looks_like_the_full_size() {
    let (large, small) = (sampled(1200, 800), sampled(400, 267));
    for op in spatial() {
        for share in [-0.5f32, 0.5] {
            let operation = at_strength(op, share);
            let scene_of = |frame: &Raster| Scene {
                frame: Frame::whole(frame.width, frame.height),
                analysis: Arc::new(Analysis::of_proxy(small.clone(), None)),
            };
            let full = render(
                &operation,
                &scene_of(&large),
                &large,
                Rect::whole(1200, 800),
            );
            let shrunk = retake_pixels::resize::raster(&full, 400, 267);
            let preview = render(&operation, &scene_of(&small), &small, Rect::whole(400, 267));
            let mean = shrunk
                .planes
                .iter()
                .flatten()
                .zip(preview.planes.iter().flatten())
                .map(|(a, b)| f64::from((a - b).abs()))
                .sum::<f64>()
                / (3 * preview.len()) as f64;
            assert!(mean < 0.006, "{operation:?}: {mean}");
        }
    }
}

/// Stands in for what the pipeline puts before the operation's functions.
const PREAMBLE: &str = "
@group(0) @binding(0) var<storage, read> constants: array<f32>;
@group(0) @binding(1) var<storage, read> pixels: array<vec4f>;
fn load(layer: u32, at: vec2i) -> vec4f { return pixels[layer + u32(at.x) + u32(at.y)]; }
";

#[test]
fn every_pass_names_a_function_of_a_shader_that_validates() {
    let raster = picture(600, 400);
    let scene = scene(&raster);
    for op in spatial() {
        for share in [-1.0, -0.2, 0.1, 0.4, 1.0] {
            let operation = at_strength(op, share);
            let Work::Spatial {
                prepare, passes, ..
            } = op.work
            else {
                continue;
            };
            let constants = prepare(&operation, &scene);
            let list = passes(&constants);
            let colour = include_str!("../../../../../shaders/shared/colour.wgsl");
            let mut source = format!("{PREAMBLE}{colour}{}{}", super::WGSL, op.wgsl);
            let mut known = std::collections::BTreeMap::from([(0u32, 1u32)]);
            for (i, pass) in list.iter().enumerate() {
                assert!((pass.constants as usize) < constants.len());
                for read in &pass.reads {
                    assert!(known.contains_key(read), "{} reads an empty buffer", op.id);
                }
                known.insert(pass.writes, pass.scale);
                source += &format!(
                    "@compute @workgroup_size(8, 8) fn main{i}(@builtin(global_invocation_id) id: vec3u) {{
                       let out: vec4f = {}({}u, vec2i(id.xy)); }}\n",
                    pass.entry, pass.constants
                );
            }
            if let Some(last) = list.last() {
                assert_eq!((last.writes, last.scale), (0, 1), "{}", op.id);
            }
            let module = naga::front::wgsl::parse_str(&source)
                .unwrap_or_else(|e| panic!("{}: {}", op.id, e.emit_to_string(&source)));
            naga::valid::Validator::new(
                naga::valid::ValidationFlags::all(),
                naga::valid::Capabilities::all(),
            )
            .validate(&module)
            .unwrap_or_else(|e| panic!("{}: {}", op.id, e.emit_to_string(&source)));
        }
    }
}
