//! Everything that is told of a benchmark: figures over groups, each with its interval, as a whole and by task, dimension
//! and editor.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::Serialize;

use crate::drawn::{Alone, Drawn};
use crate::measures::agreed::{Twice, accuracy, uncertain_rate};
use crate::measures::alpha::{Level, alpha};
use crate::measures::bootstrap::{Draws, between};
use crate::measures::calibration::{Bin, brier, ece, reliability};
use crate::measures::groups::capture;
use crate::measures::order::{Orders, orders};
use crate::measures::pairs::{Counts, best_threshold};
use crate::measures::rank::{Concordance, kendall, spearman};
use crate::measures::{Better, Interval, Pair, mean};
use crate::table::Group;

/// How many bins the reliability curve has.
const BINS: usize = 10;

/// A figure in the table.
pub struct Figure {
    /// its name in JSON
    pub id: &'static str,
    /// what it says, for people
    pub about: &'static str,
    /// over these groups
    pub of: fn(&Drawn<'_>) -> Option<f64>,
}

/// Every figure, in the order in which they are told.
pub const FIGURES: &[Figure] = &[
    Figure {
        id: "spearman",
        about: "Spearman with people, mean over editors",
        of: |drawn| over_editors(drawn, spearman),
    },
    Figure {
        id: "kendall",
        about: "Kendall's tau-b with people, mean over editors",
        of: |drawn| over_editors(drawn, kendall),
    },
    Figure {
        id: "spearman_pooled",
        about: "Spearman over all rows together",
        of: |drawn| {
            let (scores, humans) = drawn.rated();
            spearman(scores, humans)
        },
    },
    Figure {
        id: "kendall_within_prompt",
        about: "Kendall's tau-b over the pairs within each prompt, pooled",
        of: |drawn| {
            let all = drawn.groups.iter().map(|group| group.within);
            all.fold(Concordance::default(), Concordance::and).tau_b()
        },
    },
    Figure {
        id: "pair_accuracy",
        about: "pairs in the right order, equal scores wrong",
        of: |drawn| drawn.counts().strict(),
    },
    Figure {
        id: "pair_accuracy_half_credit",
        about: "the same, equal scores half right",
        of: |drawn| drawn.counts().half_credit(),
    },
    Figure {
        id: "tie_rate",
        about: "pairs with equal scores where people preferred one",
        of: |drawn| drawn.counts().tie_rate(),
    },
    Figure {
        id: "tie_calibrated_accuracy",
        about: "orders and ties said rightly, the threshold from the other half",
        of: |drawn| drawn.calibrated().map(|of| of.accuracy),
    },
    Figure {
        id: "tie_threshold",
        about: "that threshold, in units of the score",
        of: |drawn| drawn.calibrated().map(|of| of.threshold),
    },
    Figure {
        id: "tie_calibrated_accuracy_in_sample",
        about: "the same with the threshold that suits these pairs best, as it is published",
        of: |drawn| best_threshold(drawn.pairs()).map(|best| best.accuracy),
    },
    Figure {
        id: "k_way_exact",
        about: "groups in which every pair is right",
        of: |drawn| {
            let exact = drawn.groups.iter().filter_map(|group| group.exact);
            mean(exact.map(|right| f64::from(u8::from(right))))
        },
    },
    Figure {
        id: "top1",
        about: "the pick is one that people like best; equals share the pick",
        of: |drawn| mean(drawn.choices().map(|choice| choice.top1)),
    },
    Figure {
        id: "top1_random",
        about: "the same for a random pick",
        of: |drawn| mean(drawn.choices().map(|choice| choice.top1_random)),
    },
    Figure {
        id: "top1_of_4",
        about: "the pick of four drawn from a group is one that people like best of the four",
        of: |drawn| mean(drawn.groups.iter().filter_map(|group| group.of_four)),
    },
    Figure {
        id: "capture",
        about: "share of the oracle's gain over a random pick",
        of: |drawn| capture(drawn.choices()),
    },
    Figure {
        id: "human_picked",
        about: "what people give the pick",
        of: |drawn| mean(drawn.choices().map(|choice| choice.picked)),
    },
    Figure {
        id: "human_random",
        about: "what people give a random pick",
        of: |drawn| mean(drawn.choices().map(|choice| choice.random)),
    },
    Figure {
        id: "human_best",
        about: "what people give the best",
        of: |drawn| mean(drawn.choices().map(|choice| choice.best)),
    },
    Figure {
        id: "ece",
        about: "expected calibration error of the chance that a margin stands for",
        of: |drawn| ece(drawn.chances(), BINS),
    },
    Figure {
        id: "brier",
        about: "Brier score of that chance",
        of: |drawn| brier(drawn.chances()),
    },
    Figure {
        id: "order_consistency",
        about: "pairs of which a judge of pairs says the same in both orders",
        of: |drawn| both_orders(drawn).map(|orders| orders.consistency),
    },
    Figure {
        id: "positional_bias",
        about: "chance that it chooses the one shown first, less one half",
        of: |drawn| both_orders(drawn).map(|orders| orders.positional_bias),
    },
    Figure {
        id: "consistent_accuracy",
        about: "pairs that it has right in both orders",
        of: |drawn| both_orders(drawn)?.consistent_accuracy,
    },
    Figure {
        id: "both_orders_accuracy",
        about: "answers that are right, both orders counted (MMRB2's)",
        of: |drawn| both_orders(drawn)?.mean_accuracy,
    },
    Figure {
        id: "uncertain_rate",
        about: "pairs of which the scores and a judge of pairs say different things",
        of: |drawn| uncertain_rate(&twice(drawn)),
    },
    Figure {
        id: "agreed_accuracy",
        about: "pairs in the right order where both agree",
        of: |drawn| accuracy(&twice(drawn), false),
    },
    Figure {
        id: "uncertain_accuracy",
        about: "pairs that the scores put in the right order where both do not agree",
        of: |drawn| accuracy(&twice(drawn), true),
    },
    Figure {
        id: "raters_alpha",
        about: "Krippendorff's alpha between people, interval",
        of: |drawn| raters(drawn, Level::Interval),
    },
    Figure {
        id: "raters_alpha_ordinal",
        about: "the same, ordinal",
        of: |drawn| raters(drawn, Level::Ordinal),
    },
];

fn over_editors(drawn: &Drawn<'_>, of: fn(&[f64], &[f64]) -> Option<f64>) -> Option<f64> {
    let editors = drawn.editors();
    mean(editors.filter_map(|(scores, humans)| of(scores, humans)))
}

fn both_orders(drawn: &Drawn<'_>) -> Option<Orders> {
    orders(&drawn.together(|group| &group.orders))
}

fn twice(drawn: &Drawn<'_>) -> Vec<Twice> {
    drawn.together(|group| &group.twice)
}

fn raters(drawn: &Drawn<'_>, level: Level) -> Option<f64> {
    let groups = || drawn.groups.iter().map(|alone| alone.group);
    let entries = groups().flat_map(|group| &group.entries);
    let votes = groups().flat_map(|group| &group.votes);
    let units: Vec<&[f64]> = entries
        .map(|entry| &entry.raters[..])
        .chain(votes.map(|votes| &votes[..]))
        .collect();
    alpha(&units, level)
}

/// Figures and how sure they are.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Figures {
    /// by name; a figure without a value is missing
    #[serde(flatten)]
    pub values: BTreeMap<&'static str, f64>,
    /// 95 of 100
    pub intervals: BTreeMap<&'static str, Interval>,
    /// groups they are over
    pub groups: usize,
    /// pairs in which people preferred one
    pub pairs: usize,
}

impl Figures {
    /// Over these groups. The same draws on every machine, whatever the number of threads.
    pub fn of(groups: &[&Group], draws: Draws) -> Self {
        let alone = Alone::of(groups);
        let whole = Drawn::of(&alone);
        let values = FIGURES
            .iter()
            .filter_map(|figure| Some((figure.id, (figure.of)(&whole)?)))
            .collect::<BTreeMap<_, _>>();
        let wanted: Vec<&Figure> = FIGURES
            .iter()
            .filter(|figure| values.contains_key(figure.id))
            .collect();
        let rounds: Vec<Vec<Option<f64>>> = (0..draws.rounds)
            .into_par_iter()
            .map(|round| {
                let places = draws.round(round, alone.len());
                let drawn = Drawn::of(places.into_iter().map(|place| &alone[place]));
                wanted.iter().map(|figure| (figure.of)(&drawn)).collect()
            })
            .collect();
        let column = |place: usize| rounds.iter().map(|round| round[place]).collect();
        let intervals = wanted
            .iter()
            .enumerate()
            .filter_map(|(place, figure)| Some((figure.id, between(column(place))?)))
            .collect();
        Self {
            values,
            intervals,
            groups: groups.len(),
            pairs: whole.counts().all,
        }
    }
}

/// The reliability curve of the chance that a margin stands for.
pub fn curve(groups: &[&Group]) -> Vec<Bin> {
    reliability(Drawn::of(&Alone::of(groups)).chances(), BINS)
}

/// Figures of the parts: by what `name` says of a group.
pub fn split(
    groups: &[&Group],
    draws: Draws,
    name: &dyn Fn(&Group) -> String,
) -> BTreeMap<String, Figures> {
    let mut parts: BTreeMap<String, Vec<&Group>> = BTreeMap::new();
    for group in groups {
        parts.entry(name(group)).or_default().push(group);
    }
    parts.remove("");
    if parts.len() < 2 {
        return BTreeMap::new();
    }
    let figures = |groups: Vec<&Group>| Figures::of(&groups, draws);
    parts
        .into_iter()
        .map(|(name, groups)| (name, figures(groups)))
        .collect()
}

/// One editor's share of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct OfEditor {
    /// edits
    pub count: usize,
    /// what people give it
    pub human: Option<f64>,
    /// what the reward gives it
    pub score: Option<f64>,
    /// Spearman over its edits
    pub spearman: Option<f64>,
    /// Kendall's tau-b over its edits
    pub kendall: Option<f64>,
    /// pairs that it is one of
    pub pair_accuracy: Option<f64>,
}

/// By editor.
pub fn by_editor(groups: &[&Group]) -> BTreeMap<String, OfEditor> {
    let mut names: Vec<&str> = groups
        .iter()
        .flat_map(|group| group.entries.iter().map(|entry| entry.editor.as_str()))
        .filter(|name| !name.is_empty())
        .collect();
    names.sort_unstable();
    names.dedup();
    names
        .into_iter()
        .map(|name| (name.to_owned(), of_editor(groups, name)))
        .collect()
}

fn of_editor(groups: &[&Group], name: &str) -> OfEditor {
    let (mut scores, mut humans, mut pairs, mut all) = (vec![], vec![], vec![], vec![]);
    for group in groups {
        for own in group.entries.iter().filter(|entry| entry.editor == name) {
            let score = own.on(&group.dimension);
            all.push(score);
            let Some(human) = own.human else { continue };
            scores.push(score);
            humans.push(human);
            for other in group.entries.iter().filter(|entry| entry.name != own.name) {
                pairs.extend(other.human.map(|theirs| Pair {
                    a: score,
                    b: other.on(&group.dimension),
                    human: Better::of(human, theirs),
                }));
            }
        }
    }
    OfEditor {
        count: all.len(),
        human: mean(humans.iter().copied()),
        score: mean(all.iter().copied().filter(|score| score.is_finite())),
        spearman: spearman(&scores, &humans),
        kendall: kendall(&scores, &humans),
        pair_accuracy: Counts::of(&pairs).strict(),
    }
}
