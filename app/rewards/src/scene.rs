//! The two sides of a comparison with everything that several checks need, worked out once: the source ([`Side`]) and what is
//! asked of it (`Before`), and one edit in the same frame (`After`).

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use retake_core::{Instruction, LookedAt, PerceptualDistance, Raster};
use retake_pixels::lab::{Ends, Lab};
use retake_pixels::once::Filled;
use retake_pixels::region::Regions;
use retake_pixels::vectorised;

use crate::align::{Alignment, How};
use crate::asked::Asked;
use crate::bands::{BANDS, Bands, Products, products};
use crate::even::{Even, Means};
use crate::quality;
use crate::seen::{Onlookers, Seen};
use crate::shift::{self, Shift};
use crate::source::{Side, Source, chroma};
use crate::tone::Tone;

/// The source in the common frame, and what is asked of it.
pub(crate) struct Before<'a> {
    pub(crate) instruction: &'a Instruction,
    pub(crate) alignment: Alignment,
    pub(crate) side: Arc<Side>,
    pub(crate) asked: Asked,
    /// the network that compares pictures, if there is one
    pub(crate) eye: Option<&'a dyn PerceptualDistance>,
    pub(crate) onlookers: Onlookers<'a>,
    pub(crate) seen: Seen,
    looked_at: OnceLock<Option<LookedAt<'a>>>,
}

impl<'a> Before<'a> {
    /// `picture` is finite and in the source's own frame, `source` is what is known of it.
    pub(crate) fn new(
        (picture, source): (&Raster, &Source),
        regions: &Regions,
        instruction: &'a Instruction,
        alignment: Alignment,
        eye: Option<&'a dyn PerceptualDistance>,
        onlookers: Onlookers<'a>,
    ) -> Self {
        let carried = alignment.source_in_frame(picture);
        let seen = onlookers.look_at_source(carried.as_ref().unwrap_or(picture));
        Self {
            instruction,
            alignment,
            side: source.side(carried.as_ref(), &alignment),
            asked: Asked::of(instruction, regions, &alignment),
            eye,
            onlookers,
            seen,
            looked_at: OnceLock::new(),
        }
    }
    pub(crate) fn lab(&self) -> &Lab {
        self.side.lab()
    }
    pub(crate) fn width(&self) -> usize {
        self.side.width()
    }
    pub(crate) fn height(&self) -> usize {
        self.side.height()
    }
    /// The trained eye after a look at the source with this long edge, which is always asked for alike.
    pub(crate) fn looked_at(&self, edge: usize) -> Option<&LookedAt<'a>> {
        let looked_at = self.looked_at.filled(|| {
            let source = self.side.small(edge).raster();
            self.eye?.looked_at(&source)
        });
        looked_at.as_ref()
    }
}

/// One edit in the common frame, any move of the whole taken back.
pub(crate) struct After {
    pub(crate) lab: Lab,
    pub(crate) ends: Ends,
    /// C*ab
    pub(crate) chroma: Vec<f32>,
    /// the source's L* as the edit would have it, were it a change of tone alone
    pub(crate) expected: Vec<f32>,
    /// of the edit and of `expected`
    pub(crate) means: Means,
    /// how much further apart the edit's tones are than the source's, L*
    pub(crate) new_gaps: f32,
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

    /// The same of an edit of which it is known what it shows and what is read in it.
    pub(crate) fn showing(before: &Before<'_>, edit: &Raster, known: Option<Seen>) -> Self {
        let (edit, broken) = match is_fine(edit) {
            true => (Cow::Borrowed(edit), 0.0),
            false => (finite(edit), broken_share(edit)),
        };
        let framed = before.alignment.edit_in_frame(&edit);
        let edit = framed.as_ref().unwrap_or(&edit);
        let (width, height) = (before.width(), before.height());
        let seen = before.onlookers.look(edit, known);
        let (mut lab, mut ends) = Lab::with_ends(edit);
        let mut tone = Tone::fit(before.lab(), &lab);
        let mut expected = tone.apply(before.lab());
        let mut shift = shift::find(&expected, &lab.l, width, height);
        if shift.length() >= 0.75 {
            for plane in [
                &mut lab.l,
                &mut lab.a,
                &mut lab.b,
                &mut ends.largest,
                &mut ends.smallest,
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
                expected_bands.band(band),
                bands.band(band),
                before.side.grid,
            )
        });
        let means = Means::of(&lab, &expected, before.side.grid);
        Self {
            chroma: chroma(&lab),
            even: Even::of(&before.side.means, &means),
            new_gaps: (quality::gaps(&lab.l) - quality::gaps(&expected)).max(0.0),
            means,
            lab,
            ends,
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

vectorised! {
    /// Whether all values are numbers of at most this size.
    pub(crate) fn all_within(values: &[f32], most: f32) -> bool {
        let mut beyond = 0u32;
        for value in values {
            let within = value.abs() <= most;
            beyond |= u32::from(!within);
        }
        beyond == 0
    }
}

/// Larger values are cut.
const MOST: f32 = 1e4;

fn is_fine(raster: &Raster) -> bool {
    raster.planes.iter().all(|plane| all_within(plane, MOST))
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
    if is_fine(raster) {
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
