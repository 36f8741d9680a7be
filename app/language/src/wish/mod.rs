//! A clause that asks for something: its heads become goals, and later clauses learn what they can take over.

mod carried;
mod neighbours;
mod verb;

use carried::share_tones;
use neighbours::{
    absorbed, colourless_noun, described_colour, described_effect, fades, names_the_photo,
    noun_of_style, of_an_unknown_verb, smooths_a_fault, softens, taking_over, turned_up,
};
use retake_core::{Change, Goal, Quantity, Region};

use crate::clause::{Clause, Joint};
use crate::goals::Manner;
use crate::heads::{Ask, Heads};
use crate::places::{Places, inverted};
use crate::sense::Word;
use crate::understand::{Reader, selective};

impl Reader<'_> {
    /// A clause that asks for something.
    pub(crate) fn wish(
        &mut self,
        clause: &Clause,
        said: Heads,
        places: &Places,
        regions: &[Region],
        words: &str,
    ) {
        let items = clause.items.as_slice();
        let has = |word: Word| items.iter().any(|item| item.is(word));
        let selective = selective(items, &said.heads);
        let described = has(Word::Is) && !has(Word::Wish)
            || (self.memory.described
                && matches!(clause.joint, Joint::And | Joint::Comma | Joint::Close)
                && !said.directed
                && !self.answers(items, &said));
        let made = has(Word::Make)
            || has(Word::Give)
            || has(Word::Add)
            || (self.memory.pending_made && clause.joint == Joint::Close);
        let inherited = self.memory.verb.filter(|_| {
            !said.directed
                && !has(Word::Make)
                && !has(Word::Give)
                && matches!(
                    clause.joint,
                    Joint::And | Joint::Comma | Joint::Or | Joint::Close
                )
        });
        let reversed = has(Word::Not) && !said.heads.iter().any(|h| h.modifiers.enough);
        let manner = Manner {
            items,
            lexicon: self.lexicon,
            described: described && !has(Word::Make),
            made,
            reversed,
            inherited,
            words,
        };
        let first = self.found.goals.len();
        let mut goals = Vec::new();
        for region in regions {
            if selective {
                // "keep only the red": the colour is the place
                let named = said.heads.iter().find_map(|h| match h.ask {
                    Ask::Colour(index, _) => self.lexicon.colours.get(index)?.band,
                    _ => None,
                });
                let band = match named {
                    Some(band) if region.is_whole() => {
                        Region::of(retake_core::RegionKind::Colour(band))
                    }
                    _ => region.clone(),
                };
                goals.extend(
                    manner
                        .goals(
                            &crate::heads::Head {
                                ask: Ask::Name(Quantity::Monochrome),
                                modifiers: Default::default(),
                                at: 0,
                            },
                            &inverted(&band),
                        )
                        .into_iter()
                        .map(|goal| Goal {
                            change: Change::Set,
                            amount: Default::default(),
                            ..goal
                        }),
                );
                continue;
            }
            if let Some(last) = self.figured(clause, &said) {
                let mut modifiers = said.loose.clone();
                modifiers.direction = Some(if last.change == Change::Lower { -1 } else { 1 });
                let head = crate::heads::Head {
                    ask: Ask::Name(last.quantity),
                    modifiers,
                    at: 0,
                };
                let same_place = last.region.clone();
                goals.extend(manner.goals(&head, &same_place));
            } else if said.heads.is_empty() {
                goals.extend(self.bare_verb(&manner, &said, items, region));
            }
            let tint = said.heads.iter().any(|h| matches!(h.ask, Ask::Colour(..)));
            let tone = said.heads.iter().any(|h| matches!(h.ask, Ask::Tone(_)));
            let tonal_fault = said.heads.iter().any(|h| {
                matches!(&h.ask, Ask::Attribute(changes, true) if changes.iter().all(|(q, _)| matches!(q, Quantity::Highlights | Quantity::Shadows)))
            });
            let attribute = said
                .heads
                .iter()
                .any(|h| matches!(h.ask, Ask::Attribute(..)));
            for (index, head) in said.heads.iter().enumerate() {
                let next = said.heads.get(index + 1);
                let last = index.checked_sub(1).and_then(|i| said.heads.get(i));
                let mut head = taking_over(head, next, &said);
                if last.is_some_and(|last| softens(last, &head, items)) {
                    head.modifiers.direction = Some(-1);
                }
                if let Some(pale) = next.filter(|next| fades(next, Some(&head))) {
                    head.modifiers.direction = Some(-1);
                    head.modifiers.degree = head.modifiers.degree.or(pale.modifiers.degree);
                }
                let head = &head;
                self.memory.changed += usize::from(self.mended_already(clause, head));
                if absorbed(head, next)
                    || described_effect(head, last)
                    || fades(head, last)
                    || names_the_photo(head, next, items)
                    || turned_up(head, &said)
                    || of_an_unknown_verb(head, items)
                    || noun_of_style(head, last)
                    || smooths_a_fault(head, next)
                    || next.is_some_and(|next| softens(head, next, items))
                    || self.mended_already(clause, head)
                    || (tint
                        && matches!(
                            head.ask,
                            Ask::Cast | Ask::Colours | Ask::Name(Quantity::Cast)
                        ))
                    || ((tone || tonal_fault) && head.ask == Ask::Detail)
                    || (attribute && colourless_noun(&head.ask, &said))
                {
                    continue;
                }
                if described_colour(head, index, &said, &manner) {
                    continue;
                }
                let becomes = items.iter().position(|i| i.is(Word::To));
                // "mach aus Sommer Winter"
                let out_of = head.at > 0
                    && items[head.at - 1].is(Word::In)
                    && next.is_some_and(|n| n.at == head.at + 1);
                if matches!(head.ask, Ask::Style(_))
                    && (out_of || becomes.is_some_and(|to| head.at < to))
                    && matches!(next.map(|n| &n.ask), Some(Ask::Style(_)))
                {
                    continue;
                }
                if let Ask::Style(index) = head.ask
                    && let Some(style) = self.lexicon.styles.get(index)
                    && !self.found.styles.contains(&style.name)
                {
                    self.found.styles.push(style.name.clone());
                }
                goals.extend(manner.goals(head, region));
            }
        }
        if clause.joint == Joint::And {
            self.memory.changed += usize::from(share_tones(&mut self.found.goals, &mut goals));
        }
        self.trailing_direction(clause, &said);
        let undirected = said.heads.iter().all(|h| {
            matches!(h.ask, Ask::Name(_) | Ask::Tone(_) | Ask::Colours)
                && h.modifiers.direction.is_none()
        }) && inherited.is_none()
            && !made;
        let first = first.min(self.found.goals.len());
        self.found.goals.extend(goals);
        let new: Vec<usize> = (first..self.found.goals.len()).collect();
        self.spread_back(clause, places, &said, regions);
        let bare = places.first.is_none()
            && !places.whole
            && !places.it
            && regions.iter().all(Region::is_whole);
        let carried: Vec<usize> = if clause.joint == Joint::And || clause.joint == Joint::Comma {
            self.memory.undirected.clone()
        } else {
            Vec::new()
        };
        self.memory.undirected = if undirected {
            carried.into_iter().chain(new.iter().copied()).collect()
        } else {
            Vec::new()
        };
        let carried: Vec<usize> = if clause.joint == Joint::And || clause.joint == Joint::Comma {
            self.memory.bare.clone()
        } else {
            Vec::new()
        };
        self.memory.bare = if bare {
            carried.into_iter().chain(new).collect()
        } else {
            Vec::new()
        };
        if said.directed || has(Word::Make) || has(Word::Give) {
            self.memory.verb = said
                .verb
                .or_else(|| said.heads.iter().find_map(|h| h.modifiers.direction));
        }
        if places.first.is_some() {
            self.memory.place_first = said
                .heads
                .first()
                .is_none_or(|h| places.first.is_some_and(|p| p < h.at));
            self.memory.last = regions.to_vec();
            self.memory.spoken = regions.to_vec();
            self.memory.mentioned = regions.to_vec();
        } else if !regions.iter().all(Region::is_whole) {
            // places that waited stood before their words
            self.memory.place_first = true;
            self.memory.last = regions.to_vec();
            self.memory.spoken = regions.to_vec();
            self.memory.mentioned = regions.to_vec();
        } else {
            self.memory.last = Vec::new();
            self.memory.place_first = false;
        }
        self.memory.described = described;
        self.memory.pending_made = false;
    }
}
