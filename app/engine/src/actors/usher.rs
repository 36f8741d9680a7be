//! The usher: opens judges, one after the other. Loading one takes seconds.

use std::panic::{AssertUnwindSafe, catch_unwind};

use retake_core::{Said, said};

use super::{Voice, spawn};
use crate::event::Event;
use crate::mailbox::{Sender, mailbox};
use crate::{Judge, Judges, Kit, OpenJudge};

pub(crate) fn start(kit: &Kit, voice: Voice) -> Sender<Judge, Judge> {
    let (sender, receiver) = mailbox();
    let judges = kit.judges.clone();
    spawn(
        "usher",
        voice,
        move || receiver.next(),
        move |judge: Judge, voice: &Voice| {
            let result = opened(&judges, &judge);
            voice.say(Event::JudgeOpened { judge, result });
        },
    );
    sender
}

fn opened(judges: &Judges, judge: &Judge) -> Result<OpenJudge, Said> {
    // a panic must not leave the window waiting for a judge
    catch_unwind(AssertUnwindSafe(|| (judges.open)(judge))).unwrap_or_else(|_| {
        Err(said!(
            "the judge met a fault of its own while it was loaded; please report it"
        ))
    })
}
