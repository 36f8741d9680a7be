//! Colour grading: tints for shadows, mid-tones and highlights.

use super::pixel::{
    cone_roots, oklab_ab, oklab_light, pixelwise, recoloured, roots_moved, smoothstep,
};
use super::{Group, Op, Param, Work, no_data};
use crate::recipe::Operation;
use retake_pixels::fast;

/// Adds (a, b) of Oklab at constant luminance: 0.12·strength/100 towards each hue, weighted by Oklab's L. With the
/// balance's shift s = −0.15·balance/100, shadows weigh 1 − e((L − s − 0.2)/0.4) and highlights e((L − s − 0.55)/0.4),
/// e eased, mid-tones the rest of 1. In the deepest tones the tint goes to 0 with L/(L + 0.1). Colours opposite to the tint
/// keep out of its way, so that teal shadows leave hair brown and skin alive: with c the chroma times 0.4 − cos of the
/// angle to the tint, it is multiplied by 1 − 0.85·e((c − 0.01)/0.05). Luminance sliders multiply light by up to half a stop where their range
/// weighs.
pub static OP: Op = Op {
    id: "colour_grading",
    name: "Colour grading",
    about: "A tint of its own, and more or less light, for shadows, mid-tones and highlights.",
    group: Group::Colour,
    params: &PARAMS,
    work: Work::Point { prepare, run },
    check: no_data,
    wgsl: include_str!("../../../../shaders/ops/colour_grading.wgsl"),
};

const fn param(
    id: &'static str,
    name: &'static str,
    unit: &'static str,
    range: (f32, f32),
) -> Param {
    Param {
        id,
        name,
        unit,
        range,
        neutral: 0.0,
    }
}

const TURN: (f32, f32) = (0.0, 360.0);
const SHARE: (f32, f32) = (0.0, 100.0);
const BOTH: (f32, f32) = (-100.0, 100.0);
const PARAMS: [Param; 10] = [
    param("shadows_hue", "Shadows hue", "°", TURN),
    param("shadows_strength", "Shadows strength", "%", SHARE),
    param("shadows_luminance", "Shadows luminance", "", BOTH),
    param("midtones_hue", "Mid-tones hue", "°", TURN),
    param("midtones_strength", "Mid-tones strength", "%", SHARE),
    param("midtones_luminance", "Mid-tones luminance", "", BOTH),
    param("highlights_hue", "Highlights hue", "°", TURN),
    param("highlights_strength", "Highlights strength", "%", SHARE),
    param("highlights_luminance", "Highlights luminance", "", BOTH),
    param("balance", "Balance", "", BOTH),
];

/// (a, b, stops) of shadows, mid-tones and highlights, then where the shadows begin to end.
fn prepare(operation: &Operation, _: &super::Scene) -> Vec<f32> {
    let mut constants = Vec::with_capacity(10);
    for part in 0..3 {
        let [hue, strength, stops] = [0, 1, 2].map(|i| f64::from(operation.value(3 * part + i)));
        let (sin, cos) = hue.to_radians().sin_cos();
        let size = 0.12 * strength / 100.0;
        constants.extend([size * cos, size * sin, 0.5 * stops / 100.0].map(|v| v as f32));
    }
    constants.push(0.2 - 0.15 * operation.value(9) / 100.0);
    constants
}

#[inline(always)]
fn pixel(k: &[f32; 10], rgb: [f32; 3]) -> [f32; 3] {
    let q = cone_roots(rgb);
    let light = oklab_light(q).max(0.0);
    let shadows = 1.0 - smoothstep((light - k[9]) * (1.0 / 0.4));
    let highlights = smoothstep((light - k[9] - 0.35) * (1.0 / 0.4));
    let midtones = 1.0 - shadows - highlights;
    let sum = |i: usize| k[i] * shadows + k[i + 3] * midtones + k[i + 6] * highlights;
    let (tint, own) = ([sum(0), sum(1)], oklab_ab(q));
    let size = (tint[0] * tint[0] + tint[1] * tint[1]).sqrt().max(1e-6);
    let chroma = (own[0] * own[0] + own[1] * own[1]).sqrt();
    let against = 0.4 * chroma - (tint[0] * own[0] + tint[1] * own[1]) / size;
    let depth = light / (light + 0.1) * (1.0 - 0.85 * smoothstep((against - 0.01) * 20.0));
    let tinted = recoloured(rgb, q, roots_moved(q, tint[0] * depth, tint[1] * depth));
    let gain = fast::exp2(sum(2));
    [tinted[0] * gain, tinted[1] * gain, tinted[2] * gain]
}

pixelwise!(pixel, 10);
