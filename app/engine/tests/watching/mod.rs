//! The judge that watches by itself, and the guard with it.

use std::collections::BTreeMap;
use std::sync::Arc;

use retake_core::{
    Budget, Dimension, EditorSettings, Instruction, Quiet, Raster, Reward, RewardInfo, Rng, Score,
    ScoreRequest, Scorecard, Stop, Watch,
};
use retake_engine::{GuardVerdict, Job, Outcome, Tools, built_in_reader, run};
use retake_rewards::naturalness::Naturalness;
use retake_search::{BestOfN, PowerProduct};

/// Soft shapes with a fine texture and moderate colours.
fn photo() -> Raster {
    let mut rng = Rng::new(11);
    let mut rough = Raster::from_fn(260, 200, |x, y| {
        let (x, y) = (x as f32, y as f32);
        let light = 0.25 + 0.12 * (x / 23.0).sin() * (y / 17.0).cos();
        let texture = 0.05 * rng.normal();
        [
            light * 1.1 + texture,
            light + texture,
            light * 0.85 + texture,
        ]
    });
    for plane in &mut rough.planes {
        let blurred = plane.clone();
        for at in 261..plane.len() - 261 {
            plane[at] = (blurred[at - 1] + 2.0 * blurred[at] + blurred[at + 1]) / 4.0;
            plane[at] = plane[at].max(0.01);
        }
    }
    rough
}

fn changed(by: impl Fn([f32; 3], &mut Rng) -> [f32; 3]) -> Raster {
    let (photo, mut rng) = (photo(), Rng::new(3));
    Raster::from_fn(260, 200, |x, y| by(photo.at(x, y), &mut rng))
}

fn value(edited: &Raster) -> f32 {
    let (source, asked) = (photo(), Instruction::default());
    let group = ScoreRequest {
        source: &source,
        edited: &[edited],
        instruction: &asked,
    };
    let cards = Naturalness.score(&group, &Quiet).expect("nothing stops it");
    cards[0]
        .value(Dimension::GENERATION_QUALITY)
        .expect("it is scored")
}

#[test]
fn the_photo_itself_and_honest_changes_of_its_light_are_natural() {
    assert_eq!(value(&photo()), 1.0);
    assert!(value(&changed(|rgb, _| rgb.map(|v| v * 1.4))) > 0.95);
    assert!(value(&changed(|[r, g, b], _| [r * 1.1, g, b * 0.85])) > 0.95);
}

#[test]
fn noise_lowers_it_and_more_noise_lowers_it_more() {
    let noisy = |amount: f32| {
        value(&changed(|rgb, rng| {
            let noise = amount * rng.normal();
            rgb.map(|v| v + noise)
        }))
    };
    let (some, much) = (noisy(0.08), noisy(0.2));
    assert!(some < 0.9 && much < some, "{some} {much}");
}

#[test]
fn colours_that_no_photo_has_lower_it() {
    let vivid = value(&changed(|[r, g, b], _| {
        let grey = (r + g + b) / 3.0;
        [r, g, b].map(|v| (grey + 4.0 * (v - grey)).max(0.0))
    }));
    assert!(vivid < 0.6, "{vivid}");
}

#[test]
fn sharpening_until_it_rings_lowers_it() {
    let photo = photo();
    let mut ringing = photo.clone();
    for (plane, from) in ringing.planes.iter_mut().zip(&photo.planes) {
        for at in 260..from.len() - 260 {
            let around = from[at - 1] + from[at + 1] + from[at - 260] + from[at + 260];
            plane[at] = from[at] + 2.5 * (4.0 * from[at] - around) / 4.0;
        }
    }
    assert!(value(&ringing) < 0.8, "{}", value(&ringing));
}

/// Likes strong colours whatever was asked.
struct Gaudy;

impl Reward for Gaudy {
    fn info(&self) -> RewardInfo {
        RewardInfo {
            id: "gaudy",
            version: "1",
            dimensions: &Dimension::CANONICAL,
            about: "Likes strong colours.",
        }
    }
    fn score(&self, group: &ScoreRequest<'_>, _: &dyn Watch) -> Result<Vec<Scorecard>, Stop> {
        let card = |edited: &&Raster| {
            let [r, _, b] = &edited.planes;
            let apart: f32 = r.iter().zip(b).map(|(r, b)| (r - b).abs()).sum();
            let mean = apart / edited.len() as f32;
            let score = Score {
                value: mean / (mean + 0.1),
                spread: 0.005,
                reasons: Vec::new(),
                evidence: None,
            };
            let scores = Dimension::CANONICAL.map(|name| (Dimension::from(name), score.clone()));
            BTreeMap::from(scores).into()
        };
        Ok(group.edited.iter().map(card).collect())
    }
}

/// What the guard says of sixteen edits of a photo, one of which is too much of it all.
fn watched(planted: bool) -> Outcome {
    let tools = Tools {
        editor: Arc::new(super::Planting {
            darkroom: super::darkroom(),
            at: planted.then(|| Rng::seed_of(5, 9)),
        }),
        rewards: Arc::from([Box::new(Gaudy) as Box<dyn Reward>]),
        strategy: Box::new(BestOfN {}),
        selector: Box::new(PowerProduct::default()),
        held_out: Arc::from([Box::new(Naturalness) as Box<dyn Reward>]),
        reader: built_in_reader(),
    };
    let job = Job {
        photo: retake_core::Photo::from_raster(photo(), retake_core::PhotoId([3; 32])),
        instruction: (tools.reader)("warmer").expect("it is understood"),
        budget: Budget::edits(16),
        at_a_time: None,
        beyond: None,
        seed: 5,
        first: 0,
        long_edge: 260,
        base: None,
        before: Vec::new(),
        like: None,
        settings: EditorSettings::default(),
    };
    run(&job, &tools, &Quiet).expect("nothing stops it")
}

#[test]
fn a_choice_that_pleases_a_gaudy_judge_alone_is_called_out() {
    let guarded = watched(true).guarded.expect("somebody watches");
    assert_eq!(guarded.verdict, GuardVerdict::Hacked, "{guarded:?}");
}

#[test]
fn the_same_judge_among_honest_edits_is_not() {
    let guarded = watched(false).guarded.expect("somebody watches");
    assert_ne!(guarded.verdict, GuardVerdict::Hacked, "{guarded:?}");
}
