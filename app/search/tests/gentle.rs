//! Penalties are gentle: doubling what any one dimension counts for turns round few of the pairs on which people agree, and
//! leaves no group in which nothing is worth anything. On ImagenHub's human ratings; `RETAKE_IMAGENHUB=DIR` names a folder
//! with more of the same ratings.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use retake_core::{Dimension, Score, Scorecard};
use retake_search::selector;
use serde_json::{Value, json};

/// What one lacks of each of these is a penalty, and so much it counts.
const PENALTIES: [(&str, f64); 4] = [
    (Dimension::INSTRUCTION_FOLLOWING, 0.4),
    (Dimension::DETAIL_PRESERVING, 0.4),
    ("naturalness", 0.1),
    ("artifact_free", 0.1),
];
const JUDGES: [&str; 3] = ["gpt-4o", "gpt-4v", "gemini-1.5-pro"];
/// Of the pairs that people agree on and the selector has right, so many may turn round.
const FEW: f64 = 0.03;

/// The edits of one prompt: what each rater gave, and what a judge gave.
type Prompt = Vec<(Vec<f64>, Scorecard)>;

fn prompts(judge: &str) -> Vec<Prompt> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/imagenhub");
    let folder = std::env::var_os("RETAKE_IMAGENHUB").map_or(own, PathBuf::from);
    let text = std::fs::read_to_string(folder.join("ratings.jsonl")).expect("the ratings");
    let mut prompts: BTreeMap<String, Prompt> = BTreeMap::new();
    for line in text.lines() {
        let row: Value = serde_json::from_str(line).expect("a line is an object");
        let number = |value: &Value| value.as_f64().expect("a number");
        let raters = row["human"].as_array().expect("raters");
        let raters = raters
            .iter()
            .map(|rater| (number(&rater[0]) * number(&rater[1])).sqrt());
        let sides = &row["judges"][judge];
        let (Some(semantic), Some(perceptual)) =
            (sides["semantic"].as_array(), sides["perceptual"].as_array())
        else {
            continue;
        };
        let values = semantic.iter().chain(perceptual).map(number);
        let scores = PENALTIES.iter().zip(values).map(|((name, _), value)| {
            let score = Score {
                value: value as f32 / 10.0,
                spread: 0.0,
                reasons: Vec::new(),
                evidence: None,
            };
            (Dimension::from(*name), score)
        });
        let card = Scorecard::from(scores.collect::<BTreeMap<_, _>>());
        let prompt = row["uid"].as_str().expect("a name").to_owned();
        prompts
            .entry(prompt)
            .or_default()
            .push((raters.collect(), card));
    }
    prompts.into_values().collect()
}

/// The overall score of each edit where one penalty counts twice, or none does.
fn overall(prompt: &Prompt, doubled: Option<usize>) -> Vec<f32> {
    let weight = |(place, (name, weight)): (usize, &(&str, f64))| {
        let times = if doubled == Some(place) { 2.0 } else { 1.0 };
        ((*name).to_owned(), json!(weight * times))
    };
    let weights: serde_json::Map<String, Value> =
        PENALTIES.iter().enumerate().map(weight).collect();
    let entry = selector("power_mean").expect("it is in the table");
    let selector = entry.make(&json!({ "weights": weights })).expect("right");
    let cards: Vec<Scorecard> = prompt.iter().map(|(_, card)| card.clone()).collect();
    selector.select(&cards).overall
}

/// Whether every rater finds the first no worse, and somebody finds it better.
fn agreed(one: &[f64], other: &[f64]) -> bool {
    let none_worse = one.iter().zip(other).all(|(one, other)| one >= other);
    none_worse && one.iter().sum::<f64>() > other.iter().sum::<f64>()
}

#[test]
fn doubling_a_penalty_turns_round_few_pairs_on_which_people_agree() {
    for judge in JUDGES {
        let prompts = prompts(judge);
        for (place, (name, _)) in PENALTIES.iter().enumerate() {
            let (mut pairs, mut turned) = (0, 0);
            for prompt in &prompts {
                let (as_is, doubled) = (overall(prompt, None), overall(prompt, Some(place)));
                for one in 0..prompt.len() {
                    for other in 0..prompt.len() {
                        let people = agreed(&prompt[one].0, &prompt[other].0);
                        if people && as_is[one] > as_is[other] {
                            pairs += 1;
                            turned += usize::from(doubled[one] < doubled[other]);
                        }
                    }
                }
            }
            let share = turned as f64 / f64::from(pairs);
            assert!(pairs > 300, "{judge}: {pairs} pairs");
            assert!(share <= FEW, "{judge}, {name}: {turned} of {pairs}");
        }
    }
}

#[test]
fn no_doubled_penalty_leaves_a_group_in_which_nothing_is_worth_anything() {
    for judge in JUDGES {
        for prompt in prompts(judge) {
            // one with a point in everything is worth something
            let whole = |(_, card): &(Vec<f64>, Scorecard)| {
                card.scores.values().all(|score| score.value > 0.0)
            };
            if !prompt.iter().any(whole) {
                continue;
            }
            for doubled in [None, Some(0), Some(1), Some(2), Some(3)] {
                let best = overall(&prompt, doubled).into_iter().fold(0.0, f32::max);
                assert!(best > 0.0, "{judge}: {doubled:?}");
            }
        }
    }
}
