//! The adjuster: renders a take again while a person moves its sliders, then scores it. The latest question wins; a
//! picture is shown before its scores are there. What the screen waits for, the developer's work, goes before both.

use std::sync::Arc;
use std::time::Duration;

use retake_core::{
    EditError, EditRequest, Editor, Instruction, Photo, Provenance, Raster, Reward, Watch,
};

use super::developer::Screen;
use super::maker::kept;
use super::{Voice, spawn};
use crate::event::{Event, SlotId};
use crate::mailbox::{Receiver, Sender, mailbox};
use crate::{Kit, Shown, TakeId, score};

/// A hand on a slider that has not moved for so long is at rest.
const REST: Duration = Duration::from_millis(60);
/// The longest that a take waits for the screen.
const PATIENCE: Duration = Duration::from_secs(2);

pub(crate) struct Question {
    pub(crate) slot: SlotId,
    pub(crate) take: TakeId,
    pub(crate) photo: Photo,
    pub(crate) working: Arc<Raster>,
    pub(crate) instruction: Arc<Instruction>,
    pub(crate) base: Option<serde_json::Value>,
    pub(crate) provenance: Provenance,
    pub(crate) wanted: Wanted,
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
pub(crate) fn start(kit: &Kit, voice: Voice, screen: Screen) -> Sender<Key, Question> {
    let (sender, receiver) = mailbox();
    let receiver = Arc::new(receiver);
    let (editor, rewards) = (kit.editor.clone(), kit.rewards.clone());
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
            if let Err(error) = answer(&question, editor.as_ref(), &rewards, voice, &watch) {
                voice.say(Event::Failed(error.said()));
            }
        },
    );
    sender
}

fn answer(
    question: &Question,
    editor: &dyn Editor,
    rewards: &[Box<dyn Reward>],
    voice: &Voice,
    watch: &dyn Watch,
) -> Result<(), EditError> {
    let recipe = question.provenance.recipe.clone();
    let request = EditRequest {
        photo: question.photo.clone(),
        instruction: question.instruction.as_ref().clone(),
        seed: question.provenance.seed,
        source: question.working.clone(),
        base: None,
        like: None,
    };
    let picture = editor.redo(&request, &recipe)?;
    if question.wanted != Wanted::Scores {
        let full_size = editor
            .develop(&question.photo, &question.instruction, &question.provenance)
            .map_or((question.photo.width(), question.photo.height()), |p| {
                p.size()
            });
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
    let source = match &question.base {
        Some(base) => editor.redo(&request, base).map(Arc::new)?,
        None => question.working.clone(),
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
            card: Arc::new(kept(card)),
        });
    }
    Ok(())
}
