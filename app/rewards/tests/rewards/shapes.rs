//! Edits of another shape: found where they lie, or said to be stretched.

use retake_core::{Amount, Change, Dimension, Goal, Quantity, Raster, Rect};

use crate::asking::*;
use crate::degrade::*;
use crate::pictures::picture;

fn set(quantity: Quantity, value: f32) -> Goal {
    goal(quantity, Change::Set, Amount::Units(value))
}

/// A right edit for a goal scores high in all three; the copy does not follow.
fn right(name: &str, goal: Goal, edit: Raster) {
    let source = picture(name);
    let cards = cards(
        source,
        &[edit, source.clone()],
        &instruction(std::slice::from_ref(&goal)),
    );
    let all = Dimension::CANONICAL.map(|d| said(&cards[0], d)).join("\n");
    let what = goal.quantity.id();
    assert!(
        following(&cards[0]) > 0.85,
        "{what} on {name} {}\n{all}",
        following(&cards[0])
    );
    assert!(
        detail(&cards[0]) > 0.8,
        "{what} on {name} {}\n{all}",
        detail(&cards[0])
    );
    assert!(
        quality(&cards[0]) > 0.8,
        "{what} on {name} {}\n{all}",
        quality(&cards[0])
    );
    assert!(
        following(&cards[1]) < 0.06,
        "{what} on {name}: {}",
        following(&cards[1])
    );
    let map = of(&cards[0], Dimension::DETAIL_PRESERVING).evidence;
    if let Some(map) = map {
        assert_eq!((map.width, map.height), (source.width, source.height));
    }
}

#[test]
fn a_crop_is_found_wherever_it_was_cut() {
    for (name, x0, y0) in [
        ("mountain path", 13, 0),
        ("mountain path", 72, 0),
        ("brushes", 51, 0),
    ] {
        let source = picture(name);
        let side = source.height;
        let edit = source.crop(Rect {
            x0,
            y0,
            x1: x0 + side,
            y1: side,
        });
        right(name, set(Quantity::Aspect, 1.0), edit);
    }
}

#[test]
fn a_mirror_is_found() {
    let plain = |quantity| goal(quantity, Change::Set, Amount::default());
    for name in ["astronaut", "mountain path"] {
        let source = picture(name);
        right(name, plain(Quantity::FlipHorizontal), mirrored(source));
        right(name, plain(Quantity::FlipVertical), upside_down(source));
    }
}

#[test]
fn a_quarter_turn_is_found_and_its_opposite_is_not_it() {
    for name in ["astronaut", "mountain path"] {
        let source = picture(name);
        right(name, set(Quantity::Rotation, 90.0), quarter_turn(source));
        let asked = instruction(&[set(Quantity::Rotation, -90.0)]);
        let card = &cards(source, &[quarter_turn(source)], &asked)[0];
        assert!(following(card) < 0.1, "{}", following(card));
    }
}

#[test]
fn a_small_turn_is_measured() {
    for (name, degrees) in [
        ("mountain path", 3.0),
        ("astronaut", -5.0),
        ("brushes", 7.5),
    ] {
        right(
            name,
            set(Quantity::Straighten, degrees),
            turned(picture(name), degrees),
        );
    }
}

#[test]
fn a_stretch_is_no_crop() {
    let source = picture("mountain path");
    let squeezed = retake_pixels::resize::raster(source, source.height, source.height);
    let card = &cards(
        source,
        &[squeezed],
        &instruction(&[set(Quantity::Aspect, 1.0)]),
    )[0];
    assert!(
        following(card) < 0.4,
        "{}",
        said(card, Dimension::INSTRUCTION_FOLLOWING)
    );
}

#[test]
fn another_size_of_the_same_shape_is_brought_to_the_source_s_and_said() {
    let source = picture("mountain path");
    let large = retake_pixels::resize::raster(source, source.width * 3 / 2, source.height * 3 / 2);
    let card = &cards(source, &[large], &instruction(&[]))[0];
    assert!(
        said(card, Dimension::DETAIL_PRESERVING)
            .contains("432 × 324 px was brought to the source's 288 × 216 px")
    );
    assert!(
        detail(card) > 0.85,
        "{}",
        said(card, Dimension::DETAIL_PRESERVING)
    );
}
