//! What each command does.

use std::sync::Arc;

use retake_core::said;

use super::Engine;
use super::steps::eight_bits;
use crate::acts::told_by;
use crate::event::SlotId;
use crate::session::Drag;
use crate::{Command, Desk, Draft};

impl Engine {
    /// Does what was asked, or says in a message why not.
    pub fn obey(&mut self, command: Command) {
        let reorders = reorders(&command);
        let told = self.may_tell(&command);
        self.carry_out(command);
        if let Some((command, slot, desk)) = told {
            self.note_acts(&command, slot, &desk);
        }
        self.keep();
        if reorders {
            self.watch_here();
        }
        if let Some(session) = self.session_mut() {
            let masked = session.desk().mask.is_some();
            session.draft.read_again(masked);
        }
    }

    fn carry_out(&mut self, command: Command) {
        match command {
            Command::Open(paths) => self.open(&paths),
            Command::OpenPasted(pasted) => self.open_pasted(pasted),
            Command::OpenSample(sample) => self.open_sample(sample),
            Command::RestoreFrom(path) => self.restore_from(path),
            Command::Choose(index) => self.choose(index),
            Command::Close(index) => self.close(index),
            Command::Say(text) => {
                self.draft(|draft| *draft = Draft::of(&text));
                self.guess_ahead();
            }
            Command::ToggleChip(kind, index) => self.draft(|draft| draft.toggle(kind, index)),
            Command::Candidates(count) => self.effort.set_candidates(count),
            Command::Strategy(id) => self.effort.strategy = id,
            Command::SetStrategy(id, set) => self.effort.set_strategy(id, set),
            Command::SetSelector(id, set) => self.effort.set_selector(id, set),
            Command::Selector(id) => self.effort.selector = id,
            Command::JudgeCalls(limit) => self.effort.judge_calls = limit,
            Command::TimeLimit(limit) => self.effort.time_limit = limit,
            Command::Editor(id) => self.choose_editor(id),
            Command::EditorOfLastTime(id) => self.choose_as_last_time(id),
            Command::Tune(id, tuning) => self.tune(id, tuning),
            Command::Judges(seats) => self.seat(seats),
            Command::JudgesOfLastTime(seats) => self.seat_as_last_time(seats),
            Command::HoldOut(held_out) => self.hold_out(held_out),
            Command::OpenJudge(judge) => self.open_judge(judge),
            Command::ScoreAgain => self.score_again(),
            Command::StopJudging => self.stop_judging(),
            Command::LoadModel(model) => self.load(&model),
            Command::ListModels => self.list_models(),
            Command::Generate => self.generate(),
            Command::More => self.more(self.effort.candidates),
            Command::SomeMore(count) => self.more(count),
            Command::TryEditor(id) => self.try_editor(id),
            Command::MoreLike(take) => self.more_like(take),
            Command::Stop => self.stop(),
            Command::GoOnFrom(take) => self.go_on_from(take),
            Command::Flag(take, flag) => self.flag(take, flag),
            Command::Stars(take, stars) => self.stars(take, stars),
            Command::Weigh { weights, done } => {
                if done {
                    self.effort.selector = weights.selector;
                    self.effort.set_selector(weights.selector, weights.set());
                }
                self.step(Some(Drag::Weights), done, said!("Weights"), |desk| {
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
                self.step(None, true, said!("Recipe reset"), |desk| {
                    desk.adjusted.remove(&take);
                });
            }
            Command::Mask { mask, label } => {
                let mask = mask.map(|mask| Arc::new(eight_bits(&mask)));
                self.step(None, true, label, |desk| desk.mask = mask);
            }
            Command::Undo => self.travel(crate::History::undo),
            Command::Redo => self.travel(crate::History::redo),
            Command::JumpTo(index) => self.travel(|history| history.jump(index)),
            Command::Look { pane, view, pixels } => self.look(pane, view, pixels),
            Command::Compare {
                place,
                before,
                after,
            } => self.compare(place, before, after),
            Command::Find(region) => self.find(region),
            Command::Export(export) => self.export(export),
            Command::NoteActs(noted) => self.notes_acts = noted,
            Command::Dismiss(id) => self.messages.retain(|message| message.id != id),
        }
    }
}

impl Engine {
    /// What a command that may tell a liking is judged by afterwards.
    fn may_tell(&self, command: &Command) -> Option<(Command, SlotId, Desk)> {
        let may = matches!(
            command,
            Command::GoOnFrom(_)
                | Command::MoreLike(_)
                | Command::Undo
                | Command::Redo
                | Command::Adjust { done: true, .. }
        );
        let slot = self.slots.get(self.current)?;
        let session = slot.session()?;
        (may && self.notes_acts).then(|| (command.clone(), slot.id, session.desk().clone()))
    }

    fn note_acts(&mut self, command: &Command, slot: SlotId, before: &Desk) {
        if let Some(session) = self.session_of(slot) {
            for (take, did) in told_by(command, before, session) {
                session.act(take, did);
            }
        }
    }
}

/// Whether other takes may be the best afterwards, and stay so: a hand on a slider may still move.
fn reorders(command: &Command) -> bool {
    matches!(
        command,
        Command::Weigh { done: true, .. }
            | Command::Flag(..)
            | Command::Undo
            | Command::Redo
            | Command::JumpTo(_)
            | Command::Choose(_)
    )
}
