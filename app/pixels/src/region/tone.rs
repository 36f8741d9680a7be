//! Highlights, midtones and shadows: smooth functions of L*, placed by where this photo's own tones lie.

use retake_core::{Raster, RegionKind};

use super::position::{smoothstep, within};
use crate::color;
use crate::vectorised;

/// Where the three tone regions meet, in L*, rising: shadows end between the first two, highlights begin between the last two.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Tones {
    borders: [f32; 4],
}

/// Percentiles that pull the borders …
const PERCENTILES: [f32; 4] = [0.15, 0.40, 0.60, 0.85];
/// … and the L* they are pulled from, so that a flat or high-key photo keeps sensible tones.
const ANCHORS: [f32; 4] = [20.0, 42.0, 60.0, 82.0];
/// How far the percentiles win.
const OWN: f32 = 0.6;

impl Tones {
    /// From the photo's pixels.
    pub(super) fn of(proxy: &Raster) -> Self {
        let mut l: Vec<f32> = proxy.planes[0]
            .iter()
            .zip(&proxy.planes[1])
            .zip(&proxy.planes[2])
            .map(|((&r, &g), &b)| lightness([r, g, b]))
            .collect();
        l.sort_unstable_by(f32::total_cmp);
        let at = |share: f32| {
            let last = l.len().saturating_sub(1);
            l.get((share * last as f32).round() as usize)
                .copied()
                .unwrap_or(50.0)
        };
        Self {
            borders: std::array::from_fn(|i| OWN * at(PERCENTILES[i]) + (1.0 - OWN) * ANCHORS[i]),
        }
    }

    /// Weight of a tone region at this L*; the three add up to 1.
    #[inline(always)]
    fn weight(&self, kind: RegionKind, l: f32) -> f32 {
        let [dark, low, high, bright] = self.borders;
        let shadows = 1.0 - smoothstep(dark, low, l);
        let highlights = smoothstep(high, bright, l);
        match kind {
            RegionKind::Shadows => shadows,
            RegionKind::Highlights => highlights,
            _ => 1.0 - shadows - highlights,
        }
    }
}

/// L* of linear Rec.2020 in [0, 100]; a value that is no number counts as black.
#[inline(always)]
fn lightness(rgb: [f32; 3]) -> f32 {
    color::lstar(within(0.0, 1.0, color::luminance(rgb)))
}

vectorised! {
    /// Writes the weights of a row of pixels to `out`.
    pub(super) fn row(tones: &Tones, kind: RegionKind, r: &[f32], g: &[f32], b: &[f32], out: &mut [f32]) {
        for (((r, g), b), out) in r.iter().zip(g).zip(b).zip(out.iter_mut()) {
            *out = lightness([*r, *g, *b]);
        }
        for out in out.iter_mut() {
            *out = tones.weight(kind, *out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_three_tones_cover_every_lightness_once(l in 0.0f32..=100.0, grey in 0.0f32..1.0) {
            let tones = Tones::of(&Raster::from_fn(8, 8, |x, _| [grey * x as f32 / 8.0; 3]));
            let all = [RegionKind::Shadows, RegionKind::Midtones, RegionKind::Highlights].map(|kind| tones.weight(kind, l));
            prop_assert!((all.iter().sum::<f32>() - 1.0).abs() < 1e-6);
            prop_assert!(all.iter().all(|w| (-1e-6..=1.0).contains(w)), "{all:?}");
        }
    }

    #[test]
    fn a_dark_photo_has_darker_highlights_than_a_bright_one() {
        let of = |gain: f32| Tones::of(&Raster::from_fn(64, 1, |x, _| [gain * x as f32 / 63.0; 3]));
        let (dark, bright) = (of(0.2), of(1.0));
        assert!(
            dark.weight(RegionKind::Highlights, 60.0)
                > bright.weight(RegionKind::Highlights, 60.0) + 0.2
        );
    }

    #[test]
    fn a_flat_grey_is_all_midtones() {
        let tones = Tones::of(&Raster::from_fn(3, 3, |_, _| [0.18; 3]));
        assert_eq!(tones.weight(RegionKind::Midtones, color::lstar(0.18)), 1.0);
    }
}
