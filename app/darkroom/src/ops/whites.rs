//! Whites: where the brightest tones end.

use super::pixel::{lightness, pixelwise, relit};
use super::{Group, Op, Param, Work, no_data};
use retake_pixels::color::luminance;

/// Over t = L*/100 and v = (t − 0.3)/0.7, t moves by 0.15·amount/100·v³ and beyond white by its tangent: at the ends of
/// the range white moves by +0.6 and −0.7 stops. Light is multiplied, hue stays.
pub static OP: Op = Op {
    id: "whites",
    name: "Whites",
    about: "Moves the white point: the brightest tones further up or down, less and less towards the mid-tones.",
    group: Group::Light,
    params: &[Param {
        id: "amount",
        name: "Whites",
        unit: "",
        range: (-100.0, 100.0),
        neutral: 0.0,
    }],
    work: Work::Point {
        prepare: |operation, _| vec![0.15 * operation.value(0) / 100.0],
        run,
    },
    check: no_data,
    wgsl: include_str!("../../../../shaders/ops/whites.wgsl"),
};

#[inline(always)]
fn pixel(k: &[f32; 1], rgb: [f32; 3]) -> [f32; 3] {
    let t = lightness(luminance(rgb));
    let v = ((t - 0.3) * (1.0 / 0.7)).clamp(0.0, 1.0);
    let over = (t - 1.0).max(0.0);
    relit(rgb, t, t + k[0] * (v * v * v + over * (3.0 / 0.7)))
}

pixelwise!(pixel, 1);
