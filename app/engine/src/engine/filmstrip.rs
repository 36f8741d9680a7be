//! The filmstrip: photos come onto it, one is shown, they leave it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use retake_core::said;
use retake_files::open::looks_like_photo;

use super::{Engine, OPEN_AT_ONCE, Slot, SlotState};
use crate::actors::opener;
use crate::event::SlotId;
use crate::{Pasted, Sample, Session};

/// The most photos on the filmstrip.
const MOST_PHOTOS: usize = 1000;

impl Engine {
    pub(super) fn open(&mut self, paths: &[PathBuf]) {
        let before = self.slots.len();
        let mut first = None;
        for path in paths.iter().flat_map(|path| photos_in(path)) {
            let path = std::path::absolute(&path).unwrap_or(path);
            let known = |slot: &Slot| slot.path.as_ref() == Some(&path);
            let index = match self.slots.iter().position(known) {
                Some(index) => index,
                None if self.slots.len() >= MOST_PHOTOS => {
                    self.complain(said!(
                        "The filmstrip holds {most} photos; close some to open more.",
                        most = MOST_PHOTOS
                    ));
                    break;
                }
                None => self.add(Some(path), None),
            };
            first.get_or_insert(index);
        }
        match first {
            Some(index) => self.choose(index),
            None => self.complain(said!(
                "There is no photo in what was dropped; JPEG, PNG, TIFF, WebP and others can be opened."
            )),
        }
        if self.slots.len() > before + 1 || before > 0 {
            self.ask_for_thumbnails();
        }
    }

    pub(super) fn open_pasted(&mut self, pasted: Arc<Pasted>) {
        let index = self.add(None, Some(pasted));
        self.choose(index);
    }

    pub(super) fn open_sample(&mut self, sample: Sample) {
        let known = |slot: &Slot| slot.sample == Some(sample);
        let index = match self.slots.iter().position(known) {
            Some(index) => index,
            None => {
                let index = self.add(None, None);
                self.slots[index].sample = Some(sample);
                index
            }
        };
        self.choose(index);
    }

    pub(super) fn add(&mut self, path: Option<PathBuf>, pasted: Option<Arc<Pasted>>) -> usize {
        let id = SlotId(self.fresh());
        self.slots.push(Slot {
            id,
            path,
            thumbnail: None,
            state: SlotState::Waiting,
            pasted,
            sample: None,
            used: 0,
        });
        self.slots.len() - 1
    }

    pub(super) fn ask_for_thumbnails(&self) {
        for slot in self.slots.iter().filter(|slot| slot.thumbnail.is_none()) {
            if let Some(path) = &slot.path {
                self.staff.opener.put(
                    opener::Key::Thumbnail(slot.id),
                    opener::Question::Thumbnail(slot.id, path.clone()),
                );
            }
        }
    }

    pub(super) fn choose(&mut self, index: usize) {
        if index >= self.slots.len() {
            return;
        }
        // a photo whose decoding was overtaken waits again
        for slot in &mut self.slots {
            if matches!(slot.state, SlotState::Opening) {
                slot.state = SlotState::Waiting;
            }
        }
        self.current = index;
        self.look_away();
        let used = self.fresh();
        let slot = &mut self.slots[index];
        slot.used = used;
        if !matches!(slot.state, SlotState::Open(_)) {
            let source = match (&slot.path, &slot.pasted) {
                (Some(path), _) => opener::Source::File(path.clone()),
                (None, Some(pasted)) => opener::Source::Pasted(pasted.clone()),
                (None, None) => match slot.sample {
                    Some(sample) => opener::Source::Sample(sample),
                    None => return,
                },
            };
            slot.state = SlotState::Opening;
            let question = opener::Question::Photo(slot.id, source);
            self.staff.opener.put(opener::Key::Photo, question);
        }
    }

    /// Closes the photos shown least lately, so that the others have the memory.
    pub(super) fn close_the_oldest(&mut self) {
        let may_go = |slot: &Slot| slot.session().is_some_and(Session::may_go);
        while self.slots.iter().filter(|s| s.session().is_some()).count() > OPEN_AT_ONCE {
            let current = self.current;
            let oldest = self
                .slots
                .iter()
                .enumerate()
                .filter(|(index, slot)| *index != current && may_go(slot))
                .min_by_key(|(_, slot)| slot.used);
            let Some((index, _)) = oldest else { return };
            self.let_go(index);
            self.slots[index].state = SlotState::Waiting;
        }
    }

    pub(super) fn close(&mut self, index: usize) {
        if index >= self.slots.len() {
            return;
        }
        if let Some(running) = self.slots[index].session().and_then(|s| s.running.as_ref()) {
            running.stop.store(true, Ordering::Relaxed);
        }
        self.let_go(index);
        self.slots.remove(index);
        if self.current > index || self.current >= self.slots.len() {
            self.current = self.current.saturating_sub(1);
        }
        self.look_away();
        if !self.slots.is_empty() {
            self.choose(self.current);
        }
    }
}

/// The photos a path means: itself, or what looks like a photo in a folder, by name.
fn photos_in(path: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(path) else {
        return vec![path.to_owned()];
    };
    let mut photos: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.is_file() && looks_like_photo(path))
        .collect();
    photos.sort();
    photos
}
