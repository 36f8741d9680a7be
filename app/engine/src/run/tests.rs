//! The engine with an editor, a reward, a strategy and a selector whose every answer is known.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use retake_core::{
    Dimension, EditRequest, EditorInfo, Group, PhotoId, Picture, Provenance, Quiet, RewardInfo,
    Rng, Score, ScoreRequest, Studio, Trajectory,
};

use serde_json::Value;

use super::*;

mod foreseen;
mod led;
mod memory;
mod one_by_one;
mod searching;
mod told;

/// Fills the picture with a share of its seed.
struct Painter {
    refuses: Option<fn() -> EditError>,
}

struct Stroke(Candidate);

impl Editor for Painter {
    fn info(&self) -> EditorInfo {
        EditorInfo {
            id: "painter",
            version: "1",
            name: "Paints",
            at_once: None,
            generative: false,
            about: "Paints.",
        }
    }
    fn start(&self, request: &EditRequest) -> Result<Box<dyn Trajectory>, EditError> {
        if let Some(refusal) = self.refuses {
            return Err(refusal());
        }
        let shade = (request.seed % 1000) as f32 / 1000.0;
        let (width, height) = (request.source.width, request.source.height);
        Ok(Box::new(Stroke(Candidate {
            picture: Raster::from_fn(width, height, |_, _| [shade; 3]),
            provenance: Provenance {
                editor: "painter".to_owned(),
                version: "1".to_owned(),
                seed: request.seed,
                recipe: serde_json::json!({ "shade": shade }),
                label: Said::default(),
            },
        })))
    }
    fn redo(&self, request: &EditRequest, _: &serde_json::Value) -> Result<Raster, EditError> {
        Ok(request.source.as_ref().clone())
    }
    fn develop(
        &self,
        photo: &Photo,
        _: &Instruction,
        _: &Provenance,
    ) -> Result<Box<dyn Picture>, EditError> {
        Ok(Box::new(photo.clone()))
    }
}

impl Trajectory for Stroke {
    fn steps_left(&self) -> usize {
        0
    }
    fn step(&mut self, _: &dyn Watch) -> Result<(), Stop> {
        Ok(())
    }
    fn preview(&self) -> Option<Raster> {
        None
    }
    fn fork(&self, _: u64) -> Option<Box<dyn Trajectory>> {
        None
    }
    fn finish(self: Box<Self>, _: &dyn Watch) -> Result<Candidate, Stop> {
        Ok(self.0)
    }
}

/// Scores a picture by its first sample, under this name.
struct Eye(&'static str, f32);

impl Reward for Eye {
    fn info(&self) -> RewardInfo {
        RewardInfo {
            id: "eye",
            version: "1",
            dimensions: &["light"],
            about: "Looks.",
        }
    }
    fn score(&self, group: &ScoreRequest<'_>, _: &dyn Watch) -> Result<Vec<Scorecard>, Stop> {
        let of = |edited: &&Raster| {
            let score = Score {
                value: edited.planes[0][0] * self.1,
                spread: 0.0,
                reasons: Vec::new(),
                evidence: None,
            };
            BTreeMap::from([(Dimension::from(self.0), score)]).into()
        };
        Ok(group.edited.iter().map(of).collect())
    }
}

/// A reward that breaks.
struct Blind;

impl Reward for Blind {
    fn info(&self) -> RewardInfo {
        Eye("", 0.0).info()
    }
    fn score(&self, _: &ScoreRequest<'_>, _: &dyn Watch) -> Result<Vec<Scorecard>, Stop> {
        Err(Stop::Failed(Said::words("the eye is shut")))
    }
}

struct All;

impl Strategy for All {
    fn id(&self) -> &'static str {
        "all"
    }
    fn run(&self, studio: &mut dyn Studio, _: &dyn Selector) -> Result<(), Stop> {
        let count = studio.left().edits as usize;
        let begun = studio.begin(vec![retake_core::Order::default(); count]);
        let made = studio.finish(&begun)?;
        studio.score(&made)?;
        Ok(())
    }
}

struct Highest;

impl Selector for Highest {
    fn id(&self) -> &'static str {
        "highest"
    }
    fn settings(&self) -> serde_json::Value {
        serde_json::Value::Null
    }
    fn choose(&self, group: &Group<'_>) -> Selection {
        let overall: Vec<f32> = group
            .cards
            .iter()
            .map(|c| c.value("light").unwrap_or(0.0))
            .collect();
        let mut order: Vec<usize> = (0..group.cards.len()).collect();
        order.sort_by(|&a, &b| overall[b].total_cmp(&overall[a]));
        Selection {
            overall,
            order,
            confidence: 1.0,
            confident: true,
            good_enough: true,
            ..Selection::default()
        }
    }
}

fn tools(refuses: Option<fn() -> EditError>, rewards: Vec<Box<dyn Reward>>) -> Tools {
    Tools {
        editor: Arc::new(Painter { refuses }),
        rewards: rewards.into(),
        strategy: Box::new(All),
        selector: Box::new(Highest),
        held_out: Arc::new([]),
        reader: built_in_reader(),
    }
}

fn job(edits: usize, seed: u64) -> Job {
    Job {
        photo: Photo::from_raster(
            Raster::from_fn(64, 48, |x, y| [(x + y) as f32 / 112.0; 3]),
            PhotoId([1; 32]),
        ),
        instruction: Instruction::default(),
        budget: Budget::edits(edits),
        at_a_time: None,
        beyond: None,
        seed,
        first: 0,
        base: None,
        before: Vec::new(),
        like: None,
        settings: Default::default(),
        long_edge: 32,
        bounds: Default::default(),
    }
}

fn seen(job: &Job) -> Outcome {
    run(job, &tools(None, vec![Box::new(Eye("light", 1.0))]), &Quiet).expect("nothing stops it")
}

/// Says stop once this many units of a stage are done.
struct Impatient(&'static str, AtomicBool);

impl Watch for Impatient {
    fn progress(&self, stage: &'static str, _: usize, _: usize) {
        if stage == self.0 {
            self.1.store(true, Ordering::Relaxed);
        }
    }
    fn stopped(&self) -> bool {
        self.1.load(Ordering::Relaxed)
    }
}

#[test]
fn a_candidate_is_the_same_however_many_there_are() {
    let (few, many) = (seen(&job(3, 9)), seen(&job(7, 9)));
    for (a, b) in few.candidates.iter().zip(&many.candidates) {
        assert_eq!(a.provenance, b.provenance);
        assert_eq!(a.picture, b.picture);
    }
}

#[test]
fn another_seed_makes_other_candidates() {
    let (one, two) = (seen(&job(4, 1)), seen(&job(4, 2)));
    let seeds = |outcome: &Outcome| -> Vec<u64> {
        outcome
            .candidates
            .iter()
            .map(|c| c.provenance.seed)
            .collect()
    };
    assert!(seeds(&one).iter().all(|seed| !seeds(&two).contains(seed)));
}

#[test]
fn candidates_stand_in_the_order_of_their_index() {
    let outcome = seen(&job(6, 5));
    for (index, candidate) in outcome.candidates.iter().enumerate() {
        assert_eq!(candidate.provenance.seed, Rng::seed_of(5, index as u64));
    }
}

#[test]
fn candidates_are_made_at_the_long_edge_that_was_asked() {
    let outcome = seen(&job(1, 0));
    let picture = &outcome.candidates[0].picture;
    assert_eq!((picture.width, picture.height), (32, 24));
    assert_eq!((outcome.source.width, outcome.source.height), (32, 24));
}

#[test]
fn the_winner_is_the_one_the_selector_names() {
    let outcome = seen(&job(8, 3));
    let light = |index: usize| outcome.candidates[index].picture.planes[0][0];
    let best = outcome.selection.order[0];
    assert!((0..8).all(|index| light(index) <= light(best)));
}

#[test]
fn of_two_rewards_for_one_dimension_the_later_counts() {
    let rewards: Vec<Box<dyn Reward>> = vec![
        Box::new(Eye("light", 1.0)),
        Box::new(Eye("weight", 1.0)),
        Box::new(Eye("light", 0.5)),
    ];
    let outcome = run(&job(1, 3), &tools(None, rewards), &Quiet).expect("nothing stops it");
    let (light, weight) = (
        outcome.cards[0].value("light").expect("scored"),
        outcome.cards[0].value("weight").expect("scored"),
    );
    assert_eq!(light, weight * 0.5);
}

#[test]
fn every_stage_has_its_seconds() {
    let outcome = seen(&job(2, 0));
    let stages: Vec<&str> = outcome.stages.iter().map(|(name, _)| name).collect();
    assert_eq!(stages, ["preview", "edit", "score", "select"]);
    assert!(outcome.stages.iter().all(|(_, s)| (0.0..60.0).contains(&s)));
}

#[test]
fn what_was_spent_is_what_was_made_and_scored() {
    let spent = seen(&job(5, 0)).spent;
    assert_eq!((spent.edits, spent.judge_calls), (5, 5));
}

#[test]
fn being_stopped_while_editing_is_an_outcome_and_not_a_failure() {
    let watch = Impatient("editing", AtomicBool::new(false));
    let tools = tools(None, vec![Box::new(Eye("light", 1.0))]);
    let result = run(&job(64, 0), &tools, &watch);
    assert!(matches!(result, Err(RunError::Stop(Stop::Cancelled))));
}

#[test]
fn an_editor_that_refuses_ends_the_run_with_its_own_sentence() {
    let refusal = || EditError::NeedsAnother(Said::words("\"a dog\" needs a diffusion editor"));
    let result = run(&job(3, 0), &tools(Some(refusal), Vec::new()), &Quiet);
    let error = result.err().expect("it refuses");
    assert!(matches!(error, RunError::Edit(EditError::NeedsAnother(_))));
    assert_eq!(error.to_string(), "\"a dog\" needs a diffusion editor");
}

#[test]
fn a_reward_that_fails_leaves_its_dimension_unknown_and_the_others_scored() {
    let rewards: Vec<Box<dyn Reward>> = vec![Box::new(Eye("weight", 1.0)), Box::new(Blind)];
    let outcome = run(&job(3, 0), &tools(None, rewards), &Quiet).expect("the run goes on");
    for card in &outcome.cards {
        assert!(card.value("weight").is_some());
        assert!(card.unknown[&Dimension::from("light")] == "the eye is shut");
    }
}

#[test]
fn one_thread_and_four_make_the_same_candidates() {
    let on = |threads: usize| {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .expect("threads can be made")
            .install(|| seen(&job(9, 11)))
    };
    let (one, four) = (on(1), on(4));
    assert!(
        one.candidates
            .iter()
            .zip(&four.candidates)
            .all(|(a, b)| a.picture == b.picture && a.provenance == b.provenance)
    );
    assert_eq!(one.selection, four.selection);
}

#[test]
fn scoring_alone_gives_a_card_a_picture() {
    let source = Raster::new(4, 4);
    let (dark, light) = (
        Raster::from_fn(4, 4, |_, _| [0.25; 3]),
        Raster::from_fn(4, 4, |_, _| [0.75; 3]),
    );
    let rewards: Vec<Box<dyn Reward>> = vec![Box::new(Eye("light", 1.0))];
    let cards = score(
        &source,
        &[&dark, &light],
        &Instruction::default(),
        &rewards,
        &Quiet,
    )
    .expect("nothing stops it");
    let values: Vec<_> = cards.iter().map(|card| card.value("light")).collect();
    assert_eq!(values, [Some(0.25), Some(0.75)]);
}

/// Counts the pixels it hears of and wants nothing twice.
struct Once(AtomicUsize);

impl Watch for Once {
    fn progress(&self, _: &'static str, _: usize, _: usize) {}
}

impl Hear for Once {
    fn made(&self, _: u64, candidate: &Candidate) {
        self.0.fetch_add(candidate.picture.len(), Ordering::Relaxed);
    }
    fn wants_all(&self) -> bool {
        false
    }
}

#[test]
fn pictures_that_were_heard_of_and_scored_are_let_go() {
    let job = job(8, 1);
    let tools = Tools {
        strategy: Box::new(retake_search::BestOfN {}),
        ..tools(None, vec![Box::new(Eye("light", 1.0))])
    };
    let once = Once(AtomicUsize::new(0));
    let working = Arc::new(Raster::new(32, 24));
    let outcome = run_aloud(&job, working, &tools, &once).expect("nothing stops it");
    assert_eq!(once.0.into_inner(), 8 * 32 * 24);
    assert!(
        outcome
            .candidates
            .iter()
            .all(|made| made.picture.is_empty())
    );
    assert_eq!(outcome.cards.len(), 8);
}
