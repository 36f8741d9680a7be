//! What networks that were imported add: a reason with its number, and a cost where the edit rates worse or shows something
//! else. The networks here are stand-ins that tell by the mean light of a picture.

use std::sync::Arc;

use retake_core::{
    Degree, Dimension, Eyes, Instruction, Quantity, Quiet, Raster, Reason, Reward, SceneWords,
    ScoreRequest, TechnicalQuality,
};
use retake_rewards::BuiltIn;

use crate::asking::*;
use crate::pictures::picture;

fn light(picture: &Raster) -> f32 {
    picture.planes[1].iter().sum::<f32>() / picture.len() as f32
}

/// The lighter, the worse: 0 to 100.
struct Lighter;

impl TechnicalQuality for Lighter {
    fn badness(&self, picture: &Raster) -> Option<f32> {
        Some((100.0 * light(picture)).min(100.0))
    }
}

/// Day above a light of 0.3, night below.
struct DayOrNight;

impl SceneWords for DayOrNight {
    fn probabilities(&self, picture: &Raster) -> Option<Vec<f32>> {
        let day = f32::from(u8::from(light(picture) > 0.3));
        Some(vec![day, 1.0 - day])
    }
    fn word(&self, number: usize) -> Option<&'static str> {
        ["day", "night"].get(number).copied()
    }
}

fn lit(source: &Raster, wanted: f32) -> Raster {
    let gain = wanted / light(source);
    Raster::from_fn(source.width, source.height, |x, y| {
        source.at(x, y).map(|value| value * gain)
    })
}

fn reason(
    edit: Raster,
    asked: &Instruction,
    eyes: Eyes,
    of: &'static str,
    id: &str,
) -> Option<Reason> {
    let source = lit(picture("mountain path"), 0.2);
    let request = ScoreRequest {
        source: &source,
        edited: &[&edit],
        instruction: asked,
    };
    let cards = BuiltIn::seeing(eyes)
        .score(&request, &Quiet)
        .expect("nobody stops the tests");
    let score = cards[0].scores[&Dimension::from(of)].clone();
    score.reasons.into_iter().find(|reason| reason.id == id)
}

fn rated(wanted: f32, asked: &Instruction) -> Option<Reason> {
    let eyes = Eyes {
        quality: Some(Arc::new(Lighter)),
        ..Eyes::default()
    };
    let edit = lit(picture("mountain path"), wanted);
    reason(
        edit,
        asked,
        eyes,
        Dimension::GENERATION_QUALITY,
        "technical",
    )
}

fn shown(wanted: f32, asked: &Instruction) -> Option<Reason> {
    let eyes = Eyes {
        scene: Some(Arc::new(DayOrNight)),
        ..Eyes::default()
    };
    let edit = lit(picture("mountain path"), wanted);
    reason(edit, asked, eyes, Dimension::DETAIL_PRESERVING, "shows")
}

fn brighter() -> Instruction {
    instruction(&[raise(Quantity::Lightness, Degree::Moderate)])
}

#[test]
fn an_edit_that_rates_worse_costs_and_says_both_numbers() {
    let reason = rated(0.45, &brighter()).expect("a reason");
    assert_eq!(
        reason.text,
        "Technical quality (BRISQUE, 0 unspoiled to 100): 20 before, 45 after."
    );
    assert!((0.04..0.25).contains(&reason.cost), "{}", reason.cost);
}

#[test]
fn an_edit_that_rates_about_the_same_costs_nothing_and_says_so() {
    let reason = rated(0.25, &brighter()).expect("a reason");
    assert_eq!((reason.cost, reason.passed), (0.0, Some(true)));
}

#[test]
fn blur_that_was_asked_is_forgiven() {
    let asked = instruction(&[raise(Quantity::Blur, Degree::Strong)]);
    let (forgiven, counted) = (rated(0.45, &asked), rated(0.45, &brighter()));
    let cost = |reason: Option<Reason>| reason.expect("a reason").cost;
    assert!(cost(forgiven) < 0.3 * cost(counted));
}

#[test]
fn an_edit_that_shows_something_else_costs_and_names_both() {
    let reason = shown(0.4, &brighter()).expect("a reason");
    let text = reason.text.to_string();
    assert!(
        text.contains("sees night (100 %) before and day (100 %) after"),
        "{text}"
    );
    assert!((0.04..0.25).contains(&reason.cost), "{}", reason.cost);
    let same = shown(0.25, &brighter()).expect("a reason");
    assert_eq!((same.cost, same.passed), (0.0, Some(true)));
}

#[test]
fn where_new_content_is_asked_nothing_is_said_of_what_it_shows() {
    let mut asked = brighter();
    asked.understood.generative.push(retake_core::Generative {
        words: "add a dog".to_owned(),
        kind: "adding something".to_owned(),
    });
    assert!(shown(0.4, &asked).is_none());
}

#[test]
fn what_is_imported_is_in_the_version() {
    let version = |eyes: Eyes| BuiltIn::seeing(eyes).info().version;
    let with = Eyes {
        quality: Some(Arc::new(Lighter)),
        ..Eyes::default()
    };
    assert_ne!(version(with), version(Eyes::default()));
}
