//! What holds for every selector of the table.

use std::collections::BTreeMap;

use proptest::prelude::*;
use retake_core::{
    Dimension, Group, Pair, Raw, Reason, Score, Scorecard, Selection, Verdict, said,
};
use serde_json::{Value, json};

use super::*;

mod comparisons;
mod wholes;

const D: [&str; 3] = Dimension::CANONICAL;

fn score(value: f32, spread: f32) -> Score {
    Score {
        value,
        spread,
        reasons: Vec::new(),
        evidence: None,
    }
}

/// Three dimensions, and two judges that left their own scores.
fn card(values: [f32; 3], judges: [[f32; 3]; 2]) -> Scorecard {
    let scores = D.iter().zip(values);
    let scores: BTreeMap<Dimension, Score> = scores
        .map(|(name, value)| (Dimension::from(*name), score(value, 0.03)))
        .collect();
    let mut card = Scorecard::from(scores);
    for (number, values) in judges.into_iter().enumerate() {
        let measures = D.iter().zip(values);
        card.raw.push(Raw {
            reward: format!("judge{number}"),
            measures: measures
                .map(|(name, value)| ((*name).to_owned(), f64::from(value)))
                .collect(),
            told: Value::Null,
        });
    }
    card
}

/// As one judge alone has it.
fn simple(values: [f32; 3]) -> Scorecard {
    let mut card = card(values, [values; 2]);
    card.raw.clear();
    card
}

fn untouched() -> Scorecard {
    let mut card = card([0.03, 1.0, 1.0], [[0.02, 1.0, 1.0], [0.05, 1.0, 1.0]]);
    if let Some(score) = card.scores.get_mut(&Dimension::from(D[0])) {
        score.reasons.push(Reason {
            id: "untouched".to_owned(),
            text: said!("The edit shows the photo as it was."),
            passed: Some(false),
            cost: 1.0,
            check: None,
            evidence: None,
        });
    }
    card
}

/// Numbers whose tenfold is exact, so that a scale changes no digit.
fn share() -> impl Strategy<Value = f32> {
    (1u8..=64).prop_map(|step| f32::from(step) / 64.0)
}

fn shares() -> impl Strategy<Value = [f32; 3]> {
    [share(), share(), share()]
}

/// A group with the judges' words around the scores.
fn group() -> impl Strategy<Value = Vec<Scorecard>> {
    let one = (shares(), [shares(), shares()]);
    let one = one.prop_map(|(values, judges)| card(values, judges));
    prop::collection::vec(one, 1..9)
}

fn scaled(card: &Scorecard, dimension: &str) -> Scorecard {
    let mut card = card.clone();
    if let Some(score) = card.scores.get_mut(&Dimension::from(dimension)) {
        score.value *= 10.0;
        score.spread *= 10.0;
    }
    for raw in &mut card.raw {
        if let Some(value) = raw.measures.get_mut(dimension) {
            *value *= 10.0;
        }
    }
    card
}

/// Everything that a verdict holds is a number in its bounds, and the order is one.
fn check(id: &str, selection: &Selection, count: usize) {
    let mut seen = selection.order.clone();
    seen.sort_unstable();
    assert_eq!(seen, (0..count).collect::<Vec<_>>(), "{id}");
    assert_eq!(selection.overall.len(), count, "{id}");
    for value in &selection.overall {
        assert!((0.0..=1.0).contains(value), "{id}: {value}");
    }
    let falling = |pair: &[usize]| selection.overall[pair[0]] >= selection.overall[pair[1]];
    assert!(
        selection.order.windows(2).all(falling),
        "{id}: {selection:?}"
    );
    if count > 0 {
        assert!((0.5..=1.0).contains(&selection.confidence), "{id}");
        assert!((0.0..=1.0).contains(&selection.margin), "{id}");
        assert_eq!(
            (selection.terms.len(), selection.why.len()),
            (count, count),
            "{id}"
        );
        assert!(selection.why[selection.order[0]].is_empty(), "{id}");
        let lost = &selection.order[1..];
        assert!(
            lost.iter().all(|place| !selection.why[*place].is_empty()),
            "{id}"
        );
    }
    let mut terms = selection.terms.iter().flat_map(BTreeMap::values);
    assert!(terms.all(|value| value.is_finite()), "{id}");
}

fn place(selection: &Selection, candidate: usize) -> usize {
    let mut order = selection.order.iter();
    order
        .position(|place| *place == candidate)
        .expect("it is there")
}

fn pair(first: usize, second: usize, better: Verdict) -> Pair {
    Pair {
        first,
        second,
        better,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn the_order_does_not_depend_on_who_comes_first(cards in group(), turn in 0usize..8) {
        let count = cards.len();
        // where each of the turned group comes from
        let from: Vec<usize> = (0..count).map(|place| (place * 5 + turn) % count).collect();
        prop_assume!((0..count).all(|place| from.contains(&place)));
        let turned: Vec<Scorecard> = from.iter().map(|place| cards[*place].clone()).collect();
        for entry in SELECTORS {
            let (before, after) = (entry.plain().select(&cards), entry.plain().select(&turned));
            check(entry.id, &before, count);
            for (now, then) in from.iter().enumerate() {
                let apart = after.overall[now] - before.overall[*then];
                prop_assert!(apart.abs() < 1e-5, "{}: {apart}", entry.id);
            }
            // of equals the first of the group is compared with the next, and they may doubt differently
            let tied = before.order.windows(2).take(2).any(|pair| {
                before.overall[pair[0]] - before.overall[pair[1]] < 1e-6
            });
            let apart = (after.confidence - before.confidence).abs();
            prop_assert!(tied || apart < 1e-3, "{}: {apart}", entry.id);
        }
    }

    #[test]
    fn a_better_score_never_costs_a_place(
        cards in group(), which in 0usize..8, dimension in 0usize..3, by in share(),
    ) {
        let which = which % cards.len();
        let mut better = cards.clone();
        let raised = |value: f64| (value + f64::from(by)).min(1.0);
        if let Some(score) = better[which].scores.get_mut(&Dimension::from(D[dimension])) {
            score.value = raised(f64::from(score.value)) as f32;
        }
        for raw in &mut better[which].raw {
            if let Some(value) = raw.measures.get_mut(D[dimension]) {
                *value = raised(*value);
            }
        }
        for entry in SELECTORS {
            let (before, after) = (entry.plain().select(&cards), entry.plain().select(&better));
            prop_assert!(
                place(&after, which) <= place(&before, which),
                "{}: {before:?} {after:?}", entry.id
            );
        }
    }

    #[test]
    fn ten_times_a_dimension_changes_nothing(cards in group(), dimension in 0usize..3) {
        let larger: Vec<Scorecard> =
            cards.iter().map(|card| scaled(card, D[dimension])).collect();
        for entry in SELECTORS {
            let (before, after) = (entry.plain().select(&cards), entry.plain().select(&larger));
            prop_assert_eq!(&before.order, &after.order, "{}", entry.id);
            prop_assert!((before.confidence - after.confidence).abs() < 1e-3, "{}", entry.id);
        }
    }

    #[test]
    fn an_untouched_copy_never_wins_over_an_edit(
        right in [0.5f32..1.0, 0.2f32..1.0, 0.2f32..1.0], other in shares(), copy_at in 0usize..3,
    ) {
        let mut cards = vec![card(right, [right; 2]), card(other, [other; 2])];
        cards.insert(copy_at, untouched());
        for entry in SELECTORS {
            let selection = entry.plain().select(&cards);
            prop_assert_eq!(selection.order[2], copy_at, "{}", entry.id);
            prop_assert_eq!(&selection.why[copy_at], &"It shows the photo as it was.");
        }
    }

    #[test]
    fn what_is_missing_or_no_number_never_decides(
        cards in group(), which in 0usize..8, dimension in 0usize..3,
        nonsense in prop::sample::select(vec![f32::NAN, f32::INFINITY, f32::NEG_INFINITY]),
    ) {
        let which = which % cards.len();
        let name = Dimension::from(D[dimension]);
        let mut broken = cards.clone();
        if let Some(score) = broken[which].scores.get_mut(&name) {
            score.value = nonsense;
            score.spread = nonsense;
        }
        let mut missing = cards.clone();
        missing[which].merge(Scorecard {
            unknown: [(name, said!("The judge was not asked."))].into(),
            ..Scorecard::default()
        });
        for entry in SELECTORS {
            for cards in [&broken, &missing] {
                let selection = entry.plain().select(cards);
                check(entry.id, &selection, cards.len());
                prop_assert!(
                    selection.left_out.iter().any(|left| left.candidate == which),
                    "{}", entry.id
                );
            }
        }
    }
}

/// Where the weights of a mean go from one dimension to the other.
#[test]
fn a_sweep_of_a_weight_goes_along_the_front_and_only_there() {
    // a front of four, and two that are behind one of it in both
    let cards = [
        simple([0.95, 0.40, 0.8]),
        simple([0.85, 0.70, 0.8]),
        simple([0.65, 0.88, 0.8]),
        simple([0.35, 0.96, 0.8]),
        simple([0.80, 0.60, 0.8]),
        simple([0.30, 0.80, 0.8]),
    ];
    let entry = selector("power_mean").expect("it is in the table");
    let mut winners: Vec<usize> = (0..=20)
        .map(|step| {
            let weight = f64::from(step) / 20.0;
            let weights =
                json!({"instruction_following": weight, "detail_preserving": 1.0 - weight});
            let made = entry.make(&json!({ "weights": weights }));
            made.expect("it is right").select(&cards).order[0]
        })
        .collect();
    winners.dedup();
    assert!(winners.iter().all(|winner| *winner < 4), "{winners:?}");
    assert!(winners.len() >= 3, "{winners:?}");
    assert!(
        winners.windows(2).all(|pair| pair[0] > pair[1]),
        "{winners:?}"
    );
}

#[test]
fn a_group_of_none_one_and_equals_is_no_panic() {
    let equal = card([0.5; 3], [[0.5; 3]; 2]);
    let zero = card([0.0; 3], [[0.0; 3]; 2]);
    for entry in SELECTORS {
        for cards in [
            vec![],
            vec![equal.clone()],
            vec![equal.clone(); 5],
            vec![zero.clone(); 3],
            vec![Scorecard::default(); 2],
            vec![untouched(); 2],
            vec![
                equal.clone(),
                Scorecard::default(),
                untouched(),
                zero.clone(),
            ],
        ] {
            check(entry.id, &entry.plain().select(&cards), cards.len());
        }
    }
}

#[test]
fn equals_keep_the_order_of_the_group_and_nobody_is_called_sure() {
    let cards = vec![card([0.8; 3], [[0.8; 3]; 2]); 4];
    for entry in SELECTORS {
        let selection = entry.plain().select(&cards);
        assert_eq!(selection.order, [0, 1, 2, 3], "{}", entry.id);
        assert!(!selection.confident, "{}", entry.id);
    }
}

#[test]
fn copies_alone_are_no_result() {
    for entry in SELECTORS {
        assert!(
            !entry
                .plain()
                .select(&[untouched(), untouched()])
                .good_enough,
            "{}",
            entry.id
        );
    }
}

#[test]
fn a_dimension_that_nobody_scored_is_said_and_the_rest_decides() {
    let without = |values| {
        let mut card = simple(values);
        card.scores.remove(&Dimension::from(D[1]));
        card
    };
    let cards = [without([0.4, 0.0, 0.8]), without([0.9, 0.0, 0.8])];
    for entry in SELECTORS {
        let selection = entry.plain().select(&cards);
        assert_eq!(selection.order, [1, 0], "{}", entry.id);
        let note = "Nobody scored what it keeps, so it does not count.";
        assert!(
            selection.notes.iter().any(|said| said == &note),
            "{}",
            entry.id
        );
    }
    let entry = selector("power_mean").expect("it is in the table");
    let odd = entry.make(&json!({"weights": {"instruction_following": 1, "charm": 0.5}}));
    let selection = odd.expect("any name may be weighed").select(&cards);
    assert!(
        selection
            .notes
            .iter()
            .any(|said| said == &"Nobody scored charm, so it does not count.")
    );
    assert_eq!(selection.order, [1, 0]);
}

#[test]
fn a_formula_that_is_no_number_for_anybody_leaves_the_choice_to_the_measures() {
    let own = Dimension::from(Dimension::OWN);
    let mut unknown = [simple([0.4, 0.8, 0.8]), simple([0.9, 0.8, 0.8])];
    let mut nonsense = unknown.clone();
    for card in &mut unknown {
        let why = said!("The judge was not asked.");
        card.unknown.insert(own.clone(), why);
    }
    for card in &mut nonsense {
        card.scores.insert(own.clone(), score(f32::NAN, 0.0));
    }
    for entry in SELECTORS {
        for cards in [&unknown, &nonsense] {
            let selection = entry.plain().select(cards);
            assert_eq!(selection.order, [1, 0], "{}", entry.id);
            let note = "Nobody scored your own formula, so it does not count.";
            let said = selection.notes.iter().any(|said| said == &note);
            assert!(said, "{}: {:?}", entry.id, selection.notes);
        }
    }
}

#[test]
fn every_selector_has_words_and_settings_that_read_back() {
    for entry in SELECTORS {
        let same = SELECTORS.iter().filter(|other| other.id == entry.id);
        assert_eq!(same.count(), 1, "{}", entry.id);
        assert!(
            !entry.title.is_empty() && entry.about.ends_with('.'),
            "{}",
            entry.id
        );
        let made = entry.plain();
        let again = entry
            .make(&made.settings())
            .expect("its own settings are right");
        assert_eq!((made.id(), made.settings()), (entry.id, again.settings()));
        assert!(selector(entry.id).is_some_and(|found| found.title == entry.title));
        for dial in entry.dials.iter().chain(COMMON) {
            assert!(
                (dial.from..=dial.to).contains(&dial.own),
                "{} {}",
                entry.id,
                dial.id
            );
            let beyond = entry.make(&json!({ dial.id: dial.to + 1.0 }));
            assert!(beyond.is_err(), "{} {}", entry.id, dial.id);
        }
        assert!(entry.make(&json!({"charm": 1})).is_err(), "{}", entry.id);
    }
    assert!(selector("power_0.8").is_some() && selector("charm").is_none());
}

#[test]
fn a_selection_written_before_there_were_terms_is_still_read() {
    let old = json!({"overall": [0.5], "order": [0], "margin": 0.0, "confidence": 1.0,
        "confident": true, "good_enough": true});
    let selection: Selection = serde_json::from_value(old).expect("it is read");
    assert!(selection.terms.is_empty() && !selection.settled);
}

#[test]
fn what_one_judge_was_fooled_by_loses_under_caution_and_what_fools_all_wins() {
    let honest = card([0.75, 0.7, 0.7], [[0.7; 3], [0.7; 3]]);
    let fooled_one = card([0.8, 0.8, 0.8], [[1.0; 3], [0.4; 3]]);
    let fooled_all = card([0.95; 3], [[0.95; 3], [0.95; 3]]);
    for id in ["worst_case", "mean_minus_deviation"] {
        let of = |cards: &[Scorecard]| {
            let entry = selector(id).expect("it is in the table");
            entry.plain().select(cards).order[0]
        };
        assert_eq!(of(&[honest.clone(), fooled_one.clone()]), 0, "{id}");
        assert_eq!(of(&[honest.clone(), fooled_all.clone()]), 1, "{id}");
    }
}

#[test]
fn a_weight_moves_the_order_where_a_scale_does_not() {
    let cards = [simple([0.9, 0.5, 0.8]), simple([0.7, 0.9, 0.8])];
    let by = |settings: Value| {
        let entry = selector("power_mean").expect("it is in the table");
        entry
            .make(&settings)
            .expect("it is right")
            .select(&cards)
            .order[0]
    };
    assert_eq!(
        by(json!({"weights": {"instruction_following": 1.0, "detail_preserving": 0.1}})),
        0
    );
    assert_eq!(
        by(json!({"weights": {"instruction_following": 0.1, "detail_preserving": 1.0}})),
        1
    );
}

#[test]
fn there_is_nothing_to_choose_between_duplicates_and_it_is_said() {
    let low_variance = selector("low_variance")
        .expect("it is in the table")
        .plain();
    let alike = low_variance.select(&[simple([0.97, 0.95, 0.96]), simple([0.96, 0.97, 0.96])]);
    assert!(alike.settled && !alike.confident);
    assert_eq!(alike.order, [1, 0]);
    let apart = low_variance.select(&[simple([0.97, 0.95, 0.96]), simple([0.5, 0.97, 0.96])]);
    assert!(!apart.settled);
    let bad = low_variance.select(&[simple([0.3; 3]), simple([0.3; 3])]);
    assert!(!bad.settled);
}

#[test]
fn a_front_is_shown_and_who_is_behind_in_everything_is_told_so() {
    let pareto = selector("pareto").expect("it is in the table").plain();
    let cards = [
        simple([0.9, 0.3, 0.8]),
        simple([0.7, 0.7, 0.8]),
        simple([0.6, 0.6, 0.7]),
    ];
    let selection = pareto.select(&cards);
    assert_eq!(selection.order, [1, 0, 2]);
    assert_eq!(selection.terms[2]["front"], 2.0);
    assert!(!selection.confident && selection.notes.len() == 1);
    // monotone rescaling of a dimension changes no front
    let rescaled = cards.clone().map(|mut card| {
        if let Some(score) = card.scores.get_mut(&Dimension::from(D[0])) {
            score.value = score.value.powi(3);
        }
        card
    });
    let fronts = |selection: Selection| -> Vec<f32> {
        selection.terms.iter().map(|terms| terms["front"]).collect()
    };
    assert_eq!(fronts(pareto.select(&rescaled)), fronts(selection));
}

#[test]
fn better_than_before_is_a_half_for_what_was_there_before() {
    let par = selector("par").expect("it is in the table").plain();
    let before = simple([0.5, 0.8, 0.9]);
    let cards = [before.clone(), simple([0.8, 0.8, 0.9])];
    let selection = par.choose(&Group::of(&cards).against(Some(&before)));
    assert!((selection.overall[0] - 0.5).abs() < 1e-6 && selection.overall[1] > 0.6);
}

#[test]
fn an_exploding_judge_has_one_vote() {
    let borda = selector("borda").expect("it is in the table").plain();
    let with = |values: [f64; 3]| {
        let mut card = simple([0.8; 3]);
        for (number, value) in values.into_iter().enumerate() {
            card.raw.push(Raw {
                reward: format!("judge{number}"),
                measures: [("x.overall".to_owned(), value)].into(),
                told: Value::Null,
            });
        }
        card
    };
    let cards = [with([0.6, 0.6, 1.0]), with([0.5, 0.5, 1e6])];
    assert_eq!(borda.select(&cards).order, [0, 1]);
}
