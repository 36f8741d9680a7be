//! Fade: the matte look of an old print, where black has become grey.

use super::pixel::{lightness, luminance_of, pixelwise, relit_above};
use super::{Group, Op, Param, Work, no_data};
use retake_pixels::color::luminance;

/// Over t = L*/100 and l = 0.22·amount/100, t becomes (1 − 0.06·amount/100)·√((t² + l²)/(1 + l²)): black rises to at
/// most L* 20 and flattens, white falls a little, the mid-tones hardly move. What is lifted is grey; above it light is
/// multiplied and hue stays.
pub static OP: Op = Op {
    id: "fade",
    name: "Fade",
    about: "Blacks lifted to grey and whites softened, as on a matte or faded print.",
    group: Group::Effects,
    params: &[Param {
        id: "amount",
        name: "Fade",
        unit: "%",
        range: (0.0, 100.0),
        neutral: 0.0,
    }],
    work: Work::Point {
        prepare: |operation, _| {
            let a = operation.value(0) / 100.0;
            let lift2 = (0.22 * a) * (0.22 * a);
            let scale = (1.0 - 0.06 * a) / (1.0 + lift2).sqrt();
            vec![lift2, scale, luminance_of(scale * lift2.sqrt())]
        },
        run,
    },
    check: no_data,
    wgsl: include_str!("../../../../shaders/ops/fade.wgsl"),
};

#[inline(always)]
fn pixel(k: &[f32; 3], rgb: [f32; 3]) -> [f32; 3] {
    let t = lightness(luminance(rgb));
    let to = k[1] * (t * t + k[0]).sqrt();
    relit_above(rgb, t, luminance_of(to), k[2])
}

pixelwise!(pixel, 3);
