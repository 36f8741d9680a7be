//! The editor on a small checkpoint: what always holds, whatever the weights.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use candle_core::Device;
use retake_core::{
    Candidate, EditRequest, Editor, Instruction, Mask, Photo, PhotoId, Quiet, Raster, Rng,
    SettingKind, Stop, Watch,
};
use serde_json::json;

use super::{Diffusion, Model, Wishes};
use crate::Checkpoint;
use crate::stable::pix2pix::Pix2Pix;

fn checkpoint() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/parity/cases/instruct_pix2pix_old/model")
}

fn editor_with(change: impl FnOnce(&mut Wishes)) -> Diffusion<Pix2Pix> {
    let mut wishes = Wishes {
        steps: Some(4),
        sampler: Some("euler_ancestral".to_owned()),
        ..Wishes::default()
    };
    change(&mut wishes);
    let checkpoint = Checkpoint::open(&checkpoint()).expect("a checkpoint");
    let model = Pix2Pix::open(&checkpoint, &Device::Cpu).expect("a model");
    Diffusion::new(model, &wishes).expect("an editor")
}

fn editor() -> Diffusion<Pix2Pix> {
    editor_with(|_| {})
}

fn picture(width: usize, height: usize) -> Raster {
    let mut rng = Rng::new(5);
    Raster::from_fn(width, height, |x, y| {
        let slope = (x + 2 * y) as f32 / (width + 2 * height) as f32;
        [0.1 + 0.6 * slope, 0.3, 0.7 - 0.5 * slope].map(|v| v + 0.05 * rng.uniform())
    })
}

fn request(seed: u64) -> EditRequest {
    let source = picture(30, 22);
    EditRequest {
        photo: Photo::from_raster(source.clone(), PhotoId([1; 32])),
        instruction: Instruction {
            text: "make the sky more dramatic".to_owned(),
            ..Instruction::default()
        },
        seed,
        source: Arc::new(source),
        base: None,
        like: None,
        settings: Default::default(),
    }
}

fn made(editor: &dyn Editor, request: &EditRequest) -> Candidate {
    let trajectory = editor.start(request).expect("a start");
    trajectory.finish(&Quiet).expect("a candidate")
}

fn refusal(editor: &dyn Editor, request: &EditRequest) -> String {
    match editor.start(request) {
        Ok(_) => panic!("a refusal"),
        Err(error) => error.to_string(),
    }
}

fn distance(a: &Raster, b: &Raster) -> f32 {
    let pairs = a.planes.iter().flatten().zip(b.planes.iter().flatten());
    pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

#[test]
fn a_seed_is_a_picture_alone_and_among_others() {
    let editor = editor();
    let first = made(&editor, &request(1)).picture;
    let mut one = editor.start(&request(2)).expect("a start");
    let mut other = editor.start(&request(3)).expect("a start");
    for _ in 0..4 {
        one.step(&Quiet).expect("a step");
        other.step(&Quiet).expect("a step");
    }
    let among = one.finish(&Quiet).expect("a candidate").picture;
    assert_eq!(among, made(&self::editor(), &request(2)).picture);
    assert!(distance(&first, &among) > 1e-3);
}

#[test]
fn an_edit_is_made_again_from_its_record() {
    let candidate = made(&editor(), &request(7));
    let again = editor().redo(&request(99), &candidate.provenance.recipe);
    assert_eq!(again.expect("a picture"), candidate.picture);
}

#[test]
fn a_fork_shares_the_way_so_far_and_is_made_again_from_its_record() {
    let mut trunk = editor().start(&request(7)).expect("a start");
    trunk.step(&Quiet).expect("a step");
    trunk.step(&Quiet).expect("a step");
    let branch = trunk
        .fork(42)
        .expect("a fork")
        .finish(&Quiet)
        .expect("a candidate");
    let trunk = trunk.finish(&Quiet).expect("a candidate");
    let far = made(&editor(), &request(42));
    let (near, far) = (
        distance(&branch.picture, &trunk.picture),
        distance(&far.picture, &trunk.picture),
    );
    assert!(near > 1e-3 && near < far, "{near} {far}");
    assert_eq!(branch.provenance.seed, 42);
    let again = editor().redo(&request(0), &branch.provenance.recipe);
    assert_eq!(again.expect("a picture"), branch.picture);
}

#[test]
fn a_finished_edit_has_no_fork() {
    let mut trajectory = editor().start(&request(1)).expect("a start");
    while trajectory.steps_left() > 0 {
        trajectory.step(&Quiet).expect("a step");
    }
    assert!(trajectory.fork(2).is_none());
}

#[test]
fn more_like_this_is_nearer_than_another_seed() {
    let editor = editor();
    let liked = made(&editor, &request(7));
    let mut neighbour = request(8);
    neighbour.like = Some(liked.provenance.recipe.clone());
    let near = made(&editor, &neighbour);
    let far = made(&editor, &request(8));
    let (near, far) = (
        distance(&near.picture, &liked.picture),
        distance(&far.picture, &liked.picture),
    );
    assert!(near > 0.0 && near < far, "{near} {far}");
}

#[test]
fn a_second_turn_begins_from_the_first() {
    let editor = editor();
    let first = made(&editor, &request(7));
    let mut second = request(8);
    second.base = Some(first.provenance.recipe.clone());
    let both = made(&editor, &second);
    let mut by_hand = request(8);
    by_hand.source = Arc::new(first.picture);
    assert_eq!(both.picture, made(&editor, &by_hand).picture);
    let again = self::editor().redo(&request(0), &both.provenance.recipe);
    assert_eq!(again.expect("a picture"), both.picture);
}

/// Counts steps and stops after so many.
struct StopAfter(usize, AtomicUsize);

impl Watch for StopAfter {
    fn progress(&self, _: &'static str, _: usize, _: usize) {
        self.1.fetch_add(1, Ordering::Relaxed);
    }
    fn stopped(&self) -> bool {
        self.1.load(Ordering::Relaxed) >= self.0
    }
}

#[test]
fn stop_is_heard_before_the_next_call_of_the_network() {
    for steps in 0..=4 {
        let watch = StopAfter(steps, AtomicUsize::new(0));
        let trajectory = editor().start(&request(1)).expect("a start");
        assert!(matches!(trajectory.finish(&watch), Err(Stop::Cancelled)));
        assert_eq!(watch.1.load(Ordering::Relaxed), steps);
    }
}

#[test]
fn a_glimpse_comes_with_the_first_step_and_has_the_size_of_the_source() {
    let mut trajectory = editor().start(&request(1)).expect("a start");
    assert!(trajectory.preview().is_none());
    trajectory.step(&Quiet).expect("a step");
    let glimpse = trajectory.preview().expect("a glimpse");
    assert_eq!((glimpse.width, glimpse.height), (30, 22));
    assert!(
        glimpse
            .planes
            .iter()
            .flatten()
            .all(|value| value.is_finite())
    );
}

#[test]
fn nothing_changes_where_the_mask_is_black() {
    let mut request = request(1);
    request.instruction.mask = Some(Mask::from_fn(30, 22, |x, _| if x < 15 { 0.0 } else { 1.0 }));
    let edit = made(&editor(), &request).picture;
    let half = |raster: &Raster, left: bool| {
        let x = if left { 0..15 } else { 15..30 };
        let mut values = Vec::new();
        for y in 0..22 {
            values.extend(x.clone().map(|x| raster.at(x, y)));
        }
        values
    };
    assert_eq!(half(&edit, true), half(&request.source, true));
    assert_ne!(half(&edit, false), half(&request.source, false));
}

#[test]
fn any_size_and_shape_can_be_edited() {
    for (width, height) in [(1, 1), (3, 200), (64, 5)] {
        let mut request = request(1);
        request.source = Arc::new(picture(width, height));
        let edit = made(&editor_with(|settings| settings.steps = Some(1)), &request).picture;
        assert_eq!((edit.width, edit.height), (width, height));
    }
}

#[test]
fn ten_thousand_words_are_cut_and_the_record_says_so() {
    let mut request = request(1);
    request.instruction.text = "dramatic sky ".repeat(5_000);
    let recipe = made(&editor_with(|settings| settings.steps = Some(1)), &request)
        .provenance
        .recipe;
    assert!(recipe["tokens_cut"].as_u64().expect("a number") >= 10_000 - 75);
}

#[test]
fn numbers_without_end_are_a_sentence() {
    let editor = editor_with(|settings| settings.guidance = Some(1e38));
    let end = editor.start(&request(1)).expect("a start").finish(&Quiet);
    let Err(Stop::Failed(said)) = end else {
        panic!("a failure");
    };
    assert!(
        said.to_string().contains("became infinite at step"),
        "{said}"
    );
}

#[test]
fn what_it_cannot_go_on_from_is_refused() {
    let editor = editor();
    let mut empty = request(1);
    empty.instruction.text = "  ".to_owned();
    assert!(refusal(&editor, &empty).contains("empty"));
    let ours = made(&editor, &request(1)).provenance.recipe;
    let changed = |key: &str, value: serde_json::Value| {
        let mut recipe = ours.clone();
        recipe[key] = value;
        recipe
    };
    for (base, part) in [
        (json!({"layers": []}), "another editor"),
        (changed("form", json!(4)), "newer version"),
        (changed("weights", json!("00")), "other weights"),
        (changed("masked", json!(true)), "painted place"),
        (
            changed("sampler", json!("unheard")),
            "no sampler named unheard",
        ),
    ] {
        let mut request = request(1);
        request.base = Some(base);
        let said = refusal(&editor, &request);
        assert!(said.contains(part), "{said}");
    }
}

#[test]
fn an_edit_is_developed_at_full_size_in_any_strips() {
    let photo = Photo::from_raster(picture(61, 45), PhotoId([2; 32]));
    let mut request = request(1);
    request.source = Arc::new(retake_pixels::resize::fit(&photo, 30).expect("a copy"));
    request.photo = photo.clone();
    let candidate = made(&editor(), &request);
    let large = editor()
        .develop(&photo, &request.instruction, &candidate.provenance)
        .expect("a picture");
    assert_eq!(large.size(), (61, 45));
    let whole = large.rows(0..45).expect("rows");
    let part = large.rows(17..18).expect("a row");
    assert_eq!(part.planes[1], whole.planes[1][17 * 61..18 * 61]);
    let fit = &candidate.provenance.recipe["fit"];
    assert!(
        fit["residual"].is_number() && fit["way"].is_string(),
        "{fit}"
    );
    let small = retake_pixels::resize::raster(&whole, request.source.width, request.source.height);
    let apart = distance(&small, &candidate.picture);
    let changed = distance(&request.source, &candidate.picture);
    assert!(apart < 0.5 * changed, "{apart} {changed}");
}

#[test]
fn a_photo_that_is_smaller_than_the_networks_pictures_is_enlarged_and_comes_back_at_its_size() {
    let small = made(&editor(), &request(3));
    assert_eq!(small.provenance.recipe["enlarged"], true);
    assert_eq!((small.picture.width, small.picture.height), (30, 22));
    // the same pixels as a copy of a larger photo are left as they are
    let mut reduced = request(3);
    reduced.photo = Photo::from_raster(picture(60, 44), PhotoId([2; 32]));
    let reduced = made(&editor(), &reduced);
    assert_eq!(reduced.provenance.recipe["enlarged"], false);
    assert!(distance(&small.picture, &reduced.picture) > 1e-3);
    let again = editor().redo(&request(0), &small.provenance.recipe);
    assert_eq!(again.expect("a picture"), small.picture);
}

#[test]
fn what_a_request_sets_goes_before_the_editors_own() {
    let editor = editor();
    let mut request = request(3);
    let set = json!({ "steps": 2, "guidance": 3.0, "unwanted": "clouds", "sampler": "ddim" });
    request.settings = serde_json::from_value(set).expect("settings");
    let made = editor.start(&request).expect("it begins");
    assert_eq!(made.steps_left(), 2);
    let recipe = made.finish(&Quiet).expect("it is made").provenance.recipe;
    let told = ["steps", "guidance", "unwanted", "sampler"].map(|name| recipe[name].clone());
    assert_eq!(told, [json!(2), json!(3.0), json!("clouds"), json!("ddim")]);
}

#[test]
fn what_can_be_set_has_a_range_around_the_editors_own() {
    for setting in editor().settings() {
        let inside = match &setting.kind {
            SettingKind::Whole { from, to, own } => (from..=to).contains(&own),
            SettingKind::Number { from, to, own } => (from..=to).contains(&own),
            SettingKind::Choice { of, own } => of.iter().any(|(id, _)| id == own),
            SettingKind::Words
            | SettingKind::Precision(_)
            | SettingKind::Adapters
            | SettingKind::Pictures => true,
        };
        assert!(inside, "{setting:?}");
    }
}

#[test]
fn a_setting_that_nobody_knows_is_refused_by_name() {
    let mut request = request(3);
    request.settings = serde_json::from_value(json!({ "sharpness": 2 })).expect("settings");
    let said = match editor().start(&request) {
        Ok(_) => panic!("a refusal"),
        Err(error) => error.to_string(),
    };
    assert!(said.contains("sharpness"), "{said}");
}

#[test]
fn another_edit_at_a_place_is_made_again_from_the_record_of_both() {
    let editor = editor();
    let (one, other) = (made(&editor, &request(7)), made(&editor, &request(8)));
    let spot = retake_core::Spot {
        centre: [0.5, 0.5],
        radius: [0.25, 0.2],
        angle_deg: 0.0,
        feather: 0.3,
    };
    let gone = Candidate {
        picture: Raster::new(0, 0),
        ..one.clone()
    };
    let both = editor.within(&request(8), &gone, &other, &[spot]);
    let both = both.expect("nothing fails").expect("it can be done");
    let (width, height) = (one.picture.width, one.picture.height);
    assert_eq!(
        both.picture.at(width / 2, height / 2),
        other.picture.at(width / 2, height / 2)
    );
    assert_eq!(both.picture.at(0, 0), one.picture.at(0, 0));
    assert_eq!(both.provenance.recipe["form"], 3);
    let again = editor.redo(&request(8), &both.provenance.recipe);
    assert_eq!(again.expect("it is made again"), both.picture);
    // what is brought back afterwards goes over it
    let back = editor.without(&request(8), &both, &[spot]);
    let back = back.expect("nothing fails").expect("it can be done");
    let again = editor.redo(&request(8), &back.provenance.recipe);
    assert_eq!(again.expect("it is made again"), back.picture);
    let source = request(8).source;
    assert_eq!(
        back.picture.at(width / 2, height / 2),
        source.at(width / 2, height / 2)
    );
}

#[test]
fn a_neighbour_pays_for_the_half_that_is_its_own_and_is_the_same_picture() {
    let steps = |editor: &dyn Editor, request: &EditRequest| {
        editor.start(request).expect("a start").steps_left()
    };
    let warm = editor();
    let liked = made(&warm, &request(7));
    let mut neighbour = request(8);
    neighbour.like = Some(liked.provenance.recipe.clone());
    let cold = editor();
    let whole = steps(&cold, &neighbour);
    assert_eq!(steps(&warm, &neighbour), whole - whole / 2);
    let (near, again) = (made(&warm, &neighbour), made(&cold, &neighbour));
    assert_eq!(near.picture, again.picture);
    // a neighbour of the neighbour leaves it at the same step
    let mut next = request(9);
    next.like = Some(near.provenance.recipe.clone());
    assert_eq!(steps(&warm, &next), whole - whole / 2);
    assert_eq!(made(&warm, &next).picture, made(&editor(), &next).picture);
    // and what is made again from the record is the same
    let redone = editor().redo(&next, &made(&warm, &next).provenance.recipe);
    assert_eq!(
        redone.expect("it is made again"),
        made(&warm, &next).picture
    );
}
