//! Where an edit is to be looked for, from the surest to the least sure: what the user painted; what a SegFormer (with a
//! Segment Anything) finds by its name; the photo's own regions with the subject that the shipped network finds; and where
//! the pixels changed most, which is said.
//!
//! The published pipelines take the box around a thing in both pictures. Outlines with a margin spare less of the rest, and
//! a box stands only for what was found by its change.

use retake_core::{Instruction, Mask, Raster, Region, RegionKind, Said, said};
use retake_pixels::lab::Lab;
use retake_pixels::region::{LEAST_CONFIDENCE, Regions as Nameable};
use retake_pixels::resize;
use retake_vision::picture::Bitmap;

use super::super::regions::Regions;
use super::super::words;

/// Beyond an outline as much may change as well, as a share of the long edge: shadows, soft edges.
const MARGIN: f32 = 0.03;
/// A painted mask is taken as it is, up to its soft edge.
const PAINTED: f32 = 0.05;
/// A difference (ΔE*ab) from which on a pixel changed; and the share of the largest difference that it must have.
const CHANGED: (f32, f32) = (4.0, 0.25);
/// Long edge of the grid that changes are gathered on, px.
const GRID: usize = 64;

/// What the sentence calls what the photo's own regions have names for.
const NAMED: &[(&str, RegionKind)] = &[
    ("sky", RegionKind::Sky),
    ("cloud", RegionKind::Sky),
    ("tree", RegionKind::Foliage),
    ("plant", RegionKind::Foliage),
    ("grass", RegionKind::Foliage),
    ("leaf", RegionKind::Foliage),
    ("skin", RegionKind::Skin),
    ("background", RegionKind::Background),
    ("person", RegionKind::Subject),
    ("man", RegionKind::Subject),
    ("woman", RegionKind::Subject),
    ("child", RegionKind::Subject),
    ("dress", RegionKind::Subject),
];

/// How a place was found.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum How {
    Painted,
    /// by a SegFormer, under these names
    Segmented(Vec<String>),
    /// as regions of the photo
    Named(Said),
    Changed,
    /// the edit is the photo as it was
    Nowhere,
}

impl How {
    pub(super) fn said(&self) -> Said {
        match self {
            Self::Painted => said!("what was painted"),
            Self::Segmented(names) => {
                said!("what a network found as {names}", names = names.join(", "))
            }
            Self::Named(region) => region.clone(),
            Self::Changed => {
                said!("the box around what changed most, as nothing tells where it should be")
            }
            Self::Nowhere => said!("nowhere, as nothing changed"),
        }
    }

    pub(super) fn id(&self) -> &'static str {
        match self {
            Self::Painted => "painted",
            Self::Segmented(_) => "segmented",
            Self::Named(_) => "named",
            Self::Changed => "changed",
            Self::Nowhere => "nowhere",
        }
    }

    /// How far off a score is that stands on it, one standard deviation; ours.
    pub(super) fn spread(&self) -> f32 {
        match self {
            Self::Painted | Self::Nowhere => 0.1,
            Self::Segmented(_) | Self::Named(_) => 0.15,
            Self::Changed => 0.25,
        }
    }
}

/// A place: 1 where the edit may change, 0 elsewhere.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) mask: Mask,
    pub(super) how: How,
}

/// What is known of the place before any edit is seen; none where that takes an edit. `source` has the size of the mask.
pub(super) fn of_source(
    source: &Raster,
    nameable: &Nameable,
    segments: Option<&Regions>,
    asked: &Instruction,
) -> Option<Place> {
    let (width, height) = (source.width, source.height);
    if let Some(painted) = &asked.mask {
        return Some(Place {
            mask: above(&resize::mask(painted, width, height), PAINTED),
            how: How::Painted,
        });
    }
    segments
        .and_then(|segments| segmented(source, segments, asked))
        .or_else(|| named(nameable, asked, (width, height)))
}

/// What a SegFormer finds of what the sentence names, in one picture.
fn segmented(picture: &Raster, segments: &Regions, asked: &Instruction) -> Option<Place> {
    let (mask, names) = segments.find(&Bitmap::of_raster(picture), asked);
    let mask = resize::mask(&mask?, picture.width, picture.height);
    (mask.share() > 0.0).then(|| Place {
        mask: grown(&above(&mask, 0.5)),
        how: How::Segmented(names),
    })
}

/// The regions of the photo that the goals hold in, or that the sentence names.
fn named(
    nameable: &Nameable,
    asked: &Instruction,
    (width, height): (usize, usize),
) -> Option<Place> {
    let understood = &asked.understood;
    let goals = understood.goals.iter().map(|goal| goal.region.clone());
    let things = words::named(asked).into_iter().filter_map(|thing| {
        let row = NAMED.iter().find(|(name, _)| *name == thing.name)?;
        Some(Region::of(row.1))
    });
    let mut regions: Vec<Region> = Vec::new();
    for region in goals.chain(things) {
        let there = |kind| nameable.confidence(kind) >= LEAST_CONFIDENCE;
        let found = region.parts.iter().all(|part| there(part.kind));
        if found && !region.is_whole() && !regions.contains(&region) {
            regions.push(region);
        }
    }
    let masks = regions
        .iter()
        .map(|region| above(&nameable.mask(region, width, height), 0.5));
    let mask = masks.reduce(|a, b| either(&a, &b))?;
    let names = Said::commas(regions.iter().map(Region::said));
    (mask.share() > 0.0).then(|| Place {
        mask: grown(&mask),
        how: How::Named(names),
    })
}

/// The place of one edit: what was known, and what a SegFormer finds in the edit as well ("add a dog"); else where it
/// changed most. Both pictures have one size.
pub(super) fn of_edit(
    known: Option<&Place>,
    edited: &Raster,
    (before, after): (&Lab, &Lab),
    segments: Option<&Regions>,
    asked: &Instruction,
) -> Place {
    let sure = |place: &&Place| place.how == How::Painted;
    if let Some(place) = known.filter(sure) {
        return place.clone();
    }
    let there = segments.and_then(|segments| segmented(edited, segments, asked));
    match (known, there) {
        (Some(place), Some(more)) if place.how.id() == more.how.id() => Place {
            mask: either(&place.mask, &more.mask),
            how: place.how.clone(),
        },
        (None, Some(place)) => place,
        (Some(place), _) => place.clone(),
        (None, None) => changed(before, after),
    }
}

/// The box around the change that weighs most: neighbouring cells of a coarse grid that changed.
fn changed(before: &Lab, after: &Lab) -> Place {
    let (width, height) = (before.width, before.height);
    let apart: Vec<f32> = (0..before.len())
        .map(|i| {
            let of = |a: &[f32], b: &[f32]| (a[i] - b[i]).powi(2);
            (of(&before.l, &after.l) + of(&before.a, &after.a) + of(&before.b, &after.b)).sqrt()
        })
        .collect();
    let (columns, rows) = resize::size_within(width, height, GRID);
    let cells = resize::plane(&apart, width, height, columns, rows);
    let most = cells.iter().copied().fold(0.0, f32::max);
    let least = CHANGED.0.max(CHANGED.1 * most);
    let Some((left, top, right, bottom)) = heaviest(&cells, columns, rows, least) else {
        return Place {
            mask: Mask::uniform(width, height, 0.0),
            how: How::Nowhere,
        };
    };
    let across = |x: usize| x * width / columns;
    let down = |y: usize| y * height / rows;
    let (left, right, top, bottom) = (across(left), across(right), down(top), down(bottom));
    Place {
        mask: Mask::from_fn(width, height, |x, y| {
            let inside = (left..right).contains(&x) && (top..bottom).contains(&y);
            f32::from(u8::from(inside))
        }),
        how: How::Changed,
    }
}

/// (left, top, right, bottom) of the connected cells above `least` that together differ most; one cell more on each side.
fn heaviest(
    cells: &[f32],
    columns: usize,
    rows: usize,
    least: f32,
) -> Option<(usize, usize, usize, usize)> {
    let mut seen = vec![false; cells.len()];
    let mut best: Option<(f32, (usize, usize, usize, usize))> = None;
    for start in 0..cells.len() {
        if seen[start] || cells[start] < least {
            continue;
        }
        seen[start] = true;
        let (mut open, mut weight) = (vec![start], 0.0);
        let (mut left, mut top, mut right, mut bottom) = (columns, rows, 0, 0);
        while let Some(at) = open.pop() {
            let (x, y) = (at % columns, at / columns);
            weight += cells[at];
            (left, top) = (left.min(x), top.min(y));
            (right, bottom) = (right.max(x), bottom.max(y));
            for v in y.saturating_sub(1)..=(y + 1).min(rows - 1) {
                for u in x.saturating_sub(1)..=(x + 1).min(columns - 1) {
                    let next = v * columns + u;
                    if !seen[next] && cells[next] >= least {
                        seen[next] = true;
                        open.push(next);
                    }
                }
            }
        }
        if best.is_none_or(|(most, _)| weight > most) {
            let around = (
                left.saturating_sub(1),
                top.saturating_sub(1),
                (right + 2).min(columns),
                (bottom + 2).min(rows),
            );
            best = Some((weight, around));
        }
    }
    best.map(|(_, around)| around)
}

fn above(mask: &Mask, least: f32) -> Mask {
    let value = |value: &f32| f32::from(u8::from(*value > least));
    Mask {
        width: mask.width,
        height: mask.height,
        values: mask.values.iter().map(value).collect(),
    }
}

fn either(a: &Mask, b: &Mask) -> Mask {
    let pairs = a.values.iter().zip(&b.values);
    Mask {
        width: a.width,
        height: a.height,
        values: pairs.map(|(a, b)| a.max(*b)).collect(),
    }
}

/// A mask and its margin.
fn grown(mask: &Mask) -> Mask {
    let (width, height) = (mask.width, mask.height);
    let reach = (MARGIN * width.max(height) as f32).round() as usize;
    let most = |values: &mut dyn Iterator<Item = f32>| values.fold(0.0f32, f32::max);
    let across = Mask::from_fn(width, height, |x, y| {
        let columns = x.saturating_sub(reach)..=(x + reach).min(width - 1);
        most(&mut columns.map(|x| mask.at(x, y)))
    });
    Mask::from_fn(width, height, |x, y| {
        let rows = y.saturating_sub(reach)..=(y + reach).min(height - 1);
        most(&mut rows.map(|y| across.at(x, y)))
    })
}
