//! Vignette: the corners darker or lighter than the middle.

use super::pixel::smoothstep;
use super::{Group, Op, Param, Work, no_data};
use retake_pixels::{fast, vectorised};

/// Linear light × 2^(2.5·amount/100·w). With d the distance from the middle (1 in the corners) and w eased from 0 to 1
/// over d = m ± h, m = 0.3 + 0.6·midpoint, h = 0.05 + 0.6·feather. The lines of equal d are ellipses that fit the frame;
/// roundness makes them circles (100) or rounded rectangles (−100: exponent 8 instead of 2).
pub static OP: Op = Op {
    id: "vignette",
    name: "Vignette",
    about: "Corners darker (or lighter) than the middle, by up to two and a half stops.",
    group: Group::Effects,
    params: &[
        Param {
            id: "amount",
            name: "Amount",
            unit: "",
            range: (-100.0, 100.0),
            neutral: 0.0,
        },
        Param {
            id: "midpoint",
            name: "Midpoint",
            unit: "%",
            range: (0.0, 100.0),
            neutral: 50.0,
        },
        Param {
            id: "roundness",
            name: "Roundness",
            unit: "",
            range: (-100.0, 100.0),
            neutral: 0.0,
        },
        Param {
            id: "feather",
            name: "Feather",
            unit: "%",
            range: (0.0, 100.0),
            neutral: 50.0,
        },
    ],
    work: Work::Point {
        prepare: |operation, scene| {
            let (width, height) = (scene.frame.width as f32, scene.frame.height as f32);
            let round = operation.value(2) / 100.0;
            let exponent = (2.0 * (-round).max(0.0)).exp2() * 2.0;
            // half axes of the ellipse, towards a circle; the corner is at distance 1 in either case
            let half = |side: f32| 0.5 * (side + (width.max(height) - side) * round.max(0.0));
            let (across, down) = (half(width), half(height));
            let corner = ((0.5 * width / across).powf(exponent)
                + (0.5 * height / down).powf(exponent))
            .powf(1.0 / exponent);
            let middle = 0.3 + 0.6 * operation.value(1) / 100.0;
            let reach = 0.05 + 0.6 * operation.value(3) / 100.0;
            vec![
                2.5 * operation.value(0) / 100.0,
                0.5 * width,
                0.5 * height,
                1.0 / (across * corner),
                1.0 / (down * corner),
                exponent,
                1.0 / exponent,
                middle - reach,
                0.5 / reach,
            ]
        },
        run,
    },
    check: no_data,
    wgsl: include_str!("../../../../shaders/ops/vignette.wgsl"),
};

vectorised! {
    #[expect(
        clippy::explicit_counter_loop,
        reason = "a 32-bit counter keeps the loop vectorised"
    )]
    fn run(constants: &[f32], x: usize, y: usize, r: &mut [f32], g: &mut [f32], b: &mut [f32]) {
        let mut k = [0.0f32; 9];
        k.copy_from_slice(&constants[..9]);
        let down = fast::pow((y as f32 + 0.5 - k[2]).abs() * k[4], k[5]);
        let mut column = x as i32;
        for ((r, g), b) in r.iter_mut().zip(g.iter_mut()).zip(b.iter_mut()) {
            let across = fast::pow((column as f32 + 0.5 - k[1]).abs() * k[3], k[5]);
            let distance = fast::pow(across + down, k[6]);
            let gain = fast::exp2(k[0] * smoothstep((distance - k[7]) * k[8]));
            *r *= gain;
            *g *= gain;
            *b *= gain;
            column += 1;
        }
    }
}
