//! Something that takes its time, on a thread of its own: it tells how far it is, is stopped by being let go, and its answer
//! is there one frame.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, TryRecvError, channel};

use retake_core::Watch;

/// Draws the window again.
pub(crate) type Wake = Arc<dyn Fn() + Send + Sync>;

/// How far it is, and whether anybody still waits.
#[derive(Default)]
pub(crate) struct Teller {
    stop: AtomicBool,
    done: AtomicUsize,
    total: AtomicUsize,
}

impl Teller {
    /// So many are done.
    pub(crate) fn done(&self, done: usize) {
        self.done.store(done, Ordering::Relaxed);
    }
}

impl Watch for Teller {
    fn progress(&self, _stage: &'static str, done: usize, total: usize) {
        self.done.store(done, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
    }
    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

/// What came of it.
pub(crate) enum Came<T> {
    /// nothing yet
    Waiting,
    /// the answer
    Answer(T),
    /// its thread ended without one
    Lost,
}

/// See the module.
pub(crate) struct Errand<T> {
    answers: Receiver<T>,
    teller: Arc<Teller>,
}

impl<T: Send + 'static> Errand<T> {
    /// Sends a thread off.
    pub(crate) fn begin(
        name: &str,
        wake: &Wake,
        body: impl FnOnce(&Teller) -> T + Send + 'static,
    ) -> Self {
        let (sender, answers) = channel();
        let teller = Arc::new(Teller::default());
        let (told, wake) = (teller.clone(), wake.clone());
        let thread = move || {
            let answer = body(&told);
            // whoever asked may have gone
            let _ = sender.send(answer);
            wake();
        };
        // without a thread the answer is lost, and that is told
        let _ = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(thread);
        Self { answers, teller }
    }
    /// The answer, once.
    pub(crate) fn came(&self) -> Came<T> {
        match self.answers.try_recv() {
            Ok(answer) => Came::Answer(answer),
            Err(TryRecvError::Empty) => Came::Waiting,
            Err(TryRecvError::Disconnected) => Came::Lost,
        }
    }
    /// Asks it to end; it answers with what it has.
    pub(crate) fn stop(&self) {
        self.teller.stop.store(true, Ordering::Relaxed);
    }
    /// (done, of how many; 0 where nobody knows)
    pub(crate) fn progress(&self) -> (usize, usize) {
        let number = |number: &AtomicUsize| number.load(Ordering::Relaxed);
        (number(&self.teller.done), number(&self.teller.total))
    }
}

impl<T> Drop for Errand<T> {
    fn drop(&mut self) {
        self.teller.stop.store(true, Ordering::Relaxed);
    }
}
