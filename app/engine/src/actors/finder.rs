//! The finder: where in the photo a named region lies, for a person to see before anything is run. The latest question
//! wins; what was found out about the latest photo is kept.

use std::cell::RefCell;
use std::sync::Arc;

use retake_core::{Mask, Raster, Region, SubjectFinder};
use retake_pixels::region::Regions;

use super::{Voice, spawn};
use crate::Found;
use crate::event::{Event, SlotId};
use crate::mailbox::{Sender, mailbox};

pub(crate) struct Question {
    pub(crate) slot: SlotId,
    pub(crate) working: Arc<Raster>,
    pub(crate) region: Region,
    /// what "the painted mask" means
    pub(crate) painted: Option<Arc<Mask>>,
}

/// `eye` finds the subject before the rules are asked.
pub(crate) fn start(eye: Option<Arc<dyn SubjectFinder>>, voice: Voice) -> Sender<(), Question> {
    let (sender, receiver) = mailbox();
    let latest: RefCell<Option<(SlotId, Regions)>> = RefCell::new(None);
    spawn(
        "finder",
        voice,
        move || receiver.next(),
        move |question: Question, voice: &Voice| {
            let known = latest.borrow_mut().take();
            let regions = match known {
                Some((slot, regions)) if slot == question.slot => regions,
                _ => Regions::of(&question.working).with_finder(eye.clone()),
            };
            let regions = regions.with_painted(question.painted.as_deref().cloned());
            let (width, height) = (question.working.width, question.working.height);
            let mask = regions.mask(&question.region, width, height);
            let sure = |part: &retake_core::Part| regions.confidence(part.kind);
            let confidence = question.region.parts.iter().map(sure).fold(1.0, f32::min);
            voice.say(Event::Found {
                slot: question.slot,
                found: Found {
                    region: question.region,
                    mask: Arc::new(mask),
                    confidence,
                },
            });
            *latest.borrow_mut() = Some((question.slot, regions));
        },
    );
    sender
}
