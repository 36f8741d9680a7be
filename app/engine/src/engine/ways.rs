//! The way from the photo to a take: which editor's work stands on which other's, and what is needed to render it.

use std::sync::Arc;

use retake_core::{Instruction, Provenance, Said, said};

use super::Engine;
use super::turns::turn_of;
use crate::desk::Base;
use crate::making::{Ground, Making};
use crate::{Model, Session, Take, TakeId};

/// An edit of the way to a take, by whichever editor made it.
#[derive(Clone)]
pub(super) struct Below {
    take: TakeId,
    index: u64,
    model: Option<Model>,
    full_size: (usize, usize),
    instruction: Arc<Instruction>,
    provenance: Provenance,
}

impl Engine {
    pub(super) fn grounds(&self, below: Vec<Below>) -> Result<Vec<Ground>, Model> {
        let ground = |below: Below| {
            Ok(Ground {
                editor: self.editor_for(below.model.as_ref(), Some(&below.provenance))?,
                instruction: below.instruction,
                provenance: below.provenance,
            })
        };
        below.into_iter().map(ground).collect()
    }

    /// How a take is made; the model that is not in memory, or `None` when nobody knows its turn.
    pub(super) fn making(&self, session: &Session, take: &Take) -> Option<Result<Making, Model>> {
        let mut below = way_to(session, take, &take.provenance.recipe)?;
        let own = below.pop()?;
        let editor = self.editor_for(own.model.as_ref(), Some(&own.provenance));
        Some(editor.and_then(|editor| {
            Ok(Making {
                editor,
                instruction: own.instruction,
                provenance: take.provenance.clone(),
                grounds: self.grounds(below)?,
            })
        }))
    }

    /// What a take of a turn that goes on from `base` is judged against.
    pub(super) fn making_of_base(
        &self,
        session: &Session,
        base: &Base,
    ) -> Option<Result<Making, Model>> {
        let mut take = session.take_as_made(base.take)?.as_ref().clone();
        take.provenance.recipe = base.recipe.clone();
        self.making(session, &take)
    }

    /// The model that a run with `model` on top of `base` needs in memory; a sentence when it needs two.
    pub(super) fn needs(
        &self,
        session: &Session,
        base: Option<&Base>,
        model: Option<&Model>,
        masked: bool,
    ) -> Result<Option<Model>, Said> {
        let below = base.map_or_else(Vec::new, |base| below(session, base, model));
        let own = (session.photo.width(), session.photo.height());
        if let Some(framed) = below.iter().find(|below| masked && below.full_size != own) {
            return Err(said!(
                "The mask was painted on the whole photo, and take {number} shows another frame of it; clear the mask, or go on from the photo.",
                number = framed.index + 1
            ));
        }
        let mut needed = model.cloned();
        for edit in &below {
            let Some(other) = &edit.model else { continue };
            match &needed {
                Some(known) if !known.same(other) => {
                    return Err(said!(
                        "Take {number} was made by {other}, and beside the darkroom only one model is in memory at a time. Go on from it with {other} or the darkroom, or begin again from the photo.",
                        number = edit.index + 1,
                        other = other.name.clone()
                    ));
                }
                _ => needed = Some(other.clone()),
            }
        }
        Ok(needed)
    }
}

/// Everything that was done from the photo to this take, itself last, wherever one editor's work ends and another's
/// begins; what one editor did in several turns is in its last recipe.
fn way_to(session: &Session, take: &Take, recipe: &serde_json::Value) -> Option<Vec<Below>> {
    let turn = turn_of(session, take.id)?;
    // what something goes on from was there before it, whatever a damaged journal says
    let base = turn.base.as_ref().filter(|base| base.take < take.id);
    let mut way = base.map_or_else(Vec::new, |base| below(session, base, take.model.as_ref()));
    way.push(Below {
        take: take.id,
        index: take.index,
        model: take.model.clone(),
        full_size: take.full_size,
        instruction: turn.instruction.clone(),
        provenance: Provenance {
            recipe: recipe.clone(),
            ..take.provenance.clone()
        },
    });
    Some(way)
}

/// The edits that one by this editor on top of `base` finds done already: not its own, which its recipe holds.
pub(super) fn below(session: &Session, base: &Base, model: Option<&Model>) -> Vec<Below> {
    let Some(take) = session.take_as_made(base.take) else {
        return Vec::new();
    };
    let mut way = way_to(session, take, &base.recipe).unwrap_or_default();
    if same(take.model.as_ref(), model) {
        way.retain(|below| below.take != take.id);
    }
    way
}

/// Whether two are one editor.
pub(super) fn same(a: Option<&Model>, b: Option<&Model>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a.same(b),
        (a, b) => a.is_none() && b.is_none(),
    }
}
