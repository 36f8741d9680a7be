//! The places a clause speaks of: its own, or those of the clauses around it.

use retake_core::Region;

use crate::clause::{Clause, Joint};
use crate::heads::{Ask, Heads};
use crate::places::{Places, inverted};
use crate::sense::Word;

use super::Reader;

impl Reader<'_> {
    /// The places a clause speaks of, its own or those of the clauses around it.
    pub(super) fn regions(
        &mut self,
        clause: &Clause,
        places: &Places,
        said: &Heads,
    ) -> Vec<Region> {
        let items = clause.items.as_slice();
        if !places.parts.is_empty() {
            let own = Region {
                parts: places.parts.clone(),
            };
            let mut regions = if clause.joint <= Joint::Comma {
                std::mem::take(&mut self.memory.pending)
            } else {
                Vec::new()
            };
            let verb = items
                .iter()
                .any(|i| matches!(i.word(), Some(Word::Make | Word::Keep | Word::Not)));
            if verb {
                regions.clear();
            }
            if !regions.contains(&own) {
                regions.push(own);
            }
            return regions;
        }
        if places.rest {
            return vec![self.rest()];
        }
        if !self.memory.pending.is_empty() {
            return std::mem::take(&mut self.memory.pending);
        }
        if places.whole {
            return vec![Region::whole()];
        }
        if let Some(prefix) = &self.memory.prefix {
            return vec![prefix.clone()];
        }
        let styled = said.heads.iter().any(|h| matches!(h.ask, Ask::Style(_)));
        let blamed = self.memory.described && !self.memory.last.is_empty();
        if places.it && (!styled || blamed) && !self.memory.spoken.is_empty() {
            return self.memory.spoken.clone();
        }
        let own_verb = items.iter().any(|i| {
            matches!(
                i.word(),
                Some(
                    Word::Make
                        | Word::Increase
                        | Word::Decrease
                        | Word::Remove
                        | Word::Add
                        | Word::Give
                        | Word::Touch
                        | Word::Recover
                        | Word::Keep
                )
            )
        });
        let compared = said.heads.iter().any(|h| h.modifiers.compared);
        let named = said.heads.iter().any(|h| matches!(h.ask, Ask::Name(_)));
        let joined = match clause.joint {
            Joint::And | Joint::Or | Joint::But | Joint::Close => {
                self.memory.place_first || compared
            }
            Joint::Comma => (self.memory.place_first || compared) && !named,
            Joint::Start => false,
        };
        if joined && !own_verb && !styled && !self.memory.last.is_empty() {
            return self.memory.last.clone();
        }
        vec![Region::whole()]
    }

    /// Everything that was not spoken of.
    pub(super) fn rest(&self) -> Region {
        let mut parts: Vec<retake_core::Part> = Vec::new();
        for part in self.memory.mentioned.iter().flat_map(|r| inverted(r).parts) {
            if !parts.contains(&part) {
                parts.push(part);
            }
        }
        Region { parts }
    }
}
