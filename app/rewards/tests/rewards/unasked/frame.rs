//! Another frame or grid: crops, mirrors, turns, moves, and copies that are none of these.

use super::*;

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
fn the_asked_brightness_does_not_pay_for_a_mirror_or_a_turn() {
    for name in PHOTOS {
        let source = picture(name);
        let right = gamma(source, 0.78);
        let wrongs = [
            mirrored(&right),
            upside_down(&right),
            mirrored(&upside_down(&right)),
            quarter_turn(&right),
            quarter_turn(&upside_down(&right)),
        ];
        let asked = instruction(&[raise(Quantity::Lightness, Degree::Moderate)]);
        let right = overall(&cards(source, &[right], &asked)[0]);
        for (i, card) in cards(source, &wrongs, &asked).iter().enumerate() {
            assert!(
                overall(card) < 0.45 && overall(card) < 0.5 * right,
                "{name}, {i}: {} of {right}\n{}",
                overall(card),
                said(card, FOLLOWING)
            );
            assert!(said(card, FOLLOWING).contains("more than was asked"));
        }
    }
}

#[test]
fn a_mirror_or_a_turn_that_was_asked_costs_nothing() {
    use retake_core::{Amount, Change};
    for name in PHOTOS {
        let source = picture(name);
        let right = gamma(source, 0.78);
        let with = |quantity, amount| {
            instruction(&[
                raise(Quantity::Lightness, Degree::Moderate),
                goal(quantity, Change::Set, amount),
            ])
        };
        let none = Amount::Degree(Degree::Moderate);
        for (asked, edit) in [
            (with(Quantity::FlipHorizontal, none), mirrored(&right)),
            (with(Quantity::FlipVertical, none), upside_down(&right)),
            (
                with(Quantity::Rotation, Amount::Units(90.0)),
                quarter_turn(&right),
            ),
            (
                with(Quantity::Rotation, Amount::Units(180.0)),
                mirrored(&upside_down(&right)),
            ),
        ] {
            let card = &cards(source, &[edit], &asked)[0];
            assert!(
                following(card) > 0.85 && detail(card) > 0.85,
                "{name}: {}\n{}",
                said(card, FOLLOWING),
                said(card, DETAIL)
            );
        }
    }
}

#[test]
fn a_move_of_eight_pixels_clearly_loses() {
    for name in PHOTOS {
        let source = picture(name);
        let right = gamma(source, 0.78);
        let asked = instruction(&[raise(Quantity::Lightness, Degree::Moderate)]);
        let cards = cards(source, &[right.clone(), shifted(&right, 8)], &asked);
        assert!(
            overall(&cards[1]) < overall(&cards[0]) - 0.1,
            "{name}: {} {}",
            overall(&cards[0]),
            overall(&cards[1])
        );
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
