//! Turns: an instruction becomes a group of takes, is added to, is stopped.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use retake_core::{Said, said};

use super::editors::PreparedRun;
use super::ways::{below, same};
use super::{Engine, MessageKind, Offer};
use crate::actors::maker;
use crate::desk::{Base, Turn};
use crate::effort::MOST_CANDIDATES;
use crate::session::Running;
use crate::{Desk, Draft, Model, Search, Session, TakeId};

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
        if draft.text().trim().is_empty() {
            return self.complain(said!(
                "Say what should change, for example “warmer, golden hour”."
            ));
        }
        let mut guessed = None;
        if !self.takes_any_sentence() {
            if let Some(words) = draft.generative() {
                let words = words.to_owned();
                return self.refuse_for_the_darkroom(words);
            }
            if let Some(problem) = draft.problem() {
                if !draft.is_unknown() {
                    return self.complain(problem);
                }
                match self.guess(&problem) {
                    Ok(instruction) => guessed = Some(instruction),
                    Err(why) => return self.complain(why),
                }
            } else if !draft.ready() {
                return self.complain(said!(
                    "Say what should change, for example “warmer, golden hour”."
                ));
            }
        }
        let found = guessed.as_ref();
        let found = found.and_then(|read| Some(read.understood.nearest.as_ref()?.said(&read.text)));
        let mut instruction = guessed.unwrap_or_else(|| draft.instruction());
        let desk = session.desk().clone();
        instruction.mask = desk.mask.as_deref().cloned();
        let words = instruction.text.trim();
        let model = self.chosen();
        let label = match &model {
            None => said!("{words}, {count} takes", words, count),
            Some(model) => said!(
                "{words}, {count} takes by {model}",
                words,
                count,
                model = model.name.clone()
            ),
        };
        self.begin(label, instruction, desk.base, None, (count, model));
        if let Some(found) = found {
            self.tell(MessageKind::Done, found, false);
        }
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
        // a neighbour is found on the way of the take, which only its own editor knows
        let model = like.model.clone();
        let like = Base {
            take,
            recipe: like.provenance.recipe.clone(),
        };
        self.begin(
            label,
            instruction,
            turn.base.clone(),
            Some(like),
            (count, model),
        );
    }

    /// A new group: a step of the history and a question to the maker.
    pub(super) fn begin(
        &mut self,
        label: Said,
        instruction: retake_core::Instruction,
        base: Option<Base>,
        like: Option<Base>,
        (count, model): (usize, Option<Model>),
    ) {
        let masked = instruction.mask.is_some();
        let Some(needs) = self.may_begin(base.as_ref(), model.as_ref(), masked) else {
            return;
        };
        self.stop();
        self.withdraw_undo();
        let searched = self.effort.searched();
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
            model,
            searched: Some(searched),
            seed: number - 1,
            takes,
        };
        let mut desk = session.desk().clone();
        desk.turn = Some(Arc::new(turn));
        session.dragging = None;
        session.history.push(label, desk);
        session.rank();
        session.slim();
        self.run(0, count, needs);
    }

    /// The model that a run needs in memory, if any; `None` when it cannot be, or the strategy's settings contradict each
    /// other, which is told.
    fn may_begin(
        &mut self,
        base: Option<&Base>,
        model: Option<&Model>,
        masked: bool,
    ) -> Option<Option<Model>> {
        if let Some(why) = self.effort.contradiction() {
            self.complain(said!(
                "{why} Set the strategy otherwise in the menu beside the line.",
                why
            ));
            return None;
        }
        match self.needs(self.session()?, base, model, masked) {
            Ok(needs) => Some(needs),
            Err(sentence) => {
                self.complain(sentence);
                if let Some(message) = self.messages.last_mut() {
                    message.offer = Some(Offer::FromPhoto);
                }
                None
            }
        }
    }

    /// More of the group by another editor, which stays chosen if it can.
    pub(super) fn try_editor(&mut self, id: Option<String>) {
        let before = std::mem::replace(&mut self.effort.editor, id);
        self.more(self.effort.candidates);
        let runs = |session: &Session| session.running.is_some();
        if !self.session().is_some_and(runs) {
            self.effort.editor = before;
        }
    }

    pub(super) fn more(&mut self, count: usize) {
        let count = count.clamp(1, MOST_CANDIDATES);
        let Some(turn) = self
            .session()
            .and_then(|session| session.desk().turn.clone())
        else {
            return;
        };
        let model = match &turn.like {
            Some(_) => turn.model.clone(),
            None => self.chosen(),
        };
        if model.is_none() && turn.like.is_none() && !self.takes_any_sentence() {
            let understood = &turn.instruction.understood;
            let beyond = understood.generative.first().map(|part| part.words.clone());
            let none = || turn.instruction.text.trim().to_owned();
            if let Some(words) = beyond.or_else(|| understood.goals.is_empty().then(none)) {
                return self.refuse_for_the_darkroom(words);
            }
        }
        let masked = turn.instruction.mask.is_some();
        let Some(needs) = self.may_begin(turn.base.as_ref(), model.as_ref(), masked) else {
            return;
        };
        self.stop();
        self.withdraw_undo();
        let label = match &model {
            None => said!("{count} more takes", count),
            Some(model) => said!(
                "{count} more takes by {model}",
                count,
                model = model.name.clone()
            ),
        };
        let searched = self.effort.searched();
        let Some(session) = self.session_mut() else {
            return;
        };
        let first = turn.takes.len();
        let mut longer = turn.as_ref().clone();
        longer.model = model;
        longer.searched = Some(searched);
        longer
            .takes
            .extend((0..count as u64).map(|i| TakeId(session.next_take + i)));
        session.next_take += count as u64;
        let mut desk = session.desk().clone();
        desk.turn = Some(Arc::new(longer));
        session.history.push(label, desk);
        session.rank();
        self.run(first as u64, count, needs);
    }

    /// Asks the maker for candidates of the turn on the desk, when the model that is needed for it is there.
    fn run(&mut self, first: u64, count: usize, needs: Option<Model>) {
        let ticket = self.fresh();
        let effort = self.effort.clone();
        let settings = self.settings_of_next_run();
        let built_in = self.kit.editor.clone();
        self.open_who_is_away();
        let panel = self.panel_of_strategy();
        let Some(session) = self.session_mut() else {
            return;
        };
        let Some(turn) = session.desk().turn.clone() else {
            return;
        };
        let stop = Arc::new(AtomicBool::new(false));
        let now = Instant::now();
        session.ended = None;
        session.search = Search::default();
        session.guarded = None;
        session.spent = None;
        session.running = Some(Running {
            ticket,
            total: count,
            made: 0,
            scored: 0,
            failed: 0,
            model: turn.model.clone(),
            loading: false,
            step: None,
            since: now,
            begun: now,
            stop: stop.clone(),
            first: first as usize,
            takes: turn.takes.clone(),
        });
        let base = turn.base.as_ref();
        let below = base.map_or_else(Vec::new, |base| below(session, base, turn.model.as_ref()));
        // its own earlier edit goes into its recipe; another editor's lies below
        let own = base.filter(|base| {
            let take = session.take_as_made(base.take);
            take.is_none_or(|take| same(take.model.as_ref(), turn.model.as_ref()))
        });
        let question = maker::Question {
            ticket,
            stop,
            editor: built_in,
            keeps: turn.model.is_some(),
            bottom: session.bottom(),
            grounds: Vec::new(),
            instruction: turn.instruction.as_ref().clone(),
            first,
            count,
            seed: turn.seed,
            base: own.map(|base| base.recipe.clone()),
            before: session.turns_before(base),
            like: turn.like.as_ref().map(|like| like.recipe.clone()),
            settings,
            strategy: effort.strategy,
            strategy_set: effort.strategy_set(effort.strategy),
            panel,
            weights: session.desk().weights.clone(),
            judge_calls: effort.judge_calls,
            until: effort.time_limit.map(|limit| now + limit),
        };
        let run = PreparedRun {
            model: turn.model.clone(),
            below,
            question,
        };
        self.ask_maker(ticket, needs, run);
    }

    pub(super) fn stop(&mut self) {
        self.staff.maker.clear();
        if let Some(session) = self.session_mut()
            && let Some(running) = session.running.take()
        {
            running.stop.store(true, Ordering::Relaxed);
            session.previews.clear();
            session.ended = Some(crate::Ended::Stopped(running.made));
            self.wait_no_more(running.ticket);
            self.score_what_is_made();
            if let Some(slot) = self.slots.get(self.current).map(|slot| slot.id) {
                self.judge_the_run(
                    slot,
                    &running.takes[running.first.min(running.takes.len())..],
                );
                self.watch_over(slot, true);
            }
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
pub(crate) fn turn_of(session: &Session, take: TakeId) -> Option<&Arc<Turn>> {
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
