//! Several passes over one candidate become one scorecard.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{Dimension, Raw, Score, Scorecard};

/// Adds pass number `pass` (counted from 1; `so_far` holds the mean of as many): values are averaged, and the spread
/// becomes that of the mean, from what the passes say of themselves and from how far they lie apart. A dimension that only
/// one of the two knows keeps what is known. Reasons and maps are those of the last pass; what rewards said of the passes
/// stands together, so that one that was asked often is still one.
pub fn joined(so_far: &Scorecard, next: Scorecard, pass: usize) -> Scorecard {
    let before = pass.max(1) as f32;
    let mut scores: BTreeMap<Dimension, Score> = so_far.scores.clone();
    for (dimension, new) in next.scores {
        let joined = match so_far.scores.get(&dimension) {
            Some(old) => Score {
                value: (old.value * before + new.value) / (before + 1.0),
                spread: spread(old, &new, before),
                ..new
            },
            None => new,
        };
        scores.insert(dimension, joined);
    }
    let mut unknown = next.unknown;
    unknown.retain(|dimension, _| !scores.contains_key(dimension));
    for (dimension, why) in &so_far.unknown {
        if !scores.contains_key(dimension) {
            unknown.entry(dimension.clone()).or_insert(why.clone());
        }
    }
    let mut raw = so_far.raw.clone();
    let mut taken = Vec::new();
    for new in next.raw {
        let twin =
            |(place, old): &(usize, &Raw)| old.reward == new.reward && !taken.contains(place);
        match raw.iter().enumerate().find(twin).map(|(place, _)| place) {
            Some(place) => {
                taken.push(place);
                also_said(&mut raw[place], new, f64::from(before));
            }
            None => {
                taken.push(raw.len());
                raw.push(new);
            }
        }
    }
    Scorecard {
        scores,
        unknown,
        raw,
    }
}

/// Numbers become means, answers stand behind those before, costs add up; all else is as it was said first.
fn also_said(old: &mut Raw, new: Raw, before: f64) {
    for (name, value) in new.measures {
        let mean = |so_far: &f64| (so_far * before + value) / (before + 1.0);
        let joined = old.measures.get(&name).map_or(value, mean);
        old.measures.insert(name, joined);
    }
    let (Value::Object(had), Value::Object(mut has)) = (&mut old.told, new.told) else {
        return;
    };
    if let (Some(Value::Array(all)), Some(Value::Array(more))) =
        (had.get_mut("answers"), has.remove("answers"))
    {
        all.extend(more);
    }
    if let (Some(Value::Object(all)), Some(Value::Object(more))) =
        (had.get_mut("passes"), has.remove("passes"))
    {
        for (dimension, values) in more {
            match (all.get_mut(&dimension), values) {
                (Some(Value::Array(all)), Value::Array(values)) => all.extend(values),
                (None, values) => _ = all.insert(dimension, values),
                _ => {}
            }
        }
    }
    if let (Some(Value::Object(total)), Some(Value::Object(cost))) =
        (had.get_mut("cost"), has.remove("cost"))
    {
        for (name, more) in cost {
            let sum = total.get(&name).map(|so_far| plus(so_far, &more));
            total.insert(name, sum.unwrap_or(more));
        }
    }
}

fn plus(a: &Value, b: &Value) -> Value {
    match (a.as_u64(), b.as_u64()) {
        (Some(a), Some(b)) => (a + b).into(),
        _ => (a.as_f64().unwrap_or(0.0) + b.as_f64().unwrap_or(0.0)).into(),
    }
}

/// One standard deviation of the mean of `before + 1` passes. The variance of one pass is what they say of themselves
/// or, if that is more, what their distance tells; the mean of n independent ones has an nth of it.
fn spread(old: &Score, new: &Score, before: f32) -> f32 {
    let count = before + 1.0;
    let of_one = old.spread * before.sqrt();
    let stated = (of_one.powi(2) * before + new.spread.powi(2)) / count;
    // Welford (1962): the distance of a new value from the mean of the others has variance σ²(1 + 1/n)
    let apart = (new.value - old.value).powi(2) / (1.0 + 1.0 / before);
    let seen = (stated * before + apart) / count;
    (stated.max(seen) / count).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Rng, said};

    fn card(value: f32, spread: f32) -> Scorecard {
        let score = Score {
            value,
            spread,
            reasons: Vec::new(),
            evidence: None,
        };
        BTreeMap::from([(Dimension::from("light"), score)]).into()
    }

    fn light(card: &Scorecard) -> &Score {
        &card.scores[&Dimension::from("light")]
    }

    #[test]
    fn the_value_is_the_mean_of_all_passes() {
        let two = joined(&card(0.2, 0.1), card(0.4, 0.1), 1);
        let three = joined(&two, card(0.9, 0.1), 2);
        assert!((light(&three).value - 0.5).abs() < 1e-6);
    }

    #[test]
    fn the_spread_falls_with_the_root_of_the_passes() {
        let mut rng = Rng::new(3);
        let mut all = card(0.5 + 0.1 * rng.normal(), 0.1);
        for pass in 1..100 {
            all = joined(&all, card(0.5 + 0.1 * rng.normal(), 0.1), pass);
        }
        let spread = light(&all).spread;
        assert!((0.008..0.014).contains(&spread), "{spread}");
    }

    #[test]
    fn passes_that_lie_apart_are_not_believed_when_they_call_themselves_sure() {
        let two = joined(&card(0.1, 0.0), card(0.9, 0.0), 1);
        assert!(light(&two).spread > 0.2, "{}", light(&two).spread);
    }

    #[test]
    fn what_was_said_in_several_passes_is_one_voice() {
        let said = |value: f64| Scorecard {
            raw: vec![Raw {
                reward: "judge".to_owned(),
                measures: BTreeMap::from([("judge.overall".to_owned(), value)]),
                told: serde_json::json!({ "answers": [value], "cost": { "read": 100 } }),
            }],
            ..Scorecard::default()
        };
        let all = joined(&joined(&said(2.0), said(4.0), 1), said(9.0), 2);
        assert_eq!(all.raw.len(), 1);
        assert_eq!(all.raw[0].measures["judge.overall"], 5.0);
        let told = serde_json::json!({ "answers": [2.0, 4.0, 9.0], "cost": { "read": 300 } });
        assert_eq!(all.raw[0].told, told);
    }

    #[test]
    fn what_each_pass_gave_stands_in_the_order_of_the_passes() {
        let said = |dimension: &str, value: f64| Scorecard {
            raw: vec![Raw {
                reward: "judge".to_owned(),
                measures: BTreeMap::new(),
                told: serde_json::json!({ "passes": { dimension: [value] } }),
            }],
            ..Scorecard::default()
        };
        let two = joined(&said("light", 0.2), said("light", 0.4), 1);
        let three = joined(&two, said("colour", 0.9), 2);
        let passes = crate::by_pass(&three.raw[0].told);
        assert_eq!(passes["light"], [0.2, 0.4]);
        assert_eq!(passes["colour"], [0.9]);
    }

    #[test]
    fn a_pass_that_failed_takes_nothing_away() {
        let failed = Scorecard {
            unknown: [(
                Dimension::from("light"),
                said!("The server did not answer."),
            )]
            .into(),
            ..Scorecard::default()
        };
        let both = joined(&card(0.3, 0.1), failed, 1);
        assert_eq!((light(&both).value, both.unknown.len()), (0.3, 0));
    }
}
