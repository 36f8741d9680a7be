//! What a person does with a take tells whether they like it, without their saying so. Acts are noted in the session's
//! journal, which stays on this machine, and the lab learns from them; who has opted out leaves none.

use std::time::SystemTime;

use crate::engine::turns::turn_of;
use crate::{Command, Desk, Session, TakeId};

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Did {
    /// written to a file
    Exported,
    /// the next instruction was to go on from it
    GoneOn,
    /// more like it were asked for
    Neighbours,
    /// its sliders were moved
    Adjusted,
    /// going on from it, or asking for more like it, was undone
    TakenBack,
}

/// Something that was done with a take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Act {
    /// with which
    pub take: TakeId,
    /// what
    pub did: Did,
    /// when
    pub at: SystemTime,
}

/// Takes that a desk builds on, and how.
fn built_on(desk: &Desk) -> Vec<(TakeId, Did)> {
    let turn = desk.turn.as_deref();
    let gone_on = [desk.base.as_ref(), turn.and_then(|turn| turn.base.as_ref())];
    let like = turn.and_then(|turn| turn.like.as_ref());
    let gone_on = gone_on.into_iter().flatten();
    gone_on
        .map(|base| (base.take, Did::GoneOn))
        .chain(like.map(|base| (base.take, Did::Neighbours)))
        .collect()
}

/// What a command has told, by the desk before it and the session after it. Exports tell when they are written.
pub(crate) fn told_by(command: &Command, before: &Desk, after: &Session) -> Vec<(TakeId, Did)> {
    let (was, is) = (built_on(before), built_on(after.desk()));
    let news = |is: &[(TakeId, Did)], was: &[(TakeId, Did)]| -> Vec<(TakeId, Did)> {
        let new = is
            .iter()
            .filter(|(take, _)| !was.iter().any(|(known, _)| known == take));
        new.copied().collect()
    };
    match command {
        Command::GoOnFrom(Some(_)) | Command::MoreLike(_) | Command::Redo => news(&is, &was),
        // whoever goes back to the photo before anything was made of the take has thought better of it
        Command::GoOnFrom(None) | Command::Undo => {
            let left = news(&was, &is).into_iter();
            left.map(|(take, _)| (take, Did::TakenBack)).collect()
        }
        Command::Adjust {
            take, done: true, ..
        } if turn_of(after, *take).is_some() => {
            vec![(*take, Did::Adjusted)]
        }
        _ => Vec::new(),
    }
}

impl Session {
    /// What was done with takes so far, the oldest first.
    pub fn acts(&self) -> &[Act] {
        &self.acts
    }

    /// Notes an act; the same of the same take twice in a row is one.
    pub(crate) fn act(&mut self, take: TakeId, did: Did) {
        let last = self.acts.iter().rev().find(|act| act.take == take);
        if last.is_none_or(|last| last.did != did) {
            let at = SystemTime::now();
            self.acts.push(Act { take, did, at });
        }
    }
}
