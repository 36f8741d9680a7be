//! Clauses that say what to do with what was said before: "lots of noise, reduce it", "there is a cast, get rid of it".

use retake_core::{Amount, Change, Degree, Generative};

use crate::clause::{Clause, Joint};
use crate::generative::REMOVING;
use crate::heads::{Ask, Heads};
use crate::lexicon::Role;
use crate::places::Places;
use crate::read::{Item, Kind};
use crate::sense::{Sense, Word};

use super::Reader;

impl Reader<'_> {
    /// A verb without an object of its own is about the last quantity: it goes the verb's way, however the clause before
    /// described it. True when the clause is done with.
    pub(super) fn answers_a_complaint(
        &mut self,
        clause: &Clause,
        said: &Heads,
        places: &Places,
    ) -> bool {
        let items = clause.items.as_slice();
        let pronoun = |item: &Item| item.is(Word::It) || item.plays(Role::Pronoun);
        let it = items.iter().any(pronoun);
        let near = clause.joint != Joint::Start || it;
        let sign = said.loose.direction.or(said.verb);
        let bare = said.heads.is_empty()
            && !places.rest
            && (places.parts.is_empty() || items.iter().any(|i| i.plays(Role::Pronoun)))
            && items.iter().all(|item| {
                let compared = item.is(Word::Less) || item.is(Word::More);
                is_verb_or_idle(item) || pronoun(item) || it && compared
            });
        let (true, true, Some(sign)) = (bare, near, sign) else {
            return false;
        };
        let removed = said.loose.removed;
        if removed && self.memory.thing && it {
            let words = self.words(items);
            let kind = REMOVING.to_owned();
            self.found.generative.push(Generative { words, kind });
            return true;
        }
        let latest = self.memory.latest.clone();
        let known = self
            .found
            .goals
            .get(latest.clone())
            .is_some_and(|g| !g.is_empty());
        if !known && removed && it {
            // to remove "it" is no wish for a darker picture
            let words = self.words(items);
            self.found.not_understood.push(words);
            return true;
        }
        let named = self.memory.latest_named.is_some();
        if !known || !named && !removed {
            return false;
        }
        if self.memory.latest_named == Some(Named::Plainly) {
            let degree = said.loose.degree.unwrap_or(if removed {
                Degree::Strong
            } else {
                Degree::Moderate
            });
            let amount = match said.loose.number {
                Some((share, _, Some(Word::Percent))) => Amount::Relative(share.abs() / 100.0),
                _ => Amount::Degree(degree),
            };
            let goals = self.found.goals[latest].iter_mut();
            for goal in goals.filter(|g| g.change != Change::Set) {
                goal.change = if sign < 0 {
                    Change::Lower
                } else {
                    Change::Raise
                };
                goal.amount = amount;
            }
        }
        self.memory.changed += 1;
        true
    }
}

/// How a clause named quantities without saying what to do with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    /// "lots of noise", "the contrast is high"
    Plainly,
    /// "too much contrast": the complaint has said which way
    Blamed,
}

pub(super) fn named_only(said: &Heads) -> Option<Named> {
    let blamed = |m: &crate::heads::Modifiers| m.too || m.too_little || m.too_much;
    let names = said.verb.is_none()
        && !said.heads.is_empty()
        && said
            .heads
            .iter()
            .all(|h| matches!(h.ask, Ask::Name(_) | Ask::Colours));
    let blame = said.heads.iter().any(|h| blamed(&h.modifiers));
    names.then_some(if blame { Named::Blamed } else { Named::Plainly })
}

fn is_verb_or_idle(item: &Item) -> bool {
    match &item.kind {
        Kind::Number(..) | Kind::Sense(Sense::Number(_)) => true,
        Kind::Sense(Sense::Word(word)) => matches!(
            word,
            Word::Increase
                | Word::Decrease
                | Word::Remove
                | Word::Up
                | Word::Down
                | Word::It
                | Word::Filler
                | Word::Wish
                | Word::Slight
                | Word::Strong
                | Word::Extreme
                | Word::Percent
                | Word::Complete
        ),
        _ => false,
    }
}
