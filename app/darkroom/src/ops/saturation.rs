//! Saturation: all colours stronger or weaker.

use super::pixel::{cone_roots, oklab_light, pixelwise, recoloured};
use super::{Group, Op, Param, Work, no_data};

/// Oklab's a and b times 1 + amount/100 at constant luminance: hue stays, −100 is grey.
pub static OP: Op = Op {
    id: "saturation",
    name: "Saturation",
    about: "All colours stronger or weaker; hue and brightness stay, the lowest setting is black and white.",
    group: Group::Colour,
    params: &[Param {
        id: "amount",
        name: "Saturation",
        unit: "%",
        range: (-100.0, 100.0),
        neutral: 0.0,
    }],
    work: Work::Point {
        prepare: |operation, _| vec![operation.value(0) / 100.0],
        run,
    },
    check: no_data,
    wgsl: include_str!("../../../../shaders/ops/saturation.wgsl"),
};

#[inline(always)]
fn pixel(k: &[f32; 1], rgb: [f32; 3]) -> [f32; 3] {
    let q = cone_roots(rgb);
    let light = oklab_light(q);
    recoloured(rgb, q, q.map(|root| root + k[0] * (root - light)))
}

pixelwise!(pixel, 1);
