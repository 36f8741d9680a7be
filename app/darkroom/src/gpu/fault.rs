//! What can go wrong on a device (memory, a lost card, a driver's refusal) as one sentence, never a panic.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use retake_core::Stop;
use wgpu::{Error, ErrorFilter};

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

    /// Does work on the device; whatever the device reports meanwhile becomes the error.
    pub(super) fn watched<T>(
        &self,
        device: &wgpu::Device,
        name: &str,
        work: impl FnOnce() -> Result<T, Stop>,
    ) -> Result<T, Stop> {
        if self.lost.load(Ordering::Relaxed) {
            return Err(lost(name));
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
        if self.lost.load(Ordering::Relaxed) {
            return Err(lost(name));
        }
        match seen.into_iter().flatten().next().or(stray) {
            Some(error) => Err(sentence(name, &error)),
            None => result.unwrap_or_else(|_| Err(lost(name))),
        }
    }
}

fn lost(name: &str) -> Stop {
    Stop::Failed(format!(
        "The graphics card {name} stopped answering; use --device cpu."
    ))
}

fn sentence(name: &str, error: &Error) -> Stop {
    Stop::Failed(match error {
        Error::OutOfMemory { .. } => {
            format!("The graphics card {name} ran out of memory; use --device cpu.")
        }
        Error::Validation { description, .. } | Error::Internal { description, .. } => {
            let words: Vec<&str> = description.split_whitespace().collect();
            let words = words.join(" ");
            format!("The graphics card {name} refused the work ({words}); use --device cpu.")
        }
    })
}
