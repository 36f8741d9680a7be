//! Where the tones of a photo lie, so that curves can take hold of its own shadows, middle and highlights: in a photo
//! taken at night the highlights are where another has its shadows.

use retake_core::{Mask, Raster};
use retake_pixels::color::{luminance, srgb_decode, srgb_encode};

/// Percentiles of the luminance, sRGB-coded: 0 black, 1 white.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Tones {
    pub(crate) p5: f32,
    pub(crate) p25: f32,
    pub(crate) p50: f32,
    pub(crate) p75: f32,
    pub(crate) p99: f32,
}

/// A curve must not stand still, or tones become one.
const LEAST_RISE: f32 = 0.004;
/// Narrowest span of tones that a curve works over.
const SPAN: f32 = 0.18;

impl Tones {
    /// The tones where the mask is at least half; of the whole photo where that is next to nothing.
    pub(crate) fn of(raster: &Raster, mask: Option<&Mask>) -> Self {
        let [r, g, b] = &raster.planes;
        let inside =
            |i: usize| mask.is_none_or(|mask| mask.at(i % raster.width, i / raster.width) >= 0.5);
        let gather = |inside: &dyn Fn(usize) -> bool| -> Vec<f32> {
            (0..raster.len())
                .filter(|&i| inside(i))
                .map(|i| srgb_encode(luminance([r[i], g[i], b[i]]).clamp(0.0, 1.0)))
                .collect()
        };
        let mut values = gather(&inside);
        if values.len() < 16 {
            values = gather(&|_| true);
        }
        values.sort_by(f32::total_cmp);
        let at = |share: f32| {
            let last = values.len().saturating_sub(1);
            values
                .get((share * last as f32) as usize)
                .copied()
                .unwrap_or(0.5)
        };
        Self {
            p5: at(0.05),
            p25: at(0.25),
            p50: at(0.5),
            p75: at(0.75),
            p99: at(0.99),
        }
    }

    /// The luminance about which contrast leaves the photo as bright as it was.
    pub(crate) fn pivot(&self) -> f32 {
        srgb_decode(self.p50).clamp(0.02, 0.6)
    }

    /// How many stops lighter the photo can become before a quarter of it has no shape in its light; some even then.
    pub(crate) fn stops_of_room(&self) -> f32 {
        (0.9 / srgb_decode(self.p75).max(1e-3)).log2().max(0.5)
    }

    /// The highlights drawn towards the middle (below 0) or away from it; ±1 is a lot.
    pub(crate) fn highlights(&self, amount: f32) -> Vec<[f32; 2]> {
        let middle = self.p50.min(self.p75 - SPAN).max(0.02);
        self.moved(|x| {
            if x <= middle {
                return 0.0;
            }
            let (over, rest) = (x - middle, 1.0 - x);
            if amount < 0.0 {
                amount * (0.5 * over * (rest / 0.2).min(1.0) + 0.08 * x * (over / SPAN).min(1.0))
            } else {
                amount * 0.6 * over.min(rest)
            }
        })
    }

    /// The shadows drawn towards the middle (above 0) or away from it, with black in place.
    pub(crate) fn shadows(&self, amount: f32) -> Vec<[f32; 2]> {
        let middle = self.p50.max(self.p25 + SPAN).min(0.98);
        self.moved(|x| {
            let reach = if amount > 0.0 { middle - x } else { x };
            amount * 0.6 * reach.min(middle - x).max(0.0) * (x / 0.02).min(1.0)
        })
    }

    /// The tones spread away from the middle (above 0) or drawn towards it, with black and white in place. Drawn
    /// together they keep a rise of at least half, or skies and meadows become flat shapes.
    pub(crate) fn contrast(&self, amount: f32) -> Vec<[f32; 2]> {
        let amount = amount.max(-1.0);
        let middle = self.p50.clamp(0.05, 0.95);
        self.moved(|x| {
            let to_end = if x < middle { x } else { 1.0 - x };
            let away = x - middle;
            amount * 0.5 * away.clamp(-to_end, to_end)
        })
    }

    /// The brightest tone moved, all below it in proportion.
    pub(crate) fn whites(&self, amount: f32) -> Vec<[f32; 2]> {
        let top = self.p99.max(0.05);
        self.moved(|x| {
            let share = (x / top).min(1.0);
            0.25 * amount
                * share
                * share
                * if x > top {
                    (1.0 - x) / (1.0 - top).max(0.01)
                } else {
                    1.0
                }
        })
    }

    /// Points of a curve at the photo's own tones and at even steps between, moved by what the offset says of each.
    fn moved(&self, offset: impl Fn(f32) -> f32) -> Vec<[f32; 2]> {
        let mut places = vec![self.p5, self.p25, self.p50, self.p75, self.p99];
        places.extend((1..8).map(|i| i as f32 / 8.0));
        places.sort_by(f32::total_cmp);
        let mut points = vec![[0.0, 0.0]];
        for x in places {
            let last = points.last().copied().unwrap_or([0.0, 0.0]);
            if x < last[0] + 0.02 || x > 0.99 {
                continue;
            }
            // never so high that the places still to come have no room to rise
            let most = 1.0 - 0.3 * LEAST_RISE * (14 - points.len().min(13)) as f32;
            let least = (last[1] + LEAST_RISE).min(most);
            points.push([x, (x + offset(x)).clamp(least, most)]);
        }
        let last = points.last().map_or(0.0, |p| p[1]);
        points.push([
            1.0,
            (1.0 + offset(1.0)).clamp(last + 0.25 * LEAST_RISE, 1.0),
        ]);
        points
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_curve_rises(
            mut tones in prop::collection::vec(0.0f32..1.0, 5), amount in -2.0f32..2.0,
        ) {
            tones.sort_by(f32::total_cmp);
            let tones = Tones { p5: tones[0], p25: tones[1], p50: tones[2], p75: tones[3], p99: tones[4] };
            for points in [tones.highlights(amount), tones.shadows(amount), tones.contrast(amount), tones.whites(amount)] {
                prop_assert!(points.windows(2).all(|p| p[1][0] > p[0][0] && p[1][1] > p[0][1]), "{points:?}");
            }
        }
    }

    #[test]
    fn a_dark_photo_has_more_room_than_a_bright_one() {
        let at = |p75: f32| Tones {
            p5: 0.0,
            p25: 0.0,
            p50: 0.5 * p75,
            p75,
            p99: 1.0,
        };
        assert!(at(0.3).stops_of_room() > 2.0 + at(0.7).stops_of_room());
        assert_eq!(at(0.98).stops_of_room(), 0.5);
    }

    #[test]
    fn less_contrast_never_makes_a_meadow_a_flat_shape() {
        let meadow = Tones {
            p5: 0.08,
            p25: 0.14,
            p50: 0.25,
            p75: 0.5,
            p99: 0.98,
        };
        for points in meadow.contrast(-1.6).windows(2) {
            let rise = (points[1][1] - points[0][1]) / (points[1][0] - points[0][0]);
            assert!(rise > 0.4, "{points:?}");
        }
    }

    #[test]
    fn a_night_has_its_highlights_where_others_have_shadows() {
        let night = Tones {
            p5: 0.01,
            p25: 0.03,
            p50: 0.06,
            p75: 0.12,
            p99: 0.3,
        };
        let lowered = night.highlights(-1.0);
        let at = lowered
            .iter()
            .find(|p| p[0] == 0.3)
            .expect("its own tone is a point");
        assert!(at[1] < 0.22, "{lowered:?}");
    }
}
