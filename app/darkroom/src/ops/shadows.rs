//! Shadows: the dark tones, opened or deepened, with black in place.

use super::pixel::{lightness, pixelwise, relit};
use super::{Group, Op, Param, Work, no_data};
use retake_pixels::color::luminance;

/// Over t = L*/100 and v = t/0.6, t moves by up to 0.13 (up) or 0.075 (down) times 6.75·v(1 − v)², greatest at L* 20.
/// Light is multiplied, hue stays.
pub static OP: Op = Op {
    id: "shadows",
    name: "Shadows",
    about: "Dark tones opened up or deepened; black, bright mid-tones and highlights stay.",
    group: Group::Light,
    params: &[Param {
        id: "amount",
        name: "Shadows",
        unit: "",
        range: (-100.0, 100.0),
        neutral: 0.0,
    }],
    work: Work::Point {
        prepare: |operation, _| {
            let a = operation.value(0) / 100.0;
            vec![6.75 * a * if a > 0.0 { 0.13 } else { 0.075 }]
        },
        run,
    },
    check: no_data,
    wgsl: include_str!("../../../../shaders/ops/shadows.wgsl"),
};

#[inline(always)]
fn pixel(k: &[f32; 1], rgb: [f32; 3]) -> [f32; 3] {
    let t = lightness(luminance(rgb));
    let v = (t * (1.0 / 0.6)).min(1.0);
    let rest = 1.0 - v;
    relit(rgb, t, t + k[0] * v * rest * rest)
}

pixelwise!(pixel, 1);
