//! The maker: does runs, one at a time, and says of every candidate as it comes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use retake_core::{
    Budget, Candidate, Editor, Instruction, Photo, Raster, Reward, Scorecard, Stop, Watch, said,
};
use retake_search::{STRATEGIES, strategy};

use super::{Voice, spawn};
use crate::event::{Event, RunEnd};
use crate::mailbox::{Sender, mailbox};
use crate::shown::small_map;
use crate::{Hear, Job, Kit, RunError, Shown, Tools, WORKING_EDGE, Weights, run_aloud};

/// Scored so many at a time, so that the first bars grow while the rest is made.
const ROUND: usize = 4;
/// Long edge of evidence maps that are kept, px.
const MAP_EDGE: usize = 320;

pub(crate) struct Question {
    pub(crate) ticket: u64,
    pub(crate) stop: Arc<AtomicBool>,
    pub(crate) photo: Photo,
    pub(crate) working: Arc<Raster>,
    pub(crate) instruction: Instruction,
    pub(crate) first: u64,
    pub(crate) count: usize,
    pub(crate) seed: u64,
    pub(crate) base: Option<serde_json::Value>,
    pub(crate) like: Option<serde_json::Value>,
    /// id of the strategy
    pub(crate) strategy: &'static str,
    /// what says which is best
    pub(crate) weights: Weights,
    /// when it ends at the latest
    pub(crate) until: Option<Instant>,
}

pub(crate) fn start(kit: &Kit, voice: Voice) -> Sender<(), Question> {
    let (sender, receiver) = mailbox();
    let (editor, rewards) = (kit.editor.clone(), kit.rewards.clone());
    spawn(
        "maker",
        voice,
        move || receiver.next(),
        move |question, voice| make(question, &editor, &rewards, voice),
    );
    sender
}

fn make(
    question: Question,
    editor: &Arc<dyn Editor>,
    rewards: &Arc<[Box<dyn Reward>]>,
    voice: &Voice,
) {
    let ticket = question.ticket;
    let tools = Tools {
        editor: editor.clone(),
        rewards: rewards.clone(),
        strategy: (strategy(question.strategy).unwrap_or(&STRATEGIES[0]).make)(
            Some(ROUND),
            Box::new(question.weights.selector()),
        ),
        selector: Box::new(question.weights.selector()),
    };
    let job = Job {
        photo: question.photo,
        instruction: question.instruction,
        budget: Budget {
            edits: question.count,
        },
        seed: question.seed,
        first: question.first,
        long_edge: WORKING_EDGE,
        base: question.base,
        like: question.like,
    };
    let ear = Ear {
        ticket,
        stop: &question.stop,
        until: question.until,
        job: &job,
        editor: editor.as_ref(),
        voice,
    };
    // a panic must not leave the window waiting for an end
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        run_aloud(&job, question.working, &tools, &ear)
    }));
    let outcome = match result {
        Ok(Ok(_)) => RunEnd::Done,
        Ok(Err(RunError::Stop(Stop::Cancelled))) if ear.out_of_time() => RunEnd::OutOfTime,
        Ok(Err(RunError::Stop(Stop::Cancelled))) => RunEnd::Stopped,
        Ok(Err(error)) => RunEnd::Refused(error.said()),
        Err(_) => RunEnd::Refused(said!(
            "the editor met a fault of its own; try another wording, and please report it"
        )),
    };
    voice.say(Event::RunEnded { ticket, outcome });
}

/// Hears of a run's candidates and passes them on.
struct Ear<'a> {
    ticket: u64,
    stop: &'a AtomicBool,
    until: Option<Instant>,
    job: &'a Job,
    editor: &'a dyn Editor,
    voice: &'a Voice,
}

impl Watch for Ear<'_> {
    fn progress(&self, _stage: &'static str, _done: usize, _total: usize) {}
    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed) || self.out_of_time()
    }
}

impl Ear<'_> {
    fn out_of_time(&self) -> bool {
        self.until.is_some_and(|until| Instant::now() >= until)
    }
}

impl Hear for Ear<'_> {
    fn wants_all(&self) -> bool {
        false
    }
    fn previewed(&self, index: u64, picture: &Raster) {
        self.voice.say(Event::Previewed {
            ticket: self.ticket,
            index,
            shown: Arc::new(Shown::of(picture)),
        });
    }
    fn made(&self, index: u64, candidate: &Candidate) {
        let Job {
            photo, instruction, ..
        } = self.job;
        let full_size = self
            .editor
            .develop(photo, instruction, &candidate.provenance)
            .map_or((photo.width(), photo.height()), |picture| picture.size());
        self.voice.say(Event::Made {
            ticket: self.ticket,
            index,
            provenance: candidate.provenance.clone(),
            shown: Arc::new(Shown::of(&candidate.picture)),
            full_size,
        });
    }
    fn scored(&self, index: u64, card: &Scorecard) {
        self.voice.say(Event::Scored {
            ticket: self.ticket,
            index,
            card: Arc::new(kept(card)),
        });
    }
}

/// A scorecard with its maps at the size they are looked at.
pub(crate) fn kept(card: &Scorecard) -> Scorecard {
    let mut card = card.clone();
    for score in card.scores.values_mut() {
        score.evidence = score.evidence.as_ref().map(|map| small_map(map, MAP_EDGE));
        for reason in &mut score.reasons {
            reason.evidence = reason.evidence.as_ref().map(|map| small_map(map, MAP_EDGE));
        }
    }
    card
}
