//! How a session becomes a journal and comes back from one. [`Noted`] remembers what the journal says already and tells
//! the lines that are missing; [`Restored`] is what the lines add up to.

mod records;
mod restore;
mod steps;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use retake_core::{Mask, Said, Scorecard};
use retake_files::journal::picture_record;
use retake_files::record::SaidRecord;
use retake_files::record::session::{
    BeginRecord, JOURNAL_VERSION, Line, ScoresRecord, UnmadeRecord, WatchedRecord,
};

pub(crate) use self::restore::Restored;
use self::steps::same;
use crate::desk::Turn;
use crate::judges::same_judges;
use crate::{Desk, PROGRAM, ScoredBy, Session, Take, TakeId};

/// What a session's journal says already.
#[derive(Clone, Debug)]
pub(crate) struct Noted {
    begun: bool,
    draft: String,
    /// whose scores are noted too
    takes: BTreeMap<TakeId, Scores>,
    /// what those who take no part in the choice said of takes
    watched: BTreeMap<TakeId, Arc<Scorecard>>,
    /// how many acts
    acts: usize,
    /// takes that could not be made
    unmade: BTreeSet<TakeId>,
    turns: Vec<(u64, Arc<Turn>)>,
    masks: Vec<(u64, Arc<Mask>)>,
    next_key: u64,
    steps: usize,
    now: usize,
    /// the step `now` as it is noted
    label: Said,
    desk: Desk,
}

/// The scores of a take as they are noted.
#[derive(Clone, Debug)]
enum Scores {
    /// not yet
    None,
    /// those of the measures, and of whoever scored beside them
    By(Option<Arc<ScoredBy>>),
}

impl Scores {
    fn of(take: &Take) -> Self {
        match take.card {
            Some(_) => Self::By(take.by.clone()),
            None => Self::None,
        }
    }
    /// Whether these are the same, and not others of the same judges.
    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::By(a), Self::By(b)) => same_judges(a.as_ref(), b.as_ref()),
            (Self::None, Self::None) => true,
            _ => false,
        }
    }
}

impl Noted {
    /// Nothing is noted yet of a session that begins with this step.
    pub(crate) fn nothing(first: Said) -> Self {
        Self {
            begun: false,
            draft: String::new(),
            takes: BTreeMap::new(),
            watched: BTreeMap::new(),
            acts: 0,
            unmade: BTreeSet::new(),
            turns: Vec::new(),
            masks: Vec::new(),
            next_key: 0,
            steps: 1,
            now: 0,
            label: first,
            desk: Desk::default(),
        }
    }

    /// The lines that are missing; from now on they are noted.
    pub(crate) fn missing(&mut self, session: &Session) -> Vec<Line> {
        let mut lines = Vec::new();
        self.note_takes(session, &mut lines);
        self.note_watched(session, &mut lines);
        for (&id, why) in &session.failed {
            if self.unmade.insert(id) {
                lines.push(Line::Unmade(UnmadeRecord {
                    take: id.0,
                    why: why.to_string(),
                    said: SaidRecord::of(why),
                }));
            }
        }
        if self.draft != session.draft.text() {
            session.draft.text().clone_into(&mut self.draft);
            let text = self.draft.clone();
            lines.push(Line::Draft { text });
        }
        self.note_steps(session, &mut lines);
        let acts = session.acts().iter().skip(self.acts);
        lines.extend(acts.filter_map(records::act).map(Line::Act));
        self.acts = session.acts().len();
        if !lines.is_empty() && !self.begun {
            self.begun = true;
            lines.insert(0, Line::Begin(begin(session)));
        }
        lines
    }

    /// Everything, as the shortest journal that says it.
    pub(crate) fn everything(session: &Session) -> (Self, Vec<Line>) {
        let steps = session.history.steps();
        let mut noted = Self::nothing(steps[0].label.clone());
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
            let noted = self.takes.get(id);
            if noted.is_none() {
                lines.push(Line::Take(records::take(take)));
                let kept = take.kept.as_deref();
                lines.extend(kept.map(|kept| Line::Picture(picture_record(id.0, kept))));
            }
            let scores = Scores::of(take);
            if noted.is_some_and(|noted| noted.same(&scores)) {
                continue;
            }
            if let Some(card) = &take.card {
                lines.push(Line::Scores(ScoresRecord {
                    take: id.0,
                    scores: records::scores(card),
                    near: take.near,
                    by: take.by.as_deref().map(records::by),
                    raw: retake_files::record::raw(card),
                }));
            }
            self.takes.insert(*id, scores);
        }
    }

    fn note_watched(&mut self, session: &Session, lines: &mut Vec<Line>) {
        let Some(by) = &session.watched.by else {
            return;
        };
        for (&id, (recipe, card)) in &session.watched.cards {
            let known = self.watched.get(&id);
            if known.is_some_and(|known| Arc::ptr_eq(known, card)) {
                continue;
            }
            lines.push(Line::Watched(WatchedRecord {
                take: id.0,
                recipe: recipe.clone(),
                by: records::by(by),
                scores: records::scores(card),
            }));
            self.watched.insert(id, card.clone());
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
