//! Crops, turns and flips, on small pictures read through the frame.

use std::sync::Arc;

use proptest::prelude::*;
use retake_core::{Photo, PhotoId, Raster};
use retake_darkroom::Recipe;
use retake_darkroom::recipe::Operation;
use retake_darkroom::render::{Analysis, Plan};

/// Every pixel another colour; nothing is black.
fn picture(width: usize, height: usize) -> Raster {
    Raster::from_fn(width, height, |x, y| {
        [0.2 + x as f32 / 100.0, 0.2 + y as f32 / 100.0, 0.5]
    })
}

fn edited(picture: &Raster, operations: Vec<Operation>) -> Raster {
    let analysis = Arc::new(Analysis::of_proxy(picture.clone(), None));
    let plan = Plan::new(
        &Recipe::of(operations),
        picture.width,
        picture.height,
        analysis,
    );
    let photo = Photo::from_raster(picture.clone(), PhotoId([0; 32]));
    plan.render_whole(&photo)
}

#[test]
fn a_flip_undoes_itself() {
    let before = picture(37, 23);
    for axis in ["horizontal", "vertical"] {
        let flip = || Operation::new("flip").with(axis, 1.0);
        let once = edited(&before, vec![flip()]);
        assert_ne!(once, before);
        assert_eq!(edited(&before, vec![flip(), flip()]), before, "{axis}");
    }
    let mirrored = edited(
        &before,
        vec![Operation::new("flip").with("horizontal", 1.0)],
    );
    assert_eq!(mirrored.at(0, 5), before.at(36, 5));
}

#[test]
fn four_quarter_turns_are_none() {
    let before = picture(37, 23);
    let turn = |angle| Operation::new("rotate").with("angle", angle);
    assert_eq!(
        edited(
            &before,
            vec![turn(90.0), turn(90.0), turn(90.0), turn(90.0)]
        ),
        before
    );
    assert_eq!(edited(&before, vec![turn(90.0), turn(-90.0)]), before);
    assert_eq!(
        edited(&before, vec![turn(180.0)]),
        edited(&before, vec![turn(90.0), turn(90.0)])
    );
}

#[test]
fn a_positive_quarter_turn_is_clockwise() {
    let before = picture(37, 23);
    let after = edited(&before, vec![Operation::new("rotate").with("angle", 90.0)]);
    assert_eq!((after.width, after.height), (23, 37));
    assert_eq!(
        after.at(22, 0),
        before.at(0, 0),
        "top left goes to top right"
    );
}

#[test]
fn a_small_positive_turn_is_clockwise() {
    let before = Raster::from_fn(101, 101, |x, y| {
        [if y < 50 && x > 45 && x < 55 { 1.0 } else { 0.1 }; 3]
    });
    let after = edited(
        &before,
        vec![Operation::new("straighten").with("angle", 20.0)],
    );
    let top = (0..after.width).max_by(|a, b| after.at(*a, 2)[0].total_cmp(&after.at(*b, 2)[0]));
    assert!(
        top.is_some_and(|x| x > after.width / 2 + 5),
        "a line pointing up leans right: {top:?}"
    );
}

#[test]
fn a_crop_off_the_middle_starts_at_the_edge() {
    let before = picture(60, 20);
    let crop = Operation::new("crop").with("aspect", 1.0).with("x", 1.0);
    let after = edited(&before, vec![crop]);
    assert_eq!((after.width, after.height), (20, 20));
    assert_eq!(after.at(19, 0), before.at(59, 0));
}

proptest! {
    #[test]
    fn a_crop_has_its_aspect_within_a_pixel(width in 1usize..300, height in 1usize..300, aspect in 0.2f32..5.0, x in -1.0f32..1.0, y in -1.0f32..1.0) {
        let crop = Operation::new("crop").with("aspect", aspect).with("x", x).with("y", y);
        let after = edited(&picture(width, height), vec![crop]);
        prop_assert!(after.width <= width && after.height <= height);
        let off = (after.width as f32 - after.height as f32 * aspect).abs();
        prop_assert!(off <= 0.5 + 0.5 * aspect + 1e-3 || after.height == 1 || after.width == 1, "{} × {}", after.width, after.height);
    }

    #[test]
    fn a_turned_photo_has_no_empty_corner(width in 30usize..120, height in 30usize..120, angle in -180.0f32..180.0) {
        let before = picture(width, height);
        let analysis = Arc::new(Analysis::of_proxy(before.clone(), None));
        for operation in [Operation::new("rotate").with("angle", angle), Operation::new("straighten").with("angle", angle / 4.0)] {
            let frame = Plan::new(&Recipe::of(vec![operation]), width, height, Arc::clone(&analysis)).scene.frame;
            let (w, h) = (frame.width as f64, frame.height as f64);
            for (x, y) in [(0.0, 0.0), (w, 0.0), (0.0, h), (w, h)] {
                let (sx, sy) = frame.source_at(x, y);
                let inside = |v: f64, most: usize| v > -1e-6 && v < most as f64 + 1e-6;
                prop_assert!(inside(sx, width) && inside(sy, height), "({x}, {y}) is read at ({sx}, {sy})");
            }
        }
    }

    #[test]
    fn straightening_keeps_the_shape(angle in -45.0f32..45.0) {
        let after = edited(&picture(120, 80), vec![Operation::new("straighten").with("angle", angle)]);
        prop_assert!((after.width as f32 / after.height as f32 - 1.5).abs() < 0.05);
    }
}
