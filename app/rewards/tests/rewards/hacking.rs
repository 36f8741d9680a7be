//! Tricks that are known to please rewards must not please these.

use retake_core::{Degree, Goal, Quantity, Raster};

use crate::asking::*;
use crate::degrade::*;
use crate::pictures::{PICTURES, picture};

fn asked() -> Vec<(&'static str, Goal, Raster)> {
    let source = picture("mountain path");
    vec![
        (
            "warmer",
            raise(Quantity::Warmth, Degree::Moderate),
            warm(source, 0.28),
        ),
        (
            "less saturated",
            lower(Quantity::Saturation, Degree::Moderate),
            saturate(source, 0.78),
        ),
        (
            "less contrast",
            lower(Quantity::Contrast, Degree::Moderate),
            contrast(source, 0.78),
        ),
    ]
}

fn never_helps(trick: impl Fn(&Raster) -> Raster) {
    let source = picture("mountain path");
    for (name, goal, right) in asked() {
        let tricked = trick(&right);
        let cards = cards(source, &[right, tricked], &instruction(&[goal]));
        let [right, tricked] = [0, 1].map(|i| overall(&cards[i]));
        assert!(tricked < right - 0.005, "{name}: {right} {tricked}");
        assert!(quality(&cards[1]) < quality(&cards[0]) || detail(&cards[1]) < detail(&cards[0]));
    }
}

#[test]
fn a_copy_of_the_source_never_wins() {
    let source = picture("mountain path");
    for (name, goal, right) in asked() {
        let cards = cards(source, &[right, source.clone()], &instruction(&[goal]));
        assert!(overall(&cards[1]) < 0.1 * overall(&cards[0]), "{name}");
    }
}

#[test]
fn sharpening_on_top_does_not_help() {
    never_helps(|edit| sharpen(edit, 2.0, 1.0));
}

#[test]
fn saturating_on_top_does_not_help() {
    never_helps(|edit| saturate(edit, 1.9));
}

#[test]
fn a_border_does_not_help() {
    never_helps(|edit| framed(edit, 10));
}

#[test]
fn lettering_does_not_help() {
    never_helps(lettered);
}

#[test]
fn another_picture_in_place_of_the_edit_keeps_nothing() {
    for (name, source) in PICTURES.iter() {
        let (other, picture) = PICTURES
            .iter()
            .find(|(other, _)| other != name)
            .expect("there are several");
        let swapped = retake_pixels::resize::raster(picture, source.width, source.height);
        let card = &cards(source, &[swapped], &instruction(&[]))[0];
        assert!(detail(card) < 0.1, "{other} for {name}: {}", detail(card));
    }
}

#[test]
fn the_source_is_looked_at() {
    let (first, second) = (picture("mountain path"), picture("brushes"));
    let edit = warm(first, 0.28);
    let asked = instruction(&[raise(Quantity::Warmth, Degree::Moderate)]);
    let right = overall(&cards(first, std::slice::from_ref(&edit), &asked)[0]);
    let swapped = overall(
        &cards(
            &retake_pixels::resize::raster(second, edit.width, edit.height),
            &[edit],
            &asked,
        )[0],
    );
    assert!(swapped < 0.5 * right, "{swapped} {right}");
}

#[test]
fn an_asked_blur_is_no_licence_for_another_picture() {
    let source = picture("mountain path");
    let asked = instruction(&[raise(Quantity::Blur, Degree::Extreme)]);
    let other = retake_pixels::resize::raster(picture("brushes"), source.width, source.height);
    let cards = cards(source, &[blur(source, 3.0), blur(&other, 3.0)], &asked);
    assert!(
        detail(&cards[1]) < 0.6 * detail(&cards[0]),
        "{} {}",
        detail(&cards[1]),
        detail(&cards[0])
    );
}
