//! In-group pivots (BRPO of Writing-Zero, arXiv 2506.00103): everybody is compared with a few members of the group and not
//! with everybody, N − 1 comparisons a pivot. A pivot that all beat or none beats says nothing and is left out. Which ones
//! are pivots follows from the scores, best first, then spread over the group, so that the same group has the same pivots.

use retake_core::{Group, Pair, Scorecard, Verdict, said};

use super::SelectorEntry;
use super::counted::{Class, Counted, FOLLOWING, Row};
use super::power_mean::base;
use super::settings::{Dial, Dials};
use super::verdict::{Limits, pointwise, put, verdict};

static DIALS: [Dial; 1] = [Dial {
    id: "pivots",
    from: 1.0,
    to: 16.0,
    own: 3.0,
    about: "With how many members of the group everybody is compared.",
}];

pub(super) const ENTRY: SelectorEntry = SelectorEntry {
    id: "pivots",
    title: "Against a few",
    about: "Compares everybody with a few members of the group, which takes fewer questions than all against all.",
    dials: &DIALS,
    weighs: false,
    rule: |group, dials| {
        let counted = Counted::canonical(group);
        let own = counted.own;
        let formula = |row: &Row<'_>| match own {
            true => row.of(FOLLOWING),
            false => base(row),
        };
        let mut standing = pointwise(&counted, &formula);
        let wanted = dials.of(&DIALS[0]).round() as usize;
        let chosen = chosen(&counted, &standing.value, wanted);
        let pairs = group.pairs();
        let result = |place: usize, pivot: usize| {
            asked(&pairs, place, pivot).unwrap_or_else(|| by_scores(&standing.value, place, pivot))
        };
        let edits = || (0..counted.len()).filter(|place| counted.classes[*place] == Class::Edit);
        let telling: Vec<usize> = chosen
            .iter()
            .copied()
            .filter(|pivot| {
                let mut results = edits()
                    .filter(|place| place != pivot)
                    .map(|place| result(place, *pivot));
                let first = results.next();
                results.any(|other| Some(other) != first)
            })
            .collect();
        if pairs.is_empty() && counted.len() > 1 {
            standing.notes.push(said!(
                "No two of them were compared, so their scores stand in for the comparisons."
            ));
        }
        let rates: Vec<f64> = (0..counted.len())
            .map(|place| {
                let results = telling.iter().map(|pivot| match *pivot == place {
                    true => 0.5,
                    false => result(place, *pivot),
                });
                match telling.len() {
                    0 => 0.5,
                    count => results.sum::<f64>() / count as f64,
                }
            })
            .collect();
        let (scores, level) = (standing.value.clone(), standing.level);
        for (place, rate) in rates.iter().enumerate() {
            let terms = &mut standing.terms[place];
            put(terms, "won_against_pivots", *rate);
            put(
                terms,
                "is_pivot",
                f64::from(u8::from(chosen.contains(&place))),
            );
            put(terms, "by_itself", scores[place] * level);
            standing.by_itself.push(scores[place] * level);
            standing.why.push(said!(
                "It won {percent} % against the {count} it was compared with.",
                percent = retake_core::decimals(rate * 100.0, 0),
                count = telling.len()
            ));
            let count = telling.len().max(1) as f64;
            standing.spread[place] = ((rate * (1.0 - rate) + 0.05) / count).sqrt();
        }
        (standing.value, standing.then, standing.level) = (rates, scores, 1.0);
        verdict(group, counted, standing, &formula, Limits::from(dials))
    },
};

/// The members with whom everybody is to be compared, `count` at most: for those who ask a judge about two at a time. The
/// selector of this name goes by the same ones.
pub fn pivots(cards: &[Scorecard], count: usize) -> Vec<usize> {
    let counted = Counted::canonical(&Group::of(cards));
    let values = pointwise(&counted, &base).value;
    chosen(&counted, &values, count)
}

/// Everybody against each pivot, the best pivot first.
pub(super) fn wanted(group: &Group<'_>, dials: &Dials) -> Vec<(usize, usize)> {
    let pivots = pivots(group.cards, dials.of(&DIALS[0]).round() as usize);
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for &pivot in &pivots {
        for place in (0..group.cards.len()).filter(|place| *place != pivot) {
            if !pairs.contains(&(place, pivot)) {
                pairs.push((pivot, place));
            }
        }
    }
    pairs
}

/// The best by its scores, and others spread evenly over the rest of the order.
fn chosen(counted: &Counted, values: &[f64], count: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..counted.len())
        .filter(|place| counted.classes[*place] == Class::Edit)
        .collect();
    order.sort_by(|&a, &b| values[b].total_cmp(&values[a]));
    let count = count.min(order.len());
    let place = |pivot: usize| order[pivot * order.len() / (2 * count).max(1)];
    (0..count).map(place).collect()
}

/// What the judge said of one against a pivot, all its words together; 1 is won.
fn asked(pairs: &[Pair], place: usize, pivot: usize) -> Option<f64> {
    let words = pairs.iter().filter_map(|pair| {
        let turned = match (pair.first, pair.second) {
            pair if pair == (place, pivot) => false,
            pair if pair == (pivot, place) => true,
            _ => return None,
        };
        Some(match (pair.better, turned) {
            (Verdict::Tie, _) => 0.5,
            (Verdict::First, false) | (Verdict::Second, true) => 1.0,
            _ => 0.0,
        })
    });
    let (count, sum) = words.fold((0.0, 0.0), |(count, sum), word| (count + 1.0, sum + word));
    (count > 0.0).then(|| sum / count)
}

fn by_scores(values: &[f64], place: usize, pivot: usize) -> f64 {
    match values[place] - values[pivot] {
        apart if apart > 1e-9 => 1.0,
        apart if apart < -1e-9 => 0.0,
        _ => 0.5,
    }
}
