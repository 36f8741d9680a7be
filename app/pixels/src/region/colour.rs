//! The eight colour bands and the neutrals: hue in Oklch with soft borders, weighted by chroma.

use retake_core::{Band, RegionKind};

use super::position::{smoothstep, within};
use crate::color;
use crate::vectorised;

/// Where each band passes into the next, in Oklch degrees: from, to. Orange begins early enough to hold fair and
/// pink skin (hue 45–78), and sRGB's own red (29.2) is red. To both sides of red the passage is wide: one cloth in light and
/// shade goes through 10°, and a narrow border would run across it in blotches.
const BORDERS_DEG: [(f32, f32); 8] = [
    (30.0, 50.0),   // red to orange
    (75.0, 92.0),   // orange to yellow
    (112.0, 128.0), // yellow to green
    (158.0, 180.0), // green to aqua
    (210.0, 240.0), // aqua to blue
    (270.0, 288.0), // blue to purple
    (313.0, 329.0), // purple to magenta
    (348.0, 375.0), // magenta to red
];

/// Oklab chroma between which a colour passes from neutral to coloured.
const CHROMA: (f32, f32) = (0.02, 0.06);
/// Oklab lightness below which noise has any hue it likes.
const DARK: (f32, f32) = (0.08, 0.20);

/// A band as a trapezium on the hue circle, turned so that it begins at 0.
#[derive(Clone, Copy)]
struct Span {
    turn: f32,
    full_from: f32,
    full_to: f32,
    end: f32,
}

impl Span {
    fn of(band: Band) -> Self {
        let (start, end) = (
            BORDERS_DEG[(band as usize + 7) % 8],
            BORDERS_DEG[band as usize],
        );
        let after = |deg: f32| (deg - start.0).rem_euclid(360.0);
        Self {
            turn: start.0,
            full_from: after(start.1),
            full_to: after(end.0),
            end: after(end.1),
        }
    }
    /// Weight for a hue in [0, 360); the eight bands' add up to 1.
    #[inline(always)]
    fn weight(&self, hue: f32) -> f32 {
        let past = hue - self.turn;
        let past = if past < 0.0 { past + 360.0 } else { past };
        smoothstep(0.0, self.full_from, past) * (1.0 - smoothstep(self.full_to, self.end, past))
    }
}

/// How far an Oklab colour is a colour and not a neutral, 0 to 1.
#[inline(always)]
fn coloured(lab: [f32; 3]) -> f32 {
    let chroma = (lab[1] * lab[1] + lab[2] * lab[2]).sqrt();
    smoothstep(CHROMA.0, CHROMA.1, chroma) * smoothstep(DARK.0, DARK.1, lab[0])
}

/// Oklab of a pixel; values that are no numbers count as dark.
#[inline(always)]
fn sane_oklab(r: f32, g: f32, b: f32) -> [f32; 3] {
    color::oklab([r, g, b].map(|v| within(-1.0, 64.0, v)))
}

/// Hue angle in [0, 360); within 0.001 degrees, without branches (Abramowitz and Stegun 1964, 4.4.49).
#[inline(always)]
fn hue_deg(a: f32, b: f32) -> f32 {
    let (x, y) = (a.abs(), b.abs());
    let t = x.min(y) / x.max(y).max(1e-12);
    let t2 = t * t;
    let series = t
        * (0.999_866
            + t2 * (-0.330_299_5 + t2 * (0.180_141 + t2 * (-0.085_133 + t2 * 0.020_835_1))));
    let acute = if y > x {
        std::f32::consts::FRAC_PI_2 - series
    } else {
        series
    };
    let upper = if a < 0.0 {
        std::f32::consts::PI - acute
    } else {
        acute
    };
    let angle = if b < 0.0 {
        std::f32::consts::TAU - upper
    } else {
        upper
    };
    let degrees = angle.to_degrees();
    if degrees >= 360.0 { 0.0 } else { degrees }
}

/// The hue a colour is called by. A dark yellow is called olive, which is a green: below lightness 0.8 hues between
/// orange-yellow and green are moved towards green, by up to 18° at 0.55. Bright yellow, orange and green stay.
#[inline(always)]
fn called_deg(lab: [f32; 3]) -> f32 {
    let hue = hue_deg(lab[1], lab[2]);
    let between = smoothstep(86.0, 104.0, hue) * (1.0 - smoothstep(112.0, 150.0, hue));
    hue + 18.0 * between * (1.0 - smoothstep(0.55, 0.8, lab[0]))
}

vectorised! {
    fn band_row(span: Span, r: &[f32], g: &[f32], b: &[f32], out: &mut [f32]) {
        for (((r, g), b), out) in r.iter().zip(g).zip(b).zip(out.iter_mut()) {
            let lab = sane_oklab(*r, *g, *b);
            *out = coloured(lab) * span.weight(called_deg(lab));
        }
    }
}

vectorised! {
    fn neutral_row(r: &[f32], g: &[f32], b: &[f32], out: &mut [f32]) {
        for (((r, g), b), out) in r.iter().zip(g).zip(b).zip(out.iter_mut()) {
            *out = 1.0 - coloured(sane_oklab(*r, *g, *b));
        }
    }
}

/// Writes the weights of linear Rec.2020 pixels to `out`: of a colour band, or of the neutrals for any other kind.
/// The eight bands and the neutrals add up to 1.
pub(super) fn row(kind: RegionKind, r: &[f32], g: &[f32], b: &[f32], out: &mut [f32]) {
    match kind {
        RegionKind::Colour(band) => band_row(Span::of(band), r, g, b, out),
        _ => neutral_row(r, g, b, out),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matrix::{REC2020_FROM_SRGB, apply};
    use proptest::prelude::*;

    fn weight(kind: RegionKind, rgb: [f32; 3]) -> f32 {
        let mut out = [0.0];
        row(kind, &rgb[..1], &rgb[1..2], &rgb[2..], &mut out);
        out[0]
    }

    fn srgb(code: [u8; 3]) -> [f32; 3] {
        apply(
            &REC2020_FROM_SRGB,
            code.map(|c| color::srgb_decode(f32::from(c) / 255.0)),
        )
    }

    proptest! {
        #[test]
        fn bands_and_neutrals_add_up_to_one(r in 0.0f32..1.0, g in 0.0f32..1.0, b in 0.0f32..1.0) {
            let bands: f32 = Band::ALL.iter().map(|&band| weight(RegionKind::Colour(band), [r, g, b])).sum();
            let neutral = weight(RegionKind::Neutrals, [r, g, b]);
            prop_assert!((bands + neutral - 1.0).abs() < 1e-5, "{bands} {neutral}");
        }

        #[test]
        fn hues_agree_with_the_standard_library(a in -0.4f32..0.4, b in -0.4f32..0.4) {
            prop_assume!(a.abs() + b.abs() > 1e-3);
            let exact = f64::from(b).atan2(f64::from(a)).to_degrees().rem_euclid(360.0);
            let off = (f64::from(hue_deg(a, b)) - exact).abs();
            prop_assert!(off.min(360.0 - off) < 2e-3, "{exact} {}", hue_deg(a, b));
        }
    }

    #[test]
    fn srgbs_own_colours_are_in_the_bands_of_their_names() {
        let named = [
            ([255, 0, 0], Band::Red),
            ([255, 128, 0], Band::Orange),
            ([255, 230, 0], Band::Yellow),
            ([0, 255, 0], Band::Green),
            ([0, 230, 230], Band::Aqua),
            ([0, 0, 255], Band::Blue),
            ([130, 0, 220], Band::Purple),
            ([255, 0, 200], Band::Magenta),
        ];
        for (code, band) in named {
            let w = weight(RegionKind::Colour(band), srgb(code));
            assert!(w > 0.9, "{code:?} {band:?} {w}");
        }
    }

    #[test]
    fn a_dry_meadow_is_green_and_a_lemon_is_not() {
        assert!(weight(RegionKind::Colour(Band::Green), srgb([98, 97, 52])) > 0.5);
        assert!(weight(RegionKind::Colour(Band::Green), srgb([250, 230, 60])) < 0.1);
    }

    #[test]
    fn every_band_is_full_at_its_centre() {
        for band in Band::ALL {
            assert_eq!(Span::of(band).weight(band.hue_deg()), 1.0, "{band:?}");
        }
    }

    #[test]
    fn skin_from_fair_to_dark_is_orange() {
        for code in [
            [232, 190, 172],
            [241, 194, 125],
            [198, 134, 66],
            [141, 85, 36],
            [92, 56, 38],
        ] {
            let w = weight(RegionKind::Colour(Band::Orange), srgb(code));
            assert!(w > 0.55, "{code:?} {w}");
        }
    }

    #[test]
    fn a_cloth_between_red_and_orange_has_no_border_running_across_it() {
        let at = |hue_deg: f32| {
            let (sin, cos) = hue_deg.to_radians().sin_cos();
            let cloth = color::rgb_from_oklab([0.6, 0.15 * cos, 0.15 * sin]);
            weight(RegionKind::Colour(Band::Red), cloth)
        };
        let (shade, light) = (at(35.0), at(41.0));
        assert!(shade - light < 0.5, "{shade} {light}");
    }

    #[test]
    fn greys_are_neutral() {
        for grey in [0, 40, 128, 255] {
            assert!(weight(RegionKind::Neutrals, srgb([grey; 3])) > 0.999);
        }
    }
}
