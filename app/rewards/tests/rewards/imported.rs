//! What networks that were imported add: a reason with its number, and a cost where the edit rates worse or shows something
//! else. The networks here are stand-ins that tell by the mean light of a picture.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use retake_core::{
    Degree, Dimension, Eyes, Instruction, Quantity, Quiet, Raster, Reason, Reward, SceneWords,
    Score, ScoreRequest, TechnicalQuality, Thing,
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
    fn meant(&self, thing: &str) -> Vec<usize> {
        ["sun", "moon"]
            .iter()
            .position(|name| *name == thing)
            .into_iter()
            .collect()
    }
}

/// The same, counting how often it looks.
#[derive(Default)]
struct Counting(AtomicUsize);

impl SceneWords for Counting {
    fn probabilities(&self, picture: &Raster) -> Option<Vec<f32>> {
        self.0.fetch_add(1, Ordering::Relaxed);
        DayOrNight.probabilities(picture)
    }
    fn word(&self, number: usize) -> Option<&'static str> {
        DayOrNight.word(number)
    }
    fn meant(&self, thing: &str) -> Vec<usize> {
        DayOrNight.meant(thing)
    }
}

/// With the things that its words name.
fn naming(mut asked: Instruction, things: &[&str]) -> Instruction {
    asked.understood.things = things
        .iter()
        .map(|name| Thing {
            name: (*name).to_owned(),
            kinds: Vec::new(),
            words: (*name).to_owned(),
        })
        .collect();
    asked
}

fn work(words: &str, kind: &str, things: &[&str]) -> Instruction {
    let mut asked = Instruction {
        text: words.to_owned(),
        ..Instruction::default()
    };
    asked.understood.generative.push(retake_core::Generative {
        words: words.to_owned(),
        kind: kind.to_owned(),
    });
    naming(asked, things)
}

/// How often the network looks at a group of three edits that is scored twice, as in a run of two rounds.
fn looks(asked: &Instruction) -> usize {
    let network = Arc::new(Counting::default());
    let eyes = Eyes {
        scene: Some(network.clone()),
        ..Eyes::default()
    };
    let reward = BuiltIn::seeing(eyes);
    let source = lit(picture("mountain path"), 0.2);
    let edits = [0.22, 0.24, 0.4].map(|light| lit(picture("mountain path"), light));
    let edited: Vec<&Raster> = edits.iter().collect();
    let request = ScoreRequest {
        source: &source,
        edited: &edited,
        instruction: asked,
    };
    for _ in 0..2 {
        reward
            .score(&request, &Quiet)
            .expect("nobody stops the tests");
    }
    network.0.load(Ordering::Relaxed)
}

fn followed(wanted: f32, asked: &Instruction) -> Score {
    let source = lit(picture("mountain path"), 0.2);
    let edit = lit(picture("mountain path"), wanted);
    let request = ScoreRequest {
        source: &source,
        edited: &[&edit],
        instruction: asked,
    };
    let eyes = Eyes {
        scene: Some(Arc::new(DayOrNight)),
        ..Eyes::default()
    };
    let cards = BuiltIn::seeing(eyes)
        .score(&request, &Quiet)
        .expect("nobody stops the tests");
    cards[0].scores[&Dimension::from(Dimension::INSTRUCTION_FOLLOWING)].clone()
}

#[test]
fn where_nothing_is_named_the_network_never_looks() {
    assert_eq!(looks(&brighter()), 0);
    assert_eq!(looks(&naming(brighter(), &["zeppelin"])), 0);
    let zeppelin = work("add a zeppelin", "adding something", &["zeppelin"]);
    assert_eq!(looks(&zeppelin), 0);
    let told = followed(0.4, &zeppelin).reasons.remove(1).text.to_string();
    assert!(told.contains("no word for zeppelin"), "{told}");
}

#[test]
fn where_a_thing_is_named_it_looks_at_the_source_once_and_at_each_edit() {
    assert_eq!(looks(&naming(brighter(), &["sun"])), 1 + 2 * 3);
    assert_eq!(
        looks(&work("add a sun", "adding something", &["sun"])),
        1 + 2 * 3
    );
}

#[test]
fn a_thing_that_comes_or_goes_is_seen_and_told() {
    let add = work("add a sun", "adding something", &["sun"]);
    let (came, did_not) = (followed(0.4, &add), followed(0.25, &add));
    assert!(
        came.value > 0.9 && did_not.value < 0.4,
        "{} {}",
        came.value,
        did_not.value
    );
    let text = came.reasons[0].text.to_string();
    assert!(
        text.contains("sees sun at") && text.contains("and 100 % after"),
        "{text}"
    );
    let remove = work("remove the moon", "removing something", &["moon"]);
    let (went, stayed) = (followed(0.4, &remove), followed(0.25, &remove));
    assert!(
        went.value > 0.9 && stayed.value < 0.1,
        "{} {}",
        went.value,
        stayed.value
    );
}

#[test]
fn of_one_thing_for_another_both_count() {
    let swap = work(
        "replace the moon with a sun",
        "changing what something is",
        &["moon", "sun"],
    );
    assert!(followed(0.4, &swap).value > 0.9 && followed(0.25, &swap).value < 0.2);
}

#[test]
fn what_the_network_has_no_word_for_or_does_not_see_is_unknown() {
    let sun = followed(
        0.25,
        &work("remove the sun", "removing something", &["sun"]),
    );
    assert_eq!((sun.value, sun.spread), (0.5, 0.3));
    assert!(
        sun.reasons[1].text.to_string().contains("does not see sun"),
        "{sun:?}"
    );
    let both = work(
        "remove the zeppelin under the moon",
        "removing something",
        &["moon", "zeppelin"],
    );
    let score = followed(0.4, &both);
    assert_eq!(score.value, 0.5);
    assert!(
        score.reasons[1]
            .text
            .to_string()
            .contains("no word for zeppelin"),
        "{score:?}"
    );
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
    let asked = naming(brighter(), &["moon"]);
    let reason = shown(0.4, &asked).expect("a reason");
    let text = reason.text.to_string();
    assert!(
        text.contains("sees night (100 %) before and day (100 %) after"),
        "{text}"
    );
    assert!((0.04..0.25).contains(&reason.cost), "{}", reason.cost);
    let same = shown(0.25, &asked).expect("a reason");
    assert_eq!((same.cost, same.passed), (0.0, Some(true)));
}

#[test]
fn where_new_content_is_asked_nothing_is_said_of_what_it_shows() {
    let mut asked = naming(brighter(), &["moon"]);
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
