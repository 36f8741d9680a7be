//! Without weights: one candidate is before another only if it is at least as good in every dimension (the chains of
//! ThinkRL-Edit, arXiv 2601.03467). Those that nobody is before are the front; behind it lies the front of the rest, and so
//! on (non-dominated sorting, Deb et al. 2002). Inside a front the knee is first: the one whose greatest shortfall from the
//! best of each dimension is least (Chebyshev distance to the ideal point).

use retake_core::said;

use super::SelectorEntry;
use super::counted::{Class, Counted, FOLLOWING, Row};
use super::power_mean::base;
use super::verdict::{Limits, pointwise, put, verdict};

pub(super) const ENTRY: SelectorEntry = SelectorEntry {
    id: "pareto",
    title: "Better in everything",
    about: "Orders without weights: only who is better in every respect is before another; of the rest, the most even.",
    dials: &[],
    weighs: false,
    rule: |group, dials| {
        let counted = Counted::canonical(group);
        let own = counted.own;
        let knee = |row: &Row<'_>| match own {
            true => row.of(FOLLOWING),
            false => row.at.iter().copied().fold(1.0, f64::min),
        };
        let fronts = fronts(&counted);
        let mut standing = pointwise(&counted, &knee);
        standing.level = base(&counted.best());
        let first = counted.classes.iter().zip(&fronts);
        let first = first.filter(|(class, front)| **class == Class::Edit && **front == 0);
        let first = first.count();
        standing.beside = first > 1;
        if first > 1 {
            standing.notes.push(said!(
                "{count} of them are each better in something; the most even one is first.",
                count = first
            ));
        }
        let (mut by_itself, mut why) = (Vec::new(), Vec::new());
        for (place, front) in fronts.iter().enumerate() {
            let (ahead, behind) = chain(&counted, place);
            let terms = &mut standing.terms[place];
            put(terms, "front", *front as f64 + 1.0);
            put(terms, "better_in_everything", ahead as f64);
            put(terms, "worse_in_everything", behind as f64);
            by_itself.push(base(&counted.row(place)) * standing.level);
            why.push(match behind {
                0 => said!(
                    "It is better in something and worse in something; the first is more even."
                ),
                _ => said!(
                    "{count} of them are at least as good in everything and better in something.",
                    count = behind
                ),
            });
            standing.first_by.push([-(*front as f64), 0.0]);
        }
        (standing.by_itself, standing.why) = (by_itself, why);
        verdict(group, counted, standing, &knee, Limits::from(dials))
    },
};

/// Whether one is at least as good in everything and better in something.
fn before(counted: &Counted, one: usize, other: usize) -> bool {
    let mut better = false;
    for column in &counted.columns {
        let (a, b) = (column.shares[one], column.shares[other]);
        if a < b {
            return false;
        }
        better |= a > b;
    }
    better
}

/// How many it is before, and how many are before it.
fn chain(counted: &Counted, place: usize) -> (usize, usize) {
    let others = || edits(counted).filter(move |other| *other != place);
    let ahead = others()
        .filter(|other| before(counted, place, *other))
        .count();
    let behind = others()
        .filter(|other| before(counted, *other, place))
        .count();
    (ahead, behind)
}

/// An untouched copy is before nobody: keeping everything is no merit of it.
fn edits(counted: &Counted) -> impl Iterator<Item = usize> + Clone {
    (0..counted.len()).filter(|place| counted.classes[*place] == Class::Edit)
}

/// Of each candidate the number of its front, from 0; of those that are no edits, the last.
fn fronts(counted: &Counted) -> Vec<usize> {
    let mut fronts = vec![usize::MAX; counted.len()];
    let mut rest: Vec<usize> = edits(counted).collect();
    let mut number = 0;
    while !rest.is_empty() {
        let (front, behind): (Vec<usize>, Vec<usize>) = rest
            .iter()
            .partition(|place| !rest.iter().any(|other| before(counted, *other, **place)));
        front.iter().for_each(|place| fronts[*place] = number);
        rest = behind;
        number += 1;
    }
    for front in &mut fronts {
        *front = (*front).min(number);
    }
    fronts
}
