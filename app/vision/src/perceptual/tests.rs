//! What the distance says of changes whose size is known, and that it always says the same.

use retake_core::{PerceptualDistance, Raster};
use retake_pixels::resize;

use super::{StLpips, TrainedDistance};
use crate::testing::photo;

fn small(name: &str) -> Raster {
    let photo = photo(name);
    let (width, height) = resize::size_within(photo.width, photo.height, 128);
    resize::raster(&photo, width, height)
}

fn between(one: &Raster, other: &Raster) -> f32 {
    let apart = TrainedDistance::default().between(one, other);
    apart.expect("pictures that can be compared").distance
}

fn moved(picture: &Raster, px: usize) -> Raster {
    Raster::from_fn(picture.width, picture.height, |x, y| {
        picture.at((x + px) % picture.width, y)
    })
}

fn blurred(picture: &Raster) -> Raster {
    let small = resize::raster(picture, picture.width / 4, picture.height / 4);
    resize::raster(&small, picture.width, picture.height)
}

#[test]
fn a_picture_is_no_distance_from_itself() {
    let picture = small("astronaut");
    assert_eq!(between(&picture, &picture), 0.0);
}

#[test]
fn a_move_of_a_pixel_is_a_tenth_of_a_blur() {
    for name in ["astronaut", "forest-stream", "mountain-path"] {
        let picture = small(name);
        let (moved, blurred) = (moved(&picture, 1), blurred(&picture));
        let (little, much) = (between(&picture, &moved), between(&picture, &blurred));
        assert!(little < 0.1 * much, "{name}: {little} {much}");
    }
}

#[test]
fn the_map_lies_where_the_change_is_and_adds_up_to_the_distance() {
    let picture = small("brushes");
    let mut changed = picture.clone();
    for y in 20..50 {
        for x in 70..110 {
            changed.set(x, y, [0.02, 0.4, 0.02]);
        }
    }
    let apart = TrainedDistance::default().between(&picture, &changed);
    let apart = apart.expect("pictures that can be compared");
    let inside = |x: usize, y: usize| {
        let (x, y) = (
            x * picture.width / apart.map.width,
            y * picture.height / apart.map.height,
        );
        (60..120).contains(&x) && (10..60).contains(&y)
    };
    let (mut within, mut beyond) = (0.0, 0.0);
    for y in 0..apart.map.height {
        for x in 0..apart.map.width {
            let sum = if inside(x, y) {
                &mut within
            } else {
                &mut beyond
            };
            *sum += apart.map.at(x, y);
        }
    }
    assert!(within > 4.0 * beyond, "{within} {beyond}");
    assert!((apart.map.share() / apart.distance - 1.0).abs() < 0.1);
}

#[test]
fn pictures_of_two_sizes_or_of_a_few_pixels_cannot_be_compared() {
    let distance = TrainedDistance::default();
    let (one, other) = (Raster::new(64, 48), Raster::new(48, 64));
    assert!(distance.between(&one, &other).is_none());
    let few = Raster::new(StLpips::LEAST_SIDE - 1, 64);
    assert!(distance.between(&few, &few).is_none());
    let least = Raster::new(StLpips::LEAST_SIDE, StLpips::LEAST_SIDE);
    assert!(distance.between(&least, &least).is_some());
}

#[test]
fn a_picture_that_was_looked_at_before_is_as_far_from_others() {
    let names = ["astronaut", "forest-stream", "mountain-path"];
    let pictures = names.map(|name| (small(name), blurred(&small(name))));
    let distance = TrainedDistance::default();
    for _ in 0..2 {
        for (picture, other) in &pictures {
            let again = distance.between(picture, other).expect("comparable");
            assert_eq!(again.distance, between(picture, other));
        }
    }
}

#[test]
fn what_was_seen_longest_ago_is_let_go() {
    let distance = TrainedDistance::default();
    let picture = |value: f32| Raster::from_fn(256, 256, |_, _| [value; 3]);
    let other = picture(0.9);
    for at in 0..20 {
        let _ = distance.between(&picture(0.02 * at as f32), &other);
    }
    let (kept, bytes) = distance.kept();
    assert!(
        (5..20).contains(&kept) && bytes <= 128 << 20,
        "{kept} {bytes}"
    );
}

#[test]
fn the_distance_is_the_same_on_every_number_of_threads() {
    let picture = small("forest-stream");
    let other = blurred(&picture);
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        let pool = pool.build().expect("threads");
        pool.install(|| TrainedDistance::default().between(&picture, &other))
    };
    let alone = on(1);
    for threads in [2, 3, 8] {
        assert!(on(threads) == alone, "{threads} threads");
    }
}
