//! A photo on the filmstrip, and whether it is open.

use std::path::PathBuf;
use std::sync::Arc;

use retake_core::Said;

use crate::event::SlotId;
use crate::{Sample, Session, Shown};

/// A photo on the filmstrip.
pub struct Slot {
    pub(crate) id: SlotId,
    /// where it is; `None` for a pasted picture
    pub path: Option<PathBuf>,
    /// small, once it was looked at
    pub thumbnail: Option<Arc<Shown>>,
    /// whether it is open
    pub state: SlotState,
    pub(crate) pasted: Option<Arc<crate::Pasted>>,
    pub(crate) sample: Option<Sample>,
    /// when it was shown last, by a count of choices
    pub(crate) used: u64,
}

/// Whether a photo is open.
pub enum SlotState {
    /// not yet looked at
    Waiting,
    /// being decoded
    Opening,
    /// cannot be opened, in a sentence
    Failed(Said),
    /// being worked on
    Open(Box<Session>),
}

impl Slot {
    /// The photo's name for people.
    pub fn name(&self) -> String {
        self.path
            .as_deref()
            .map_or_else(|| self.title().to_owned(), crate::session::name)
    }
    /// Whether it is the picture that comes with the program.
    pub fn is_sample(&self) -> bool {
        self.sample.is_some()
    }
    /// What it is called without a file.
    pub(crate) fn title(&self) -> &'static str {
        self.sample
            .map_or(crate::session::PASTED, |sample| sample.name)
    }
    /// Its session, when it is open.
    pub fn session(&self) -> Option<&Session> {
        match &self.state {
            SlotState::Open(session) => Some(session),
            _ => None,
        }
    }
}
