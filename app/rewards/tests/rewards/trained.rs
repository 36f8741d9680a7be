//! What the trained eye adds to *detail preserving*: objects that were put in cost more than by the rules alone; what was
//! asked, a change of tone and colour, and a move of a pixel do not.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use retake_core::{
    Change, Degree, Dimension, Eyes, Goal, Instruction, LookedAt, Mask, PerceptualDistance,
    Quantity, Quiet, Raster, Region, RegionKind, Reward, ScoreRequest,
};
use retake_pixels::color::{srgb_decode, srgb_encode};
use retake_pixels::matrix::{REC2020_FROM_SRGB, SRGB_FROM_REC2020, apply};
use retake_rewards::BuiltIn;

use crate::asking::*;
use crate::degrade::*;
use crate::pictures::picture;

const PHOTOS: [&str; 3] = ["astronaut", "brushes", "mountain path"];

/// What the trained eye takes away, and where it sees it.
fn seen(source: &Raster, edit: Raster, asked: &Instruction) -> (f32, Option<Mask>) {
    let card = &cards(source, &[edit], asked)[0];
    let score = of(card, Dimension::DETAIL_PRESERVING);
    let reason = score.reasons.into_iter().find(|r| r.id == "perceptual");
    reason.map_or((0.0, None), |reason| (reason.cost, reason.evidence))
}

/// A ball where there was none.
fn with_a_ball(source: &Raster) -> Raster {
    let (x0, y0) = (0.75 * source.width as f32, 0.7 * source.height as f32);
    let radius = 0.09 * source.width as f32;
    Raster::from_fn(source.width, source.height, |x, y| {
        let away = (x as f32 - x0).hypot(y as f32 - y0) / radius;
        if away < 1.0 {
            [0.5 - 0.3 * away, 0.05, 0.05]
        } else {
            source.at(x, y)
        }
    })
}

fn by_rules(source: &Raster, edit: &Raster, asked: &Instruction) -> f32 {
    let request = ScoreRequest {
        source,
        edited: &[edit],
        instruction: asked,
    };
    let cards = BuiltIn::default().score(&request, &Quiet);
    detail(&cards.expect("nobody stops the tests")[0])
}

/// Counts how often it looks at a source, and at an edit beside one.
#[derive(Default)]
struct Counting([AtomicUsize; 2]);

impl PerceptualDistance for Counting {
    fn version(&self) -> &'static str {
        "counting"
    }
    fn looked_at<'a>(&'a self, _: &Raster) -> Option<LookedAt<'a>> {
        self.0[0].fetch_add(1, Ordering::Relaxed);
        Some(Box::new(|_| {
            self.0[1].fetch_add(1, Ordering::Relaxed);
            None
        }))
    }
}

/// How often a trained eye looks at a source, and at edits beside it, when nothing was asked.
fn looks(source: &Raster, edits: &[Raster]) -> [usize; 2] {
    let eye = Arc::new(Counting::default());
    let reward = BuiltIn::seeing(Eyes {
        distance: Some(eye.clone()),
        ..Eyes::default()
    });
    let request = ScoreRequest {
        source,
        edited: &edits.iter().collect::<Vec<_>>(),
        instruction: &instruction(&[]),
    };
    reward.score(&request, &Quiet).expect("nobody stops it");
    eye.0.each_ref().map(|count| count.load(Ordering::Relaxed))
}

#[test]
fn a_source_is_looked_at_once_and_an_edit_of_tone_alone_not_at_all() {
    let source = picture("mountain path");
    let darker = Raster::from_fn(source.width, source.height, |x, y| {
        source.at(x, y).map(|value| 0.9 * value)
    });
    let edits = [with_a_ball(source), blur(source, 3.0), darker];
    assert_eq!(looks(source, &edits), [1, 2]);
}

/// The picture with its sRGB code values changed and cut, as most editors do it.
fn in_codes(source: &Raster, change: impl Fn([f32; 3]) -> [f32; 3]) -> Raster {
    Raster::from_fn(source.width, source.height, |x, y| {
        let codes = apply(&SRGB_FROM_REC2020, source.at(x, y)).map(srgb_encode);
        let changed = change(codes).map(|code| srgb_decode(code.clamp(0.0, 1.0)));
        apply(&REC2020_FROM_SRGB, changed)
    })
}

/// Changes of every pixel that leave its place alone.
fn gradings(source: &Raster) -> Vec<Raster> {
    let saturated = |amount: f32| {
        move |codes: [f32; 3]| {
            let grey = 0.3 * codes[0] + 0.59 * codes[1] + 0.11 * codes[2];
            codes.map(|code| grey + amount * (code - grey))
        }
    };
    vec![
        in_codes(source, |codes| codes.map(|code| code + 0.1)),
        in_codes(source, |codes| codes.map(|code| code - 0.06)),
        in_codes(source, |codes| codes.map(|code| 0.5 + 1.15 * (code - 0.5))),
        in_codes(source, |[r, g, b]| [1.06 * r, g, 0.93 * b]),
        in_codes(source, saturated(0.6)),
        in_codes(source, saturated(1.2)),
    ]
}

#[test]
fn what_grading_does_is_not_looked_at() {
    for name in PHOTOS {
        let source = picture(name);
        for (place, edit) in gradings(source).into_iter().enumerate() {
            assert_eq!(looks(source, &[edit])[1], 0, "{name}: {place}");
        }
    }
}

#[test]
fn a_ball_is_seen_beside_a_change_of_brightness() {
    for name in PHOTOS {
        let source = picture(name);
        let edit = in_codes(&with_a_ball(source), |codes| codes.map(|code| code + 0.1));
        let (cost, _) = seen(source, edit, &instruction(&[]));
        assert!(cost > 0.02, "{name}: {cost}");
    }
}

#[test]
fn a_copy_keeps_everything() {
    for name in PHOTOS {
        let source = picture(name);
        assert_eq!(
            seen(source, source.clone(), &instruction(&[])).0,
            0.0,
            "{name}"
        );
    }
}

#[test]
fn an_added_object_costs_more_than_by_the_rules_and_is_seen_where_it_is() {
    for name in PHOTOS {
        let source = picture(name);
        let edit = with_a_ball(source);
        let asked = instruction(&[raise(Quantity::Warmth, Degree::Moderate)]);
        let (cost, evidence) = seen(source, edit.clone(), &asked);
        assert!(cost > 0.025, "{name}: {cost}");
        let rules = by_rules(source, &edit, &asked);
        let both = detail(&cards(source, &[edit], &asked)[0]);
        assert!(both < 0.97 * rules, "{name}: {both} {rules}");
        let map = evidence.expect("a map");
        let at = |u: f32, v: f32| {
            map.at(
                (u * map.width as f32) as usize,
                (v * map.height as f32) as usize,
            )
        };
        assert!(at(0.75, 0.7) > 0.2, "{name}: {}", at(0.75, 0.7));
        assert!(
            at(0.2, 0.2) < 0.5 * at(0.75, 0.7),
            "{name}: {}",
            at(0.2, 0.2)
        );
    }
}

#[test]
fn a_move_of_a_pixel_costs_next_to_nothing() {
    for name in PHOTOS {
        let source = picture(name);
        let (cost, _) = seen(source, shifted(source, 1), &instruction(&[]));
        assert!(cost < 0.03, "{name}: {cost}");
    }
}

#[test]
fn black_and_white_that_was_asked_is_no_loss() {
    let asked = instruction(&[goal(
        Quantity::Monochrome,
        Change::Set,
        retake_core::Amount::default(),
    )]);
    for name in PHOTOS {
        let source = picture(name);
        let (cost, _) = seen(source, saturate(source, 0.0), &asked);
        assert!(cost < 0.03, "{name}: {cost}");
    }
}

#[test]
fn a_blur_costs_much_unless_it_was_asked() {
    for name in PHOTOS {
        let source = picture(name);
        let edit = blur(source, 3.0);
        let (unasked, _) = seen(source, edit.clone(), &instruction(&[]));
        let asked = instruction(&[raise(Quantity::Blur, Degree::Strong)]);
        let (forgiven, _) = seen(source, edit, &asked);
        assert!(unasked > 0.15, "{name}: {unasked}");
        assert!(forgiven < 0.2 * unasked, "{name}: {forgiven} {unasked}");
    }
}

#[test]
fn what_happens_in_the_asked_half_is_not_seen_and_in_the_other_it_is() {
    let source = picture("mountain path");
    let edit = with_a_ball(source);
    let in_half = |kind| {
        let goal = Goal {
            region: Region::of(kind),
            ..raise(Quantity::Warmth, Degree::Moderate)
        };
        seen(source, edit.clone(), &instruction(&[goal])).0
    };
    let (asked, elsewhere) = (
        in_half(RegionKind::RightHalf),
        in_half(RegionKind::LeftHalf),
    );
    assert!(asked < 0.02, "{asked}");
    assert!(elsewhere > 0.05, "{elsewhere}");
}
