//! Highlights: the bright tones, darkened to bring back what is in them or brightened, with white almost in place.

use super::pixel::{lightness, pixelwise, relit};
use super::{Group, Op, Param, Work, no_data};
use retake_pixels::color::luminance;

/// Over t = L*/100 and v the way from 0.4 to 1, t moves by 0.11·v²(4.5 − 4v) down or by 0.08·v²(5.7 − 5.7v) up at the
/// ends of the range; downwards, light beyond white comes back as o/(1 + 16·o). At −100 white stays above L* 94,
/// so that recovered skies are not grey. Light is multiplied, hue stays.
pub static OP: Op = Op {
    id: "highlights",
    name: "Highlights",
    about: "Bright tones darker, bringing back what is in them, or brighter; mid-tones and shadows stay.",
    group: Group::Light,
    params: &[Param {
        id: "amount",
        name: "Highlights",
        unit: "",
        range: (-100.0, 100.0),
        neutral: 0.0,
    }],
    work: Work::Point {
        prepare: |operation, _| {
            let a = operation.value(0) / 100.0;
            // move, its two coefficients, slope at white, how fast light beyond white comes back
            let (size, p, q) = if a < 0.0 {
                (0.11, 4.5, 4.0)
            } else {
                (0.08, 5.7, 5.7)
            };
            vec![
                a * size * p,
                a * size * q,
                a * size * (2.0 * p - 3.0 * q) / 0.6,
                16.0 * (-a).max(0.0),
            ]
        },
        run,
    },
    check: no_data,
    wgsl: include_str!("../../../../shaders/ops/highlights.wgsl"),
};

#[inline(always)]
fn pixel(k: &[f32; 4], rgb: [f32; 3]) -> [f32; 3] {
    let [p, q, slope, back] = *k;
    let t = lightness(luminance(rgb));
    let v = ((t - 0.4) * (1.0 / 0.6)).clamp(0.0, 1.0);
    let over = (t - 1.0).max(0.0);
    let moved = v * v * (p - q * v) + over * ((1.0 + slope) / (1.0 + back * over) - 1.0);
    relit(rgb, t, t + moved)
}

pixelwise!(pixel, 4);
