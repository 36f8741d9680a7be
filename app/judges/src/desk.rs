//! Where answers of a model in this process are written side by side, whoever asked for them: threads that asked read
//! their questions one after another, then one of them writes a token of every open answer at a time while the others
//! wait. Who joins and who leaves changes nothing in what the others are told.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use retake_core::{Said, Watch};
use retake_vision::qwen_vl::{Answer, QwenVl, Writing};

use crate::JudgeError;

/// How long somebody waits before they look whether they were stopped.
const LOOK: Duration = Duration::from_millis(50);

/// See the module.
#[derive(Default)]
pub(crate) struct Desk {
    state: Mutex<State>,
    turned: Condvar,
    /// held by whoever reads a question: reading keeps all cores busy
    reading: Mutex<()>,
}

#[derive(Default)]
struct State {
    /// threads that read a question or wait for their turn to: answers wait for them, to be written together
    readers: usize,
    /// whether somebody writes
    written: bool,
    next: u64,
    open: Vec<(u64, Writing)>,
    done: BTreeMap<u64, Result<Writing, Said>>,
    /// whose asker left
    left: BTreeSet<u64>,
}

impl Desk {
    /// Reads a question, while nobody else reads one.
    pub(crate) fn read<T>(&self, read: impl FnOnce() -> T) -> T {
        self.state().readers += 1;
        let _reader = Reader(self);
        let _turn = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        read()
    }

    /// Writes an answer to its end.
    pub(crate) fn write(
        &self,
        model: &QwenVl,
        writing: Writing,
        watch: &dyn Watch,
    ) -> Result<Answer, JudgeError> {
        let mut state = self.state();
        let mine = state.next;
        state.next += 1;
        state.open.push((mine, writing));
        loop {
            if let Some(done) = state.done.remove(&mine) {
                drop(state);
                let answer = done.and_then(|writing| {
                    let answer = model.answer(writing);
                    answer.map_err(|fault| Said::words(fault.to_string()))
                });
                return answer.map_err(JudgeError::Unanswered);
            }
            if watch.stopped() {
                state.left.insert(mine);
                return Err(JudgeError::Stopped);
            }
            if state.written || state.readers > 0 {
                let waited = self.turned.wait_timeout(state, LOOK);
                state = waited.unwrap_or_else(PoisonError::into_inner).0;
                continue;
            }
            state = self.write_one(model, state);
        }
    }

    /// One more token of every open answer.
    fn write_one<'d>(
        &'d self,
        model: &QwenVl,
        mut state: MutexGuard<'d, State>,
    ) -> MutexGuard<'d, State> {
        let State { open, left, .. } = &mut *state;
        open.retain(|(id, _)| !left.remove(id));
        let now = open.len().min(QwenVl::SIDE_BY_SIDE);
        let mut some: Vec<(u64, Writing)> = open.drain(..now).collect();
        state.written = true;
        drop(state);
        let wrote = {
            let _pen = Pen(self);
            model.write(
                &mut some
                    .iter_mut()
                    .map(|(_, writing)| writing)
                    .collect::<Vec<_>>(),
            )
        };
        let mut state = self.state();
        for (id, writing) in some {
            match &wrote {
                Err(fault) => {
                    let why = Said::words(fault.to_string());
                    state.done.insert(id, Err(why));
                }
                Ok(()) if writing.finished() => {
                    state.done.insert(id, Ok(writing));
                }
                Ok(()) => state.open.push((id, writing)),
            }
        }
        let State { done, left, .. } = &mut *state;
        left.retain(|id| done.remove(id).is_none());
        self.turned.notify_all();
        state
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Somebody who reads, until they are done or gone.
struct Reader<'d>(&'d Desk);

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        self.0.state().readers -= 1;
        self.0.turned.notify_all();
    }
}

/// Whoever writes has it, and lays it down even where they fall.
struct Pen<'d>(&'d Desk);

impl Drop for Pen<'_> {
    fn drop(&mut self) {
        self.0.state().written = false;
        self.0.turned.notify_all();
    }
}
