//! What each answer changes.

use std::sync::Arc;

use retake_core::{Said, Scorecard, said};

use super::{Engine, MessageKind, SlotState};
use crate::event::{Event, Opened, RunEnd, SlotId};
use crate::{Did, Ended, Session, Shown, Take, TakeId};

/// [`Engine::device`] when no graphics card renders.
const PROCESSOR: &str = "cpu";
/// Answers taken in between two frames: enough to keep up, few enough never to hold a frame up.
const AT_ONCE: usize = 256;

impl Engine {
    /// Takes in what actors have answered since the last time. True when something has changed.
    pub fn take_in(&mut self) -> bool {
        // before the answers, which were rendered after it
        let mut changed = self.notice();
        for _ in 0..AT_ONCE {
            match self.answers.try_recv() {
                Ok(event) => self.hear(event),
                Err(_) => break,
            }
            changed = true;
        }
        if changed || self.has_unkept() {
            self.keep();
        }
        changed
    }

    /// Says what the editor has to say, as of a graphics card that was given up. What lay there is asked for anew.
    fn notice(&mut self) -> bool {
        let Some(sentence) = self.kit.editor.notice() else {
            return false;
        };
        self.kit.device = PROCESSOR.to_owned();
        self.look_away();
        self.complain(sentence);
        true
    }

    fn hear(&mut self, event: Event) {
        match event {
            Event::Opened { slot, result } => self.opened(slot, result),
            Event::Thumbnail { slot, shown } => {
                if let Some(slot) = self.slots.iter_mut().find(|s| s.id == slot) {
                    slot.thumbnail = Some(shown);
                }
            }
            Event::Previewed {
                ticket,
                index,
                shown,
            } => {
                if let Some((session, take)) = self.asked(ticket, index) {
                    session.previews.insert(take, shown);
                }
            }
            Event::Stepped {
                ticket,
                index,
                done,
                total,
            } => {
                if let Some((session, take)) = self.asked(ticket, index)
                    && let Some(running) = &mut session.running
                {
                    running.step = Some((take, done, total));
                }
            }
            Event::Searched { ticket, happened } => {
                // any place of the run tells whose it is
                if let Some((session, _)) = self.asked(ticket, 0) {
                    let takes = session.running.as_ref().map(|run| &run.takes[..]);
                    session.search.hear(happened, takes.unwrap_or_default());
                }
            }
            Event::Spent { ticket, spent } => {
                if let Some((session, _)) = self.asked(ticket, 0) {
                    session.spent = Some(spent);
                }
            }
            Event::Unmade { ticket, index, why } => {
                if let Some((session, take)) = self.asked(ticket, index) {
                    session.previews.remove(&take);
                    session.failed.insert(take, why);
                    if let Some(running) = &mut session.running {
                        running.failed += 1;
                        running.step = None;
                    }
                }
            }
            Event::Offers { offers, gone } => self.listed(offers, gone),
            Event::EditorOpened { ticket, result } => self.editor_opened(ticket, result),
            Event::Made {
                ticket,
                index,
                provenance,
                kept,
                exact,
                shown,
                full_size,
            } => {
                let Some((session, id)) = self.asked(ticket, index) else {
                    return;
                };
                session.previews.remove(&id);
                let model = session.running.as_ref().and_then(|run| run.model.clone());
                let take = Take {
                    id,
                    index,
                    provenance,
                    model,
                    kept,
                    exact,
                    shown: Some(shown),
                    full_size,
                    card: None,
                    by: None,
                    near: false,
                    adjusted: false,
                    stale: false,
                };
                session.takes.insert(id, Arc::new(take));
                session.slim();
                if let Some(running) = &mut session.running {
                    running.made += 1;
                    running.step = None;
                }
            }
            Event::Scored {
                ticket,
                index,
                card,
                by,
                first,
            } => {
                let Some((session, id)) = self.asked(ticket, index) else {
                    return;
                };
                if let Some(take) = session.takes.get_mut(&id) {
                    let take = Arc::make_mut(take);
                    take.card = Some(card);
                    take.by = by;
                    take.exact = None;
                }
                if let Some(running) = &mut session.running
                    && !first
                {
                    running.scored += 1;
                }
                session.rank();
            }
            Event::Noticed(notices) => self.tell_notices(notices),
            Event::JudgeOpened { judge, result } => self.judge_opened(&judge, result),
            Event::Judging { ticket, done } => self.judging_goes_on(ticket, done),
            Event::Judged {
                ticket,
                slot,
                by,
                judged,
            } => self.judged(ticket, slot, by.as_ref(), judged),
            Event::JudgingEnded { ticket, notices } => self.judging_ended(ticket, notices),
            Event::Watched { ticket, watched } => self.watched(ticket, watched),
            Event::RunEnded { ticket, outcome } => self.run_ended(ticket, outcome),
            Event::Remade {
                slot,
                take,
                recipe,
                shown,
                full_size,
            } => {
                self.renew(slot, take, &recipe, |take| {
                    take.shown = Some(shown.clone());
                    take.full_size = full_size;
                });
                // the picture first; the maps of its reasons when nothing more is to be shown
                let here = self.slots.get(self.current).map(|slot| slot.id) == Some(slot);
                if here && !self.is_stale(take) {
                    self.remake(take);
                }
            }
            Event::Rescored {
                slot,
                take,
                recipe,
                card,
                near,
            } => {
                self.renew(slot, take, &recipe, |take| {
                    take.card = Some(match &take.card {
                        Some(known) if !take.stale => Arc::new(with_maps(known, &card)),
                        _ => {
                            take.near = near;
                            take.by = None;
                            card.clone()
                        }
                    });
                    take.exact = None;
                    take.stale = false;
                });
                if let Some(session) = self.session_of(slot) {
                    session.rank();
                }
                self.judge_if_it_waits(slot, take);
                // a judge is not asked about every rest of a hand on a slider
                let by_hand = |session: &Session| session.desk().adjusted.contains_key(&take);
                let by_hand = self
                    .session_of(slot)
                    .is_some_and(|session| by_hand(session));
                self.watch_over(slot, !by_hand);
            }
            Event::Seen { pane, seen } => {
                self.seen.insert(pane, seen);
            }
            Event::Compared { place, difference } => {
                self.differences.insert(place, difference);
            }
            Event::Found { slot, found } => {
                if let Some(session) = self.session_of(slot) {
                    session.found = Some(found);
                }
            }
            Event::Exported {
                slot,
                takes,
                paths,
                notes,
            } => {
                if self.notes_acts
                    && let Some(session) = self.session_of(slot)
                {
                    takes
                        .into_iter()
                        .for_each(|take| session.act(take, Did::Exported));
                }
                let text = match &paths[..] {
                    [path] => said!("Exported {path}.", path = path.display().to_string()),
                    _ => said!("Exported {count} pictures.", count = paths.len()),
                };
                let all = Said::sentences(std::iter::once(text).chain(notes));
                self.tell(MessageKind::Done, all, false);
            }
            Event::Traced { path, origin } => self.traced(&path, origin),
            Event::WantsAll(slot) => self.give_everything(slot),
            Event::NotKept { slot, sentence } => self.not_kept(slot, sentence),
            Event::KeptAgain(slot) => self.kept_again(slot),
            Event::Failed(sentence) => self.complain(sentence),
        }
    }

    fn opened(&mut self, id: SlotId, result: Result<Opened, Said>) {
        let Some(index) = self.slots.iter().position(|slot| slot.id == id) else {
            return;
        };
        if !matches!(self.slots[index].state, SlotState::Opening) {
            return;
        }
        match result {
            Ok(opened) => {
                let slot = &mut self.slots[index];
                let Opened {
                    photo,
                    working,
                    shown,
                    kept,
                    origin,
                } = opened;
                let notes = Said::sentences(photo.carried().notes.iter().cloned());
                slot.thumbnail.get_or_insert_with(|| small(&shown));
                let mut session = Session::new(slot.path.clone(), photo, working, shown);
                session.title = slot.title();
                let path = slot.path.clone();
                slot.state = SlotState::Open(Box::new(session));
                if !notes.is_empty() {
                    self.tell(MessageKind::Done, notes, false);
                }
                self.take_up(index, kept);
                self.choose_as_before(id);
                if let (Some(path), Some(origin)) = (path, origin) {
                    self.offer(&path, &origin);
                }
                self.adopt_what_waited(id);
                self.close_the_oldest();
            }
            Err(sentence) => {
                self.slots[index].state = SlotState::Failed(sentence.clone());
                self.complain(sentence);
            }
        }
    }

    /// A photo to which nothing was done yet is chosen from as the last one was.
    fn choose_as_before(&mut self, id: SlotId) {
        let weights = self.effort.weights();
        if let Some(session) = self.session_of(id)
            && session.history.steps().len() == 1
        {
            session.history.step_mut(0).desk.weights = weights;
        }
    }

    /// The session and take an answer of the maker is about, if its question is still asked.
    pub(super) fn asked(&mut self, ticket: u64, index: u64) -> Option<(&mut Session, TakeId)> {
        self.slots
            .iter_mut()
            .find_map(|slot| match &mut slot.state {
                SlotState::Open(session) => {
                    let running = session.running.as_ref()?;
                    let take = *running.takes.get(usize::try_from(index).ok()?)?;
                    (running.ticket == ticket).then_some((session.as_mut(), take))
                }
                _ => None,
            })
    }

    pub(super) fn run_ended(&mut self, ticket: u64, outcome: RunEnd) {
        let of_run = |slot: &&super::Slot| {
            let running = slot.session().and_then(|session| session.running.as_ref());
            running.is_some_and(|running| running.ticket == ticket)
        };
        let slot = self.slots.iter().find(of_run).map(|slot| slot.id);
        let Some((session, _)) = self.asked(ticket, 0) else {
            return;
        };
        let Some(running) = session.running.take() else {
            return;
        };
        session.previews.clear();
        session.ended = Some(match &outcome {
            RunEnd::Done => Ended::Done(running.elapsed().as_secs_f64()),
            RunEnd::Stopped => Ended::Stopped(running.made),
            RunEnd::OutOfTime => Ended::OutOfTime(running.made),
            RunEnd::Refused(sentence) => Ended::Failed(sentence.clone()),
        });
        session.rank();
        // of this run and none before it: its places are the last
        let mut takes = running.takes.iter().rev();
        let why = takes.find_map(|take| session.failed.get(take)).cloned();
        match outcome {
            RunEnd::Refused(sentence) => self.complain(sentence),
            RunEnd::OutOfTime => self.score_what_is_made(),
            RunEnd::Done if running.failed > 0 => {
                let why = why.unwrap_or_default();
                self.complain(said!(
                    "{failed} of {total} takes could not be made: {why}",
                    failed = running.failed,
                    total = running.total,
                    why
                ));
            }
            RunEnd::Done | RunEnd::Stopped => {}
        }
        if let Some(slot) = slot {
            self.judge_the_run(
                slot,
                &running.takes[running.first.min(running.takes.len())..],
            );
            self.watch_over(slot, true);
        }
    }

    /// Whether a take of the session that is shown waits for other scores.
    fn is_stale(&self, id: TakeId) -> bool {
        let take = self.session().and_then(|session| session.take(id));
        take.is_none_or(|take| take.stale || take.card.is_none())
    }

    /// Brings a take's kept picture or scores up to date wherever it stands with that recipe.
    pub(super) fn renew(
        &mut self,
        slot: SlotId,
        id: TakeId,
        recipe: &serde_json::Value,
        change: impl Fn(&mut Take),
    ) {
        let Some(session) = self.session_of(slot) else {
            return;
        };
        if let Some(take) = session.takes.get_mut(&id)
            && take.provenance.recipe == *recipe
        {
            change(Arc::make_mut(take));
        }
        session.history.amend(|desk| {
            if let Some(take) = desk.adjusted.get_mut(&id)
                && take.provenance.recipe == *recipe
            {
                change(Arc::make_mut(take));
            }
        });
    }
}

/// The scores that are known, with the maps of others of the same recipe.
fn with_maps(known: &Scorecard, other: &Scorecard) -> Scorecard {
    let mut card = known.clone();
    for (dimension, score) in &mut card.scores {
        let Some(other) = other.scores.get(dimension) else {
            continue;
        };
        score.evidence.clone_from(&other.evidence);
        for reason in &mut score.reasons {
            let same = other.reasons.iter().find(|other| other.id == reason.id);
            reason.evidence = same.and_then(|other| other.evidence.clone());
        }
    }
    card
}

/// A smaller copy for the filmstrip, every so many pixels one.
fn small(shown: &Shown) -> Arc<Shown> {
    let step = (shown.width.max(shown.height) / 192).max(1);
    let (width, height) = (shown.width.div_ceil(step), shown.height.div_ceil(step));
    let mut rgba = Vec::with_capacity(width * height * 4);
    for y in (0..shown.height).step_by(step) {
        for x in (0..shown.width).step_by(step) {
            let [r, g, b] = shown.at(x, y);
            rgba.extend([r, g, b, 255]);
        }
    }
    Arc::new(Shown {
        width,
        height,
        rgba,
    })
}
