//! Colour values: CIELAB and Oklab from linear Rec.2020, luminance, and the sRGB transfer curve. All inline, for loops over pixels.

use crate::fast;
use crate::matrix::{
    LUMA, OKLAB_LMS_FROM_REC2020, REC2020_FROM_OKLAB_LMS, REC2020_FROM_XYZ, XYZ_FROM_REC2020, apply,
};

/// Relative luminance Y of linear Rec.2020; 1 for diffuse white.
#[inline(always)]
pub fn luminance(rgb: [f32; 3]) -> f32 {
    LUMA[0] * rgb[0] + LUMA[1] * rgb[1] + LUMA[2] * rgb[2]
}

/// sRGB's transfer curve (IEC 61966-2-1), odd-symmetric below 0 and continued above 1.
#[inline(always)]
pub fn srgb_encode(linear: f32) -> f32 {
    let x = linear.abs();
    let curve = 1.055 * fast::exp2(fast::log2(x.max(1e-10)) * (1.0 / 2.4)) - 0.055;
    let y = if x <= 0.003_130_8 { 12.92 * x } else { curve };
    y.copysign(linear)
}

/// Inverse of [`srgb_encode`].
#[inline(always)]
pub fn srgb_decode(coded: f32) -> f32 {
    let x = coded.abs();
    let curve = fast::exp2(fast::log2((x + 0.055) * (1.0 / 1.055)) * 2.4);
    let y = if x <= 0.040_45 {
        x * (1.0 / 12.92)
    } else {
        curve
    };
    y.copysign(coded)
}

const WHITE_XYZ: [f32; 3] = [
    XYZ_FROM_REC2020[0][0] + XYZ_FROM_REC2020[0][1] + XYZ_FROM_REC2020[0][2],
    1.0,
    XYZ_FROM_REC2020[2][0] + XYZ_FROM_REC2020[2][1] + XYZ_FROM_REC2020[2][2],
];

#[inline(always)]
fn lab_curve(t: f32) -> f32 {
    let line = t * (841.0 / 108.0) + 4.0 / 29.0;
    if t > 216.0 / 24389.0 {
        fast::cbrt(t)
    } else {
        line
    }
}

#[inline(always)]
fn lab_curve_inverse(f: f32) -> f32 {
    let line = (f - 4.0 / 29.0) * (108.0 / 841.0);
    if f > 6.0 / 29.0 { f * f * f } else { line }
}

/// How something changes with linear Rec.2020, from how it changes with its CIELAB values ([`lab`]).
pub fn rgb_slope_from_lab(rgb: [f32; 3], by_lab: [f32; 3]) -> [f32; 3] {
    let xyz = apply(&XYZ_FROM_REC2020, rgb);
    let slope = |i: usize| {
        let t = xyz[i] / WHITE_XYZ[i];
        let curve = match t > 216.0 / 24389.0 {
            true => t.powf(-2.0 / 3.0) / 3.0,
            false => 841.0 / 108.0,
        };
        curve / WHITE_XYZ[i]
    };
    // L* = 116 f(Y) − 16, a* = 500 (f(X) − f(Y)), b* = 200 (f(Y) − f(Z))
    let [l, a, b] = by_lab;
    let by_xyz = [
        500.0 * a * slope(0),
        (116.0 * l - 500.0 * a + 200.0 * b) * slope(1),
        -200.0 * b * slope(2),
    ];
    std::array::from_fn(|c| {
        (0..3)
            .map(|row| XYZ_FROM_REC2020[row][c] * by_xyz[row])
            .sum()
    })
}

/// L* of a relative luminance.
#[inline(always)]
pub fn lstar(y: f32) -> f32 {
    116.0 * lab_curve(y) - 16.0
}

/// CIELAB (L* 0–100, a*, b*; D65) of linear Rec.2020 (CIE 15:2018, eq. 8.3–8.8).
#[inline(always)]
pub fn lab(rgb: [f32; 3]) -> [f32; 3] {
    let xyz = apply(&XYZ_FROM_REC2020, rgb);
    let fx = lab_curve(xyz[0] / WHITE_XYZ[0]);
    let fy = lab_curve(xyz[1]);
    let fz = lab_curve(xyz[2] / WHITE_XYZ[2]);
    [116.0 * fy - 16.0, 500.0 * (fx - fy), 200.0 * (fy - fz)]
}

/// Inverse of [`lab`].
#[inline(always)]
pub fn rgb_from_lab(lab: [f32; 3]) -> [f32; 3] {
    let fy = (lab[0] + 16.0) / 116.0;
    let xyz = [
        lab_curve_inverse(fy + lab[1] / 500.0) * WHITE_XYZ[0],
        lab_curve_inverse(fy),
        lab_curve_inverse(fy - lab[2] / 200.0) * WHITE_XYZ[2],
    ];
    apply(&REC2020_FROM_XYZ, xyz)
}

/// Oklab (L 0–1, a, b) of linear Rec.2020.
#[inline(always)]
pub fn oklab(rgb: [f32; 3]) -> [f32; 3] {
    let lms = apply(&OKLAB_LMS_FROM_REC2020, rgb);
    let (l, m, s) = (fast::cbrt(lms[0]), fast::cbrt(lms[1]), fast::cbrt(lms[2]));
    [
        0.210_454_26 * l + 0.793_617_8 * m - 0.004_072_047 * s,
        1.977_998_5 * l - 2.428_592_2 * m + 0.450_593_7 * s,
        0.025_904_037 * l + 0.782_771_77 * m - 0.808_675_77 * s,
    ]
}

/// Inverse of [`oklab`].
#[inline(always)]
pub fn rgb_from_oklab(lab: [f32; 3]) -> [f32; 3] {
    let l = lab[0] + 0.396_337_78 * lab[1] + 0.215_803_76 * lab[2];
    let m = lab[0] - 0.105_561_346 * lab[1] - 0.063_854_17 * lab[2];
    let s = lab[0] - 0.089_484_18 * lab[1] - 1.291_485_5 * lab[2];
    apply(&REC2020_FROM_OKLAB_LMS, [l * l * l, m * m * m, s * s * s])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matrix::REC2020_FROM_SRGB;
    use proptest::prelude::*;

    fn close(a: [f32; 3], b: [f32; 3], tolerance: f32) -> bool {
        a.iter().zip(b).all(|(a, b)| (a - b).abs() < tolerance)
    }

    #[test]
    fn the_lab_of_srgb_red_is_the_published_one() {
        let red = lab(apply(&REC2020_FROM_SRGB, [1.0, 0.0, 0.0]));
        assert!(close(red, [53.24, 80.09, 67.20], 0.02), "{red:?}");
    }

    #[test]
    fn the_oklab_of_srgb_blue_is_the_published_one() {
        let blue = oklab(apply(&REC2020_FROM_SRGB, [0.0, 0.0, 1.0]));
        assert!(close(blue, [0.4520, -0.0324, -0.3115], 2e-4), "{blue:?}");
    }

    proptest! {
        #[test]
        fn lab_and_oklab_round_trip(r in 0.0f32..2.0, g in 0.0f32..2.0, b in 0.0f32..2.0) {
            prop_assert!(close(rgb_from_lab(lab([r, g, b])), [r, g, b], 2e-4));
            prop_assert!(close(rgb_from_oklab(oklab([r, g, b])), [r, g, b], 2e-4));
        }

        #[test]
        fn the_srgb_curve_round_trips(x in -1.0f32..4.0) {
            prop_assert!((srgb_decode(srgb_encode(x)) - x).abs() < 1e-5);
        }
    }
}
