//! How a session becomes a journal and comes back from one. [`Noted`] remembers what the journal says already and tells
//! the lines that are missing; [`Restored`] is what the lines add up to.

mod records;
mod restore;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use retake_core::Mask;
use retake_files::journal::mask_record;
use retake_files::record::session::{
    BeginRecord, JOURNAL_VERSION, Line, ScoresRecord, StepRecord, TurnRecord,
};

pub(crate) use self::restore::Restored;
use crate::desk::Turn;
use crate::{Desk, PROGRAM, Session, Step, Take, TakeId};

/// What a session's journal says already.
#[derive(Clone, Debug)]
pub(crate) struct Noted {
    begun: bool,
    draft: String,
    /// whether its scores are noted too
    takes: BTreeMap<TakeId, bool>,
    turns: Vec<(u64, Arc<Turn>)>,
    masks: Vec<(u64, Arc<Mask>)>,
    next_key: u64,
    steps: usize,
    now: usize,
    /// the step `now` as it is noted
    label: String,
    desk: Desk,
}

impl Noted {
    /// Nothing is noted yet of a session that begins with this step.
    pub(crate) fn nothing(first: &str) -> Self {
        Self {
            begun: false,
            draft: String::new(),
            takes: BTreeMap::new(),
            turns: Vec::new(),
            masks: Vec::new(),
            next_key: 0,
            steps: 1,
            now: 0,
            label: first.to_owned(),
            desk: Desk::default(),
        }
    }

    /// The lines that are missing; from now on they are noted.
    pub(crate) fn missing(&mut self, session: &Session) -> Vec<Line> {
        let mut lines = Vec::new();
        self.note_takes(session, &mut lines);
        if self.draft != session.draft.text() {
            session.draft.text().clone_into(&mut self.draft);
            let text = self.draft.clone();
            lines.push(Line::Draft { text });
        }
        self.note_steps(session, &mut lines);
        if !lines.is_empty() && !self.begun {
            self.begun = true;
            lines.insert(0, Line::Begin(begin(session)));
        }
        lines
    }

    /// Everything, as the shortest journal that says it.
    pub(crate) fn everything(session: &Session) -> (Self, Vec<Line>) {
        let steps = session.history.steps();
        let mut noted = Self::nothing(&steps[0].label);
        let mut lines = noted.missing(session);
        // redo goes the way last taken: where there are several, visit it, the outer ones last
        let mut children = vec![0usize; steps.len()];
        for parent in steps.iter().filter_map(|step| step.parent) {
            children[parent] += 1;
        }
        let forks = (0..steps.len()).rev().filter(|&i| children[i] > 1);
        let visits: Vec<usize> = forks.filter_map(|i| steps[i].newest_child).collect();
        if !visits.is_empty() {
            let now = session.history.now();
            let visits = visits.into_iter().chain([now]);
            lines.extend(visits.map(|step| Line::Now { step }));
        }
        (noted, lines)
    }

    fn note_takes(&mut self, session: &Session, lines: &mut Vec<Line>) {
        for (id, take) in &session.takes {
            let scored = self.takes.get(id).copied();
            if scored.is_none() {
                lines.push(Line::Take(records::take(take)));
            }
            if scored != Some(true)
                && let Some(card) = &take.card
            {
                lines.push(Line::Scores(ScoresRecord {
                    take: id.0,
                    scores: records::scores(card),
                }));
            }
            if scored != Some(take.card.is_some()) {
                self.takes.insert(*id, take.card.is_some());
            }
        }
    }

    fn note_steps(&mut self, session: &Session, lines: &mut Vec<Line>) {
        let history = &session.history;
        let steps = history.steps();
        let old = &steps[self.now];
        // a drag is noted when it ends: what lies between is nobody's wish
        let dragging = session.dragging.is_some() && self.now == history.now();
        if !dragging && (self.label != old.label || !same(&self.desk, &old.desk)) {
            let before = std::mem::take(&mut self.desk);
            let record = self.step(self.now, old, &before, lines);
            lines.push(Line::Amend(record));
            self.label.clone_from(&old.label);
            self.desk = old.desk.clone();
        }
        let mut now = self.now;
        for number in self.steps..steps.len() {
            let step = &steps[number];
            let before = step.parent.map_or_else(Desk::default, |parent| {
                // the parent as it is noted, should it be dragged on its way
                if parent == self.now {
                    self.desk.clone()
                } else {
                    steps[parent].desk.clone()
                }
            });
            let record = self.step(number, step, &before, lines);
            lines.push(Line::Step(record));
            now = number;
        }
        self.steps = steps.len();
        if now != history.now() {
            lines.push(Line::Now {
                step: history.now(),
            });
        }
        if self.now != history.now() {
            self.now = history.now();
            self.label.clone_from(&steps[self.now].label);
            self.desk = history.desk().clone();
        }
    }

    fn step(
        &mut self,
        number: usize,
        step: &Step,
        before: &Desk,
        lines: &mut Vec<Line>,
    ) -> StepRecord {
        let desk = &step.desk;
        let turn = desk.turn.as_ref().map(|turn| self.turn(turn, lines));
        let mask = desk.mask.as_ref().map(|mask| self.mask(mask, lines));
        let marked: BTreeSet<TakeId> = before
            .marks
            .keys()
            .chain(desk.marks.keys())
            .copied()
            .collect();
        let marks = marked
            .into_iter()
            .filter(|&take| before.mark(take) != desk.mark(take))
            .map(|take| records::mark(take, desk.mark(take)))
            .collect();
        let edits = desk
            .adjusted
            .iter()
            .filter(|(id, take)| {
                let before = before.adjusted.get(id);
                before.is_none_or(|before| !same_take(before, take))
            })
            .map(|(_, take)| records::edit(take))
            .collect();
        let as_made = before
            .adjusted
            .keys()
            .filter(|id| !desk.adjusted.contains_key(id))
            .map(|id| id.0)
            .collect();
        let since = step.at.duration_since(UNIX_EPOCH).unwrap_or_default();
        StepRecord {
            step: number,
            parent: step.parent,
            label: step.label.clone(),
            at_ms: u64::try_from(since.as_millis()).unwrap_or(u64::MAX),
            turn,
            base: desk.base.as_ref().map(records::base),
            mask,
            weights: [
                desk.weights.following,
                desk.weights.preserving,
                desk.weights.quality,
            ],
            marks,
            edits,
            as_made,
        }
    }

    fn turn(&mut self, turn: &Arc<Turn>, lines: &mut Vec<Line>) -> u64 {
        let known = |(_, known): &&(u64, Arc<Turn>)| Arc::ptr_eq(known, turn);
        if let Some((key, _)) = self.turns.iter().rev().find(known) {
            return *key;
        }
        let mask = turn
            .instruction
            .mask
            .as_ref()
            .map(|mask| self.mask(&Arc::new(mask.clone()), lines));
        let key = self.key();
        let understood = serde_json::to_value(&turn.instruction.understood);
        lines.push(Line::Turn(TurnRecord {
            key,
            number: turn.number,
            text: turn.instruction.text.clone(),
            understood: understood.unwrap_or_default(),
            mask,
            base: turn.base.as_ref().map(records::base),
            like: turn.like.as_ref().map(records::base),
            seed: turn.seed,
            takes: turn.takes.iter().map(|id| id.0).collect(),
        }));
        self.turns.push((key, turn.clone()));
        key
    }

    fn mask(&mut self, mask: &Arc<Mask>, lines: &mut Vec<Line>) -> u64 {
        let known = |(_, known): &&(u64, Arc<Mask>)| Arc::ptr_eq(known, mask) || known == mask;
        if let Some((key, _)) = self.masks.iter().rev().find(known) {
            return *key;
        }
        let key = self.key();
        lines.push(Line::Mask(mask_record(key, mask)));
        self.masks.push((key, mask.clone()));
        key
    }

    fn key(&mut self) -> u64 {
        self.next_key += 1;
        self.next_key - 1
    }
}

fn begin(session: &Session) -> BeginRecord {
    BeginRecord {
        version: JOURNAL_VERSION,
        program: PROGRAM.to_owned(),
        sha256: session.photo.id().to_string(),
        path: session
            .path
            .as_ref()
            .map(|path| path.to_string_lossy().into_owned()),
    }
}

/// Whether a journal would say the same of both.
fn same(a: &Desk, b: &Desk) -> bool {
    let shared = |a: &Option<Arc<Turn>>, b: &Option<Arc<Turn>>| match (a, b) {
        (Some(a), Some(b)) => Arc::ptr_eq(a, b),
        (None, None) => true,
        _ => false,
    };
    let masked = match (&a.mask, &b.mask) {
        (Some(a), Some(b)) => Arc::ptr_eq(a, b),
        (None, None) => true,
        _ => false,
    };
    let adjusted = a.adjusted.len() == b.adjusted.len()
        && a.adjusted
            .iter()
            .zip(&b.adjusted)
            .all(|((x, a), (y, b))| x == y && same_take(a, b));
    shared(&a.turn, &b.turn)
        && masked
        && adjusted
        && a.base == b.base
        && a.marks == b.marks
        && a.weights == b.weights
}

/// The picture and the maps are not kept: another one of either is no difference.
fn same_take(a: &Arc<Take>, b: &Arc<Take>) -> bool {
    let numbers = |take: &Take| take.card.as_ref().map(|card| records::scores(card));
    Arc::ptr_eq(a, b)
        || a.stale == b.stale
            && a.full_size == b.full_size
            && a.provenance == b.provenance
            && (match (&a.card, &b.card) {
                (Some(a), Some(b)) => Arc::ptr_eq(a, b),
                _ => false,
            } || numbers(a) == numbers(b))
}
