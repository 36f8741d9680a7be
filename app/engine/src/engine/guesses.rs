//! What is not understood at all is taken for the nearest known words, if a network that knows what sentences mean is
//! there. It reads those words on a thread of its own, once somebody types what nobody understands.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use retake_core::{Instruction, Meanings, Said, said};
use retake_language::{InstructionError, Lexicon, Nearest, understand_nearest};

use super::Engine;
use crate::actors::Wake;

/// The nearest known words, and whether they are being read.
pub(super) struct Guesses {
    nearest: Arc<Nearest>,
    begun: AtomicBool,
    wake: Wake,
}

impl Guesses {
    pub(super) fn new(meanings: Arc<dyn Meanings>, wake: Wake) -> Self {
        Self {
            nearest: Arc::new(Nearest::new(meanings)),
            begun: AtomicBool::new(false),
            wake,
        }
    }

    /// Reads the words, the first time.
    fn begin(&self) {
        if self.begun.swap(true, Ordering::Relaxed) {
            return;
        }
        let (nearest, wake) = (self.nearest.clone(), self.wake.clone());
        let read = move || {
            nearest.prepare();
            wake();
        };
        // without a thread nothing is found, and the sentence is refused as before
        let _ = std::thread::Builder::new()
            .name("meanings".to_owned())
            .spawn(read);
    }
}

impl Engine {
    /// Looks ahead while somebody types.
    pub(super) fn guess_ahead(&self) {
        let unknown = self
            .session()
            .is_some_and(|session| session.draft.is_unknown());
        if let (true, Some(guesses)) = (unknown, &self.guesses) {
            guesses.begin();
        }
    }

    /// Whether what is not understood may be taken for something that is.
    pub(super) fn may_guess(&self) -> bool {
        self.guesses.is_some()
    }

    /// The draft, of which nothing was understood, as the nearest known words; or why not.
    pub(super) fn guess(&self, problem: &Said) -> Result<Instruction, Said> {
        let (Some(session), Some(guesses)) = (self.session(), &self.guesses) else {
            return Err(said!(
                "{problem}; {help}",
                problem,
                help = InstructionError::what_would_help()
            ));
        };
        if !guesses.nearest.is_ready() {
            guesses.begin();
            return Err(said!(
                "Nothing of this is known; the nearest look is being looked for, press Enter again in a moment."
            ));
        }
        let masked = session.desk().mask.is_some();
        let nearest = Some(guesses.nearest.as_ref());
        understand_nearest(session.draft.text(), Lexicon::built_in(), masked, nearest)
            .map_err(|error| error.said())
    }
}
