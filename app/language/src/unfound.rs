//! Nouns that an edit is about, but nobody can find in pixels: "make the sand warmer", "brighten her eyes". To edit more
//! than was named would be worse than a sentence, so such a clause is set aside; a mask says where the thing is.
//!
//! Only a clear object counts: a noun with its article or possessor that a verb edits ("warm up the sand"), that is
//! described ("the sand is too dark"), or where something should happen ("more contrast in the sand"). Any other unknown
//! word may as well be a filler, and is only listed.

use std::ops::Range;

use retake_core::{Part, Region, RegionKind};

use crate::heads::{Ask, Heads};
use crate::lexicon::Role;
use crate::places::Places;
use crate::read::{Item, Kind};
use crate::sense::{Sense, Word};

/// The place of what cannot be found: inside and outside of the subject at once. Goals there are set aside.
pub(crate) fn nowhere() -> Region {
    let part = |inverted| Part {
        kind: RegionKind::Subject,
        inverted,
    };
    Region {
        parts: vec![part(false), part(true)],
    }
}

pub(crate) fn is_nowhere(region: &Region) -> bool {
    nowhere()
        .parts
        .iter()
        .all(|part| region.parts.contains(part))
}

/// The noun that a clause is about and that cannot be found, from its article on.
/// With a mask, things that would be read as the subject are where the mask is, too.
pub(crate) fn unfound(
    items: &[Item],
    said: &Heads,
    places: &Places,
    masked: bool,
) -> Option<Range<usize>> {
    let other = |item: &Item| matches!(item.word(), Some(Word::Replace | Word::Keep));
    if said.heads.is_empty() || items.iter().any(other) {
        return None;
    }
    let mut at = 0;
    while at < items.len() {
        let end = at + items[at..].iter().take_while(|i| is_noun(i)).count();
        if end > at {
            let noun = Noun {
                items,
                said,
                places,
                run: at..end,
            };
            let subject = end == at + 1 && items[at].plays(Role::Subject);
            if (masked || !subject)
                && places
                    .named_by_colour
                    .is_none_or(|n| !(at..end).contains(&n))
                && let Some(first) = noun.object()
            {
                return Some(first..end);
            }
        }
        at = end.max(at + 1);
    }
    None
}

/// The noun as one would name it: with its article or its owner, without "in the".
pub(crate) fn named<'a>(items: &'a [Item], noun: &Range<usize>) -> &'a [Item] {
    let whole = &items[noun.clone()];
    let article = whole.first().is_none_or(|item| {
        let names = matches!(item.word(), Some(Word::Filler | Word::Person | Word::It));
        let owner = matches!(item.kind, Kind::Sense(Sense::Region(_)));
        (names || owner || is_noun(item)) && !item.plays(Role::Locating) && !item.chinese
    });
    if article {
        return whole;
    }
    let begins = whole.iter().position(is_noun).unwrap_or(0);
    &whole[begins..]
}

fn is_noun(item: &Item) -> bool {
    item.kind == Kind::Unknown || item.is(Word::Thing)
}

/// A run of words that may be the object of the clause.
struct Noun<'a> {
    items: &'a [Item],
    said: &'a Heads,
    places: &'a Places,
    run: Range<usize>,
}

impl Noun<'_> {
    /// The first item of the object's phrase, if the run is one.
    fn object(&self) -> Option<usize> {
        let items = self.items;
        let words = &items[self.run.clone()];
        let thing = words.iter().any(|i| i.is(Word::Thing));
        let idle = words.iter().any(|i| i.plays(Role::Elsewhere));
        let compared = items[..self.run.start]
            .iter()
            .any(|i| i.plays(Role::Comparing));
        if idle || compared || self.names_the_next(thing) {
            return None;
        }
        let first = self.phrase(thing)?;
        if self.describes_a_place(first) {
            return None;
        }
        let before = &items[..first];
        let verb = before.iter().rposition(|i| {
            !matches!(
                i.word(),
                Some(Word::Slight | Word::Strong | Word::Extreme | Word::Up | Word::Down)
            )
        });
        let head_before = self.said.heads.iter().any(|h| h.at < first);
        let head_after = self.said.heads.iter().any(|h| h.at >= self.run.end);
        let added = items
            .iter()
            .any(|i| matches!(i.word(), Some(Word::Add | Word::Give)));
        let given_to = added && verb.is_some_and(|v| items[v].is(Word::To));
        let where_it_is = head_before
            && (items[first].plays(Role::Locating)
                || verb.is_some_and(|v| items[v].plays(Role::Locating)));
        let named = match verb {
            // "add contrast to the sand"
            _ if given_to => head_before,
            // "more contrast in the sand", "the colours of the sand"
            _ if where_it_is => !added && !before.iter().any(|i| i.is(Word::Photo)),
            // "the sand is too dark", "the sand warmer"
            None => head_after,
            Some(v) => match items[v].word() {
                Some(Word::Make | Word::Give | Word::Touch | Word::Recover) => {
                    head_after || head_before
                }
                Some(Word::Increase | Word::Decrease) => head_after || head_before,
                Some(Word::Except | Word::Only) => true,
                // "please, the sand warmer"
                Some(Word::Filler | Word::Wish) if idle_words(before) => head_after && !head_before,
                Some(_) => false,
                None => self.edits(v, thing),
            },
        };
        named.then_some(first)
    }

    /// "the sand colour", "the frobnitz sky": the words describe the noun after them.
    fn names_the_next(&self, thing: bool) -> bool {
        let Some(next) = self.items.get(self.run.end) else {
            return false;
        };
        // "奶奶的照片": whose photo it is
        let photo = |item: &Item| item.is(Word::Photo);
        if next.plays(Role::Possessive) && self.items.get(self.run.end + 1).is_some_and(photo) {
            return true;
        }
        let noun = match &next.kind {
            Kind::Sense(
                Sense::Region(_) | Sense::RegionColours(_) | Sense::Band(_) | Sense::Tone(_),
            ) => true,
            Kind::Sense(Sense::Name(_)) => !thing,
            _ => match next.word() {
                Some(Word::Photo | Word::Part) => true,
                Some(Word::Colours | Word::Cast | Word::Detail | Word::Natural) => !thing,
                _ => false,
            },
        };
        let idle = matches!(next.word(), Some(Word::Filler | Word::Looks | Word::Photo));
        noun || idle && next.plays(Role::Elsewhere)
    }

    /// Where the noun's phrase begins: its article, its possessor, or itself when it is a thing.
    fn phrase(&self, thing: bool) -> Option<usize> {
        let items = self.items;
        let mut first = self.run.start;
        // "the wet white sand"
        while first > 0
            && self.run.start - first < 2
            && matches!(
                items[first - 1].kind,
                Kind::Sense(Sense::Attribute(_) | Sense::Colour(_) | Sense::Fault(_))
            )
            && !items[first - 1].verb
            && first >= 2
            && (items[first - 2].plays(Role::Determiner) || items[first - 2].is(Word::Person))
        {
            first -= 1;
        }
        let Some(before) = first.checked_sub(1).map(|at| &items[at]) else {
            return (thing || self.chinese() && self.run.len() >= 2).then_some(first);
        };
        let possessor = |item: &Item| {
            matches!(&item.kind, Kind::Sense(Sense::Region(parts))
                if parts.iter().all(|p| p.kind == RegionKind::Subject))
        };
        if before.plays(Role::Determiner) || before.is(Word::Person) || thing && possessor(before) {
            return Some(first - 1);
        }
        let of = first
            .checked_sub(2)
            .filter(|_| before.plays(Role::Possessive));
        if let Some(owner) = of.filter(|&owner| possessor(&items[owner])) {
            return Some(owner);
        }
        // "brighten eyes", "sharper eyes", "模糊车牌"
        let follows_its_verb = matches!(before.kind, Kind::Sense(Sense::Attribute(_)))
            || matches!(before.word(), Some(Word::Increase | Word::Decrease));
        let bare = thing && !before.is(Word::Article)
            || self.chinese() && self.run.len() >= 2 && follows_its_verb;
        bare.then_some(first)
    }

    fn chinese(&self) -> bool {
        self.items[self.run.start].chinese
    }

    /// "the woman in the dress", "the sky behind the building": the noun says which place is meant.
    fn describes_a_place(&self, first: usize) -> bool {
        self.places
            .first
            .is_some_and(|place| place < first && place + 1 != first)
            || self.places.whole
                && self.items[..first].iter().any(|i| i.is(Word::Photo))
                && !self.items[..first]
                    .iter()
                    .any(|i| matches!(i.word(), Some(Word::Except | Word::Only)))
    }

    /// "warm up the sand", "blur the plate": the word before the noun is what should happen to it.
    fn edits(&self, verb: usize, thing: bool) -> bool {
        let item = &self.items[verb];
        let first = idle_words(&self.items[..verb]);
        match &item.kind {
            Kind::Sense(Sense::Attribute(_) | Sense::MoreColour(_)) => item.verb || first || thing,
            Kind::Sense(Sense::Style(_)) => first,
            Kind::Sense(Sense::Name(_)) => {
                first
                    && self
                        .said
                        .heads
                        .iter()
                        .any(|h| matches!(h.ask, Ask::Name(_)))
                    && thing
            }
            _ => false,
        }
    }
}

fn idle_words(items: &[Item]) -> bool {
    items.iter().all(|item| {
        matches!(
            item.word(),
            Some(Word::Filler | Word::Wish | Word::Article | Word::It | Word::Slight)
        )
    })
}
