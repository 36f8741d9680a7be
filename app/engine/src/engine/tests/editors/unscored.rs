//! Takes of a model that were made and not yet scored when their run was stopped.

use std::sync::atomic::AtomicBool;

use retake_core::{
    Dimension, Raster, Reward, RewardInfo, Score, ScoreRequest, Scorecard, Stop, Watch,
};

use super::*;
use crate::engine::tests::home::Home;

/// How bright a picture is, to the last bit; it waits while it is held, and gives way when it is called off.
struct Brightness(Arc<AtomicBool>);

fn brightness(picture: &Raster) -> f32 {
    let sum: f64 = picture.planes[1].iter().copied().map(f64::from).sum();
    (sum / picture.len() as f64) as f32
}

impl Reward for Brightness {
    fn info(&self) -> RewardInfo {
        RewardInfo {
            id: "brightness",
            version: "1",
            about: "How bright it is.",
            dimensions: &[Dimension::GENERATION_QUALITY],
        }
    }
    fn score(&self, request: &ScoreRequest<'_>, watch: &dyn Watch) -> Result<Vec<Scorecard>, Stop> {
        while self.0.load(Ordering::Relaxed) {
            if watch.stopped() {
                return Err(Stop::Cancelled);
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        let card = |picture: &&Raster| Scorecard {
            scores: [(
                Dimension::from(Dimension::GENERATION_QUALITY),
                Score {
                    value: brightness(picture),
                    spread: 0.0,
                    reasons: Vec::new(),
                    evidence: None,
                },
            )]
            .into(),
            ..Scorecard::default()
        };
        Ok(request.edited.iter().map(card).collect())
    }
}

/// Where rewards wait as long as it is held.
fn held(home: &Home, hold: &Arc<AtomicBool>) -> Engine {
    let kit = Kit {
        rewards: vec![Box::new(Brightness(hold.clone())) as Box<dyn Reward>].into(),
        ..kit_on(&Arc::default())
    };
    let mut engine = Engine::keeping(kit, &home.0, || {});
    open_small(&mut engine);
    engine
}

/// A take that is there and was not scored when the run was stopped.
fn stopped(engine: &mut Engine) -> Arc<crate::Take> {
    choose(engine, "red");
    for command in [
        Command::Say("add a dog".to_owned()),
        Command::Candidates(3),
        Command::Generate,
    ] {
        engine.obey(command);
    }
    until(engine, |engine| session(engine).sheet().len() == 1);
    engine.obey(Command::Stop);
    let take = session(engine).sheet()[0].clone();
    assert!(take.card.is_none());
    take
}

fn scored(engine: &mut Engine) -> (f32, bool) {
    until(engine, |engine| session(engine).sheet()[0].card.is_some());
    let take = session(engine).sheet()[0].clone();
    let card = take.card.clone().expect("it is scored");
    let value = card.value(Dimension::GENERATION_QUALITY);
    (value.expect("it is measured"), take.about())
}

/// What the model makes of the photo.
fn exact(engine: &Engine, take: &crate::Take) -> f32 {
    let working = &session(engine).working;
    brightness(&splash::laid(working, &take.provenance.recipe))
}

#[test]
fn its_scores_are_those_of_the_picture_as_it_was_made() {
    let (home, hold) = (Home::new("exact"), Arc::new(AtomicBool::new(true)));
    let mut engine = held(&home, &hold);
    let take = stopped(&mut engine);
    hold.store(false, Ordering::Relaxed);
    assert_eq!(scored(&mut engine), (exact(&engine, &take), false));
    assert!(session(&engine).sheet()[0].exact.is_none(), "it is let go");
}

#[test]
fn after_a_restart_its_scores_are_near_and_that_is_said_and_kept() {
    let (home, hold) = (Home::new("near"), Arc::new(AtomicBool::new(true)));
    let mut engine = held(&home, &hold);
    let take = stopped(&mut engine);
    let exact = exact(&engine, &take);
    drop(engine);
    hold.store(false, Ordering::Relaxed);
    let mut engine = held(&home, &hold);
    let (value, about) = scored(&mut engine);
    assert!(about && (value - exact).abs() < 0.01, "{value} {exact}");
    drop(engine);
    assert!(scored(&mut held(&home, &hold)).1);
}
