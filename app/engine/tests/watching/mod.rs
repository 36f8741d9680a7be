//! The judge that watches by itself, and the guard with it.

use std::collections::BTreeMap;
use std::sync::Arc;

use retake_core::{
    Budget, Dimension, EditorSettings, Quiet, Raster, Reward, RewardInfo, Rng, Score, ScoreRequest,
    Scorecard, Stop, Watch,
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
        bounds: Default::default(),
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
