//! Edits that rewards lead, on small checkpoints: gradients are those of small differences, what is led scores higher, and a
//! record makes the same edit again.

use std::path::Path;
use std::sync::Arc;

use candle_core::{Device, Tensor, Var};
use retake_core::{
    Candidate, EditRequest, Editor, Instruction, Mask, Photo, PhotoId, Pull, Quiet, Raster, Rng,
    Slope, Stop, Trajectory,
};

use super::leading::{Scene, fits};
use super::{Diffusion, Model, Wishes};
use crate::Checkpoint;
use crate::flux1::Kontext;
use crate::flux2::Klein;
use crate::stable::img2img::Img2Img;
use crate::stable::pix2pix::Pix2Pix;

fn editor<M: Model>(case: &str, steps: usize) -> Diffusion<M> {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/parity/cases");
    let checkpoint = Checkpoint::open(&cases.join(case).join("model")).expect("a checkpoint");
    let model = M::open(&checkpoint, &Device::Cpu).expect("a model");
    let wishes = Wishes {
        steps: Some(steps),
        ..Wishes::default()
    };
    Diffusion::new(model, &wishes).expect("an editor")
}

fn request(seed: u64, mask: Option<Mask>) -> EditRequest {
    let source = Raster::from_fn(40, 32, |x, y| {
        [0.2 + x as f32 / 90.0, 0.3, 0.5 - y as f32 / 90.0]
    });
    // a copy of a larger photo is edited at its own size
    let photo = Raster::new(80, 64);
    EditRequest {
        photo: Photo::from_raster(photo, PhotoId([1; 32])),
        instruction: Instruction {
            text: "make it winter".to_owned(),
            mask,
            ..Instruction::default()
        },
        seed,
        source: Arc::new(source),
        base: None,
        like: None,
        settings: Default::default(),
    }
}

/// A reward that wants a picture blue and not red: its mean blue less its mean red.
fn bluer(picture: &Raster) -> f32 {
    let mean = |c: usize| picture.planes[c].iter().sum::<f32>() / picture.len() as f32;
    mean(2) - mean(0)
}

fn slope(picture: &Raster) -> Result<Option<Slope>, Stop> {
    let each = 1.0 / picture.len() as f32;
    let by_pixel = Raster::from_fn(picture.width, picture.height, |_, _| [-each, 0.0, each]);
    Ok(Some(Slope {
        value: bluer(picture),
        by_pixel,
    }))
}

const PULL: Pull = Pull {
    weight: 1e4,
    most: 0.3,
    through_network: true,
};

fn led(editor: &dyn Editor, request: &EditRequest, pull: Pull) -> Candidate {
    let mut way = editor.start(request).expect("a start");
    while way.steps_left() > 1 {
        assert!(way.step_led(&pull, &mut slope, &Quiet).expect("a step"));
    }
    way.finish(&Quiet).expect("a candidate")
}

fn plain(editor: &dyn Editor, request: &EditRequest) -> Candidate {
    let way = editor.start(request).expect("a start");
    way.finish(&Quiet).expect("a candidate")
}

/// The product of a gradient over pixels with the Jacobian of a whole step and the decoder, beside small differences along
/// some directions.
fn agrees<M: Model>(case: &str) {
    let editor: Diffusion<M> = editor(case, 4);
    let request = request(3, None);
    let (model, ground, plan, recipe) = editor.for_tests(&request);
    let scene = Scene {
        model: model.as_ref(),
        ground: &ground,
        mask: None,
    };
    let draw = |seed: u64| -> Tensor {
        let mut rng = Rng::new(seed);
        let count = ground.latents.elem_count();
        let values: Vec<f32> = (0..count).map(|_| rng.normal()).collect();
        Tensor::from_vec(values, ground.latents.shape(), &Device::Cpu).expect("noise")
    };
    let latents = plan.begin(&draw(1)).expect("latents");
    let step = 0;
    let clean = |latents: &Tensor| -> Tensor {
        let seen = plan.seen(step, latents).expect("latents");
        let answer = model.answer(&ground.conditions, &seen, plan.time(step), recipe.guided());
        plan.clean(step, latents, &answer.expect("an answer"))
            .expect("clean latents")
    };
    let start = Var::from_tensor(&latents).expect("a variable");
    let climb = scene.climb(&start, &clean(start.as_tensor()), &mut slope);
    let climb = climb.expect("a climb").expect("a slope");
    let value = |latents: &Tensor| -> f64 {
        let picture = model.decode(&clean(latents)).expect("a picture");
        let seen = ground.frame.cut_from(&picture).expect("a picture");
        let sum = |c: usize| seen.planes[c].iter().map(|&v| f64::from(v)).sum::<f64>();
        (sum(2) - sum(0)) / seen.len() as f64
    };
    assert!((f64::from(climb.value) - value(&latents)).abs() < 1e-4);
    for direction in [climb.gradient.clone(), draw(7)] {
        let along = |by: &Tensor| -> f64 {
            let product = (by * &climb.gradient).and_then(|x| x.sum_all());
            f64::from(
                product
                    .and_then(|x| x.to_scalar::<f32>())
                    .expect("a number"),
            )
        };
        let length = (&direction * &direction)
            .and_then(|x| x.sum_all()?.to_scalar::<f32>())
            .expect("a length")
            .sqrt();
        let unit = (direction / f64::from(length)).expect("a direction");
        let far = 0.05;
        let at = |sign: f64| value(&(&latents + (&unit * (sign * far)).expect("x")).expect("x"));
        let (slope, difference) = (along(&unit), (at(1.0) - at(-1.0)) / (2.0 * far));
        let size = along(&climb.gradient).sqrt();
        assert!(size > 1e-6, "{case}: no gradient");
        assert!(
            (slope - difference).abs() < 0.05 * size,
            "{case}: {slope:e} {difference:e} of {size:e}"
        );
    }
}

#[test]
fn gradients_of_unets_are_those_of_small_differences() {
    agrees::<Pix2Pix>("instruct_pix2pix_old");
    agrees::<Img2Img>("img2img_turbo");
}

#[test]
fn gradients_of_transformers_are_those_of_small_differences() {
    agrees::<Klein>("flux2_klein");
    agrees::<Kontext>("flux_kontext_old");
}

#[test]
fn what_is_led_scores_higher() {
    for through_network in [false, true] {
        let pull = Pull {
            through_network,
            ..PULL
        };
        let editors: [Box<dyn Editor>; 2] = [
            Box::new(editor::<Pix2Pix>("instruct_pix2pix_old", 5)),
            Box::new(editor::<Klein>("flux2_klein", 5)),
        ];
        for editor in editors {
            let request = request(5, None);
            let (led, plain) = (
                led(editor.as_ref(), &request, pull),
                plain(editor.as_ref(), &request),
            );
            let (led, plain) = (bluer(&led.picture), bluer(&plain.picture));
            assert!(led > plain + 0.005, "{through_network}: {led} {plain}");
        }
    }
}

#[test]
fn a_led_edit_is_made_again_from_its_record_and_a_seed_is_one() {
    let editor = editor::<Klein>("flux2_klein", 4);
    let request = request(5, None);
    let made = led(&editor, &request, PULL);
    assert_eq!(led(&editor, &request, PULL).picture, made.picture);
    let fresh = self::editor::<Klein>("flux2_klein", 4);
    let again = fresh.redo(&request, &made.provenance.recipe);
    assert_eq!(again.expect("a picture"), made.picture);
}

#[test]
fn a_weight_of_nothing_leads_nowhere() {
    let editor = editor::<Pix2Pix>("instruct_pix2pix_old", 3);
    let request = request(5, None);
    let pull = Pull {
        weight: 0.0,
        ..PULL
    };
    let (led, plain) = (led(&editor, &request, pull), plain(&editor, &request));
    let pairs = led.picture.planes.iter().flatten();
    let pairs = pairs.zip(plain.picture.planes.iter().flatten());
    // the record holds 16 bits, and the plain formulas round otherwise than the kernels
    let apart = pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(apart < 5e-3, "{apart}");
}

#[test]
fn outside_a_mask_nothing_is_led() {
    let mask = Mask::from_fn(40, 32, |x, _| if x < 20 { 1.0 } else { 0.0 });
    let editor = editor::<Pix2Pix>("instruct_pix2pix_old", 3);
    let request = request(5, Some(mask));
    let made = led(&editor, &request, PULL);
    for y in 0..32 {
        assert_eq!(made.picture.at(30, y), request.source.at(30, y));
    }
}

#[test]
fn better_noise_scores_higher_and_stays_as_long_as_noise_is() {
    let editor = editor::<Img2Img>("img2img_turbo", 1);
    let request = request(5, None);
    let plain = plain(&editor, &request);
    let mut way = editor.start(&request).expect("a start");
    let pull = Pull {
        weight: 1e3,
        ..PULL
    };
    assert!(
        way.better_noise(6, &pull, &mut slope, &Quiet)
            .expect("better noise")
    );
    let better = way.finish(&Quiet).expect("a candidate");
    let (after, before) = (bluer(&better.picture), bluer(&plain.picture));
    assert!(after > before + 1e-3, "{after} {before}");
    let again = editor.redo(&request, &better.provenance.recipe);
    assert_eq!(again.expect("a picture"), better.picture);
}

#[test]
fn a_reward_without_a_slope_leaves_the_way_as_it_was() {
    let editor = editor::<Klein>("flux2_klein", 3);
    let request = request(5, None);
    let mut way: Box<dyn Trajectory> = editor.start(&request).expect("a start");
    let pull = Pull {
        through_network: false,
        ..PULL
    };
    while way.steps_left() > 1 {
        way.step_led(&pull, &mut |_: &Raster| Ok(None), &Quiet)
            .expect("a step");
    }
    let made = way.finish(&Quiet).expect("a candidate");
    assert_eq!(made.picture, plain(&editor, &request).picture);
}

#[test]
fn a_way_back_that_memory_has_no_room_for_is_a_sentence_with_both_numbers() {
    let of = |through, free| fits((1024, 1024), 4096, through, 2_000_000_000, Some(free));
    assert_eq!(of(false, 32_000_000_000), Ok(()));
    let said = of(false, 8_000_000_000).expect_err("no room").to_string();
    assert!(
        said.contains("17.2 GB") && said.contains("8.0 GB"),
        "{said}"
    );
    assert!(of(true, 20_000_000_000).is_err(), "the network needs more");
}
