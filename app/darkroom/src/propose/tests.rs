//! What candidates look like, on pictures whose every pixel is known.

use std::sync::Arc;

use retake_core::{Part, Photo, PhotoId, Raster, Region, RegionKind, Rng};
use retake_pixels::color::srgb_decode;
use retake_pixels::lab::Lab;
use retake_pixels::matrix::{REC2020_FROM_SRGB, apply};

use super::*;
use crate::render::{Analysis, Plan};

fn srgb(code: [f32; 3]) -> [f32; 3] {
    apply(&REC2020_FROM_SRGB, code.map(|c| srgb_decode(c / 255.0)))
}

/// From the white of a cloud to the blue of the sky, left to right, over a brown meadow.
fn cloud_over_meadow() -> Raster {
    Raster::from_fn(240, 160, |x, y| {
        let t = x as f32 / 239.0;
        if y < 80 {
            let sky = [250.0 - 180.0 * t, 250.0 - 130.0 * t, 252.0 - 62.0 * t];
            srgb(sky)
        } else {
            let grain = ((x * 7 + y * 13) % 11) as f32 * 3.0;
            srgb([105.0 + grain, 92.0 + grain, 50.0 + grain])
        }
    })
}

fn goal(quantity: Quantity, change: Change, amount: Amount, weight: f32) -> Goal {
    Goal {
        quantity,
        change,
        amount,
        region: Region::default(),
        words: String::new(),
        weight,
    }
}

fn takes(source: &Raster, understood: &Understanding, count: u64) -> Vec<Raster> {
    let photo = Photo::from_raster(source.clone(), PhotoId([7; 32]));
    let analysis = Arc::new(Analysis::of(&photo, None).expect("a photo that can be looked at"));
    let trials = Trials::new(analysis.clone(), Arc::new(source.clone()), false);
    let of = |index| {
        let seed = Rng::seed_of(0, index);
        let proposal = propose(understood, &trials, seed);
        let plan = Plan::new(
            &proposal.recipe,
            source.width,
            source.height,
            analysis.clone(),
        );
        plan.render_whole(&photo)
    };
    (0..count).map(of).collect()
}

#[test]
fn what_stays_white_has_no_yellow_rim() {
    let source = cloud_over_meadow();
    let understood = Understanding {
        goals: vec![
            goal(
                Quantity::Warmth,
                Change::Raise,
                Amount::Degree(Degree::Strong),
                0.7,
            ),
            goal(
                Quantity::HighlightTone,
                Change::Raise,
                Amount::Hue(75.0, Degree::Strong),
                0.7,
            ),
        ],
        constraints: vec![Constraint {
            keep: Keep::Colours(Region {
                parts: vec![Part {
                    kind: RegionKind::Neutrals,
                    inverted: false,
                }],
            }),
            words: String::new(),
        }],
        ..Understanding::default()
    };
    for (index, take) in takes(&source, &understood, 8).iter().enumerate() {
        let lab = Lab::of(take);
        let row = &lab.b[40 * 240..41 * 240];
        let yellowest = row.iter().copied().fold(f32::MIN, f32::max);
        let ends = row[0].max(row[239]);
        assert!(
            yellowest < ends + 2.5,
            "take {index}: b* {yellowest} between ends of {ends}"
        );
    }
}

#[test]
fn a_white_sky_is_darkened_by_every_take() {
    let source = Raster::from_fn(240, 160, |x, y| {
        let grain = ((x * 7 + y * 13) % 5) as f32 * 9.0;
        if y < 70 {
            srgb([251.0, 252.0, 254.0])
        } else {
            srgb([40.0 + grain, 60.0 + grain, 20.0 + grain])
        }
    });
    let understood = Understanding {
        goals: vec![Goal {
            region: Region::of(RegionKind::Sky),
            ..goal(Quantity::Lightness, Change::Lower, Amount::default(), 1.0)
        }],
        ..Understanding::default()
    };
    for (index, take) in takes(&source, &understood, 8).iter().enumerate() {
        let sky = Lab::of(take).l[30 * 240 + 120];
        assert!(sky < 96.0, "take {index}: L* {sky}");
    }
}

#[test]
fn high_key_does_not_burn_a_bright_face_away() {
    // a face on a light backdrop, with shape in its light
    let source = Raster::from_fn(240, 160, |x, y| {
        let (u, v) = (x as f32 / 239.0, y as f32 / 159.0);
        let light = 0.75 + 0.25 * u;
        if v < 0.3 {
            srgb([225.0 * light, 218.0 * light, 212.0 * light])
        } else if v < 0.75 {
            srgb([228.0 * light, 178.0 * light, 150.0 * light])
        } else {
            srgb([60.0 * u, 55.0 * u, 70.0 * u])
        }
    });
    let style = |quantity, change, degree| goal(quantity, change, Amount::Degree(degree), 0.7);
    let understood = Understanding {
        goals: vec![
            style(Quantity::Lightness, Change::Raise, Degree::Strong),
            style(Quantity::Contrast, Change::Lower, Degree::Moderate),
            style(Quantity::Shadows, Change::Raise, Degree::Moderate),
            style(Quantity::Whites, Change::Raise, Degree::Slight),
        ],
        ..Understanding::default()
    };
    for (index, take) in takes(&source, &understood, 8).iter().enumerate() {
        let lab = Lab::of(take);
        let burnt = lab.l.iter().filter(|l| **l > 99.5).count() as f32 / take.len() as f32;
        assert!(burnt < 0.06, "take {index}: {burnt} of it is white");
        let face = &lab.l[80 * 240..81 * 240];
        let shape = face[239] - face[0];
        assert!(
            shape > 4.0,
            "take {index}: L* of the face rises by {shape} only"
        );
    }
}

#[test]
fn no_blue_of_the_sky_is_left_in_a_sepia_print() {
    let source = cloud_over_meadow();
    let understood = Understanding {
        goals: vec![goal(
            Quantity::Toning,
            Change::Set,
            Amount::Hue(72.0, Degree::Moderate),
            1.0,
        )],
        ..Understanding::default()
    };
    for take in takes(&source, &understood, 6) {
        let lab = Lab::of(&take);
        let sky = |i: usize| i % 240 > 200 && i / 240 < 80;
        let (mut b, mut count) = (0.0, 0.0);
        for i in (0..lab.len()).filter(|&i| sky(i)) {
            (b, count) = (b + lab.b[i], count + 1.0);
        }
        assert!(b / count > 8.0, "b* {} where the sky was blue", b / count);
    }
}
