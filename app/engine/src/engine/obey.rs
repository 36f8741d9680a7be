//! What each command does.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use retake_core::{Mask, Provenance};
use retake_files::open::looks_like_photo;

use super::{Engine, MessageKind, OPEN_AT_ONCE, Slot, SlotState};
use crate::actors::adjuster::{self, Wanted};
use crate::actors::{comparer, developer, exporter, finder, maker, opener};
use crate::desk::{Base, Turn};
use crate::event::SlotId;
use crate::session::{Drag, Running};
use crate::take::{Missing, missing};
use crate::{
    Command, Desk, Draft, Export, Flag, Mark, Pasted, Sample, Session, Shown, Subject, Take,
    TakeId, View,
};

/// The most photos on the filmstrip.
const MOST_PHOTOS: usize = 1000;
/// The most candidates of one run.
pub(crate) const MOST_CANDIDATES: usize = 64;

impl Engine {
    /// Does what was asked, or says in a message why not.
    pub fn obey(&mut self, command: Command) {
        match command {
            Command::Open(paths) => self.open(&paths),
            Command::OpenPasted(pasted) => self.open_pasted(pasted),
            Command::OpenSample(sample) => self.open_sample(sample),
            Command::RestoreFrom(path) => self.restore_from(path),
            Command::Choose(index) => self.choose(index),
            Command::Close(index) => self.close(index),
            Command::Say(text) => self.draft(|draft| *draft = Draft::of(&text)),
            Command::ToggleChip(kind, index) => self.draft(|draft| draft.toggle(kind, index)),
            Command::Candidates(count) => self.candidates = count.clamp(1, MOST_CANDIDATES),
            Command::Generate => self.generate(),
            Command::More => self.more(),
            Command::MoreLike(take) => self.more_like(take),
            Command::Stop => self.stop(),
            Command::GoOnFrom(take) => self.go_on_from(take),
            Command::Flag(take, flag) => self.flag(take, flag),
            Command::Stars(take, stars) => self.stars(take, stars),
            Command::Weigh { weights, done } => {
                self.step(Some(Drag::Weights), done, "Weights", |desk| {
                    desk.weights = weights;
                });
            }
            Command::Adjust {
                take,
                recipe,
                label,
                done,
            } => self.adjust(take, recipe, label, done),
            Command::ResetRecipe(take) => {
                self.step(None, true, "Recipe reset", |desk| {
                    desk.adjusted.remove(&take);
                });
            }
            Command::Mask { mask, label } => {
                let mask = mask.map(|mask| Arc::new(eight_bits(&mask)));
                self.step(None, true, &label, |desk| desk.mask = mask);
            }
            Command::Undo => self.travel(crate::History::undo),
            Command::Redo => self.travel(crate::History::redo),
            Command::JumpTo(index) => self.travel(|history| history.jump(index)),
            Command::Look { pane, view } => self.look(pane, view),
            Command::Compare {
                place,
                before,
                after,
            } => self.compare(place, before, after),
            Command::Find(region) => self.find(region),
            Command::Export(export) => self.export(export),
            Command::Dismiss(id) => self.messages.retain(|message| message.id != id),
        }
        self.keep();
    }

    pub(super) fn open(&mut self, paths: &[PathBuf]) {
        let before = self.slots.len();
        let mut first = None;
        for path in paths.iter().flat_map(|path| photos_in(path)) {
            let path = std::path::absolute(&path).unwrap_or(path);
            let known = |slot: &Slot| slot.path.as_ref() == Some(&path);
            let index = match self.slots.iter().position(known) {
                Some(index) => index,
                None if self.slots.len() >= MOST_PHOTOS => {
                    self.complain(format!(
                        "The filmstrip holds {MOST_PHOTOS} photos; close some to open more."
                    ));
                    break;
                }
                None => self.add(Some(path), None),
            };
            first.get_or_insert(index);
        }
        match first {
            Some(index) => self.choose(index),
            None => self.complain("There is no photo in what was dropped; JPEG, PNG, TIFF, WebP and others can be opened."),
        }
        if self.slots.len() > before + 1 || before > 0 {
            self.ask_for_thumbnails();
        }
    }

    fn open_pasted(&mut self, pasted: Arc<Pasted>) {
        let index = self.add(None, Some(pasted));
        self.choose(index);
    }

    fn open_sample(&mut self, sample: Sample) {
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

    fn close(&mut self, index: usize) {
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

    fn draft(&mut self, change: impl FnOnce(&mut Draft)) {
        if let Some(session) = self.session_mut() {
            change(&mut session.draft);
        }
    }

    fn generate(&mut self) {
        let count = self.candidates;
        let Some(session) = self.session() else {
            return self.complain("Open a photo first: drop one on the window, or press Ctrl+O.");
        };
        let draft = &session.draft;
        if let Some(words) = draft.generative() {
            let text = format!(
                "“{words}” needs new content, which the darkroom cannot make; a diffusion editor is needed for it. Take those words out to run the rest."
            );
            return self.complain(text);
        }
        if let Some(problem) = draft.problem() {
            return self.complain(problem);
        }
        if !draft.ready() {
            return self.complain("Say what should change, for example “warmer, golden hour”.");
        }
        let mut instruction = draft.instruction();
        let desk = session.desk().clone();
        instruction.mask = desk.mask.as_deref().cloned();
        let label = format!("{}, {count} takes", instruction.text.trim());
        self.begin(label, instruction, desk.base, None, count);
    }

    fn more_like(&mut self, take: TakeId) {
        let count = self.candidates;
        let Some(session) = self.session() else {
            return;
        };
        let (Some(turn), Some(like)) = (session.desk().turn.clone(), session.take(take)) else {
            return;
        };
        let instruction = turn.instruction.as_ref().clone();
        let label = format!("More like take {}", like.index + 1);
        let like = Base {
            take,
            recipe: like.provenance.recipe.clone(),
        };
        self.begin(label, instruction, turn.base.clone(), Some(like), count);
    }

    /// A new group: a step of the history and a question to the maker.
    fn begin(
        &mut self,
        label: String,
        instruction: retake_core::Instruction,
        base: Option<Base>,
        like: Option<Base>,
        count: usize,
    ) {
        self.stop();
        let Some(session) = self.session_mut() else {
            return;
        };
        let number = session.next_turn;
        session.next_turn += 1;
        let takes: Vec<TakeId> = (0..count as u64)
            .map(|i| TakeId(session.next_take + i))
            .collect();
        session.next_take += count as u64;
        let turn = Turn {
            number,
            instruction: Arc::new(instruction),
            base,
            like,
            seed: number - 1,
            takes,
        };
        let mut desk = session.desk().clone();
        desk.turn = Some(Arc::new(turn));
        session.dragging = None;
        session.history.push(label, desk);
        session.rank();
        session.slim();
        self.run(0, count);
    }

    fn more(&mut self) {
        let count = self.candidates;
        self.stop();
        let Some(session) = self.session_mut() else {
            return;
        };
        let Some(turn) = session.desk().turn.clone() else {
            return;
        };
        let first = turn.takes.len();
        let mut longer = turn.as_ref().clone();
        longer
            .takes
            .extend((0..count as u64).map(|i| TakeId(session.next_take + i)));
        session.next_take += count as u64;
        let mut desk = session.desk().clone();
        desk.turn = Some(Arc::new(longer));
        session.history.push(format!("{count} more takes"), desk);
        session.rank();
        self.run(first as u64, count);
    }

    /// Asks the maker for candidates of the turn on the desk.
    fn run(&mut self, first: u64, count: usize) {
        let ticket = self.fresh();
        let Some(session) = self.session_mut() else {
            return;
        };
        let Some(turn) = session.desk().turn.clone() else {
            return;
        };
        let stop = Arc::new(AtomicBool::new(false));
        session.ended = None;
        session.running = Some(Running {
            ticket,
            total: count,
            made: 0,
            scored: 0,
            since: Instant::now(),
            stop: stop.clone(),
            takes: turn.takes.clone(),
        });
        let question = maker::Question {
            ticket,
            stop,
            photo: session.photo.clone(),
            working: session.working.clone(),
            instruction: turn.instruction.as_ref().clone(),
            first,
            count,
            seed: turn.seed,
            base: turn.base.as_ref().map(|base| base.recipe.clone()),
            like: turn.like.as_ref().map(|like| like.recipe.clone()),
        };
        self.staff.maker.put((), question);
    }

    fn stop(&mut self) {
        self.staff.maker.clear();
        if let Some(session) = self.session_mut()
            && let Some(running) = session.running.take()
        {
            running.stop.store(true, Ordering::Relaxed);
            session.previews.clear();
            session.ended = Some(crate::Ended::Stopped(running.made));
            // what was made but not yet scored still gets its scores
            let unscored: Vec<TakeId> = session
                .sheet()
                .iter()
                .filter(|take| take.card.is_none())
                .map(|take| take.id)
                .collect();
            for take in unscored {
                self.remake(take);
            }
        }
    }

    fn go_on_from(&mut self, take: Option<TakeId>) {
        let Some(session) = self.session() else {
            return;
        };
        let base = match take {
            None => None,
            Some(id) => match session.take(id) {
                Some(take) => Some(Base {
                    take: id,
                    recipe: take.provenance.recipe.clone(),
                }),
                None => return,
            },
        };
        let label = match take.and_then(|id| session.take(id)) {
            Some(take) => format!("Go on from take {}", take.index + 1),
            None => "Go on from the photo".to_owned(),
        };
        self.step(None, true, &label, |desk| desk.base = base);
        self.draft(|draft| *draft = Draft::default());
    }

    fn flag(&mut self, take: TakeId, flag: Flag) {
        let Some(session) = self.session() else {
            return;
        };
        let Some(number) = session.take(take).map(|take| take.index + 1) else {
            return;
        };
        let was = session.desk().mark(take);
        let flag = if was.flag == flag { Flag::None } else { flag };
        let label = match flag {
            Flag::Picked => format!("Picked take {number}"),
            Flag::Rejected => format!("Rejected take {number}"),
            Flag::None => format!("Unmarked take {number}"),
        };
        self.mark(take, Mark { flag, ..was }, &label);
        self.tell(MessageKind::Done, label, true);
    }

    fn stars(&mut self, take: TakeId, stars: u8) {
        let Some(session) = self.session() else {
            return;
        };
        let Some(number) = session.take(take).map(|take| take.index + 1) else {
            return;
        };
        let stars = stars.min(5);
        let was = session.desk().mark(take);
        self.mark(
            take,
            Mark { stars, ..was },
            &format!("{stars} stars for take {number}"),
        );
    }

    fn mark(&mut self, take: TakeId, mark: Mark, label: &str) {
        self.step(None, true, label, |desk| {
            if mark == Mark::default() {
                desk.marks.remove(&take);
            } else {
                desk.marks.insert(take, mark);
            }
        });
    }

    /// A step of the history. While one thing is dragged its values amend the same step.
    fn step(
        &mut self,
        drag: Option<Drag>,
        done: bool,
        label: &str,
        change: impl FnOnce(&mut Desk),
    ) {
        let Some(session) = self.session_mut() else {
            return;
        };
        if drag.is_some() && session.dragging == drag {
            session.history.amend(change);
            session.history.rename(label);
        } else {
            let mut desk = session.desk().clone();
            change(&mut desk);
            session.history.push(label, desk);
        }
        session.dragging = drag.filter(|_| !done);
        session.rank();
    }

    fn adjust(&mut self, id: TakeId, recipe: serde_json::Value, label: String, done: bool) {
        let Some(session) = self.session() else {
            return;
        };
        let Some(take) = session.take(id) else { return };
        let was_same = take.provenance.recipe == recipe;
        let mut adjusted = take.as_ref().clone();
        adjusted.stale |= !was_same;
        adjusted.adjusted = true;
        adjusted.provenance.recipe = recipe;
        let drag = Drag::Recipe(
            id,
            label
                .split([' ', '+', '-', '−'])
                .next()
                .unwrap_or_default()
                .to_owned(),
        );
        self.step(Some(drag), done, &label, |desk| {
            desk.adjusted.insert(id, Arc::new(adjusted));
        });
        self.remake(id);
    }

    /// Has a take rendered and scored again, if what is kept of it is not its recipe's.
    pub(super) fn remake(&mut self, id: TakeId) {
        let Some(slot) = self.slots.get(self.current) else {
            return;
        };
        let Some(session) = slot.session() else {
            return;
        };
        let Some(take) = session.take(id) else { return };
        let missing = missing(take);
        if missing == Missing::Nothing {
            return;
        }
        let Some(turn) = turn_of(session, id) else {
            return;
        };
        let question = adjuster::Question {
            slot: slot.id,
            take: id,
            photo: session.photo.clone(),
            working: session.working.clone(),
            instruction: turn.instruction.clone(),
            base: turn.base.as_ref().map(|base| base.recipe.clone()),
            provenance: take.provenance.clone(),
            wanted: match missing {
                Missing::Maps => Wanted::Scores,
                _ if take.stale || take.card.is_none() => Wanted::Both,
                _ => Wanted::Picture,
            },
        };
        self.staff.adjuster.put(question.key(), question);
    }

    fn travel(&mut self, go: impl FnOnce(&mut crate::History) -> bool) {
        let Some(session) = self.session_mut() else {
            return;
        };
        session.dragging = None;
        if !go(&mut session.history) {
            return;
        }
        session.rank();
        session.slim();
        self.remake_the_sheet();
    }

    fn look(&mut self, pane: usize, view: View) {
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
        let seen = self.seen.get(&pane);
        let there = seen.is_some_and(|seen| seen.view == view && seen.key == key);
        // panels ask in every frame until the answer is there
        if self.looking.insert(pane, (view, key)) == Some((view, key)) || there {
            return;
        }
        let question = developer::Question {
            pane,
            view,
            key,
            photo: session.photo.clone(),
            working: session.working.clone(),
            edit,
        };
        self.staff.developer.put(pane, question);
    }

    /// Forgets what was rendered of another photo.
    fn look_away(&mut self) {
        self.seen.clear();
        self.looking.clear();
        self.differences.clear();
        self.comparing.clear();
    }

    fn compare(&mut self, place: usize, before: Arc<Shown>, after: Arc<Shown>) {
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

    fn find(&mut self, region: retake_core::Region) {
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

    fn export(&mut self, how: Export) {
        let Some(session) = self.session() else {
            return;
        };
        let takes: Vec<Arc<Take>> = how
            .takes
            .iter()
            .filter_map(|&id| session.take(id).cloned())
            .collect();
        if takes.is_empty() {
            return self.complain("There is no take to export yet; generate some first.");
        }
        let stem = session
            .path
            .as_deref()
            .and_then(Path::file_stem)
            .map_or_else(
                || "picture".to_owned(),
                |s| s.to_string_lossy().into_owned(),
            );
        let extension = how.format.info().extension;
        let several = takes.len() > 1 || how.to.is_dir();
        let mut files = Vec::new();
        for take in &takes {
            let path = if several {
                how.to
                    .join(format!("{stem}-take-{}.{extension}", take.index + 1))
            } else {
                how.to.clone()
            };
            let Some(turn) = turn_of(session, take.id) else {
                continue;
            };
            files.push((turn.instruction.clone(), take.provenance.clone(), path));
        }
        let question = exporter::Question {
            photo: session.photo.clone(),
            source: session.path.clone(),
            takes: files,
            how,
        };
        match self.staff.exporter.try_send(question) {
            Ok(()) => self.exporting += 1,
            Err(_) => self.complain("Too many exports wait already; try again when some are done."),
        }
    }
}

/// A mask as files keep them: 255 steps.
fn eight_bits(mask: &Mask) -> Mask {
    let step = |&value: &f32| (value.clamp(0.0, 1.0) * 255.0).round() / 255.0;
    Mask {
        values: mask.values.iter().map(step).collect(),
        ..*mask
    }
}

/// The turn a take was made in, wherever in the history it is.
fn turn_of(session: &Session, take: TakeId) -> Option<&Arc<Turn>> {
    let holds = |desk: &'_ Desk| {
        desk.turn
            .as_ref()
            .is_some_and(|turn| turn.takes.contains(&take))
    };
    if holds(session.desk()) {
        return session.desk().turn.as_ref();
    }
    let mut steps = session.history.steps().iter().rev();
    steps.find(|step| holds(&step.desk))?.desk.turn.as_ref()
}

fn picture_key(slot: SlotId, subject: Subject, edit: Option<&Provenance>) -> u64 {
    let mut hasher = DefaultHasher::new();
    slot.hash(&mut hasher);
    subject.hash(&mut hasher);
    edit.map(|edit| edit.recipe.to_string()).hash(&mut hasher);
    hasher.finish()
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
