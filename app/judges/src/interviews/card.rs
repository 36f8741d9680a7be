//! What was told of one candidate becomes its scorecard: means over the passes, spreads, reasons, and the raw numbers.

use std::collections::BTreeMap;

use retake_core::{Distribution, Raw, Reason, Reward, Said, Score, Scorecard, decimals, said};
use serde_json::{Value, json};

use super::{Interview, Task, Told};
use crate::formulas::Mapping;
use crate::formulas::generative::{deviation, mean};
use crate::scales::Scale;
use crate::{Cost, Judge};

/// The doubt about one pass before any was seen, as a share of the scale, and how many passes it counts as much as. The
/// published judges' passes at temperature 0.7 differ by about so much.
const DOUBT: f64 = 0.1;
const DOUBT_COUNTS: f64 = 2.0;

/// One standard deviation of the mean of these shares.
pub(super) fn spread(shares: &[f64]) -> f64 {
    let count = shares.len() as f64;
    let own = deviation(shares).powi(2) * (count - 1.0).max(0.0);
    let one = (DOUBT_COUNTS * DOUBT * DOUBT + own) / (DOUBT_COUNTS + (count - 1.0).max(0.0));
    (one / count.max(1.0)).sqrt()
}

/// The scorecard of one candidate.
pub(super) fn of(interview: &Interview, told: &[(&Task, &Told)], wordings: &[String]) -> Scorecard {
    let scale = interview.scale;
    let count = scale.count();
    // each published number with its value in every pass that has it
    let mut numbers: BTreeMap<&'static str, Vec<(usize, f64)>> = BTreeMap::new();
    let mut call_of: BTreeMap<&'static str, usize> = BTreeMap::new();
    let mut passes: Vec<usize> = told.iter().map(|(task, _)| task.pass).collect();
    passes.sort_unstable();
    passes.dedup();
    for pass in passes {
        let mut values = vec![f64::NAN; count];
        for (task, told) in told.iter().filter(|(task, _)| task.pass == pass) {
            let first: usize = scale.asks[..task.call].iter().sum();
            if let Ok(found) = &told.values {
                values[first..first + found.len()].copy_from_slice(found);
            }
        }
        for (name, value) in (scale.numbers)(&values) {
            let of_it = numbers.entry(name).or_default();
            if value.is_finite() {
                of_it.push((pass, value));
            }
        }
    }
    for call in 0..scale.asks.len() {
        let mut alone = vec![f64::NAN; count];
        let first: usize = scale.asks[..call].iter().sum();
        alone[first..first + scale.asks[call]].fill(scale.high);
        for (name, value) in (scale.numbers)(&alone) {
            if value.is_finite() {
                call_of.insert(name, call);
            }
        }
    }
    let mut card = Scorecard::default();
    let mut measures = BTreeMap::new();
    let mut how = Mapped::default();
    for (name, values) in &numbers {
        if let Some(mean) = mean(values.iter().map(|(_, value)| *value)) {
            measures.insert((*name).to_owned(), mean);
        }
        let Some(mapping) = Mapping::of(name) else {
            continue;
        };
        let Some(dimension) = mapping.dimension else {
            continue;
        };
        how.words.insert(dimension, mapping.in_words());
        let shares = values.iter().map(|(_, value)| mapping.share(*value));
        how.passes.insert(dimension, shares.collect());
        let asked: Vec<&Told> = told
            .iter()
            .filter(|(task, _)| call_of.get(name).is_none_or(|call| *call == task.call))
            .map(|(_, told)| *told)
            .collect();
        if values.is_empty() {
            card.unknown.insert(dimension.into(), why_not(&asked));
        } else {
            card.scores
                .insert(dimension.into(), score(interview, mapping, values, &asked));
        }
    }
    if wordings.len() > 1
        && let Some(agreement) = agreement(&numbers, wordings.len())
    {
        measures.insert("paraphrases.agreement".to_owned(), agreement);
    }
    card.raw.push(Raw {
        reward: interview.info().id.to_owned(),
        measures,
        told: record(interview, told, wordings, &how),
    });
    card
}

fn why_not(asked: &[&Told]) -> Said {
    let why = asked
        .iter()
        .rev()
        .find_map(|told| told.values.as_ref().err());
    why.cloned()
        .unwrap_or_else(|| said!("The judge was not asked."))
}

fn score(
    interview: &Interview,
    mapping: &Mapping,
    values: &[(usize, f64)],
    asked: &[&Told],
) -> Score {
    let shares: Vec<f64> = values
        .iter()
        .map(|(_, value)| mapping.share(*value))
        .collect();
    let value = mean(shares.iter().copied()).unwrap_or(0.0);
    let name = interview.judge.info().name;
    // the words of the pass whose score is nearest to the mean
    let nearest = values.iter().zip(&shares).min_by(|(_, a), (_, b)| {
        let far = |share: &f64| (share - value).abs();
        far(a).total_cmp(&far(b))
    });
    let pass = nearest.map_or(0, |((pass, _), _)| pass % interview.how.passes);
    let words = asked.get(pass).map_or("", |told| told.words.trim());
    let text = match words.is_empty() {
        false => said!("{judge}: {words}", judge = name, words = words),
        true => said!(
            "{judge} gives {value} of 10.",
            judge = name,
            value = decimals(value * 10.0, 1)
        ),
    };
    let reason = |id: &str, text, passed, cost| Reason {
        id: id.to_owned(),
        text,
        passed,
        cost,
        check: None,
        evidence: None,
    };
    let mut reasons = vec![reason(
        "judge",
        text,
        Some(value >= 0.5),
        (1.0 - value) as f32,
    )];
    let failed: Vec<&Said> = asked
        .iter()
        .filter_map(|told| told.values.as_ref().err())
        .collect();
    if let Some(why) = failed.last() {
        reasons.push(reason(
            "judge_failures",
            said!(
                "{failed} of {asked} answers could not be used: {why}",
                failed = failed.len(),
                asked = asked.len(),
                why = *why
            ),
            None,
            0.0,
        ));
    }
    Score {
        value: value as f32,
        spread: spread(&shares) as f32,
        reasons,
        evidence: None,
    }
}

/// How well the wordings of the instruction agree, in [0, 1]: one less twice the deviation between their means, over the
/// numbers that fill a dimension.
fn agreement(numbers: &BTreeMap<&'static str, Vec<(usize, f64)>>, wordings: usize) -> Option<f64> {
    let of = |(name, values): (&&'static str, &Vec<(usize, f64)>)| {
        let mapping = Mapping::of(name).filter(|mapping| mapping.dimension.is_some())?;
        let means: Vec<f64> = (0..wordings)
            .filter_map(|wording| {
                let of_it = values.iter().filter(|(pass, _)| pass % wordings == wording);
                mean(of_it.map(|(_, value)| mapping.share(*value)))
            })
            .collect();
        (means.len() > 1).then(|| (1.0 - 2.0 * deviation(&means)).clamp(0.0, 1.0))
    };
    mean(numbers.iter().filter_map(of))
}

/// How published numbers became dimensions.
#[derive(Default)]
struct Mapped {
    /// by which formula
    words: BTreeMap<&'static str, String>,
    /// what each pass gave, in [0, 1] and in their order
    passes: BTreeMap<&'static str, Vec<f64>>,
}

/// The dimension that a score of a pass counts for, by its place among all of them: the only one there is, else that of the
/// first published number which changes with it and fills one.
pub(super) fn dimension_of(scale: &Scale, place: usize) -> Option<&'static str> {
    if let [only] = scale.fills {
        return Some(only);
    }
    let best = vec![scale.high; scale.count()];
    let mut worse = best.clone();
    *worse.get_mut(place)? = scale.low;
    let (best, worse) = ((scale.numbers)(&best), (scale.numbers)(&worse));
    let changed = best.iter().zip(&worse).filter(|((_, a), (_, b))| a != b);
    let mut dimensions = changed.filter_map(|((name, _), _)| Mapping::of(name)?.dimension);
    dimensions.next()
}

/// Adds the distributions of an answer to its line in a record, each with the dimension that its place counts for.
pub(super) fn tell_weighed(
    line: &mut Value,
    weighed: &[Distribution],
    dimension: impl Fn(usize) -> Option<&'static str>,
) {
    if weighed.is_empty() {
        return;
    }
    let told = weighed.iter().map(|weighed| Distribution {
        dimension: dimension(weighed.place).unwrap_or_default().to_owned(),
        ..weighed.clone()
    });
    line["distributions"] = json!(told.collect::<Vec<_>>());
}

fn record(
    interview: &Interview,
    told: &[(&Task, &Told)],
    wordings: &[String],
    how: &Mapped,
) -> Value {
    let answers: Vec<Value> = told
        .iter()
        .map(|(task, told)| {
            let mut line = json!({
                "pass": task.pass,
                "call": task.call,
                "answer": told.answer,
                "cost": cost(&told.cost),
            });
            let first: usize = interview.scale.asks[..task.call].iter().sum();
            let dimension = |place| dimension_of(interview.scale, first + place);
            tell_weighed(&mut line, &told.weighed, dimension);
            match &told.values {
                Ok(values) => line["scores"] = json!(values),
                Err(why) => line["failure"] = json!(why.to_string()),
            }
            line
        })
        .collect();
    let total = told
        .iter()
        .fold(Cost::default(), |sum, (_, told)| sum.and(told.cost));
    let mut record = json!({
        "model": interview.judge.info().name,
        "rubric": interview.rubric.id,
        "mapping": how.words,
        "passes": how.passes,
        "answers": answers,
        "cost": cost(&total),
    });
    if wordings.len() > 1 {
        record["wordings"] = json!(wordings);
    }
    record
}

/// A cost as it stands in a record.
pub(super) fn cost(cost: &Cost) -> Value {
    json!({
        "read": cost.read,
        "reused": cost.reused,
        "written": cost.written,
        "seconds": (cost.seconds * 1000.0).round() / 1000.0,
        "retries": cost.retries,
    })
}

/// The dimension that most tests look at.
#[cfg(test)]
pub(super) fn following() -> retake_core::Dimension {
    retake_core::Dimension::INSTRUCTION_FOLLOWING.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_passes_that_agree_are_surer_and_passes_that_differ_are_less_sure() {
        let alike = spread(&[0.5; 4]);
        assert!(alike < spread(&[0.5]) && spread(&[0.1, 0.9, 0.2, 0.8]) > alike);
        assert!((spread(&[0.5]) - DOUBT).abs() < 1e-12);
    }
}
