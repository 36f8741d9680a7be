//! From the lines of a journal to a session. Whatever lines are missing, what comes out is a sound history.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use retake_core::{Instruction, Mask, Said, Understanding, said};
use retake_files::journal::{mask_from_record, picture_from_record};
use retake_files::record::SaidRecord;
use retake_files::record::session::{Line, StepRecord, TurnRecord};
use retake_language::{Lexicon, understand};
use retake_search::SELECTORS;

use super::{Noted, Scores, records};
use crate::desk::{Turn, Weights};
use crate::engine::watching::Watched;
use crate::{Act, Desk, History, Session, Take, TakeId};

/// What a journal's lines add up to.
pub(crate) struct Restored {
    pub(crate) history: History,
    pub(crate) takes: BTreeMap<TakeId, Arc<Take>>,
    /// takes that could not be made, and why
    pub(crate) failed: BTreeMap<TakeId, Said>,
    /// what those who take no part in the choice said
    pub(crate) watched: Watched,
    /// what was done with takes
    pub(crate) acts: Vec<Act>,
    pub(crate) draft: String,
    pub(crate) noted: Noted,
    turns: BTreeMap<u64, Arc<Turn>>,
    masks: BTreeMap<u64, Arc<Mask>>,
    /// the journal's numbers of steps and where they came to stand
    numbers: BTreeMap<usize, usize>,
    begun: bool,
}

impl Restored {
    /// All of them, in order.
    pub(crate) fn of(lines: Vec<Line>) -> Self {
        let first = said!("Opened");
        let mut restored = Self {
            history: History::new(first.clone()),
            takes: BTreeMap::new(),
            failed: BTreeMap::new(),
            watched: Watched::default(),
            acts: Vec::new(),
            draft: String::new(),
            noted: Noted::nothing(first),
            turns: BTreeMap::new(),
            masks: BTreeMap::new(),
            numbers: BTreeMap::from([(0, 0)]),
            begun: false,
        };
        for line in lines {
            restored.take_in(line);
        }
        restored.note();
        restored
    }

    /// Whether there is anything to come back to.
    pub(crate) fn is_empty(&self) -> bool {
        self.takes.is_empty() && self.history.steps().len() == 1 && self.draft.is_empty()
    }

    /// Whether steps stand elsewhere than the journal says: it must be written anew before it goes on.
    pub(crate) fn moved(&self) -> bool {
        !self.begun || self.numbers.iter().any(|(journal, here)| journal != here)
    }

    /// Into a session that was just begun.
    pub(crate) fn into_session(self, session: &mut Session) {
        let turns = self.turns.values();
        let of_turns = turns.flat_map(|turn| turn.takes.iter().copied());
        let ids = of_turns.chain(self.takes.keys().copied());
        session.next_take = ids.map(|id| id.0 + 1).max().unwrap_or(0);
        let numbers = self.turns.values().map(|turn| turn.number + 1);
        session.next_turn = numbers.max().unwrap_or(1);
        session.draft = crate::Draft::of(&self.draft);
        session.history = self.history;
        session.takes = self.takes;
        session.failed = self.failed;
        session.watched = self.watched;
        session.acts = self.acts;
        session.noted = Some(self.noted);
        session.rank();
    }

    fn take_in(&mut self, line: Line) {
        match line {
            Line::Begin(_) => self.begun = true,
            Line::Mask(record) => {
                if let Some(mask) = mask_from_record(&record) {
                    self.masks.insert(record.mask, Arc::new(mask));
                }
            }
            Line::Turn(record) => {
                let turn = self.turn(&record);
                self.turns.insert(record.key, Arc::new(turn));
            }
            Line::Take(record) => {
                let take = records::take_of(record);
                self.takes.insert(take.id, Arc::new(take));
            }
            Line::Picture(record) => {
                if let Some(take) = self.takes.get_mut(&TakeId(record.take)) {
                    Arc::make_mut(take).kept = picture_from_record(&record).map(Arc::from);
                }
            }
            Line::Scores(record) => {
                if let Some(take) = self.takes.get_mut(&TakeId(record.take)) {
                    let take = Arc::make_mut(take);
                    take.card = Some(Arc::new(records::card_of(record.scores, record.raw)));
                    take.by = record.by.map(records::by_of);
                    take.near = record.near;
                }
            }
            Line::Watched(record) => {
                let by = records::by_of(record.by);
                // of another judge than before: what that one said is no part of this
                if self.watched.by.as_ref().is_none_or(|known| *known != by) {
                    self.watched = Watched {
                        by: Some(by),
                        ..Watched::default()
                    };
                }
                let card = Arc::new(records::card_of(record.scores, Vec::new()));
                let seen = (record.recipe, card);
                self.watched.cards.insert(TakeId(record.take), seen);
            }
            Line::Unmade(record) => {
                let why = SaidRecord::read(record.why, record.said);
                self.failed.insert(TakeId(record.take), why);
            }
            Line::Step(record) | Line::Amend(record) => self.step(record),
            Line::Now { step } => {
                if let Some(&here) = self.numbers.get(&step) {
                    self.history.jump(here);
                }
            }
            Line::Act(record) => self.acts.extend(records::act_of(record)),
            Line::Draft { text } => self.draft = text,
        }
    }

    fn turn(&self, record: &TurnRecord) -> Turn {
        let understood = serde_json::from_value::<Understanding>(record.understood.clone());
        let understood = understood.unwrap_or_else(|_| {
            understand(&record.text, Lexicon::built_in())
                .map(|instruction| instruction.understood)
                .unwrap_or_default()
        });
        let mask = record.mask.and_then(|mask| self.masks.get(&mask));
        Turn {
            number: record.number,
            instruction: Arc::new(Instruction {
                text: record.text.clone(),
                understood,
                mask: mask.map(|mask| mask.as_ref().clone()),
            }),
            base: record.base.clone().map(records::base_of),
            like: record.like.clone().map(records::base_of),
            model: record.model.clone().map(records::model_of),
            searched: record.search.clone().map(records::searched_of),
            seed: record.seed,
            takes: record.takes.iter().map(|&id| TakeId(id)).collect(),
        }
    }

    /// A new step, or a known one as it is now.
    fn step(&mut self, record: StepRecord) {
        if let Some(&here) = self.numbers.get(&record.step) {
            let mut desk = self.history.steps()[here].desk.clone();
            self.lay(&mut desk, &record);
            let step = self.history.step_mut(here);
            step.desk = desk;
            step.label = SaidRecord::read(record.label, record.said);
            return;
        }
        // a step whose parent was lost goes on from the nearest one before it
        let parent = record.parent.unwrap_or(0).min(record.step);
        let parent = self.numbers.range(..=parent).next_back();
        let parent = parent.map_or(0, |(_, &here)| here);
        let mut desk = self.history.steps()[parent].desk.clone();
        self.lay(&mut desk, &record);
        self.history.jump(parent);
        let label = SaidRecord::read(record.label, record.said);
        let here = self.history.push(label, desk);
        self.history.step_mut(here).at =
            UNIX_EPOCH + Duration::from_millis(record.at_ms.min(u64::MAX / 1_000_000));
        self.numbers.insert(record.step, here);
    }

    fn lay(&self, desk: &mut Desk, record: &StepRecord) {
        desk.turn = record.turn.and_then(|key| self.turns.get(&key).cloned());
        desk.mask = record.mask.and_then(|mask| self.masks.get(&mask).cloned());
        desk.base = record.base.clone().map(records::base_of);
        let [following, preserving, quality] = record.weights;
        let selector = record.selector.as_deref();
        let selector = selector
            .and_then(retake_search::selector)
            .unwrap_or(&SELECTORS[0]);
        let set = serde_json::from_value(record.selector_settings.clone());
        desk.weights = Weights {
            following,
            preserving,
            quality,
            selector: selector.id,
            settings: retake_search::within(&selector.offered(), set.unwrap_or_default()),
        };
        for &mark in &record.marks {
            let (take, mark) = (TakeId(mark.take), records::mark_of(mark));
            if mark == crate::Mark::default() {
                desk.marks.remove(&take);
            } else {
                desk.marks.insert(take, mark);
            }
        }
        for edit in &record.edits {
            let take = records::edit_of(edit.clone());
            desk.adjusted.insert(take.id, Arc::new(take));
        }
        for take in &record.as_made {
            desk.adjusted.remove(&TakeId(*take));
        }
    }

    /// What the journal says is noted.
    fn note(&mut self) {
        let history = &self.history;
        let last = self.turns.keys().chain(self.masks.keys()).max();
        self.noted = Noted {
            begun: self.begun,
            draft: self.draft.clone(),
            takes: self
                .takes
                .iter()
                .map(|(&id, take)| (id, Scores::of(take)))
                .collect(),
            watched: (self.watched.cards.iter())
                .map(|(&id, (_, card))| (id, card.clone()))
                .collect(),
            acts: self.acts.len(),
            unmade: self.failed.keys().copied().collect(),
            turns: self.turns.clone().into_iter().collect(),
            masks: self.masks.clone().into_iter().collect(),
            next_key: last.map_or(0, |last| last.saturating_add(1)),
            steps: history.steps().len(),
            now: history.now(),
            label: history.steps()[history.now()].label.clone(),
            desk: history.desk().clone(),
        };
    }
}
