//! How much detail: sharpness, blurs, clarity, texture, noise and grain.

use super::Reference;
use super::planes::{self, Layout};
use super::weigh::{Area, Tally};
use crate::blur;
use crate::lab::Lab;

/// L* that no one sees: added to both sides of a ratio, so that flat pictures have ratios too.
const UNSEEN: f32 = 0.1;

/// Which pixels are the tenth of the region with the strongest gradient in the source.
fn edges<'a>(source: &'a Reference, area: &Area<'_>) -> impl Fn(usize) -> bool + 'a {
    let gradient = source.gradient();
    let tally = area.tally(Tally::gradient(), |_| true, |i| gradient[i]);
    let level = tally.level_bin(0.9);
    move |i| tally.bin(gradient[i]) >= level
}

/// Mean gradient at the source's edges over the mean gradient there of the layout (L* blurred by 3 % of the long edge).
/// Dividing by the layout makes it acutance (Higgins and Jones 1952: slope for the height of the edge), which more
/// contrast or a darker picture leave as it is.
fn acutance(lab: &Lab, layout: &Layout, area: &Area<'_>, edge: impl Fn(usize) -> bool) -> f32 {
    let coarse = layout.slopes();
    let both = |i: usize| {
        let (gx, gy) = planes::gradient_at(&lab.l, lab.width, lab.height, i);
        [(gx * gx + gy * gy).sqrt(), coarse[layout.index(i)]]
    };
    let [slope, height] = area.means_where(edge, both).unwrap_or_default();
    (slope + 0.01) / (height + 0.02)
}

pub(super) fn sharpness(source: &Reference, edited: &Lab, area: &Area<'_>) -> f32 {
    let edge = edges(source, area);
    let layout = Layout::of(&edited.l, edited.width, edited.height);
    acutance(edited, &layout, area, &edge) / acutance(source.lab(), source.layout(), area, &edge)
}

pub(super) fn blurred(source: &Reference, edited: &Lab, area: &Area<'_>) -> f32 {
    1.0 - sharpness(source, edited, area)
}

const DIRECTIONS: usize = 8;

fn directional(lab: &Lab, area: &Area<'_>, edge: impl Fn(usize) -> bool) -> [f32; DIRECTIONS] {
    let directions: [(f32, f32); DIRECTIONS] = std::array::from_fn(|k| {
        let angle = k as f32 * std::f32::consts::PI / DIRECTIONS as f32;
        (angle.cos(), angle.sin())
    });
    let (mut sums, mut total) = ([0.0f64; DIRECTIONS], 0.0f64);
    for (i, &weight) in area.weights.iter().enumerate() {
        if edge(i) {
            let (gx, gy) = planes::gradient_at(&lab.l, lab.width, lab.height, i);
            for (sum, (x, y)) in sums.iter_mut().zip(directions) {
                *sum += f64::from(weight * (gx * x + gy * y).abs());
            }
            total += f64::from(weight);
        }
    }
    sums.map(|sum| {
        if total > 0.0 {
            (sum / total) as f32
        } else {
            0.0
        }
    })
}

pub(super) fn motion_blur(source: &Reference, edited: &Lab, area: &Area<'_>) -> f32 {
    let edge = edges(source, area);
    let before = directional(source.lab(), area, &edge);
    let after = directional(edited, area, &edge);
    let kept: [f32; DIRECTIONS] = std::array::from_fn(|k| (after[k] + 0.05) / (before[k] + 0.05));
    let most = kept.iter().copied().fold(0.0f32, f32::max);
    let least = kept.iter().copied().fold(f32::INFINITY, f32::min);
    1.0 - least / most
}

pub(super) fn clarity(source: &Reference, edited: &Lab, area: &Area<'_>) -> f32 {
    let middle = planes::middle(&edited.l, edited.width, edited.height);
    (area.rms(&middle) + UNSEEN) / (area.rms(source.middle()) + UNSEEN)
}

pub(super) fn texture(source: &Reference, edited: &Lab, area: &Area<'_>) -> f32 {
    let fine = planes::fine(&edited.l, edited.width, edited.height);
    (area.rms(&fine) + UNSEEN) / (area.rms(source.fine()) + UNSEEN)
}

/// Which pixels are the calmest tenth of the region in the source, clipped ones (which hide noise) left out unless
/// there is nearly nothing else. A tenth: in a forest a quarter would be leaves.
fn calmest<'a>(source: &'a Reference, area: &Area<'_>) -> impl Fn(usize) -> bool + 'a {
    let (energy, l) = (source.energy(), &source.lab().l);
    let open = move |i: usize| (2.0..=98.0).contains(&l[i]);
    let any = area.share(open) > 0.02;
    let tally = area.tally(Tally::gradient(), |i| !any || open(i), |i| energy[i]);
    let level = tally.level_bin(0.1);
    move |i| (!any || open(i)) && tally.bin(energy[i]) <= level
}

/// Standard deviation of a Gaussian with this mean absolute value (Immerkær 1996, "Fast noise variance estimation", eq. 5).
const SIGMA_OF_MEAN_ABSOLUTE: f32 = 1.253_314_1;

fn grain_of(fine: &[f32], area: &Area<'_>, calm: impl Fn(usize) -> bool) -> f32 {
    SIGMA_OF_MEAN_ABSOLUTE * area.mean_where(calm, |i| fine[i].abs()).unwrap_or(0.0)
}

pub(super) fn grain(source: &Reference, edited: &Lab, area: &Area<'_>) -> f32 {
    let fine = planes::fine(&edited.l, edited.width, edited.height);
    grain_of(&fine, area, calmest(source, area))
}

pub(super) fn noise(source: &Reference, edited: &Lab, area: &Area<'_>) -> f32 {
    let calm = calmest(source, area);
    let fine = planes::fine(&edited.l, edited.width, edited.height);
    (grain_of(&fine, area, &calm) + UNSEEN) / (grain_of(source.fine(), area, &calm) + UNSEEN)
}

/// Change of the gradient's length, full at 8 L* per px, blurred a little so that lines show.
pub(super) fn edge_evidence(source: &Reference, edited: &Lab, _: &Area<'_>) -> Vec<f32> {
    let after = planes::gradient(&edited.l, edited.width, edited.height);
    let change: Vec<f32> = after
        .iter()
        .zip(source.gradient())
        .map(|(to, from)| (to - from).abs() / 4.0)
        .collect();
    blur::gaussian(&change, edited.width, edited.height, 1.0)
}

/// Change of local contrast, full at 8 L*.
pub(super) fn clarity_evidence(source: &Reference, edited: &Lab, _: &Area<'_>) -> Vec<f32> {
    let after = planes::middle(&edited.l, edited.width, edited.height);
    after
        .iter()
        .zip(source.middle())
        .map(|(to, from)| (to - from).abs() / 8.0)
        .collect()
}

/// Change of fine detail, full at 4 L*, blurred a little so that grain shows as an area.
pub(super) fn fine_evidence(source: &Reference, edited: &Lab, _: &Area<'_>) -> Vec<f32> {
    let after = planes::fine(&edited.l, edited.width, edited.height);
    let change: Vec<f32> = after
        .iter()
        .zip(source.fine())
        .map(|(to, from)| (to - from).abs() / 4.0)
        .collect();
    blur::gaussian(&change, edited.width, edited.height, 1.5)
}
