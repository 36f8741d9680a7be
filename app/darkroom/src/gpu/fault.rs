//! What can go wrong on a device (memory, a lost card, a driver's refusal) as one sentence, never a panic.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use retake_core::{Said, SaidValue, Stop, said};
use wgpu::{Error, ErrorFilter};

/// Words of a driver's or shader compiler's complaint that are passed on.
const MOST_WORDS: usize = 24;
/// What went wrong, said to somebody whose work goes on without the card.
pub(crate) fn going_on(fault: &Stop) -> Said {
    let said = fault.said();
    let what = match said.value("what") {
        Some(SaidValue::Said(what)) => what.clone(),
        _ => said,
    };
    said!("{what}; Retake goes on with the processor.", what)
}

/// What a device has reported outside the work that was watched.
pub(super) struct Faults {
    lost: Arc<AtomicBool>,
    stray: Arc<Mutex<Option<Error>>>,
}

impl Faults {
    /// Listens to a device.
    pub(super) fn of(device: &wgpu::Device) -> Self {
        let (lost, stray) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(None)));
        let (is_lost, strays) = (Arc::clone(&lost), Arc::clone(&stray));
        device.set_device_lost_callback(move |_, _| is_lost.store(true, Ordering::Relaxed));
        device.on_uncaptured_error(Arc::new(move |error| {
            *strays.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
        }));
        Self { lost, stray }
    }

    /// Of a device that another listens to.
    pub(super) fn told_by(lost: Arc<AtomicBool>) -> Self {
        Self {
            lost,
            stray: Arc::default(),
        }
    }

    /// What there is to say of a device that is there no more.
    pub(super) fn loss(&self, name: &str) -> Option<Stop> {
        self.lost().then(|| gone(name))
    }

    /// True when the device is there no more.
    pub(super) fn lost(&self) -> bool {
        self.lost.load(Ordering::Relaxed)
    }

    /// The same, to be looked at later.
    pub(super) fn whether_lost(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.lost)
    }

    /// Does work on the device; whatever the device reports meanwhile becomes the error.
    pub(super) fn watched<T>(
        &self,
        device: &wgpu::Device,
        name: &str,
        work: impl FnOnce() -> Result<T, Stop>,
    ) -> Result<T, Stop> {
        if self.lost() {
            return Err(gone(name));
        }
        let scopes = [
            ErrorFilter::Internal,
            ErrorFilter::Validation,
            ErrorFilter::OutOfMemory,
        ]
        .map(|filter| device.push_error_scope(filter));
        // wgpu panics when a card is lost while it is waited for
        let result = catch_unwind(AssertUnwindSafe(work));
        let [internal, validation, memory] = scopes;
        let seen = [memory, validation, internal].map(|scope| pollster::block_on(scope.pop()));
        let stray = self
            .stray
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if self.lost() {
            return Err(gone(name));
        }
        match seen.into_iter().flatten().next().or(stray) {
            Some(error) => Err(sentence(name, &error)),
            None => result.unwrap_or_else(|_| Err(gone(name))),
        }
    }
}

fn gone(name: &str) -> Stop {
    advised(said!("The graphics card {name} stopped answering", name))
}

fn advised(what: Said) -> Stop {
    Stop::Failed(said!("{what}; use --device cpu.", what))
}

fn sentence(name: &str, error: &Error) -> Stop {
    advised(match error {
        Error::OutOfMemory { .. } => {
            said!("The graphics card {name} ran out of memory", name)
        }
        Error::Validation { description, .. } | Error::Internal { description, .. } => {
            // as much as a person reads, without the drawings around it
            let words = description.split_whitespace();
            let words: Vec<&str> = words.filter(|w| w.is_ascii()).take(MOST_WORDS).collect();
            let words = words.join(" ");
            said!(
                "The graphics card {name} refused the work ({words})",
                name,
                words
            )
        }
    })
}
