//! How work reaches an actor: a mailbox in which a newer question replaces an unread older one of the same key.
//! Asking never waits; the number of letters is bounded by the number of keys.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

struct Inner<K, T> {
    letters: Mutex<(BTreeMap<K, T>, bool)>,
    arrived: Condvar,
}

/// The end that asks. When the last one is dropped the actor's `next` returns `None`.
pub(crate) struct Sender<K, T>(Arc<Inner<K, T>>);

/// The actor's end.
pub(crate) struct Receiver<K, T>(Arc<Inner<K, T>>);

/// A new mailbox.
pub(crate) fn mailbox<K: Ord, T>() -> (Sender<K, T>, Receiver<K, T>) {
    let inner = Arc::new(Inner {
        letters: Mutex::new((BTreeMap::new(), true)),
        arrived: Condvar::new(),
    });
    (Sender(inner.clone()), Receiver(inner))
}

fn lock<K, T>(inner: &Inner<K, T>) -> MutexGuard<'_, (BTreeMap<K, T>, bool)> {
    inner.letters.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<K: Ord, T> Sender<K, T> {
    /// Leaves a letter; an unread one under the same key is replaced.
    pub(crate) fn put(&self, key: K, letter: T) {
        lock(&self.0).0.insert(key, letter);
        self.0.arrived.notify_one();
    }
    /// Takes every unread letter back.
    pub(crate) fn clear(&self) {
        lock(&self.0).0.clear();
    }
}

impl<K, T> Drop for Sender<K, T> {
    fn drop(&mut self) {
        lock(&self.0).1 = false;
        self.0.arrived.notify_all();
    }
}

impl<K: Ord, T> Receiver<K, T> {
    /// The letter of the lowest key; waits for one. `None` when nobody can ask any more.
    pub(crate) fn next(&self) -> Option<T> {
        let mut letters = lock(&self.0);
        loop {
            if let Some((_, letter)) = letters.0.pop_first() {
                return Some(letter);
            }
            if !letters.1 {
                return None;
            }
            letters = self
                .0
                .arrived
                .wait(letters)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
    /// True when a newer letter of that key waits: what is being done for it is stale.
    pub(crate) fn waiting(&self, key: &K) -> bool {
        lock(&self.0).0.contains_key(key)
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
}
