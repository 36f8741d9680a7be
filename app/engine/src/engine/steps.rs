//! Steps of the history: marks, sliders, masks, and going back and forth among them.

use std::sync::Arc;

use retake_core::{Mask, Said, said};

use super::turns::turn_of;
use super::{Engine, MessageKind};
use crate::actors::adjuster::{self, How, Source, Wanted};
use crate::session::Drag;
use crate::take::{Missing, missing};
use crate::{Desk, Flag, Mark, Session, Take, TakeId, Turn};

impl Engine {
    pub(super) fn flag(&mut self, take: TakeId, flag: Flag) {
        let Some(session) = self.session() else {
            return;
        };
        let Some(number) = session.take(take).map(|take| take.index + 1) else {
            return;
        };
        let was = session.desk().mark(take);
        let flag = if was.flag == flag { Flag::None } else { flag };
        let label = match flag {
            Flag::Picked => said!("Picked take {number}", number),
            Flag::Rejected => said!("Rejected take {number}", number),
            Flag::None => said!("Unmarked take {number}", number),
        };
        self.mark(take, Mark { flag, ..was }, label.clone());
        self.tell(MessageKind::Done, label, true);
    }

    pub(super) fn stars(&mut self, take: TakeId, stars: u8) {
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
            said!("{stars} stars for take {number}", stars, number),
        );
    }

    pub(super) fn mark(&mut self, take: TakeId, mark: Mark, label: Said) {
        self.step(None, true, label, |desk| {
            if mark == Mark::default() {
                desk.marks.remove(&take);
            } else {
                desk.marks.insert(take, mark);
            }
        });
    }

    /// A step of the history. While one thing is dragged its values amend the same step.
    pub(super) fn step(
        &mut self,
        drag: Option<Drag>,
        done: bool,
        label: Said,
        change: impl FnOnce(&mut Desk),
    ) {
        self.withdraw_undo();
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

    pub(super) fn adjust(
        &mut self,
        id: TakeId,
        recipe: serde_json::Value,
        label: Said,
        done: bool,
    ) {
        let Some(session) = self.session() else {
            return;
        };
        let Some(take) = session.take(id) else { return };
        if let Some(model) = &take.model {
            return self.complain(said!(
                "Take {number} was made by {model} and has no recipe that can be changed; go on from it with the darkroom instead.",
                number = take.index + 1,
                model = model.name.clone()
            ));
        }
        let was_same = take.provenance.recipe == recipe;
        let mut adjusted = take.as_ref().clone();
        adjusted.stale |= !was_same;
        adjusted.adjusted = true;
        adjusted.provenance.recipe = recipe;
        let drag = Drag::Recipe(
            id,
            label
                .to_string()
                .split([' ', '+', '-', '−'])
                .next()
                .unwrap_or_default()
                .to_owned(),
        );
        self.step(Some(drag), done, label, |desk| {
            desk.adjusted.insert(id, Arc::new(adjusted));
        });
        self.look_again(id);
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
        let unscored = take.stale || take.card.is_none();
        let Some(how) = self.how_to_have(session, take) else {
            return;
        };
        let source = self.source_of(session, turn);
        let question = adjuster::Question {
            slot: slot.id,
            take: id,
            bottom: session.bottom(),
            instruction: turn.instruction.clone(),
            recipe: take.provenance.recipe.clone(),
            how,
            source,
            wanted: match missing {
                Missing::Maps => Wanted::Scores,
                _ if unscored => Wanted::Both,
                _ => Wanted::Picture,
            },
        };
        self.staff.adjuster.put(question.key(), question);
    }

    /// Where the picture of a take comes from. No model is run again for one that is there or was kept, not even for its
    /// scores: the sliders of other takes would wait for it.
    pub(super) fn how_to_have(&self, session: &Session, take: &Take) -> Option<How> {
        match (&take.exact, &take.kept) {
            (Some(exact), _) => Some(How::Exact(exact.clone(), take.full_size)),
            (None, Some(kept)) => Some(How::Kept(kept.clone(), take.full_size)),
            (None, None) => match self.making(session, take) {
                Some(Ok(making)) => Some(How::Made(making)),
                _ => None,
            },
        }
    }

    /// What the takes of a turn are judged against.
    pub(super) fn source_of(&self, session: &Session, turn: &Turn) -> Source {
        let base = turn.base.as_ref();
        match base.map(|base| self.making_of_base(session, base)) {
            None => Source::Photo,
            Some(Some(Ok(base))) => Source::Edit(Box::new(base)),
            Some(_) => Source::Away,
        }
    }

    pub(super) fn travel(&mut self, go: impl FnOnce(&mut crate::History) -> bool) {
        let Some(session) = self.session_mut() else {
            return;
        };
        session.dragging = None;
        if !go(&mut session.history) {
            return;
        }
        session.rank();
        session.slim();
        self.withdraw_undo();
        self.remake_the_sheet();
    }
}

/// A mask as files keep them: 255 steps.
pub(super) fn eight_bits(mask: &Mask) -> Mask {
    let step = |&value: &f32| (value.clamp(0.0, 1.0) * 255.0).round() / 255.0;
    Mask {
        values: mask.values.iter().map(step).collect(),
        ..*mask
    }
}
