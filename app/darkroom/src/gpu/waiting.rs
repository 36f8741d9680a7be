//! Waiting for the device without standing in anybody's way.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use retake_core::{Stop, said};

use super::Gpu;

/// Work that takes longer than this is that of a card that hangs: drivers give up after some seconds, and an emulated card
/// takes a minute for the heaviest tile.
const PATIENCE: Duration = Duration::from_secs(600);
/// How often it is looked whether the work is done, at first and later.
const LOOKS: [Duration; 2] = [Duration::from_micros(100), Duration::from_millis(1)];
/// From now on work is long.
const LONG: Duration = Duration::from_millis(20);

impl Gpu {
    /// Waits until all that was handed in is done. It looks again and again rather than wait inside wgpu, which would hold
    /// a lock there that the window's frames need.
    pub(super) fn rest(&self) -> Result<(), Stop> {
        let done = Arc::new(AtomicBool::new(false));
        let tell = Arc::clone(&done);
        self.queue
            .on_submitted_work_done(move || tell.store(true, Ordering::Release));
        let since = Instant::now();
        loop {
            let polled = self.device.poll(wgpu::PollType::Poll);
            if done.load(Ordering::Acquire) {
                return Ok(());
            }
            if polled.is_err() || self.faults.lost() || since.elapsed() > PATIENCE {
                return Err(Stop::Failed(said!("The graphics card never finished.")));
            }
            std::thread::sleep(LOOKS[usize::from(since.elapsed() > LONG)]);
        }
    }

    /// On a window's device, waits until the step is done, so that a frame never waits for more than one.
    pub(super) fn pause(&self) -> Result<(), Stop> {
        if self.shared { self.rest() } else { Ok(()) }
    }
}
