//! What operations may know of the photo besides its pixels: sizes, and an analysis made once from a small copy,
//! so that a preview, a tile and the full resolution all see the same numbers.

use std::sync::{Arc, OnceLock};

use retake_core::{Mask, Photo, Raster, Stop, SubjectFinder};
use retake_pixels::region::Regions;
use retake_pixels::resize;

use super::Frame;
use retake_pixels::once::Filled;

/// Long edge of the small copy that analyses are made from, px.
pub const ANALYSIS_EDGE: usize = 512;

/// What is known of a photo as a whole.
pub struct Analysis {
    /// the photo at [`ANALYSIS_EDGE`], linear Rec.2020
    pub proxy: Raster,
    /// where sky, skin, subject … are; with the instruction's mask as the painted region
    pub regions: Regions,
    airlight: OnceLock<[f32; 3]>,
}

impl Analysis {
    /// Looks at a photo, whatever its size.
    pub fn of(photo: &Photo, painted: Option<Mask>) -> Result<Self, Stop> {
        Ok(Self::of_proxy(resize::fit(photo, ANALYSIS_EDGE)?, painted))
    }
    /// The same from a picture that is already small.
    pub fn of_proxy(proxy: Raster, painted: Option<Mask>) -> Self {
        let regions = Regions::of(&proxy).with_painted(painted);
        Self {
            proxy,
            regions,
            airlight: OnceLock::new(),
        }
    }
    /// Who finds the subject before the rules are asked.
    #[must_use]
    pub fn with_finder(self, finder: Option<Arc<dyn SubjectFinder>>) -> Self {
        let regions = self.regions.with_finder(finder);
        Self { regions, ..self }
    }
    /// Colour of the haze, worked out on first use by the operation that needs it.
    pub fn airlight(&self, look: impl FnOnce(&Raster) -> [f32; 3]) -> [f32; 3] {
        *self.airlight.filled(|| look(&self.proxy))
    }
}

/// What an operation is prepared with.
#[derive(Clone)]
pub struct Scene {
    /// how the output lies on the photo
    pub frame: Frame,
    /// the photo as a whole
    pub analysis: Arc<Analysis>,
}

impl Scene {
    /// Long edge of the output, px: what lengths in a recipe are shares of.
    pub fn long_edge(&self) -> f32 {
        self.frame.width.max(self.frame.height) as f32
    }
}
