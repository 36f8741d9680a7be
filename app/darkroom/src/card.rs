//! A graphics card with the processor behind it: when the card fails it is given up for as long as the program runs, the
//! work is done on all cores, and one sentence says so.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use retake_core::{Photo, Picture, Raster, Rect, Said, Stop};

use crate::gpu::{Gpu, going_on, strip_rows};
use crate::render::Plan;

/// The card, and whether it still works.
pub(crate) struct Card {
    gpu: Arc<Gpu>,
    /// it is the window's own device
    shared: bool,
    given_up: AtomicBool,
    notice: Mutex<Option<Said>>,
}

impl Card {
    pub(crate) fn new(gpu: Arc<Gpu>, shared: bool) -> Self {
        Self {
            gpu,
            shared,
            given_up: AtomicBool::new(false),
            notice: Mutex::new(None),
        }
    }
    pub(crate) fn gpu(&self) -> &Gpu {
        &self.gpu
    }
    pub(crate) fn is_shared(&self) -> bool {
        self.shared
    }
    pub(crate) fn works(&self) -> bool {
        !self.given_up.load(Ordering::Acquire)
    }
    /// What is to be told, once. A card that was lost without any work on it is given up here.
    pub(crate) fn notice(&self) -> Option<Said> {
        if let Some(loss) = self.gpu.loss().filter(|_| self.works()) {
            self.give_up(&loss);
        }
        self.notice
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }
    /// What the card makes; `None` when it cannot, or could not before.
    pub(crate) fn tries<T>(&self, work: impl FnOnce(&Gpu) -> Result<T, Stop>) -> Option<T> {
        if !self.works() {
            return None;
        }
        let fault = match work(&self.gpu) {
            Ok(made) => return Some(made),
            Err(fault) => fault,
        };
        self.give_up(&fault);
        None
    }
    fn give_up(&self, fault: &Stop) {
        if !self.given_up.swap(true, Ordering::AcqRel) {
            *self.notice.lock().unwrap_or_else(PoisonError::into_inner) = Some(going_on(fault));
        }
    }
}

/// An edit at full resolution, rendered on the card as its rows are read, and on all cores once it has failed.
pub(crate) struct OnCardOrCores {
    pub(crate) card: Arc<Card>,
    pub(crate) plan: Plan,
    pub(crate) photo: Photo,
}

impl Picture for OnCardOrCores {
    fn size(&self) -> (usize, usize) {
        self.plan.size()
    }
    fn rows(&self, y: Range<usize>) -> Result<Raster, Stop> {
        let (width, _) = self.plan.size();
        self.part(Rect {
            x0: 0,
            y0: y.start,
            x1: width,
            y1: y.end,
        })
    }
    fn part(&self, rect: Rect) -> Result<Raster, Stop> {
        let made = self
            .card
            .tries(|gpu| gpu.render(&self.plan, &self.photo, rect));
        Ok(made.unwrap_or_else(|| self.plan.render(&self.photo, rect)))
    }
    fn strip_rows(&self) -> usize {
        strip_rows(&self.plan)
    }
}
