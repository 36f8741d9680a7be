//! Scenes, colours and settings that the tests of operations share.

use std::sync::Arc;

use retake_core::Raster;
use retake_darkroom::ops::{OPS, Op, Work};
use retake_darkroom::recipe::Operation;
use retake_darkroom::render::{Analysis, Frame, Scene};

/// A scene of this size whose photo is a soft gradient.
pub(crate) fn scene(width: usize, height: usize) -> Scene {
    let proxy = Raster::from_fn(24, 16, |x, y| [x as f32 / 24.0, y as f32 / 16.0, 0.3]);
    Scene {
        frame: Frame::whole(width, height),
        analysis: Arc::new(Analysis::of_proxy(proxy, None)),
    }
}

/// The point-wise operations.
pub(crate) fn points() -> impl Iterator<Item = &'static Op> {
    OPS.iter()
        .copied()
        .filter(|op| matches!(op.work, Work::Point { .. }))
}

/// Colours between two values, drawn by our own generator; the same on every run.
pub(crate) fn colours(low: f32, high: f32, count: usize) -> Vec<[f32; 3]> {
    let mut state = 0x9E37_79B9u32;
    let mut next = || {
        state = state.wrapping_mul(747_796_405).wrapping_add(2_891_336_453);
        low + (high - low) * ((state >> 8) as f32 / (1 << 24) as f32)
    };
    (0..count).map(|_| [next(), next(), next()]).collect()
}

/// Every parameter at either end with the others neutral, then all of them together.
pub(crate) fn examples(op: &'static Op) -> Vec<Operation> {
    let neutral = with_data(Operation::new(op.id));
    let mut out = Vec::new();
    for param in op.params {
        for value in [
            param.range.0,
            0.7 * param.range.0 + 0.3 * param.range.1,
            param.range.1,
        ] {
            out.push(neutral.clone().with(param.id, value));
        }
    }
    for end in [0usize, 1] {
        let mut all = neutral.clone();
        for param in op.params {
            all = all.with(param.id, [param.range.0, param.range.1][end]);
        }
        out.push(all);
    }
    if out.is_empty() || !neutral.data.is_null() {
        out.push(neutral);
    }
    out
}

fn with_data(mut operation: Operation) -> Operation {
    operation.data = match operation.op.id {
        "tone_curve" => serde_json::json!({
            "points": [[0.0, 0.05], [0.3, 0.2], [0.6, 0.7], [1.0, 0.95]],
            "blue": [[0.0, 0.1], [1.0, 0.9]],
        }),
        "lut3d" => {
            let table: Vec<[f32; 3]> = (0..27)
                .map(|i| {
                    [
                        (i % 3) as f32 * 0.45,
                        (i / 3 % 3) as f32 * 0.5,
                        (i / 9) as f32 * 0.4 + 0.1,
                    ]
                })
                .collect();
            serde_json::json!({ "size": 3, "table": table })
        }
        _ => serde_json::Value::Null,
    };
    operation
}

/// Runs an operation over a row of colours at (x, y).
pub(crate) fn run(
    operation: &Operation,
    scene: &Scene,
    x: usize,
    y: usize,
    colours: &mut [[f32; 3]],
) {
    let Work::Point { prepare, run } = operation.op.work else {
        panic!("{} is not point-wise", operation.op.id)
    };
    let mut planes = [0, 1, 2].map(|i| colours.iter().map(|c| c[i]).collect::<Vec<f32>>());
    let [r, g, b] = &mut planes;
    run(&prepare(operation, scene), x, y, r, g, b);
    for (i, colour) in colours.iter_mut().enumerate() {
        *colour = [planes[0][i], planes[1][i], planes[2][i]];
    }
}
