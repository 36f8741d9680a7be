//! What the screen asks for: parts of pictures, how far two of them are apart, where a region is.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use retake_core::Region;

use super::Engine;
use crate::actors::developer::Wish;
use crate::actors::{comparer, developer, finder};
use crate::event::SlotId;
use crate::{Session, Shown, Subject, Take, TakeId, View};

impl Engine {
    pub(super) fn look(&mut self, pane: usize, view: View, pixels: bool) {
        let Some(slot) = self.slots.get(self.current) else {
            return;
        };
        let Some(session) = slot.session() else {
            return;
        };
        let key = self.key_in(slot.id, session, view.subject);
        let there = self.seen.get(&pane).is_some_and(|seen| {
            let enough = !pixels || seen.picture.pixels().is_some();
            seen.view == view && seen.key == key && enough
        });
        let asked = (view, key, pixels);
        // panels ask in every frame until the answer is there
        if self.looking.insert(pane, asked) == Some(asked) || there {
            return;
        }
        let subject = match view.subject {
            Subject::Photo => Wish::Photo,
            Subject::Take(id) => {
                let Some(take) = session.take(id) else { return };
                match (self.making(session, take), &take.kept) {
                    (_, Some(kept)) if is_kept_enough(take, view) => {
                        Wish::Kept(kept.clone(), take.full_size)
                    }
                    (Some(Ok(making)), _) => Wish::Made(making),
                    (_, Some(kept)) => Wish::Kept(kept.clone(), take.full_size),
                    _ => return,
                }
            }
        };
        let question = developer::Question {
            pane,
            view,
            key,
            pixels,
            bottom: session.bottom(),
            subject,
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
        Some(self.key_in(slot.id, session, subject))
    }

    fn key_in(&self, slot: SlotId, session: &Session, subject: Subject) -> u64 {
        let take = match subject {
            Subject::Photo => None,
            Subject::Take(id) => session.take(id),
        };
        let mut hasher = DefaultHasher::new();
        slot.hash(&mut hasher);
        subject.hash(&mut hasher);
        take.map(|take| take.provenance.recipe.to_string())
            .hash(&mut hasher);
        // what was kept gives way to what the editor makes, once it is there
        let away = take.is_some_and(|take| matches!(self.making(session, take), Some(Err(_))));
        away.hash(&mut hasher);
        hasher.finish()
    }
}

/// Whether the picture that was kept has all that this view shows.
fn is_kept_enough(take: &Take, view: View) -> bool {
    /// A little blur is worth not waiting.
    const SLACK: f64 = 1.02;
    let (Some(shown), (width, _)) = (&take.shown, take.full_size) else {
        return false;
    };
    let kept = shown.width as f64 / width.max(1) as f64;
    let scale = view.size.0 as f64 / view.part.width().max(1) as f64;
    scale <= kept * SLACK
}
