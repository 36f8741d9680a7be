//! Sepia: the brown of old prints.

use super::pixel::{pixelwise, tinted_grey};
use super::{Group, Op, Param, Work, no_data};
use retake_pixels::color::luminance;

/// Towards a grey of the same luminance with Oklab chroma 0.055 at hue 70° in the middle tones, fading to none in black
/// and a third in white, as toned silver prints do.
pub static OP: Op = Op {
    id: "sepia",
    name: "Sepia",
    about: "The warm brown of an old print, by degrees.",
    group: Group::Effects,
    params: &[Param {
        id: "amount",
        name: "Amount",
        unit: "%",
        range: (0.0, 100.0),
        neutral: 0.0,
    }],
    work: Work::Point {
        prepare: |operation, _| vec![operation.value(0) / 100.0],
        run,
    },
    check: no_data,
    wgsl: include_str!("../../../../shaders/ops/sepia.wgsl"),
};

/// 0.055 at 70°.
const BROWN: [f32; 2] = [0.018_811_1, 0.051_683_1];

#[inline(always)]
fn pixel(k: &[f32; 1], rgb: [f32; 3]) -> [f32; 3] {
    let toned = tinted_grey(luminance(rgb), BROWN[0], BROWN[1]);
    [0, 1, 2].map(|i| toned[i] * k[0] + rgb[i] * (1.0 - k[0]))
}

pixelwise!(pixel, 1);
