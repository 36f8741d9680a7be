//! Where a region lies is asked of the network that was handed in.

use retake_core::{Eyes, FoundSubject, Mask, Raster, Region, RegionKind, SubjectFinder};

use super::*;

/// Says that the subject is the upper half.
struct UpperHalf;

impl SubjectFinder for UpperHalf {
    fn version(&self) -> &'static str {
        "1"
    }
    fn find(&self, _: &Raster) -> Option<FoundSubject> {
        Some(FoundSubject {
            mask: Mask::from_fn(32, 32, |_, y| f32::from(u8::from(y < 16))),
            confidence: 0.8,
        })
    }
}

#[test]
fn the_subject_that_is_found_is_the_networks() {
    let eyes = Eyes {
        subject: Some(Arc::new(UpperHalf)),
        ..Eyes::default()
    };
    let mut engine = Engine::new(Kit { eyes, ..kit() }, || {});
    open_small(&mut engine);
    engine.obey(Command::Find(Region::of(RegionKind::Subject)));
    until(&mut engine, |engine| session(engine).found.is_some());
    let found = session(&engine).found.as_ref().expect("it was found");
    assert!(
        (found.confidence - 0.8).abs() < 1e-6,
        "{}",
        found.confidence
    );
    let row = |y: usize| found.mask.at(found.mask.width / 2, y);
    let (upper, lower) = (row(found.mask.height / 8), row(found.mask.height * 7 / 8));
    assert!(upper > 0.8 && lower < 0.2, "{upper} {lower}");
}
