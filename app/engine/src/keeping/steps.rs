//! A step of the history as the journal says it: what has changed since the step before, with the turns and masks it
//! refers to noted once.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use retake_core::Mask;
use retake_files::journal::mask_record;
use retake_files::record::SaidRecord;
use retake_files::record::session::{Line, StepRecord, TurnRecord};
use retake_search::SELECTORS;

use super::{Noted, records};
use crate::desk::Turn;
use crate::judges::same_judges;
use crate::{Desk, Step, Take, TakeId};

impl Noted {
    /// A step as the journal has it; what it refers to and is not yet noted goes into `lines` first.
    pub(super) fn step(
        &mut self,
        number: usize,
        step: &Step,
        before: &Desk,
        lines: &mut Vec<Line>,
    ) -> StepRecord {
        let desk = &step.desk;
        let turn = desk.turn.as_ref().map(|turn| self.turn(turn, lines));
        let mask = desk.mask.as_ref().map(|mask| self.mask(mask, lines));
        let marked: BTreeSet<TakeId> = before
            .marks
            .keys()
            .chain(desk.marks.keys())
            .copied()
            .collect();
        let marks = marked
            .into_iter()
            .filter(|&take| before.mark(take) != desk.mark(take))
            .map(|take| records::mark(take, desk.mark(take)))
            .collect();
        let edits = desk
            .adjusted
            .iter()
            .filter(|(id, take)| {
                let before = before.adjusted.get(id);
                before.is_none_or(|before| !same_take(before, take))
            })
            .map(|(_, take)| records::edit(take))
            .collect();
        let as_made = before
            .adjusted
            .keys()
            .filter(|id| !desk.adjusted.contains_key(id))
            .map(|id| id.0)
            .collect();
        let since = step.at.duration_since(UNIX_EPOCH).unwrap_or_default();
        StepRecord {
            step: number,
            parent: step.parent,
            label: step.label.to_string(),
            said: SaidRecord::of(&step.label),
            at_ms: u64::try_from(since.as_millis()).unwrap_or(u64::MAX),
            turn,
            base: desk.base.as_ref().map(records::base),
            mask,
            weights: [
                desk.weights.following,
                desk.weights.preserving,
                desk.weights.quality,
            ],
            selector: (desk.weights.selector != SELECTORS[0].id)
                .then(|| desk.weights.selector.to_owned()),
            selector_settings: match desk.weights.settings.is_empty() {
                true => serde_json::Value::Null,
                false => serde_json::json!(desk.weights.settings),
            },
            marks,
            edits,
            as_made,
        }
    }

    fn turn(&mut self, turn: &Arc<Turn>, lines: &mut Vec<Line>) -> u64 {
        let known = |(_, known): &&(u64, Arc<Turn>)| Arc::ptr_eq(known, turn);
        if let Some((key, _)) = self.turns.iter().rev().find(known) {
            return *key;
        }
        let mask = turn
            .instruction
            .mask
            .as_ref()
            .map(|mask| self.mask(&Arc::new(mask.clone()), lines));
        let key = self.key();
        let understood = serde_json::to_value(&turn.instruction.understood);
        lines.push(Line::Turn(TurnRecord {
            key,
            number: turn.number,
            text: turn.instruction.text.clone(),
            understood: understood.unwrap_or_default(),
            mask,
            base: turn.base.as_ref().map(records::base),
            like: turn.like.as_ref().map(records::base),
            model: turn.model.as_ref().map(records::model),
            search: turn.searched.as_ref().map(records::searched),
            seed: turn.seed,
            takes: turn.takes.iter().map(|id| id.0).collect(),
        }));
        self.turns.push((key, turn.clone()));
        key
    }

    fn mask(&mut self, mask: &Arc<Mask>, lines: &mut Vec<Line>) -> u64 {
        let known = |(_, known): &&(u64, Arc<Mask>)| Arc::ptr_eq(known, mask) || known == mask;
        if let Some((key, _)) = self.masks.iter().rev().find(known) {
            return *key;
        }
        let key = self.key();
        lines.push(Line::Mask(mask_record(key, mask)));
        self.masks.push((key, mask.clone()));
        key
    }

    fn key(&mut self) -> u64 {
        self.next_key += 1;
        self.next_key - 1
    }
}

/// Whether a journal would say the same of both.
pub(super) fn same(a: &Desk, b: &Desk) -> bool {
    let shared = |a: &Option<Arc<Turn>>, b: &Option<Arc<Turn>>| match (a, b) {
        (Some(a), Some(b)) => Arc::ptr_eq(a, b),
        (None, None) => true,
        _ => false,
    };
    let masked = match (&a.mask, &b.mask) {
        (Some(a), Some(b)) => Arc::ptr_eq(a, b),
        (None, None) => true,
        _ => false,
    };
    let adjusted = a.adjusted.len() == b.adjusted.len()
        && a.adjusted
            .iter()
            .zip(&b.adjusted)
            .all(|((x, a), (y, b))| x == y && same_take(a, b));
    shared(&a.turn, &b.turn)
        && masked
        && adjusted
        && a.base == b.base
        && a.marks == b.marks
        && a.weights == b.weights
}

/// The picture and the maps are not kept: another one of either is no difference.
fn same_take(a: &Arc<Take>, b: &Arc<Take>) -> bool {
    let numbers = |take: &Take| take.card.as_ref().map(|card| records::scores(card));
    Arc::ptr_eq(a, b)
        || a.stale == b.stale
            && a.full_size == b.full_size
            && same_judges(a.by.as_ref(), b.by.as_ref())
            && a.provenance == b.provenance
            && (match (&a.card, &b.card) {
                (Some(a), Some(b)) => Arc::ptr_eq(a, b),
                _ => false,
            } || numbers(a) == numbers(b))
}
