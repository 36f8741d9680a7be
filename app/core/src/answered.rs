//! What a judge answered, as records hold it: its own words pass by pass, and what could have stood where it wrote its
//! scores. Judges write it into [`Raw::told`](crate::Raw::told); windows and reports read it here.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// So many values of a distribution are kept.
pub const MOST_LIKELY: usize = 12;

/// What could have stood at a place where a judge wrote a score.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Distribution {
    /// which score of its answer, counted from 0
    pub place: usize,
    /// the dimension that it counts for; empty where it counts for none
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub dimension: String,
    /// values with their probabilities over the whole vocabulary, the likeliest first; at most [`MOST_LIKELY`]. A number of
    /// which only the first digit is known ends in "…"
    pub likely: Vec<(String, f64)>,
    /// what all else that could have stood there has together, in [0, 1]
    pub rest: f64,
    /// the score that was read, on the judge's own scale
    pub score: f64,
}

impl Distribution {
    /// From values and natural logarithms of their probabilities, in any order. `None` where none has a probability.
    pub fn of(place: usize, weights: &[(String, f64)], score: f64) -> Option<Self> {
        let shares = weights
            .iter()
            .map(|(value, log)| (value.clone(), log.exp()))
            .filter(|(_, share)| share.is_finite() && *share > 0.0);
        let mut likely: Vec<(String, f64)> = shares.collect();
        likely.sort_by(|(a, of_a), (b, of_b)| of_b.total_cmp(of_a).then_with(|| a.cmp(b)));
        likely.truncate(MOST_LIKELY);
        let known: f64 = likely.iter().map(|(_, share)| share).sum();
        for (_, share) in &mut likely {
            *share = rounded(*share);
        }
        (!likely.is_empty()).then(|| Self {
            place,
            dimension: String::new(),
            likely,
            rest: rounded((1.0 - known).max(0.0)),
            score,
        })
    }

    /// The values in the order of the scale: numbers by their size, words behind them, the likelier first.
    pub fn along_the_scale(&self) -> Vec<(&str, f64)> {
        let number = |value: &str| value.trim_end_matches('…').parse::<f64>().ok();
        let mut all: Vec<(&str, f64)> = self
            .likely
            .iter()
            .map(|(value, share)| (value.as_str(), *share))
            .collect();
        // stable, so that words stay in the order of their probabilities
        all.sort_by(|(a, _), (b, _)| match (number(a), number(b)) {
            (Some(a), Some(b)) => a.total_cmp(&b),
            (a, b) => a.is_none().cmp(&b.is_none()),
        });
        all
    }
}

/// Five decimals tell all that anybody reads.
fn rounded(share: f64) -> f64 {
    (share * 1e5).round() / 1e5
}

/// One answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answered {
    /// which pass, counted from 0
    pub pass: usize,
    /// which question of the rubric, counted from 0
    pub call: usize,
    /// the edits that were compared, by their places in the group, the one that was shown first before the other
    pub between: Option<(usize, usize)>,
    /// what the judge wrote, letter by letter
    pub text: String,
    /// why it could not be used, in English
    pub failure: Option<String>,
    /// of every score whose token was weighed
    pub distributions: Vec<Distribution>,
}

/// The answers that a record of what was told holds, in its order.
pub fn answered(told: &Value) -> Vec<Answered> {
    let lines = told.get("answers").and_then(Value::as_array);
    lines.into_iter().flatten().map(one).collect()
}

fn one(line: &Value) -> Answered {
    let number = |name: &str| usize::try_from(line.get(name)?.as_u64()?).ok();
    let words = |name: &str| line.get(name)?.as_str().map(str::to_owned);
    let weighed = line.get("distributions").map(Vec::deserialize);
    Answered {
        pass: number("pass").unwrap_or_default(),
        call: number("call").unwrap_or_default(),
        between: number("first").zip(number("second")),
        text: words("answer").unwrap_or_default(),
        failure: words("failure"),
        distributions: weighed.and_then(Result::ok).unwrap_or_default(),
    }
}

/// What every pass gave, in [0, 1], by dimension and in the order of the passes.
pub fn by_pass(told: &Value) -> BTreeMap<String, Vec<f64>> {
    let of = told.get("passes").map(BTreeMap::deserialize);
    of.and_then(Result::ok).unwrap_or_default()
}

/// What could have stood at one place of one question, over all passes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OverPasses {
    /// which question of the rubric, counted from 0
    pub call: usize,
    /// the edits that were compared; see [`Answered::between`]
    pub between: Option<(usize, usize)>,
    /// how many passes tell of it
    pub passes: usize,
    /// means over these passes
    pub distribution: Distribution,
}

/// Distributions of the same place joined over the passes, in the order in which they were told first.
pub fn over_passes(answers: &[Answered]) -> Vec<OverPasses> {
    let mut all: Vec<OverPasses> = Vec::new();
    for answer in answers {
        for new in &answer.distributions {
            let same = |known: &&mut OverPasses| {
                (known.call, known.between) == (answer.call, answer.between)
                    && known.distribution.place == new.place
            };
            match all.iter_mut().find(same) {
                Some(known) => join(known, new),
                None => all.push(OverPasses {
                    call: answer.call,
                    between: answer.between,
                    passes: 1,
                    distribution: new.clone(),
                }),
            }
        }
    }
    all
}

fn join(known: &mut OverPasses, new: &Distribution) {
    let before = known.passes as f64;
    let mean = |so_far: f64, new: f64| (so_far * before + new) / (before + 1.0);
    let all = &mut known.distribution;
    for (value, share) in &mut all.likely {
        let same = new.likely.iter().find(|(other, _)| other == value);
        *share = mean(*share, same.map_or(0.0, |(_, share)| *share));
    }
    for (value, share) in &new.likely {
        if all.likely.iter().all(|(known, _)| known != value) {
            all.likely.push((value.clone(), mean(0.0, *share)));
        }
    }
    all.likely.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    all.likely.truncate(MOST_LIKELY);
    let shown: f64 = all.likely.iter().map(|(_, share)| share).sum();
    all.rest = (1.0 - shown).max(0.0);
    all.score = mean(all.score, new.score);
    known.passes += 1;
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn weights(count: usize) -> Vec<(String, f64)> {
        let share = 1.0 / count as f64;
        (0..count)
            .map(|value| (value.to_string(), share.ln()))
            .collect()
    }

    #[test]
    fn the_likeliest_stand_first_and_the_rest_is_what_is_left() {
        let weights = [("3", 0.2), ("5", 0.5), ("4", 0.0)];
        let weights = weights.map(|(value, share): (&str, f64)| (value.to_owned(), share.ln()));
        let found = Distribution::of(1, &weights, 4.4).expect("weighed");
        let likely = [("5".to_owned(), 0.5), ("3".to_owned(), 0.2)];
        assert_eq!((&found.likely[..], found.rest), (&likely[..], 0.3));
    }

    #[test]
    fn many_values_are_cut_and_their_mass_is_in_the_rest() {
        let found = Distribution::of(0, &weights(20), 9.5).expect("weighed");
        assert_eq!(found.likely.len(), MOST_LIKELY);
        assert!((found.rest - 0.4).abs() < 1e-9, "{}", found.rest);
    }

    #[test]
    fn what_has_no_probability_is_no_distribution() {
        let none = [
            ("4".to_owned(), f64::NEG_INFINITY),
            ("5".to_owned(), f64::NAN),
        ];
        assert_eq!(Distribution::of(0, &none, 4.0), None);
    }

    #[test]
    fn along_the_scale_numbers_rise_and_words_stand_behind() {
        let found = Distribution {
            likely: [
                ("10", 0.5),
                ("yes", 0.2),
                ("9", 0.1),
                ("2…", 0.1),
                ("no", 0.1),
            ]
            .map(|(value, share)| (value.to_owned(), share))
            .into(),
            ..Distribution::default()
        };
        let values: Vec<&str> = found.along_the_scale().iter().map(|(v, _)| *v).collect();
        assert_eq!(values, ["2…", "9", "10", "yes", "no"]);
    }

    #[test]
    fn over_passes_a_place_has_the_mean_of_what_each_pass_weighed() {
        let pass = |pass: usize, likely: &[(&str, f64)], score: f64| Answered {
            pass,
            distributions: vec![Distribution {
                likely: likely
                    .iter()
                    .map(|(v, share)| ((*v).to_owned(), *share))
                    .collect(),
                score,
                ..Distribution::default()
            }],
            ..Answered::default()
        };
        let passes = [
            pass(0, &[("7", 1.0)], 7.0),
            pass(1, &[("8", 0.6), ("7", 0.4)], 7.6),
            pass(2, &[("8", 1.0)], 8.0),
        ];
        let [one] = &over_passes(&passes)[..] else {
            panic!("one place");
        };
        let likely = &one.distribution.likely;
        assert_eq!((one.passes, likely[0].0.as_str()), (3, "8"));
        assert!((likely[0].1 - 1.6 / 3.0).abs() < 1e-9 && (likely[1].1 - 1.4 / 3.0).abs() < 1e-9);
        assert!((one.distribution.score - 22.6 / 3.0).abs() < 1e-9);
        assert!(one.distribution.rest.abs() < 1e-9);
    }

    #[test]
    fn a_record_without_distributions_is_read_as_before() {
        let told = json!({ "answers": [
            { "pass": 1, "call": 0, "answer": "{\"score\": 4}", "scores": [4.0] },
            { "first": 0, "second": 2, "answer": "", "failure": "no answer" },
        ]});
        let found = answered(&told);
        assert_eq!((found[0].pass, found[0].distributions.len()), (1, 0));
        assert_eq!(found[1].between, Some((0, 2)));
        assert_eq!(found[1].failure.as_deref(), Some("no answer"));
    }

    #[test]
    fn what_is_no_record_holds_no_answers() {
        assert!(answered(&json!({ "answers": "none" })).is_empty());
        assert!(by_pass(&json!({ "passes": [1, 2] })).is_empty());
    }
}
