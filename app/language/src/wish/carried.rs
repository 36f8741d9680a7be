//! What a clause changes of those before it, and what it need not say again.

use retake_core::{Change, Goal, Quantity, Region};

use crate::clause::{Clause, Joint};
use crate::heads::{Ask, Heads};
use crate::places::Places;
use crate::read::{Item, Kind};
use crate::sense::{Sense, Word};
use crate::understand::Reader;

impl Reader<'_> {
    /// "it's a little dark, lighten it": after a complaint the cure, no second complaint.
    pub(super) fn answers(&self, items: &[Item], said: &Heads) -> bool {
        let Some(head) = said.heads.first() else {
            return false;
        };
        let verb = items.get(head.at).is_some_and(|item| item.verb);
        let object = items[head.at..]
            .iter()
            .any(|item| item.is(Word::It) || item.is(Word::Photo));
        let cures = matches!(&head.ask, Ask::Attribute(changes, false)
            if self.found.goals[self.memory.sentence..]
                .iter()
                .any(|g| changes.contains(&(g.quantity, g.change))));
        verb || object || cures
    }

    /// "the skin is too red, fix it": the complaint has said what to do.
    pub(super) fn mended_already(&self, clause: &Clause, head: &crate::heads::Head) -> bool {
        let Ask::Style(index) = head.ask else {
            return false;
        };
        let enhance = self
            .lexicon
            .styles
            .get(index)
            .is_some_and(|style| style.name == "enhance");
        let short = clause
            .items
            .iter()
            .all(|i| i.word().is_some() || matches!(i.kind, Kind::Sense(Sense::Style(_))));
        enhance
            && short
            && clause.joint != Joint::Start
            && self.found.goals.len() > self.memory.sentence
    }

    /// "Kontrast und Sättigung reduzieren": a direction after the last name holds for the names before it.
    pub(super) fn trailing_direction(&mut self, clause: &Clause, said: &Heads) {
        let Some(head) = said.heads.first() else {
            return;
        };
        if !matches!(clause.joint, Joint::And | Joint::Comma)
            || !said.directed
            || head.modifiers.compared
        {
            return;
        }
        let verb_after = clause.items.iter().position(|i| {
            matches!(
                i.word(),
                Some(Word::Increase | Word::Decrease | Word::Up | Word::Down | Word::Remove)
            )
        });
        if verb_after.is_some_and(|at| at > head.at) {
            let lower = head.modifiers.direction == Some(-1);
            for &index in &self.memory.undirected {
                if let Some(goal) = self.found.goals.get_mut(index) {
                    goal.change = if lower { Change::Lower } else { Change::Raise };
                    if head.modifiers.degree.is_some() {
                        goal.amount =
                            retake_core::Amount::Degree(head.modifiers.degree.unwrap_or_default());
                    }
                }
            }
        }
    }

    /// "brighter and warmer in the left half": a place at the end holds for all that led to it.
    pub(super) fn spread_back(
        &mut self,
        clause: &Clause,
        places: &Places,
        said: &Heads,
        regions: &[Region],
    ) {
        let (Some(place), Some(head)) = (places.first, said.heads.first()) else {
            return;
        };
        if clause.joint != Joint::And || self.memory.bare.is_empty() || place < head.at {
            return;
        }
        let starts = clause
            .items
            .iter()
            .find(|i| !matches!(i.word(), Some(Word::Filler)));
        let own_verb = starts.is_some_and(|i| {
            matches!(
                i.word(),
                Some(
                    Word::Make
                        | Word::Increase
                        | Word::Decrease
                        | Word::Remove
                        | Word::Add
                        | Word::Give
                )
            )
        });
        let bare_verb = head.at == 0
            && matches!(head.ask, Ask::Attribute(..))
            && !self.words(&clause.items[..1]).ends_with('r');
        if own_verb || !(places.prefixed || bare_verb) {
            return;
        }
        for &index in &self.memory.bare {
            if let Some(goal) = self.found.goals.get_mut(index)
                && !goal.quantity.is_geometry()
            {
                goal.region = regions[0].clone();
            }
        }
    }
}

/// "blue and orange": of two colours for the whole picture the first is the shadows', the second the highlights'.
pub(super) fn share_tones(before: &mut Vec<Goal>, new: &mut Vec<Goal>) -> bool {
    let tint = |goals: &[Goal], tone: Quantity| {
        goals
            .iter()
            .position(|g| g.quantity == tone && g.region.is_whole() && g.weight >= 1.0)
    };
    let both = |goals: &[Goal]| {
        tint(goals, Quantity::ShadowTone).is_some()
            && tint(goals, Quantity::HighlightTone).is_some()
    };
    if !(both(before) && both(new)) {
        return false;
    }
    if let Some(at) = tint(before, Quantity::HighlightTone) {
        before.remove(at);
    }
    if let Some(at) = tint(new, Quantity::ShadowTone) {
        new.remove(at);
    }
    true
}
