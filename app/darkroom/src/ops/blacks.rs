//! Blacks: how deep the darkest tones are.

use super::pixel::{lightness, pixelwise, relit};
use super::{Group, Op, Param, Work, no_data};
use retake_pixels::color::luminance;

/// Over t = L*/100, t moves by a·0.12·t/(t + 0.12)·(1 − 2t)² up to the mid-tones, a from −1 to 2: the slope at black
/// goes from 0 to 3, so that black itself stays and nothing is cut off. Light is multiplied, hue stays.
pub static OP: Op = Op {
    id: "blacks",
    name: "Blacks",
    about: "The darkest tones deeper or lighter; mid-tones and highlights stay.",
    group: Group::Light,
    params: &[Param {
        id: "amount",
        name: "Blacks",
        unit: "",
        range: (-100.0, 100.0),
        neutral: 0.0,
    }],
    work: Work::Point {
        prepare: |operation, _| {
            let a = operation.value(0) / 100.0;
            vec![0.12 * if a > 0.0 { 2.0 * a } else { a }]
        },
        run,
    },
    check: no_data,
    wgsl: include_str!("../../../../shaders/ops/blacks.wgsl"),
};

#[inline(always)]
fn pixel(k: &[f32; 1], rgb: [f32; 3]) -> [f32; 3] {
    let t = lightness(luminance(rgb));
    let rest = (1.0 - 2.0 * t).max(0.0);
    relit(rgb, t, t + k[0] * (t / (t + 0.12)) * rest * rest)
}

pixelwise!(pixel, 1);
