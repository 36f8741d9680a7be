//! The adjuster: renders a take again while a person moves its sliders, then scores it. The latest question wins; a
//! picture is shown before its scores are there. What the screen waits for, the developer's work, goes before both.

use std::sync::Arc;
use std::time::Duration;

use retake_core::{Instruction, Raster, Reward, Said, Watch};

use super::developer::Screen;
use super::maker::small_maps;
use super::{Voice, spawn};
use crate::event::{Event, SlotId};
use crate::kept::unpacked;
use crate::mailbox::{Receiver, Sender, mailbox};
use crate::making::{Making, Stand, Stands};
use crate::{Kit, Shown, TakeId, score};

/// A hand on a slider that has not moved for so long is at rest.
const REST: Duration = Duration::from_millis(60);
/// The longest that a take waits for the screen.
const PATIENCE: Duration = Duration::from_secs(2);

pub(crate) struct Question {
    pub(crate) slot: SlotId,
    pub(crate) take: TakeId,
    pub(crate) bottom: Stand,
    pub(crate) instruction: Arc<Instruction>,
    /// the recipe the answer is about
    pub(crate) recipe: serde_json::Value,
    pub(crate) how: How,
    /// what it is judged against
    pub(crate) source: Source,
    pub(crate) wanted: Wanted,
}

/// Where a take's picture comes from.
pub(crate) enum How {
    /// its editor makes it again
    Made(Making),
    /// it is as it was made; with the size of the edit at full resolution
    Exact(Arc<Raster>, (usize, usize)),
    /// it was kept as a small file; with the same size
    Kept(Arc<[u8]>, (usize, usize)),
}

/// What a take is judged against.
pub(crate) enum Source {
    /// the photo
    Photo,
    /// an edit of it that its own editor goes on from, or the last of those of other editors
    Edit(Box<Making>),
    /// an edit that cannot be had now
    Away,
}

/// What is wanted of a take; pictures come before scores nobody waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Wanted {
    /// its picture, then its scores
    Both,
    /// its picture: the scores are known
    Picture,
    /// scores for the sake of their maps
    Scores,
}

/// Questions about different things of one take do not replace each other.
pub(crate) type Key = (bool, SlotId, TakeId);

impl Question {
    /// In the order they are worked off.
    pub(crate) fn key(&self) -> Key {
        (self.wanted == Wanted::Scores, self.slot, self.take)
    }
}

/// Called off when a newer question about the same take waits.
struct Overtaken<'a> {
    inbox: &'a Receiver<Key, Question>,
    key: Key,
}

impl Watch for Overtaken<'_> {
    fn progress(&self, _stage: &'static str, _done: usize, _total: usize) {}
    fn stopped(&self) -> bool {
        self.inbox.waiting(&self.key)
    }
}

/// `screen` is the developer, who goes first.
pub(crate) fn start(
    kit: &Kit,
    stands: Stands,
    voice: Voice,
    screen: Screen,
) -> Sender<Key, Question> {
    let (sender, receiver) = mailbox();
    let receiver = Arc::new(receiver);
    let rewards = kit.rewards.clone();
    let inbox = receiver.clone();
    spawn(
        "adjuster",
        voice,
        move || receiver.next(),
        move |question: Question, voice: &Voice| {
            let watch = Overtaken {
                inbox: &inbox,
                key: question.key(),
            };
            screen.wait_for_rest(REST, PATIENCE);
            // a hand that is still moving wants the next picture, not this one
            if watch.stopped() {
                return;
            }
            if let Err(sentence) = answer(&question, &stands, &rewards, voice, &watch) {
                voice.say(Event::Failed(sentence));
            }
        },
    );
    sender
}

fn answer(
    question: &Question,
    stands: &Stands,
    rewards: &[Box<dyn Reward>],
    voice: &Voice,
    watch: &dyn Watch,
) -> Result<(), Said> {
    let recipe = question.recipe.clone();
    let bottom = &question.bottom;
    let (picture, full_size) = match &question.how {
        How::Exact(picture, full_size) => (picture.clone(), *full_size),
        How::Kept(kept, full_size) => (Arc::new(unpacked(kept)?), *full_size),
        How::Made(making) => {
            let stand = stands.on(&making.grounds, bottom)?;
            let picture = making.redo(&stand, stand.working.clone())?;
            let own = (stand.photo.width(), stand.photo.height());
            // known already where only the maps are missing, and of what is generated
            let full_size = match question.wanted {
                Wanted::Scores => own,
                _ if making.editor.info().generative => own,
                _ => making.develop(&stand).map_or(own, |whole| whole.size()),
            };
            (Arc::new(picture), full_size)
        }
    };
    if question.wanted != Wanted::Scores {
        voice.say(Event::Remade {
            slot: question.slot,
            take: question.take,
            recipe: recipe.clone(),
            shown: Arc::new(Shown::of(&picture)),
            full_size,
        });
    }
    if question.wanted == Wanted::Picture || watch.stopped() {
        return Ok(());
    }
    let Some(source) = source_of(&question.source, stands, bottom)? else {
        return Ok(());
    };
    // scores that are called off, or cannot be had, are missing and no more
    let cards = score(&source, &[&picture], &question.instruction, rewards, watch);
    if let Ok(cards) = cards
        && let Some(card) = cards.first()
    {
        voice.say(Event::Rescored {
            slot: question.slot,
            take: question.take,
            recipe,
            card: Arc::new(small_maps(card)),
            near: matches!(question.how, How::Kept(..)),
        });
    }
    Ok(())
}

/// The picture of a take at working size.
pub(crate) fn picture_of(how: &How, stands: &Stands, bottom: &Stand) -> Result<Arc<Raster>, Said> {
    match how {
        How::Exact(picture, _) => Ok(picture.clone()),
        How::Kept(kept, _) => Ok(Arc::new(unpacked(kept)?)),
        How::Made(making) => {
            let stand = stands.on(&making.grounds, bottom)?;
            Ok(Arc::new(making.redo(&stand, stand.working.clone())?))
        }
    }
}

/// What takes are judged against at working size; `None` where that cannot be had now.
pub(crate) fn source_of(
    source: &Source,
    stands: &Stands,
    bottom: &Stand,
) -> Result<Option<Arc<Raster>>, Said> {
    match source {
        Source::Photo => Ok(Some(bottom.working.clone())),
        Source::Edit(base) => {
            let stand = stands.on(&base.grounds, bottom)?;
            Ok(Some(Arc::new(base.redo(&stand, stand.working.clone())?)))
        }
        Source::Away => Ok(None),
    }
}
