//! The adjuster: renders a take again while a person moves its sliders, then scores it. The latest question wins; a
//! picture is shown before its scores are there.

use std::sync::Arc;

use retake_core::{EditRequest, Instruction, Photo, Provenance, Quiet, Raster};

use super::maker::kept;
use super::{Voice, spawn};
use crate::event::{Event, SlotId};
use crate::mailbox::{Sender, mailbox};
use crate::{Kit, Shown, TakeId, score};

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

pub(crate) fn start(kit: &Kit, voice: Voice) -> Sender<Key, Question> {
    let (sender, receiver) = mailbox();
    let receiver = Arc::new(receiver);
    let (editor, rewards) = (kit.editor.clone(), kit.rewards.clone());
    let inbox = receiver.clone();
    spawn(
        "adjuster",
        voice,
        move || receiver.next(),
        move |question: Question, voice: &Voice| {
            let recipe = question.provenance.recipe.clone();
            let request = EditRequest {
                photo: question.photo.clone(),
                instruction: question.instruction.as_ref().clone(),
                seed: question.provenance.seed,
                source: question.working.clone(),
                base: None,
                like: None,
            };
            let picture = match editor.redo(&request, &recipe) {
                Ok(picture) => picture,
                Err(error) => return voice.say(Event::Failed(error.to_string())),
            };
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
            // a hand that is still moving wants the next picture, not the scores of this one
            if question.wanted == Wanted::Picture || inbox.waiting(&question.key()) {
                return;
            }
            let source = match &question.base {
                Some(base) => editor.redo(&request, base).map(Arc::new),
                None => Ok(question.working.clone()),
            };
            let Ok(source) = source else { return };
            let cards = score(
                &source,
                &[&picture],
                &question.instruction,
                &rewards,
                &Quiet,
            );
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
        },
    );
    sender
}
