//! The networks that every install has, and those that were imported, as the rest of Retake asks for them.

use std::sync::Arc;

use retake_core::{Eyes, SceneWords, TechnicalQuality};

use crate::brisque::Brisque;
use crate::classes::Classifier;
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

/// Those, and the ones that were imported into the models folder; beside them a sentence for each that is there and
/// cannot be used.
pub fn installed_eyes() -> (Eyes, Vec<String>) {
    let mut faults = Vec::new();
    let quality = Brisque::imported().unwrap_or_else(|fault| {
        faults.push(fault.to_string());
        None
    });
    let scene = Classifier::imported().unwrap_or_else(|fault| {
        faults.push(fault.to_string());
        None
    });
    let eyes = Eyes {
        quality: quality.map(|found| Arc::new(found) as Arc<dyn TechnicalQuality>),
        scene: scene.map(|found| Arc::new(found) as Arc<dyn SceneWords>),
        ..eyes()
    };
    (eyes, faults)
}
