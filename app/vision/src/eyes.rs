//! The networks that every install has, as the rest of Retake asks for them.

use std::sync::Arc;

use retake_core::Eyes;

use crate::perceptual::TrainedDistance;
use crate::subject::TrainedFinder;

/// Both built-in networks. Neither is unpacked before it is asked; clones share what was found out.
pub fn eyes() -> Eyes {
    Eyes {
        subject: Some(Arc::new(TrainedFinder::default())),
        distance: Some(Arc::new(TrainedDistance::default())),
        ..Eyes::default()
    }
}
