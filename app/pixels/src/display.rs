//! What the screen or a file shows of an unclipped linear Rec.2020 picture: the way into an output space's gamut and
//! its transfer curve. Measures, rewards and exports all go through here, so that what is scored is what is written.

use retake_core::Raster;

use crate::color::srgb_encode;
use crate::fast;
use crate::matrix::{ADOBE_RGB, DISPLAY_P3, LUMA, Matrix, REC2020, SRGB, between};
use crate::vectorised;

/// An output colour space.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Space {
    /// IEC 61966-2-1
    #[default]
    Srgb,
    /// P3 primaries, D65, sRGB's curve
    DisplayP3,
    /// Adobe RGB (1998), gamma 563/256
    AdobeRgb,
    /// BT.2020 primaries with BT.2020's curve
    Rec2020,
}

impl Space {
    /// Matrix from linear Rec.2020 to this space's linear RGB.
    pub fn from_rec2020(self) -> Matrix {
        const P3: Matrix = between(&DISPLAY_P3, &REC2020);
        const ADOBE: Matrix = between(&ADOBE_RGB, &REC2020);
        const S: Matrix = between(&SRGB, &REC2020);
        const SAME: Matrix = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
        match self {
            Self::Srgb => S,
            Self::DisplayP3 => P3,
            Self::AdobeRgb => ADOBE,
            Self::Rec2020 => SAME,
        }
    }
}

/// How far outside [0, 1] a channel may lie and still be clipped rather than desaturated: below half an 8-bit step,
/// so that rounding in the matrices never touches an untouched picture.
const EPSILON: f32 = 1e-4;

/// Brings a colour of the output space into [0, 1]³ by moving it towards the grey of its own luminance `y` as far as
/// needed, so that lightness and, nearly, hue survive where a clip of each channel would bend them.
#[inline(always)]
pub(crate) fn into_gamut(rgb: [f32; 3], y: f32) -> [f32; 3] {
    let y = y.clamp(0.0, 1.0);
    let low = rgb[0].min(rgb[1]).min(rgb[2]);
    let high = rgb[0].max(rgb[1]).max(rgb[2]);
    let keep_low = if low < -EPSILON {
        y / (y - low).max(1e-12)
    } else {
        1.0
    };
    let keep_high = if high > 1.0 + EPSILON {
        (1.0 - y) / (high - y).max(1e-12)
    } else {
        1.0
    };
    let keep = keep_low.min(keep_high).clamp(0.0, 1.0);
    [
        (y + (rgb[0] - y) * keep).clamp(0.0, 1.0),
        (y + (rgb[1] - y) * keep).clamp(0.0, 1.0),
        (y + (rgb[2] - y) * keep).clamp(0.0, 1.0),
    ]
}

vectorised! {
    /// Turns linear Rec.2020 spans into linear RGB of an output space, in gamut: every value in [0, 1].
    pub fn to_linear(from_rec2020: &Matrix, r: &mut [f32], g: &mut [f32], b: &mut [f32]) {
        let m = *from_rec2020;
        for ((r, g), b) in r.iter_mut().zip(g.iter_mut()).zip(b.iter_mut()) {
            let y = LUMA[0] * *r + LUMA[1] * *g + LUMA[2] * *b;
            let rgb = crate::matrix::apply(&m, [*r, *g, *b]);
            [*r, *g, *b] = into_gamut(rgb, y);
        }
    }
}

vectorised! {
    /// Linear [0, 1] to sRGB code values in [0, 1].
    pub fn srgb_curve(values: &mut [f32]) {
        for value in values {
            *value = srgb_encode(*value);
        }
    }
}

vectorised! {
    /// Linear [0, 1] to Adobe RGB code values in [0, 1].
    pub fn adobe_curve(values: &mut [f32]) {
        for value in values {
            *value = fast::pow(*value, 256.0 / 563.0);
        }
    }
}

vectorised! {
    /// Linear [0, 1] to Rec.2020 code values in [0, 1] (BT.2020-2, table 4, 12-bit constants).
    pub fn rec2020_curve(values: &mut [f32]) {
        for value in values {
            let x = *value;
            let curve = 1.099_296_8 * fast::pow(x, 0.45) - 0.099_296_83;
            *value = if x < 0.018_053_97 { 4.5 * x } else { curve };
        }
    }
}

impl Space {
    /// Applies the transfer curve to linear values in [0, 1].
    pub fn encode(self, values: &mut [f32]) {
        match self {
            Self::Srgb | Self::DisplayP3 => srgb_curve(values),
            Self::AdobeRgb => adobe_curve(values),
            Self::Rec2020 => rec2020_curve(values),
        }
    }
}

/// The picture as code values in [0, 1] of an output space, in place: gamut, then curve.
pub fn encode(raster: &mut Raster, space: Space) {
    let [r, g, b] = &mut raster.planes;
    to_linear(&space.from_rec2020(), r, g, b);
    for plane in &mut raster.planes {
        space.encode(plane);
    }
}

vectorised! {
    /// Code values in [0, 1] to interleaved 8-bit RGB; `out` has three bytes a pixel.
    pub fn quantise8(r: &[f32], g: &[f32], b: &[f32], out: &mut [u8]) {
        for (((r, g), b), out) in r.iter().zip(g).zip(b).zip(out.chunks_exact_mut(3)) {
            out[0] = (*r * 255.0 + 0.5) as u8;
            out[1] = (*g * 255.0 + 0.5) as u8;
            out[2] = (*b * 255.0 + 0.5) as u8;
        }
    }
}

vectorised! {
    /// Code values in [0, 1] to interleaved 16-bit RGB; `out` has three values a pixel.
    pub fn quantise16(r: &[f32], g: &[f32], b: &[f32], out: &mut [u16]) {
        for (((r, g), b), out) in r.iter().zip(g).zip(b).zip(out.chunks_exact_mut(3)) {
            out[0] = (*r * 65_535.0 + 0.5) as u16;
            out[1] = (*g * 65_535.0 + 0.5) as u16;
            out[2] = (*b * 65_535.0 + 0.5) as u16;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matrix::{REC2020_FROM_SRGB, apply};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_colour_of_the_output_space_is_shown_as_it_is(r in 0.0f32..=1.0, g in 0.0f32..=1.0, b in 0.0f32..=1.0) {
            let rgb = apply(&REC2020_FROM_SRGB, [r, g, b]);
            let mut one = Raster::from_fn(1, 1, |_, _| rgb);
            let [pr, pg, pb] = &mut one.planes;
            to_linear(&Space::Srgb.from_rec2020(), pr, pg, pb);
            for (shown, meant) in one.at(0, 0).into_iter().zip([r, g, b]) {
                prop_assert!((shown - meant).abs() < 1e-5);
            }
        }

        #[test]
        fn luminance_survives_the_way_into_the_gamut(r in 0.0f32..1.0, g in 0.0f32..1.0, b in 0.0f32..1.0) {
            let mut one = Raster::from_fn(1, 1, |_, _| [r, g, b]);
            let [pr, pg, pb] = &mut one.planes;
            to_linear(&Space::Srgb.from_rec2020(), pr, pg, pb);
            let shown = crate::color::luminance(apply(&REC2020_FROM_SRGB, one.at(0, 0)));
            prop_assert!((shown - crate::color::luminance([r, g, b])).abs() < 1e-3);
        }
    }

    proptest! {
        #[test]
        fn whatever_is_shown_lies_inside_the_gamut(r in -1.0f32..9.0, g in -1.0f32..9.0, b in -1.0f32..9.0) {
            let mut one = Raster::from_fn(1, 1, |_, _| [r, g, b]);
            let [pr, pg, pb] = &mut one.planes;
            to_linear(&Space::Srgb.from_rec2020(), pr, pg, pb);
            prop_assert!(one.at(0, 0).iter().all(|v| (0.0..=1.0).contains(v)), "{:?}", one.at(0, 0));
        }
    }

    #[test]
    fn all_256_code_values_survive() {
        for code in 0..=255u8 {
            let linear = crate::color::srgb_decode(f32::from(code) / 255.0);
            let mut one = Raster::from_fn(1, 1, |_, _| [linear; 3]);
            encode(&mut one, Space::Srgb);
            let mut out = [0u8; 3];
            quantise8(&one.planes[0], &one.planes[1], &one.planes[2], &mut out);
            assert_eq!(out, [code; 3]);
        }
    }
}
