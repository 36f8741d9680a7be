//! Contrast about a pivot: an S-curve over L* that keeps black, the pivot and white where they are.

use super::pixel::{lightness, pixelwise, relit};
use super::{Group, Op, Param, Work, no_data};
use retake_pixels::color::luminance;

/// With u the distance of L* from the pivot as a share of the way to black or white, u becomes u·√((1+k)/(1+k·u²)).
/// The slope is s = √(1+k) = 2^(amount/100) at the pivot and 1/s² at the ends, where it goes on straight beyond white.
/// The same curve with 1/s is its exact inverse, so −30 undoes +30. Light is multiplied, hue stays.
pub static OP: Op = Op {
    id: "contrast",
    name: "Contrast",
    about: "Tones spread away from a middle tone or drawn towards it; black and white stay.",
    group: Group::Light,
    params: &[
        Param {
            id: "amount",
            name: "Contrast",
            unit: "",
            range: (-100.0, 100.0),
            neutral: 0.0,
        },
        Param {
            id: "pivot",
            name: "Pivot",
            unit: "linear light",
            range: (0.02, 0.8),
            neutral: 0.18,
        },
    ],
    work: Work::Point {
        prepare: |operation, _| {
            let slope = (operation.value(0) / 100.0).exp2();
            vec![slope * slope - 1.0, lightness(operation.value(1))]
        },
        run,
    },
    check: no_data,
    wgsl: include_str!("../../../../shaders/ops/contrast.wgsl"),
};

#[inline(always)]
fn pixel(k: &[f32; 2], rgb: [f32; 3]) -> [f32; 3] {
    let [k, pivot] = *k;
    let t = lightness(luminance(rgb));
    let beyond = (t - 1.0).max(0.0);
    let distance = (t - beyond) - pivot;
    let span = if distance > 0.0 { 1.0 - pivot } else { pivot };
    let u = distance / span;
    let spread = ((1.0 + k) / (1.0 + k * u * u)).sqrt() - 1.0;
    let to = t + distance * spread + beyond * (1.0 / (1.0 + k) - 1.0);
    relit(rgb, t, to)
}

pixelwise!(pixel, 2);
