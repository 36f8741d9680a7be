//! Places in the picture: patches, painted corners, strewn noise, and edits that cover only a part.

use super::*;

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
fn a_larger_patch_is_worse() {
    falls(&[0.0, 0.02, 0.06, 0.15, 0.3], 0.45, "Structure", patched);
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

/// All but the upper left quarter.
fn three_quarters_done(source: &Raster, right: &Raster) -> Raster {
    Raster::from_fn(source.width, source.height, |x, y| {
        if x < source.width / 2 && y < source.height / 2 {
            source.at(x, y)
        } else {
            right.at(x, y)
        }
    })
}

/// The left half as it was, the right half done.
fn half_done(source: &Raster, right: &Raster) -> Raster {
    Raster::from_fn(source.width, source.height, |x, y| {
        if x < source.width / 2 {
            source.at(x, y)
        } else {
            right.at(x, y)
        }
    })
}

#[test]
fn half_a_picture_done_is_not_done() {
    for name in PHOTOS {
        let source = picture(name);
        for (asked, right) in [
            (
                raise(Quantity::Lightness, Degree::Moderate),
                gamma(source, 0.75),
            ),
            (raise(Quantity::Warmth, Degree::Moderate), warm(source, 0.3)),
            (
                lower(Quantity::Saturation, Degree::Moderate),
                saturate(source, 0.7),
            ),
            (
                raise(Quantity::Saturation, Degree::Moderate),
                saturate(source, 1.35),
            ),
            (
                raise(Quantity::Sharpness, Degree::Moderate),
                sharpen(source, 1.2, 1.0),
            ),
        ] {
            let what = asked.quantity.id();
            if (name, what) == ("brushes", "sharpness") {
                // nearly all of its detail lies in one half
                continue;
            }
            let parts = [
                half_done(source, &right),
                three_quarters_done(source, &right),
            ];
            let [half, most] = parts;
            let cards = cards(source, &[right, half, most], &instruction(&[asked]));
            let [right, half, most] = [0, 1, 2].map(|i| overall(&cards[i]));
            assert!(
                half < right - 0.1 && most < right - 0.05,
                "{name}, {what}: {right} {half} {most}\n{}",
                said(&cards[2], FOLLOWING)
            );
            assert!(
                !said(&cards[0], FOLLOWING).contains("left as they were"),
                "{name}, {what}"
            );
        }
    }
}
