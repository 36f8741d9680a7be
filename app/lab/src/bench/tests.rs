//! Reports over planted opinions: the split by models, judges of pairs in both orders, and pairs that are judged both ways.

use retake_core::Rng;

use super::*;
use crate::case::{Take, Verdict};
use crate::measures::Better;
use crate::scoring::Compared;

fn take(name: &str, editor: &str) -> Take {
    Take {
        name: name.to_owned(),
        editor: editor.to_owned(),
        ..Take::default()
    }
}

/// A pair of which people prefer the first.
fn case(id: usize, editors: [&str; 2]) -> Case {
    Case {
        id: id.to_string(),
        group: id.to_string(),
        takes: vec![take("A", editors[0]), take("B", editors[1])],
        verdicts: vec![Verdict::of(Better::A)],
        ..Case::default()
    }
}

/// Scores of a pair; a judge of pairs said so of the first, shown first and shown second.
fn scores(first: f64, second: f64, shown_first: f64, shown_second: f64) -> Vec<Scores> {
    let of = |overall: f64, second: usize, first_better: f64| Scores {
        overall,
        compared: vec![Compared {
            second,
            first_better,
        }],
        ..Scores::default()
    };
    vec![of(first, 1, shown_first), of(second, 0, 1.0 - shown_second)]
}

fn report(cases: impl IntoIterator<Item = (Case, Vec<Scores>)>) -> Report {
    let mut table = Table::default();
    for (case, scores) in cases {
        table.add(&case, with_scores(&case, &scores));
    }
    let draws = Draws {
        rounds: 20,
        seed: 0,
    };
    Report::of(
        ("mmrb2", "planted", "none"),
        &table.groups(),
        Tally::default(),
        draws,
    )
}

#[test]
fn pairs_by_one_model_are_told_apart_from_pairs_by_two() {
    // right of every pair by one model, wrong of every other
    let same = (0..6).map(|id| (case(id, ["m", "m"]), scores(0.9, 0.1, 0.5, 0.5)));
    let other = (6..10).map(|id| (case(id, ["m", "n"]), scores(0.1, 0.9, 0.5, 0.5)));
    let unknown = (10..13).map(|id| (case(id, ["m", ""]), scores(0.1, 0.9, 0.5, 0.5)));
    let told = report(same.chain(other).chain(unknown)).by_models;
    let of = |name: &str| {
        let figures = &told[name];
        (figures.pairs, figures.values["pair_accuracy"])
    };
    assert_eq!(told.len(), 2);
    assert_eq!(of("same model"), (6, 1.0));
    assert_eq!(of("different models"), (4, 0.0));
}

#[test]
fn where_all_pairs_are_of_one_kind_there_is_no_split() {
    let same = (0..6).map(|id| (case(id, ["m", "m"]), scores(0.9, 0.1, 0.5, 0.5)));
    assert!(report(same).by_models.is_empty());
}

#[test]
fn of_a_thousand_pairs_a_judge_that_sees_the_pictures_turns_with_them_and_one_that_sees_places_does_not()
 {
    let mut rng = Rng::new(6);
    let mut turning = |lean: f64| {
        let pairs = (0..1000).map(|id| {
            // how much better the first is, as the judge sees it each time
            let mut seen = || f64::from(0.8 + 0.3 * rng.normal());
            let sure = |better: f64| f64::from(u8::from(better > 0.0));
            let (there, back) = (sure(seen() + lean), sure(seen() - lean));
            (case(id, ["m", "n"]), scores(0.5, 0.5, there, back))
        });
        let values = report(pairs.collect::<Vec<_>>()).figures.values;
        (
            values["order_consistency"],
            values["both_orders_accuracy"],
            values["positional_bias"],
        )
    };
    let (fair, fair_right, fair_bias) = turning(0.0);
    let (leaning, _, bias) = turning(5.0);
    assert!(
        fair >= 0.9 && fair_right >= 0.9 && fair_bias.abs() < 0.05,
        "{fair} {fair_right} {fair_bias}"
    );
    assert!(leaning < 0.1 && bias > 0.45, "{leaning} {bias}");
}

#[test]
fn planted_disagreement_of_scores_and_pairs_is_uncertain_and_the_rest_is_more_accurate() {
    let mut rng = Rng::new(42);
    let mut planted = 0;
    let pairs: Vec<_> = (0..600)
        .map(|id| {
            // both are right more often than not, and err each for itself
            let scores_right = rng.uniform() < 0.7;
            let pairs_right = rng.uniform() < 0.75;
            planted += usize::from(scores_right != pairs_right);
            let (first, second) = if scores_right { (0.7, 0.4) } else { (0.4, 0.7) };
            let sure = if pairs_right { 0.8 } else { 0.3 };
            (case(id, ["m", "m"]), scores(first, second, sure, sure))
        })
        .collect();
    let values = report(pairs).figures.values;
    assert_eq!(values["uncertain_rate"], planted as f64 / 600.0);
    let (agreed, all) = (values["agreed_accuracy"], values["pair_accuracy"]);
    assert!(
        agreed > all + 0.1,
        "{agreed} where both agree, {all} of all"
    );
    assert!(values["uncertain_accuracy"] < all);
}

#[test]
fn without_a_judge_of_pairs_nothing_is_uncertain() {
    let mut alone = scores(0.9, 0.1, 0.5, 0.5);
    alone.iter_mut().for_each(|scores| scores.compared.clear());
    let values = report([(case(0, ["m", "m"]), alone)]).figures.values;
    assert!(!values.contains_key("uncertain_rate"));
}
