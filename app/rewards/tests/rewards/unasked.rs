//! What nobody asked for: crops, turns, mirrors, patches, vignettes, negatives and extras are found, said in the right
//! words, and cost more the worse they are.

use retake_core::{Degree, Dimension, Quantity, Raster, Rect};
use retake_pixels::resize;

use crate::asking::*;
use crate::degrade::*;
use crate::pictures::picture;

const DETAIL: &str = Dimension::DETAIL_PRESERVING;
const FOLLOWING: &str = Dimension::INSTRUCTION_FOLLOWING;
const PHOTOS: [&str; 3] = ["astronaut", "brushes", "mountain path"];

/// Detail preserving falls from level to level, ends below `last`, and the worst level says `words`.
fn falls(levels: &[f32], last: f32, words: &str, fault: impl Fn(&Raster, f32) -> Raster) {
    for name in PHOTOS {
        let source = picture(name);
        let edits: Vec<Raster> = levels.iter().map(|&level| fault(source, level)).collect();
        let cards = cards(source, &edits, &instruction(&[]));
        let values: Vec<f32> = cards.iter().map(detail).collect();
        let said = said(&cards[levels.len() - 1], DETAIL);
        assert!(
            values.windows(2).all(|pair| pair[1] <= pair[0] + 1e-4),
            "{name}: {values:?}\n{said}"
        );
        assert!(
            values[0] > values[levels.len() - 1] + 0.05,
            "{name}: {values:?}"
        );
        assert!(
            values[levels.len() - 1] < last,
            "{name}: {values:?}\n{said}"
        );
        assert!(said.contains(words), "{name}: {said}");
    }
}

fn cropped(source: &Raster, share: f32) -> Raster {
    let (dx, dy) = (
        (source.width as f32 * share / 2.0) as usize,
        (source.height as f32 * share / 2.0) as usize,
    );
    let window = source.crop(Rect {
        x0: dx,
        y0: dy,
        x1: source.width - dx,
        y1: source.height - dy,
    });
    resize::raster(&window, source.width, source.height)
}

fn patched(source: &Raster, share: f32) -> Raster {
    let side = ((source.len() as f32 * share).sqrt()) as usize;
    let (x0, y0) = (source.width / 4, source.height / 4);
    Raster::from_fn(source.width, source.height, |x, y| {
        if (x0..x0 + side).contains(&x) && (y0..y0 + side).contains(&y) {
            [0.18; 3]
        } else {
            source.at(x, y)
        }
    })
}

fn vignetted(source: &Raster, strength: f32) -> Raster {
    let (cx, cy) = (source.width as f32 / 2.0, source.height as f32 / 2.0);
    Raster::from_fn(source.width, source.height, |x, y| {
        let r = ((x as f32 - cx) / cx).hypot((y as f32 - cy) / cy) / std::f32::consts::SQRT_2;
        source.at(x, y).map(|v| v * (1.0 - strength * r.powf(2.5)))
    })
}

fn corner(source: &Raster, share: f32, other: &Raster) -> Raster {
    let side = ((source.len() as f32 * share).sqrt()) as usize;
    Raster::from_fn(source.width, source.height, |x, y| {
        if x < side && y < side {
            other.at(x, y)
        } else {
            source.at(x, y)
        }
    })
}

#[test]
fn a_tighter_crop_is_worse_and_said_to_be_one() {
    falls(&[0.0, 0.1, 0.2, 0.4], 0.5, "cut off", cropped);
}

#[test]
fn a_crop_to_another_shape_that_nobody_asked_for_costs() {
    let source = picture("mountain path");
    let side = source.height;
    let square = warm(
        &source.crop(Rect {
            x0: 20,
            y0: 0,
            x1: 20 + side,
            y1: side,
        }),
        0.26,
    );
    let asked = instruction(&[raise(Quantity::Warmth, Degree::Moderate)]);
    let cards = cards(source, &[warm(source, 0.26), square], &asked);
    assert!(
        detail(&cards[1]) < detail(&cards[0]) - 0.3,
        "{}",
        said(&cards[1], DETAIL)
    );
}

#[test]
fn a_mirror_is_named() {
    for name in PHOTOS {
        let source = picture(name);
        let card = &cards(source, &[mirrored(source)], &instruction(&[]))[0];
        assert!(
            detail(card) < 0.6 && said(card, DETAIL).contains("mirrored"),
            "{name}: {}",
            said(card, DETAIL)
        );
    }
}

#[test]
fn a_larger_patch_is_worse() {
    falls(&[0.0, 0.02, 0.06, 0.15, 0.3], 0.45, "Structure", patched);
}

#[test]
fn a_stronger_vignette_is_worse_and_called_uneven() {
    falls(&[0.0, 0.6, 0.8, 1.0], 0.97, "Uneven", vignetted);
}

#[test]
fn a_negative_and_an_empty_sheet_keep_nothing() {
    for name in PHOTOS {
        let source = picture(name);
        let flat = |value| Raster::from_fn(source.width, source.height, |_, _| [value; 3]);
        let negative = in_srgb(source, |rgb| rgb.map(|v| 1.0 - v));
        for (i, card) in cards(
            source,
            &[negative, flat(0.0), flat(1.0), flat(0.2)],
            &instruction(&[]),
        )
        .iter()
        .enumerate()
        {
            assert!(detail(card) < 0.1, "{name}, {i}: {}", said(card, DETAIL));
        }
    }
}

#[test]
fn a_painted_corner_does_not_move_a_mean() {
    for name in ["astronaut", "mountain path"] {
        let source = picture(name);
        let white = Raster::from_fn(source.width, source.height, |_, _| [1.0; 3]);
        let tricks = [
            (
                Quantity::Lightness,
                gamma(source, 0.78),
                corner(source, 0.12, &white),
            ),
            (
                Quantity::Warmth,
                warm(source, 0.26),
                corner(source, 0.12, &warm(source, 2.2)),
            ),
            (
                Quantity::Saturation,
                saturate(source, 1.25),
                corner(source, 0.12, &saturate(source, 3.5)),
            ),
        ];
        for (quantity, honest, trick) in tricks {
            let cards = cards(
                source,
                &[honest, trick],
                &instruction(&[raise(quantity, Degree::Moderate)]),
            );
            let [honest, trick] = [0, 1].map(|i| overall(&cards[i]));
            assert!(
                trick < 0.7 * honest,
                "{name} {}: {trick} {honest}",
                quantity.id()
            );
        }
    }
}

#[test]
fn strewn_noise_is_no_sharpness() {
    for name in PHOTOS {
        let source = picture(name);
        let asked = instruction(&[raise(Quantity::Sharpness, Degree::Moderate)]);
        let cards = cards(
            source,
            &[
                sharpen(source, 0.6, 1.0),
                noise(source, 6.0),
                noise(source, 10.0),
            ],
            &asked,
        );
        let honest = overall(&cards[0]);
        assert!(
            cards[1..].iter().all(|card| overall(card) < 0.5 * honest),
            "{name}: {}",
            said(&cards[2], FOLLOWING)
        );
    }
}

#[test]
fn one_black_corner_is_no_vignette() {
    let source = picture("mountain path");
    let black = Raster::from_fn(source.width, source.height, |_, _| [0.0; 3]);
    let asked = instruction(&[raise(Quantity::Vignette, Degree::Moderate)]);
    let cards = cards(
        source,
        &[vignetted(source, 0.6), corner(source, 0.06, &black)],
        &asked,
    );
    assert!(
        overall(&cards[1]) < 0.5 * overall(&cards[0]),
        "{}",
        said(&cards[1], FOLLOWING)
    );
}

#[test]
fn a_wash_never_earns_more_than_a_light_of_the_same_warmth() {
    let asked = instruction(&[raise(Quantity::Warmth, Degree::Moderate)]);
    let mean = |raster: &Raster| {
        retake_pixels::lab::Lab::of(raster).b.iter().sum::<f32>() / raster.len() as f32
    };
    let mut lost = 0.0f32;
    for name in ["made-up scene", "astronaut", "brushes", "mountain path"] {
        let source = picture(name);
        let light = warm(source, 0.26);
        let wash = yellow_wash(source, mean(&light) - mean(source));
        let cards = cards(source, &[light, wash], &asked);
        let [light, wash] = [0, 1].map(|i| overall(&cards[i]));
        assert!(wash < light + 0.01, "{name}: {wash} {light}");
        lost = lost.max(light - wash);
    }
    assert!(lost > 0.03, "{lost}");
}

#[test]
fn more_than_was_asked_costs() {
    for name in PHOTOS {
        let source = picture(name);
        let asked = instruction(&[raise(Quantity::Warmth, Degree::Moderate)]);
        let right = warm(source, 0.26);
        let extra = contrast(&right, 1.9);
        let cards = cards(source, &[right, extra], &asked);
        assert!(
            following(&cards[1]) < following(&cards[0]) - 0.04,
            "{name}: {}",
            said(&cards[1], FOLLOWING)
        );
        assert!(said(&cards[1], FOLLOWING).contains("more than was asked"));
        assert!(!said(&cards[0], FOLLOWING).contains("more than was asked"));
    }
}

#[test]
fn copies_of_another_precision_or_size_cost_next_to_nothing() {
    for name in PHOTOS {
        let source = picture(name);
        let coded = in_srgb(source, |rgb| rgb.map(|v| (v * 255.0).round() / 255.0));
        let large = resize::raster(source, source.width * 2, source.height * 2);
        for card in cards(source, &[source.clone(), coded, large], &instruction(&[])) {
            assert!(
                detail(&card) > 0.93 && quality(&card) > 0.9,
                "{name}: {}",
                said(&card, DETAIL)
            );
        }
        assert!(
            detail(&cards(source, std::slice::from_ref(source), &instruction(&[]))[0]) > 0.999_9
        );
    }
}
