//! What is worked out for the eye beside the pictures themselves: how far two are apart, and where a named region is.

use std::sync::Arc;

use retake_core::{Mask, Region};

use crate::Shown;

/// How far two pictures on the screen are apart.
#[derive(Clone, Debug)]
pub struct Difference {
    /// the first of them
    pub before: Arc<Shown>,
    /// the second
    pub after: Arc<Shown>,
    /// CIEDE2000 at every pixel of `after`
    pub map: Arc<Mask>,
    /// of the map
    pub mean: f32,
    /// of the map
    pub max: f32,
}

impl Difference {
    /// True when it is about these very pictures.
    pub fn is_of(&self, before: &Arc<Shown>, after: &Arc<Shown>) -> bool {
        Arc::ptr_eq(&self.before, before) && Arc::ptr_eq(&self.after, after)
    }
}

/// Where a named region of the photo was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// what was looked for
    pub region: Region,
    /// where, in the photo's frame at working size
    pub mask: Arc<Mask>,
    /// how sure it is that there is such a thing, 0 to 1; below 0.3 it is fair to say that there is none
    pub confidence: f32,
}
