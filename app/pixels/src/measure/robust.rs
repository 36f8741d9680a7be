//! Odd pictures and regions give finite numbers, and measures of one thing are not fooled by another.

use proptest::prelude::*;
use retake_core::{Mask, QUANTITIES, Raster};

use super::ladders::{HEIGHT, WIDTH, scene};
use super::{Q, Reference};
use crate::blur;
use crate::lab::Lab;

fn all_finite(source: &Raster, edited: &Raster, region: Option<&Mask>) {
    let reference = Reference::new(source);
    let edited = Lab::of(edited);
    for info in QUANTITIES {
        for hue in [None, Some(40.0), Some(f32::NAN)] {
            let values = [
                reference.before(info.quantity, region, hue),
                reference.after(info.quantity, &edited, region, hue),
            ];
            assert!(
                values.iter().all(|v| v.is_finite()),
                "{}: {values:?}",
                info.id
            );
            let evidence = reference.evidence(info.quantity, &edited, region, hue);
            assert!(
                evidence.values.iter().all(|v| (0.0..=1.0).contains(v)),
                "{}",
                info.id
            );
            assert_eq!(evidence.values.len(), reference.lab().len());
        }
    }
}

#[test]
fn flat_black_and_white_pictures_of_any_size_measure_finite() {
    for (width, height) in [(0, 0), (1, 1), (3, 1), (1, 5), (17, 9)] {
        let flat = |value: f32| Raster::from_fn(width, height, |_, _| [value; 3]);
        let busy = Raster::from_fn(width, height, |x, y| [(x % 2) as f32, (y % 2) as f32, 0.3]);
        let pictures = [
            flat(0.0),
            flat(0.18),
            flat(1.0),
            flat(9.0),
            flat(-0.2),
            busy,
        ];
        for source in &pictures {
            for edited in &pictures {
                all_finite(source, edited, None);
            }
        }
    }
}

#[test]
fn an_edit_of_another_size_measures_finite() {
    let source = Raster::from_fn(9, 7, |x, y| [x as f32 / 9.0, y as f32 / 7.0, 0.2]);
    for (width, height) in [(0, 0), (1, 1), (20, 3)] {
        all_finite(
            &source,
            &Raster::from_fn(width, height, |_, _| [0.4; 3]),
            None,
        );
    }
}

#[test]
fn an_empty_region_is_the_whole_photo() {
    let source = Reference::new(&scene());
    let empty = Mask::uniform(WIDTH, HEIGHT, 0.0);
    for info in QUANTITIES {
        let whole = source.before(info.quantity, None, Some(20.0));
        assert_eq!(
            whole,
            source.before(info.quantity, Some(&empty), Some(20.0)),
            "{}",
            info.id
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_picture_and_region_measure_finite(
        values in prop::collection::vec(-0.5f32..3.0, 3 * 40 * 2),
        weights in prop::collection::vec(0.0f32..1.0, 40),
    ) {
        let at = |base: usize| Raster::from_fn(8, 5, |x, y| std::array::from_fn(|c| values[base + (y * 8 + x) * 3 + c]));
        let region = Mask { width: 8, height: 5, values: weights.iter().map(|w| (w - 0.7).max(0.0)).collect() };
        all_finite(&at(0), &at(120), Some(&region));
    }
}

fn lit(change: impl Fn(f32) -> f32) -> Lab {
    let mut raster = scene();
    for plane in &mut raster.planes {
        plane.iter_mut().for_each(|value| *value = change(*value));
    }
    Lab::of(&raster)
}

#[test]
fn light_and_contrast_alone_are_neither_sharpness_nor_vignette_nor_glow() {
    let source = Reference::new(&scene());
    let mut flat = Lab::of(&scene());
    flat.l
        .iter_mut()
        .for_each(|l| *l = 50.0 + 0.6 * (*l - 50.0));
    for edited in [lit(|v| v * 0.5), lit(|v| v * 1.2), flat] {
        let sharpness = source.after(Q::Sharpness, &edited, None, None);
        assert!((sharpness - 1.0).abs() < 0.06, "{sharpness}");
        assert!(source.after(Q::Vignette, &edited, None, None).abs() < 0.5);
        assert!(source.after(Q::Glow, &edited, None, None).abs() < 0.5);
        assert!(source.after(Q::Posterise, &edited, None, None).abs() < 0.15);
    }
}

#[test]
fn a_blur_is_neither_pixelated_nor_painterly_nor_posterised() {
    let source = Reference::new(&scene());
    let mut edited = Lab::of(&scene());
    for plane in [&mut edited.l, &mut edited.a, &mut edited.b] {
        *plane = blur::gaussian(plane, WIDTH, HEIGHT, 5.0);
    }
    assert!(source.after(Q::Blur, &edited, None, None) > 0.6);
    for (quantity, slight) in [
        (Q::Pixelate, 0.2),
        (Q::Painterly, 0.35),
        (Q::Posterise, 0.3),
    ] {
        let value = source.after(quantity, &edited, None, None);
        assert!(value < slight, "{quantity:?} {value}");
    }
}

#[test]
fn an_even_blur_is_no_motion_blur() {
    let mut rng = retake_core::Rng::new(2);
    let dots: Vec<f32> = (0..WIDTH * HEIGHT)
        .map(|_| 50.0 + 90.0 * rng.normal())
        .collect();
    let mut lab = Lab::of(&scene());
    lab.l = blur::gaussian(&dots, WIDTH, HEIGHT, 1.2);
    let source = Reference::of(lab.clone());
    lab.l = blur::gaussian(&lab.l, WIDTH, HEIGHT, 2.0);
    let value = source.after(Q::MotionBlur, &lab, None, None);
    assert!(value < 0.15, "{value}");
}

#[test]
fn a_stop_is_a_stop() {
    let source = Reference::new(&scene());
    let measured = source.after(Q::Exposure, &lit(|v| v * 0.5), None, None);
    assert!((measured + 1.0).abs() < 0.01, "{measured}");
}

#[test]
fn a_hue_beyond_the_turn_is_near_the_asked_one() {
    let source = Reference::new(&scene());
    let mut edited = Lab::of(&scene());
    for i in 0..edited.len() {
        (edited.a[i], edited.b[i]) = (20.0, 2.0);
    }
    let hue = source.after(Q::Hue, &edited, None, Some(350.0));
    assert!((hue - 365.7).abs() < 0.5, "{hue}");
}

#[test]
fn a_painting_is_painterly_below_a_clear_sky_too() {
    let mut rng = retake_core::Rng::new(9);
    let mut lab = Lab::of(&scene());
    let sky = WIDTH * HEIGHT * 7 / 10;
    for (i, l) in lab.l.iter_mut().enumerate() {
        let x = i % WIDTH;
        *l = match i {
            _ if i < sky => 60.0 + 20.0 * i as f32 / sky as f32,
            _ => 30.0 + 25.0 * (x / 6 % 2) as f32 + 4.0 * rng.normal(),
        };
    }
    let source = Reference::of(lab.clone());
    // even strokes with the source's edges
    for (i, l) in lab.l.iter_mut().enumerate().skip(sky) {
        let (x, y) = (i % WIDTH, i / WIDTH);
        *l = 30.0 + 25.0 * (x / 6 % 2) as f32 + 0.1 * (y % 40) as f32;
    }
    let value = source.after(Q::Painterly, &lab, None, None);
    assert!(value > 0.5, "{value}");
}
