//! Recipes as look-up tables and as XMP.

use retake_darkroom::exchange::cube::{Cube, Table};
use retake_darkroom::exchange::lut;
use retake_darkroom::recipe::{Combine, MaskPart, MaskShape, Operation, Recipe};

use crate::common::{colours, run, scene};

fn as_lut(cube: &Cube) -> Operation {
    let mut operation = Operation::new("lut3d");
    operation.data = cube.to_value();
    operation
}

#[test]
fn a_table_that_changes_nothing_changes_nothing_even_beyond_white() {
    let identity = lut::cube(&Recipe::neutral(), "").expect("nothing stands in the way");
    let mut before = colours(-0.1, 1.8, 2000);
    for colour in &mut before {
        *colour = retake_pixels::matrix::apply(&retake_pixels::matrix::REC2020_FROM_SRGB, *colour);
    }
    let mut after = before.clone();
    run(&as_lut(&identity), &scene(60, 40), 0, 0, &mut after);
    for (before, after) in before.iter().zip(&after) {
        for (b, a) in before.iter().zip(after) {
            assert!((a - b).abs() < 2e-4, "{before:?} became {after:?}");
        }
    }
}

#[test]
fn a_recipe_and_its_table_agree() {
    let operations = || {
        vec![
            Operation::new("exposure").with("stops", 0.3),
            Operation::new("contrast").with("amount", 25.0),
            Operation::new("white_balance").with("kelvin", 7500.0),
            Operation::new("vibrance").with("amount", 30.0),
        ]
    };
    let cube = lut::cube(&Recipe::of(operations()), "A test").expect("all are global");
    let read = Cube::parse(&cube.to_text()).expect("it was just written");
    let coded = |c: [f32; 3]| {
        retake_pixels::matrix::apply(&retake_pixels::matrix::SRGB_FROM_REC2020, c)
            .map(retake_pixels::color::srgb_encode)
    };
    let mut direct: Vec<[f32; 3]> = colours(0.0, 1.0, 500)
        .into_iter()
        .map(|c| {
            retake_pixels::matrix::apply(
                &retake_pixels::matrix::REC2020_FROM_SRGB,
                c.map(|v| retake_pixels::color::srgb_decode(0.1 + 0.8 * v)),
            )
        })
        .collect();
    let mut looked_up = direct.clone();
    for operation in operations() {
        run(&operation, &scene(60, 40), 0, 0, &mut direct);
    }
    run(&as_lut(&read), &scene(60, 40), 0, 0, &mut looked_up);
    let mut sum = 0.0;
    for (direct, looked_up) in direct.iter().zip(&looked_up) {
        for (d, l) in coded(*direct).iter().zip(coded(*looked_up)) {
            assert!((d - l).abs() < 0.02, "{direct:?} {looked_up:?}");
            sum += (d - l).abs();
        }
    }
    assert!(sum / 1500.0 < 0.001, "{}", sum / 1500.0);
}

#[test]
fn what_is_not_a_global_colour_change_is_refused_by_name() {
    let vignette = Recipe::of(vec![Operation::new("vignette").with("amount", -20.0)]);
    assert_eq!(
        lut::cube(&vignette, ""),
        Err(lut::LutError::Operation("vignette"))
    );
    let crop = Recipe::of(vec![Operation::new("crop").with("aspect", 1.0)]);
    assert_eq!(lut::cube(&crop, ""), Err(lut::LutError::Operation("crop")));
    let mut masked = Recipe::of(vec![Operation::new("exposure").with("stops", 1.0)]);
    masked.layers[0].name = "sky".to_owned();
    masked.layers[0].mask = vec![MaskPart {
        shape: MaskShape::Painted,
        combine: Combine::Intersect,
        invert: false,
    }];
    assert_eq!(
        lut::cube(&masked, ""),
        Err(lut::LutError::Masked("sky".to_owned()))
    );
}

#[test]
fn curves_are_looked_up_channel_by_channel() {
    let cube = Cube {
        title: String::new(),
        domain_min: [0.0; 3],
        domain_max: [1.0; 3],
        table: Table::Curve(vec![[0.0, 0.0, 1.0], [1.0, 0.5, 0.0]]),
    };
    let mut colour = [[1.0, 1.0, 1.0]];
    run(&as_lut(&cube), &scene(60, 40), 0, 0, &mut colour);
    let srgb = retake_pixels::matrix::apply(&retake_pixels::matrix::SRGB_FROM_REC2020, colour[0]);
    let coded = srgb.map(retake_pixels::color::srgb_encode);
    for (coded, expected) in coded.iter().zip([1.0, 0.5, 0.0]) {
        assert!((coded - expected).abs() < 1e-4, "{coded:?}");
    }
}
