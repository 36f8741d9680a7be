//! Light and colour over all of the picture: vignettes, negatives, washes, turned hues, too much of what was asked.

use super::*;

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
fn a_brown_photo_left_alone_is_no_sepia_print() {
    use retake_core::{Amount, Change};
    let asked = instruction(&[goal(
        Quantity::Toning,
        Change::Set,
        Amount::Hue(72.0, Degree::Moderate),
    )]);
    for name in PHOTOS {
        for own in [0.12, 0.2, 0.3, 0.45] {
            let source = in_lab(picture(name), |[l, a, b]| {
                [l, 5.0 + own * a, 15.0 + own * b]
            });
            let print = in_lab(&source, |[l, _, _]| [l, 5.0, 15.0]);
            let cards = cards(&source, &[print.clone(), source.clone()], &asked);
            assert!(
                overall(&cards[1]) < overall(&cards[0]) - 0.2,
                "{name}, {own}: {} {}\n{}",
                overall(&cards[0]),
                overall(&cards[1]),
                said(&cards[1], FOLLOWING)
            );
            let again = &self::cards(&print, std::slice::from_ref(&print), &asked)[0];
            assert!(following(again) > 0.95, "{}", said(again, FOLLOWING));
        }
    }
}

#[test]
fn a_grey_photo_is_black_and_white_without_any_change() {
    use retake_core::{Amount, Change};
    let asked = instruction(&[goal(
        Quantity::Monochrome,
        Change::Set,
        Amount::Degree(Degree::Moderate),
    )]);
    for name in PHOTOS {
        let grey = in_lab(picture(name), |[l, _, _]| [l, 0.0, 0.0]);
        let card = &cards(&grey, std::slice::from_ref(&grey), &asked)[0];
        assert!(following(card) > 0.9, "{name}: {}", said(card, FOLLOWING));
    }
}

#[test]
fn turned_hues_that_nobody_asked_for_cost() {
    let turned = |source: &Raster, degrees: f32| {
        let (sin, cos) = degrees.to_radians().sin_cos();
        in_lab(source, |[l, a, b]| {
            [l, a * cos - b * sin, a * sin + b * cos]
        })
    };
    for name in PHOTOS {
        let source = picture(name);
        for (asked, right) in [
            (
                raise(Quantity::Lightness, Degree::Moderate),
                gamma(source, 0.78),
            ),
            (
                raise(Quantity::Contrast, Degree::Moderate),
                contrast(source, 1.2),
            ),
            (
                raise(Quantity::Warmth, Degree::Moderate),
                warm(source, 0.26),
            ),
        ] {
            let what = asked.quantity.id();
            let edits = [turned(&right, 35.0), turned(&right, -35.0), right];
            let cards = cards(source, &edits, &instruction(&[asked]));
            let right = overall(&cards[2]);
            assert!(
                cards[..2].iter().all(|card| overall(card) < right - 0.06),
                "{name}, {what}: {right} {} {}\n{}",
                overall(&cards[0]),
                overall(&cards[1]),
                said(&cards[0], FOLLOWING)
            );
            assert!(
                !said(&cards[2], FOLLOWING).contains("hues turned"),
                "{name}, {what}"
            );
        }
    }
}

#[test]
fn a_sepia_print_in_paint_is_too_much() {
    use retake_core::{Amount, Change};
    let asked = instruction(&[goal(
        Quantity::Toning,
        Change::Set,
        Amount::Hue(72.0, Degree::Moderate),
    )]);
    for name in PHOTOS {
        let source = picture(name);
        let print = |chroma: f32| in_lab(source, |[l, _, _]| [l, 0.31 * chroma, 0.95 * chroma]);
        let cards = cards(source, &[print(18.0), print(80.0)], &asked);
        assert!(
            following(&cards[1]) < following(&cards[0]) - 0.2,
            "{name}: {}",
            said(&cards[1], FOLLOWING)
        );
    }
}

#[test]
fn a_vignette_on_top_of_what_was_asked_costs() {
    use retake_core::{Amount, Change};
    for name in PHOTOS {
        let source = picture(name);
        let grey = in_lab(source, |[l, _, _]| [l, 0.0, 0.0]);
        let black_and_white = goal(
            Quantity::Monochrome,
            Change::Set,
            Amount::Degree(Degree::Moderate),
        );
        let brighter = raise(Quantity::Lightness, Degree::Moderate);
        for (asked, right) in [(black_and_white, grey), (brighter, gamma(source, 0.78))] {
            let dark = vignetted(&right, 0.9);
            let cards = cards(source, &[right, dark], &instruction(&[asked]));
            assert!(
                overall(&cards[1]) < overall(&cards[0]) - 0.05,
                "{name}: {} {}\n{}",
                overall(&cards[0]),
                overall(&cards[1]),
                said(&cards[1], FOLLOWING)
            );
            assert!(!said(&cards[0], FOLLOWING).contains("in places"));
        }
    }
}
