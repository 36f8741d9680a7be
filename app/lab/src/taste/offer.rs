//! Whether a taste may be switched on: it must foretell picks that it has not seen, better than chance and better than the
//! default selector, and heads learned from different picks must agree.

use super::{Comparison, Pick, Refit, Taste, fit, refit};
use crate::measures::groups::{Rated, choice};
use crate::measures::mean;

/// Fewer picks say nothing.
pub const MIN_PICKS: usize = 20;
/// Parts that the picks are held out in, one after the other.
const FOLDS: usize = 5;
/// A group whose own ranking agrees less than this is not learned from (CREAM, arXiv 2410.12735; SCIR, arXiv 2502.08922).
const AGREEMENT: f64 = 0.6;
/// How often two heads, each from half of the picks, must put a pair in the same order; chance is one half.
const CONSISTENT: f64 = 0.7;
/// How many standard errors above one half the held-out accuracy must lie.
const SURE: f64 = 2.0;

/// How well picks are foretold that were not learned from.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Held {
    /// share of pairs in the right order, each pick counting once, equal scores half right
    pub taste: f64,
    /// the same by the default selector
    pub default: f64,
    /// how often the pick itself is foretold (the one with the highest value; equals share)
    pub taste_top1: f64,
    /// the same by the default selector
    pub default_top1: f64,
    /// how often two heads, each from half of the picks, agree on a pair
    pub consistency: f64,
    /// picks
    pub picks: usize,
}

/// Why it is not offered, in a sentence.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// too little to say anything
    #[error("{picks} picks are too few to learn a taste from; it takes {MIN_PICKS}")]
    Few {
        /// that can be learned from
        picks: usize,
    },
    /// as good as a coin
    #[error(
        "what the picks have in common foretells {:.0} % of those held back, hardly more than a coin; they seem not to go by these scores",
        100.0 * held.taste
    )]
    Random {
        /// see there
        held: Held,
    },
    /// halves of the picks say different things
    #[error("two halves of the picks agree on {:.0} % of pairs only; pick more, or look whether your taste differs by subject", 100.0 * held.consistency)]
    Torn {
        /// see there
        held: Held,
    },
    /// nothing gained
    #[error("the default foretells {:.0} % of the picks held back and the taste {:.0} %; the default stays", 100.0 * held.default, 100.0 * held.taste)]
    NoBetter {
        /// see there
        held: Held,
    },
}

/// A taste that may be switched on, and what speaks for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer {
    /// from all picks; off until somebody switches it on
    pub taste: Taste,
    /// beside the default
    pub held: Held,
    /// how often the head's own favourite was rejected on the way, each time for the earlier picks to count less
    pub rejected: usize,
}

/// Learns from picks, the oldest first, and says whether the taste is worth having.
pub fn offer(picks: &[Pick]) -> Result<Offer, Refusal> {
    let trusted: Vec<Pick> = picks
        .iter()
        .filter(|pick| pick.agreement >= AGREEMENT)
        .cloned()
        .collect();
    let Refit {
        comparisons: all,
        rejected,
    } = refit(&trusted);
    let count = all
        .iter()
        .map(|c| c.pick)
        .collect::<std::collections::BTreeSet<_>>()
        .len();
    if count < MIN_PICKS {
        return Err(Refusal::Few { picks: count });
    }
    let held = held_out(&trusted, &all, count);
    let error = (0.25 / count as f64).sqrt();
    match () {
        () if held.taste < 0.5 + SURE * error => Err(Refusal::Random { held }),
        () if held.consistency < CONSISTENT => Err(Refusal::Torn { held }),
        () if held.taste <= held.default => Err(Refusal::NoBetter { held }),
        () => Ok(Offer {
            taste: fit(&all),
            held,
            rejected,
        }),
    }
}

fn held_out(picks: &[Pick], all: &[Comparison], count: usize) -> Held {
    let fold = |c: &Comparison| c.pick % FOLDS;
    let heads: Vec<Taste> = (0..FOLDS)
        .map(|held| fit(all.iter().filter(|c| fold(c) != held)))
        .collect();
    let credit = |value: f64| match value {
        value if value > 1e-12 => 1.0,
        value if value < -1e-12 => 0.0,
        _ => 0.5,
    };
    let weights: f64 = all.iter().map(|c| c.weight).sum();
    let over = |of: &dyn Fn(&Comparison) -> f64| {
        all.iter().map(|c| c.weight * of(c)).sum::<f64>() / weights
    };
    let halves = [0, 1].map(|half| fit(all.iter().filter(|c| (c.pick / FOLDS) % 2 == half)));
    let same = |c: &Comparison| {
        let [one, other] = [0, 1].map(|half| halves[half].value(&c.difference));
        credit(one * other)
    };
    let top1 = |value: &dyn Fn(usize, &super::Seen) -> f64| {
        let of = picks.iter().enumerate().filter_map(|(place, pick)| {
            let rated = pick.candidates.iter().map(|seen| Rated {
                score: value(place, seen),
                human: seen.liked,
            });
            Some(choice(&rated.collect::<Vec<_>>())?.top1)
        });
        mean(of).unwrap_or(0.0)
    };
    Held {
        taste: over(&|c| credit(heads[fold(c)].value(&c.difference))),
        default: over(&|c| credit(c.by_default)),
        taste_top1: top1(&|place, seen| heads[place % FOLDS].value(&seen.scores)),
        default_top1: top1(&|_, seen| seen.overall),
        consistency: over(&same),
        picks: count,
    }
}
