//! How light: exposure, lightness, contrast, and the parts of the tone scale.

use super::Reference;
use super::weigh::{Area, Tally};
use crate::fast;
use crate::lab::Lab;

/// Relative luminance from L* (the inverse of CIE 15:2018, eq. 8.3), above 0.
fn luminance(l: f32) -> f32 {
    let f = (l + 16.0) * (1.0 / 116.0);
    if l > 8.0 {
        f * f * f
    } else {
        l.max(1e-3) * (27.0 / 24389.0)
    }
}

/// Nearer to black or white than this, a change of light no longer shows as a change of L*.
fn clipped(l: f32) -> bool {
    !(1.0..=99.5).contains(&l)
}

pub(super) fn exposure(source: &Reference, edited: &Lab, area: &Area<'_>) -> f32 {
    let (from, to) = (&source.lab().l, &edited.l);
    // half a bin below −10, so that an unchanged pixel lies in the middle of its bin
    let stops = area.tally(
        Tally::new(-10.0025, 9.9975, 4000),
        |i| !clipped(from[i]) && !clipped(to[i]),
        |i| fast::log2(luminance(to[i]) / luminance(from[i])),
    );
    let weight = area.tally(Tally::new(0.0, 1.0, 1), |_| true, |_| 0.0).total;
    if stops.total > 0.01 * weight {
        return stops.level(0.5);
    }
    let light = |l: &[f32]| area.mean(|i| luminance(l[i])) + 1e-4;
    (light(to) / light(from)).log2()
}

pub(super) fn lightness(_: &Reference, edited: &Lab, area: &Area<'_>) -> f32 {
    area.mean_of(&edited.l)
}

pub(super) fn contrast(_: &Reference, edited: &Lab, area: &Area<'_>) -> f32 {
    let mean = area.mean_of(&edited.l);
    area.mean(|i| (edited.l[i] - mean) * (edited.l[i] - mean))
        .sqrt()
}

/// Which pixels are at least as light as the source's level `share` (or at most, when `below`).
pub(super) fn tones<'a>(
    source: &'a Reference,
    area: &Area<'_>,
    share: f64,
    below: bool,
) -> impl Fn(usize) -> bool + 'a {
    let l = &source.lab().l;
    let tally = area.tally(Tally::lightness(), |_| true, |i| l[i]);
    let level = tally.level_bin(share);
    move |i| {
        let bin = tally.bin(l[i]);
        if below { bin <= level } else { bin >= level }
    }
}

pub(super) fn highlights(source: &Reference, edited: &Lab, area: &Area<'_>) -> f32 {
    area.mean_where(tones(source, area, 0.75, false), |i| edited.l[i])
        .unwrap_or(0.0)
}

pub(super) fn shadows(source: &Reference, edited: &Lab, area: &Area<'_>) -> f32 {
    area.mean_where(tones(source, area, 0.25, true), |i| edited.l[i])
        .unwrap_or(0.0)
}

fn level(edited: &Lab, area: &Area<'_>, share: f64) -> f32 {
    area.tally(Tally::lightness(), |_| true, |i| edited.l[i])
        .level(share)
}

pub(super) fn whites(_: &Reference, edited: &Lab, area: &Area<'_>) -> f32 {
    level(edited, area, 0.99)
}

pub(super) fn blacks(_: &Reference, edited: &Lab, area: &Area<'_>) -> f32 {
    level(edited, area, 0.01)
}

pub(super) fn fade(_: &Reference, edited: &Lab, area: &Area<'_>) -> f32 {
    level(edited, area, 0.02)
}

/// |ΔL*|, full at 20.
pub(super) fn lightness_evidence(source: &Reference, edited: &Lab, _: &Area<'_>) -> Vec<f32> {
    let l = &source.lab().l;
    edited
        .l
        .iter()
        .zip(l)
        .map(|(to, from)| (to - from).abs() / 20.0)
        .collect()
}

/// Departure of ΔL* from its mean, full at 20.
pub(super) fn contrast_evidence(source: &Reference, edited: &Lab, area: &Area<'_>) -> Vec<f32> {
    let l = &source.lab().l;
    let shift = area.mean(|i| edited.l[i] - l[i]);
    edited
        .l
        .iter()
        .zip(l)
        .map(|(to, from)| (to - from - shift).abs() / 20.0)
        .collect()
}

fn evidence_within(source: &Reference, edited: &Lab, meant: impl Fn(usize) -> bool) -> Vec<f32> {
    let l = &source.lab().l;
    let change = edited
        .l
        .iter()
        .zip(l)
        .map(|(to, from)| (to - from).abs() / 15.0);
    change
        .enumerate()
        .map(|(i, change)| if meant(i) { change } else { 0.0 })
        .collect()
}

/// |ΔL*| in the brightest quarter.
pub(super) fn highlights_evidence(source: &Reference, edited: &Lab, area: &Area<'_>) -> Vec<f32> {
    evidence_within(source, edited, tones(source, area, 0.75, false))
}

/// |ΔL*| in the darkest quarter.
pub(super) fn shadows_evidence(source: &Reference, edited: &Lab, area: &Area<'_>) -> Vec<f32> {
    evidence_within(source, edited, tones(source, area, 0.25, true))
}
