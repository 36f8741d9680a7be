//! Which colour, and how much: warmth, tint, casts, saturation, hue and toning.

use super::Reference;
use super::tone::tones;
use super::weigh::{Area, Tally};
use crate::lab::Lab;

#[inline]
fn chroma(lab: &Lab, i: usize) -> f32 {
    (lab.a[i] * lab.a[i] + lab.b[i] * lab.b[i]).sqrt()
}

/// The angle equal to `degrees` that lies within 180° of `around`.
fn nearest_turn(degrees: f32, around: f32) -> f32 {
    around + (degrees - around + 180.0).rem_euclid(360.0) - 180.0
}

pub(super) fn warmth(_: &Reference, edited: &Lab, area: &Area<'_>) -> f32 {
    area.mean_of(&edited.b)
}

pub(super) fn tint(_: &Reference, edited: &Lab, area: &Area<'_>) -> f32 {
    area.mean_of(&edited.a)
}

pub(super) fn saturation(_: &Reference, edited: &Lab, area: &Area<'_>) -> f32 {
    area.mean(|i| chroma(edited, i))
}

/// Which pixels are the least colourful `share` of the source, among those neither too dark nor too light to show a cast.
fn least_colourful<'a>(
    source: &'a Reference,
    area: &Area<'_>,
    share: f64,
    between: (f32, f32),
) -> impl Fn(usize) -> bool + 'a {
    let lab = source.lab();
    let seen = move |i: usize| (between.0..=between.1).contains(&lab.l[i]);
    let any = area.share(seen) > 0.01;
    let colour = source.chroma();
    let tally = area.tally(Tally::chroma(), |i| !any || seen(i), |i| colour[i]);
    let level = tally.level_bin(share);
    move |i| (!any || seen(i)) && tally.bin(colour[i]) <= level
}

fn near_neutral<'a>(source: &'a Reference, area: &Area<'_>) -> impl Fn(usize) -> bool + 'a {
    least_colourful(source, area, 1.0 / 3.0, (20.0, 98.0))
}

pub(super) fn cast(source: &Reference, edited: &Lab, area: &Area<'_>) -> f32 {
    let [a, b] = area
        .means_where(near_neutral(source, area), |i| [edited.a[i], edited.b[i]])
        .unwrap_or_default();
    a.hypot(b)
}

pub(super) fn vibrance(source: &Reference, edited: &Lab, area: &Area<'_>) -> f32 {
    let meant = least_colourful(source, area, 0.5, (-1.0, 101.0));
    area.mean_where(meant, |i| chroma(edited, i)).unwrap_or(0.0)
}

/// Direction of the mean (a*, b*), which is the chroma-weighted circular mean of the hues, in degrees;
/// `None` where there is no colour to speak of.
fn mean_hue(lab: &Lab, area: &Area<'_>) -> Option<f32> {
    let (a, b) = (area.mean_of(&lab.a), area.mean_of(&lab.b));
    (a.hypot(b) > 0.3).then(|| b.atan2(a).to_degrees().rem_euclid(360.0))
}

pub(super) fn hue(source: &Reference, edited: &Lab, area: &Area<'_>) -> f32 {
    let own = || mean_hue(source.lab(), area).unwrap_or(0.0);
    match (mean_hue(edited, area), area.hue_deg) {
        (Some(hue), Some(asked)) => nearest_turn(hue, asked),
        (None, Some(asked)) => asked + 180.0,
        (Some(hue), None) => nearest_turn(hue, own()),
        (None, None) => own(),
    }
}

/// Colour has one direction when 90 % of the chroma lies within 40° of it.
const ONE_HUE_SHARE: f32 = 0.9;
const ONE_HUE_COS: f32 = 0.766_044_4;
/// Less mean chroma than this is grey, not toned.
const LEAST_TONE: f32 = 3.0;

pub(super) fn toning(_: &Reference, edited: &Lab, area: &Area<'_>) -> f32 {
    let (a, b) = (area.mean_of(&edited.a), area.mean_of(&edited.b));
    let mean_chroma = area.mean(|i| chroma(edited, i));
    let length = a.hypot(b);
    let hue = b.atan2(a).to_degrees().rem_euclid(360.0);
    let asked = area.hue_deg.unwrap_or(hue);
    if length < 1e-3 || mean_chroma < 1e-3 {
        return asked + 180.0;
    }
    let (x, y) = (a / length, b / length);
    let aligned = area.mean(|i| {
        let c = chroma(edited, i);
        if edited.a[i] * x + edited.b[i] * y >= c * ONE_HUE_COS {
            c
        } else {
            0.0
        }
    }) / mean_chroma;
    // what lacks is added to the distance, so that more toning always comes nearer
    let mixed = 180.0 * ((ONE_HUE_SHARE - aligned) / ONE_HUE_SHARE).max(0.0);
    let grey = 180.0 * ((LEAST_TONE - mean_chroma) / LEAST_TONE).max(0.0);
    let off = nearest_turn(hue, asked) - asked;
    let far = (off.abs() + mixed + grey).min(180.0);
    asked + if off < 0.0 { -far } else { far }
}

fn tone_change(
    source: &Reference,
    edited: &Lab,
    area: &Area<'_>,
    meant: impl Fn(usize) -> bool,
) -> f32 {
    let lab = source.lab();
    let shift = |i: usize| [edited.a[i] - lab.a[i], edited.b[i] - lab.b[i]];
    let [a, b] = area.means_where(meant, shift).unwrap_or_default();
    match area.hue_deg {
        Some(hue) => a * hue.to_radians().cos() + b * hue.to_radians().sin(),
        None => a.hypot(b),
    }
}

pub(super) fn shadow_tone(source: &Reference, edited: &Lab, area: &Area<'_>) -> f32 {
    tone_change(source, edited, area, tones(source, area, 1.0 / 3.0, true))
}

pub(super) fn highlight_tone(source: &Reference, edited: &Lab, area: &Area<'_>) -> f32 {
    tone_change(source, edited, area, tones(source, area, 2.0 / 3.0, false))
}

/// |Δb*|, full at 20.
pub(super) fn warmth_evidence(source: &Reference, edited: &Lab, _: &Area<'_>) -> Vec<f32> {
    edited
        .b
        .iter()
        .zip(&source.lab().b)
        .map(|(to, from)| (to - from).abs() / 20.0)
        .collect()
}

/// |Δa*|, full at 15.
pub(super) fn tint_evidence(source: &Reference, edited: &Lab, _: &Area<'_>) -> Vec<f32> {
    edited
        .a
        .iter()
        .zip(&source.lab().a)
        .map(|(to, from)| (to - from).abs() / 15.0)
        .collect()
}

/// |ΔC*|, full at 25.
pub(super) fn chroma_evidence(source: &Reference, edited: &Lab, _: &Area<'_>) -> Vec<f32> {
    (0..edited.len())
        .map(|i| (chroma(edited, i) - chroma(source.lab(), i)).abs() / 25.0)
        .collect()
}

fn shift(source: &Reference, edited: &Lab, i: usize) -> f32 {
    let (da, db) = (
        edited.a[i] - source.lab().a[i],
        edited.b[i] - source.lab().b[i],
    );
    (da * da + db * db).sqrt() / 25.0
}

/// Length of the change of (a*, b*), full at 25.
pub(super) fn hue_evidence(source: &Reference, edited: &Lab, _: &Area<'_>) -> Vec<f32> {
    (0..edited.len())
        .map(|i| shift(source, edited, i))
        .collect()
}

fn shift_within(source: &Reference, edited: &Lab, meant: impl Fn(usize) -> bool) -> Vec<f32> {
    (0..edited.len())
        .map(|i| {
            if meant(i) {
                shift(source, edited, i)
            } else {
                0.0
            }
        })
        .collect()
}

/// Change of (a*, b*) where the source is nearest to neutral.
pub(super) fn cast_evidence(source: &Reference, edited: &Lab, area: &Area<'_>) -> Vec<f32> {
    shift_within(source, edited, near_neutral(source, area))
}

/// Change of (a*, b*) in the darker third.
pub(super) fn shadow_tone_evidence(source: &Reference, edited: &Lab, area: &Area<'_>) -> Vec<f32> {
    shift_within(source, edited, tones(source, area, 1.0 / 3.0, true))
}

/// Change of (a*, b*) in the brighter third.
pub(super) fn highlight_tone_evidence(
    source: &Reference,
    edited: &Lab,
    area: &Area<'_>,
) -> Vec<f32> {
    shift_within(source, edited, tones(source, area, 2.0 / 3.0, false))
}
