//! Formulas of every kind, refined by every kind of sentence.

use std::collections::BTreeMap;

use proptest::prelude::*;
use retake_core::Rng;

use super::*;

/// Measures between 0 and 1 that formulas of the tests name.
const NAMES: [&str; 5] = [
    "instruction_following",
    "detail_preserving",
    "generation_quality",
    "cost.noise",
    "cost.halos",
];

/// Sentences, and what they wish of which measure.
const SENTENCES: [(&str, &str, Turn); 6] = [
    ("punish noise more", "cost.noise", Turn::Punish),
    ("punish halos harder", "cost.halos", Turn::Punish),
    (
        "details should count more",
        "detail_preserving",
        Turn::Favour,
    ),
    ("favour quality", "generation_quality", Turn::Favour),
    (
        "quality should count less",
        "generation_quality",
        Turn::Calm,
    ),
    (
        "less weight on the instruction",
        "instruction_following",
        Turn::Calm,
    ),
];

fn formula() -> impl Strategy<Value = String> {
    let name = prop::sample::select(NAMES.to_vec());
    let leaf = prop_oneof![
        name.clone().prop_map(str::to_owned),
        (1_u32..9, name).prop_map(|(tenths, name)| format!("0.{tenths} * {name}")),
        (1_u32..9).prop_map(|tenths| format!("0.{tenths}")),
    ];
    leaf.prop_recursive(3, 12, 2, |inner| {
        let two = (inner.clone(), inner.clone());
        prop_oneof![
            (two.clone(), prop::sample::select(vec!["+", "-", "*"]))
                .prop_map(|((a, b), sign)| format!("({a}) {sign} ({b})")),
            two.clone().prop_map(|(a, b)| format!("min({a}, {b})")),
            two.prop_map(|(a, b)| format!("mean({a}, {b})")),
            inner.prop_map(|a| format!("clamp({a}, 0, 1)")),
        ]
    })
}

/// How many points.
const POINTS: usize = 60;

type Point = BTreeMap<&'static str, f64>;

/// Points all over, the same for every formula.
fn points() -> Vec<Point> {
    let mut rng = Rng::new(11);
    (0..POINTS)
        .map(|_| NAMES.map(|name| (name, f64::from(rng.uniform()))).into())
        .collect()
}

fn at(formula: &str, point: &Point) -> f64 {
    let formula = Formula::read(formula).expect("it reads");
    formula
        .value(&|name| point.get(name).copied())
        .expect("a number")
}

/// As a score counts.
fn scored(formula: &str, point: &Point) -> f64 {
    at(formula, point).clamp(0.0, 1.0)
}

/// The change of the value from the least to the most of a measure, on average over all points.
fn weight(formula: &str, measure: &'static str) -> f64 {
    let of = |point: Point| {
        let moved = |value: f64| at(formula, &with(&point, measure, value));
        moved(1.0) - moved(0.0)
    };
    points().into_iter().map(of).sum::<f64>() / POINTS as f64
}

fn with(point: &Point, measure: &'static str, value: f64) -> Point {
    let mut point = point.clone();
    point.insert(measure, value);
    point
}

/// How far the value goes up and down in all while the measure goes from 0 to 1 in so many steps, on average.
fn swing(formula: &str, measure: &'static str, steps: u32) -> f64 {
    let of = |point: Point| {
        let value = |step: u32| {
            at(
                formula,
                &with(&point, measure, f64::from(step) / f64::from(steps)),
            )
        };
        (0..steps)
            .map(|step| (value(step + 1) - value(step)).abs())
            .sum::<f64>()
    };
    points().into_iter().map(of).sum::<f64>() / POINTS as f64
}

/// A formula without its outermost bounds, so that weights show.
fn unbound(formula: &str) -> String {
    Formula(super::inner(Formula::read(formula).expect("it reads").0)).to_string()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_was_written_reads_as_the_same(formula in formula()) {
        let read = Formula::read(&formula).expect("it reads");
        let again = Formula::read(&read.to_string()).expect("it reads again");
        prop_assert_eq!(again.to_string(), read.to_string());
        for point in points().iter().take(20) {
            prop_assert_eq!(at(&formula, point), at(&read.to_string(), point));
        }
    }

    #[test]
    fn a_refined_formula_reads_and_stays_within_the_scale(formula in formula(), which in 0..SENTENCES.len()) {
        let Ok(refined) = refine(&formula, SENTENCES[which].0) else {
            // only what does not name the measure cannot let it count less
            prop_assert!(SENTENCES[which].2 == Turn::Calm && !formula.contains(SENTENCES[which].1));
            return Ok(());
        };
        for point in points() {
            let value = at(&refined.text, &point);
            prop_assert!((0.0..=1.0).contains(&value), "{} gives {value}", refined.text);
        }
    }

    #[test]
    fn the_weight_of_the_measure_moves_where_it_was_asked_to(formula in formula(), which in 0..SENTENCES.len()) {
        let (words, measure, turn) = SENTENCES[which];
        let Ok(refined) = refine(&formula, words) else { return Ok(()) };
        prop_assert_eq!((refined.wish.measure.as_str(), refined.wish.turn), (measure, turn));
        let (old, new) = (unbound(&formula), unbound(&refined.text));
        let (before, after) = (weight(&old, measure), weight(&new, measure));
        match turn {
            Turn::Punish => prop_assert!(after < before - 1e-6, "{formula} → {}", refined.text),
            Turn::Favour => prop_assert!(after > before + 1e-6, "{formula} → {}", refined.text),
            Turn::Forgive | Turn::Calm => {
                // half the range in half the steps meets the same values
                let (before, after) = (swing(&old, measure, 16), swing(&new, measure, 8));
                prop_assert!(after <= before + 1e-9, "{formula} → {}", refined.text);
            }
        }
    }

    #[test]
    fn nothing_else_changes(formula in formula(), which in 0..SENTENCES.len()) {
        let (words, measure, turn) = SENTENCES[which];
        let Ok(refined) = refine(&formula, words) else { return Ok(()) };
        let neutral = match measure.starts_with("cost.") {
            true => 0.0,
            false => 0.5,
        };
        let own = Formula::read(&unbound(&formula)).expect("it reads");
        // where the measure says nothing, the score is what it was; a weight that was scaled counts there too, and alike for all
        let mut moved = Vec::new();
        for mut point in points() {
            point.insert(measure, neutral);
            let bound = |text: &str| Formula::read(text).expect("it reads").value(&|name| point.get(name).copied()).expect("a number");
            moved.push(bound(&unbound(&refined.text)) - bound(&own.to_string()));
        }
        let first = moved[0];
        prop_assert!(moved.iter().all(|by| (by - first).abs() < 2e-4), "{formula} → {}", refined.text);
        prop_assert!(turn == Turn::Favour || first.abs() < 2e-4, "{formula} → {}", refined.text);
        let rest = |text: &str| {
            let formula = Formula::read(text).expect("it reads");
            let mut names: Vec<String> = formula.names().map(|(name, _)| name.to_owned()).collect();
            names.retain(|name| name != measure);
            names
        };
        prop_assert_eq!(rest(&formula), rest(&refined.text));
    }
}

#[test]
fn sentences_mean_what_they_say() {
    for (formula, words, wanted) in [
        (
            "instruction_following",
            "punish noise more",
            "clamp(instruction_following - 0.25 * cost.noise, 0, 1)",
        ),
        (
            "clamp(instruction_following - 0.25 * cost.noise, 0, 1)",
            "punish noise more",
            "clamp(instruction_following - 0.375 * cost.noise, 0, 1)",
        ),
        (
            "0.6 * instruction_following + 0.4 * detail_preserving",
            "mehr Gewicht auf details",
            "clamp(0.6 * instruction_following + 0.6 * detail_preserving, 0, 1)",
        ),
        (
            "generation_quality - 0.3 * cost.halos",
            "punish sharpening less",
            "clamp(generation_quality - 0.2 * cost.halos, 0, 1)",
        ),
        (
            "instruction_following + 0.01 * change.saturation",
            "less saturation bias",
            "clamp(instruction_following + 0.01 * (0.5 * change.saturation), 0, 1)",
        ),
        (
            "instruction_following",
            "less saturation bias",
            "clamp(instruction_following - 0.25 * cost.saturation, 0, 1)",
        ),
        (
            "generation_quality",
            "weniger Rauschen",
            "clamp(generation_quality - 0.25 * cost.noise, 0, 1)",
        ),
    ] {
        let refined = refine(formula, words).unwrap_or_else(|why| panic!("{words}: {why}"));
        assert_eq!(refined.text, wanted, "{words}");
    }
}

#[test]
fn what_cannot_be_understood_is_said_with_what_can() {
    for (words, part) in [
        ("make it nicer", "names nothing that can be measured"),
        ("noise", "more or less"),
        (
            "quality should count less",
            "does not name generation_quality",
        ),
    ] {
        let why = refine("instruction_following", words)
            .expect_err(words)
            .to_string();
        assert!(why.contains(part), "{words}: {why}");
    }
    assert!(refine("instruction_folowing", "punish noise more").is_err());
}

#[test]
fn the_difference_holds_both_formulas() {
    let refined = refine(
        "min(instruction_following, generation_quality)",
        "punish noise more",
    );
    let refined = refined.expect("it is understood");
    let side = |leave: Side| -> String {
        let parts = refined.difference.iter().filter(|(side, _)| *side != leave);
        parts.map(|(_, text)| text.as_str()).collect()
    };
    assert_eq!(
        side(Side::New),
        "min(instruction_following, generation_quality)"
    );
    assert_eq!(side(Side::Old), refined.text);
    assert!(scored(&refined.text, &NAMES.map(|name| (name, 0.4)).into()) > 0.2);
}
