//! What the screen asks for: parts of pictures, how far two of them are apart, where a region is.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use retake_core::{Provenance, Region};

use super::Engine;
use super::turns::turn_of;
use crate::actors::{comparer, developer, finder};
use crate::event::SlotId;
use crate::{Shown, Subject, TakeId, View};

impl Engine {
    pub(super) fn look(&mut self, pane: usize, view: View, pixels: bool) {
        let Some(slot) = self.slots.get(self.current) else {
            return;
        };
        let Some(session) = slot.session() else {
            return;
        };
        let edit = match view.subject {
            Subject::Photo => None,
            Subject::Take(id) => {
                let (Some(take), Some(turn)) = (session.take(id), turn_of(session, id)) else {
                    return;
                };
                Some((turn.instruction.clone(), take.provenance.clone()))
            }
        };
        let key = picture_key(slot.id, view.subject, edit.as_ref().map(|(_, edit)| edit));
        let there = self.seen.get(&pane).is_some_and(|seen| {
            let enough = !pixels || seen.picture.pixels().is_some();
            seen.view == view && seen.key == key && enough
        });
        let asked = (view, key, pixels);
        // panels ask in every frame until the answer is there
        if self.looking.insert(pane, asked) == Some(asked) || there {
            return;
        }
        let question = developer::Question {
            pane,
            view,
            key,
            pixels,
            photo: session.photo.clone(),
            working: session.working.clone(),
            edit,
        };
        self.staff.developer.put(pane, question);
    }

    /// Asks again for every place that shows this take, without waiting for the next frame: the screen comes first.
    pub(super) fn look_again(&mut self, take: TakeId) {
        let places = self.looking.iter().map(|(&pane, &(view, ..))| (pane, view));
        let shows = |(_, view): &(usize, View)| view.subject == Subject::Take(take);
        for (pane, view) in places.filter(shows).collect::<Vec<_>>() {
            // something to look at; whoever reads pixels asks for them then
            self.look(pane, view, false);
        }
    }

    /// Forgets what was rendered of another photo.
    pub(super) fn look_away(&mut self) {
        self.seen.clear();
        self.looking.clear();
        self.differences.clear();
        self.comparing.clear();
    }

    pub(super) fn compare(&mut self, place: usize, before: Arc<Shown>, after: Arc<Shown>) {
        let known = self.comparing.get(&place);
        if known.is_some_and(|(b, a)| Arc::ptr_eq(b, &before) && Arc::ptr_eq(a, &after)) {
            return;
        }
        self.comparing
            .insert(place, (before.clone(), after.clone()));
        let question = comparer::Question {
            place,
            before,
            after,
        };
        self.staff.comparer.put(place, question);
    }

    pub(super) fn find(&mut self, region: Region) {
        let Some(slot) = self.slots.get(self.current) else {
            return;
        };
        let Some(session) = slot.session() else {
            return;
        };
        let question = finder::Question {
            slot: slot.id,
            working: session.working.clone(),
            region,
            painted: session.desk().mask.clone(),
        };
        self.staff.finder.put((), question);
    }

    /// What tells the subject's picture, as it stands, from every other: compare with [`super::Seen::key`].
    pub fn key_of(&self, subject: Subject) -> Option<u64> {
        let slot = self.slots.get(self.current)?;
        let session = slot.session()?;
        Some(match subject {
            Subject::Photo => picture_key(slot.id, subject, None),
            Subject::Take(id) => picture_key(slot.id, subject, Some(&session.take(id)?.provenance)),
        })
    }
}

fn picture_key(slot: SlotId, subject: Subject, edit: Option<&Provenance>) -> u64 {
    let mut hasher = DefaultHasher::new();
    slot.hash(&mut hasher);
    subject.hash(&mut hasher);
    edit.map(|edit| edit.recipe.to_string()).hash(&mut hasher);
    hasher.finish()
}
