//! The watcher: shows chosen takes to a judge that takes no part in the choice, at a small size.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use retake_core::{Instruction, Raster, Said, Scorecard, Stop, Watch, said};

use super::adjuster::{How, Source, picture_of, source_of};
use super::{Voice, spawn};
use crate::event::Event;
use crate::judges::Panel;
use crate::mailbox::{Sender, mailbox};
use crate::making::{Stand, Stands};
use crate::run::guarding::small;
use crate::{OpenJudge, ScoredBy, TakeId, score};

pub(crate) struct Question {
    pub(crate) ticket: u64,
    pub(crate) stop: Arc<AtomicBool>,
    /// who is asked, for people
    pub(crate) name: String,
    pub(crate) open: OpenJudge,
    pub(crate) bottom: Stand,
    pub(crate) instruction: Arc<Instruction>,
    pub(crate) source: Source,
    /// with their recipes
    pub(crate) takes: Vec<(TakeId, serde_json::Value, How)>,
}

/// What came of it; nothing where what the takes are judged against cannot be had now.
#[derive(Default)]
pub(crate) struct Watched {
    pub(crate) by: Arc<ScoredBy>,
    pub(crate) cards: Vec<(TakeId, serde_json::Value, Arc<Scorecard>)>,
    pub(crate) notices: Vec<Said>,
}

/// Hears whether it is still wanted.
struct Listens<'a>(&'a AtomicBool);

impl Watch for Listens<'_> {
    fn progress(&self, _stage: &'static str, _done: usize, _total: usize) {}
    fn stopped(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

pub(crate) fn start(stands: Stands, voice: Voice) -> Sender<(), Question> {
    let (sender, receiver) = mailbox();
    spawn(
        "watcher",
        voice,
        move || receiver.next(),
        move |question: Question, voice: &Voice| {
            // a fault of the judge's own must not leave the window waiting for it
            let looked = std::panic::AssertUnwindSafe(|| look(&question, &stands));
            let watched = match std::panic::catch_unwind(looked) {
                Ok(Ok(watched)) => Ok(watched),
                Ok(Err(Stop::Cancelled)) => return,
                Ok(Err(Stop::Failed(why))) => Err(said!(
                    "{judge}, which watches over the choice, could not look at it: {why}",
                    judge = question.name.clone(),
                    why
                )),
                Err(_) => Err(said!(
                    "The judge that watches over the choice met a fault of its own; please report it."
                )),
            };
            voice.say(Event::Watched {
                ticket: question.ticket,
                watched,
            });
        },
    );
    sender
}

fn look(question: &Question, stands: &Stands) -> Result<Watched, Stop> {
    let source = source_of(&question.source, stands, &question.bottom).map_err(Stop::Failed)?;
    let Some(source) = source else {
        return Ok(Watched::default());
    };
    let source = small(&source);
    let watch = Listens(&question.stop);
    let mut pictures = Vec::with_capacity(question.takes.len());
    for (_, _, how) in &question.takes {
        if watch.stopped() {
            return Err(Stop::Cancelled);
        }
        let picture = picture_of(how, stands, &question.bottom).map_err(Stop::Failed)?;
        pictures.push(small(&picture));
    }
    let edited: Vec<&Raster> = pictures.iter().collect();
    let rewards = (question.open.rewards)();
    let cards = score(&source, &edited, &question.instruction, &rewards, &watch)?;
    let panel = Panel {
        judges: vec![(question.name.clone(), question.open.clone())],
        join: None,
    };
    let mut notices: Vec<Said> = rewards.iter().flat_map(|reward| reward.notices()).collect();
    notices.dedup();
    let takes = question.takes.iter().zip(cards);
    Ok(Watched {
        by: Arc::new(panel.told(&rewards)),
        cards: takes
            .map(|((take, recipe, _), card)| (*take, recipe.clone(), Arc::new(slim(card))))
            .collect(),
        notices,
    })
}

/// Without maps, which nobody looks at.
fn slim(mut card: Scorecard) -> Scorecard {
    crate::run::without_maps(&mut card);
    card
}
