//! What actors answer. The engine takes answers in between frames and drops those whose question is no longer asked.

use std::path::PathBuf;
use std::sync::Arc;

use retake_core::{Photo, Provenance, Raster, Said, Scorecard, Spent};
use retake_files::journal::Journal;

use crate::actors::jury::Judged;
use crate::keeping::Restored;
use crate::searched::Happened;
use crate::{Judge, OpenJudge, ScoredBy, Shown, TakeId};

/// Which photo of the filmstrip an answer is about; never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct SlotId(pub(crate) u64);

/// A photo, ready to be worked on.
pub(crate) struct Opened {
    pub(crate) photo: Photo,
    pub(crate) working: Arc<Raster>,
    pub(crate) shown: Arc<Shown>,
    pub(crate) kept: Kept,
    /// it is an export of Retake, made from this photo
    pub(crate) origin: Option<Origin>,
}

/// Whether what is done to a photo is kept.
pub(crate) enum Kept {
    /// nothing is kept anywhere
    Nowhere,
    /// why not, in a sentence
    Refused(Said),
    /// here, with what was there
    Here {
        journal: Box<Journal>,
        restored: Box<Restored>,
        notes: Vec<Said>,
    },
}

/// What an export says of itself.
pub(crate) struct Origin {
    /// of the photo it was made from, hexadecimal
    pub(crate) sha256: String,
    /// where that was last worked on, if it is still there
    pub(crate) path: Option<PathBuf>,
    /// what was done, from the photo on: the last is the edit itself, those before are other editors' that it was made on
    pub(crate) edits: Vec<(String, Provenance)>,
}

pub(crate) enum Event {
    Opened {
        slot: SlotId,
        result: Result<Opened, Said>,
    },
    Thumbnail {
        slot: SlotId,
        shown: Arc<Shown>,
    },
    Previewed {
        ticket: u64,
        index: u64,
        shown: Arc<Shown>,
    },
    Stepped {
        ticket: u64,
        index: u64,
        done: usize,
        total: usize,
    },
    /// of the tree of the search
    Searched {
        ticket: u64,
        happened: Happened,
    },
    /// what the run has spent so far
    Spent {
        ticket: u64,
        spent: Spent,
    },
    Unmade {
        ticket: u64,
        index: u64,
        why: Said,
    },
    Made {
        ticket: u64,
        index: u64,
        provenance: Provenance,
        /// see [`crate::Take::kept`]
        kept: Option<Arc<[u8]>>,
        /// see [`crate::Take::exact`]
        exact: Option<Arc<Raster>>,
        shown: Arc<Shown>,
        full_size: (usize, usize),
    },
    Scored {
        ticket: u64,
        index: u64,
        card: Arc<Scorecard>,
        /// see [`crate::Take::by`]
        by: Option<Arc<ScoredBy>>,
        /// judges are still to be heard
        first: bool,
    },
    /// what the rewards of a run had to tell beside scores
    Noticed(Vec<Said>),
    RunEnded {
        ticket: u64,
        outcome: RunEnd,
    },
    /// an adjusted or reopened take's picture; `recipe` says of which recipe
    Remade {
        slot: SlotId,
        take: TakeId,
        recipe: serde_json::Value,
        shown: Arc<Shown>,
        full_size: (usize, usize),
    },
    Rescored {
        slot: SlotId,
        take: TakeId,
        recipe: serde_json::Value,
        card: Arc<Scorecard>,
        /// measured on a picture that is not quite the take's
        near: bool,
    },
    JudgeOpened {
        judge: Judge,
        result: Result<OpenJudge, Said>,
    },
    Judging {
        ticket: u64,
        done: usize,
    },
    Judged {
        ticket: u64,
        slot: SlotId,
        by: Option<Arc<ScoredBy>>,
        judged: Vec<Judged>,
    },
    Watched {
        ticket: u64,
        watched: Result<crate::actors::watcher::Watched, Said>,
    },
    JudgingEnded {
        ticket: u64,
        notices: Vec<Said>,
    },
    /// what is installed
    Offers {
        offers: Vec<crate::EditorOffer>,
        /// a model that was asked for and is not here
        gone: Option<String>,
    },
    EditorOpened {
        ticket: u64,
        result: Result<Arc<dyn retake_core::Editor>, Said>,
    },
    Seen {
        pane: usize,
        seen: crate::Seen,
    },
    Compared {
        place: usize,
        difference: crate::Difference,
    },
    Found {
        slot: SlotId,
        found: crate::Found,
    },
    Exported {
        slot: SlotId,
        takes: Vec<TakeId>,
        paths: Vec<PathBuf>,
        notes: Vec<Said>,
    },
    /// what an export was made from
    Traced {
        path: PathBuf,
        origin: Result<Origin, Said>,
    },
    /// a journal is to be written anew
    WantsAll(SlotId),
    NotKept {
        slot: SlotId,
        sentence: Said,
    },
    KeptAgain(SlotId),
    Failed(Said),
}

pub(crate) enum RunEnd {
    Done,
    Stopped,
    OutOfTime,
    Refused(Said),
}

pub(crate) type Events = crossbeam::channel::Sender<Event>;
