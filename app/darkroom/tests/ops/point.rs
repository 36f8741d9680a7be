//! What holds for every point-wise operation, whatever it does.

use crate::common::{colours, examples, points, run, scene};
use proptest::prelude::*;
use retake_darkroom::recipe::Operation;
use retake_pixels::color::{luminance, oklab};

#[test]
fn neutral_leaves_every_colour_as_it_is() {
    for op in points() {
        let before = colours(-0.5, 20.0, 4096);
        let mut after = before.clone();
        run(&Operation::new(op.id), &scene(600, 400), 3, 5, &mut after);
        for (before, after) in before.iter().zip(&after) {
            for (b, a) in before.iter().zip(after) {
                assert!(
                    (a - b).abs() <= 1e-6 * b.abs().max(1.0),
                    "{}: {before:?} became {after:?}",
                    op.id
                );
            }
        }
    }
}

#[test]
fn every_setting_gives_numbers_for_every_colour() {
    for op in points() {
        for operation in examples(op) {
            for mut colours in [
                colours(-0.5, 20.0, 4096),
                colours(0.0, 1.0, 512),
                vec![[0.0; 3], [1e-30; 3], [-0.0; 3]],
            ] {
                let before = colours.clone();
                run(&operation, &scene(600, 400), 3, 5, &mut colours);
                for (before, after) in before.iter().zip(&colours) {
                    assert!(
                        after.iter().all(|v| v.is_finite() && v.abs() < 1e7),
                        "{operation:?}: {before:?} became {after:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn a_span_in_pieces_is_the_span_in_one() {
    for op in points() {
        for operation in examples(op) {
            let scene = scene(600, 400);
            let mut whole = colours(-0.1, 1.5, 97);
            let mut pieces = whole.clone();
            run(&operation, &scene, 200, 77, &mut whole);
            let (left, right) = pieces.split_at_mut(29);
            run(&operation, &scene, 200, 77, left);
            run(&operation, &scene, 229, 77, right);
            assert_eq!(whole, pieces, "{operation:?}");
        }
    }
}

/// Greys from black to four times white come out in order and without jumps.
#[test]
fn tones_stay_in_order_and_together() {
    let sliders = [
        "exposure",
        "contrast",
        "highlights",
        "shadows",
        "whites",
        "blacks",
        "fade",
    ];
    for op in points().filter(|op| sliders.contains(&op.id)) {
        for operation in examples(op) {
            let greys: Vec<[f32; 3]> = (0..=4000)
                .map(|i| [(i as f32 / 1000.0).powi(2) * 0.25; 3])
                .collect();
            let mut after = greys.clone();
            run(&operation, &scene(600, 400), 0, 0, &mut after);
            let coded: Vec<f32> = after
                .iter()
                .map(|c| retake_pixels::color::srgb_encode(c[1]))
                .collect();
            for (i, pair) in coded.windows(2).enumerate() {
                assert!(
                    pair[1] >= pair[0] - 2e-6,
                    "{operation:?} at {:?}: {pair:?}",
                    greys[i]
                );
                assert!(
                    pair[1] - pair[0] < 0.03,
                    "{operation:?} at {:?}: {pair:?}",
                    greys[i]
                );
            }
        }
    }
}

proptest! {
    #[test]
    fn light_sliders_keep_hue(r in 0.0f32..1.0, g in 0.0f32..1.0, b in 0.0f32..1.0, amount in -100.0f32..100.0) {
        for id in ["contrast", "highlights", "shadows", "whites", "blacks"] {
            let mut colour = [[r, g, b]];
            run(&Operation::new(id).with("amount", amount), &scene(60, 40), 0, 0, &mut colour);
            let [_, a0, b0] = oklab([r, g, b]);
            let [_, a1, b1] = oklab(colour[0]);
            let cross = a0 * b1 - a1 * b0;
            prop_assert!(cross.abs() < 1e-5 + 1e-3 * a0.hypot(b0) * a1.hypot(b1), "{id}: {a0} {b0} {a1} {b1}");
        }
    }

    #[test]
    fn colour_sliders_keep_luminance(r in 0.02f32..1.0, g in 0.02f32..1.0, b in 0.02f32..1.0, amount in -100.0f32..60.0) {
        for id in ["saturation", "vibrance"] {
            let mut colour = [[r, g, b]];
            run(&Operation::new(id).with("amount", amount), &scene(60, 40), 0, 0, &mut colour);
            let (before, after) = (luminance([r, g, b]), luminance(colour[0]));
            prop_assert!((after / before - 1.0).abs() < 1e-3, "{id}: {before} {after}");
        }
    }

    #[test]
    fn contrast_is_undone_by_its_opposite(y in 0.001f32..3.0, amount in -100.0f32..100.0) {
        let mut colour = [[y; 3]];
        for amount in [amount, -amount] {
            run(&Operation::new("contrast").with("amount", amount), &scene(60, 40), 0, 0, &mut colour);
        }
        prop_assert!((colour[0][0] / y - 1.0).abs() < 2e-3, "{y} {colour:?}");
    }
}

#[test]
fn contrast_leaves_pivot_black_and_white() {
    let mut colour = [[0.18; 3], [1.0; 3], [0.0; 3]];
    run(
        &Operation::new("contrast").with("amount", 70.0),
        &scene(60, 40),
        0,
        0,
        &mut colour,
    );
    for (after, before) in colour.iter().zip([0.18, 1.0, 0.0]) {
        assert!((after[0] - before).abs() < 1e-5, "{after:?}");
    }
}

#[test]
fn two_stops_are_four_times_the_light() {
    let mut colour = [[0.1, 0.2, -0.05]];
    run(
        &Operation::new("exposure").with("stops", 2.0),
        &scene(60, 40),
        0,
        0,
        &mut colour,
    );
    assert_eq!(colour, [[0.4, 0.8, -0.2]]);
}

#[test]
fn recovered_highlights_are_not_grey() {
    let mut colour = [[1.0; 3], [2.0; 3]];
    run(
        &Operation::new("highlights").with("amount", -100.0),
        &scene(60, 40),
        0,
        0,
        &mut colour,
    );
    let [white, beyond] = colour.map(|c| retake_pixels::color::lstar(c[1]));
    assert!(white > 94.0, "{white}");
    assert!(beyond < 104.0, "{beyond}");
}

#[test]
fn white_balance_keeps_the_luminance_of_grey() {
    for (kelvin, tint) in [
        (2000.0, 0.0),
        (3200.0, -50.0),
        (9000.0, 30.0),
        (25000.0, 150.0),
    ] {
        let mut colour = [[0.4; 3]];
        let operation = Operation::new("white_balance")
            .with("kelvin", kelvin)
            .with("tint", tint);
        run(&operation, &scene(60, 40), 0, 0, &mut colour);
        assert!(
            (luminance(colour[0]) / 0.4 - 1.0).abs() < 1e-5,
            "{kelvin} {tint}: {colour:?}"
        );
    }
}

#[test]
fn black_and_white_has_no_colour() {
    let mut mixed = colours(0.0, 1.5, 1000);
    run(
        &Operation::new("monochrome")
            .with("amount", 1.0)
            .with("red", 0.9),
        &scene(60, 40),
        0,
        0,
        &mut mixed,
    );
    assert!(mixed.iter().all(|c| c[0] == c[1] && c[1] == c[2]));
    let mut drained = colours(0.0, 1.5, 1000);
    run(
        &Operation::new("saturation").with("amount", -100.0),
        &scene(60, 40),
        0,
        0,
        &mut drained,
    );
    assert!(
        drained
            .iter()
            .all(|c| (c[0] - c[1]).abs() < 1e-5 && (c[1] - c[2]).abs() < 1e-5)
    );
}

#[test]
fn a_vignette_darkens_corners_and_not_the_middle() {
    let operation = Operation::new("vignette").with("amount", -60.0);
    let scene = scene(600, 400);
    let at = |x, y| {
        let mut colour = [[0.5; 3]];
        run(&operation, &scene, x, y, &mut colour);
        colour[0][0]
    };
    assert_eq!(at(300, 200), 0.5);
    let corners = [at(0, 0), at(599, 0), at(0, 399), at(599, 399)];
    assert!(
        corners
            .iter()
            .all(|v| (v - corners[0]).abs() < 1e-5 && *v < 0.2),
        "{corners:?}"
    );
}

#[test]
fn vibrance_moves_pale_colours_more_than_strong_ones() {
    let gain = |rgb: [f32; 3]| {
        let mut colour = [rgb];
        run(
            &Operation::new("vibrance").with("amount", 60.0),
            &scene(60, 40),
            0,
            0,
            &mut colour,
        );
        let chroma = |c| {
            let [_, a, b] = oklab(c);
            a.hypot(b)
        };
        chroma(colour[0]) / chroma(rgb)
    };
    let (pale, strong) = (gain([0.28, 0.3, 0.36]), gain([0.02, 0.05, 0.5]));
    assert!(pale > 1.4 && strong < 1.2, "{pale} {strong}");
    let skin = gain([0.5, 0.36, 0.28]);
    assert!(skin < gain([0.28, 0.5, 0.5]), "{skin}");
}

#[test]
fn colour_bands_leave_neutrals() {
    for param in retake_darkroom::ops::by_id("hsl")
        .expect("it is in the table")
        .params
    {
        for y in [0.0, 0.02, 0.18, 1.0, 3.0] {
            let mut colour = [[y; 3]];
            run(
                &Operation::new("hsl").with(param.id, 100.0),
                &scene(60, 40),
                0,
                0,
                &mut colour,
            );
            assert!(
                colour[0].iter().all(|v| (v - y).abs() <= 2e-6 * y.max(1.0)),
                "{}: {colour:?}",
                param.id
            );
        }
    }
}

#[test]
fn the_blue_band_moves_blue_and_not_red() {
    let moved = |rgb: [f32; 3]| {
        let mut colour = [rgb];
        run(
            &Operation::new("hsl")
                .with("blue_luminance", -80.0)
                .with("blue_saturation", -50.0),
            &scene(60, 40),
            0,
            0,
            &mut colour,
        );
        (luminance(colour[0]) / luminance(rgb), colour[0][0] - rgb[0])
    };
    assert!(moved([0.08, 0.15, 0.6]).0 < 0.75);
    assert_eq!(moved([0.6, 0.12, 0.05]), (1.0, 0.0));
}

#[test]
fn a_colour_band_turned_by_its_whole_range_keeps_luminance() {
    let mut colour = [[0.1, 0.4, 0.08]];
    let before = luminance(colour[0]);
    run(
        &Operation::new("hsl").with("green_hue", 100.0),
        &scene(60, 40),
        0,
        0,
        &mut colour,
    );
    assert!((luminance(colour[0]) / before - 1.0).abs() < 1e-3);
    let hue = |[_, a, b]: [f32; 3]| b.atan2(a).to_degrees();
    let turned = hue(oklab(colour[0])) - hue(oklab([0.1, 0.4, 0.08]));
    assert!((15.0..=31.0).contains(&turned), "{turned}");
}

#[test]
fn grading_tints_shadows_without_touching_highlights() {
    let operation = Operation::new("colour_grading")
        .with("shadows_hue", 230.0)
        .with("shadows_strength", 60.0);
    let mut greys = [[0.01; 3], [0.02; 3], [0.6; 3]];
    run(&operation, &scene(60, 40), 0, 0, &mut greys);
    assert!(greys[1][2] > 1.3 * greys[1][0], "{greys:?}");
    assert!((greys[2][2] - 0.6).abs() < 1e-5, "{greys:?}");
}

#[test]
fn teal_shadows_leave_brown_hair_brown() {
    let operation = Operation::new("colour_grading")
        .with("shadows_hue", 195.0)
        .with("shadows_strength", 80.0);
    let brown = [0.055, 0.037, 0.014];
    let mut shown = [[luminance(brown); 3], brown];
    run(&operation, &scene(60, 40), 0, 0, &mut shown);
    let moved = |i: usize, from: [f32; 3]| {
        let (now, then) = (oklab(shown[i]), oklab(from));
        (now[1] - then[1]).hypot(now[2] - then[2])
    };
    let (grey, hair) = (moved(0, [luminance(brown); 3]), moved(1, brown));
    assert!(grey > 0.04 && hair < 0.4 * grey, "{grey} {hair}");
}

#[test]
fn a_straight_tone_curve_changes_nothing_and_a_lifted_one_lifts_black() {
    let mut operation = Operation::new("tone_curve");
    operation.data = serde_json::json!({ "points": [[0, 0], [0.4, 0.4], [1, 1]] });
    let before = colours(0.0, 3.0, 500);
    let mut after = before.clone();
    run(&operation, &scene(60, 40), 0, 0, &mut after);
    for (before, after) in before.iter().zip(&after) {
        assert!(
            before
                .iter()
                .zip(after)
                .all(|(b, a)| (b - a).abs() < 1e-4 * b.max(0.1)),
            "{before:?} {after:?}"
        );
    }
    operation.data = serde_json::json!({ "points": [[0, 0.2], [1, 1]] });
    let mut black = [[0.0; 3]];
    run(&operation, &scene(60, 40), 0, 0, &mut black);
    let grey = retake_pixels::color::srgb_decode(0.2);
    assert!(
        black[0].iter().all(|v| (v - grey).abs() < 1e-3),
        "{black:?}"
    );
}

#[test]
fn grain_is_new_with_each_seed_and_hardly_moves_the_mean() {
    let grained = |seed: f32| {
        let mut grey = vec![[0.18; 3]; 4096];
        run(
            &Operation::new("grain")
                .with("amount", 50.0)
                .with("seed", seed),
            &scene(6000, 4000),
            0,
            1000,
            &mut grey,
        );
        grey
    };
    let (one, two) = (grained(1.0), grained(2.0));
    assert_ne!(one, two);
    assert_eq!(one, grained(1.0));
    let lightness: Vec<f64> = one
        .iter()
        .map(|c| f64::from(retake_pixels::color::lstar(c[1])))
        .collect();
    let mean = lightness.iter().sum::<f64>() / 4096.0;
    let spread = (lightness.iter().map(|l| (l - mean).powi(2)).sum::<f64>() / 4096.0).sqrt();
    assert!(
        (mean - 49.5).abs() < 0.5 && (2.0..6.0).contains(&spread),
        "{mean} {spread}"
    );
}

#[test]
fn posterised_tones_are_few() {
    let mut greys: Vec<[f32; 3]> = (0..1000).map(|i| [i as f32 / 999.0; 3]).collect();
    run(
        &Operation::new("posterise").with("levels", 4.0),
        &scene(60, 40),
        0,
        0,
        &mut greys,
    );
    let level = |v: f32| (retake_pixels::color::srgb_encode(v) * 3.0 * 100.0).round() as i32;
    let on_a_level = greys.iter().filter(|c| level(c[0]) % 100 == 0).count();
    assert!(on_a_level > 930, "{on_a_level}");
}

#[test]
fn duotone_keeps_luminance_and_gives_each_end_its_ink() {
    let mut greys = [[0.03; 3], [0.5; 3]];
    run(
        &Operation::new("duotone").with("strength", 100.0),
        &scene(60, 40),
        0,
        0,
        &mut greys,
    );
    assert!(
        greys[0][2] > greys[0][0] && greys[1][0] > greys[1][2],
        "{greys:?}"
    );
    assert!((luminance(greys[1]) / 0.5 - 1.0).abs() < 1e-3);
}
