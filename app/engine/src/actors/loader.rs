//! The loader: opens models and lists those that are installed. Loading takes seconds to minutes; only one is in memory
//! beside the built-in editor, so that the one before is waited for until nobody works with it any more.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Arc, Weak};
use std::time::Duration;

use retake_core::{Editor, Said, said};

use super::{Voice, spawn};
use crate::event::Event;
use crate::mailbox::{Receiver, Sender, mailbox};
use crate::{Editors, Kit, Model};

/// How often it is looked whether the model before is gone.
const NAP: Duration = Duration::from_millis(20);

/// Opening goes before listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    Open,
    List,
}

pub(crate) enum Question {
    Open {
        ticket: u64,
        model: Model,
        /// the one whose memory is needed
        before: Option<Weak<dyn Editor>>,
    },
    List {
        /// a model that should be here
        wanted: Option<String>,
    },
}

pub(crate) fn start(kit: &Kit, voice: Voice) -> Sender<Key, Question> {
    let (sender, receiver) = mailbox();
    let receiver = Arc::new(receiver);
    let (editors, inbox) = (kit.editors.clone(), receiver.clone());
    spawn(
        "loader",
        voice,
        move || receiver.next(),
        move |question, voice: &Voice| match question {
            Question::List { wanted } => {
                let offers = (editors.offers)();
                let here = |id: &String| {
                    offers.iter().any(|offer| offer.id == *id) || Path::new(id).exists()
                };
                let gone = wanted.filter(|id| !here(id));
                voice.say(Event::Offers { offers, gone });
            }
            Question::Open {
                ticket,
                model,
                before,
            } => {
                if gone(before.as_ref(), &inbox) {
                    let result = opened(&editors, &model);
                    // one that another has overtaken makes room for it
                    if !inbox.waiting(&Key::Open) {
                        voice.say(Event::EditorOpened { ticket, result });
                    }
                }
            }
        },
    );
    sender
}

/// Waits until nobody holds the one before; false when another one is wanted by then.
fn gone(before: Option<&Weak<dyn Editor>>, inbox: &Receiver<Key, Question>) -> bool {
    while before.is_some_and(|before| before.strong_count() > 0) {
        if inbox.waiting(&Key::Open) || inbox.is_closed() {
            return false;
        }
        std::thread::sleep(NAP);
    }
    true
}

fn opened(editors: &Editors, model: &Model) -> Result<Arc<dyn Editor>, Said> {
    // a panic must not leave the window waiting for a model
    catch_unwind(AssertUnwindSafe(|| (editors.open)(model))).unwrap_or_else(|_| {
        Err(said!(
            "the model met a fault of its own while it was loaded; please report it"
        ))
    })
}
