//! Posterise: few steps instead of smooth tones.

use super::{Group, Op, Param, Work, no_data};
use retake_pixels::color::{srgb_decode, srgb_encode};
use retake_pixels::matrix::{REC2020_FROM_SRGB, SRGB_FROM_REC2020, apply};
use retake_pixels::vectorised;

/// Each channel of sRGB, coded, goes to the nearest of so many equal levels from black to white. Between two levels lies
/// an eased ramp a sixteenth of a level wide, so that edges are smooth and rounding cannot flip a pixel.
pub static OP: Op = Op {
    id: "posterise",
    name: "Posterise",
    about: "Each channel in a few flat steps, like a screen print; 0 is off.",
    group: Group::Effects,
    params: &[Param {
        id: "levels",
        name: "Levels",
        unit: "",
        range: (0.0, 64.0),
        neutral: 0.0,
    }],
    work: Work::Point {
        prepare: |operation, _| {
            let levels = operation.value(0).round();
            vec![if levels > 0.0 {
                levels.max(2.0) - 1.0
            } else {
                0.0
            }]
        },
        run,
    },
    check: no_data,
    wgsl: include_str!("../../../../shaders/ops/posterise.wgsl"),
};

#[inline(always)]
fn step(linear: f32, levels: f32, per_level: f32) -> f32 {
    let coded = srgb_encode(linear) * levels;
    let whole = coded.floor();
    let ramp = ((coded - whole - 0.5) * 16.0 + 0.5).clamp(0.0, 1.0);
    srgb_decode((whole + ramp * ramp * (3.0 - 2.0 * ramp)) * per_level)
}

vectorised! {
    fn run(constants: &[f32], _x: usize, _y: usize, r: &mut [f32], g: &mut [f32], b: &mut [f32]) {
        let levels = constants[0];
        if levels < 1.0 {
            return;
        }
        let per_level = 1.0 / levels;
        for ((r, g), b) in r.iter_mut().zip(g.iter_mut()).zip(b.iter_mut()) {
            let [sr, sg, sb] = apply(&SRGB_FROM_REC2020, [*r, *g, *b]);
            let stepped = [
                step(sr, levels, per_level),
                step(sg, levels, per_level),
                step(sb, levels, per_level),
            ];
            [*r, *g, *b] = apply(&REC2020_FROM_SRGB, stepped);
        }
    }
}
