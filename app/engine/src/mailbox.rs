//! How work reaches an actor: a mailbox in which a newer question replaces an unread older one of the same key.
//! Asking never waits; the number of letters is bounded by the number of keys. Whoever has a [`Glance`] sees whether
//! the actor rests.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

struct State<K, T> {
    letters: BTreeMap<K, T>,
    /// somebody can still ask
    open: bool,
    /// since when the actor has nothing to do; `None` while it works on a letter
    resting: Option<Instant>,
}

struct Inner<K, T> {
    state: Mutex<State<K, T>>,
    /// a letter came, the last sender went, or the actor began to rest
    changed: Condvar,
}

/// The end that asks. When the last one is dropped the actor's `next` returns `None`.
pub(crate) struct Sender<K, T>(Arc<Inner<K, T>>);

/// The actor's end.
pub(crate) struct Receiver<K, T>(Arc<Inner<K, T>>);

/// Sees whether the actor rests, and asks nothing.
pub(crate) struct Glance<K, T>(Arc<Inner<K, T>>);

/// A new mailbox.
pub(crate) fn mailbox<K: Ord, T>() -> (Sender<K, T>, Receiver<K, T>) {
    let inner = Arc::new(Inner {
        state: Mutex::new(State {
            letters: BTreeMap::new(),
            open: true,
            resting: None,
        }),
        changed: Condvar::new(),
    });
    (Sender(inner.clone()), Receiver(inner))
}

fn lock<K, T>(inner: &Inner<K, T>) -> MutexGuard<'_, State<K, T>> {
    inner.state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<K: Ord, T> Sender<K, T> {
    /// Leaves a letter; an unread one under the same key is replaced.
    pub(crate) fn put(&self, key: K, letter: T) {
        lock(&self.0).letters.insert(key, letter);
        self.0.changed.notify_all();
    }
    /// Takes every unread letter back.
    pub(crate) fn clear(&self) {
        lock(&self.0).letters.clear();
    }
    /// To see how its actor is doing.
    pub(crate) fn glance(&self) -> Glance<K, T> {
        Glance(self.0.clone())
    }
}

impl<K, T> Drop for Sender<K, T> {
    fn drop(&mut self) {
        lock(&self.0).open = false;
        self.0.changed.notify_all();
    }
}

impl<K: Ord, T> Receiver<K, T> {
    /// The letter of the lowest key; waits for one. `None` when nobody can ask any more.
    pub(crate) fn next(&self) -> Option<T> {
        let mut state = lock(&self.0);
        state.resting = Some(Instant::now());
        self.0.changed.notify_all();
        loop {
            if let Some((_, letter)) = state.letters.pop_first() {
                state.resting = None;
                return Some(letter);
            }
            if !state.open {
                return None;
            }
            state = self
                .0
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
    /// True when nobody can ask any more.
    pub(crate) fn is_closed(&self) -> bool {
        !lock(&self.0).open
    }
    /// True when a newer letter of that key waits: what is being done for it is stale.
    pub(crate) fn waiting(&self, key: &K) -> bool {
        lock(&self.0).letters.contains_key(key)
    }
}

impl<K, T> Glance<K, T> {
    /// Waits until the actor has rested for so long, at most for `patience`.
    pub(crate) fn wait_for_rest(&self, long: Duration, patience: Duration) {
        let until = Instant::now() + patience;
        let mut state = lock(&self.0);
        loop {
            let rested = match state.resting {
                Some(since) if state.letters.is_empty() => Some(since.elapsed()),
                _ => None,
            };
            let left = until.saturating_duration_since(Instant::now());
            let enough = rested.is_some_and(|rested| rested >= long);
            if enough || left.is_zero() || !state.open {
                return;
            }
            let nap = rested.map_or(left, |rested| left.min(long - rested));
            let woken = self.0.changed.wait_timeout(state, nap);
            state = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newer_letter_replaces_an_unread_one_of_its_key() {
        let (sender, receiver) = mailbox();
        sender.put(1, "old");
        sender.put(0, "other");
        sender.put(1, "new");
        assert_eq!(
            [receiver.next(), receiver.next()],
            [Some("other"), Some("new")]
        );
    }

    #[test]
    fn an_actor_nobody_can_ask_goes_home() {
        let (sender, receiver) = mailbox::<(), ()>();
        let actor = std::thread::spawn(move || receiver.next());
        drop(sender);
        assert_eq!(actor.join().expect("it does not panic"), None);
    }

    #[test]
    fn whoever_lets_another_go_first_waits_until_it_rests() {
        let (sender, receiver) = mailbox::<u8, ()>();
        let glance = sender.glance();
        sender.put(0, ());
        let actor = std::thread::spawn(move || {
            while receiver.next().is_some() {
                std::thread::sleep(Duration::from_millis(40));
            }
        });
        let since = Instant::now();
        glance.wait_for_rest(Duration::from_millis(5), Duration::from_secs(20));
        assert!(since.elapsed() >= Duration::from_millis(40));
        drop(sender);
        actor.join().expect("it does not panic");
    }

    #[test]
    fn nobody_waits_for_ever_for_an_actor_that_never_rests() {
        let (sender, _receiver) = mailbox::<u8, ()>();
        sender.put(0, ());
        let since = Instant::now();
        let glance = sender.glance();
        glance.wait_for_rest(Duration::ZERO, Duration::from_millis(20));
        assert!(since.elapsed() >= Duration::from_millis(20));
    }
}
