//! Edits of the subject lie where the network that was handed in has found it.

use std::sync::Arc;

use retake_core::{
    Amount, Change, Degree, EditRequest, Editor, FoundSubject, Goal, Instruction, Mask, Photo,
    PhotoId, Quantity, Quiet, Raster, Region, RegionKind, SubjectFinder, Understanding,
};
use retake_darkroom::{Darkroom, Device};

/// Says that the subject is the left half.
struct LeftHalf;

impl SubjectFinder for LeftHalf {
    fn version(&self) -> &'static str {
        "1"
    }
    fn find(&self, _: &Raster) -> Option<FoundSubject> {
        Some(FoundSubject {
            mask: Mask::from_fn(80, 80, |x, _| f32::from(u8::from(x < 40))),
            confidence: 1.0,
        })
    }
}

/// Grey, left lighter than right, as an edge that masks can follow.
fn two_halves() -> Raster {
    Raster::from_fn(160, 120, |x, _| if x < 80 { [0.4; 3] } else { [0.15; 3] })
}

fn darkened(kind: RegionKind) -> Raster {
    let source = Arc::new(two_halves());
    let goal = Goal {
        quantity: Quantity::Lightness,
        change: Change::Lower,
        amount: Amount::Degree(Degree::Strong),
        region: Region::of(kind),
        words: String::new(),
        weight: 1.0,
    };
    let request = EditRequest {
        photo: Photo::from_raster(source.clone(), PhotoId([3; 32])),
        instruction: Instruction {
            understood: Understanding {
                goals: vec![goal],
                ..Understanding::default()
            },
            ..Instruction::default()
        },
        seed: 1,
        source,
        base: None,
        like: None,
        settings: Default::default(),
    };
    let darkroom = Darkroom::new(Device::processor()).with_finder(Some(Arc::new(LeftHalf)));
    let exposure = darkroom.start(&request).expect("it can begin");
    exposure.finish(&Quiet).expect("nobody stops it").picture
}

#[test]
fn darkening_the_subject_leaves_the_rest_and_the_other_way_round() {
    let source = two_halves();
    for (kind, changed, kept) in [
        (RegionKind::Subject, 20, 140),
        (RegionKind::Background, 140, 20),
    ] {
        let edit = darkened(kind);
        let share = |x: usize| edit.at(x, 60)[1] / source.at(x, 60)[1];
        assert!(share(changed) < 0.85, "{kind:?}: {}", share(changed));
        assert!(
            (share(kept) - 1.0).abs() < 0.01,
            "{kind:?}: {}",
            share(kept)
        );
    }
}
