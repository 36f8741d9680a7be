//! The two sides of a comparison with everything that several checks need, worked out once: the source and what is
//! asked of it (`Before`), and one edit in the same frame (`After`).

use std::borrow::Cow;

use retake_core::{Instruction, Mask, PerceptualDistance, Raster, Region, RegionKind};
use retake_pixels::lab::Lab;
use retake_pixels::measure::Reference;
use retake_pixels::region::Regions;

use crate::align::{Alignment, How};
use crate::asked::Asked;
use crate::bands::{BANDS, Bands, Grid, Products, products};
use crate::even::Even;
use crate::extremes::Extremes;
use crate::seen::{Onlookers, Seen};
use crate::shift::{self, Shift};
use crate::tone::Tone;

/// The source in the common frame.
pub(crate) struct Before<'a> {
    pub(crate) instruction: &'a Instruction,
    pub(crate) alignment: Alignment,
    pub(crate) grid: Grid,
    pub(crate) reference: Reference,
    pub(crate) extremes: Extremes,
    /// C*ab
    pub(crate) chroma: Vec<f32>,
    pub(crate) bands: Bands,
    pub(crate) asked: Asked,
    /// where human skin is, when that is known well enough to judge it
    pub(crate) skin: Option<Mask>,
    /// the network that compares pictures, if there is one
    pub(crate) eye: Option<&'a dyn PerceptualDistance>,
    pub(crate) onlookers: Onlookers<'a>,
    pub(crate) seen: Seen,
}

impl<'a> Before<'a> {
    /// `source` is finite and in the source's own frame.
    pub(crate) fn new(
        source: &Raster,
        regions: &Regions,
        instruction: &'a Instruction,
        alignment: Alignment,
        eye: Option<&'a dyn PerceptualDistance>,
        onlookers: Onlookers<'a>,
    ) -> Self {
        let carried = alignment.source_in_frame(source);
        let source = carried.as_ref().unwrap_or(source);
        let reference = Reference::new(source);
        let (width, height) = (source.width, source.height);
        let skin = (regions.confidence(RegionKind::Skin) > 0.3)
            .then(|| {
                let (width, height) = alignment.source;
                alignment.mask_in_frame(&regions.mask(&Region::of(RegionKind::Skin), width, height))
            })
            .filter(|mask| mask.share() > 0.004);
        Self {
            instruction,
            alignment,
            grid: Grid::of(width, height),
            extremes: Extremes::of(source),
            chroma: chroma(reference.lab()),
            bands: Bands::of(&reference.lab().l, width, height),
            asked: Asked::of(instruction, regions, &alignment),
            reference,
            skin,
            eye,
            onlookers,
            seen: onlookers.look_at_source(source),
        }
    }
    pub(crate) fn lab(&self) -> &Lab {
        self.reference.lab()
    }
    pub(crate) fn width(&self) -> usize {
        self.grid.width
    }
    pub(crate) fn height(&self) -> usize {
        self.grid.height
    }
}

/// One edit in the common frame, any move of the whole taken back.
pub(crate) struct After {
    pub(crate) lab: Lab,
    pub(crate) extremes: Extremes,
    /// C*ab
    pub(crate) chroma: Vec<f32>,
    /// the source's L* as the edit would have it, were it a change of tone alone
    pub(crate) expected: Vec<f32>,
    /// of expected and edited detail: fine, medium, coarse
    pub(crate) products: [Vec<Products>; BANDS],
    /// whether the change is one of tone and colour or of places
    pub(crate) even: Even,
    pub(crate) shift: Shift,
    pub(crate) seen: Seen,
    /// share of pixels that were no numbers
    pub(crate) broken: f32,
}

impl After {
    /// Panics on an empty edit; the caller has answered those.
    pub(crate) fn new(before: &Before<'_>, edit: &Raster) -> Self {
        Self::showing(before, edit, None)
    }

    /// The same of an edit of which it is known what it shows.
    pub(crate) fn showing(before: &Before<'_>, edit: &Raster, shows: Option<Vec<f32>>) -> Self {
        let broken = broken_share(edit);
        let edit = finite(edit);
        let framed = before.alignment.edit_in_frame(&edit);
        let edit = framed.as_ref().unwrap_or(&edit);
        let (width, height) = (before.width(), before.height());
        let seen = before.onlookers.look(edit, shows);
        let mut lab = Lab::of(edit);
        let mut extremes = Extremes::of(edit);
        let mut tone = Tone::fit(before.lab(), &lab);
        let mut expected = tone.apply(before.lab());
        let mut shift = shift::find(&expected, &lab.l, width, height);
        if shift.length() >= 0.75 {
            for plane in [
                &mut lab.l,
                &mut lab.a,
                &mut lab.b,
                &mut extremes.largest,
                &mut extremes.smallest,
            ] {
                *plane = shift::undone(plane, width, height, shift);
            }
            tone = Tone::fit(before.lab(), &lab);
            expected = tone.apply(before.lab());
        }
        if before.alignment.how == How::Registered {
            // a crop found to within a pixel has not moved
            shift = Shift::default();
        }
        let bands = Bands::of(&lab.l, width, height);
        let expected_bands = Bands::of(&expected, width, height);
        let products = std::array::from_fn(|band| {
            products(
                &expected_bands.planes[band],
                &bands.planes[band],
                before.grid,
            )
        });
        let even = Even::of(before.lab(), &lab, &expected, before.grid);
        Self {
            chroma: chroma(&lab),
            even,
            lab,
            extremes,
            expected,
            products,
            shift,
            seen,
            broken,
        }
    }
}

/// Detail that differs in shape by more than this may lie elsewhere.
const DISPLACED: f32 = 0.1;

impl After {
    /// Whether details are not where the source's are, so that it is worth looking for a turn or a crop.
    pub(crate) fn displaced(&self) -> bool {
        let (mut unlike, mut all) = (0.0f32, 0.0f32);
        for band in &self.products[1..] {
            for products in band {
                let weight = products.source.sqrt();
                unlike += weight * (1.0 - products.likeness().max(0.0));
                all += weight;
            }
        }
        unlike > DISPLACED * all
    }
}

fn chroma(lab: &Lab) -> Vec<f32> {
    let pairs = lab.a.iter().zip(&lab.b);
    pairs.map(|(a, b)| (a * a + b * b).sqrt()).collect()
}

/// Share of pixels with a value that is no finite number.
fn broken_share(raster: &Raster) -> f32 {
    if raster.is_empty() {
        return 0.0;
    }
    let count = (0..raster.len())
        .filter(|&i| raster.planes.iter().any(|plane| !plane[i].is_finite()))
        .count();
    count as f32 / raster.len() as f32
}

/// The picture with black for what is no number and extreme values cut, so that sums stay sums.
pub(crate) fn finite(raster: &Raster) -> Cow<'_, Raster> {
    const MOST: f32 = 1e4;
    let fine = |value: &f32| value.abs() <= MOST;
    if raster.planes.iter().all(|plane| plane.iter().all(fine)) {
        return Cow::Borrowed(raster);
    }
    let mut mended = raster.clone();
    for value in mended.planes.iter_mut().flatten() {
        *value = if value.is_finite() {
            value.clamp(-MOST, MOST)
        } else {
            0.0
        };
    }
    Cow::Owned(mended)
}
