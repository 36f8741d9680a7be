//! The judges of a group, each with one number a candidate. What a judge said lies in `Scorecard::raw`, and
//! [`Group::members`] says where its values are found there; here they become one number: the number it was published
//! with, or (following · preserving)^0.4 · quality^0.2. That is `power-0.8` with a product in place of the minimum: a
//! product orders the same on any scale, so a judge's better word on one candidate never turns around two others.

use std::collections::BTreeMap;

use retake_core::{Dimension, Group, Said, said};

use super::counted::{Counted, FOLLOWING, PRESERVING, QUALITY, Row};
use super::power_mean::base;
use super::verdict::pointwise;

/// One judge.
#[derive(Clone, Debug)]
pub(super) struct Judge {
    /// its name
    pub(super) name: String,
    /// of each candidate, a share of what a flawless one would have with it, 0 to 1
    pub(super) values: Vec<f64>,
}

/// All judges of a group, and what there is to say about them. Where none left its own scores, the scores of the cards are
/// the only judge.
pub(super) fn judges(group: &Group<'_>) -> (Vec<Judge>, Vec<Said>) {
    let mut said_by: BTreeMap<(String, usize), Vec<Option<Values>>> = BTreeMap::new();
    let count = group.cards.len();
    for place in 0..count {
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for member in group.members(place) {
            let time = seen.entry(member.name.clone()).or_default();
            let values = said_by
                .entry((member.name, *time))
                .or_insert_with(|| vec![None; count]);
            values[place] = Some(member.values);
            *time += 1;
        }
    }
    let mut notes = Vec::new();
    let mut judges: Vec<Judge> = Vec::new();
    for ((name, time), values) in said_by {
        if values.iter().any(Option::is_none) {
            notes.push(said!(
                "{judge} did not score all of them; who it did not score counts as its lowest.",
                judge = &name
            ));
        }
        let name = match time {
            0 => name,
            time => format!("{name} {}", time + 1),
        };
        judges.push(Judge {
            name,
            values: numbers(&values),
        });
    }
    if judges.is_empty() {
        notes.push(said!(
            "No judge left scores of its own, so the scores together are the only judge."
        ));
        let counted = Counted::canonical(group);
        let own = counted.own;
        let formula = |row: &Row<'_>| match own {
            true => row.of(FOLLOWING),
            false => base(row),
        };
        judges.push(Judge {
            name: "scores".to_owned(),
            values: pointwise(&counted, &formula).value,
        });
    }
    (judges, notes)
}

type Values = BTreeMap<Dimension, f64>;

/// One number a candidate.
fn numbers(values: &[Option<Values>]) -> Vec<f64> {
    let dimensions: Vec<&Dimension> = {
        let mut all: Vec<&Dimension> = values.iter().flatten().flat_map(BTreeMap::keys).collect();
        all.sort();
        all.dedup();
        all
    };
    let shares: BTreeMap<&str, Vec<f64>> = dimensions
        .iter()
        .map(|dimension| (dimension.0.as_str(), shares(values, dimension)))
        .collect();
    let of = |name: &str, place: usize| shares.get(name).map(|shares| shares[place]);
    let number = |place: usize| {
        let canonical = [FOLLOWING, PRESERVING, QUALITY].map(|name| of(name, place));
        match (of(Dimension::OWN, place), canonical) {
            (Some(own), _) => own,
            // the number it was published with
            (None, [None, None, None]) => {
                shares.values().next().map_or(0.0, |shares| shares[place])
            }
            (None, [following, preserving, quality]) => {
                let semantic = following.unwrap_or(1.0) * preserving.unwrap_or(1.0);
                semantic.powf(0.4) * quality.unwrap_or(1.0).powf(0.2)
            }
        }
    };
    (0..values.len()).map(number).collect()
}

/// Shares of the most that a judge gave in a dimension; who has no value has the least.
fn shares(values: &[Option<Values>], dimension: &Dimension) -> Vec<f64> {
    let of = |values: &Option<Values>| Some(values.as_ref()?.get(dimension)?.max(0.0));
    let known = || values.iter().filter_map(of);
    let least = known().reduce(f64::min).unwrap_or(0.0);
    let most = known().reduce(f64::max).unwrap_or(0.0);
    let share = |values| match of(values).unwrap_or(least) {
        _ if most <= 0.0 => 1.0,
        value => value / most,
    };
    values.iter().map(share).collect()
}
