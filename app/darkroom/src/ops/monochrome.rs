//! Black and white by a mix of the channels, as through a coloured filter.

use super::pixel::pixelwise;
use super::{Group, Op, Param, Work, no_data};

/// Grey = red·R + green·G + blue·B in linear Rec.2020, the weights scaled to add up to 1 so that greys stay (unless they
/// add up to less than 0.1); amount 1 is all grey. The neutral weights are those of luminance.
pub static OP: Op = Op {
    id: "monochrome",
    name: "Black and white",
    about: "Colour taken out; the mix says how bright each colour becomes, as a filter before the lens would.",
    group: Group::Colour,
    params: &[
        Param {
            id: "amount",
            name: "Amount",
            unit: "",
            range: (0.0, 1.0),
            neutral: 0.0,
        },
        Param {
            id: "red",
            name: "Red",
            unit: "",
            range: (-2.0, 2.0),
            neutral: 0.2627,
        },
        Param {
            id: "green",
            name: "Green",
            unit: "",
            range: (-2.0, 2.0),
            neutral: 0.678,
        },
        Param {
            id: "blue",
            name: "Blue",
            unit: "",
            range: (-2.0, 2.0),
            neutral: 0.0593,
        },
    ],
    work: Work::Point {
        prepare: |operation, _| {
            let weights = [1, 2, 3].map(|i| operation.value(i));
            let sum: f32 = weights.iter().sum();
            let scale = if sum >= 0.1 { 1.0 / sum } else { 1.0 };
            let [r, g, b] = weights.map(|w| w * scale);
            vec![operation.value(0), r, g, b]
        },
        run,
    },
    check: no_data,
    wgsl: include_str!("../../../../shaders/ops/monochrome.wgsl"),
};

#[inline(always)]
fn pixel(k: &[f32; 4], rgb: [f32; 3]) -> [f32; 3] {
    let grey = k[1] * rgb[0] + k[2] * rgb[1] + k[3] * rgb[2];
    rgb.map(|v| grey * k[0] + v * (1.0 - k[0]))
}

pixelwise!(pixel, 4);
