//! The two sides of a comparison with everything that several checks need, worked out once: the source and what is
//! asked of it (`Before`), and one edit in the same frame (`After`).

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use retake_core::{Instruction, LookedAt, Mask, PerceptualDistance, Raster, Region, RegionKind};
use retake_pixels::color::rgb_from_lab;
use retake_pixels::lab::{Ends, Lab};
use retake_pixels::measure::Reference;
use retake_pixels::once::Filled;
use retake_pixels::region::Regions;
use retake_pixels::{resize, vectorised};

use crate::align::{Alignment, How};
use crate::asked::Asked;
use crate::bands::{self, BANDS, Bands, Grid, Products, products};
use crate::even::{Even, Means};
use crate::looks::Looks;
use crate::quality::{self, Tones};
use crate::seen::{Onlookers, Seen};
use crate::shift::{self, Shift};
use crate::tone::Tone;

/// How a picture looks, shared by all who look at it.
pub(crate) type Shown = (Arc<Lab>, Arc<Ends>);

/// The source in the common frame.
pub(crate) struct Before<'a> {
    pub(crate) instruction: &'a Instruction,
    pub(crate) alignment: Alignment,
    pub(crate) grid: Grid,
    pub(crate) reference: Reference,
    pub(crate) ends: Arc<Ends>,
    /// C*ab
    pub(crate) chroma: Vec<f32>,
    pub(crate) means: Means,
    pub(crate) asked: Asked,
    /// where human skin is, when that is known well enough to judge it
    pub(crate) skin: Option<Mask>,
    /// the network that compares pictures, if there is one
    pub(crate) eye: Option<&'a dyn PerceptualDistance>,
    pub(crate) onlookers: Onlookers<'a>,
    pub(crate) seen: Seen,
    once: Once<'a>,
}

/// What only some checks need of a source, worked out for the first of its edits.
#[derive(Default)]
struct Once<'a> {
    contrast: OnceLock<Vec<f32>>,
    looks: OnceLock<Looks>,
    tones: OnceLock<Box<Tones>>,
    noise: OnceLock<Vec<f32>>,
    small: OnceLock<[Vec<f32>; 3]>,
    looked_at: OnceLock<Option<LookedAt<'a>>>,
}

impl<'a> Before<'a> {
    /// `source` is finite and in the source's own frame, `shown` is how it looks there.
    pub(crate) fn new(
        source: &Raster,
        shown: &Shown,
        regions: &Regions,
        instruction: &'a Instruction,
        alignment: Alignment,
        eye: Option<&'a dyn PerceptualDistance>,
        onlookers: Onlookers<'a>,
    ) -> Self {
        let carried = alignment.source_in_frame(source);
        let (lab, ends) = match &carried {
            Some(carried) => shown_of(carried),
            None => shown.clone(),
        };
        let source = carried.as_ref().unwrap_or(source);
        let (width, height) = (source.width, source.height);
        let grid = Grid::of(width, height);
        let skin = (regions.confidence(RegionKind::Skin) > 0.3)
            .then(|| {
                let (width, height) = alignment.source;
                alignment.mask_in_frame(&regions.mask(&Region::of(RegionKind::Skin), width, height))
            })
            .filter(|mask| mask.share() > 0.004);
        Self {
            instruction,
            alignment,
            grid,
            ends,
            chroma: chroma(&lab),
            means: Means::of(&lab, &lab.l, grid),
            asked: Asked::of(instruction, regions, &alignment),
            reference: Reference::of(lab),
            skin,
            eye,
            onlookers,
            seen: onlookers.look_at_source(source),
            once: Once::default(),
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
    /// |fine| + |medium| detail, L*.
    pub(crate) fn contrast(&self) -> &[f32] {
        let of = || bands::contrast(&self.lab().l, self.width(), self.height());
        self.once.contrast.filled(of)
    }
    /// What everybody sees of it.
    pub(crate) fn looks(&self) -> &Looks {
        let of = || Looks::of(self.lab(), &self.chroma);
        self.once.looks.filled(of)
    }
    /// How often each L* occurs.
    pub(crate) fn tones(&self) -> &Tones {
        let of = || Box::new(quality::tones(&self.lab().l, self.width(), self.height()));
        self.once.tones.filled(of)
    }
    /// Noise of every block.
    pub(crate) fn noise(&self) -> &[f32] {
        let of = || quality::noise_of_blocks(self.lab(), self.grid);
        self.once.noise.filled(of)
    }
    /// L*, a* and b* with this long edge, which is always asked for alike.
    pub(crate) fn small(&self, edge: usize) -> &[Vec<f32>; 3] {
        self.once.small.filled(|| small(self.lab(), edge))
    }
    /// The trained eye after a look at the source with this long edge, which is always asked for alike.
    pub(crate) fn looked_at(&self, edge: usize) -> Option<&LookedAt<'a>> {
        let looked_at = self.once.looked_at.filled(|| {
            let (width, height) = resize::size_within(self.width(), self.height(), edge);
            let [l, a, b] = self.small(edge);
            let source = Raster::from_fn(width, height, |x, y| {
                let i = y * width + x;
                rgb_from_lab([l[i], a[i], b[i]])
            });
            self.eye?.looked_at(&source)
        });
        looked_at.as_ref()
    }
}

/// How a picture looks.
pub(crate) fn shown_of(picture: &Raster) -> Shown {
    let (lab, ends) = Lab::with_ends(picture);
    (Arc::new(lab), Arc::new(ends))
}

/// L*, a* and b* of a picture with this long edge.
pub(crate) fn small(lab: &Lab, edge: usize) -> [Vec<f32>; 3] {
    let (width, height) = resize::size_within(lab.width, lab.height, edge);
    [&lab.l, &lab.a, &lab.b].map(|plane| resize::plane(plane, lab.width, lab.height, width, height))
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
            products(expected_bands.band(band), bands.band(band), before.grid)
        });
        let means = Means::of(&lab, &expected, before.grid);
        Self {
            chroma: chroma(&lab),
            even: Even::of(&before.means, &means),
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

fn chroma(lab: &Lab) -> Vec<f32> {
    let mut out = lab.a.clone();
    lengthened(&mut out, &lab.b);
    out
}

vectorised! {
    fn lengthened(a: &mut [f32], b: &[f32]) {
        for (a, b) in a.iter_mut().zip(b) {
            *a = (*a * *a + b * b).sqrt();
        }
    }
}

vectorised! {
    /// Whether all values are numbers of at most this size.
    fn all_within(values: &[f32], most: f32) -> bool {
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
