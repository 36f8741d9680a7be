//! What is measured of an edit, beside what was put in.

use super::super::{cast, registration};
use super::*;

/// Seen as the measurements see it.
fn seen(raster: &Raster) -> Codes {
    Codes::seen(raster)
}

/// Error of shift (px of 512) and of scale.
fn error(
    name: &str,
    shift: (f32, f32),
    scale: f32,
    change: impl Fn(&Raster) -> Raster,
) -> (f32, f32) {
    let full = raster(&codes(name));
    let photo = Photo::from_raster(full.clone(), PhotoId([3; 32]));
    let source = small(&photo);
    let edit = drifted(&full, (source.width, source.height), shift, scale);
    let drift = registration::measured(&seen(&source), &seen(&lossy(&change(&edit))));
    let off = (drift.shift_px.0 - shift.0).hypot(drift.shift_px.1 - shift.1);
    (off, (drift.scale - scale).abs())
}

#[test]
fn shift_and_scale_are_found_to_a_thirtieth_of_a_pixel() {
    for (name, shift, scale) in [
        ("mountain-path.jpg", (0.3, 2.7), 1.0),
        ("brushes.jpg", (-0.3, 0.3), 1.0),
        ("astronaut.png", (2.7, -0.3), 0.99),
        ("forest-stream.jpg", (-6.5, 4.2), 1.01),
        ("mountain-path.jpg", (0.0, 0.0), 1.01),
    ] {
        let (off, grown) = error(name, shift, scale, Clone::clone);
        assert!(off < 0.03 && grown < 1e-4, "{name}: {off} px, {grown}");
    }
}

#[test]
fn shift_and_scale_are_found_beside_new_content_and_new_colours() {
    let grey = |p: &Raster| recoloured(p, |[r, g, b]| [0.3 * r + 0.6 * g + 0.1 * b; 3]);
    for name in ["mountain-path.jpg", "brushes.jpg"] {
        let (off, grown) = error(name, (2.7, 0.3), 1.01, |p| {
            ball(&grey(p), (0.45, 0.4), 0.25)
        });
        assert!(off < 0.05 && grown < 2e-4, "{name}: {off} px, {grown}");
    }
}

#[test]
fn what_has_not_moved_is_not_moved() {
    for name in [
        "mountain-path.jpg",
        "brushes.jpg",
        "astronaut.png",
        "dandelions.jpg",
    ] {
        let source = small(&photo(&codes(name)));
        for edit in [
            lossy(&source),
            through_autoencoder(&source, 1.2, 0.02),
            lossy(&ball(&source, (0.3, 0.3), 0.15)),
        ] {
            let drift = registration::measured(&seen(&source), &seen(&edit));
            assert_eq!(drift, crate::full::Drift::NONE, "{name}");
        }
    }
}

#[test]
fn another_photo_has_no_drift() {
    let source = small(&photo(&codes("mountain-path.jpg")));
    let other = small(&photo(&codes("brushes.jpg")));
    let other = resize::raster(&other, source.width, source.height);
    let drift = registration::measured(&seen(&source), &seen(&other));
    assert_eq!(drift, crate::full::Drift::NONE);
}

fn found(source: &Raster, edit: &Raster) -> crate::full::Cast {
    let (source, edit) = (seen(source).blurred(1.0), seen(edit).blurred(1.0));
    cast::measured(&source, &edit, &vec![1.0; source.len()])
}

#[test]
fn a_cast_is_found_beside_an_object_that_covers_a_third() {
    let (gain, offset) = ([1.05, 0.97, 0.9], [0.01, -0.01, 0.03]);
    for name in ["mountain-path.jpg", "brushes.jpg", "astronaut.png"] {
        let source = small(&photo(&codes(name)));
        let cast = |[r, g, b]: [f32; 3]| {
            [
                r * gain[0] + offset[0],
                g * gain[1] + offset[1],
                b * gain[2] + offset[2],
            ]
        };
        let edit = lossy(&ball(&recoloured(&source, cast), (0.5, 0.35), 0.3));
        let found = found(&source, &edit);
        for c in 0..3 {
            for value in [0.2, 0.5, 0.8] {
                let off = (found.of(c, value) - (gain[c] * value + offset[c])).abs();
                assert!(off < 0.006, "{name}: {found:?}");
            }
        }
    }
}

#[test]
fn a_picture_as_it_was_has_no_cast() {
    let source = small(&photo(&codes("brushes.jpg")));
    let edit = lossy(&source);
    let found = found(&source, &edit);
    assert_eq!(found, crate::full::Cast::NONE);
}
