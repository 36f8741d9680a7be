//! The session of one photo: its history, its takes, the draft, the run under way. Plain values; the engine changes
//! them, panels read them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use retake_core::{Photo, Raster, Said, Scorecard, Spent, said};
use retake_search::agreement::Agreement;
use retake_search::guard::Guarded;

use crate::desk::{Base, without_maps};
use crate::engine::watching::Watched;
use crate::keeping::Noted;
use crate::making::Stand;
use crate::{Desk, Draft, History, Model, Ranking, Search, Shown, Take, TakeId};

/// What a picture without a file is called.
pub(crate) const PASTED: &str = "pasted picture";

/// A run under way.
#[derive(Clone, Debug)]
pub struct Running {
    /// answers with another ticket are stale
    pub ticket: u64,
    /// candidates asked for
    pub total: usize,
    /// candidates there
    pub made: usize,
    /// of those, scored
    pub scored: usize,
    /// places that stay empty: candidates that could not be made
    pub failed: usize,
    /// the editor that makes them; `None` is the built-in one
    pub model: Option<Model>,
    /// that editor is still being loaded
    pub loading: bool,
    /// of the candidate that is being made: its place, its steps that are done, and all of them
    pub step: Option<(TakeId, usize, usize)>,
    /// when it began
    pub since: Instant,
    /// when its editor was there
    pub(crate) begun: Instant,
    pub(crate) stop: Arc<AtomicBool>,
    /// index of the first take that is new
    pub(crate) first: usize,
    /// names of its takes, by index
    pub(crate) takes: Vec<TakeId>,
}

impl Running {
    /// Seconds so far.
    pub fn elapsed(&self) -> Duration {
        self.since.elapsed()
    }
    /// About how long it will take from now on; `None` before there is anything to tell it by.
    pub fn left(&self) -> Option<Duration> {
        let there = (self.made + self.failed) as f64;
        let total = self.total as f64;
        let done = match self.step {
            // next to many steps scoring costs nothing
            Some((_, done, of)) => there + done as f64 / of.max(1) as f64,
            None if self.model.is_some() => there,
            // making and scoring cost about the same
            None => (there + (self.scored + self.failed) as f64) / 2.0,
        };
        let so_far = self.begun.elapsed();
        (done > 0.0).then(|| so_far.mul_f64((total - done).max(0.0) / done))
    }
    /// True once it was asked to stop.
    pub fn stopping(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

/// How the latest run ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Ended {
    /// all candidates are there; seconds it took
    Done(f64),
    /// it was stopped; this many are there
    Stopped(usize),
    /// its time was up; this many are there
    OutOfTime(usize),
    /// it could not be done, in a sentence
    Failed(Said),
}

/// One photo and everything done to it.
pub struct Session {
    /// where it came from; `None` for a pasted picture
    pub path: Option<PathBuf>,
    /// whole
    pub photo: Photo,
    /// at working size, linear
    pub working: Arc<Raster>,
    /// at working size, for the screen
    pub shown: Arc<Shown>,
    /// every step
    pub history: History,
    /// the line being typed
    pub draft: Draft,
    /// a run under way
    pub running: Option<Running>,
    /// how the latest one ended
    pub ended: Option<Ended>,
    /// where the region asked for last is, once it was found
    pub found: Option<crate::Found>,
    /// how the group of the latest run was searched for
    pub(crate) search: Search,
    /// what the latest run has spent so far
    pub spent: Option<Spent>,
    /// what those who take no part in the choice make of it; `None` where nobody looked
    pub guarded: Option<Guarded>,
    pub(crate) watched: Watched,
    /// candidates that could not be made, and why; they come back after a restart
    pub failed: BTreeMap<TakeId, Said>,
    /// what unfinished candidates look like so far
    pub previews: BTreeMap<TakeId, Arc<Shown>>,
    pub(crate) takes: BTreeMap<TakeId, Arc<Take>>,
    pub(crate) ranking: Ranking,
    pub(crate) agreement: Vec<Agreement>,
    pub(crate) next_take: u64,
    pub(crate) next_turn: u64,
    /// the drag under way, by its label: its next value amends the same step
    pub(crate) dragging: Option<Drag>,
    pub(crate) acts: Vec<crate::Act>,
    /// what its journal says already; `None` when it has none
    pub(crate) noted: Option<Noted>,
    /// its journal lacks lines that could not be written
    pub(crate) unkept: bool,
    /// what it is called when it came from no file
    pub(crate) title: &'static str,
}

/// What is being dragged.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Drag {
    Weights,
    Recipe(TakeId, String),
}

impl Session {
    /// How far looks on the way of the latest run agree with the end, the earliest first.
    pub fn agreement(&self) -> &[Agreement] {
        &self.agreement
    }
    /// How the group of the latest run was searched for.
    pub fn search(&self) -> &Search {
        &self.search
    }
    /// Begins with a photo.
    pub(crate) fn new(
        path: Option<PathBuf>,
        photo: Photo,
        working: Arc<Raster>,
        shown: Arc<Shown>,
    ) -> Self {
        Self {
            path,
            photo,
            working,
            shown,
            history: History::new(said!("Opened")),
            draft: Draft::default(),
            running: None,
            ended: None,
            found: None,
            search: Search::default(),
            spent: None,
            guarded: None,
            watched: Watched::default(),
            failed: BTreeMap::new(),
            previews: BTreeMap::new(),
            takes: BTreeMap::new(),
            ranking: Ranking::default(),
            agreement: Vec::new(),
            next_take: 0,
            next_turn: 1,
            dragging: None,
            acts: Vec::new(),
            noted: None,
            unkept: false,
            title: PASTED,
        }
    }
    /// The photo's name for people.
    pub fn name(&self) -> String {
        self.path
            .as_deref()
            .map_or_else(|| self.title.to_owned(), name)
    }
    /// Whether the memory may be given to another photo: what was done comes back from the journal, or nothing was.
    pub(crate) fn may_go(&self) -> bool {
        let kept = self.noted.is_some() && !self.unkept;
        self.running.is_none() && (kept || self.history.steps().len() == 1)
    }
    /// What the first edit is made on.
    pub(crate) fn bottom(&self) -> Stand {
        Stand {
            photo: self.photo.clone(),
            working: self.working.clone(),
        }
    }
    /// The desk as it stands.
    pub fn desk(&self) -> &Desk {
        self.history.desk()
    }
    /// A take as it stands: with the recipe a person gave it, if they did.
    pub fn take(&self, id: TakeId) -> Option<&Arc<Take>> {
        self.desk()
            .adjusted
            .get(&id)
            .or_else(|| self.takes.get(&id))
    }
    /// A take as it was made.
    pub fn take_as_made(&self, id: TakeId) -> Option<&Arc<Take>> {
        self.takes.get(&id)
    }
    /// The takes of the group on the sheet that are there, by index.
    pub fn sheet(&self) -> Vec<&Arc<Take>> {
        let Some(turn) = &self.desk().turn else {
            return Vec::new();
        };
        turn.takes.iter().filter_map(|&id| self.take(id)).collect()
    }
    /// The order of the group on the sheet.
    pub fn ranking(&self) -> &Ranking {
        &self.ranking
    }
    /// Every take of every turn, as they stand now.
    pub fn takes(&self) -> impl Iterator<Item = &Arc<Take>> {
        self.takes.keys().filter_map(|&id| self.take(id))
    }
    /// Works the order out again after anything it depends on has changed.
    pub(crate) fn rank(&mut self) {
        let scored: Vec<(TakeId, Arc<Scorecard>)> = self
            .sheet()
            .into_iter()
            .filter_map(|take| Some((take.id, take.card.clone()?)))
            .collect();
        let before = self.chains(&scored);
        self.ranking = Ranking::of(&scored, &before, self.desk());
        self.agreement = self.search.agreement(&self.ranking, self.desk());
    }
    /// The scorecards of the turns that an edit went through, oldest first, its own the last.
    pub(crate) fn turns_before(&self, base: Option<&Base>) -> Vec<Scorecard> {
        let mut before = Vec::new();
        let mut at = base.cloned();
        while let Some(base) = at {
            let card = self.take(base.take).and_then(|take| take.card.as_deref());
            before.extend(card.map(without_maps));
            let steps = self.history.steps().iter();
            let mut turns = steps.filter_map(|step| step.desk.turn.as_ref());
            let turn = turns.find(|turn| turn.takes.contains(&base.take));
            // a turn goes on from takes that were there before it
            let earlier = turn.and_then(|turn| turn.base.clone());
            at = earlier.filter(|earlier| earlier.take < base.take);
        }
        before.reverse();
        before
    }
    /// The turns before each take on the sheet: those of the history, then those of the search that made it.
    pub(crate) fn chains(&self, scored: &[(TakeId, Arc<Scorecard>)]) -> Vec<Vec<Scorecard>> {
        let turn = self.desk().turn.as_ref();
        let history = self.turns_before(turn.and_then(|turn| turn.base.as_ref()));
        let within = |id: TakeId| -> Vec<Scorecard> {
            let turns = self.search.turns_before(id);
            let card = |turn: &TakeId| Some(without_maps(self.take(*turn)?.card.as_deref()?));
            turns.iter().filter_map(card).collect()
        };
        let of = |(id, _): &(TakeId, Arc<Scorecard>)| {
            history.iter().cloned().chain(within(*id)).collect()
        };
        scored.iter().map(of).collect()
    }
}

/// Pictures and maps of takes that are not on the sheet, bytes: what is beyond is made again when it is wanted.
const ASIDE: usize = 128 << 20;

impl Session {
    /// Lets pictures and maps go that nobody looks at, the oldest first.
    pub(crate) fn slim(&mut self) {
        self.slim_to(ASIDE);
    }

    pub(crate) fn slim_to(&mut self, most: usize) {
        let here: BTreeSet<TakeId> = match &self.desk().turn {
            Some(turn) => turn.takes.iter().copied().collect(),
            None => BTreeSet::new(),
        };
        let mut held = 0;
        for (id, take) in self.takes.iter_mut().rev() {
            if !here.contains(id) && take.bytes() > 0 {
                held += take.bytes();
                if held > most {
                    *take = Arc::new(take.slim());
                }
            }
        }
        // earlier states of changed takes, each once however many steps share it
        let mut met: BTreeMap<*const Take, (Arc<Take>, Arc<Take>)> = BTreeMap::new();
        for take in self.desk().adjusted.values() {
            met.insert(Arc::as_ptr(take), (take.clone(), take.clone()));
        }
        for step in (0..self.history.steps().len()).rev() {
            let aside = |take: &Arc<Take>| take.bytes() > 0;
            if !self.history.steps()[step].desk.adjusted.values().any(aside) {
                continue;
            }
            for take in self.history.step_mut(step).desk.adjusted.values_mut() {
                let (_, kept) = met.entry(Arc::as_ptr(take)).or_insert_with(|| {
                    held += take.bytes();
                    let kept = if held > most {
                        Arc::new(take.slim())
                    } else {
                        take.clone()
                    };
                    (take.clone(), kept)
                });
                *take = kept.clone();
            }
        }
    }
}

/// The last part of a path, for people.
pub(crate) fn name(path: &Path) -> String {
    path.file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned()
}
