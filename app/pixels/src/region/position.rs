//! Parts of a picture that are only a place: halves, thirds, centre, edges and corners, with soft borders.

use retake_core::RegionKind;

use crate::vectorised;

/// Half the width of the soft border of halves and thirds, as a share of the side.
const SOFT: f32 = 0.035;
/// Where the centre passes into the edges, and where the corners begin; 1 is the ellipse that touches all four sides,
/// √2 the very corner.
const RIM: (f32, f32) = (0.55, 0.85);
const CORNER: (f32, f32) = (0.95, 1.15);

/// 0 below `from`, 1 above `to`, a cubic with flat ends between (Hermite).
#[inline(always)]
pub(super) fn smoothstep(from: f32, to: f32, x: f32) -> f32 {
    let t = ((x - from) / (to - from)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// `value` within [`low`, `high`]; one that is no number becomes `low`, where `clamp` would let it through.
#[inline(always)]
pub(super) fn within(low: f32, high: f32, value: f32) -> f32 {
    value.max(low).min(high)
}

#[inline(always)]
fn above(border: f32, x: f32) -> f32 {
    smoothstep(border - SOFT, border + SOFT, x)
}

/// True for the kinds that [`weight`] knows.
pub(super) fn is_position(kind: RegionKind) -> bool {
    use RegionKind::*;
    matches!(
        kind,
        LeftHalf
            | RightHalf
            | TopHalf
            | BottomHalf
            | LeftThird
            | RightThird
            | TopThird
            | BottomThird
            | Centre
            | Edges
            | Corners
    )
}

/// How much of a half or third is meant that lies `u` of the width from the left and `v` of the height from the top.
/// Halves and their opposites add up to 1.
#[inline(always)]
fn weight(kind: RegionKind, u: f32, v: f32) -> f32 {
    const THIRD: f32 = 1.0 / 3.0;
    match kind {
        RegionKind::LeftHalf => 1.0 - above(0.5, u),
        RegionKind::RightHalf => above(0.5, u),
        RegionKind::TopHalf => 1.0 - above(0.5, v),
        RegionKind::BottomHalf => above(0.5, v),
        RegionKind::LeftThird => 1.0 - above(THIRD, u),
        RegionKind::RightThird => above(1.0 - THIRD, u),
        RegionKind::TopThird => 1.0 - above(THIRD, v),
        RegionKind::BottomThird => above(1.0 - THIRD, v),
        _ => 1.0,
    }
}

vectorised! {
    fn radial_row(from: f32, to: f32, u: &[f32], v: f32, out: &mut [f32]) {
        for (u, out) in u.iter().zip(out.iter_mut()) {
            let radius = ((2.0 * u - 1.0) * (2.0 * u - 1.0) + (2.0 * v - 1.0) * (2.0 * v - 1.0)).sqrt();
            *out = smoothstep(from, to, radius);
        }
    }
}

/// Writes the weights along a row whose pixels lie at `u`.
pub(super) fn row(kind: RegionKind, u: &[f32], v: f32, out: &mut [f32]) {
    match kind {
        RegionKind::Edges => radial_row(RIM.0, RIM.1, u, v, out),
        RegionKind::Corners => radial_row(CORNER.0, CORNER.1, u, v, out),
        RegionKind::Centre => {
            radial_row(RIM.0, RIM.1, u, v, out);
            for out in out {
                *out = 1.0 - *out;
            }
        }
        _ => {
            for (out, &u) in out.iter_mut().zip(u) {
                *out = weight(kind, u, v);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use RegionKind::*;
    use proptest::prelude::*;

    fn weight(kind: RegionKind, u: f32, v: f32) -> f32 {
        let mut out = [0.0];
        row(kind, &[u], v, &mut out);
        out[0]
    }

    proptest! {
        #[test]
        fn opposite_places_cover_the_picture_once(u in 0.0f32..=1.0, v in 0.0f32..=1.0) {
            for (one, other) in [(LeftHalf, RightHalf), (TopHalf, BottomHalf), (Centre, Edges)] {
                prop_assert!((weight(one, u, v) + weight(other, u, v) - 1.0).abs() < 1e-6);
            }
        }

        #[test]
        fn a_mirrored_place_is_the_opposite_place(u in 0.0f32..=1.0, v in 0.0f32..=1.0) {
            for (one, other) in [(LeftHalf, RightHalf), (LeftThird, RightThird), (Corners, Corners)] {
                prop_assert!((weight(one, u, v) - weight(other, 1.0 - u, v)).abs() < 1e-5);
            }
            for (one, other) in [(TopHalf, BottomHalf), (TopThird, BottomThird), (Centre, Centre)] {
                prop_assert!((weight(one, u, v) - weight(other, u, 1.0 - v)).abs() < 1e-5);
            }
        }
    }

    #[test]
    fn the_left_third_is_full_to_29_percent_and_gone_from_37() {
        assert_eq!(weight(LeftThird, 0.29, 0.5), 1.0);
        assert_eq!(weight(LeftThird, 0.37, 0.5), 0.0);
    }

    #[test]
    fn corners_are_outside_the_centre() {
        assert_eq!(weight(Corners, 0.02, 0.97), 1.0);
        assert_eq!(weight(Corners, 0.5, 0.02), smoothstep(0.95, 1.15, 0.96));
        assert_eq!(weight(Centre, 0.02, 0.97), 0.0);
    }
}
