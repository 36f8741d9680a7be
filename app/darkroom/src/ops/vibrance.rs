//! Vibrance: pale colours stronger first; skin held back.

use super::pixel::{cone_roots, oklab_ab, oklab_light, pixelwise, recoloured, smoothstep};
use super::{Group, Op, Param, Work, no_data};

/// Oklab's chroma C times 1 + amount/100 · w(C) · p(hue), at constant luminance: w = 1/(1 + (C/0.12)²) spares strong
/// colours (C never decreases in C), p = 0.35 at skin's hue of 50° rising to 1 some 35° away.
pub static OP: Op = Op {
    id: "vibrance",
    name: "Vibrance",
    about: "Pale colours stronger or weaker, strong ones hardly and skin gently.",
    group: Group::Colour,
    params: &[Param {
        id: "amount",
        name: "Vibrance",
        unit: "%",
        range: (-100.0, 100.0),
        neutral: 0.0,
    }],
    work: Work::Point {
        prepare: |operation, _| vec![operation.value(0) / 100.0],
        run,
    },
    check: no_data,
    wgsl: include_str!("../../../../shaders/ops/vibrance.wgsl"),
};

/// Cosine and sine of skin's Oklch hue, 50°.
const SKIN: [f32; 2] = [0.642_787_6, 0.766_044_4];

#[inline(always)]
fn pixel(k: &[f32; 1], rgb: [f32; 3]) -> [f32; 3] {
    let q = cone_roots(rgb);
    let light = oklab_light(q);
    let [a, b] = oklab_ab(q);
    let chroma2 = a * a + b * b;
    let towards_skin = (a * SKIN[0] + b * SKIN[1]) / (chroma2.sqrt() + 1e-6);
    let spared = 1.0 - 0.65 * smoothstep((towards_skin - 0.82) * (1.0 / 0.18));
    let amount = k[0] * spared / (1.0 + chroma2 * (1.0 / 0.0144));
    recoloured(rgb, q, q.map(|root| root + amount * (root - light)))
}

pixelwise!(pixel, 1);
