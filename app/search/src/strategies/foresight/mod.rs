//! Foresight: judges who take long are spared questions that they would answer with a low score. What they said so far is
//! distilled into a small head over what is measured (after ONI, arXiv 2410.23022, whose agents learn a reward model from
//! the labels of a slow language model); it says of every candidate what they would make of it, those that could win are
//! asked about first, and those that could not are left. It is used only where it foretells labels that it has not seen.

mod head;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use retake_core::{Scorecard, Selector, Stop, Studio, decimals, number, said};

use self::head::{Features, Head};
use super::group::Scored;
use super::racing::normal_above;

/// Answers of the judges from which it may be learned.
const LEAST: usize = 8;
/// Rank agreement on answers that it has not seen, from which it is used.
const TRUSTED: f64 = 0.8;
/// Who is better than the best so far with a smaller probability is left.
const COULD_WIN: f64 = 0.05;
/// Asked about side by side at the least, so that judges who answer several questions at once are kept busy.
const ROUND: usize = 4;

/// See the module. One for a whole search.
#[derive(Default)]
pub(crate) struct Foresight {
    known: BTreeMap<u64, Features>,
    /// the head that was used last, or else the one that could not be
    head: Option<Head>,
    judged: usize,
    left: usize,
}

impl Foresight {
    /// Looks at finished candidates whose pictures are there; whether somebody slow is to be asked about them, who may be
    /// spared some. Then all should be made before they are asked, so that it makes no difference how many are made at a
    /// time; where time is short they are asked at once.
    pub(crate) fn sees(&mut self, studio: &mut dyn Studio, made: &[u64]) -> Result<bool, Stop> {
        if studio.left().seconds.is_finite() {
            return Ok(false);
        }
        let mut seen = false;
        for (index, card) in made.iter().zip(studio.quick(made)?) {
            if let Some(card) = card {
                self.known.insert(*index, features(&card));
                seen = true;
            }
        }
        Ok(seen)
    }

    /// Has these scored, of which `before` were scored before: all of them, or, where it can be foreseen, those that could
    /// be the best of all. Those that have a scorecard now, in order.
    pub(crate) fn judge(
        &mut self,
        studio: &mut dyn Studio,
        selector: &dyn Selector,
        before: &[u64],
        made: &[u64],
    ) -> Result<Vec<u64>, Stop> {
        let unknown = made.iter().filter(|index| !self.known.contains_key(index));
        let unknown: Vec<u64> = unknown.copied().collect();
        self.sees(studio, &unknown)?;
        if !made.iter().any(|index| self.known.contains_key(index)) {
            return studio.score(made);
        }
        let mut judged = before.to_vec();
        let mut rest = made.to_vec();
        while !rest.is_empty() {
            let next = self.next(studio, selector, &judged, &rest);
            if next.is_empty() {
                break;
            }
            let scored = studio.score(&next)?;
            if scored.is_empty() {
                // nobody answers, or the budget is spent
                return Ok(in_order(made, &judged));
            }
            self.judged += scored.len();
            judged.extend(scored);
            rest.retain(|index| !next.contains(index));
        }
        self.left += rest.len();
        for index in rest {
            studio.leave(
                index,
                said!(
                    "not judged: a scorer that learned from the judges' answers foresaw that it would not win"
                ),
            );
        }
        Ok(in_order(made, &judged))
    }

    /// Who is asked about next; nobody where none of the rest could win.
    fn next(
        &mut self,
        studio: &dyn Studio,
        selector: &dyn Selector,
        judged: &[u64],
        rest: &[u64],
    ) -> Vec<u64> {
        let labels = self.labels(studio, selector, judged);
        if labels.len() < LEAST {
            let lack = LEAST - labels.len();
            // a few more than lack are no reason to ask twice
            return match rest.len() <= lack + ROUND {
                true => rest.to_vec(),
                false => rest[..lack].to_vec(),
            };
        }
        let rows: Vec<(&Features, f64)> = labels
            .iter()
            .filter_map(|(index, label)| Some((self.known.get(index)?, *label)))
            .collect();
        let best = labels
            .iter()
            .map(|label| label.1)
            .fold(f64::NEG_INFINITY, f64::max);
        let head = Head::learn(&rows);
        let trusted = head.as_ref().filter(|head| head.agreement >= TRUSTED);
        let Some(head) = trusted else {
            // once it was used, what it could not foretell any more stays told beside it
            if self.left == 0 {
                self.head = head;
            }
            return rest.to_vec();
        };
        let mut foretold: Vec<(u64, f64)> = rest
            .iter()
            // one of which nothing is known could be anything
            .map(|index| {
                (
                    *index,
                    self.known.get(index).map_or(best, |of| head.foretell(of)),
                )
            })
            .filter(|(_, value)| normal_above((best - value) / head.off_by.max(1e-6)) >= COULD_WIN)
            .collect();
        foretold.sort_by(|a, b| b.1.total_cmp(&a.1));
        foretold.truncate((foretold.len() / 2).max(ROUND));
        self.head = Some(head.clone());
        foretold.into_iter().map(|(index, _)| index).collect()
    }

    /// What the judges made of each, as the selector sees them in one group.
    fn labels(
        &self,
        studio: &dyn Studio,
        selector: &dyn Selector,
        judged: &[u64],
    ) -> Vec<(u64, f64)> {
        let scored = Scored::of(studio, judged);
        if scored.cards.is_empty() {
            return Vec::new();
        }
        let overall = scored.choose(selector).overall.into_iter().map(f64::from);
        scored
            .indices
            .iter()
            .copied()
            .zip(overall)
            .filter(|(index, label)| self.known.contains_key(index) && label.is_finite())
            .collect()
    }

    /// Says in the end whether it was used, and how far it was to be trusted.
    pub(crate) fn tell(&self, studio: &mut dyn Studio) {
        let Some(head) = &self.head else {
            return;
        };
        let (rho, labels) = (decimals(head.agreement, 2), number(head.labels));
        studio.remark(match head.agreement >= TRUSTED {
            true => said!(
                "A scorer that learned from {labels} answers of the judges (rank agreement {rho} on those it had not seen) chose whom they were asked about first, and spared them {left} of {count}.",
                labels,
                rho,
                left = number(self.left),
                count = number(self.left + self.judged)
            ),
            false => said!(
                "What is measured foretells the judges too little to spare them questions (rank agreement {rho} on {labels} answers), so they were asked about every candidate.",
                rho,
                labels
            ),
        });
    }
}

fn in_order(made: &[u64], judged: &[u64]) -> Vec<u64> {
    let there = |index: &&u64| judged.contains(*index);
    made.iter().filter(there).copied().collect()
}

/// Every number of a card: scores, what each reason cost and how far each check was met, and what stands behind them under
/// its own name.
fn features(card: &Scorecard) -> Features {
    let mut features = Features::new();
    for (dimension, score) in &card.scores {
        let name = &dimension.0;
        features.insert(name.clone(), score.value.into());
        for reason in &score.reasons {
            features.insert(format!("{name}/{}", reason.id), reason.cost.into());
            if let Some(check) = &reason.check {
                features.insert(format!("{name}/{}/credit", reason.id), check.credit.into());
            }
        }
    }
    for raw in &card.raw {
        for (name, value) in &raw.measures {
            features.insert(format!("{}:{name}", raw.reward), *value);
        }
    }
    features.retain(|_, value| value.is_finite());
    features
}
