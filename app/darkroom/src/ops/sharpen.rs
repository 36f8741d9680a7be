//! Sharpening: an unsharp mask on lightness, kept from overshooting what is around, so that edges gain no bright or
//! dark rims and colours no fringes.

use retake_core::Raster;
use retake_pixels::matrix::LUMA;
use retake_pixels::{fast, vectorised};

use super::neighbourhood::{Gaussian, Pass, each_row, gain_rows, reduce};
use super::{Group, Op, Param, Work, no_data};
use crate::render::Tile;

/// v = ∛Y; v' = v + amount · cored (v − blurred v), held near the range of the 3 × 3 neighbours; light × (v'/v)³.
pub static OP: Op = Op {
    id: "sharpen",
    name: "Sharpen",
    about: "Crisper edges. Masking keeps smooth areas and their noise as they are.",
    group: Group::Detail,
    params: &[
        Param {
            id: "amount",
            name: "Amount",
            unit: "%",
            range: (0.0, 200.0),
            neutral: 0.0,
        },
        Param {
            id: "radius",
            name: "Radius",
            unit: "px at a 2000-px long edge",
            range: (0.3, 6.0),
            neutral: 1.0,
        },
        Param {
            id: "masking",
            name: "Masking",
            unit: "",
            range: (0.0, 100.0),
            neutral: 20.0,
        },
    ],
    work: Work::Spatial {
        prepare: |operation, scene| {
            let masking = operation.value(2) / 100.0;
            let mut constants = vec![
                operation.value(0) / 100.0 * 1.4,
                // differences of lightness (of 1) below this count as noise
                0.0008 + 0.03 * masking * masking,
            ];
            // a preview has no detail finer than its pixels, so the radius shrinks no further than they allow
            let sigma = (operation.value(1) * scene.long_edge() / 2000.0).max(0.45);
            Gaussian::push(sigma, &mut constants);
            constants
        },
        halo: |constants| {
            if constants[0] == 0.0 {
                return 0;
            }
            Gaussian::read(&constants[WINDOW..]).halo(1) + 1
        },
        run,
        passes,
    },
    check: no_data,
    wgsl: include_str!("../../../../shaders/ops/sharpen.wgsl"),
};

const WINDOW: usize = 2;
/// Share of the neighbours' range by which a sharpened value may leave it.
const OVERSHOOT: f32 = 0.12;
/// Added to lightness in the quotient, so that noise in the blacks is not multiplied.
const FLOOR: f32 = 0.04;

vectorised! {
    fn lightness(rgb: [&[f32]; 3], out: &mut [f32]) {
        for (((out, r), g), b) in out.iter_mut().zip(rgb[0]).zip(rgb[1]).zip(rgb[2]) {
            *out = fast::cbrt((LUMA[0] * r + LUMA[1] * g + LUMA[2] * b).max(0.0));
        }
    }
}

vectorised! {
    fn sharpen_gain(constants: &[f32], v: [&[f32]; 3], low: &mut [f32], high: &mut [f32], blurred: &[f32], gain: &mut [f32]) {
        let (amount, core) = (constants[0], constants[1]);
        let n = gain.len();
        for ((((low, high), a), b), c) in low[1..].iter_mut().zip(&mut high[1..]).zip(v[0]).zip(v[1]).zip(v[2]) {
            *low = a.min(*b).min(*c);
            *high = a.max(*b).max(*c);
        }
        (low[0], high[0]) = (low[1], high[1]);
        (low[n + 1], high[n + 1]) = (low[n], high[n]);
        let least = low.iter().zip(&low[1..]).zip(&low[2..]).map(|((a, b), c)| a.min(*b).min(*c));
        let most = high.iter().zip(&high[1..]).zip(&high[2..]).map(|((a, b), c)| a.max(*b).max(*c));
        for ((((gain, here), blurred), least), most) in gain.iter_mut().zip(v[1]).zip(blurred).zip(least).zip(most) {
            let d = here - blurred;
            let d = d * (d * d) / (d * d + core * core);
            let room = OVERSHOOT * (most - least);
            let sharp = (here + amount * d).max(least - room).min(most + room);
            let ratio = (sharp.max(0.0) + FLOOR) / (here + FLOOR);
            *gain = ratio * ratio * ratio;
        }
    }
}

fn run(constants: &[f32], tile: &Tile) -> Raster {
    if constants[0] == 0.0 {
        return tile.raster.clone();
    }
    let window = Gaussian::read(&constants[WINDOW..]);
    let plain = reduce(tile, 1, 1, lightness);
    let mut blurred = plain.reduced(window.factor);
    window.blur(&mut blurred);
    let width = tile.rect.width();
    each_row(
        tile,
        || {
            let row = |more: usize| vec![0.0f32; width + more];
            ([row(0), row(2), row(2), row(0)], Vec::new())
        },
        |([wide, low, high, gain], sum), y, input, output| {
            blurred.enlarged_row(window.factor, tile.rect.y0 + y, tile.rect.x0, wide, sum);
            let v = [-1, 0, 1].map(|d| plain.row(y as isize + d));
            sharpen_gain(constants, v, low, high, wide, gain);
            gain_rows(gain, input, output);
        },
    )
}

fn passes(constants: &[f32]) -> Vec<Pass> {
    if constants[0] == 0.0 {
        return Vec::new();
    }
    let window = Gaussian::read(&constants[WINDOW..]);
    let mut passes = vec![Pass::new("lightness", &[0], 1, 1, 0)];
    let blurred = if window.factor == 1 {
        passes.push(Pass::new("blur_across", &[1], 2, 1, WINDOW as u32));
        passes.push(Pass::new("blur_down", &[2], 3, 1, WINDOW as u32));
        3
    } else {
        passes.push(Pass::new("reduce", &[1], 2, window.factor, WINDOW as u32));
        passes.extend(window.passes(2, 3, WINDOW as u32));
        2
    };
    passes.push(Pass::last("sharpen", &[0, 1, blurred], 0));
    passes
}
