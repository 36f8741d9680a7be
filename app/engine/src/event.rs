//! What actors answer. The engine takes answers in between frames and drops those whose question is no longer asked.

use std::path::PathBuf;
use std::sync::Arc;

use retake_core::{Photo, Provenance, Raster, Scorecard};

use crate::{Shown, TakeId};

/// Which photo of the filmstrip an answer is about; never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct SlotId(pub(crate) u64);

/// A photo, ready to be worked on.
pub(crate) struct Opened {
    pub(crate) photo: Photo,
    pub(crate) working: Arc<Raster>,
    pub(crate) shown: Arc<Shown>,
}

pub(crate) enum Event {
    Opened {
        slot: SlotId,
        result: Result<Opened, String>,
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
    Made {
        ticket: u64,
        index: u64,
        provenance: Provenance,
        shown: Arc<Shown>,
        full_size: (usize, usize),
    },
    Scored {
        ticket: u64,
        index: u64,
        card: Arc<Scorecard>,
    },
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
        paths: Vec<PathBuf>,
        notes: Vec<String>,
    },
    Failed(String),
}

pub(crate) enum RunEnd {
    Done,
    Stopped,
    Refused(String),
}

pub(crate) type Events = crossbeam::channel::Sender<Event>;
