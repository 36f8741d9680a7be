//! A group of candidates as strategies see it: looks, overall scores, ranks, and who is too like another.

use retake_core::{Group, Scorecard, Selection, Selector, Stop, Studio};

/// Finished candidates that have a scorecard, with all that a selector may know of them.
#[derive(Default)]
pub(crate) struct Scored {
    /// which
    pub(crate) indices: Vec<u64>,
    /// one each, without maps: they are copied for every question of what would be
    pub(crate) cards: Vec<Scorecard>,
    untouched: Vec<usize>,
    before: Vec<Vec<Scorecard>>,
}

impl Scored {
    /// Those of these that have one, in their order.
    pub(crate) fn of(studio: &dyn Studio, indices: &[u64]) -> Self {
        let mut scored = Self::default();
        for &index in indices {
            let Some(card) = studio.card(index) else {
                continue;
            };
            let beside = studio.beside(index);
            if beside.untouched {
                scored.untouched.push(scored.cards.len());
            }
            scored.indices.push(index);
            scored.cards.push(card.without_maps());
            scored.before.push(beside.before);
        }
        scored
    }

    /// How they stand among each other.
    pub(crate) fn choose(&self, selector: &dyn Selector) -> Selection {
        self.choose_with(selector, &self.cards)
    }

    /// How they would stand with these scorecards.
    pub(crate) fn choose_with(&self, selector: &dyn Selector, cards: &[Scorecard]) -> Selection {
        let group = Group::of(cards).untouched(&self.untouched);
        selector.choose(&group.after(&self.before))
    }
}

/// What each looks like so far, asked a part at a time.
pub(super) fn looks(
    studio: &mut dyn Studio,
    indices: &[u64],
) -> Result<Vec<Option<Scorecard>>, Stop> {
    let mut cards = Vec::with_capacity(indices.len());
    for part in indices.chunks(studio.brief().at_a_time.max(1)) {
        cards.extend(studio.glimpse(part)?);
    }
    Ok(cards)
}

/// The overall score of each in [0, 1], as the selector sees them in one group; `None` where there is no scorecard.
pub(super) fn overall(selector: &dyn Selector, cards: &[Option<Scorecard>]) -> Vec<Option<f32>> {
    let known: Vec<Scorecard> = cards
        .iter()
        .flatten()
        .map(Scorecard::without_maps)
        .collect();
    if known.is_empty() {
        return vec![None; cards.len()];
    }
    let mut values = selector.select(&known).overall.into_iter();
    let of = |card: &Option<Scorecard>| card.as_ref().and_then(|_| values.next());
    cards.iter().map(of).collect()
}

/// Overall scores of finished candidates in one group; those without a scorecard are left out.
pub(super) fn finals(
    studio: &dyn Studio,
    selector: &dyn Selector,
    indices: &[u64],
) -> Vec<(u64, f32)> {
    let scored = Scored::of(studio, indices);
    if scored.cards.is_empty() {
        return Vec::new();
    }
    let values = scored.choose(selector).overall;
    scored.indices.into_iter().zip(values).collect()
}

/// Places from the highest to the lowest; equal ones, and those of which nothing is known at the end, in their order.
pub(super) fn ranked(values: &[Option<f32>]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    let of = |place: usize| values[place].unwrap_or(f32::NEG_INFINITY);
    order.sort_by(|&a, &b| of(b).total_cmp(&of(a)));
    order
}

/// The first `count` of an order, without those that are more alike than `most` to one before them; and for each of these
/// the one that it is like.
pub(super) fn unlike(
    studio: &mut dyn Studio,
    order: &[u64],
    count: usize,
    most: f64,
) -> (Vec<u64>, Vec<(u64, u64)>) {
    let mut kept: Vec<u64> = Vec::with_capacity(count);
    let mut twins = Vec::new();
    for &index in order {
        if kept.len() >= count {
            break;
        }
        let alike = |other: &&u64| {
            let likeness = studio.likeness(index, **other);
            likeness.is_some_and(|likeness| f64::from(likeness) > most)
        };
        match kept.iter().find(alike) {
            Some(&other) => twins.push((index, other)),
            None => kept.push(index),
        }
    }
    (kept, twins)
}

/// Spearman's rank correlation with ties at their mean rank; `None` for fewer than three, or where all are equal.
pub(crate) fn spearman(pairs: &[(f32, f32)]) -> Option<f64> {
    if pairs.len() < 3 {
        return None;
    }
    let firsts: Vec<f32> = pairs.iter().map(|pair| pair.0).collect();
    let seconds: Vec<f32> = pairs.iter().map(|pair| pair.1).collect();
    let (firsts, seconds) = (ranks(&firsts), ranks(&seconds));
    let middle = (pairs.len() as f64 - 1.0) / 2.0;
    let sum = |a: &[f64], b: &[f64]| -> f64 {
        let products = a.iter().zip(b).map(|(a, b)| (a - middle) * (b - middle));
        products.sum()
    };
    let lengths = (sum(&firsts, &firsts) * sum(&seconds, &seconds)).sqrt();
    (lengths > 0.0).then(|| sum(&firsts, &seconds) / lengths)
}

/// Ranks from 0, ties at their mean.
fn ranks(values: &[f32]) -> Vec<f64> {
    let of = |value: &f32| {
        let below = values.iter().filter(|other| other.total_cmp(value).is_lt());
        let equal = values.iter().filter(|other| other.total_cmp(value).is_eq());
        below.count() as f64 + (equal.count() as f64 - 1.0) / 2.0
    };
    values.iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rank_correlation_agrees_with_scipy() {
        // scipy.stats.spearmanr([1, 2, 2, 5, 3], [2, 1, 4, 6, 3]).statistic
        let pairs = [(1.0, 2.0), (2.0, 1.0), (2.0, 4.0), (5.0, 6.0), (3.0, 3.0)];
        let rho = spearman(&pairs).expect("it is defined");
        assert!((rho - 0.666_886).abs() < 1e-5, "{rho}");
    }

    #[test]
    fn of_equal_values_there_is_no_correlation() {
        assert_eq!(spearman(&[(1.0, 1.0), (1.0, 2.0), (1.0, 3.0)]), None);
        assert_eq!(spearman(&[(1.0, 1.0), (2.0, 2.0)]), None);
    }

    #[test]
    fn what_nothing_is_known_of_comes_last() {
        assert_eq!(ranked(&[Some(0.2), None, Some(0.9)]), [2, 0, 1]);
    }
}
