//! What a run may spend and has spent, counted before it is done.

use std::time::{Duration, Instant};

use retake_core::{Budget, Spent};

/// The account of one run.
pub(super) struct Ledger {
    budget: Budget,
    began: Instant,
    spent: Spent,
    /// steps of one whole candidate and evaluations of one step, as soon as one was started
    whole: Option<(u64, u64)>,
    longest_edit: Duration,
    longest_score: Duration,
}

impl Ledger {
    pub(super) fn new(budget: Budget) -> Self {
        Self {
            budget,
            began: Instant::now(),
            spent: Spent::default(),
            whole: None,
            longest_edit: Duration::ZERO,
            longest_score: Duration::ZERO,
        }
    }

    /// Learns what a whole candidate takes; the longest counts.
    pub(super) fn learn(&mut self, steps: u64, evaluations: u64) {
        let (most, each) = self.whole.unwrap_or((0, 0));
        self.whole = Some((most.max(steps), each.max(evaluations)));
    }

    pub(super) fn spent(&self, money: f64) -> Spent {
        Spent {
            seconds: self.began.elapsed().as_secs_f64(),
            money,
            ..self.spent
        }
    }

    /// What is left; `u64::MAX` and infinity where there is no limit.
    pub(super) fn left(&self, money: f64) -> Spent {
        let edits = self.budget.edits as u64;
        let steps = self.whole.map_or(u64::MAX, |(steps, evaluations)| {
            match self.budget.network_evaluations {
                Some(limit) if evaluations > 0 => {
                    (limit.saturating_sub(self.spent.network_evaluations)) / evaluations
                }
                _ => (edits * steps).saturating_sub(self.spent.steps),
            }
        });
        let evaluations = match (self.budget.network_evaluations, self.whole) {
            (Some(limit), _) => limit.saturating_sub(self.spent.network_evaluations),
            (None, Some((_, each))) if each > 0 => steps.saturating_mul(each),
            _ => u64::MAX,
        };
        let calls = self.budget.judge_calls.unwrap_or(u64::MAX);
        let seconds = self.budget.seconds.unwrap_or(f64::INFINITY);
        Spent {
            edits: edits.saturating_sub(self.spent.edits),
            steps,
            network_evaluations: evaluations,
            judge_calls: calls.saturating_sub(self.spent.judge_calls),
            seconds: (seconds - self.began.elapsed().as_secs_f64()).max(0.0),
            money: (self.budget.money.unwrap_or(f64::INFINITY) - money).max(0.0),
            // the bench knows what is held
            memory: self.budget.memory.unwrap_or(u64::MAX),
        }
    }

    /// Bytes that may be held at once.
    pub(super) fn memory(&self) -> Option<u64> {
        self.budget.memory
    }

    /// So many bytes are held, or are about to be.
    pub(super) fn holds(&mut self, bytes: u64) {
        self.spent.memory = self.spent.memory.max(bytes);
    }

    /// Whether the time is over.
    pub(super) fn out_of_time(&self) -> bool {
        self.until().is_some_and(|until| Instant::now() >= until)
    }

    /// When the time is over.
    pub(super) fn until(&self) -> Option<Instant> {
        let seconds = self.budget.seconds?;
        let limit = Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
        self.began.checked_add(limit)
    }

    /// Whether another edit, or another round of scores, as long as the longest so far, would end in time.
    pub(super) fn fits(&self, scoring: bool) -> bool {
        let longest = match scoring {
            true => self.longest_score,
            false => self.longest_edit + self.longest_score,
        };
        self.until()
            .is_none_or(|until| Instant::now() + longest < until)
    }

    pub(super) fn took_steps(&mut self, steps: u64, evaluations: u64) {
        self.spent.steps += steps;
        self.spent.network_evaluations += evaluations;
    }

    pub(super) fn finished(&mut self, count: u64, took: Duration) {
        self.spent.edits += count;
        self.longest_edit = self.longest_edit.max(took);
    }

    pub(super) fn scored(&mut self, count: u64, took: Duration) {
        self.spent.judge_calls += count;
        self.longest_score = self.longest_score.max(took);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ledger(budget: Budget) -> Ledger {
        let mut ledger = Ledger::new(budget);
        ledger.learn(10, 2);
        ledger
    }

    #[test]
    fn edits_pay_for_as_many_steps_as_they_take_whole() {
        let mut ledger = ledger(Budget::edits(4));
        ledger.took_steps(15, 30);
        let left = ledger.left(0.0);
        assert_eq!((left.steps, left.network_evaluations), (25, 50));
    }

    #[test]
    fn evaluations_that_are_named_take_the_place_of_what_edits_would_pay() {
        let mut ledger = ledger(Budget {
            network_evaluations: Some(50),
            ..Budget::edits(100)
        });
        ledger.took_steps(15, 30);
        let left = ledger.left(0.0);
        assert_eq!((left.steps, left.network_evaluations), (10, 20));
    }

    #[test]
    fn a_budget_of_nothing_leaves_nothing() {
        let ledger = ledger(Budget {
            judge_calls: Some(0),
            seconds: Some(0.0),
            ..Budget::edits(0)
        });
        let left = ledger.left(0.0);
        assert_eq!((left.edits, left.steps, left.judge_calls), (0, 0, 0));
        assert!(ledger.out_of_time() && !ledger.fits(true));
    }

    #[test]
    fn money_is_what_judges_say_it_was() {
        let ledger = ledger(Budget {
            money: Some(2.0),
            ..Budget::edits(1)
        });
        assert_eq!(ledger.left(1.5).money, 0.5);
        assert_eq!(ledger.left(3.0).money, 0.0);
    }
}
