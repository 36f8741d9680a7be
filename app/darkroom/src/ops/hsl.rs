//! Hue, saturation and luminance of each of the eight colour bands.

use super::pixel::{angle, cone_roots, oklab_ab, pixelwise, recoloured, roots_moved, smoothstep};
use super::{Group, Op, Param, Work, no_data};
use crate::recipe::Operation;
use retake_core::Band;
use retake_pixels::fast;

/// In Oklch, at constant luminance. The three sliders of a band hold at its hue ([`Band::hue_deg`]) and pass into the
/// next band's by 3t² − 2t³ of the way, so that the bands' weights add up to 1 everywhere. Hue turns by up to 30°, chroma
/// is multiplied by 1 + saturation/100, light by 2^(luminance/100 · C²/(C² + 0.05²)) for chroma C: neutrals stay.
pub static OP: Op = Op {
    id: "hsl",
    name: "Colours",
    about: "Hue, saturation and brightness of each of eight colours; greys stay as they are.",
    group: Group::Colour,
    params: &PARAMS,
    work: Work::Point { prepare, run },
    check: no_data,
    wgsl: include_str!("../../../../shaders/ops/hsl.wgsl"),
};

macro_rules! bands {
    ($(($id:literal, $name:literal)),*) => {
        [$(
            percent(concat!($id, "_hue"), concat!($name, " hue")),
            percent(concat!($id, "_saturation"), concat!($name, " saturation")),
            percent(concat!($id, "_luminance"), concat!($name, " luminance")),
        )*]
    };
}

const fn percent(id: &'static str, name: &'static str) -> Param {
    Param {
        id,
        name,
        unit: "",
        range: (-100.0, 100.0),
        neutral: 0.0,
    }
}

const PARAMS: [Param; 24] = bands![
    ("red", "Red"),
    ("orange", "Orange"),
    ("yellow", "Yellow"),
    ("green", "Green"),
    ("aqua", "Aqua"),
    ("blue", "Blue"),
    ("purple", "Purple"),
    ("magenta", "Magenta")
];

/// Numbers for each step from band to band: where it begins and 1/its length (radians from red), and by how much
/// hue (radians), saturation and luminance (stops) differ at its end.
const STEP: usize = 5;
/// Red's hue, its three values, then eight steps.
const COUNT: usize = 4 + 8 * STEP;

fn prepare(operation: &Operation, _: &super::Scene) -> Vec<f32> {
    let first = Band::Red.hue_deg();
    let values = |band: usize| {
        let at = |i: usize| operation.value(3 * (band % 8) + i) / 100.0;
        [at(0) * 30f32.to_radians(), at(1), at(2)]
    };
    let mut constants = vec![first.to_radians()];
    constants.extend(values(0));
    for (i, band) in Band::ALL.iter().enumerate() {
        let begin = band.hue_deg() - first;
        let end = Band::ALL
            .get(i + 1)
            .map_or(360.0, |next| next.hue_deg() - first);
        constants.extend([begin.to_radians(), 1.0 / (end - begin).to_radians()]);
        let (before, after) = (values(i), values(i + 1));
        constants.extend([0, 1, 2].map(|v| after[v] - before[v]));
    }
    constants
}

#[inline(always)]
fn pixel(k: &[f32; COUNT], rgb: [f32; 3]) -> [f32; 3] {
    const TURN: f32 = std::f32::consts::TAU;
    let q = cone_roots(rgb);
    let [a, b] = oklab_ab(q);
    let from_red = angle(b, a) - k[0];
    let from_red = if from_red < 0.0 {
        from_red + TURN
    } else {
        from_red
    };
    let (mut hue, mut saturation, mut luminance) = (k[1], k[2], k[3]);
    for step in k[4..].chunks_exact(STEP) {
        let passed = smoothstep((from_red - step[0]) * step[1]);
        hue += passed * step[2];
        saturation += passed * step[3];
        luminance += passed * step[4];
    }
    // sine and cosine − 1 of at most 30°, by their series
    let h2 = hue * hue;
    let sin =
        hue * (1.0 - h2 * (1.0 / 6.0) * (1.0 - h2 * (1.0 / 20.0) * (1.0 - h2 * (1.0 / 42.0))));
    let less_cos = -0.5 * h2 * (1.0 - h2 * (1.0 / 12.0) * (1.0 - h2 * (1.0 / 30.0)));
    let scale = 1.0 + saturation.max(-1.0);
    let (da, db) = (a * less_cos - b * sin, b * less_cos + a * sin);
    let (da, db) = (
        da * scale + a * (scale - 1.0),
        db * scale + b * (scale - 1.0),
    );
    let turned = recoloured(rgb, q, roots_moved(q, da, db));
    let chroma2 = a * a + b * b;
    let gain = fast::exp2(luminance * chroma2 / (chroma2 + 0.0025));
    [turned[0] * gain, turned[1] * gain, turned[2] * gain]
}

pixelwise!(pixel, COUNT);
