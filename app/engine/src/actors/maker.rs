//! The maker: does runs, one at a time, and says of every candidate as it comes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use retake_core::{
    Budget, Candidate, Editor, EditorSettings, Instruction, Provenance, Raster, Reward, Said,
    Scorecard, Spent, Stop, Watch, said,
};
use retake_search::{STRATEGIES, strategy, table};

use super::places::Places;
use super::{Voice, spawn};
use crate::event::{Event, RunEnd};
use crate::judges::{Panel, Rewards, shared};
use crate::kept::kept;
use crate::mailbox::{Sender, mailbox};
use crate::making::{Ground, Stand, Stands};
use crate::searched::Happened;
use crate::shown::small_map;
use crate::{
    Hear, Job, Kit, Node, RunError, ScoredBy, Shown, Tools, WORKING_EDGE, Weights, built_in_reader,
    run_aloud,
};

/// Scored so many at a time, so that the first bars grow while the rest is made.
const ROUND: usize = 4;
/// Seeds of candidates that a strategy orders beyond the places of the sheet are counted from here: no group grows so large.
const BEYOND: u64 = 1 << 19;
/// Long edge of evidence maps that are kept, px.
const MAP_EDGE: usize = 320;

pub(crate) struct Question {
    pub(crate) ticket: u64,
    pub(crate) stop: Arc<AtomicBool>,
    pub(crate) editor: Arc<dyn Editor>,
    /// pictures of its takes are kept: it does not make them again in a moment
    pub(crate) keeps: bool,
    pub(crate) bottom: Stand,
    /// another editor's edits that this one begins from
    pub(crate) grounds: Vec<Ground>,
    pub(crate) instruction: Instruction,
    pub(crate) first: u64,
    pub(crate) count: usize,
    pub(crate) seed: u64,
    pub(crate) base: Option<serde_json::Value>,
    /// scorecards of the turns that the base went through, oldest first
    pub(crate) before: Vec<Scorecard>,
    pub(crate) like: Option<serde_json::Value>,
    /// what a person set of the editor
    pub(crate) settings: EditorSettings,
    /// id of the strategy
    pub(crate) strategy: &'static str,
    /// what was set of it
    pub(crate) strategy_set: EditorSettings,
    /// judges that the strategy goes by; those of one that does not look at scores are asked afterwards
    pub(crate) panel: Panel,
    /// what says which is best
    pub(crate) weights: Weights,
    /// how often takes may be scored
    pub(crate) judge_calls: Option<u64>,
    /// when it ends at the latest
    pub(crate) until: Option<Instant>,
}

pub(crate) fn start(kit: &Kit, stands: Stands, voice: Voice) -> Sender<(), Question> {
    let (sender, receiver) = mailbox();
    let rewards = kit.rewards.clone();
    spawn(
        "maker",
        voice,
        move || receiver.next(),
        move |question, voice| make(question, &stands, &rewards, voice),
    );
    sender
}

fn make(question: Question, stands: &Stands, rewards: &Arc<[Box<dyn Reward>]>, voice: &Voice) {
    let ticket = question.ticket;
    let entry = strategy(question.strategy).unwrap_or(&STRATEGIES[0]);
    // of an editor that makes one after the other each is scored at once
    let round = match question.editor.info().at_once {
        Some(at_once) => at_once.clamp(1, ROUND),
        None => ROUND,
    };
    let (rewards, by) = scoring(rewards, &question.panel);
    let tools = Tools {
        editor: question.editor.clone(),
        rewards: rewards.clone(),
        // what is set was looked at when it was set
        strategy: (entry.set)(&table(&question.strategy_set)).unwrap_or_else(|_| (entry.make)()),
        selector: question.weights.selector(),
        // the choice is looked at when everybody who takes part was heard
        held_out: Arc::new([]),
        reader: built_in_reader(),
    };
    let mut job = Job {
        photo: question.bottom.photo.clone(),
        instruction: question.instruction,
        budget: Budget {
            judge_calls: question.judge_calls,
            ..Budget::edits(question.count)
        },
        at_a_time: Some(round),
        beyond: Some(BEYOND + 8 * question.first),
        seed: question.seed,
        first: question.first,
        long_edge: WORKING_EDGE,
        bounds: Default::default(),
        base: question.base,
        before: question.before,
        like: question.like,
        settings: question.settings,
    };
    let end = End {
        stop: &question.stop,
        until: question.until,
    };
    // a panic must not leave the window waiting for an end
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let failed = |said| RunError::Stop(Stop::Failed(said));
        let stand = stands
            .on(&question.grounds, &question.bottom)
            .map_err(failed)?;
        job.photo = stand.photo;
        let ear = Ear {
            ticket,
            end: &end,
            job: &job,
            editor: question.editor.as_ref(),
            keeps: question.keeps,
            by: by.clone(),
            voice,
            waiting: Mutex::new(Waiting::new(job.budget.edits)),
        };
        let outcome = run_aloud(&job, stand.working, &tools, &ear);
        ear.settle(true);
        outcome
    }));
    let outcome = match result {
        Ok(Ok(_)) => RunEnd::Done,
        Ok(Err(RunError::Stop(Stop::Cancelled))) if end.out_of_time() => RunEnd::OutOfTime,
        Ok(Err(RunError::Stop(Stop::Cancelled))) => RunEnd::Stopped,
        Ok(Err(error)) => RunEnd::Refused(error.said()),
        Err(_) => RunEnd::Refused(said!(
            "the editor met a fault of its own; try another wording, and please report it"
        )),
    };
    let notices: Vec<Said> = rewards.iter().flat_map(|reward| reward.notices()).collect();
    if !notices.is_empty() {
        voice.say(Event::Noticed(notices));
    }
    voice.say(Event::RunEnded { ticket, outcome });
}

/// The measures, and the judges that a strategy goes by.
fn scoring(
    measures: &Arc<[Box<dyn Reward>]>,
    panel: &Panel,
) -> (Arc<Rewards>, Option<Arc<ScoredBy>>) {
    if panel.is_empty() {
        return (measures.clone(), None);
    }
    let judges = panel.rewards();
    let by = Arc::new(panel.told(&judges));
    (
        shared(measures).into_iter().chain(judges).collect(),
        Some(by),
    )
}

/// When a run is over before it is done.
struct End<'a> {
    stop: &'a AtomicBool,
    until: Option<Instant>,
}

impl End<'_> {
    fn out_of_time(&self) -> bool {
        self.until.is_some_and(|until| Instant::now() >= until)
    }
}

/// Hears of a run's candidates and passes them on.
struct Ear<'a> {
    ticket: u64,
    end: &'a End<'a>,
    job: &'a Job,
    editor: &'a dyn Editor,
    keeps: bool,
    by: Option<Arc<ScoredBy>>,
    voice: &'a Voice,
    waiting: Mutex<Waiting>,
}

/// Candidates and the places of the sheet, by their index in the run.
struct Waiting {
    places: Places,
    /// finished, and nowhere on the sheet yet
    made: BTreeMap<u64, Made>,
    /// the latest scores of these
    cards: BTreeMap<u64, Arc<Scorecard>>,
    /// scored at least once by all
    scored: BTreeSet<u64>,
}

/// A candidate as the sheet has it.
struct Made {
    provenance: Provenance,
    kept: Option<Arc<[u8]>>,
    exact: Option<Arc<Raster>>,
    shown: Arc<Shown>,
    full_size: (usize, usize),
}

impl Waiting {
    fn new(count: usize) -> Self {
        Self {
            places: Places::new(count),
            made: BTreeMap::new(),
            cards: BTreeMap::new(),
            scored: BTreeSet::new(),
        }
    }
}

impl Ear<'_> {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        // whoever panicked while holding it ended the run
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Index in the run of a candidate that goes by `name`.
    fn index(&self, name: u64) -> u64 {
        name - self.job.first
    }

    /// Where in its turn a candidate is or will be.
    fn place(&self, name: u64) -> Option<u64> {
        let place = self.waiting().places.of(self.index(name))?;
        Some(self.job.first + place as u64)
    }

    fn happened(&self, happened: Happened) {
        self.voice.say(Event::Searched {
            ticket: self.ticket,
            happened,
        });
    }

    fn say_made(&self, index: u64, place: usize, made: Made) {
        let place = self.job.first + place as u64;
        self.voice.say(Event::Made {
            ticket: self.ticket,
            index: place,
            provenance: made.provenance,
            kept: made.kept,
            exact: made.exact,
            shown: made.shown,
            full_size: made.full_size,
        });
        self.happened(Happened::Placed(index, place));
    }

    /// Gives candidates that wait the places there are.
    fn settle(&self, all: bool) {
        let settled = self.waiting().places.settle(all);
        for (index, place) in settled {
            let (made, card) = {
                let mut waiting = self.waiting();
                (waiting.made.remove(&index), waiting.cards.remove(&index))
            };
            if let Some(made) = made {
                self.say_made(index, place, made);
            }
            if let Some(card) = card {
                self.say_scored(self.job.first + place as u64, card, false);
            }
        }
    }

    fn say_scored(&self, place: u64, card: Arc<Scorecard>, first: bool) {
        self.voice.say(Event::Scored {
            ticket: self.ticket,
            index: place,
            card,
            by: if first { None } else { self.by.clone() },
            first,
        });
    }
}

impl Watch for Ear<'_> {
    fn progress(&self, _stage: &'static str, _done: usize, _total: usize) {}
    fn stopped(&self) -> bool {
        self.end.stop.load(Ordering::Relaxed) || self.end.out_of_time()
    }
}

impl Hear for Ear<'_> {
    fn wants_all(&self) -> bool {
        false
    }
    fn ordered(&self, _: u64, node: &Node) {
        self.happened(Happened::Ordered(Box::new(node.clone())));
    }
    fn glimpsed(&self, name: u64, step: usize, card: &Scorecard) {
        let card = Box::new(card.clone());
        self.happened(Happened::Glimpsed(self.index(name), step, card));
    }
    fn let_go(&self, name: u64, why: &Said) {
        let index = self.index(name);
        self.waiting().places.gone(index);
        self.happened(Happened::LetGo(index, why.clone()));
    }
    fn remarked(&self, remark: &Said) {
        self.happened(Happened::Remarked(remark.clone()));
    }
    fn spent(&self, spent: &Spent) {
        self.voice.say(Event::Spent {
            ticket: self.ticket,
            spent: *spent,
        });
    }
    fn settled(&self) {
        self.settle(false);
    }
    fn stepped(&self, name: u64, done: usize, total: usize) {
        self.happened(Happened::Stepped(self.index(name), done, total));
        let Some(index) = self.place(name) else {
            return;
        };
        self.voice.say(Event::Stepped {
            ticket: self.ticket,
            index,
            done,
            total,
        });
    }
    fn failed(&self, name: u64, why: &Said) {
        self.happened(Happened::Failed(self.index(name), why.clone()));
        let Some(index) = self.place(name) else {
            return;
        };
        self.voice.say(Event::Unmade {
            ticket: self.ticket,
            index,
            why: why.clone(),
        });
    }
    fn previewed(&self, name: u64, picture: &Raster) {
        let Some(index) = self.place(name) else {
            return;
        };
        self.voice.say(Event::Previewed {
            ticket: self.ticket,
            index,
            shown: Arc::new(Shown::of(picture)),
        });
    }
    fn made(&self, name: u64, candidate: &Candidate) {
        let Job {
            photo, instruction, ..
        } = self.job;
        let own = (photo.width(), photo.height());
        let full_size = match self.editor.info().generative {
            true => own,
            false => self
                .editor
                .develop(photo, instruction, &candidate.provenance)
                .map_or(own, |picture| picture.size()),
        };
        let made = Made {
            provenance: candidate.provenance.clone(),
            kept: self.keeps.then(|| kept(&candidate.picture)).flatten(),
            exact: self.keeps.then(|| Arc::new(candidate.picture.clone())),
            shown: Arc::new(Shown::of(&candidate.picture)),
            full_size,
        };
        let index = self.index(name);
        self.happened(Happened::Finished(index));
        let place = self.waiting().places.finished(index);
        match place {
            Some(place) => self.say_made(index, place, made),
            None => {
                self.waiting().made.insert(index, made);
            }
        }
    }
    fn measured(&self, name: u64, card: &Scorecard) {
        if let Some(place) = self.place(name) {
            self.say_scored(place, Arc::new(small_maps(card)), true);
        }
    }
    fn scored(&self, name: u64, card: &Scorecard) {
        let (index, card) = (self.index(name), Arc::new(small_maps(card)));
        let place = self.place(name);
        let mut waiting = self.waiting();
        // a further pass of the judges counts no take twice
        let again = !waiting.scored.insert(index);
        match place {
            Some(place) => {
                drop(waiting);
                self.voice.say(Event::Scored {
                    ticket: self.ticket,
                    index: place,
                    card,
                    by: self.by.clone(),
                    first: again,
                });
            }
            None => {
                waiting.cards.insert(index, card);
            }
        }
    }
}

/// A scorecard with its maps at the size they are looked at.
pub(crate) fn small_maps(card: &Scorecard) -> Scorecard {
    let mut card = card.clone();
    for score in card.scores.values_mut() {
        score.evidence = score.evidence.as_ref().map(|map| small_map(map, MAP_EDGE));
        for reason in &mut score.reasons {
            reason.evidence = reason.evidence.as_ref().map(|map| small_map(map, MAP_EDGE));
        }
    }
    card
}
