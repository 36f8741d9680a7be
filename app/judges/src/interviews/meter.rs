//! A judge whose questions are counted before they are asked, each at its price, and which asks none that what is allowed does
//! not pay for.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use retake_core::{Watch, said};

use crate::{Answer, Ask, Conversation, Judge, JudgeError, JudgeInfo, Part, Prefix};

/// See the module.
pub(super) struct Metered {
    judge: Arc<dyn Judge>,
    /// of a question, in the person's currency; 0 is nothing
    price: f64,
    purse: Mutex<Purse>,
}

struct Purse {
    /// questions so far
    asked: u64,
    /// as many may be asked in all
    allowed: u64,
    /// of these, first tries of a group that are still to come: nothing else may take their place
    owed: u64,
}

impl Metered {
    pub(super) fn new(judge: Arc<dyn Judge>, price: f64) -> Self {
        Self {
            judge,
            price: price.max(0.0),
            purse: Mutex::new(Purse {
                asked: 0,
                allowed: u64::MAX,
                owed: 0,
            }),
        }
    }

    fn purse(&self) -> MutexGuard<'_, Purse> {
        self.purse.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What so many questions cost.
    pub(super) fn price_of(&self, questions: usize) -> f64 {
        self.price * questions as f64
    }

    /// What all questions so far have cost.
    pub(super) fn money(&self) -> f64 {
        self.price * self.purse().asked as f64
    }

    /// From now on it may cost so much; infinity is no limit.
    pub(super) fn allow(&self, money: f64) {
        let mut purse = self.purse();
        purse.allowed = u64::MAX;
        if self.price > 0.0 && money.is_finite() {
            // sums of prices are not exact
            let questions = (money.max(0.0) / self.price + 1e-6).floor() as u64;
            purse.allowed = purse.asked.saturating_add(questions);
        }
    }

    /// Keeps places for the first tries of a group.
    pub(super) fn owes(&self, questions: usize) {
        self.purse().owed = questions as u64;
    }

    /// Takes a place for asking once more, if one is left beside those that are kept.
    pub(super) fn has_one_to_spare(&self) -> bool {
        let mut purse = self.purse();
        let spare = purse.asked.saturating_add(purse.owed) < purse.allowed;
        if spare {
            purse.owed = purse.owed.saturating_add(1);
        }
        spare
    }

    /// Counts a question that is about to be asked.
    fn count(&self) -> Result<(), JudgeError> {
        let mut purse = self.purse();
        if purse.asked >= purse.allowed {
            return Err(JudgeError::Unanswered(said!(
                "What is left of the money does not pay for this question."
            )));
        }
        purse.asked += 1;
        purse.owed = purse.owed.saturating_sub(1);
        Ok(())
    }
}

impl Judge for Metered {
    fn info(&self) -> JudgeInfo {
        self.judge.info()
    }
    fn begin(
        &self,
        prefix: &Prefix<'_>,
        watch: &dyn Watch,
    ) -> Result<Box<dyn Conversation + '_>, JudgeError> {
        Ok(Box::new(Counted {
            meter: self,
            conversation: self.judge.begin(prefix, watch)?,
        }))
    }
}

struct Counted<'a> {
    meter: &'a Metered,
    conversation: Box<dyn Conversation + 'a>,
}

impl Conversation for Counted<'_> {
    fn ask(&self, rest: &[Part<'_>], how: &Ask, watch: &dyn Watch) -> Result<Answer, JudgeError> {
        self.meter.count()?;
        self.conversation.ask(rest, how, watch)
    }
}
