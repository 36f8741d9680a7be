//! Adaptive depth-first search after ADE-CoT (arXiv 2603.00141): a first sample tells how difficult the instruction is and
//! so how many are made at most; the others are looked at on their way, near-duplicates and weak ones wait behind the
//! rest, and the most promising is finished first. It ends as soon as one passes: scored high, and most of the yes/no
//! checks that were written for this edit answered with yes.

use retake_core::{
    Dimension, Order, Scorecard, Selector, Stop, Strategy, Studio, decimals, number, said,
};
use serde::{Deserialize, Serialize};

use crate::strategies::budget::{calls_left, edits, step_to, steps_of_one, whole};
use crate::strategies::group::{Scored, finals, looks, overall, ranked, unlike};
use crate::strategies::settings::{Allowed, Number, Relation, Settable};

/// What passing every check adds to the first sample's score when the difficulty is told: half a point of ten.
const ALL_PASSED: f64 = 0.05;

/// See the module.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct DepthFirst {
    /// candidates of the easiest instruction
    pub least: u32,
    /// how slowly the number falls with the first score: N = least + (N_max − least)·(1 − score)^gamma. The paper has 0.15,
    /// by which a first score of 0.8 still leaves four fifths of the candidates
    pub gamma: f64,
    /// share of the steps after which all are looked at
    pub early: f64,
    /// share of the steps after which those that are left are looked at again
    pub late: f64,
    /// how many go on after the second look
    pub keep: u32,
    /// more alike than this, as changes of the photo, two are one
    pub alike: f64,
    /// overall score from which one passes
    pub enough: f64,
    /// instruction following from which one passes
    pub follows: f64,
    /// share of the yes/no checks from which one passes
    pub passed: f64,
}

impl Default for DepthFirst {
    fn default() -> Self {
        Self {
            least: 1,
            gamma: 0.5,
            early: 0.28,
            late: 0.57,
            keep: 4,
            alike: 0.96,
            enough: 0.799,
            follows: 0.799,
            passed: 0.8,
        }
    }
}

impl Settable for DepthFirst {
    const ID: &'static str = "depth_first";
    const SETTINGS: &'static [Number] = &[
        Number {
            id: "least",
            allowed: Allowed::Whole(1, 64),
            about: "Candidates of the easiest instruction.",
        },
        Number {
            id: "gamma",
            allowed: Allowed::Number(0.01, 4.0),
            about: "How strongly a good first score lowers the number of candidates.",
        },
        Number {
            id: "early",
            allowed: Allowed::Number(0.05, 0.6),
            about: "Share of the steps after which all are looked at.",
        },
        Number {
            id: "late",
            allowed: Allowed::Number(0.1, 0.95),
            about: "Share of the steps after which those that are left are looked at again.",
        },
        Number {
            id: "keep",
            allowed: Allowed::Whole(1, 64),
            about: "How many go on after the second look.",
        },
        Number {
            id: "alike",
            allowed: Allowed::Number(0.0, 1.0),
            about: "Two that are more alike than this are one.",
        },
        Number {
            id: "enough",
            allowed: Allowed::Number(0.0, 1.0),
            about: "Overall score from which one passes.",
        },
        Number {
            id: "follows",
            allowed: Allowed::Number(0.0, 1.0),
            about: "Instruction following from which one passes.",
        },
        Number {
            id: "passed",
            allowed: Allowed::Number(0.0, 1.0),
            about: "Share of the yes/no checks from which one passes.",
        },
    ];
    const RELATIONS: &'static [Relation] = &[Relation::LOOKS];
}

impl Strategy for DepthFirst {
    fn id(&self) -> &'static str {
        Self::ID
    }

    fn settings(&self) -> serde_json::Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    fn run(&self, studio: &mut dyn Studio, selector: &dyn Selector) -> Result<(), Stop> {
        let most = edits(studio);
        if most == 0 {
            return Ok(());
        }
        let first = studio.begin(vec![Order::default()]);
        let mut done: Vec<u64> = studio.finish(&first)?;
        studio.score(&done)?;
        if self.passes(studio, selector, &done) {
            studio.done_with(&done);
            return Ok(());
        }
        // the first has told how many steps one takes
        let total = studio.steps(first[0]).1;
        let most = most.min(1 + whole(studio, total));
        let allowed = match finals(studio, selector, &done).first() {
            Some(&(index, score)) => {
                let card = studio.card(index).cloned().unwrap_or_default();
                let allowed = self.allowed(f64::from(score), &card, most);
                studio.remark(said!(
                    "The first try scored {score}, so at most {count} of {most} are made.",
                    score = decimals(score, 2),
                    count = number(allowed),
                    most = number(most)
                ));
                allowed
            }
            None => most,
        };
        studio.done_with(&done);
        let others = studio.begin(vec![Order::default(); allowed.saturating_sub(1)]);
        let (line, waiting) = self.lined_up(studio, selector, &others)?;
        let mut left = line.into_iter().chain(waiting).enumerate();
        let keep = self.keep as usize;
        let mut kept = 0;
        for (place, index) in left.by_ref() {
            // those that looked weak are finished only where nothing better has come
            if place >= keep && kept > 0 && good_enough(studio, selector, &done) {
                studio.let_go(index, said!("others are good enough already"));
                break;
            }
            let made = studio.finish(&[index])?;
            studio.score(&made)?;
            studio.done_with(&made);
            kept += made.len();
            let passes = self.passes(studio, selector, &made);
            done.extend(made);
            if passes {
                break;
            }
        }
        for (_, index) in left {
            studio.let_go(index, said!("others are good enough already"));
        }
        Ok(())
    }
}

impl DepthFirst {
    /// How many are made at most, from the first score in [0, 1].
    fn allowed(&self, score: f64, card: &Scorecard, most: usize) -> usize {
        let bonus = match share_passed(card) {
            Some(share) if share >= 1.0 => ALL_PASSED,
            _ => 0.0,
        };
        let hard = (1.0 - score - bonus).clamp(0.0, 1.0);
        let least = (self.least as usize).min(most);
        least + ((most - least) as f64 * hard.powf(self.gamma)).round() as usize
    }

    /// Whether one of these is as good as one can wish.
    fn passes(&self, studio: &dyn Studio, selector: &dyn Selector, indices: &[u64]) -> bool {
        let ends = finals(studio, selector, indices);
        ends.iter().any(|&(index, score)| {
            let Some(card) = studio.card(index) else {
                return false;
            };
            let follows = card.value(Dimension::INSTRUCTION_FOLLOWING);
            f64::from(score) >= self.enough
                && follows.is_none_or(|value| f64::from(value) >= self.follows)
                && share_passed(card).is_none_or(|share| share >= self.passed)
        })
    }

    /// Those to be finished, the most promising first, and those that wait behind them.
    fn lined_up(
        &self,
        studio: &mut dyn Studio,
        selector: &dyn Selector,
        others: &[u64],
    ) -> Result<(Vec<u64>, Vec<u64>), Stop> {
        let (keep, half) = (self.keep as usize, others.len().div_ceil(2));
        let total = steps_of_one(studio, others)?;
        let point = |share: f64| ((total as f64 * share).round() as usize).max(1);
        let (early, late) = (point(self.early), point(self.late));
        // two looks, and what is finished after them is scored
        let calls = others.len() + half + keep;
        if early >= total || calls_left(studio) < calls || others.len() <= 1 {
            return Ok((others.to_vec(), Vec::new()));
        }
        let mut looked = vec![(early, half), (late, keep)];
        looked.dedup_by_key(|(point, _)| *point);
        let (mut open, mut waiting) = (others.to_vec(), Vec::new());
        for (point, count) in looked.into_iter().filter(|(point, _)| *point < total) {
            open = step_to(studio, &open, point)?;
            let cards = looks(studio, &open)?;
            if cards.iter().all(Option::is_none) {
                break;
            }
            let order = ranked(&overall(selector, &cards));
            let order: Vec<u64> = order.into_iter().map(|place| open[place]).collect();
            let (kept, twins) = unlike(studio, &order, count, self.alike);
            for &(twin, _) in &twins {
                studio.let_go(twin, said!("nearly the same as another"));
            }
            let twin = |index: &u64| twins.iter().any(|(one, _)| one == index);
            let behind = order.into_iter().filter(|i| !kept.contains(i) && !twin(i));
            // what was seen later goes before what was seen earlier
            waiting.splice(0..0, behind);
            open = kept;
        }
        Ok((open, waiting))
    }
}

/// Share of the yes/no checks of a scorecard that were answered with yes; `None` where there are none.
fn share_passed(card: &Scorecard) -> Option<f64> {
    let reasons = card.scores.values().flat_map(|score| &score.reasons);
    let answers: Vec<bool> = reasons.filter_map(|reason| reason.passed).collect();
    let yes = answers.iter().filter(|&&passed| passed).count();
    (!answers.is_empty()).then(|| yes as f64 / answers.len() as f64)
}

fn good_enough(studio: &dyn Studio, selector: &dyn Selector, indices: &[u64]) -> bool {
    let scored = Scored::of(studio, indices);
    !scored.cards.is_empty() && scored.choose(selector).good_enough
}

#[cfg(test)]
mod tests;
