//! Clauses that keep or forbid rather than ask.

use retake_core::{Change, Constraint, Goal, Quantity, Region};

use crate::clause::{Clause, Joint};
use crate::constraints::Limits;
use crate::heads::{Ask, Heads};
use crate::places::{Places, inverted};
use crate::read::Item;
use crate::sense::Word;

use super::Reader;

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Limit {
    Keep,
    Forbid,
}

impl Reader<'_> {
    /// Whether the clause keeps or forbids rather than asks.
    pub(super) fn limit(&self, clause: &Clause, said: &Heads, places: &Places) -> Option<Limit> {
        let items = clause.items.as_slice();
        let has = |word: Word| items.iter().any(|item| item.is(word));
        let selective = selective(items, &said.heads);
        if has(Word::Not) {
            let reversed = said
                .heads
                .iter()
                .any(|h| h.modifiers.so || h.modifiers.enough);
            // "no more vignette": what is there should go
            let no_more = said.heads.iter().any(|h| {
                matches!(h.ask, Ask::Name(_))
                    && h.modifiers.compared
                    && h.modifiers.direction == Some(1)
            });
            let no_more = no_more && !has(Word::Add) && !has(Word::Touch) && !has(Word::Make);
            let reversed = reversed || no_more;
            let so = has(Word::So) && !said.heads.is_empty();
            let defect = said.heads.iter().all(|h| {
                matches!(
                    h.ask,
                    Ask::Name(Quantity::Haze | Quantity::Noise)
                        | Ask::Cast
                        | Ask::Name(Quantity::Cast)
                )
            }) || matches!(said.heads.as_slice(), [head] if head.ask == Ask::Colours && !has(Word::Touch));
            let wished = reversed
                || so
                || (!said.heads.is_empty()
                    && defect
                    && !has(Word::Add)
                    && !has(Word::Touch)
                    && !has(Word::Make));
            return (!wished).then_some(Limit::Forbid);
        }
        if has(Word::Overdo) {
            return Some(Limit::Forbid);
        }
        if has(Word::Keep) && !selective {
            return Some(Limit::Keep);
        }
        // "without changing the brightness or the contrast", "keep the skin and the sky"
        let own_verb = said.directed
            || [Word::Make, Word::Add, Word::Give, Word::Remove]
                .iter()
                .any(|&word| has(word));
        let same = match self.memory.limits? {
            Limit::Keep => {
                said.heads
                    .iter()
                    .all(|h| matches!(h.ask, Ask::Name(_) | Ask::Tone(_) | Ask::Colours))
                    && (!said.heads.is_empty() || places.first.is_some())
            }
            Limit::Forbid => {
                clause.joint == Joint::Or
                    || said
                        .heads
                        .iter()
                        .all(|h| matches!(h.ask, Ask::Name(_) | Ask::Tone(_) | Ask::Colours))
                        && (!said.heads.is_empty() || places.first.is_some())
            }
        };
        (same && !own_verb && matches!(clause.joint, Joint::And | Joint::Or | Joint::Comma))
            .then_some(self.memory.limits?)
    }

    pub(super) fn limits(
        &mut self,
        limit: Limit,
        clause: &Clause,
        said: &Heads,
        places: &Places,
        regions: &[Region],
        words: &str,
    ) {
        let items = clause.items.as_slice();
        let goals_before = self.found.goals.len() > self.memory.sentence;
        let only_a_place = said.heads.is_empty() && places.first.is_some();
        let touches = items.iter().any(|i| {
            matches!(
                i.word(),
                Some(Word::Touch | Word::Clip | Word::Crush | Word::Detail | Word::Make)
            )
        });
        // "warmer, but not the sky"
        if limit == Limit::Forbid && only_a_place && goals_before && !touches {
            self.memory.changed += 1;
            self.exclude(regions);
            return;
        }
        // "don't remove the people, just brighten them": they stay, but may change
        if limit == Limit::Forbid && only_a_place && items.iter().any(|i| i.is(Word::Remove)) {
            self.memory.changed += 1;
            self.memory.spoken = regions.to_vec();
            return;
        }
        let negated_rest = places.rest && limit == Limit::Keep;
        // "keep the red": the parts that are red
        let band = said.heads.iter().find_map(|h| match h.ask {
            Ask::Colour(index, _) => self.lexicon.colours.get(index)?.band,
            _ => None,
        });
        let axes: Vec<(Quantity, Change)> = said
            .heads
            .iter()
            .filter_map(|h| match h.ask {
                Ask::Colour(index, _) => self.lexicon.colours.get(index),
                _ => None,
            })
            .flat_map(|colour| colour.axes())
            .collect();
        let banded: Vec<Region> = band
            .map(|band| vec![Region::of(retake_core::RegionKind::Colour(band))])
            .unwrap_or_default();
        let regions =
            if limit == Limit::Keep && !banded.is_empty() && regions.iter().all(Region::is_whole) {
                &banded
            } else {
                regions
            };
        for region in regions {
            let region = if negated_rest && region.is_whole() {
                self.rest()
            } else {
                region.clone()
            };
            let style_goals: Vec<Goal> = said
                .heads
                .iter()
                .filter_map(|h| match h.ask {
                    Ask::Style(index) => self.lexicon.styles.get(index),
                    _ => None,
                })
                .flat_map(|style| style.goals.iter().cloned())
                .collect();
            let limits = Limits {
                items,
                places,
                heads: &said.heads,
                axes: &axes,
                region,
                words,
            };
            if limits.restrains() && self.found.goals.is_empty() {
                self.restrained = Some(words.to_owned());
                self.memory.changed += 1;
            }
            let new: Vec<Constraint> = match limit {
                Limit::Keep => limits.kept(&self.found.goals, &style_goals),
                Limit::Forbid => limits.forbidden(&self.found.goals, &style_goals),
            };
            for constraint in new {
                if !self
                    .found
                    .constraints
                    .iter()
                    .any(|had| had.keep == constraint.keep)
                {
                    self.found.constraints.push(constraint);
                }
            }
        }
        if !regions.iter().all(Region::is_whole) && !places.rest {
            if matches!(clause.joint, Joint::And | Joint::Or) {
                self.memory.mentioned.extend(regions.iter().cloned());
            } else {
                self.memory.mentioned = regions.to_vec();
            }
        }
        self.memory.pending.clear();
    }

    /// Takes places out of the sentence's goals.
    pub(super) fn exclude(&mut self, regions: &[Region]) {
        for goal in &mut self.found.goals[self.memory.sentence..] {
            for part in regions.iter().flat_map(|r| inverted(r).parts) {
                if !goal.quantity.is_geometry()
                    && !goal.region.parts.iter().any(|p| p.kind == part.kind)
                {
                    goal.region.parts.push(part);
                }
            }
        }
    }
}

/// "keep only the reds", "only the reds in colour": everything else loses its colours.
pub(crate) fn selective(items: &[Item], heads: &[crate::heads::Head]) -> bool {
    let has = |word: Word| items.iter().any(|item| item.is(word));
    let colours_only =
        matches!(heads, [head] if head.ask == Ask::Colours && head.modifiers.direction.is_none());
    has(Word::Only) && (has(Word::Keep) || colours_only && !has(Word::Not))
}
