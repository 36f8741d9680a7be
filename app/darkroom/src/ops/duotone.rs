//! Duotone: a print in two inks, one for the shadows and one for the highlights.

use super::pixel::{lightness, pixelwise, smoothstep, tinted_grey};
use super::{Group, Op, Param, Work, no_data};
use retake_pixels::color::luminance;

/// Towards a grey of the same luminance tinted with Oklab chroma 0.1: the shadows' hue below, the highlights' hue above,
/// eased from one to the other over 60 L* around L* 50 − balance/4. Black takes no tint, white a third.
pub static OP: Op = Op {
    id: "duotone",
    name: "Duotone",
    about: "Black and white printed in two inks: one hue in the shadows, another in the highlights.",
    group: Group::Effects,
    params: &[
        Param {
            id: "strength",
            name: "Strength",
            unit: "%",
            range: (0.0, 100.0),
            neutral: 0.0,
        },
        Param {
            id: "shadow_hue",
            name: "Hue of the shadows",
            unit: "°",
            range: (0.0, 360.0),
            neutral: 260.0,
        },
        Param {
            id: "highlight_hue",
            name: "Hue of the highlights",
            unit: "°",
            range: (0.0, 360.0),
            neutral: 75.0,
        },
        Param {
            id: "balance",
            name: "Balance",
            unit: "",
            range: (-100.0, 100.0),
            neutral: 0.0,
        },
    ],
    work: Work::Point {
        prepare: |operation, _| {
            let ink = |degrees: f32| {
                let (sin, cos) = f64::from(degrees).to_radians().sin_cos();
                [(0.1 * cos) as f32, (0.1 * sin) as f32]
            };
            let (low, high) = (ink(operation.value(1)), ink(operation.value(2)));
            vec![
                operation.value(0) / 100.0,
                low[0],
                low[1],
                high[0],
                high[1],
                0.2 - operation.value(3) / 400.0,
            ]
        },
        run,
    },
    check: no_data,
    wgsl: include_str!("../../../../shaders/ops/duotone.wgsl"),
};

#[inline(always)]
fn pixel(k: &[f32; 6], rgb: [f32; 3]) -> [f32; 3] {
    let y = luminance(rgb);
    let high = smoothstep((lightness(y) - k[5]) * (1.0 / 0.6));
    let (a, b) = (k[1] + (k[3] - k[1]) * high, k[2] + (k[4] - k[2]) * high);
    let toned = tinted_grey(y, a, b);
    [0, 1, 2].map(|i| toned[i] * k[0] + rgb[i] * (1.0 - k[0]))
}

pixelwise!(pixel, 6);
