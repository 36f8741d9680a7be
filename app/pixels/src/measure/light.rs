//! What the air and the lens do to light: haze, glow, vignette.

use super::Reference;
use super::detail;
use super::planes::Layout;
use super::weigh::{Area, Tally, matched_difference};
use crate::color;
use crate::lab::Lab;
use crate::matrix::{SRGB_FROM_REC2020, apply};
use crate::{blur, resize, vectorised};

vectorised! {
    fn smallest_channels(l: &[f32], a: &[f32], b: &[f32], out: &mut [f32]) {
        for (((l, a), b), out) in l.iter().zip(a).zip(b).zip(out.iter_mut()) {
            let rgb = apply(&SRGB_FROM_REC2020, color::rgb_from_lab([*l, *a, *b]));
            *out = rgb[0].min(rgb[1]).min(rgb[2]);
        }
    }
}

fn tile_px(lab: &Lab) -> usize {
    ((0.02 * lab.width.max(lab.height) as f32).round() as usize).max(1)
}

/// The dark channel of He, Sun and Tang (2009, "Single image haze removal using dark channel prior", eq. 5), in tiles:
/// per tile its value (sRGB-coded) and weight, row by row. Pixels of less than a quarter of the largest weight are left out.
fn dark_channel(lab: &Lab, weights: &[f32]) -> Vec<(f32, f64)> {
    let (width, tile) = (lab.width, tile_px(lab));
    let across = width.div_ceil(tile);
    let least = 0.25 * weights.iter().copied().fold(0.0f32, f32::max);
    let mut tiles = vec![(f32::INFINITY, 0.0f64); across * lab.height.div_ceil(tile)];
    let mut row = vec![0.0f32; width];
    for y in 0..lab.height {
        let span = y * width..(y + 1) * width;
        smallest_channels(
            &lab.l[span.clone()],
            &lab.a[span.clone()],
            &lab.b[span.clone()],
            &mut row,
        );
        let line = &mut tiles[y / tile * across..(y / tile + 1) * across];
        for ((tile, values), weights) in line
            .iter_mut()
            .zip(row.chunks(tile))
            .zip(weights[span].chunks(tile))
        {
            for (&value, &weight) in values.iter().zip(weights) {
                if weight > least {
                    tile.0 = tile.0.min(value);
                    tile.1 += f64::from(weight);
                }
            }
        }
    }
    for tile in &mut tiles {
        tile.0 = if tile.1 > 0.0 {
            color::srgb_encode(tile.0.clamp(0.0, 1.0))
        } else {
            0.0
        };
    }
    tiles
}

pub(super) fn haze(_: &Reference, edited: &Lab, area: &Area<'_>) -> f32 {
    let tiles = dark_channel(edited, area.weights);
    let total: f64 = tiles.iter().map(|tile| tile.1).sum();
    let sum: f64 = tiles.iter().map(|tile| f64::from(tile.0) * tile.1).sum();
    if total > 0.0 {
        (sum / total) as f32
    } else {
        0.0
    }
}

/// |Δ dark channel|, full at 0.2.
pub(super) fn haze_evidence(source: &Reference, edited: &Lab, area: &Area<'_>) -> Vec<f32> {
    let before = dark_channel(source.lab(), area.weights);
    let after = dark_channel(edited, area.weights);
    let tile = tile_px(edited);
    let across = edited.width.div_ceil(tile);
    let steps: Vec<f32> = (0..edited.len())
        .map(|i| {
            let k = i / edited.width / tile * across + i % edited.width / tile;
            (after[k].0 - before[k].0).abs() / 0.2
        })
        .collect();
    blur::gaussian(&steps, edited.width, edited.height, 0.5 * tile as f32)
}

fn ramp(from: f32, to: f32, value: f32) -> f32 {
    let t = ((value - from) / (to - from)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// Weights of the surroundings of the source's brightest tenth, and of what is far from it; 0 inside it.
pub(super) struct Surroundings {
    near: Vec<f32>,
    far: Vec<f32>,
}

impl Surroundings {
    pub(super) fn of(lab: &Lab) -> Self {
        let whole = vec![1.0; lab.len()];
        let area = Area {
            weights: &whole,
            hue_deg: None,
        };
        let tally = area.tally(Tally::lightness(), |_| true, |i| lab.l[i]);
        let level = tally.level_bin(0.9);
        let bright: Vec<f32> = lab
            .l
            .iter()
            .map(|&l| f32::from(u8::from(tally.bin(l) >= level)))
            .collect();
        let edge = lab.width.max(lab.height) as f32;
        let spread =
            |share: f32| blur::gaussian(&bright, lab.width, lab.height, (share * edge).max(0.5));
        // a Gaussian of half the 3 % reaches about that far; what touches a light is left to blurs and sharpening
        let (light, touch) = (spread(0.015), spread(0.003));
        let outside = |weight: &dyn Fn(f32) -> f32| {
            let each = light.iter().zip(&touch).zip(&bright);
            each.map(|((&light, &touch), bright)| {
                (1.0 - bright) * (1.0 - ramp(0.0, 0.05, touch)) * weight(light)
            })
            .collect()
        };
        Self {
            near: outside(&|light| ramp(0.02, 0.15, light)),
            far: outside(&|light| 1.0 - ramp(0.002, 0.02, light)),
        }
    }
}

pub(super) fn glow(source: &Reference, edited: &Lab, area: &Area<'_>) -> f32 {
    let (around, l) = (source.surroundings(), &source.lab().l);
    let rise = matched_difference(
        l,
        |i| edited.l[i] - l[i],
        |i| around.near[i] * area.weights[i],
        |i| around.far[i] * area.weights[i],
    );
    // a wide blur also lightens what is near lights, but a glow leaves edges to see
    let kept = detail::sharpness(source, edited, area);
    rise * ramp(0.3, 0.7, kept)
}

/// Rise of L* around the brightest tenth, full at 12.
pub(super) fn glow_evidence(source: &Reference, edited: &Lab, _: &Area<'_>) -> Vec<f32> {
    let (around, l) = (source.surroundings(), &source.lab().l);
    (0..edited.len())
        .map(|i| around.near[i] * (edited.l[i] - l[i]).abs() / 12.0)
        .collect()
}

/// Weights of the centre and of the corners of a picture of any size, row by row.
pub(super) struct Frame {
    centre: Vec<f32>,
    corners: Vec<f32>,
}

impl Frame {
    pub(super) fn of(width: usize, height: usize) -> Self {
        let (mut centre, mut corners) = (Vec::new(), Vec::new());
        // 0 in the middle, 1 in the corners; the ellipse follows the format
        let off = |i: usize, side: usize| {
            ((i as f32 + 0.5) / side as f32 - 0.5) * std::f32::consts::SQRT_2
        };
        for y in 0..height {
            let dy = off(y, height);
            for x in 0..width {
                let dx = off(x, width);
                let distance = (dx * dx + dy * dy).sqrt();
                centre.push(1.0 - ramp(0.3, 0.5, distance));
                corners.push(ramp(0.7, 0.9, distance));
            }
        }
        Self { centre, corners }
    }
}

pub(super) fn vignette(source: &Reference, edited: &Lab, area: &Area<'_>) -> f32 {
    let (width, height) = (edited.width, edited.height);
    // layouts, because a blur lightens dark details and darkens light ones
    let from = source.layout();
    let to = Layout::of(&edited.l, width, height);
    let frame = Frame::of(from.width, from.height);
    let weights = resize::plane(area.weights, width, height, from.width, from.height);
    // a region without centre or corners cannot say; then the whole photo does
    let total: f32 = weights.iter().sum();
    let weigh = |part: &[f32]| -> f32 { part.iter().zip(&weights).map(|(p, w)| p * w).sum() };
    let local = weigh(&frame.centre).min(weigh(&frame.corners)) > 1e-3 * total;
    let weight = |i: usize| if local { weights[i] } else { 1.0 };
    matched_difference(
        &from.values,
        |i| to.values[i] - from.values[i],
        |i| frame.centre[i] * weight(i),
        |i| frame.corners[i] * weight(i),
    )
}

/// |ΔL*| in the corners, full at 20.
pub(super) fn vignette_evidence(source: &Reference, edited: &Lab, _: &Area<'_>) -> Vec<f32> {
    let (frame, l) = (Frame::of(edited.width, edited.height), &source.lab().l);
    (0..edited.len())
        .map(|i| frame.corners[i] * (edited.l[i] - l[i]).abs() / 20.0)
        .collect()
}
