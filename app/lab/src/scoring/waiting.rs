//! Cases between whoever reads them and the threads that score them. Of those that wait, the ones of one source go to one
//! thread, one after the other: what was opened and measured of a source then serves its edits.

use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::case::Case;
use crate::picture::Picture;

/// Cases that wait at most.
const MOST_CASES: usize = 1024;
/// Bytes of pictures in their rows that wait at most; names of files are not counted.
const MOST_BYTES: usize = 64 << 20;

/// Which source a case is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Of(u64);

impl Of {
    /// `None` for a case whose source nobody has.
    pub(super) fn case(case: &Case) -> Option<Self> {
        let mut hasher = DefaultHasher::new();
        match case.source.as_ref()? {
            Picture::Bytes(bytes) => bytes.hash(&mut hasher),
            Picture::File(path) => path.hash(&mut hasher),
            Picture::Away(_) => return None,
        }
        Some(Self(hasher.finish()))
    }
}

/// A case and its source.
pub(super) type Next = (Option<Of>, Case);

/// The cases that wait.
pub(super) struct Waiting {
    line: Mutex<Line>,
    changed: Condvar,
}

struct Line {
    cases: VecDeque<Next>,
    bytes: usize,
    /// no more will come
    closed: bool,
    /// a thread that scored has broken down
    broken: bool,
    /// the source that each thread has at hand
    at_hand: Vec<Option<Of>>,
}

impl Waiting {
    /// For this many threads.
    pub(super) fn for_threads(threads: usize) -> Self {
        Self {
            line: Mutex::new(Line {
                cases: VecDeque::new(),
                bytes: 0,
                closed: false,
                broken: false,
                at_hand: vec![None; threads],
            }),
            changed: Condvar::new(),
        }
    }

    /// Lets a case wait; the caller waits while there are too many. False when nobody will take it, as a thread has broken
    /// down.
    pub(super) fn put(&self, case: Case) -> bool {
        let bytes = bytes_of(&case);
        let next = (Of::case(&case), case);
        let full = |line: &mut Line| {
            !line.broken
                && !line.cases.is_empty()
                && (line.cases.len() >= MOST_CASES || line.bytes + bytes > MOST_BYTES)
        };
        let line = self.changed.wait_while(self.line(), full);
        let mut line = line.unwrap_or_else(PoisonError::into_inner);
        if line.broken {
            return false;
        }
        line.bytes += bytes;
        line.cases.push_back(next);
        drop(line);
        self.changed.notify_all();
        true
    }

    /// Says that no more will come once it is let go, also by whoever breaks down while reading.
    pub(super) fn closing(&self) -> impl Drop + '_ {
        AtLast(|| {
            self.line().closed = true;
            self.changed.notify_all();
        })
    }

    /// Lets nobody wait any longer if the thread that holds it breaks down.
    pub(super) fn guarded(&self) -> impl Drop + '_ {
        AtLast(|| {
            if std::thread::panicking() {
                let mut line = self.line();
                (line.closed, line.broken) = (true, true);
                line.cases.clear();
                drop(line);
                self.changed.notify_all();
            }
        })
    }

    /// The next case for this thread, once there is one: of the source that it has at hand, or else the first of a source that
    /// no other thread has, or else the first. `None` when there are no more.
    pub(super) fn take(&self, thread: usize) -> Option<Next> {
        let none_yet = |line: &mut Line| line.cases.is_empty() && !line.closed;
        let line = self.changed.wait_while(self.line(), none_yet);
        let mut line = line.unwrap_or_else(PoisonError::into_inner);
        let at = line.best_for(thread);
        let next = line.cases.remove(at)?;
        line.bytes -= bytes_of(&next.1);
        line.at_hand[thread] = next.0;
        drop(line);
        self.changed.notify_all();
        Some(next)
    }

    fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Does something when it is let go.
struct AtLast<F: FnMut()>(F);

impl<F: FnMut()> Drop for AtLast<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

impl Line {
    fn best_for(&self, thread: usize) -> usize {
        let place = |fits: &dyn Fn(Of) -> bool| {
            let mut sources = self.cases.iter().map(|(of, _)| *of);
            sources.position(|of| of.is_some_and(fits))
        };
        let mine = self.at_hand[thread].and_then(|mine| place(&|of| of == mine));
        let nobodys = || place(&|of| !self.at_hand.contains(&Some(of)));
        mine.or_else(nobodys).unwrap_or(0)
    }
}

/// Of the pictures that lie in the row itself.
fn bytes_of(case: &Case) -> usize {
    let takes = case.takes.iter().map(|take| &take.picture);
    let all = takes.chain([&case.source, &case.mask]).flatten();
    all.map(|picture| match picture {
        Picture::Bytes(bytes) => bytes.len(),
        _ => 0,
    })
    .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn case(id: usize, source: &str) -> Case {
        Case {
            id: id.to_string(),
            source: Some(Picture::File(source.into())),
            ..Case::default()
        }
    }

    fn filled(threads: usize, sources: &[&str]) -> Waiting {
        let waiting = Waiting::for_threads(threads);
        for (id, source) in sources.iter().enumerate() {
            assert!(waiting.put(case(id, source)));
        }
        drop(waiting.closing());
        waiting
    }

    fn taken(waiting: &Waiting, threads: &[usize]) -> Vec<String> {
        let ids = threads.iter().map_while(|thread| waiting.take(*thread));
        ids.map(|(_, case)| case.id).collect()
    }

    #[test]
    fn the_cases_of_a_source_come_one_after_the_other() {
        let waiting = filled(1, &["a", "b", "c", "b", "a", "b"]);
        assert_eq!(taken(&waiting, &[0; 9]), ["0", "4", "1", "3", "5", "2"]);
    }

    #[test]
    fn two_threads_do_not_look_at_one_source_while_there_are_others() {
        let waiting = filled(2, &["a", "a", "b", "b"]);
        assert_eq!(taken(&waiting, &[0, 1, 0, 1]), ["0", "2", "1", "3"]);
    }

    #[test]
    fn a_thread_helps_with_the_last_source() {
        let waiting = filled(2, &["a", "a", "a"]);
        assert_eq!(taken(&waiting, &[0, 1, 1, 0]), ["0", "1", "2"]);
    }

    #[test]
    fn cases_without_a_source_keep_their_order() {
        let waiting = Waiting::for_threads(1);
        for id in 0..3 {
            waiting.put(Case {
                id: id.to_string(),
                ..Case::default()
            });
        }
        drop(waiting.closing());
        assert_eq!(taken(&waiting, &[0; 4]), ["0", "1", "2"]);
    }

    #[test]
    fn who_reads_waits_while_too_many_bytes_wait() {
        let waiting = Waiting::for_threads(1);
        let large = |id: usize| Case {
            source: Some(Picture::Bytes(vec![id as u8; MOST_BYTES / 2 + 1])),
            ..case(id, "")
        };
        let read = std::sync::atomic::AtomicUsize::new(0);
        let count = || read.load(std::sync::atomic::Ordering::SeqCst);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let _closing = waiting.closing();
                for id in 0..3 {
                    waiting.put(large(id));
                    read.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                }
            });
            for taken in 0..3 {
                while count() <= taken {
                    std::thread::sleep(Duration::from_millis(1));
                }
                std::thread::sleep(Duration::from_millis(20));
                assert_eq!(count(), taken + 1);
                assert!(waiting.take(0).is_some());
            }
        });
        assert!(waiting.take(0).is_none());
    }

    #[test]
    fn a_case_larger_than_the_room_is_let_in_alone() {
        let waiting = Waiting::for_threads(1);
        waiting.put(Case {
            source: Some(Picture::Bytes(vec![0; MOST_BYTES + 1])),
            ..Case::default()
        });
        assert!(waiting.take(0).is_some());
    }
    #[test]
    fn whoever_breaks_down_leaves_nobody_waiting() {
        let waiting = Waiting::for_threads(2);
        let broken = std::thread::scope(|scope| {
            let broken = scope.spawn(|| {
                let _guarded = waiting.guarded();
                let taken = waiting.take(0);
                assert!(taken.is_none(), "breaks down");
            });
            let other = scope.spawn(|| waiting.take(1));
            waiting.put(case(0, "a"));
            waiting.put(case(1, "b"));
            let _ = other.join();
            broken.join().is_err()
        });
        assert!(broken);
        assert!(waiting.take(1).is_none());
        assert!(!waiting.put(case(2, "c")));
    }
}
