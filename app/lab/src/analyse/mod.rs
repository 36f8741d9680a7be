//! Where a reward is wrong: the cases on which it disagrees most, with people or with itself, and probes that show on which
//! dimension it breaks.

mod probes;
mod report;

use std::collections::HashMap;

use serde::Serialize;

use crate::case::Case;
use crate::measures::agreed::{Twice, verdict};
use crate::measures::rank::ranks;
use crate::measures::{Better, mean};
use crate::scoring::Scores;
use crate::table::reward_dimension;
use crate::wordings::apart;

pub use probes::{Broken, OVERALL, PROBES, Probe, Subject, Variant, probe};
pub use report::{Shown, write_report};

/// What cases are sorted by.
#[derive(Clone, Copy)]
pub struct Order {
    /// short name for the command line
    pub id: &'static str,
    /// what it finds
    pub about: &'static str,
    of: fn(&Context<'_>, usize) -> Option<f64>,
}

/// Every order, first the default.
pub const ORDERS: &[Order] = &[
    Order {
        id: "people",
        about: "the reward prefers what people do not, by how much",
        of: with_people,
    },
    Order {
        id: "dimensions",
        about: "one dimension is full and another empty",
        of: between_dimensions,
    },
    Order {
        id: "passes",
        about: "asked again, the judge says something else",
        of: between_passes,
    },
    Order {
        id: "against",
        about: "another run scores it differently",
        of: between_rewards,
    },
    Order {
        id: "paraphrases",
        about: "put in other words, the reward says something else (--wordings)",
        of: between_paraphrases,
    },
    Order {
        id: "languages",
        about: "asked in another language, the reward says something else (--wordings)",
        of: between_languages,
    },
    Order {
        id: "unsure",
        about: "the best two lie within the reward's doubt: what people should look at first",
        of: unsure,
    },
    Order {
        id: "uncertain",
        about: "the scores and a judge of pairs say different things of two edits",
        of: uncertain,
    },
];

/// A case and how badly it disagrees.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// of the case
    pub id: String,
    /// 0 to 1, larger is worse
    pub disagreement: f64,
    /// place among the scored cases
    #[serde(skip)]
    pub place: usize,
}

/// All that orders look at.
struct Context<'a> {
    cases: &'a [(Case, Vec<Scores>)],
    against: &'a HashMap<String, Vec<Scores>>,
    /// of every single edit that people rated: how far its rank among all is from its rank by people
    off: HashMap<usize, f64>,
}

/// The cases that disagree, the worst first. `against` holds the scores of another run, by id.
pub fn findings(
    cases: &[(Case, Vec<Scores>)],
    order: Order,
    against: &HashMap<String, Vec<Scores>>,
) -> Vec<Finding> {
    let context = Context {
        cases,
        against,
        off: ranks_apart(cases),
    };
    let mut found: Vec<Finding> = (0..cases.len())
        .filter_map(|place| {
            let disagreement = (order.of)(&context, place)?;
            (disagreement > 0.0).then(|| Finding {
                id: cases[place].0.id.clone(),
                disagreement,
                place,
            })
        })
        .collect();
    found.sort_by(|a, b| {
        b.disagreement
            .total_cmp(&a.disagreement)
            .then(a.place.cmp(&b.place))
    });
    found
}

fn on(scores: &Scores, dimension: &str) -> f64 {
    let own = scores.by_dimension.get(reward_dimension(dimension));
    own.copied().unwrap_or(scores.overall)
}

fn ranks_apart(cases: &[(Case, Vec<Scores>)]) -> HashMap<usize, f64> {
    let rated: Vec<(usize, f64, f64)> = cases
        .iter()
        .enumerate()
        .filter(|(_, (case, _))| case.takes.len() == 1)
        .filter_map(|(place, (case, scores))| {
            Some((
                place,
                on(scores.first()?, &case.dimension),
                case.takes[0].human?,
            ))
        })
        .collect();
    let by_reward = ranks(&rated.iter().map(|row| row.1).collect::<Vec<_>>());
    let by_people = ranks(&rated.iter().map(|row| row.2).collect::<Vec<_>>());
    let all = rated.len().max(2) as f64 - 1.0;
    let apart = by_reward
        .iter()
        .zip(by_people)
        .map(|(a, b)| (a - b).abs() / all);
    rated.iter().map(|row| row.0).zip(apart).collect()
}

/// How far the preferred lies behind, or a single edit is out of its rank.
fn with_people(context: &Context<'_>, place: usize) -> Option<f64> {
    let (case, scores) = &context.cases[place];
    if let Some(apart) = context.off.get(&place) {
        return Some(*apart);
    }
    let of = |place: usize| scores.get(place).map(|scores| on(scores, &case.dimension));
    let told = case
        .verdicts
        .iter()
        .filter_map(|verdict| match verdict.better {
            Better::A => Some(of(verdict.second)? - of(verdict.first)?),
            Better::B => Some(of(verdict.first)? - of(verdict.second)?),
            Better::Tie => None,
        });
    let mut rated = Vec::new();
    if case.verdicts.is_empty() {
        for (a, one) in case.takes.iter().enumerate() {
            for (b, other) in case.takes.iter().enumerate() {
                if one.human > other.human && other.human.is_some() {
                    rated.extend(of(b).zip(of(a)).map(|(worse, better)| worse - better));
                }
            }
        }
    }
    told.chain(rated).reduce(f64::max)
}

fn between_dimensions(context: &Context<'_>, place: usize) -> Option<f64> {
    let apart = |scores: &Scores| {
        let values = || scores.by_dimension.values().copied();
        Some(values().reduce(f64::max)? - values().reduce(f64::min)?)
    };
    context.cases[place]
        .1
        .iter()
        .filter_map(apart)
        .reduce(f64::max)
}

fn between_passes(context: &Context<'_>, place: usize) -> Option<f64> {
    let spreads = context.cases[place]
        .1
        .iter()
        .flat_map(|scores| scores.spread.values().copied());
    spreads.reduce(f64::max)
}

/// The widest disagreement between what two scores say and what a judge of pairs says; half of it is how far the scores lie
/// apart, half how sure the judge of pairs is. No disagreement is too small to be shown.
fn uncertain(context: &Context<'_>, place: usize) -> Option<f64> {
    const LEAST: f64 = 0.01;
    let (_, scores) = &context.cases[place];
    let mut worst: Option<f64> = None;
    for (first, one) in scores.iter().enumerate() {
        for (second, other) in scores.iter().enumerate().skip(first + 1) {
            let of = |by: &Scores, whom: usize| -> Vec<f64> {
                let said = by.compared.iter().filter(|said| said.second == whom);
                said.map(|said| said.first_better).collect()
            };
            let back = of(other, first)
                .into_iter()
                .map(|first_better| 1.0 - first_better);
            let said: Vec<f64> = of(one, second).into_iter().chain(back).collect();
            let Some(pairwise) = verdict(&said) else {
                continue;
            };
            let pair = Twice {
                pointwise: Better::of(one.overall, other.overall),
                pairwise,
                human: Better::Tie,
            };
            if pair.uncertain() {
                let sure = mean(said).map_or(0.0, |said| (said - 0.5).abs());
                let apart = 0.5 * (one.overall - other.overall).abs().min(1.0);
                worst = Some(worst.unwrap_or(0.0).max((sure + apart).max(LEAST)));
            }
        }
    }
    worst
}

fn between_rewards(context: &Context<'_>, place: usize) -> Option<f64> {
    let (case, scores) = &context.cases[place];
    let others = context.against.get(&case.id)?;
    let apart = scores
        .iter()
        .zip(others)
        .map(|(a, b)| (a.overall - b.overall).abs());
    apart.reduce(f64::max)
}

fn between_paraphrases(context: &Context<'_>, place: usize) -> Option<f64> {
    let (case, scores) = &context.cases[place];
    apart(scores, |other| {
        other.language.is_empty() || other.language == case.language
    })
}

fn between_languages(context: &Context<'_>, place: usize) -> Option<f64> {
    let (case, scores) = &context.cases[place];
    apart(scores, |other| {
        !other.language.is_empty() && other.language != case.language
    })
}

/// A reward that states no doubt is given this one, so that what is close still comes first.
const LEAST_DOUBT: f64 = 0.05;

/// How likely the lead of the best over the next says nothing: 2 (1 − Φ(lead / doubt)), by the logistic curve that is nearest
/// to Φ (Bowling et al. 2009, "A logistic approximation to the cumulative normal distribution"). People who look at these
/// first find most of the errors that a look can find (Skywork-Reward-V2, arXiv 2507.01352).
fn unsure(context: &Context<'_>, place: usize) -> Option<f64> {
    let (case, scores) = &context.cases[place];
    let mut ranked: Vec<&Scores> = scores.iter().collect();
    ranked.sort_by(|a, b| on(b, &case.dimension).total_cmp(&on(a, &case.dimension)));
    let [best, next, ..] = &ranked[..] else {
        return None;
    };
    let doubt = |scores: &Scores| {
        crate::measures::mean(scores.spread.values().copied()).unwrap_or_default()
    };
    let doubt = doubt(best).hypot(doubt(next)).max(LEAST_DOUBT);
    let lead = on(best, &case.dimension) - on(next, &case.dimension);
    Some(2.0 / (1.0 + (1.702 * lead / doubt).exp()))
}

#[cfg(test)]
mod tests;
