//! Five levels of a worsening fault, on two pictures at least, are scored in strict order.

use retake_core::{Degree, Dimension, Instruction, Quantity, Raster, Region, RegionKind};

use crate::asking::*;
use crate::degrade::*;
use crate::pictures::picture;

/// The first picture of a ladder is the source itself.
fn climb(
    name: &str,
    instruction: &Instruction,
    dimension: &str,
    levels: [f32; 5],
    fault: impl Fn(&Raster, f32) -> Raster,
) {
    let source = picture(name);
    let edits: Vec<Raster> = std::iter::once(source.clone())
        .chain(levels.iter().map(|&level| fault(source, level)))
        .collect();
    let cards = cards(source, &edits, instruction);
    let values: Vec<f32> = cards.iter().map(|card| of(card, dimension).value).collect();
    assert!(
        values.windows(2).all(|pair| pair[1] < pair[0]),
        "{name}, {dimension}: {values:?}\n{}",
        cards
            .iter()
            .map(|card| said(card, dimension))
            .collect::<Vec<_>>()
            .join("\n--\n")
    );
}

const PHOTOS: [&str; 3] = ["astronaut", "brushes", "mountain path"];

fn on_photos(dimension: &str, levels: [f32; 5], fault: impl Fn(&Raster, f32) -> Raster) {
    for name in PHOTOS {
        climb(name, &instruction(&[]), dimension, levels, &fault);
    }
}

fn on_scene(dimension: &str, levels: [f32; 5], fault: impl Fn(&Raster, f32) -> Raster) {
    climb("made-up scene", &instruction(&[]), dimension, levels, fault);
}

const DETAIL: &str = Dimension::DETAIL_PRESERVING;
const QUALITY: &str = Dimension::GENERATION_QUALITY;
const FOLLOWING: &str = Dimension::INSTRUCTION_FOLLOWING;

#[test]
fn more_blur_loses_more_detail() {
    on_photos(DETAIL, [0.7, 1.0, 1.6, 2.6, 4.0], blur);
    on_scene(DETAIL, [0.7, 1.0, 1.6, 2.6, 4.0], blur);
}

#[test]
fn more_blur_is_a_worse_picture() {
    on_photos(QUALITY, [0.5, 0.7, 1.0, 1.6, 2.6], blur);
    on_scene(QUALITY, [0.5, 0.7, 1.0, 1.6, 2.6], blur);
}

#[test]
fn more_noise_is_a_worse_picture() {
    on_photos(QUALITY, [1.0, 2.0, 4.0, 8.0, 14.0], noise);
    on_scene(QUALITY, [1.0, 2.0, 4.0, 8.0, 14.0], noise);
}

#[test]
fn more_noise_hides_more_detail() {
    on_photos(DETAIL, [1.0, 2.0, 4.0, 8.0, 14.0], noise);
    on_scene(DETAIL, [1.0, 2.0, 4.0, 8.0, 14.0], noise);
}

#[test]
fn stronger_halos_are_worse() {
    let sharpened = |source: &Raster, amount| sharpen(source, amount, 1.2);
    on_photos(QUALITY, [0.8, 1.4, 2.2, 3.2, 5.0], sharpened);
    on_scene(QUALITY, [0.8, 1.4, 2.2, 3.2, 5.0], sharpened);
}

#[test]
fn more_forced_colours_are_worse() {
    on_photos(QUALITY, [1.5, 1.75, 2.1, 2.6, 3.5], saturate);
}

#[test]
fn more_clipping_is_worse_and_loses_more_detail() {
    on_photos(QUALITY, [0.5, 0.8, 1.2, 1.7, 2.3], exposure);
    on_photos(DETAIL, [0.5, 0.8, 1.2, 1.7, 2.3], exposure);
}

#[test]
fn darker_than_dark_is_worse() {
    on_photos(QUALITY, [-2.4, -2.8, -3.3, -4.0, -5.0], exposure);
}

#[test]
fn a_flatter_grey_is_worse() {
    let washed = |source: &Raster, share: f32| {
        in_lab(source, |[l, a, b]| {
            [62.0 + (l - 62.0) * (1.0 - share), a, b]
        })
    };
    on_photos(QUALITY, [0.6, 0.68, 0.76, 0.84, 0.92], washed);
}

#[test]
fn a_stronger_cast_on_greys_is_worse() {
    on_photos(QUALITY, [6.0, 9.0, 13.0, 18.0, 25.0], yellow_wash);
    on_scene(QUALITY, [5.0, 8.0, 12.0, 17.0, 24.0], yellow_wash);
}

#[test]
fn greener_skin_is_worse() {
    let greener = |source: &Raster, shift: f32| in_lab(source, |[l, a, b]| [l, a - shift, b]);
    climb(
        "astronaut",
        &instruction(&[]),
        QUALITY,
        [8.0, 14.0, 20.0, 27.0, 35.0],
        greener,
    );
}

#[test]
fn fewer_tones_are_worse() {
    on_scene(QUALITY, [24.0, 16.0, 11.0, 8.0, 5.0], posterise);
    on_photos(QUALITY, [24.0, 16.0, 11.0, 8.0, 5.0], posterise);
}

#[test]
fn harder_blocks_are_worse() {
    on_photos(QUALITY, [0.12, 0.25, 0.4, 0.6, 0.85], blocks);
    on_scene(QUALITY, [0.12, 0.25, 0.4, 0.6, 0.85], blocks);
}

#[test]
fn a_larger_move_is_worse() {
    on_photos(DETAIL, [1.0, 2.0, 3.0, 5.0, 8.0], |source, px| {
        shifted(source, px as usize)
    });
    on_scene(DETAIL, [1.0, 2.0, 3.0, 5.0, 8.0], |source, px| {
        shifted(source, px as usize)
    });
}

#[test]
fn more_lost_colour_is_worse() {
    on_photos(DETAIL, [0.45, 0.35, 0.25, 0.15, 0.0], |source, share| {
        saturate(source, share)
    });
}

#[test]
fn more_change_outside_the_asked_region_is_worse() {
    let mut asked = raise(Quantity::Lightness, Degree::Moderate);
    asked.region = Region::of(RegionKind::TopHalf);
    let spilled = |source: &Raster, spill: f32| {
        let half = source.height / 2;
        let lighter = gamma(source, 0.7);
        let spilt = gamma(source, 1.0 - 0.3 * spill);
        Raster::from_fn(source.width, source.height, |x, y| {
            if y < half {
                lighter.at(x, y)
            } else {
                spilt.at(x, y)
            }
        })
    };
    for name in ["astronaut", "mountain path"] {
        climb(
            name,
            &instruction(std::slice::from_ref(&asked)),
            DETAIL,
            [0.3, 0.5, 0.8, 1.2, 1.8],
            spilled,
        );
    }
}

#[test]
fn the_further_beyond_the_asked_the_less_is_followed() {
    let asked = instruction(&[raise(Quantity::Warmth, Degree::Moderate)]);
    for name in ["made-up scene", "astronaut", "mountain path"] {
        let source = picture(name);
        // the first is right, the others add ever more
        let shifts = [6.5, 13.0, 17.0, 22.0, 28.0];
        let edits: Vec<Raster> = shifts.iter().map(|&b| yellow_wash(source, b)).collect();
        let values: Vec<f32> = cards(source, &edits, &asked)
            .iter()
            .map(following)
            .collect();
        assert!(
            values.windows(2).all(|pair| pair[1] < pair[0]),
            "{name}: {values:?}"
        );
        assert!(values[0] > 0.9);
    }
}

#[test]
fn the_less_is_done_the_less_is_followed() {
    let asked = instruction(&[raise(Quantity::Lightness, Degree::Moderate)]);
    for name in ["made-up scene", "astronaut", "mountain path"] {
        let source = picture(name);
        let edits: Vec<Raster> = [4.5, 3.2, 2.2, 1.2, 0.0]
            .iter()
            .map(|&rise| in_lab(source, |[l, a, b]| [(l + rise).min(100.0), a, b]))
            .collect();
        let scored = cards(source, &edits, &asked);
        let values: Vec<f32> = scored
            .iter()
            .map(|card| of(card, FOLLOWING).value)
            .collect();
        assert!(
            values.windows(2).all(|pair| pair[1] < pair[0]),
            "{name}: {values:?}"
        );
        assert!(values[4] <= 0.05);
    }
}
