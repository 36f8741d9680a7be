//! Taking a photo up where it was left, and an edit from the file it was exported to.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use retake_core::{Said, said};

use super::{Engine, MessageKind, Offer};
use crate::actors::opener;
use crate::desk::{Base, Turn};
use crate::event::{Kept, Origin, SlotId};
use crate::{Draft, Ended, Equipment, Model, Take, TakeId};

impl Engine {
    /// What a photo's journal held goes into its session, and its takes are made again, those on the sheet first.
    pub(super) fn take_up(&mut self, index: usize, kept: Kept) {
        let id = self.slots[index].id;
        let (journal, restored, notes) = match kept {
            Kept::Nowhere => return,
            Kept::Refused(sentence) => return self.complain(sentence),
            Kept::Here {
                journal,
                restored,
                notes,
            } => (journal, restored, notes),
        };
        let Some(session) = self.session_of(id) else {
            return;
        };
        let anew = restored.moved() || journal.overgrown();
        let empty = restored.is_empty();
        restored.into_session(session);
        let there = session.takes.len();
        let missing = session.desk().turn.as_ref().is_some_and(|turn| {
            let tried =
                |id: &TakeId| session.takes.contains_key(id) || session.failed.contains_key(id);
            !turn.takes.iter().all(tried)
        });
        if missing {
            session.ended = Some(Ended::Stopped(session.sheet().len()));
        }
        self.watch_over(id, false);
        self.keep_in(id, journal);
        if anew && !empty {
            self.give_everything(id);
        }
        for note in notes {
            self.complain(note);
        }
        let crashed = std::mem::take(&mut self.crashed);
        if there > 0 {
            let takes = match there {
                1 => said!("1 take"),
                more => said!("{count} takes", count = more),
            };
            let text = match crashed {
                true => said!("Restored after a crash: {takes}.", takes),
                false => said!("Taken up where it was left: {takes}.", takes),
            };
            self.tell(MessageKind::Done, text, false);
        }
        if index == self.current {
            self.remake_the_sheet();
        }
    }

    /// Has everything on the sheet made again that is not there.
    pub(super) fn remake_the_sheet(&mut self) {
        let Some(session) = self.session() else {
            return;
        };
        let takes: Vec<TakeId> = session.sheet().iter().map(|take| take.id).collect();
        for take in takes {
            self.remake(take);
        }
    }

    /// An export was opened: offers to go on from its photo.
    pub(super) fn offer(&mut self, export: &Path, origin: &Origin) {
        let open = self.slots.iter().find_map(|slot| {
            let session = slot.session()?;
            let same = session.photo.id().to_string() == origin.sha256;
            same.then(|| slot.name())
        });
        let known = origin.path.as_deref().map(crate::session::name);
        let name = crate::session::name(export);
        match open.or(known) {
            Some(photo) => {
                let text = said!(
                    "{name} was made by Retake from {photo}. It is opened as a photo; its edit can be taken up on the original instead.",
                    name,
                    photo
                );
                self.tell(MessageKind::Done, text, false);
                if let Some(message) = self.messages.last_mut() {
                    message.offer = Some(Offer::Restore(export.to_owned()));
                }
            }
            None => {
                let text = said!(
                    "{name} was made by Retake, from a photo that is not known here. It is opened as a photo.",
                    name
                );
                self.tell(MessageKind::Done, text, false);
            }
        }
    }

    pub(super) fn restore_from(&mut self, path: PathBuf) {
        let key = opener::Key::Trace(path.clone());
        self.staff.opener.put(key, opener::Question::Trace(path));
    }

    /// The photo of an export is found, or not.
    pub(super) fn traced(&mut self, path: &Path, origin: Result<Origin, Said>) {
        let origin = match origin {
            Ok(origin) => origin,
            Err(sentence) => return self.complain(sentence),
        };
        let open = self.slots.iter().position(|slot| {
            let id = slot.session().map(|session| session.photo.id().to_string());
            id.as_ref() == Some(&origin.sha256)
        });
        if let Some(index) = open {
            self.choose(index);
            return self.adopt(&origin, path);
        }
        let Some(photo) = origin.path.clone() else {
            return self.complain(said!(
                "The photo that {name} was made from is not known here; open it once, then try again.",
                name = crate::session::name(path)
            ));
        };
        self.open(&[photo]);
        if let Some(slot) = self.slots.get(self.current) {
            self.adopting = Some((slot.id, path.to_owned(), origin));
        }
    }

    /// The photo an export was made from is open now.
    pub(super) fn adopt_what_waited(&mut self, slot: SlotId) {
        if let Some((_, path, origin)) = self.adopting.take_if(|(waits, ..)| *waits == slot) {
            self.adopt(&origin, &path);
        }
    }

    /// A group of one: the edit of an export, on the original. What other editors did before it becomes groups of its own.
    fn adopt(&mut self, origin: &Origin, export: &Path) {
        let built_in = self.kit.editor.info().id;
        let Some(session) = self.session_mut() else {
            return;
        };
        session.dragging = None;
        session.ended = None;
        let label = said!("Taken up from {name}", name = crate::session::name(export));
        let mut base = None;
        let mut last = None;
        for (instruction, provenance) in &origin.edits {
            let id = TakeId(session.next_take);
            session.next_take += 1;
            let number = session.next_turn;
            session.next_turn += 1;
            let draft = Draft::of(instruction);
            // which of several models of a kind it was, an export does not say
            let model = (provenance.editor != built_in).then(|| Model {
                id: String::new(),
                name: provenance.editor.clone(),
                with: Equipment::default(),
            });
            let take = Take {
                id,
                index: 0,
                provenance: provenance.clone(),
                model: model.clone(),
                kept: None,
                exact: None,
                shown: None,
                full_size: (session.photo.width(), session.photo.height()),
                card: None,
                by: None,
                near: false,
                adjusted: false,
                stale: false,
            };
            session.takes.insert(id, Arc::new(take));
            let mut desk = session.desk().clone();
            desk.turn = Some(Arc::new(Turn {
                number,
                instruction: Arc::new(draft.instruction()),
                base: base.take(),
                like: None,
                model,
                searched: None,
                seed: number - 1,
                takes: vec![id],
            }));
            session.draft = draft;
            session.history.push(label.clone(), desk);
            base = Some(Base {
                take: id,
                recipe: provenance.recipe.clone(),
            });
            last = Some(id);
        }
        session.rank();
        let Some(id) = last else { return };
        match self.lacks(id) {
            Some(model) => self.ask_to_load(&model),
            None => self.remake(id),
        }
        self.tell(MessageKind::Done, said!("{label}.", label), true);
    }
}
