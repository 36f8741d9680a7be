use retake_core::Rng;

use super::*;
use crate::case::{Take, Verdict};

/// Sixty prompts of four edits each; people's opinion is known, the filter's score is it with so much noise.
fn world(noise: f32) -> Vec<(Case, Vec<Scores>)> {
    let mut rng = Rng::new(9);
    let mut one = |prompt: usize| {
        let takes: Vec<Take> = (0..4)
            .map(|_| Take {
                human: Some(f64::from(rng.uniform())),
                ..Take::default()
            })
            .collect();
        let scores = takes.iter().map(|take| Scores {
            overall: take.human.unwrap_or(0.0) + f64::from(noise * rng.normal()),
            ..Scores::default()
        });
        let scores = scores.collect();
        let id = prompt.to_string();
        let case = Case {
            group: id.clone(),
            id,
            takes,
            ..Case::default()
        };
        (case, scores)
    };
    (0..60).map(&mut one).collect()
}

fn draws() -> Draws {
    Draws {
        rounds: 300,
        seed: 0,
    }
}

#[test]
fn what_a_good_filter_keeps_people_like_better() {
    let all = units(&world(0.3), None);
    let kept = kept(&all, Keep::Share(0.2));
    let told = held_out(&all, &kept, draws()).expect("people rated");
    let interval = told.difference_interval.expect("an interval");
    assert_eq!((told.kept.over, told.whole.over), (48, 240));
    assert!(told.difference > 0.0 && interval.low > 0.0, "{told:?}");
}

#[test]
fn a_filter_that_guesses_is_not_said_to_help() {
    let all = units(&world(1000.0), None);
    let kept = kept(&all, Keep::Share(0.2));
    let told = held_out(&all, &kept, draws()).expect("people rated");
    let interval = told.difference_interval.expect("an interval");
    assert!(interval.low < 0.0 && interval.high > 0.0, "{told:?}");
}

#[test]
fn keeping_less_of_a_good_filter_keeps_what_is_better() {
    let all = units(&world(0.2), None);
    let of = |share: f64| {
        let kept = kept(&all, Keep::Share(share));
        held_out(&all, &kept, draws())
            .expect("people rated")
            .kept
            .mean
    };
    assert!(of(0.1) > of(0.4) && of(0.4) > of(1.0));
}

#[test]
fn so_many_are_kept_as_were_asked_for_and_of_equals_the_first() {
    let mut all = units(&world(0.0), None);
    all.iter_mut().for_each(|unit| unit.score = 0.5);
    let places = |keep: Keep| {
        let kept = kept(&all, keep);
        (0..all.len()).filter(|&at| kept[at]).collect::<Vec<_>>()
    };
    assert_eq!(places(Keep::Count(3)), [0, 1, 2]);
    assert_eq!(places(Keep::Share(0.001)), [0]);
    assert_eq!(places(Keep::Above(0.5)), [0_usize; 0]);
    assert_eq!(places(Keep::Count(1000)).len(), 240);
}

#[test]
fn another_run_can_be_held_out_instead_of_people() {
    let cases = world(0.0);
    let other = |overall: f64| Scores {
        overall,
        ..Scores::default()
    };
    let others = HashMap::from([("0".to_owned(), [0.1, 0.2, 0.3, 0.4].map(other).to_vec())]);
    let all = units(&cases, Some(&others));
    assert_eq!(all[3].held_out, Some(0.4));
    assert_eq!(all[4].held_out, None);
}

#[test]
fn without_ratings_an_edit_is_liked_by_the_comparisons_that_it_won() {
    let case = Case {
        takes: vec![Take::default(); 3],
        verdicts: vec![
            Verdict::of(Better::B),
            Verdict {
                second: 2,
                ..Verdict::of(Better::Tie)
            },
        ],
        ..Case::default()
    };
    let liked: Vec<_> = (0..3).map(|take| liked(&case, take)).collect();
    assert_eq!(liked, [Some(0.25), Some(1.0), Some(0.5)]);
}

#[test]
fn how_much_to_keep_is_a_share_or_a_number() {
    assert_eq!(Keep::read("20%").ok(), Some(Keep::Share(0.2)));
    assert_eq!(Keep::read(" 500 ").ok(), Some(Keep::Count(500)));
    for wrong in ["0", "0%", "101%", "-3", "some", "%", "0.5"] {
        assert!(Keep::read(wrong).is_err(), "{wrong}");
    }
}
