//! The keeper: writes journals, so that nothing the window does waits for a disk. It works its queue off in order and
//! goes home when the engine does, with everything written.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossbeam::channel::{Receiver, RecvTimeoutError, Sender, bounded};
use retake_files::FileError;
use retake_files::journal::{Found, Journal, OpenList};
use retake_files::record::session::{Line, OpenRecord};

use super::Voice;
use crate::event::{Event, SlotId};

/// Notes that may lie unread; more wait with the engine.
const UNREAD: usize = 256;
/// How long after a full disk it is tried again.
const AGAIN: Duration = Duration::from_secs(10);
/// The longest that a photo waits for its own journal to be let go.
const PATIENCE: Duration = Duration::from_secs(10);

/// Something to be kept.
pub(crate) enum Note {
    /// this session's journal from now on
    Journal(SlotId, Box<Journal>),
    /// these lines more
    Lines(SlotId, Vec<Line>),
    /// all of it: instead of what was written
    Everything(SlotId, Vec<Line>),
    /// the session is closed
    Close(SlotId),
    /// which photos are open
    Open(OpenRecord),
    /// the window closes as it should
    End,
}

/// The folders whose journals this program holds; `true` for those that are about to be let go.
#[derive(Clone, Default)]
pub(crate) struct Held(Arc<Mutex<HashMap<PathBuf, bool>>>);

impl Held {
    fn lock(&self) -> MutexGuard<'_, HashMap<PathBuf, bool>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
    /// The session of this folder closes: whoever opens it next may wait for it.
    pub(crate) fn leaving(&self, folder: &Path) {
        if let Some(leaving) = self.lock().get_mut(folder) {
            *leaving = true;
        }
    }
    /// Opens a folder's journal, after this program's own last lines for it are written.
    pub(crate) fn open(&self, folder: &Path) -> Result<Found, FileError> {
        let since = Instant::now();
        while self.lock().get(folder) == Some(&true) && since.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_millis(2));
        }
        let found = Journal::open(folder)?;
        self.lock().insert(folder.to_owned(), false);
        Ok(found)
    }
    /// Nobody holds it any more.
    pub(crate) fn let_go(&self, folder: &Path) {
        self.lock().remove(folder);
    }
}

/// Starts it. The thread ends when the sender is dropped.
pub(crate) fn start(
    list: Option<OpenList>,
    held: Held,
    voice: Voice,
) -> (Sender<Note>, Option<JoinHandle<()>>) {
    let (sender, receiver) = bounded(UNREAD);
    let keeper = Keeper {
        list,
        held,
        voice,
        journals: BTreeMap::new(),
    };
    let thread = std::thread::Builder::new()
        .name("keeper".to_owned())
        .spawn(move || keeper.work(&receiver));
    (sender, thread.ok())
}

struct Keeper {
    list: Option<OpenList>,
    held: Held,
    voice: Voice,
    journals: BTreeMap<SlotId, Kept>,
}

struct Kept {
    journal: Journal,
    /// lines are missing since then: only all of it makes it whole again
    behind: Option<Instant>,
    /// all of it was asked for
    asked: bool,
}

impl Keeper {
    fn work(mut self, notes: &Receiver<Note>) {
        loop {
            let behind = self.journals.values().any(|kept| kept.behind.is_some());
            let note = match behind {
                true => notes.recv_timeout(AGAIN),
                false => notes.recv().map_err(RecvTimeoutError::from),
            };
            let note = match note {
                Ok(note) => note,
                Err(RecvTimeoutError::Timeout) => {
                    self.ask_again();
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => return,
            };
            match note {
                Note::Journal(slot, journal) => {
                    let kept = Kept {
                        journal: *journal,
                        behind: None,
                        asked: false,
                    };
                    self.journals.insert(slot, kept);
                }
                Note::Lines(slot, lines) => self.append(slot, &lines),
                Note::Everything(slot, lines) => self.rewrite(slot, &lines),
                Note::Close(slot) => {
                    if let Some(kept) = self.journals.remove(&slot) {
                        let folder = kept.journal.folder().to_owned();
                        drop(kept);
                        self.held.let_go(&folder);
                    }
                }
                Note::Open(record) => {
                    // a window that cannot keep its list only opens nothing by itself after a crash
                    if let Some(list) = &self.list {
                        let _ = list.write(&record);
                    }
                }
                Note::End => {
                    if let Some(list) = &self.list {
                        list.clear();
                    }
                }
            }
        }
    }

    /// Whatever is behind is to be written once more, whether or not there is anything new.
    fn ask_again(&mut self) {
        for (slot, kept) in &mut self.journals {
            let long_ago = kept.behind.is_some_and(|since| since.elapsed() >= AGAIN);
            if long_ago && !kept.asked {
                kept.asked = true;
                self.voice.say(Event::WantsAll(*slot));
            }
        }
    }

    fn append(&mut self, slot: SlotId, lines: &[Line]) {
        let Some(kept) = self.journals.get_mut(&slot) else {
            return;
        };
        if kept.behind.is_some() {
            return self.ask_again();
        }
        match kept.journal.append(lines) {
            Ok(()) if kept.journal.overgrown() && !kept.asked => {
                kept.asked = true;
                self.voice.say(Event::WantsAll(slot));
            }
            Ok(()) => {}
            Err(error) => {
                kept.behind = Some(Instant::now());
                let sentence = error.said();
                self.voice.say(Event::NotKept { slot, sentence });
            }
        }
    }

    fn rewrite(&mut self, slot: SlotId, lines: &[Line]) {
        let Some(kept) = self.journals.get_mut(&slot) else {
            return;
        };
        kept.asked = false;
        match kept.journal.rewrite(lines) {
            Ok(()) => {
                if kept.behind.take().is_some() {
                    self.voice.say(Event::KeptAgain(slot));
                }
            }
            // what was written before is still there
            Err(_) if kept.behind.is_some() => kept.behind = Some(Instant::now()),
            Err(error) => {
                kept.behind = Some(Instant::now());
                let sentence = error.said();
                self.voice.say(Event::NotKept { slot, sentence });
            }
        }
    }
}
