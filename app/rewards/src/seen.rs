//! What imported networks see of one picture by itself: how spoiled it is, and what it shows.

use retake_core::{Raster, SceneWords, TechnicalQuality};

/// The networks, as far as there are any.
#[derive(Clone, Copy, Default)]
pub(crate) struct Onlookers<'a> {
    pub(crate) quality: Option<&'a dyn TechnicalQuality>,
    pub(crate) scene: Option<&'a dyn SceneWords>,
}

/// What they saw.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    /// 0 unspoiled to 100
    pub(crate) badness: Option<f32>,
    /// a probability for each word
    pub(crate) shows: Option<Vec<f32>>,
}

impl Onlookers<'_> {
    pub(crate) fn look(&self, picture: &Raster) -> Seen {
        Seen {
            badness: self.quality.and_then(|network| network.badness(picture)),
            shows: self
                .scene
                .and_then(|network| network.probabilities(picture)),
        }
    }
}
