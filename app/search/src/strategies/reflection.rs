//! Reflection: the first half of the budget is spent side by side; then the scorecard of the best says what is missing, and
//! that is asked for. Globally, by the person's sentence with the missing words appended ("…, a bit warmer"), made from the
//! photo anew; and locally, by the missing words alone as one more turn on the best. All turns stand in one ranking, so that
//! the best of all of them is what comes out, and it is scored against the person's own words, never against the longer
//! ones. That a failed answer is worth both a global and a local repair, and that the outcome's reward chooses between the
//! draft and both, is GLoRe's (arXiv 2402.10963, §4); appending rather than rewriting is ThinkRL-Edit's; first half in
//! parallel is EditThinker's reading of best-of-N. A fault that lies in places is mended there before
//! anything is asked in words: what was edited is brought back in ellipses over it, and the edit is made anew in these alone. Where nothing is missing, neighbours of the best are tried.

use retake_core::{
    Amount, Change, Goal, Instruction, Order, Origin, Reason, Region, Said, Scorecard, Selector,
    Stop, Strategy, Studio, said,
};
use serde::{Deserialize, Serialize};

use super::fault;
use super::local_search::{PLAIN_SHARE, ROUND, climb};
use super::pool::Pool;
use super::settings::{Number, Settable};
use super::words::{clause, degree, missing, remedy};

/// Share of the budget for the plain candidates.
const PLAIN: f32 = 0.5;
/// Faults that are named at once; more words are not heard.
const NAMED: usize = 2;
/// A reason that costs less than this share of a score is not worth a word, unless it failed.
const SILENT: f32 = 0.02;
/// Rounds in which the same best is asked for the same.
const PATIENCE: usize = 1;

/// See the module.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reflection {
    /// share of the budget for plain candidates, in [0, 1]
    pub plain: f32,
}

impl Default for Reflection {
    fn default() -> Self {
        Self { plain: PLAIN }
    }
}

/// What is missing and what to ask for.
#[derive(Clone, Debug, PartialEq)]
struct Lack {
    /// "a bit warmer"
    words: String,
    /// in numbers, where it was measured
    goal: Option<Goal>,
}

impl Settable for Reflection {
    const ID: &'static str = "reflection";
    const SETTINGS: &'static [Number] = &[PLAIN_SHARE];
}

impl Strategy for Reflection {
    fn id(&self) -> &'static str {
        Self::ID
    }

    fn settings(&self) -> serde_json::Value {
        serde_json::json!({ "plain": self.plain })
    }

    fn run(&self, studio: &mut dyn Studio, selector: &dyn Selector) -> Result<(), Stop> {
        let edits = super::budget::edits(studio);
        let first = super::local_search::plain(edits, self.plain, 1);
        let mut pool = Pool::default();
        pool.make(studio, vec![Order::default(); first])?;
        let mut tried: Vec<(u64, Vec<Lack>)> = Vec::new();
        let mut mended: Vec<u64> = Vec::new();
        while let Some(best) = pool.best(studio, selector) {
            if pool.settled(studio, selector) {
                return Ok(());
            }
            let brief = studio.brief();
            let card = studio.card(best.index).cloned().unwrap_or_default();
            let lacks = lacks(&card, &brief.instruction, brief.generative);
            let asked = (best.index, lacks.clone());
            let again = tried.iter().filter(|had| **had == asked).count() >= PATIENCE;
            let mut orders = match again {
                true => Vec::new(),
                false => turns(studio, best.index, &lacks),
            };
            if brief.mends && !mended.contains(&best.index) {
                mended.push(best.index);
                if let Some(fault) = fault::local(&card) {
                    orders.splice(0..0, fault.fixes(studio, best.index));
                }
            }
            if orders.is_empty() {
                return climb(studio, selector, &mut pool, ROUND);
            }
            tried.push(asked);
            let before = studio.spent().edits;
            pool.make(studio, orders)?;
            if studio.spent().edits == before {
                // the editor can do nothing with these words
                return climb(studio, selector, &mut pool, ROUND);
            }
        }
        Ok(())
    }
}

/// What the scorecard says is missing, the dearest first.
fn lacks(card: &Scorecard, asked: &Instruction, generative: bool) -> Vec<Lack> {
    let mut reasons: Vec<&Reason> = card
        .scores
        .values()
        .flat_map(|score| &score.reasons)
        .collect();
    reasons.retain(|reason| reason.passed == Some(false) || reason.cost >= SILENT);
    // what failed before what only costs
    let rank = |reason: &Reason| (reason.passed != Some(false), -reason.cost);
    reasons.sort_by(|a, b| {
        let (a, b) = (rank(a), rank(b));
        a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))
    });
    let mut lacks: Vec<Lack> = Vec::new();
    for reason in reasons {
        if let Some(lack) = lack(reason, asked, generative)
            && !lacks.iter().any(|had| had.words == lack.words)
        {
            lacks.push(lack);
        }
    }
    lacks.truncate(NAMED);
    lacks
}

/// What to ask for so that one reason goes away.
fn lack(reason: &Reason, asked: &Instruction, generative: bool) -> Option<Lack> {
    let language = &asked.understood.language;
    if let Some(check) = &reason.check {
        let goal = asked_by(asked, reason);
        let region = goal.map_or_else(Region::whole, |goal| goal.region.clone());
        let goal = missing(check.quantity, &check.asked, check.after, &region)?;
        let Amount::Units(units) = goal.amount else {
            return None;
        };
        let words = clause(
            goal.quantity,
            goal.change,
            degree(goal.quantity, check.before, units),
            language,
        )?;
        let words = if region.is_whole() {
            words
        } else {
            format!("{words}: {}", region.said())
        };
        return Some(Lack {
            words,
            goal: Some(goal),
        });
    }
    if let Some(words) = remedy(&reason.id, language) {
        return Some(Lack {
            words: words.to_owned(),
            goal: None,
        });
    }
    // what a judge says in words is told to an editor that reads words
    let told = generative && reason.passed == Some(false) && !reason.text.is_empty();
    told.then(|| Lack {
        words: format!("last time: {}", reason.text),
        goal: None,
    })
}

/// The person's goal that a check belongs to.
fn asked_by<'a>(asked: &'a Instruction, reason: &Reason) -> Option<&'a Goal> {
    let check = reason.check.as_ref()?;
    let of_quantity = |goal: &&Goal| goal.quantity == check.quantity;
    let goals = || asked.understood.goals.iter().filter(of_quantity);
    let exactly = goals().find(|goal| goal.asked(check.before) == check.asked);
    exactly.or_else(|| goals().next())
}

/// The next turns: globally and locally, the local one also by half.
fn turns(studio: &dyn Studio, best: u64, lacks: &[Lack]) -> Vec<Order> {
    let brief = studio.brief();
    if lacks.is_empty() {
        return Vec::new();
    }
    let words = lacks
        .iter()
        .map(|lack| lack.words.as_str())
        .collect::<Vec<_>>()
        .join(", ");
    let why = said!("missing: {words}", words = &words);
    let mut orders = Vec::new();
    if let Some(recipe) = studio.provenance(best).map(|made| made.recipe.clone()) {
        let local = |share| {
            local(
                studio,
                &brief.instruction,
                &words,
                lacks,
                share,
                brief.generative,
            )
        };
        for instruction in [1.0, 0.5].into_iter().filter_map(local) {
            orders.push(turn(best, Origin::On(recipe.clone()), instruction, &why));
        }
    }
    if let Some(instruction) = global(studio, &brief.instruction, &words, lacks, brief.generative) {
        orders.push(turn(best, Origin::Run, instruction.clone(), &why));
        orders.push(turn(best, Origin::Run, instruction, &why));
    }
    orders
}

fn turn(best: u64, origin: Origin, instruction: Instruction, why: &Said) -> Order {
    Order {
        parent: Some(best),
        origin,
        instruction: Some(instruction),
        why: why.clone(),
    }
}

/// One more turn: the missing words alone. What was measured is asked for by its numbers, so many of them as `share` says.
fn local(
    studio: &dyn Studio,
    asked: &Instruction,
    words: &str,
    lacks: &[Lack],
    share: f32,
    generative: bool,
) -> Option<Instruction> {
    let mut read = studio.read(words)?;
    read.understood.constraints = asked.understood.constraints.clone();
    if generative {
        // a sentence has no half of it
        return (share == 1.0).then_some(read);
    }
    for lack in lacks {
        let Some(goal) = &lack.goal else { continue };
        let Amount::Units(units) = goal.amount else {
            continue;
        };
        let measured = Goal {
            amount: Amount::Units(units * share),
            words: lack.words.clone(),
            ..goal.clone()
        };
        read.understood
            .goals
            .retain(|had| had.quantity != goal.quantity);
        read.understood.goals.push(measured);
    }
    (!read.understood.goals.is_empty()).then_some(read)
}

/// The whole sentence with the missing words appended. Its goals are the person's, aimed so much further as was missing.
fn global(
    studio: &dyn Studio,
    asked: &Instruction,
    words: &str,
    lacks: &[Lack],
    generative: bool,
) -> Option<Instruction> {
    let text = format!("{}, {words}", asked.text.trim_end_matches(['.', ' ', '!']));
    let mut read = studio.read(&text)?;
    if generative {
        return Some(read);
    }
    let mut goals = asked.understood.goals.clone();
    for lack in lacks {
        match &lack.goal {
            Some(missing) => goals
                .iter_mut()
                .filter(|goal| same(goal, missing))
                .for_each(|goal| further(goal, missing)),
            // against a fault: what the words mean, where the person did not speak of it
            None => {
                let news = studio
                    .read(&lack.words)
                    .map(|read| read.understood.goals)
                    .unwrap_or_default();
                let new = |goal: &Goal| {
                    asked
                        .understood
                        .goals
                        .iter()
                        .all(|had| had.quantity != goal.quantity)
                };
                goals.extend(news.into_iter().filter(new));
            }
        }
    }
    read.understood.goals = goals;
    read.understood.constraints = asked.understood.constraints.clone();
    Some(read)
}

fn same(goal: &Goal, missing: &Goal) -> bool {
    goal.quantity == missing.quantity && goal.region == missing.region
}

/// Aims a goal further by what is missing, or less far by what was too much. A goal in words goes up or down by degrees, for
/// only the editor knows what it measures before.
fn further(goal: &mut Goal, missing: &Goal) {
    let more = goal.change == missing.change;
    goal.amount = match (goal.amount, missing.amount) {
        (Amount::Units(units), Amount::Units(by)) if goal.change != Change::Set => {
            Amount::Units((units + if more { by } else { -by }).max(0.0))
        }
        (Amount::Degree(degree), _) => Amount::Degree(stepped(degree, more)),
        (amount, _) => amount,
    };
}

fn stepped(degree: retake_core::Degree, more: bool) -> retake_core::Degree {
    use retake_core::Degree::{Extreme, Moderate, Slight, Strong};
    let all = [Slight, Moderate, Strong, Extreme];
    let at = degree as usize;
    all[if more {
        (at + 1).min(3)
    } else {
        at.saturating_sub(1)
    }]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use retake_core::{AskedRange, Budget, Check, Degree, Dimension, Quantity, Score};

    use super::*;
    use crate::simulated::{Simulated, World, reaches};
    use crate::{BestOfN, PowerProduct};

    fn reason(id: &str, passed: Option<bool>, cost: f32, check: Option<Check>) -> Reason {
        Reason {
            id: id.to_owned(),
            text: said!("The hat is missing."),
            passed,
            cost,
            check,
            evidence: None,
        }
    }

    fn check(after: f32) -> Option<Check> {
        let asked = AskedRange {
            low: 4.0,
            aim: 6.0,
            high: 8.0,
        };
        Some(Check {
            quantity: Quantity::Warmth,
            before: 1.0,
            after,
            asked,
            credit: 0.2,
        })
    }

    fn card(reasons: Vec<Reason>) -> Scorecard {
        let score = Score {
            value: 0.4,
            spread: 0.05,
            reasons,
            evidence: None,
        };
        BTreeMap::from([(Dimension::from(Dimension::INSTRUCTION_FOLLOWING), score)]).into()
    }

    fn words(card: &Scorecard, generative: bool) -> Vec<String> {
        let lacks = lacks(card, &Instruction::default(), generative);
        lacks.into_iter().map(|lack| lack.words).collect()
    }

    #[test]
    fn a_check_that_failed_is_asked_for_in_words() {
        let cold = card(vec![reason("warmth", Some(false), 0.3, check(3.5))]);
        assert_eq!(words(&cold, false), ["a bit warmer"]);
        let hot = card(vec![reason("warmth", Some(false), 0.3, check(14.0))]);
        assert_eq!(words(&hot, false), ["much cooler"]);
    }

    #[test]
    fn what_failed_is_named_before_what_only_costs_and_no_more_than_two() {
        let all = card(vec![
            reason("noise", None, 0.5, None),
            reason("cast", None, 0.4, None),
            reason("warmth", Some(false), 0.1, check(3.0)),
        ]);
        assert_eq!(words(&all, false), ["a bit warmer", "less noise"]);
    }

    #[test]
    fn what_a_judge_says_is_told_to_an_editor_that_reads_it_and_to_no_other() {
        let judged = card(vec![reason("judge", Some(false), 0.5, None)]);
        assert_eq!(words(&judged, true), ["last time: The hat is missing."]);
        assert!(words(&judged, false).is_empty());
    }

    #[test]
    fn a_degree_goes_one_up_for_too_little_and_one_down_for_too_much() {
        let goal = |change, amount| Goal {
            quantity: Quantity::Warmth,
            change,
            amount,
            region: Region::whole(),
            words: String::new(),
            weight: 1.0,
        };
        let more = goal(Change::Raise, Amount::Units(2.0));
        let mut asked = goal(Change::Raise, Amount::Degree(Degree::Moderate));
        further(&mut asked, &more);
        assert_eq!(asked.amount, Amount::Degree(Degree::Strong));
        let mut asked = goal(Change::Lower, Amount::Units(5.0));
        further(&mut asked, &more);
        assert_eq!(asked.amount, Amount::Units(3.0));
    }

    #[test]
    fn asking_for_what_is_missing_beats_drawing_anew() {
        let world = World {
            mended: 0.1,
            ..World::default()
        };
        let (reflecting, plain) = (
            reaches(&Reflection::default(), &world, 16),
            reaches(&BestOfN {}, &world, 16),
        );
        assert!(reflecting > plain + 0.05, "{reflecting} {plain}");
    }

    #[test]
    fn the_persons_words_stay_and_the_appended_ones_are_in_the_order() {
        let world = World {
            mended: 0.1,
            mean: 0.3,
            ..World::default()
        };
        let mut studio = Simulated::new(world, Budget::edits(8), 5);
        studio
            .run(&Reflection::default(), &PowerProduct::default())
            .expect("nothing stops it");
        let asked = studio.brief().instruction.text;
        let texts: Vec<String> = (4..8).filter_map(|index| studio.words(index)).collect();
        assert!(
            !texts.is_empty()
                && texts
                    .iter()
                    .any(|text| text.starts_with(&asked) && text.len() > asked.len()),
            "{texts:?}"
        );
        assert!((0..4).all(|index| studio.words(index).is_none()));
    }

    #[test]
    fn a_turn_that_mends_nothing_does_not_lose_what_was_there() {
        let world = World {
            mended: -0.3,
            ..World::listed(&[0.2, 0.7, 0.4, 0.5])
        };
        let mut studio = Simulated::new(world, Budget::edits(8), 5);
        studio
            .run(&Reflection::default(), &PowerProduct::default())
            .expect("nothing stops it");
        let chosen = studio
            .chosen(&PowerProduct::default())
            .expect("one was chosen");
        assert!(studio.truth(chosen) >= Some(0.7));
    }
}
