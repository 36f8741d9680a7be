//! White balance: the colour of the light that is taken for white.

use super::pixel::pixelwise;
use super::{Group, Op, Param, Work, no_data};
use retake_pixels::matrix::{D65, Exact, REC2020, invert, multiply, xyz_from};

/// Says what colour the light had; the picture is adapted from there to D65 by von Kries' rule on the responses of
/// CAT16 (Li et al. 2017, eq. 3), then scaled so that greys keep their luminance. 6500 K is the light as shot and the
/// neutral; a bluer light (more kelvin) makes a warmer picture. The light moves from D65 as a black body moves from
/// 6500 K, and by tint/3000 across that path in CIE 1960 (u, v), the DNG specification's scale; + is magenta.
pub static OP: Op = Op {
    id: "white_balance",
    name: "White balance",
    about: "Warmer or cooler, greener or more magenta, by saying what colour the light had.",
    group: Group::Colour,
    params: &[
        Param {
            id: "kelvin",
            name: "Temperature",
            unit: "K",
            range: (2000.0, 25000.0),
            neutral: 6500.0,
        },
        Param {
            id: "tint",
            name: "Tint",
            unit: "",
            range: (-150.0, 150.0),
            neutral: 0.0,
        },
    ],
    work: Work::Point {
        prepare: |operation, _| {
            adaptation(f64::from(operation.value(0)), f64::from(operation.value(1)))
                .iter()
                .flatten()
                .map(|v| *v as f32)
                .collect()
        },
        run,
    },
    check: no_data,
    wgsl: include_str!("../../../../shaders/ops/white_balance.wgsl"),
};

#[inline(always)]
fn pixel(k: &[f32; 9], [r, g, b]: [f32; 3]) -> [f32; 3] {
    [
        k[0] * r + k[1] * g + k[2] * b,
        k[3] * r + k[4] * g + k[5] * b,
        k[6] * r + k[7] * g + k[8] * b,
    ]
}

pixelwise!(pixel, 9);

const CAT16: Exact = [
    [0.401_288, 0.650_173, -0.051_461],
    [-0.250_268, 1.204_414, 0.045_854],
    [-0.002_079, 0.048_952, 0.953_127],
];
const RESPONSES_FROM_REC2020: Exact = multiply(&CAT16, &xyz_from(&REC2020));
const REC2020_FROM_RESPONSES: Exact = invert(&RESPONSES_FROM_REC2020);

/// The matrix on linear Rec.2020 that takes light of this colour for white.
fn adaptation(kelvin: f64, tint: f64) -> Exact {
    let response = |(u, v): (f64, f64)| {
        let xyz = xyz_of_uv(u, v);
        CAT16.map(|row| row[0] * xyz[0] + row[1] * xyz[1] + row[2] * xyz[2])
    };
    let white = uv_of_xy(D65.0, D65.1);
    let taken = response(light(white, kelvin, tint));
    let wanted = response(white);
    let mut scaled = RESPONSES_FROM_REC2020;
    for (i, row) in scaled.iter_mut().enumerate() {
        // a light outside all real colours must not turn a cone's sign
        let gain = (wanted[i] / taken[i].max(0.02 * wanted[i])).min(50.0);
        for v in row {
            *v *= gain;
        }
    }
    let m = multiply(&REC2020_FROM_RESPONSES, &scaled);
    let luma = xyz_from(&REC2020)[1];
    let grey: f64 = (0..3).map(|i| luma[i] * m[i].iter().sum::<f64>()).sum();
    m.map(|row| row.map(|v| v / grey))
}

/// CIE 1960 (u, v) of the light, given that of white.
fn light(white: (f64, f64), kelvin: f64, tint: f64) -> (f64, f64) {
    let (here, neutral) = (black_body_uv(kelvin), black_body_uv(6500.0));
    let next = black_body_uv(kelvin * 1.001);
    let (du, dv) = (next.0 - here.0, next.1 - here.1);
    let length = du.hypot(dv);
    // across the path, towards green: the path runs to smaller u and v
    let across = (dv / length, -du / length);
    let shift = tint / 3000.0;
    (
        white.0 + (here.0 - neutral.0) + shift * across.0,
        white.1 + (here.1 - neutral.1) + shift * across.1,
    )
}

/// CIE 1960 (u, v) of a black body: Planck's law under the CIE 1931 observer in the multi-lobe fit of Wyman, Sloan and
/// Shirley (2013), eq. 4, summed over 360–830 nm in steps of 5.
fn black_body_uv(kelvin: f64) -> (f64, f64) {
    let lobe = |nm: f64, peak: f64, below: f64, above: f64| {
        let t = (nm - peak) * if nm < peak { below } else { above };
        (-0.5 * t * t).exp()
    };
    let mut xyz = [0.0; 3];
    for step in 0..95 {
        let nm = 360.0 + 5.0 * f64::from(step);
        let power = (nm / 560.0).powi(-5) / ((1.438_776_877e7 / (nm * kelvin)).exp() - 1.0);
        xyz[0] += power
            * (1.056 * lobe(nm, 599.8, 0.0264, 0.0323) + 0.362 * lobe(nm, 442.0, 0.0624, 0.0374)
                - 0.065 * lobe(nm, 501.1, 0.0490, 0.0382));
        xyz[1] += power
            * (0.821 * lobe(nm, 568.8, 0.0213, 0.0247) + 0.286 * lobe(nm, 530.9, 0.0613, 0.0322));
        xyz[2] += power
            * (1.217 * lobe(nm, 437.0, 0.0845, 0.0278) + 0.681 * lobe(nm, 459.0, 0.0385, 0.0725));
    }
    let sum: f64 = xyz.iter().sum();
    uv_of_xy(xyz[0] / sum, xyz[1] / sum)
}

fn uv_of_xy(x: f64, y: f64) -> (f64, f64) {
    let scale = -2.0 * x + 12.0 * y + 3.0;
    (4.0 * x / scale, 6.0 * y / scale)
}

fn xyz_of_uv(u: f64, v: f64) -> [f64; 3] {
    let scale = 2.0 * u - 8.0 * v + 4.0;
    let (x, y) = (3.0 * u / scale, 2.0 * v / scale);
    [x / y, 1.0, (1.0 - x - y) / y]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_white(kelvin: f64, tint: f64) -> [f64; 3] {
        adaptation(kelvin, tint).map(|row| row.iter().sum())
    }

    #[test]
    fn black_bodies_lie_where_the_tables_put_them() {
        // (x, y) of 2856 K (illuminant A) and 6500 K
        for (kelvin, x, y) in [(2856.0, 0.4476, 0.4074), (6500.0, 0.3135, 0.3237)] {
            let (u, v) = black_body_uv(kelvin);
            let (eu, ev) = uv_of_xy(x, y);
            assert!(
                (u - eu).hypot(v - ev) < 0.0025,
                "{kelvin} K: {u} {v}, {eu} {ev}"
            );
        }
    }

    #[test]
    fn more_kelvin_is_warmer_and_more_tint_is_more_magenta() {
        let [r, _, b] = of_white(8000.0, 0.0);
        assert!(r > 1.02 && b < 0.95, "{r} {b}");
        let [r, g, b] = of_white(6500.0, 40.0);
        assert!(r > g && b > g, "{r} {g} {b}");
    }

    #[test]
    fn grey_keeps_its_luminance() {
        let luma = xyz_from(&REC2020)[1];
        for (kelvin, tint) in [(2000.0, -150.0), (4000.0, 20.0), (25000.0, 150.0)] {
            let white = of_white(kelvin, tint);
            let y: f64 = (0..3).map(|i| luma[i] * white[i]).sum();
            assert!((y - 1.0).abs() < 1e-9);
        }
    }
}
