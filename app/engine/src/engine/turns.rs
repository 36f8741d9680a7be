//! Turns: an instruction becomes a group of takes, is added to, is stopped.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use retake_core::{Said, said};

use super::Engine;
use crate::actors::maker;
use crate::desk::{Base, Turn};
use crate::session::Running;
use crate::{Desk, Draft, Session, TakeId};

impl Engine {
    pub(super) fn draft(&mut self, change: impl FnOnce(&mut Draft)) {
        if let Some(session) = self.session_mut() {
            change(&mut session.draft);
        }
    }

    pub(super) fn generate(&mut self) {
        let count = self.effort.candidates;
        let Some(session) = self.session() else {
            return self.complain(said!(
                "Open a photo first: drop one on the window, or press Ctrl+O."
            ));
        };
        let draft = &session.draft;
        if let Some(words) = draft.generative() {
            let text = said!(
                "“{words}” needs new content, which the darkroom cannot make; a diffusion editor is needed for it. Take those words out to run the rest.",
                words
            );
            return self.complain(text);
        }
        if let Some(problem) = draft.problem() {
            return self.complain(problem);
        }
        if !draft.ready() {
            return self.complain(said!(
                "Say what should change, for example “warmer, golden hour”."
            ));
        }
        let mut instruction = draft.instruction();
        let desk = session.desk().clone();
        instruction.mask = desk.mask.as_deref().cloned();
        let label = said!(
            "{words}, {count} takes",
            words = instruction.text.trim(),
            count
        );
        self.begin(label, instruction, desk.base, None, count);
    }

    pub(super) fn more_like(&mut self, take: TakeId) {
        let count = self.effort.candidates;
        let Some(session) = self.session() else {
            return;
        };
        let (Some(turn), Some(like)) = (session.desk().turn.clone(), session.take(take)) else {
            return;
        };
        let instruction = turn.instruction.as_ref().clone();
        let label = said!("More like take {number}", number = like.index + 1);
        let like = Base {
            take,
            recipe: like.provenance.recipe.clone(),
        };
        self.begin(label, instruction, turn.base.clone(), Some(like), count);
    }

    /// A new group: a step of the history and a question to the maker.
    pub(super) fn begin(
        &mut self,
        label: Said,
        instruction: retake_core::Instruction,
        base: Option<Base>,
        like: Option<Base>,
        count: usize,
    ) {
        self.stop();
        self.withdraw_undo();
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

    pub(super) fn more(&mut self) {
        let count = self.effort.candidates;
        self.stop();
        self.withdraw_undo();
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
        session
            .history
            .push(said!("{count} more takes", count), desk);
        session.rank();
        self.run(first as u64, count);
    }

    /// Asks the maker for candidates of the turn on the desk.
    pub(super) fn run(&mut self, first: u64, count: usize) {
        let ticket = self.fresh();
        let effort = self.effort.clone();
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
            strategy: effort.strategy,
            weights: session.desk().weights,
            until: effort.time_limit.map(|limit| Instant::now() + limit),
        };
        self.staff.maker.put((), question);
    }

    pub(super) fn stop(&mut self) {
        self.staff.maker.clear();
        if let Some(session) = self.session_mut()
            && let Some(running) = session.running.take()
        {
            running.stop.store(true, Ordering::Relaxed);
            session.previews.clear();
            session.ended = Some(crate::Ended::Stopped(running.made));
            self.score_what_is_made();
        }
    }

    /// What was made but not yet scored when a run was ended early still gets its scores.
    pub(super) fn score_what_is_made(&mut self) {
        let Some(session) = self.session() else {
            return;
        };
        let sheet = session.sheet();
        let unscored = sheet.iter().filter(|take| take.card.is_none());
        let unscored: Vec<TakeId> = unscored.map(|take| take.id).collect();
        for take in unscored {
            self.remake(take);
        }
    }

    pub(super) fn go_on_from(&mut self, take: Option<TakeId>) {
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
            Some(take) => said!("Go on from take {number}", number = take.index + 1),
            None => said!("Go on from the photo"),
        };
        self.step(None, true, label, |desk| desk.base = base);
        self.draft(|draft| *draft = Draft::default());
    }
}

/// The turn a take was made in, wherever in the history it is.
pub(super) fn turn_of(session: &Session, take: TakeId) -> Option<&Arc<Turn>> {
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
