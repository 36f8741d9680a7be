//! A network that finds the subject goes before the rules, if it finds one.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use retake_core::{FoundSubject, Mask, Raster, Region, RegionKind, SubjectFinder};

use super::{Regions, assert_points, mask_of, photo};

/// Says that the subject is the upper right quarter, this surely.
#[derive(Default)]
struct Quarter {
    confidence: f32,
    asked: AtomicUsize,
}

impl SubjectFinder for Quarter {
    fn version(&self) -> &'static str {
        "1"
    }
    fn find(&self, _: &Raster) -> Option<FoundSubject> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        Some(FoundSubject {
            mask: Mask::from_fn(64, 64, |x, y| f32::from(u8::from(x >= 32 && y < 32))),
            confidence: self.confidence,
        })
    }
}

fn seen(confidence: f32) -> (Arc<Quarter>, Regions, Raster) {
    let finder = Arc::new(Quarter {
        confidence,
        ..Quarter::default()
    });
    let raster = photo("dandelions");
    let regions = Regions::of(&raster).with_finder(Some(finder.clone()));
    (finder, regions, raster)
}

#[test]
fn the_subject_is_where_the_network_says_and_the_background_is_the_rest() {
    let (_, regions, raster) = seen(0.9);
    let mask = |kind| regions.mask(&Region::of(kind), raster.width, raster.height);
    let (within, beyond) = (
        [(0.75, 0.2), (0.9, 0.1)],
        [(0.2, 0.3), (0.3, 0.8), (0.8, 0.8)],
    );
    assert_points(&mask(RegionKind::Subject), &within, &beyond);
    assert_points(&mask(RegionKind::Background), &beyond, &within);
    assert!((regions.confidence(RegionKind::Subject) - 0.9).abs() < 1e-6);
}

#[test]
fn a_network_that_finds_nothing_leaves_it_to_the_rules() {
    let (finder, regions, raster) = seen(0.29);
    let subject = Region::of(RegionKind::Subject);
    let mask = regions.mask(&subject, raster.width, raster.height);
    assert_eq!(mask, mask_of(&raster, RegionKind::Subject));
    assert_eq!(
        regions.confidence(RegionKind::Subject),
        Regions::of(&raster).confidence(RegionKind::Subject)
    );
    assert!(finder.asked.load(Ordering::Relaxed) > 0);
}

#[test]
fn nobody_asks_the_network_about_the_sky_and_only_once_about_the_subject() {
    let (finder, regions, _) = seen(0.9);
    for kind in [RegionKind::Sky, RegionKind::Skin, RegionKind::Foliage] {
        let _ = regions.confidence(kind);
    }
    assert_eq!(finder.asked.load(Ordering::Relaxed), 0);
    for _ in 0..2 {
        let _ = regions.confidence(RegionKind::Subject);
        let _ = regions.confidence(RegionKind::Background);
    }
    assert_eq!(finder.asked.load(Ordering::Relaxed), 1);
}
