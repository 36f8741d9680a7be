//! What the engine has kept: after every change the lines that a journal lacks go to the keeper, and a start takes up
//! where a crash left off.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

use crossbeam::channel::{Sender, TrySendError};
use retake_core::{Said, said};
use retake_files::journal::{Journal, OpenList, folder_of};
use retake_files::record::session::{JOURNAL_VERSION, OpenRecord};

use super::{Engine, Kit, MessageKind, Offer, SlotState};
use crate::actors::Voice;
use crate::actors::keeper::{self, Held, Note};
use crate::event::SlotId;
use crate::keeping::Noted;
use crate::{Command, Sample};

/// The engine's end of what is kept.
pub(super) struct Keeping {
    home: PathBuf,
    held: Held,
    /// `None` once the engine goes
    notes: Option<Sender<Note>>,
    thread: Option<JoinHandle<()>>,
    /// notes the keeper has no room for yet
    waiting: VecDeque<Note>,
    /// what crashed windows had open
    left: Vec<OpenRecord>,
    /// the photos that the list on the disk names, and which is shown
    listed: (Vec<SlotId>, usize),
}

impl Keeping {
    pub(super) fn at(home: &Path, held: Held, voice: Voice) -> Self {
        let (list, left) = OpenList::take(home);
        let (notes, thread) = keeper::start(list, held.clone(), voice);
        Self {
            home: home.to_owned(),
            held,
            notes: Some(notes),
            thread,
            waiting: VecDeque::new(),
            left,
            listed: (Vec::new(), 0),
        }
    }
    fn put(&mut self, note: Note) {
        self.waiting.push_back(note);
        self.flush();
    }
    /// Hands over what there is room for.
    fn flush(&mut self) {
        let Some(notes) = &self.notes else { return };
        while let Some(note) = self.waiting.pop_front() {
            match notes.try_send(note) {
                Ok(()) => {}
                Err(TrySendError::Full(note)) => return self.waiting.push_front(note),
                Err(TrySendError::Disconnected(_)) => return,
            }
        }
    }
}

impl Drop for Keeping {
    fn drop(&mut self) {
        let Some(notes) = self.notes.take() else {
            return;
        };
        // a window that falls over is a crash: its list stays for the next start
        if !std::thread::panicking() {
            self.waiting.push_back(Note::End);
        }
        for note in self.waiting.drain(..) {
            if notes.send(note).is_err() {
                break;
            }
        }
        drop(notes);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        for index in 0..self.slots.len() {
            self.try_once_more(index);
        }
    }
}

impl Engine {
    /// As [`Engine::new`], and everything done is kept in journals under `home`.
    pub fn keeping(kit: Kit, home: &Path, wake: impl Fn() + Send + Sync + 'static) -> Self {
        Self::built(kit, Some(home), Arc::new(wake))
    }

    /// The first thing to be seen: these photos; without any, those that a crash took from the screen; without a crash,
    /// the built-in sample.
    pub fn begin_with(&mut self, photos: Vec<PathBuf>, sample: Sample) {
        let left = self
            .keeping
            .as_mut()
            .map(|keeping| std::mem::take(&mut keeping.left));
        if !photos.is_empty() {
            return self.obey(Command::Open(photos));
        }
        let mut shown = None;
        for record in left.unwrap_or_default() {
            let first = self.slots.len();
            for photo in &record.photos {
                match photo {
                    Some(path)
                        if self
                            .slots
                            .iter()
                            .all(|slot| slot.path.as_deref() != Some(Path::new(path))) =>
                    {
                        self.add(Some(path.into()), None);
                    }
                    Some(_) => {}
                    None if self.slots.iter().all(|slot| slot.sample.is_none()) => {
                        let index = self.add(None, None);
                        self.slots[index].sample = Some(sample);
                    }
                    None => {}
                }
            }
            if self.slots.len() > first {
                let last = self.slots.len() - 1;
                shown.get_or_insert((first + record.current).min(last));
            }
        }
        match shown {
            Some(index) => {
                self.crashed = true;
                self.obey(Command::Choose(index));
                self.ask_for_thumbnails();
            }
            None => self.obey(Command::OpenSample(sample)),
        }
    }

    /// Says which photo was worked on last, and offers to open it.
    pub fn offer_to_continue(&mut self, photo: PathBuf) {
        let text = said!(
            "{photo} was open last.",
            photo = crate::session::name(&photo)
        );
        self.tell(MessageKind::Done, text, false);
        if let Some(message) = self.messages.last_mut() {
            message.offer = Some(Offer::Continue(photo));
        }
    }

    /// Hands what the journals lack to the keeper. Called after everything that changes something.
    pub(super) fn keep(&mut self) {
        let Some(keeping) = &mut self.keeping else {
            return;
        };
        for slot in &mut self.slots {
            if let SlotState::Open(session) = &mut slot.state
                && let Some(mut noted) = session.noted.take()
            {
                let lines = noted.missing(session);
                session.noted = Some(noted);
                if !lines.is_empty() {
                    keeping.put(Note::Lines(slot.id, lines));
                }
            }
        }
        // a photo that is still being opened is not listed: should it bring the program down, the next start is free of it
        let listed = |slot: &&super::Slot| {
            !matches!(slot.state, SlotState::Opening | SlotState::Failed(_))
                && (slot.path.is_some() || slot.sample.is_some())
        };
        let current = self.slots.get(self.current).map(|slot| slot.id);
        let mut ids = self.slots.iter().filter(listed).map(|slot| slot.id);
        let at = ids.clone().position(|id| Some(id) == current).unwrap_or(0);
        let (known, shown) = &keeping.listed;
        if *shown != at || !ids.clone().eq(known.iter().copied()) {
            keeping.listed = (ids.by_ref().collect(), at);
            let path = |slot: &super::Slot| {
                let path = slot.path.as_ref()?;
                Some(path.to_string_lossy().into_owned())
            };
            let record = OpenRecord {
                version: JOURNAL_VERSION,
                photos: self.slots.iter().filter(listed).map(path).collect(),
                current: at,
            };
            keeping.put(Note::Open(record));
        }
        keeping.flush();
    }

    /// A session that was just opened is kept from now on.
    pub(super) fn keep_in(&mut self, slot: SlotId, journal: Box<Journal>) {
        if let Some(keeping) = &mut self.keeping {
            keeping.put(Note::Journal(slot, journal));
        }
    }

    /// A session leaves the memory: its last lines are written and its journal let go.
    pub(super) fn let_go(&mut self, index: usize) {
        self.keep();
        self.try_once_more(index);
        let Some(keeping) = &mut self.keeping else {
            return;
        };
        let slot = &self.slots[index];
        if let Some(session) = slot.session()
            && session.noted.is_some()
        {
            let folder = folder_of(&keeping.home, &session.photo.id().to_string());
            keeping.held.leaving(&folder);
            keeping.put(Note::Close(slot.id));
        }
    }

    /// Lines that could not be written get their last chance: the disk may have room by now.
    fn try_once_more(&mut self, index: usize) {
        let slot = &self.slots[index];
        if slot.session().is_some_and(|session| session.unkept) {
            self.give_everything(slot.id);
        }
    }

    /// The keeper wants a journal written anew.
    pub(super) fn give_everything(&mut self, id: SlotId) {
        let Some(session) = self.session_of(id) else {
            return;
        };
        let (noted, lines) = Noted::everything(session);
        session.noted = Some(noted);
        if let Some(keeping) = &mut self.keeping {
            keeping.put(Note::Everything(id, lines));
        }
    }

    /// Lines could not be written; the session goes on in memory, and stays there.
    pub(super) fn not_kept(&mut self, id: SlotId, sentence: Said) {
        if let Some(session) = self.session_of(id) {
            session.unkept = true;
        }
        let text = said!(
            "The history cannot be kept: {sentence}. Everything goes on in memory; it is tried again every few seconds.",
            sentence
        );
        self.complain(text);
    }

    /// They were written after all.
    pub(super) fn kept_again(&mut self, id: SlotId) {
        if let Some(session) = self.session_of(id) {
            session.unkept = false;
        }
        self.tell(
            MessageKind::Done,
            said!("The history is kept again."),
            false,
        );
    }

    /// True while lines wait for the keeper.
    pub(super) fn has_unkept(&self) -> bool {
        let waiting = |keeping: &Keeping| !keeping.waiting.is_empty();
        self.keeping.as_ref().is_some_and(waiting)
    }
}
