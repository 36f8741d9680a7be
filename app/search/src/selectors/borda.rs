//! The mean rank over judges, ties averaged: Borda's count. Only the order of each judge counts, so a judge with a scale of
//! its own, or one that explodes, has one vote like the others (the rank ensemble of verifiers in Ma et al.,
//! arXiv 2501.09732; JarvisEvo's in-group win rate is the same number).

use retake_core::{Group, said};

use super::SelectorEntry;
use super::counted::{Class, Counted};
use super::members::{Judge, judges};
use super::power_mean::base;
use super::verdict::{Limits, Standing, put, shares, verdict};

pub(super) const ENTRY: SelectorEntry = SelectorEntry {
    id: "borda",
    title: "Vote of the judges",
    about: "Every judge orders the candidates, and the mean place decides.",
    dials: &[],
    weighs: false,
    rule: |group, dials| {
        let counted = Counted::canonical(group);
        let (judges, notes) = judges(group);
        let standing = standing(group, &counted, &judges);
        let standing = Standing { notes, ..standing };
        verdict(group, counted, standing, &base, Limits::from(dials))
    },
};

/// The share of others that one is before with a judge, those that are level counting half; 1 of one alone.
pub(super) fn beaten(values: &[f64], place: usize, among: &[usize]) -> f64 {
    let others = among.iter().filter(|other| **other != place);
    let count = others.clone().count();
    if count == 0 {
        return 1.0;
    }
    let points = others.map(|other| match values[place] - values[*other] {
        apart if apart > 1e-9 => 1.0,
        apart if apart < -1e-9 => 0.0,
        _ => 0.5,
    });
    points.sum::<f64>() / count as f64
}

fn standing(group: &Group<'_>, counted: &Counted, judges: &[Judge]) -> Standing {
    let edits: Vec<usize> = (0..counted.len())
        .filter(|place| counted.classes[*place] == Class::Edit)
        .collect();
    let votes = judges.len() as f64;
    let mut standing = Standing {
        level: 1.0,
        ..Standing::default()
    };
    for place in 0..group.cards.len() {
        let points: Vec<f64> = judges
            .iter()
            .map(|judge| beaten(&judge.values, place, &edits))
            .collect();
        let mean = points.iter().sum::<f64>() / votes;
        let apart = points
            .iter()
            .map(|value| (value - mean).powi(2))
            .sum::<f64>();
        let by_itself = base(&counted.row(place)) * base(&counted.best());
        let mut terms = shares(counted, place);
        for (judge, points) in judges.iter().zip(&points) {
            put(&mut terms, format!("ahead_of.{}", judge.name), *points);
        }
        put(&mut terms, "relative", mean);
        let behind = points.iter().filter(|points| **points < 1.0).count();
        standing.value.push(mean);
        standing.then.push(by_itself);
        // of a mean of so many votes; two more that disagree keep one judge from being sure
        standing
            .spread
            .push(((apart + 0.02) / votes.powi(2)).sqrt());
        standing.terms.push(terms);
        standing.by_itself.push(by_itself);
        standing.why.push(said!(
            "{count} of {all} judges put others before it.",
            count = behind,
            all = judges.len()
        ));
    }
    standing
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_with_ties_are_those_that_scipy_ranks_them_by() {
        // (n − rankdata(−x)) / (n − 1) with method "average"
        let values = [0.3, 0.9, 0.9, 0.1, 0.3, 0.3];
        let wanted = [0.4, 0.9, 0.9, 0.0, 0.4, 0.4];
        let all = [0, 1, 2, 3, 4, 5];
        for (place, wanted) in wanted.iter().enumerate() {
            assert!(
                (beaten(&values, place, &all) - wanted).abs() < 1e-12,
                "{place}"
            );
        }
    }
}
