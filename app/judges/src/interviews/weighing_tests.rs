//! What could have stood where a judge wrote its scores reaches the record of what it told.

use std::sync::Arc;

use retake_core::{Dimension, Distribution, answered, by_pass};

use super::How;
use super::card;
use super::testing::{Scripted, answer};
use super::tests::{interview, scored, weighed};
use crate::scales::SCALES;
use crate::{Answer, Token};

/// The distributions of all answers about one edit.
fn distributions(judge: Scripted, rubric: &str, how: How) -> Vec<Distribution> {
    let card = scored(&interview(Arc::new(judge), rubric, how), &[0.5]).remove(0);
    let answers = answered(&card.raw[0].told);
    answers
        .into_iter()
        .flat_map(|answer| answer.distributions)
        .collect()
}

/// Two scores, written token by token: 7, which could have been a number that begins with 1, and 9, which could not.
fn seven_and_nine() -> Answer {
    let token = |text: &str, others: &[(&str, f32)]| Token {
        text: text.to_owned(),
        log_probability: others.first().map_or(0.0, |(_, share)| share.ln()),
        others: others
            .iter()
            .map(|(text, share)| ((*text).to_owned(), share.ln()))
            .collect(),
    };
    Answer {
        tokens: vec![
            token("{\"reasoning\": \"a hat\", \"score\": [", &[]),
            token("7", &[("7", 0.5), ("8", 0.3), ("1", 0.1)]),
            token(", ", &[]),
            token("9", &[("9", 0.6), ("8", 0.4)]),
            token("]}", &[]),
        ],
        ..answer("{\"reasoning\": \"a hat\", \"score\": [7, 9]}")
    }
}

fn expected() -> How {
    How {
        expected: true,
        ..How::default()
    }
}

#[test]
fn the_digits_that_a_judge_weighed_are_in_its_record() {
    let judge = Scripted::new(|_, _| Ok(weighed(&[("3", 0.4), ("5", 0.4), ("the", 0.2)])));
    let found = distributions(judge, "one_digit", How::default());
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].dimension, Dimension::INSTRUCTION_FOLLOWING);
    let likely = [("3".to_owned(), 0.4), ("5".to_owned(), 0.4)];
    assert_eq!((&found[0].likely[..], found[0].rest), (&likely[..], 0.2));
    assert!((found[0].score - 4.0).abs() < 1e-6);
}

#[test]
fn each_question_with_yes_or_no_tells_its_own_dimension() {
    let judge = Scripted::new(|_, _| Ok(weighed(&[("yes", 0.9), ("no", 0.1)])));
    let found = distributions(judge, "two_questions", How::default());
    let dimensions: Vec<&str> = found.iter().map(|f| f.dimension.as_str()).collect();
    let wanted = [
        Dimension::INSTRUCTION_FOLLOWING,
        Dimension::DETAIL_PRESERVING,
    ];
    assert_eq!(dimensions, wanted);
    assert!(found.iter().all(|found| found.likely[0].0 == "yes"));
}

#[test]
fn a_comparison_tells_how_sure_it_was_in_each_order() {
    let judge = Arc::new(Scripted::new(|_, _| {
        Ok(weighed(&[("yes", 0.7), ("no", 0.3)]))
    }));
    let interview = interview(judge, "one_reward", How::default());
    let card = scored(&interview, &[0.2, 0.8]).remove(0);
    let answers = answered(&card.raw[0].told);
    let orders: Vec<_> = answers.iter().filter_map(|answer| answer.between).collect();
    assert!(orders.chunks(2).all(|pair| pair == [(0, 1), (1, 0)]));
    assert_eq!(orders.len(), answers.len());
    assert!(answers.iter().all(|answer| answer.distributions.len() == 1));
}

#[test]
fn a_written_score_keeps_what_else_could_have_stood_there() {
    let judge = Scripted::new(|_, _| Ok(seven_and_nine()));
    let found = distributions(judge, "vie_score", expected());
    let second = &found[1];
    assert_eq!(
        (second.place, &second.dimension[..]),
        (1, Dimension::DETAIL_PRESERVING)
    );
    assert_eq!(second.likely[0], ("9".to_owned(), 0.6));
    assert!((second.score - 8.6).abs() < 1e-6, "{}", second.score);
}

#[test]
fn a_first_digit_of_which_nobody_knows_the_second_is_told_as_such() {
    let judge = Scripted::new(|_, _| Ok(seven_and_nine()));
    let found = distributions(judge, "vie_score", expected());
    let values: Vec<&str> = found[0].likely.iter().map(|(v, _)| v.as_str()).collect();
    assert_eq!((found[0].score, values), (7.0, vec!["7", "8", "1…"]));
}

#[test]
fn a_judge_that_tells_no_probabilities_leaves_none() {
    let judge = Scripted::new(|_, _| Ok(answer("{\"reasoning\": \"\", \"score\": [7, 9]}")));
    assert!(distributions(judge, "vie_score", expected()).is_empty());
}

#[test]
fn the_record_holds_what_every_pass_gave() {
    let judge = Arc::new(Scripted::new(|_, how| {
        let score = 2 + how.seed % 4;
        Ok(answer(format!(
            "{{\"reasoning\": \"\", \"score\": [{score}, 10]}}"
        )))
    }));
    let how = How {
        passes: 3,
        ..How::default()
    };
    let card = scored(&interview(judge, "vie_score", how), &[0.5]).remove(0);
    let passes = by_pass(&card.raw[0].told);
    let following = &passes[Dimension::INSTRUCTION_FOLLOWING];
    let mean = following.iter().sum::<f64>() / 3.0;
    let value = card.value(Dimension::INSTRUCTION_FOLLOWING);
    assert_eq!(following.len(), 3);
    assert!(value.is_some_and(|value| (f64::from(value) - mean).abs() < 1e-6));
    assert!(following.iter().any(|share| *share != following[0]));
}

#[test]
fn every_score_of_every_published_judge_counts_for_a_dimension() {
    for scale in SCALES {
        for place in 0..scale.count() {
            let dimension = card::dimension_of(scale, place);
            assert!(dimension.is_some(), "{} {place}", scale.id);
        }
    }
}
