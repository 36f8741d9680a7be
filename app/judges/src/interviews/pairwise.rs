//! Edits against each other, two by two and in both orders, with ties. Each is compared with its next two neighbours in a
//! ring, so that N candidates take 4 N questions and not N²; a group of five or fewer is compared in full that way.

use std::collections::BTreeMap;

use retake_core::{
    Distribution, Instruction, Raster, Raw, Reason, Reward, Said, Score, Scorecard, Verdict, Watch,
    decimals, said,
};
use serde_json::{Value, json};

use super::settings::whole;
use super::{Interview, card, side_by_side, weighed};
use crate::formulas::Mapping;
use crate::formulas::generative::mean;
use crate::formulas::pairs::{BothOrders, positional_bias, six_steps};
use crate::parse::{self, Wanted, Winner};
use crate::rubric::Kind;
use crate::{Conversation, Cost, Judge, JudgeError, Part};

/// How many neighbours each is compared with.
const NEIGHBOURS: usize = 2;

/// One comparison in one order.
#[derive(Clone, Copy)]
struct Task {
    first: usize,
    second: usize,
    call: usize,
}

struct Told {
    /// how sure it is that the first one is better
    first: Result<f64, Said>,
    answer: String,
    /// what could have stood where it said so, where it tells
    weighed: Vec<Distribution>,
    cost: Cost,
}

/// The pairs that are compared: each of the ring with its next ones, none twice.
pub(super) fn pairs(count: usize) -> Vec<(usize, usize)> {
    let mut pairs: Vec<(usize, usize)> = (0..count)
        .flat_map(|i| (1..=NEIGHBOURS).map(move |step| (i, (i + step) % count)))
        .filter(|(a, b)| a != b)
        .map(|(a, b)| (a.min(b), a.max(b)))
        .collect();
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

/// A group of edits that are compared.
pub(super) struct Asked<'a> {
    pub(super) source: &'a Raster,
    pub(super) edited: &'a [Raster],
    pub(super) instruction: &'a Instruction,
    /// its words as they are put
    pub(super) wording: &'a str,
}

/// How sure an answer is that the first one is better, in [0, 1].
fn first_better(interview: &Interview, text: &str) -> Result<f64, Said> {
    let scale = interview.scale;
    if scale.high > 1.0 {
        let wanted = Wanted {
            names: &[&["score"]],
            low: scale.low,
            high: scale.high,
        };
        let reading = parse::scores(text, &wanted).map_err(|why| why.said())?;
        return Ok(six_steps(reading.values[0]));
    }
    let reading = parse::winner(text).map_err(|why| why.said())?;
    Ok(match reading.values[0] {
        Winner::First => 1.0,
        Winner::Tie => 0.5,
        Winner::Second => 0.0,
    })
}

/// Asks about two in one order: for a winner or steps, or for yes or no to the first being the better one.
fn ask(
    interview: &Interview,
    conversation: &dyn Conversation,
    rest: &[Part<'_>],
    watch: &dyn Watch,
) -> Result<Told, JudgeError> {
    let how = interview.ask(0, false);
    let told = match interview.rubric.kind {
        Kind::PairwiseYesNo => weighed::yes_no(conversation, rest, how, watch).map(|told| Told {
            first: told.values.map(|values| values[0]),
            answer: told.answer,
            weighed: told.weighed,
            cost: told.cost,
        }),
        _ => conversation.ask(rest, &how, watch).map(|answer| Told {
            first: first_better(interview, &whole(&answer)),
            answer: answer.text,
            weighed: Vec::new(),
            cost: answer.cost,
        }),
    };
    match told {
        Err(JudgeError::Unanswered(why)) => Ok(Told {
            first: Err(why),
            answer: String::new(),
            weighed: Vec::new(),
            cost: Cost::default(),
        }),
        told => told,
    }
}

/// The dimension that is filled, and the published number.
fn names(interview: &Interview) -> (&'static str, &'static str) {
    let perfect = vec![interview.scale.high; interview.scale.count()];
    let numbers = (interview.scale.numbers)(&perfect);
    (interview.scale.fills[0], numbers[0].0)
}

/// Asks about these pairs in both orders: of each pair, call by call, there and back.
fn orders(
    interview: &Interview,
    asked: &Asked<'_>,
    pairs: &[(usize, usize)],
    watch: &dyn Watch,
) -> Result<(Vec<Task>, Vec<Told>), JudgeError> {
    let calls = &interview.rubric.calls;
    let text = |call| interview.text(call, asked.instruction, asked.wording, "");
    let texts: Vec<String> = calls.iter().map(text).collect();
    let marked = interview.marked(asked.source, asked.instruction);
    let mut conversations = Vec::new();
    for (call, text) in calls.iter().zip(&texts) {
        let (prefix, after) = interview.prefix(call, text, [asked.source, &marked]);
        conversations.push((interview.judge.begin(&prefix, watch)?, after));
    }
    let tasks: Vec<Task> = pairs
        .iter()
        .flat_map(|&pair| (0..calls.len()).map(move |call| (pair, call)))
        .flat_map(|((a, b), call)| [(a, b, call), (b, a, call)])
        .map(|(first, second, call)| Task {
            first,
            second,
            call,
        })
        .collect();
    interview.judge.owes(tasks.len());
    let told = side_by_side::all(interview.judge.info().at_once, &tasks, watch, |task| {
        let (conversation, after) = &conversations[task.call];
        let mut rest = vec![
            Part::Picture(&asked.edited[task.first]),
            Part::Picture(&asked.edited[task.second]),
        ];
        rest.extend(after.map(Part::text));
        ask(interview, &**conversation, &rest, watch)
    })?;
    Ok((tasks, told))
}

/// What was told of one pair: the mean over the calls of which both orders could be read.
fn both_orders(told: &[Told]) -> Option<BothOrders> {
    let both: Vec<BothOrders> = told
        .chunks(2)
        .filter_map(|orders| match orders {
            [there, back] => Some(BothOrders {
                forward: *there.first.as_ref().ok()?,
                reverse: 1.0 - *back.first.as_ref().ok()?,
            }),
            _ => None,
        })
        .collect();
    Some(BothOrders {
        forward: mean(both.iter().map(|pair| pair.forward))?,
        reverse: mean(both.iter().map(|pair| pair.reverse))?,
    })
}

/// Which of two is better, asked in both orders; a tie where they disagree, `None` where neither could be read.
pub(super) fn verdict(
    interview: &Interview,
    asked: &Asked<'_>,
    watch: &dyn Watch,
) -> Result<Option<Verdict>, JudgeError> {
    let (_, told) = orders(interview, asked, &[(0, 1)], watch)?;
    Ok(both_orders(&told).map(|pair| match pair.agree() {
        true => of_share(pair.first_better()),
        false => Verdict::Tie,
    }))
}

fn of_share(first: f64) -> Verdict {
    match first {
        first if first > 0.5 => Verdict::First,
        first if first < 0.5 => Verdict::Second,
        _ => Verdict::Tie,
    }
}

/// The scorecards of a group.
pub(super) fn group(
    interview: &Interview,
    asked: &Asked<'_>,
    watch: &dyn Watch,
) -> Result<Vec<Scorecard>, JudgeError> {
    let edited = asked.edited;
    if edited.len() < 2 {
        let why = said!("There is nothing to compare a single edit with.");
        return Ok(interview.unknown(edited.len(), &why));
    }
    let pairs = pairs(edited.len());
    let (tasks, told) = orders(interview, asked, &pairs, watch)?;
    Ok(cards(interview, edited.len(), &pairs, &tasks, &told))
}

fn cards(
    interview: &Interview,
    count: usize,
    pairs: &[(usize, usize)],
    tasks: &[Task],
    told: &[Told],
) -> Vec<Scorecard> {
    let (dimension, published) = names(interview);
    // of each pair both orders, where both could be read
    let of_a_pair = 2 * interview.rubric.calls.len().max(1);
    let both: Vec<Option<BothOrders>> = told.chunks(of_a_pair).map(both_orders).collect();
    let known: Vec<BothOrders> = both.iter().flatten().copied().collect();
    let bias = positional_bias(&known);
    let torn = known.iter().filter(|pair| !pair.agree()).count();
    (0..count)
        .map(|candidate| {
            let of_it = pairs.iter().zip(&both).filter_map(|((a, b), pair)| {
                let better = (*pair)?.first_better();
                match candidate {
                    c if c == *a => Some(better),
                    c if c == *b => Some(1.0 - better),
                    _ => None,
                }
            });
            let wins: Vec<f64> = of_it.collect();
            let mut one = match mean(wins.iter().copied()) {
                Some(rate) => scored(interview, rate, &wins, bias, torn, known.len()),
                None => {
                    let why = told.iter().find_map(|told| told.first.as_ref().err());
                    let why = why.cloned().unwrap_or_default();
                    interview.unknown(1, &why).remove(0)
                }
            };
            let mine: Vec<(&Task, &Told)> = tasks
                .iter()
                .zip(told)
                .filter(|(task, _)| task.first == candidate || task.second == candidate)
                .collect();
            let rate = one
                .value(dimension)
                .map(|rate| (published.to_owned(), f64::from(rate)));
            let bias = ("pairwise.positional_bias".to_owned(), bias);
            one.raw.push(Raw {
                reward: interview.info().id.to_owned(),
                measures: rate.into_iter().chain([bias]).collect::<BTreeMap<_, _>>(),
                told: record(interview, &mine),
            });
            one
        })
        .collect()
}

fn scored(
    interview: &Interview,
    rate: f64,
    wins: &[f64],
    bias: f64,
    torn: usize,
    pairs: usize,
) -> Scorecard {
    let reason = |id: &str, text: Said, passed| Reason {
        id: id.to_owned(),
        text,
        passed,
        cost: 0.0,
        check: None,
        evidence: None,
    };
    let mut reasons = vec![reason(
        "preferred",
        said!(
            "{judge} prefers it in {percent} % of {count} comparisons.",
            judge = interview.judge.info().name,
            percent = decimals(rate * 100.0, 0),
            count = wins.len()
        ),
        Some(rate >= 0.5),
    )];
    if torn > 0 {
        reasons.push(reason(
            "order",
            said!(
                "In {torn} of {pairs} pairs the judge said otherwise when their order was turned; it prefers the first by {bias} %.",
                torn = torn,
                pairs = pairs,
                bias = decimals(bias * 100.0, 0)
            ),
            None,
        ));
    }
    let score = Score {
        value: rate as f32,
        spread: card::spread(wins) as f32,
        reasons,
        evidence: None,
    };
    BTreeMap::from([(names(interview).0.into(), score)]).into()
}

fn record(interview: &Interview, told: &[(&Task, &Told)]) -> Value {
    let answers: Vec<Value> = told
        .iter()
        .map(|(task, told)| {
            let mut line = json!({
                "first": task.first,
                "second": task.second,
                "call": task.call,
                "answer": told.answer,
                "cost": card::cost(&told.cost),
            });
            let dimension = |_| Some(names(interview).0);
            card::tell_weighed(&mut line, &told.weighed, dimension);
            match &told.first {
                Ok(first) => {
                    line["first_better"] = json!(first);
                    line["winner"] = json!(of_share(*first));
                }
                Err(why) => line["failure"] = json!(why.to_string()),
            }
            line
        })
        .collect();
    let (dimension, published) = names(interview);
    let mapping = Mapping::of(published).map(Mapping::in_words);
    json!({
        "model": interview.judge.info().name,
        "rubric": interview.rubric.id,
        "mapping": { dimension: mapping },
        "answers": answers,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_meets_its_neighbours_once_and_small_groups_meet_in_full() {
        assert_eq!(pairs(2), [(0, 1)]);
        assert_eq!(pairs(3).len(), 3);
        assert_eq!(pairs(5).len(), 10);
        assert_eq!(pairs(8).len(), 16);
        for candidate in 0..8 {
            let met = pairs(8)
                .iter()
                .filter(|(a, b)| *a == candidate || *b == candidate)
                .count();
            assert_eq!(met, 4);
        }
    }
}
