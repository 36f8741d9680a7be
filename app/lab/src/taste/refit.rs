//! The head and what it leads to are learned together, as Cooper trains policy and reward (arXiv 2508.05613): a reward that
//! stays as it is gets exploited. Picks are gone through in their order with the head as it was then; whenever the person
//! rejects the very take that the head likes best, the head was exploited, and what it was learned from before counts less.
//! A head that is right forgets nothing.

use std::collections::BTreeMap;

use super::{Comparison, Pick, Taste, comparisons, fit};

/// After so many rejections of the head's favourite what was picked before them counts half.
const HALF: f64 = 1.5;
/// What a pair counts that shows where the head was exploited: its favourite against a take that was liked better.
const SHOWN: f64 = 3.0;
/// A dimension that candidates raise without being liked for it is liked no more after so many picks in which they were
/// rejected, whatever had been learned before; the tests hold it to that after a hundred picks.
pub const UNLEARNED_WITHIN: usize = 12;
/// The head is learned anew on the way after this share of new picks, and whenever its favourite was rejected.
const ANEW: usize = 20;

/// Comparisons with what they count.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Refit {
    /// of all picks
    pub comparisons: Vec<Comparison>,
    /// how often the favourite was rejected
    pub rejected: usize,
}

/// Goes through picks, the oldest first.
pub fn refit(picks: &[Pick]) -> Refit {
    let mut by_pick: BTreeMap<usize, Vec<Comparison>> = BTreeMap::new();
    for comparison in comparisons(picks) {
        by_pick.entry(comparison.pick).or_default().push(comparison);
    }
    let mut seen: Vec<(Comparison, usize)> = Vec::new();
    let (mut head, mut since, mut rejected) = (Taste::default(), 0, 0);
    for (place, pick) in picks.iter().enumerate() {
        let mut own = by_pick.remove(&place).unwrap_or_default();
        let exploited = favourite(&head, pick).filter(|&at| pick.candidates[at].liked < 0.0);
        if let Some(at) = exploited {
            rejected += 1;
            let shown = own.iter_mut().filter(|comparison| comparison.worse == at);
            shown.for_each(|comparison| comparison.weight *= SHOWN);
        }
        seen.extend(own.into_iter().map(|comparison| (comparison, rejected)));
        since += 1;
        if exploited.is_some() || since * ANEW > place {
            head = fit(&aged(&seen, rejected));
            since = 0;
        }
    }
    Refit {
        comparisons: aged(&seen, rejected),
        rejected,
    }
}

/// Which candidate a head likes best; `None` where it likes none better.
fn favourite(head: &Taste, pick: &Pick) -> Option<usize> {
    let values: Vec<f64> = pick
        .candidates
        .iter()
        .map(|seen| head.value(&seen.scores))
        .collect();
    let best = (0..values.len()).max_by(|&a, &b| values[a].total_cmp(&values[b]))?;
    values
        .iter()
        .any(|value| *value < values[best])
        .then_some(best)
}

/// Each with what it counts by now.
fn aged(seen: &[(Comparison, usize)], rejected: usize) -> Vec<Comparison> {
    let of = |(comparison, then): &(Comparison, usize)| Comparison {
        weight: comparison.weight * 0.5_f64.powf((rejected - then) as f64 / HALF),
        ..comparison.clone()
    };
    seen.iter().map(of).collect()
}
