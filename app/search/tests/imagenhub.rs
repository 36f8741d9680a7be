//! What each selector recovers of people's choices: on ImagenHub's ratings, held against the figures that
//! `tests/benches/imagenhub.py` works out apart from the program. `RETAKE_IMAGENHUB=DIR` names a folder with more of the
//! same ratings; its figures are printed (`--nocapture`) and not held against anything, since they are those of other
//! prompts.

#![expect(
    clippy::print_stdout,
    reason = "the table is for whoever runs it with --nocapture"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use retake_core::{Dimension, Group, Pair, Raw, Rng, Score, Scorecard, Verdict};
use retake_search::{SELECTORS, selector};
use serde_json::{Value, json};

const JUDGES: [&str; 3] = ["gemini-1.5-pro", "gpt-4o", "gpt-4v"];
/// Whose scores are those of the card.
const JUDGE: &str = "gpt-4o";
const PARTS: [&str; 4] = [
    Dimension::INSTRUCTION_FOLLOWING,
    Dimension::DETAIL_PRESERVING,
    "naturalness",
    "artifact_free",
];

/// The edits of one prompt.
struct Prompt {
    human: Vec<f64>,
    cards: Vec<Scorecard>,
    pairs: Vec<Pair>,
}

/// What a judge gave, 0 to 1: success, not over-edited, naturalness, no artifacts.
fn scores(judges: &Value, judge: &str) -> Option<[f64; 4]> {
    let of = |side: &str, place: usize| Some(judges.get(judge)?[side][place].as_f64()? / 10.0);
    Some([
        of("semantic", 0)?,
        of("semantic", 1)?,
        of("perceptual", 0)?,
        of("perceptual", 1)?,
    ])
}

fn card(judges: &Value) -> Option<Scorecard> {
    let score = |value: f64| Score {
        value: value as f32,
        spread: 0.0,
        reasons: Vec::new(),
        evidence: None,
    };
    let own = scores(judges, JUDGE)?;
    let named = PARTS.into_iter().zip(own);
    let mut card = Scorecard::from(
        named
            .map(|(name, value)| (Dimension::from(name), score(value)))
            .collect::<BTreeMap<_, _>>(),
    );
    for judge in JUDGES {
        let Some([following, preserving, natural, clean]) = scores(judges, judge) else {
            continue;
        };
        let three = [following, preserving, natural.min(clean)];
        let measures = Dimension::CANONICAL.into_iter().zip(three);
        card.raw.push(Raw {
            reward: judge.to_owned(),
            measures: measures
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
            told: Value::Null,
        });
    }
    Some(card)
}

/// Each judge's word on every two: that of its own scores, as the selector of votes reckons them.
fn comparisons(cards: &[Scorecard]) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for judge in JUDGES {
        let of = |card: &Scorecard, name: &str| {
            let raw = card.raw.iter().find(|raw| raw.reward == judge)?;
            raw.measures.get(name).copied()
        };
        let mut number = vec![1.0f64; cards.len()];
        if !cards.iter().any(|card| of(card, PARTS[0]).is_some()) {
            continue;
        }
        for (name, exponent) in Dimension::CANONICAL.into_iter().zip([0.4, 0.4, 0.2]) {
            let known = || cards.iter().filter_map(|card| of(card, name));
            let (least, most) = (known().fold(1.0, f64::min), known().fold(0.0, f64::max));
            for (number, card) in number.iter_mut().zip(cards) {
                let value = of(card, name).unwrap_or(least);
                *number *= (if most > 0.0 { value / most } else { 1.0 }).powf(exponent);
            }
        }
        for first in 0..cards.len() {
            for second in first + 1..cards.len() {
                let better = match number[first] - number[second] {
                    apart if apart > 1e-9 => Verdict::First,
                    apart if apart < -1e-9 => Verdict::Second,
                    _ => Verdict::Tie,
                };
                pairs.push(Pair {
                    first,
                    second,
                    better,
                });
            }
        }
    }
    pairs
}

fn prompts(folder: &Path) -> Vec<Prompt> {
    let text =
        std::fs::read_to_string(folder.join("ratings.jsonl")).expect("the ratings are there");
    let mut by_prompt: BTreeMap<String, Vec<(f64, Scorecard)>> = BTreeMap::new();
    for line in text.lines() {
        let row: Value = serde_json::from_str(line).expect("a line is an object");
        let raters = row["human"].as_array().expect("raters");
        let overall = raters.iter().map(|rater| {
            let [sc, pq] = [0, 1].map(|place: usize| rater[place].as_f64().expect("a number"));
            (sc * pq).sqrt()
        });
        let human = overall.sum::<f64>() / raters.len() as f64;
        if let Some(card) = card(&row["judges"]) {
            let prompt = row["uid"].as_str().expect("a name").to_owned();
            by_prompt.entry(prompt).or_default().push((human, card));
        }
    }
    by_prompt
        .into_values()
        .filter(|edits| edits.len() > 1)
        .map(|edits| {
            let (human, cards): (Vec<f64>, Vec<Scorecard>) = edits.into_iter().unzip();
            let pairs = comparisons(&cards);
            Prompt {
                human,
                cards,
                pairs,
            }
        })
        .collect()
}

/// The mean human rating of what is chosen. Equal ones keep the group's order, so who wins when it stands first is among
/// the equals at the top, and these share the choice.
fn taken(prompt: &Prompt, id: &str, settings: &Value) -> f64 {
    let entry = selector(id).expect("it is in the table");
    let selector = entry.make(settings).expect("the settings are right");
    let count = prompt.cards.len();
    let first = |place: usize| {
        let order: Vec<usize> = std::iter::once(place)
            .chain((0..count).filter(|other| *other != place))
            .collect();
        let at = |old: usize| order.iter().position(|from| *from == old).expect("there");
        let cards: Vec<Scorecard> = order.iter().map(|old| prompt.cards[*old].clone()).collect();
        let turned = |pair: &Pair| Pair {
            first: at(pair.first),
            second: at(pair.second),
            better: pair.better,
        };
        let pairs: Vec<Pair> = prompt.pairs.iter().map(turned).collect();
        selector.choose(&Group::of(&cards).with_pairs(&pairs)).order[0] == 0
    };
    let top: Vec<f64> = (0..count)
        .filter(|place| first(*place))
        .map(|place| prompt.human[place])
        .collect();
    top.iter().sum::<f64>() / top.len() as f64
}

/// Share of what the best by human rating has above the mean, and its 95 % interval over prompts.
fn recovered(prompts: &[Prompt], id: &str, settings: &Value) -> (f64, f64, f64) {
    let gains: Vec<(f64, f64)> = prompts
        .iter()
        .map(|prompt| {
            let mean = prompt.human.iter().sum::<f64>() / prompt.human.len() as f64;
            let best = prompt.human.iter().copied().fold(0.0, f64::max);
            (taken(prompt, id, settings) - mean, best - mean)
        })
        .collect();
    let share = |gains: &mut dyn Iterator<Item = (f64, f64)>| {
        let (gain, most) = gains.fold((0.0, 0.0), |sum, gain| (sum.0 + gain.0, sum.1 + gain.1));
        gain / most
    };
    let mut rng = Rng::new(0);
    let mut draws: Vec<f64> = (0..2000)
        .map(|_| {
            let draw = |_| {
                let at = rng.between(0.0, gains.len() as f32) as usize;
                gains[at.min(gains.len() - 1)]
            };
            share(&mut (0..gains.len()).map(draw))
        })
        .collect();
    draws.sort_by(f64::total_cmp);
    (share(&mut gains.iter().copied()), draws[50], draws[1949])
}

fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/imagenhub")
}

/// As published: scores as they are, in place of shares of the group's best.
fn published(more: Value) -> Value {
    let mut settings = json!({"published-scale": 1});
    if let (Some(settings), Value::Object(more)) = (settings.as_object_mut(), more) {
        settings.extend(more);
    }
    settings
}

fn check(rows: &[(&str, Value, f64)]) {
    let prompts = prompts(&here());
    assert_eq!(prompts.len(), 93);
    for (id, settings, wanted) in rows {
        let (found, low, high) = recovered(&prompts, id, settings);
        println!("{id:22} {found:.3}  {low:.2} to {high:.2}  {settings}");
        assert!(
            (found - wanted).abs() < 0.002,
            "{id} {settings}: {found}, not {wanted}"
        );
        assert!(low < found && found < high);
    }
}

#[test]
fn published_formulas_recover_what_python_says_they_do() {
    let four = |p: f64| {
        let weights: BTreeMap<&str, f64> = PARTS.iter().map(|name| (*name, 0.25)).collect();
        published(json!({"p": p, "weights": weights}))
    };
    let weights = json!({"weights": {"instruction_following": 1.0}});
    check(&[
        ("power_mean", weights, 0.6440),
        ("power_mean", four(1.0), 0.5647),
        ("power_mean", four(0.0), 0.6201),
        ("power_mean", four(-1.0), 0.5937),
        ("viescore", published(json!({})), 0.6514),
        ("spatial_reward", published(json!({})), 0.7010),
        ("firm", published(json!({})), 0.6816),
        ("power-0.8", published(json!({})), 0.7224),
    ]);
}

/// In the order of the table.
const RECOVERED: [(&str, f64); 20] = [
    ("power_product", 0.6537),
    ("power-0.8", 0.7357),
    ("viescore", 0.6470),
    ("editscore", 0.6470),
    ("spatial_reward", 0.7010),
    ("firm", 0.6816),
    ("power_mean", 0.6455),
    ("soft_min", 0.5932),
    ("harmonic", 0.6455),
    ("pareto", 0.5823),
    ("gate", 0.7065),
    ("low_variance", 0.7377),
    ("par", 0.7357),
    ("borda", 0.6499),
    ("worst_case", 0.6643),
    ("mean_minus_deviation", 0.6990),
    ("bradley_terry", 0.6201),
    ("pivots", 0.6141),
    ("clip", 0.7357),
    ("delta", 0.7357),
];

#[test]
fn every_selector_recovers_what_python_says_it_does() {
    let rows: Vec<(&str, Value, f64)> = RECOVERED
        .iter()
        .map(|(id, wanted)| (*id, Value::Null, *wanted))
        .collect();
    assert!(
        SELECTORS
            .iter()
            .all(|entry| RECOVERED.iter().any(|(id, _)| *id == entry.id))
    );
    check(&rows);
}

#[test]
fn more_ratings_are_reckoned_with_where_they_are() {
    let Some(folder) = std::env::var_os("RETAKE_IMAGENHUB").map(PathBuf::from) else {
        println!("skipped: RETAKE_IMAGENHUB names no folder with more ratings");
        return;
    };
    let prompts = prompts(&folder);
    println!("{} prompts", prompts.len());
    let mut found = BTreeMap::new();
    for entry in SELECTORS {
        let (share, low, high) = recovered(&prompts, entry.id, &Value::Null);
        println!("{:22} {share:.3}  {low:.2} to {high:.2}", entry.id);
        found.insert(entry.id, share);
    }
    // on any prompts of these editors success weighs most
    assert!(found["power-0.8"] > 0.5 && found["power-0.8"] > found["soft_min"]);
}
