//! What the network finds in the sample photos and in pictures of nothing, and that it always finds the same.

use candle_core::{Device, Tensor};
use retake_core::{FoundSubject, Mask, Raster, Rng, SubjectFinder};

use super::finder::confidence;
use super::{TrainedFinder, U2NetP};
use crate::testing::photo;

/// Below this, Retake says that there is no subject.
const FOUND: f32 = 0.3;

fn found(picture: &Raster) -> FoundSubject {
    let subject = TrainedFinder::default().find(picture);
    subject.expect("a picture with pixels can be looked at")
}

/// The mask at a place given as shares of the sides.
fn at(mask: &Mask, (u, v): (f32, f32)) -> f32 {
    mask.at(
        (u * mask.width as f32) as usize,
        (v * mask.height as f32) as usize,
    )
}

/// Photo, places of its subject, places of its background.
type Places = (&'static str, &'static [(f32, f32)], &'static [(f32, f32)]);

const WITH_A_SUBJECT: [Places; 3] = [
    (
        "astronaut",
        &[(0.44, 0.22), (0.38, 0.09), (0.4, 0.6), (0.55, 0.55)],
        &[(0.65, 0.15), (0.95, 0.1), (0.05, 0.1)],
    ),
    (
        "dandelions",
        &[(0.3, 0.3), (0.22, 0.3), (0.35, 0.42), (0.3, 0.2)],
        &[(0.65, 0.5), (0.8, 0.78), (0.1, 0.8), (0.9, 0.1)],
    ),
    ("brushes", &[], &[]),
];

#[test]
fn people_flowers_and_things_are_found_where_they_are() {
    for (name, inside, outside) in WITH_A_SUBJECT {
        let FoundSubject { mask, confidence } = found(&photo(name));
        assert!(confidence > 0.6, "{name}: {confidence}");
        for &place in inside {
            assert!(at(&mask, place) > 0.7, "{name} {place:?}");
        }
        for &place in outside {
            assert!(at(&mask, place) < 0.3, "{name} {place:?}");
        }
    }
}

#[test]
fn a_landscape_has_no_subject() {
    let confidence = found(&photo("mountain-path")).confidence;
    assert!(confidence < FOUND, "{confidence}");
}

#[test]
fn pictures_of_nothing_have_no_subject() {
    let mut rng = Rng::new(5);
    let noise = Raster::from_fn(300, 200, |_, _| [0.3 + 0.1 * rng.normal(); 3]);
    let nothing = [
        ("black", Raster::new(300, 200)),
        ("grey", Raster::from_fn(300, 200, |_, _| [0.2; 3])),
        (
            "ramp",
            Raster::from_fn(300, 200, |x, _| [x as f32 / 300.0; 3]),
        ),
        ("noise", noise),
    ];
    for (what, picture) in nothing {
        let confidence = found(&picture).confidence;
        assert!(confidence < FOUND, "{what}: {confidence}");
    }
}

#[test]
fn a_grey_mask_is_less_sure_than_a_black_and_white_one() {
    let disc = |inside: f32| {
        Mask::from_fn(100, 100, |x, y| {
            let away = (x as f32 - 50.0).hypot(y as f32 - 50.0);
            if away < 20.0 { inside } else { 0.01 }
        })
    };
    assert!(confidence(&disc(0.98)) > 0.9);
    assert!(confidence(&disc(0.35)) < 0.05);
}

#[test]
fn a_mask_of_everything_or_of_a_speck_is_no_subject() {
    let mask = |reach: f32| {
        Mask::from_fn(100, 100, |x, y| {
            let away = (x as f32 - 50.0).hypot(y as f32 - 50.0);
            f32::from(u8::from(away < reach))
        })
    };
    assert!(confidence(&mask(80.0)) < 0.01);
    assert!(confidence(&mask(2.0)) < 0.01);
    assert!(confidence(&mask(20.0)) > 0.99);
}

#[test]
fn a_picture_without_pixels_cannot_be_looked_at() {
    assert!(TrainedFinder::default().find(&Raster::new(0, 5)).is_none());
}

#[test]
fn numbers_that_are_none_do_not_spoil_the_mask() {
    let mut picture = photo("astronaut");
    picture.planes[1][500] = f32::NAN;
    picture.planes[2][900] = f32::INFINITY;
    let subject = found(&picture);
    assert!(subject.mask.values.iter().all(|v| v.is_finite()));
    assert!(subject.confidence > 0.6, "{}", subject.confidence);
}

#[test]
fn the_mask_is_the_same_on_every_number_of_threads() {
    let network = U2NetP::shipped().expect("built in");
    let mut rng = Rng::new(3);
    let values: Vec<f32> = (0..3 * 160 * 160).map(|_| rng.normal()).collect();
    let x = Tensor::from_vec(values, (1, 3, 160, 160), &Device::Cpu).expect("a picture");
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        let pool = pool.build().expect("threads");
        let mask = pool.install(|| network.forward(&x)?.flatten_all()?.to_vec1::<f32>());
        mask.expect("a mask")
    };
    let alone = on(1);
    for threads in [2, 3, 8] {
        assert!(on(threads) == alone, "{threads} threads");
    }
}

#[test]
fn who_asks_again_gets_the_same_answer() {
    let finder = TrainedFinder::default();
    let picture = photo("dandelions");
    assert_eq!(finder.find(&picture), finder.find(&picture));
}
