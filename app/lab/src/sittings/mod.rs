//! Sittings: people say which edit is better without knowing who made it. What is asked is fixed by a seed ([`plan`]), every
//! answer is on disk before the next question ([`journal`]), and what several raters said is held against each other and
//! against rewards ([`agreement`]) or brought out as preference data ([`export`]).

pub mod agreement;
pub mod export;
pub mod journal;
pub mod lineups;
pub mod plan;

use std::collections::{HashMap, HashSet};
use std::path::Path;

use retake_core::said;
use serde::{Deserialize, Serialize};

pub use agreement::Agreement;
pub use journal::{Answers, Head};
pub use lineups::lineups;
pub use plan::{Kind, Manner, Question};

use crate::LabError;
use crate::case::Case;
use journal::Journal;

/// What a rater may say of a question.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// the edit of this name is the best
    Best(String),
    /// none is better
    Tie,
    /// none is any good
    BothBad,
    /// no opinion: counts as missing
    Skip,
}

/// An answer as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// who said it
    pub rater: String,
    /// id of the lineup
    pub lineup: String,
    /// names of the edits, from left to right
    pub shown: Vec<String>,
    /// asked a second time, to see whether the rater says the same
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub again: bool,
    /// what was said
    pub verdict: Verdict,
}

/// What makes two answers answers to the same question: the lineup, the edits in the order of their names, and whether it
/// was asked again.
pub type Key = (String, Vec<String>, bool);

impl Answer {
    /// See there.
    pub fn key(&self) -> Key {
        let mut names = self.shown.clone();
        names.sort();
        (self.lineup.clone(), names, self.again)
    }
}

/// One rater at the table.
pub struct Sitting {
    lineups: Vec<Case>,
    questions: Vec<Question>,
    said: HashMap<Key, Verdict>,
    rater: String,
    journal: Journal,
    /// place of the question that is asked
    at: usize,
    /// places of questions that cannot be asked now
    passed: HashSet<usize>,
}

impl Sitting {
    /// Sits down: goes on with what is in the folder, or begins there. Other edits than those it was begun with, or another
    /// way of asking, are refused, so that two sittings never mix.
    pub fn open(
        folder: &Path,
        lineups: Vec<Case>,
        manner: Manner,
        rater: &str,
    ) -> Result<Self, LabError> {
        let rater = rater.trim();
        if rater.is_empty() {
            return Err(LabError::Asked(said!(
                "a sitting needs the name of its rater"
            )));
        }
        let (journal, answers, number) = Journal::open(folder, &Head::of(manner, &lineups), rater)?;
        let questions = plan::questions(&lineups, manner, rater, number);
        if questions.is_empty() {
            return Err(LabError::Asked(said!(
                "there is nothing to compare: no source has two edits of its own"
            )));
        }
        let own = answers.given.iter().filter(|answer| answer.rater == rater);
        let said = own.map(|answer| (answer.key(), answer.verdict.clone()));
        let mut sitting = Self {
            said: said.collect(),
            rater: rater.to_owned(),
            at: 0,
            passed: HashSet::new(),
            lineups,
            questions,
            journal,
        };
        sitting.at = sitting.open_from(0).unwrap_or(sitting.questions.len());
        Ok(sitting)
    }

    /// What is asked now; nothing when all is said.
    pub fn now(&self) -> Option<&Question> {
        self.questions.get(self.at)
    }
    /// The source, the sentence and the edits of a question.
    pub fn lineup(&self, question: &Question) -> &Case {
        &self.lineups[question.lineup]
    }
    /// How many questions are answered, of how many.
    pub fn progress(&self) -> (usize, usize) {
        let keys = self.questions.iter().map(|question| self.key(question));
        let done = keys.filter(|key| self.said.contains_key(key)).count();
        (done, self.questions.len())
    }
    /// What was said of the question that is asked now, when somebody went back to it.
    pub fn said_before(&self) -> Option<&Verdict> {
        self.said.get(&self.key(self.now()?))
    }
    /// All that can be asked about.
    pub fn lineups(&self) -> &[Case] {
        &self.lineups
    }
    /// The rater's name.
    pub fn rater(&self) -> &str {
        &self.rater
    }

    /// The edit at this place, from left to right, is the best.
    pub fn best(&mut self, place: usize) -> Result<(), LabError> {
        let name = self.now().and_then(|question| {
            let take = *question.shown.get(place)?;
            Some(self.lineup(question).takes[take].name.clone())
        });
        match name {
            Some(name) => self.say(Verdict::Best(name)),
            None => Err(LabError::Asked(said!(
                "there is no edit at place {place}",
                place = place + 1
            ))),
        }
    }

    /// Answers, and goes on to the next open question. The answer is on disk when this returns; when it cannot be written
    /// the same question stands.
    pub fn say(&mut self, verdict: Verdict) -> Result<(), LabError> {
        let Some(question) = self.now() else {
            return Ok(());
        };
        let answer = Answer {
            rater: self.rater.clone(),
            lineup: self.lineup(question).id.clone(),
            shown: self.names(question),
            again: question.again,
            verdict: verdict.clone(),
        };
        self.journal.append(&answer)?;
        self.said.insert(answer.key(), verdict);
        let next = self.open_from(self.at + 1).or_else(|| self.open_from(0));
        self.at = next.unwrap_or(self.questions.len());
        Ok(())
    }

    /// Goes on without an answer: the question cannot be shown now, as a picture of it does not open. Nothing is kept, so that
    /// it is asked the next time somebody sits down.
    pub fn pass(&mut self) {
        self.passed.insert(self.at);
        let next = self.open_from(self.at + 1).or_else(|| self.open_from(0));
        self.at = next.unwrap_or(self.questions.len());
    }

    /// Goes back to the question before, whose answer is then given anew; not to one that cannot be shown. Nothing happens at
    /// the first.
    pub fn back(&mut self) {
        let before = (0..self.at)
            .rev()
            .find(|place| !self.passed.contains(place));
        self.at = before.unwrap_or(self.at);
    }

    fn names(&self, question: &Question) -> Vec<String> {
        let takes = &self.lineup(question).takes;
        let names = question.shown.iter().map(|&take| takes[take].name.clone());
        names.collect()
    }
    fn key(&self, question: &Question) -> Key {
        let mut names = self.names(question);
        names.sort();
        (self.lineup(question).id.clone(), names, question.again)
    }
    /// The first question without an answer from this place on.
    fn open_from(&self, from: usize) -> Option<usize> {
        let open = |place: &usize| {
            !self.passed.contains(place)
                && !self.said.contains_key(&self.key(&self.questions[*place]))
        };
        (from..self.questions.len()).find(open)
    }
}

#[cfg(test)]
mod tests;
