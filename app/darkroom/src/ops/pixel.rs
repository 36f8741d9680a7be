//! What point-wise operations share: the loop over a span, lightness and relighting, and colour changes among Oklab's
//! cone responses. `shaders/shared/tone.wgsl` is the twin.

use retake_pixels::color::luminance;
use retake_pixels::fast;
use retake_pixels::matrix::{OKLAB_LMS_FROM_REC2020, REC2020_FROM_OKLAB_LMS, apply};

/// Defines `run` as a loop of `pixel(&[f32; N], rgb) -> rgb` over the span; `pixel` must be `#[inline(always)]`.
macro_rules! pixelwise {
    ($pixel:path, $count:expr) => {
        retake_pixels::vectorised! {
            fn run(constants: &[f32], _x: usize, _y: usize, r: &mut [f32], g: &mut [f32], b: &mut [f32]) {
                let mut k = [0.0f32; $count];
                k.copy_from_slice(&constants[..$count]);
                for ((r, g), b) in r.iter_mut().zip(g.iter_mut()).zip(b.iter_mut()) {
                    [*r, *g, *b] = $pixel(&k, [*r, *g, *b]);
                }
            }
        }
    };
}
pub(crate) use pixelwise;

/// A number from 0 to 1 eased at both ends: 3t² − 2t³.
#[inline(always)]
pub(crate) fn smoothstep(t: f32) -> f32 {
    let t = t.clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// L*/100 of a relative luminance (CIE 15:2018, eq. 8.4); luminances below 1e-7 count as that, so that gains stay finite.
#[inline(always)]
pub(crate) fn lightness(y: f32) -> f32 {
    let y = y.max(1e-7);
    let curve = 1.16 * fast::cbrt(y) - 0.16;
    if y > 216.0 / 24389.0 {
        curve
    } else {
        y * (24389.0 / 2700.0)
    }
}

/// Inverse of [`lightness`].
#[inline(always)]
pub(crate) fn luminance_of(lightness: f32) -> f32 {
    let f = (lightness + 0.16) * (1.0 / 1.16);
    if lightness > 0.08 {
        f * f * f
    } else {
        lightness * (2700.0 / 24389.0)
    }
}

/// The colour with its light multiplied so that lightness `from` becomes `to`; ratios of channels, thus hue, stay.
#[inline(always)]
pub(crate) fn relit(rgb: [f32; 3], from: f32, to: f32) -> [f32; 3] {
    let gain = luminance_of(to.max(0.0)) / luminance_of(from);
    [rgb[0] * gain, rgb[1] * gain, rgb[2] * gain]
}

/// The same where the darkest tone becomes `floor` (a luminance): light is multiplied and grey added.
#[inline(always)]
pub(crate) fn relit_above(rgb: [f32; 3], from: f32, to_luminance: f32, floor: f32) -> [f32; 3] {
    let gain = (to_luminance - floor) / luminance_of(from);
    [
        rgb[0] * gain + floor,
        rgb[1] * gain + floor,
        rgb[2] * gain + floor,
    ]
}

/// Cube roots of Oklab's cone responses: Oklab before its last matrix.
#[inline(always)]
pub(crate) fn cone_roots(rgb: [f32; 3]) -> [f32; 3] {
    let lms = apply(&OKLAB_LMS_FROM_REC2020, rgb);
    [fast::cbrt(lms[0]), fast::cbrt(lms[1]), fast::cbrt(lms[2])]
}

/// Oklab's L of cone roots; a grey of this L has all three roots equal to it.
#[inline(always)]
pub(crate) fn oklab_light(q: [f32; 3]) -> f32 {
    0.210_454_26 * q[0] + 0.793_617_8 * q[1] - 0.004_072_047 * q[2]
}

/// Oklab's a and b of cone roots.
#[inline(always)]
pub(crate) fn oklab_ab(q: [f32; 3]) -> [f32; 2] {
    [
        1.977_998_5 * q[0] - 2.428_592_2 * q[1] + 0.450_593_7 * q[2],
        0.025_904_037 * q[0] + 0.782_771_77 * q[1] - 0.808_675_77 * q[2],
    ]
}

/// Cone roots moved by (da, db) of Oklab.
#[inline(always)]
pub(crate) fn roots_moved(q: [f32; 3], da: f32, db: f32) -> [f32; 3] {
    [
        q[0] + (0.396_337_78 * da + 0.215_803_76 * db),
        q[1] - (0.105_561_346 * da + 0.063_854_17 * db),
        q[2] - (0.089_484_18 * da + 1.291_485_5 * db),
    ]
}

/// The colour whose cone roots were `from` and are to be `to`, with the luminance it had. Worked out as a difference,
/// so that roots that did not move leave the colour exactly as it was.
#[inline(always)]
pub(crate) fn recoloured(rgb: [f32; 3], from: [f32; 3], to: [f32; 3]) -> [f32; 3] {
    let cubes =
        |i: usize| (to[i] - from[i]) * (to[i] * to[i] + to[i] * from[i] + from[i] * from[i]);
    let d = apply(&REC2020_FROM_OKLAB_LMS, [cubes(0), cubes(1), cubes(2)]);
    with_luminance(
        [rgb[0] + d[0], rgb[1] + d[1], rgb[2] + d[2]],
        luminance(rgb),
    )
}

/// The colour brought to luminance `y`, by no more than a stop.
#[inline(always)]
pub(crate) fn with_luminance(rgb: [f32; 3], y: f32) -> [f32; 3] {
    let gain = (y.max(0.0) + 1e-4) / (luminance(rgb).max(0.0) + 1e-4);
    let gain = gain.clamp(0.5, 2.0);
    [rgb[0] * gain, rgb[1] * gain, rgb[2] * gain]
}

/// A grey of luminance `y` tinted by (a, b) of Oklab: fully in the middle tones, not at all in black, a third in white.
#[inline(always)]
pub(crate) fn tinted_grey(y: f32, a: f32, b: f32) -> [f32; 3] {
    let light = fast::cbrt(y);
    let from_middle = (light - 0.55) * (1.0 / 0.55);
    let depth = (1.0 - from_middle * from_middle).max(0.0);
    recoloured(
        [y; 3],
        [light; 3],
        roots_moved([light; 3], a * depth, b * depth),
    )
}

/// Angle of (x, y) in radians, −π to π, within 1e-6; 0 for (0, 0). An odd polynomial of degree 15
/// fitted to the arctangent over [0, 1] at Chebyshev nodes; the other octants by symmetry.
#[inline(always)]
pub(crate) fn angle(y: f32, x: f32) -> f32 {
    let (ax, ay) = (x.abs(), y.abs());
    let t = ax.min(ay) / ax.max(ay).max(1e-30);
    let t2 = t * t;
    let high = 0.099_060_97 + t2 * (-0.059_367_1 + t2 * (0.024_166_19 - t2 * 0.004_668_773));
    let arc =
        t * (1.0 + t2 * (-0.333_319_6 + t2 * (0.199_692_35 + t2 * (-0.140_165_85 + t2 * high))));
    let arc = if ay > ax {
        std::f32::consts::FRAC_PI_2 - arc
    } else {
        arc
    };
    let arc = if x < 0.0 {
        std::f32::consts::PI - arc
    } else {
        arc
    };
    if y < 0.0 { -arc } else { arc }
}
