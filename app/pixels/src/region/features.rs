//! What the detectors look at: a grid of at most 256 px with Lab, sRGB codes, texture and sharpness, and the small
//! tools they share (connected components, percentiles).

use std::sync::OnceLock;

use retake_core::Raster;

use super::histogram::Bins;
use super::position::within;
use super::skin::Skin;
use crate::display::{self, Space};
use crate::lab::{Lab, lightness};
use crate::once::Filled;
use crate::{blur, resize};

/// Long edge of the grid, px.
const EDGE: usize = 256;

/// Planes of `width * height` values, row by row.
pub(super) struct Features {
    pub(super) width: usize,
    pub(super) height: usize,
    /// CIELAB as sRGB shows it
    pub(super) lab: Lab,
    /// linear Rec.2020
    pub(super) small: Raster,
    /// sRGB codes in [0, 1]
    pub(super) srgb: Raster,
    /// standard deviation of L* in small windows of the proxy
    pub(super) texture: Vec<f32>,
    /// the finest detail of the proxy: mean distance of L* from its neighbourhood's
    pub(super) detail: Vec<f32>,
    /// what the skin detector found, for those who look for people
    pub(super) skin: OnceLock<Skin>,
    bins: OnceLock<Bins>,
}

impl Features {
    pub(super) fn of(proxy: &Raster) -> Self {
        let (width, height) = resize::size_within(proxy.width, proxy.height, EDGE);
        let shrink = |plane: &[f32]| resize::plane(plane, proxy.width, proxy.height, width, height);
        let mut sane = proxy.clone();
        for plane in &mut sane.planes {
            for value in plane {
                *value = within(-1.0, 16.0, *value);
            }
        }
        // about the middle of its range, so that squares keep their precision
        let fine: Vec<f32> = lightness(&sane).iter().map(|l| l - 50.0).collect();
        let small = resize::raster(&sane, width, height);
        let mut srgb = small.clone();
        display::encode(&mut srgb, Space::Srgb);
        let smooth =
            |values: &[f32], radius| blur::boxed(values, proxy.width, proxy.height, radius);
        let mean = smooth(&fine, 2);
        let squares: Vec<f32> = fine.iter().map(|l| l * l).collect();
        let texture: Vec<f32> = smooth(&squares, 2)
            .iter()
            .zip(&mean)
            .map(|(square, mean)| (square - mean * mean).max(0.0).sqrt())
            .collect();
        let close = smooth(&fine, 1);
        let detail: Vec<f32> = fine
            .iter()
            .zip(&close)
            .map(|(l, mean)| (l - mean).abs())
            .collect();
        Self {
            width,
            height,
            lab: Lab::of(&small),
            small,
            srgb,
            skin: OnceLock::new(),
            bins: OnceLock::new(),
            texture: shrink(&texture),
            detail: shrink(&detail),
        }
    }
    /// Number of grid points.
    pub(super) fn len(&self) -> usize {
        self.lab.len()
    }
    /// CIELAB hue angle of point `i`, degrees in [0, 360).
    pub(super) fn hue_deg(&self, i: usize) -> f32 {
        self.lab.b[i]
            .atan2(self.lab.a[i])
            .to_degrees()
            .rem_euclid(360.0)
    }
    /// The colours among the bins of a histogram.
    pub(super) fn bins(&self) -> &Bins {
        self.bins.filled(|| Bins::of(&self.lab))
    }
    /// A blur by this share of the long edge.
    pub(super) fn blurred(&self, values: &[f32], share: f32) -> Vec<f32> {
        let sigma_px = share * self.width.max(self.height) as f32;
        blur::gaussian(values, self.width, self.height, sigma_px)
    }
}

/// The value below which this share of `values` lies; 0 for none.
pub(super) fn percentile(mut values: Vec<f32>, share: f32) -> f32 {
    if values.is_empty() {
        return 0.0;
    }
    let i = (share * (values.len() - 1) as f32).round() as usize;
    *values.select_nth_unstable_by(i, f32::total_cmp).1
}

/// Groups of points that touch at their sides, each as indices; larger than `least` points only, in scan order.
pub(super) fn components(inside: &[bool], width: usize, least: usize) -> Vec<Vec<usize>> {
    let mut seen = vec![false; inside.len()];
    let mut out = Vec::new();
    for start in 0..inside.len() {
        if !inside[start] || seen[start] {
            continue;
        }
        let group = flood(inside, width, vec![start], &mut seen, |_, _| true);
        if group.len() > least {
            out.push(group);
        }
    }
    out
}

/// All points that can be reached from `seeds` over points that are `inside`, by steps between neighbours that
/// `passable` allows.
pub(super) fn flood(
    inside: &[bool],
    width: usize,
    seeds: Vec<usize>,
    seen: &mut [bool],
    passable: impl Fn(usize, usize) -> bool,
) -> Vec<usize> {
    let mut group = Vec::new();
    let mut open = seeds;
    open.retain(|&i| inside[i] && !std::mem::replace(&mut seen[i], true));
    while let Some(i) = open.pop() {
        group.push(i);
        let x = i % width;
        let around = [
            (x > 0).then(|| i - 1),
            (x + 1 < width).then_some(i + 1),
            i.checked_sub(width),
            (i + width < inside.len()).then_some(i + width),
        ];
        for next in around.into_iter().flatten() {
            if inside[next] && !seen[next] && passable(i, next) {
                seen[next] = true;
                open.push(next);
            }
        }
    }
    group
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_that_touch_only_at_corners_are_two_groups() {
        let inside = [true, false, false, false, true, true];
        let sizes: Vec<usize> = components(&inside, 3, 0).iter().map(Vec::len).collect();
        assert_eq!(sizes, [1, 2]);
    }

    #[test]
    fn the_middle_percentile_is_the_median() {
        assert_eq!(percentile(vec![5.0, 1.0, 3.0], 0.5), 3.0);
    }
}
