//! The actors: named threads that own the heavy work. Each reads questions from a mailbox or a bounded queue and answers
//! with events; a panic in one question becomes a message and the actor goes on with the next.

use retake_core::{Said, said};

pub(crate) mod adjuster;
pub(crate) mod comparer;
pub(crate) mod developer;
pub(crate) mod exporter;
pub(crate) mod finder;
pub(crate) mod jury;
pub(crate) mod keeper;
pub(crate) mod loader;
pub(crate) mod maker;
pub(crate) mod opener;
mod places;
mod traced;
pub(crate) mod usher;
pub(crate) mod watcher;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::event::{Event, Events};

/// Tells the window that an answer lies there.
pub(crate) type Wake = Arc<dyn Fn() + Send + Sync>;

/// How an actor answers.
#[derive(Clone)]
pub(crate) struct Voice {
    pub(crate) events: Events,
    pub(crate) wake: Wake,
}

impl Voice {
    pub(crate) fn say(&self, event: Event) {
        // nobody listens any more when the program ends
        if self.events.send(event).is_ok() {
            (self.wake)();
        }
    }
}

/// Starts an actor that works off questions until `next` has none left.
pub(crate) fn spawn<T: Send + 'static>(
    name: &'static str,
    voice: Voice,
    next: impl Fn() -> Option<T> + Send + 'static,
    work: impl Fn(T, &Voice) + Send + 'static,
) {
    let body = move || {
        while let Some(question) = next() {
            if let Err(fault) = catch_unwind(AssertUnwindSafe(|| work(question, &voice))) {
                let what = fault
                    .downcast_ref::<String>()
                    .map(String::as_str)
                    .or_else(|| fault.downcast_ref::<&str>().copied())
                    .unwrap_or("no message");
                voice.say(Event::Failed(said!(
                    "A fault of the program itself in its {part}, please report it: {what}. Everything else goes on.",
                    part = Said::name(name),
                    what
                )));
            }
        }
    };
    let started = std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(body);
    // without threads there is no program; the operating system refuses them only when it has none left
    assert!(started.is_ok(), "the system gives no more threads");
}
