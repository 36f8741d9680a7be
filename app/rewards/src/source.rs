//! A source by itself, whatever is asked of it: how it looks, where its regions are, and what the checks measure of it. The
//! sources that were scored last are kept, as the edits of one come in many groups: a run makes them a few at a time, and a
//! benchmark has rows of them.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use retake_core::{Eyes, Mask, Raster, Region, RegionKind};
use retake_pixels::lab::{Ends, Lab};
use retake_pixels::measure::Reference;
use retake_pixels::once::Filled;
use retake_pixels::region::Regions;
use retake_pixels::vectorised;

use crate::align::Alignment;
use crate::bands::{self, Grid};
use crate::even::Means;
use crate::looks::Looks;
use crate::quality::{self, Tones};
use crate::small::Small;

/// How a picture looks, shared by all who look at it.
pub(crate) type Shown = (Arc<Lab>, Arc<Ends>);

/// How a picture looks.
pub(crate) fn shown_of(picture: &Raster) -> Shown {
    let (lab, ends) = Lab::with_ends(picture);
    (Arc::new(lab), Arc::new(ends))
}

/// A source in its own frame.
pub(crate) struct Source {
    pub(crate) shown: Shown,
    /// nothing is painted
    regions: Regions,
    /// as it lies
    side: OnceLock<Arc<Side>>,
}

impl Source {
    pub(crate) fn of(picture: &Raster, eyes: &Eyes) -> Self {
        Self {
            shown: shown_of(picture),
            regions: Regions::of(picture).with_finder(eyes.subject.clone()),
            side: OnceLock::new(),
        }
    }

    /// Its regions where this is painted.
    pub(crate) fn regions(&self, painted: Option<&Mask>) -> Regions {
        self.regions.clone().with_painted(painted.cloned())
    }

    /// Its side of comparisons in this frame, into which it was carried unless it lies so already.
    pub(crate) fn side(&self, carried: Option<&Raster>, alignment: &Alignment) -> Arc<Side> {
        let of = |shown| Arc::new(Side::of(shown, &self.regions, alignment));
        match carried {
            Some(carried) => of(shown_of(carried)),
            None => self.side.filled(|| of(self.shown.clone())).clone(),
        }
    }
}

/// A source in a frame: what every check needs, and what only some do, worked out for the first that does.
pub(crate) struct Side {
    pub(crate) grid: Grid,
    pub(crate) reference: Reference,
    pub(crate) ends: Arc<Ends>,
    /// C*ab
    pub(crate) chroma: Vec<f32>,
    pub(crate) means: Means,
    /// where human skin is, when that is known well enough to judge it
    pub(crate) skin: Option<Mask>,
    contrast: OnceLock<Vec<f32>>,
    looks: OnceLock<Looks>,
    tones: OnceLock<Box<Tones>>,
    noise: OnceLock<Vec<f32>>,
    small: OnceLock<Small>,
}

impl Side {
    fn of((lab, ends): Shown, regions: &Regions, alignment: &Alignment) -> Self {
        let grid = Grid::of(lab.width, lab.height);
        let skin = (regions.confidence(RegionKind::Skin) > 0.3)
            .then(|| {
                let (width, height) = alignment.source;
                alignment.mask_in_frame(&regions.mask(&Region::of(RegionKind::Skin), width, height))
            })
            .filter(|mask| mask.share() > 0.004);
        Self {
            grid,
            ends,
            chroma: chroma(&lab),
            means: Means::of(&lab, &lab.l, grid),
            reference: Reference::of(lab),
            skin,
            contrast: OnceLock::new(),
            looks: OnceLock::new(),
            tones: OnceLock::new(),
            noise: OnceLock::new(),
            small: OnceLock::new(),
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
        self.contrast.filled(of)
    }
    /// What everybody sees of it.
    pub(crate) fn looks(&self) -> &Looks {
        let of = || Looks::of(self.lab(), &self.chroma);
        self.looks.filled(of)
    }
    /// How often each L* occurs.
    pub(crate) fn tones(&self) -> &Tones {
        let of = || Box::new(quality::tones(&self.lab().l, self.width(), self.height()));
        self.tones.filled(of)
    }
    /// Noise of every block.
    pub(crate) fn noise(&self) -> &[f32] {
        let of = || quality::noise_of_blocks(self.lab(), self.grid);
        self.noise.filled(of)
    }
    /// The small picture with this long edge, which is always asked for alike.
    pub(crate) fn small(&self, edge: usize) -> &Small {
        self.small.filled(|| Small::of(self.lab(), edge))
    }
}

/// C*ab.
pub(crate) fn chroma(lab: &Lab) -> Vec<f32> {
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

/// What a source takes about, bytes a pixel: some thirty planes of 32-bit floats at 512 px, half as many again where every
/// region was asked for and the picture is small.
const BYTES_A_PIXEL: usize = 128;
/// Bytes of sources that each reward keeps, about: seven of 512 × 512 px. A larger one than this is not kept.
const MOST_KEPT: usize = 256 << 20;

/// The sources that were scored last, each beside its picture; the last one was asked for last.
#[derive(Clone, Default)]
pub(crate) struct Sources(Arc<Mutex<Vec<Known>>>);

type Known = (Raster, Arc<Source>);

impl Sources {
    /// What is known of this finite picture, which is always looked at with the same eyes.
    pub(crate) fn of(&self, picture: &Raster, eyes: &Eyes) -> Arc<Source> {
        if let Some(known) = self.known(picture) {
            return known;
        }
        let source = Arc::new(Source::of(picture, eyes));
        self.keep(picture, &source);
        source
    }

    fn known(&self, picture: &Raster) -> Option<Arc<Source>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept.iter().position(|(known, _)| known == picture)?;
        let found = kept.remove(at);
        let source = Arc::clone(&found.1);
        kept.push(found);
        Some(source)
    }

    /// Keeps it, and lets go of those that were not asked for longest.
    fn keep(&self, picture: &Raster, source: &Arc<Source>) {
        let bytes = |picture: &Raster| picture.len() * BYTES_A_PIXEL;
        if bytes(picture) > MOST_KEPT {
            return;
        }
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // another thread may have looked at it meanwhile
        if kept.iter().any(|(known, _)| known == picture) {
            return;
        }
        kept.push((picture.clone(), Arc::clone(source)));
        let mut all: usize = kept.iter().map(|(picture, _)| bytes(picture)).sum();
        let mut gone = 0;
        while all > MOST_KEPT {
            all -= bytes(&kept[gone].0);
            gone += 1;
        }
        kept.drain(..gone);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(of: u32, side: usize) -> Raster {
        Raster::from_fn(side, side, |x, y| {
            [((x * 7 + y * 3) as u32 + of) as f32 % 11.0 / 11.0; 3]
        })
    }

    #[test]
    fn a_source_that_comes_again_is_the_same_one() {
        let (sources, eyes) = (Sources::default(), Eyes::default());
        let first = sources.of(&picture(1, 40), &eyes);
        let _ = sources.of(&picture(2, 40), &eyes);
        assert!(Arc::ptr_eq(&first, &sources.of(&picture(1, 40), &eyes)));
    }

    #[test]
    fn another_source_is_looked_at_anew() {
        let (sources, eyes) = (Sources::default(), Eyes::default());
        let first = sources.of(&picture(1, 40), &eyes);
        let mut nearly = picture(1, 40);
        nearly.planes[2][1599] += 1e-6;
        assert!(!Arc::ptr_eq(&first, &sources.of(&nearly, &eyes)));
    }

    #[test]
    fn the_one_that_was_not_asked_for_longest_goes_first() {
        let (sources, eyes) = (Sources::default(), Eyes::default());
        // each takes a third of what is kept and a little more
        let side = ((MOST_KEPT / BYTES_A_PIXEL / 3) as f64).sqrt() as usize + 40;
        let [first, second, third] = [1, 2, 3].map(|of| picture(of, side));
        let kept_first = sources.of(&first, &eyes);
        let kept_second = sources.of(&second, &eyes);
        let _ = sources.of(&first, &eyes);
        let _ = sources.of(&third, &eyes);
        assert!(Arc::ptr_eq(&kept_first, &sources.of(&first, &eyes)));
        assert!(!Arc::ptr_eq(&kept_second, &sources.of(&second, &eyes)));
    }
}
