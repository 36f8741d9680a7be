//! The engine: obeys commands and takes in what actors answer. It never waits: heavy work is a question to an actor, and
//! an answer whose question is no longer asked is dropped.

mod editors;
mod exports;
mod filmstrip;
mod guesses;
mod judging;
mod keep;
mod message;
mod obey;
mod restoring;
mod screen;
mod slot;
mod steps;
mod taken_in;
pub(crate) mod turns;
pub(crate) mod watching;
mod ways;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crossbeam::channel::{Receiver, Sender, bounded};
use retake_core::{Editor, Eyes, OnScreen, Reward, Said};

use self::editors::Models;
use self::guesses::Guesses;
use self::judging::Bench;
use self::keep::Keeping;
pub use self::message::{Message, MessageKind, Offer};
pub use self::slot::{Slot, SlotState};
use crate::actors::keeper::Held;
use crate::actors::{
    Voice, Wake, adjuster, comparer, developer, exporter, finder, jury, loader, maker, opener,
    usher, watcher,
};
use crate::event::{Event, Origin, SlotId};
use crate::mailbox;
use crate::making::Stands;
use crate::{Difference, Editors, Effort, Judge, Judges, Session, Shown, View};

/// Long edge at which candidates are made, judged and kept for the screen, px.
pub const WORKING_EDGE: usize = 1024;
/// Photos held open at a time; the one least lately shown is closed first. Its history stays.
const OPEN_AT_ONCE: usize = 4;
/// Answers that may lie unread.
const UNREAD: usize = 1024;

/// What the work is done with.
pub struct Kit {
    /// makes the candidates where nothing else is said: the built-in one
    pub editor: Arc<dyn Editor>,
    /// others that may
    pub editors: Editors,
    /// judges beside the measures
    pub judges: Judges,
    /// measure them, at once; on the same dimension a later one wins
    pub rewards: Arc<[Box<dyn Reward>]>,
    /// the trained networks that look at photos, if any
    pub eyes: Eyes,
    /// what renders, for people: "cpu", or the graphics card's name
    pub device: String,
}

/// A part of a picture as it was rendered for the screen.
#[derive(Clone, Debug)]
pub struct Seen {
    /// what was asked for
    pub view: View,
    /// what tells this picture from others; changes with every change of the edit
    pub key: u64,
    /// how it looks
    pub picture: Sight,
}

/// How a rendered part reaches the screen.
#[derive(Clone, Debug)]
pub enum Sight {
    /// as pixels, to be uploaded
    Pixels(Arc<Shown>),
    /// it lies where the screen is drawn from; the window knows how to open it
    OnScreen(OnScreen),
}

impl Sight {
    /// The pixels, where they are in the processor's memory.
    pub fn pixels(&self) -> Option<&Arc<Shown>> {
        match self {
            Self::Pixels(shown) => Some(shown),
            Self::OnScreen(_) => None,
        }
    }
}

/// The actors' inboxes.
struct Staff {
    opener: mailbox::Sender<opener::Key, opener::Question>,
    maker: mailbox::Sender<(), maker::Question>,
    adjuster: mailbox::Sender<adjuster::Key, adjuster::Question>,
    developer: mailbox::Sender<usize, developer::Question>,
    comparer: mailbox::Sender<usize, comparer::Question>,
    finder: mailbox::Sender<(), finder::Question>,
    loader: mailbox::Sender<loader::Key, loader::Question>,
    usher: mailbox::Sender<Judge, Judge>,
    jury: mailbox::Sender<u64, jury::Question>,
    watcher: mailbox::Sender<(), watcher::Question>,
    exporter: Sender<exporter::Question>,
}

/// Everything below the window.
pub struct Engine {
    kit: Kit,
    staff: Staff,
    answers: Receiver<Event>,
    slots: Vec<Slot>,
    current: usize,
    effort: Effort,
    models: Models,
    bench: Bench,
    messages: Vec<Message>,
    seen: BTreeMap<usize, Seen>,
    /// what the developer was last asked for each place, with the picture's key, and whether for pixels
    looking: BTreeMap<usize, (View, u64, bool)>,
    differences: BTreeMap<usize, Difference>,
    comparing: BTreeMap<usize, (Arc<Shown>, Arc<Shown>)>,
    /// held once more by every export under way, whichever way it ends
    exports: Arc<()>,
    /// whether what is done with takes is noted
    notes_acts: bool,
    next: u64,
    /// `None` when nothing is kept
    keeping: Option<Keeping>,
    /// photos are being taken up after a crash
    crashed: bool,
    /// the edit of an export waits for its photo to be opened
    adopting: Option<(SlotId, PathBuf, Origin)>,
    /// finds known words for those that are not, if there is a network for it
    guesses: Option<Guesses>,
}

impl Engine {
    /// Starts the actors. `wake` is called from their threads whenever an answer lies ready for [`Engine::take_in`].
    /// What is done is kept nowhere; see [`Engine::keeping`].
    pub fn new(kit: Kit, wake: impl Fn() + Send + Sync + 'static) -> Self {
        Self::built(kit, None, Arc::new(wake))
    }

    fn built(kit: Kit, home: Option<&Path>, wake: Wake) -> Self {
        let (events, answers) = bounded(UNREAD);
        let held = Held::default();
        let shelf = home.map(|home| opener::Shelf {
            home: home.to_owned(),
            held: held.clone(),
        });
        let voice = Voice { events, wake };
        let stands = Stands::default();
        let developer = developer::start(&kit, stands.clone(), voice.clone());
        let staff = Staff {
            opener: opener::start(shelf, voice.clone()),
            maker: maker::start(&kit, stands.clone(), voice.clone()),
            adjuster: adjuster::start(&kit, stands.clone(), voice.clone(), developer.glance()),
            developer,
            comparer: comparer::start(voice.clone()),
            finder: finder::start(kit.eyes.subject.clone(), voice.clone()),
            loader: loader::start(&kit, voice.clone()),
            usher: usher::start(&kit, voice.clone()),
            jury: jury::start(&kit, stands.clone(), voice.clone()),
            watcher: watcher::start(stands.clone(), voice.clone()),
            exporter: exporter::start(stands, voice.clone()),
        };
        let list = loader::Question::List { wanted: None };
        staff.loader.put(loader::Key::List, list);
        let meanings = kit.eyes.meanings.clone();
        let guesses = meanings.map(|meanings| Guesses::new(meanings, voice.wake.clone()));
        let keeping = home.map(|home| Keeping::at(home, held, voice));
        Self {
            guesses,
            kit,
            staff,
            answers,
            slots: Vec::new(),
            current: 0,
            effort: Effort::default(),
            models: Models::default(),
            bench: Bench::default(),
            messages: Vec::new(),
            seen: BTreeMap::new(),
            looking: BTreeMap::new(),
            differences: BTreeMap::new(),
            comparing: BTreeMap::new(),
            exports: Arc::default(),
            notes_acts: true,
            next: 1,
            keeping,
            crashed: false,
            adopting: None,
        }
    }
    /// The photos of the filmstrip.
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }
    /// Which of them is shown.
    pub fn current(&self) -> usize {
        self.current
    }
    /// The session that is shown, when its photo is open.
    pub fn session(&self) -> Option<&Session> {
        self.slots.get(self.current)?.session()
    }
    /// How many candidates the next run makes.
    pub fn candidates(&self) -> usize {
        self.effort.candidates
    }
    /// How the next run goes about it, and how long it may take.
    pub fn effort(&self) -> &Effort {
        &self.effort
    }
    /// What there is to tell.
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }
    /// The latest picture for a place on the screen.
    pub fn seen(&self, pane: usize) -> Option<&Seen> {
        self.seen.get(&pane)
    }
    /// The latest difference for a place on the screen.
    pub fn difference(&self, place: usize) -> Option<&Difference> {
        self.differences.get(&place)
    }
    /// Exports under way or waiting.
    pub fn exporting(&self) -> usize {
        Arc::strong_count(&self.exports) - 1
    }
    /// Whether what is done with takes is noted in their journals.
    pub fn notes_acts(&self) -> bool {
        self.notes_acts
    }
    /// What renders, for people.
    pub fn device(&self) -> &str {
        &self.kit.device
    }
    /// The built-in editor.
    pub fn editor(&self) -> retake_core::EditorInfo {
        self.kit.editor.info()
    }
    /// The built-in rewards; on the same dimension a later one wins.
    pub fn rewards(&self) -> Vec<retake_core::RewardInfo> {
        self.kit
            .rewards
            .iter()
            .map(|reward| reward.info())
            .collect()
    }
    /// True while an actor is at work on something that shows.
    pub fn busy(&self) -> bool {
        let opening = |slot: &Slot| matches!(slot.state, SlotState::Opening);
        let running = |slot: &Slot| slot.session().is_some_and(|s| s.running.is_some());
        self.exporting() > 0
            || self.loading().is_some()
            || self.judging_somewhere()
            || self.bench.watching.is_some()
            || self.has_unkept()
            || self.slots.iter().any(|slot| opening(slot) || running(slot))
    }

    fn fresh(&mut self) -> u64 {
        self.next += 1;
        self.next - 1
    }
    fn session_mut(&mut self) -> Option<&mut Session> {
        match &mut self.slots.get_mut(self.current)?.state {
            SlotState::Open(session) => Some(session),
            _ => None,
        }
    }
    fn session_of(&mut self, id: SlotId) -> Option<&mut Session> {
        let slot = self.slots.iter_mut().find(|slot| slot.id == id)?;
        match &mut slot.state {
            SlotState::Open(session) => Some(session),
            _ => None,
        }
    }
    fn tell(&mut self, kind: MessageKind, text: Said, undo: bool) {
        /// More than these nobody reads; the oldest goes.
        const MOST: usize = 6;
        let id = self.fresh();
        self.messages.retain(|message| message.text != text);
        if self.messages.len() >= MOST {
            self.messages.remove(0);
        }
        self.messages.push(Message {
            id,
            text,
            kind,
            undo,
            offer: None,
        });
    }
    /// An undo that a message offers means the step it tells of; once the history has moved it would mean another.
    fn withdraw_undo(&mut self) {
        self.messages.retain(|message| !message.undo);
    }
    fn complain(&mut self, text: Said) {
        self.tell(MessageKind::Problem, text, false);
    }
}

#[cfg(test)]
mod tests;
