//! Cuts the items into clauses, and says how each is joined to the one before.

use crate::read::{Item, Kind};
use crate::sense::{Sense, Word};

/// How a clause follows the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Joint {
    /// nothing stands between
    Close,
    And,
    Or,
    Comma,
    But,
    /// a new sentence
    Start,
}

/// Items that belong together.
#[derive(Clone, Debug)]
pub(crate) struct Clause {
    pub(crate) items: Vec<Item>,
    pub(crate) joint: Joint,
    /// "with" began it
    pub(crate) with: bool,
}

pub(crate) fn clauses(items: Vec<Item>) -> Vec<Clause> {
    let mut clauses = Vec::new();
    let mut current = Clause {
        items: Vec::new(),
        joint: Joint::Start,
        with: false,
    };
    let mut close = |current: &mut Clause, joint: Joint| {
        if current.items.is_empty() {
            // ", and" joins as the stronger of the two; only a sentence's end outranks what stands
            current.joint = current.joint.max(joint);
        } else {
            let done = std::mem::replace(
                current,
                Clause {
                    items: Vec::new(),
                    joint,
                    with: false,
                },
            );
            clauses.push(done);
        }
    };
    for index in 0..items.len() {
        let item = &items[index];
        let joint = match (&item.kind, item.word()) {
            (Kind::Break('.' | ';' | '!' | '?' | '\n' | '。' | '|' | '•'), _) => {
                Some(Joint::Start)
            }
            // "contrast: 20" and "contrast = 20" are one wish
            (Kind::Break(':' | '='), _)
                if has_head(&current.items) && followed_by_number(&items, index)
                    || current.items.iter().any(is_tone) && followed_by_number(&items, index) =>
            {
                continue;
            }
            // "just a hair"
            (_, Some(Word::But)) if items.get(index + 1).is_some_and(|i| i.is(Word::Slight)) => {
                continue;
            }
            (Kind::Break(_), _) => Some(Joint::Comma),
            (_, Some(Word::And)) => Some(Joint::And),
            (_, Some(Word::Or)) => Some(Joint::Or),
            (_, Some(Word::But)) => Some(Joint::But),
            (_, Some(Word::With))
                if (has_head(&current.items) || moves_a_tone(&current.items))
                    && !current.items.iter().any(|i| i.is(Word::Replace)) =>
            {
                Some(Joint::And)
            }
            // "blur the background so the person stands out": what it is for stands apart
            (_, Some(Word::So))
                if has_head(&current.items)
                    && !current.items.iter().any(|i| i.is(Word::Not))
                    && names_a_place_next(&items[index + 1..]) =>
            {
                Some(Joint::Comma)
            }
            _ => None,
        };
        if let Some(joint) = joint {
            close(&mut current, joint);
            current.with = item.is(Word::With);
            continue;
        }
        let turns = match item.word() {
            // "verändere die Haut nicht": a negation at the end belongs to what it negates
            Some(Word::Not | Word::Keep) => {
                let ends = items
                    .get(index + 1)
                    .is_none_or(|next| matches!(next.kind, Kind::Break(_)));
                let negated = item.is(Word::Not) && current.items.iter().any(|i| i.is(Word::Not));
                !ends && !negated && current.items.iter().any(is_content)
            }
            Some(Word::Only) => {
                has_head(&current.items) && !has_head(&items[index..(index + 6).min(items.len())])
            }
            // "ohne die Lichter auszufressen aufhellen": what follows the limit is the wish
            _ if is_wish(item) && is_limit(&current.items) => true,
            _ => new_head_with_its_own_place(&current.items, &items[index..]),
        };
        if turns {
            close(&mut current, Joint::Close);
        }
        current.items.push(item.clone());
    }
    if !current.items.is_empty() {
        clauses.push(current);
    }
    clauses
}

fn followed_by_number(items: &[Item], index: usize) -> bool {
    items
        .get(index + 1)
        .is_some_and(|next| matches!(next.kind, Kind::Number(..)))
}

fn is_tone(item: &Item) -> bool {
    matches!(item.kind, Kind::Sense(Sense::Tone(_)))
}

/// "lift the blacks for a faded look": the verb and its tone are a wish of their own.
fn moves_a_tone(items: &[Item]) -> bool {
    items.iter().any(is_tone)
        && items.iter().any(|item| {
            matches!(
                item.word(),
                Some(
                    Word::Increase
                        | Word::Decrease
                        | Word::Up
                        | Word::Down
                        | Word::Recover
                        | Word::Crush
                )
            )
        })
}

fn names_a_place_next(items: &[Item]) -> bool {
    items
        .iter()
        .find(|item| !matches!(item.word(), Some(Word::Filler | Word::Article | Word::Wish)))
        .is_some_and(|item| is_place(item) || item.is(Word::It) || item.is(Word::Photo))
}

/// "brighten the face darken the sky": a second verb with a place of its own begins a clause.
fn new_head_with_its_own_place(current: &[Item], rest: &[Item]) -> bool {
    let here = rest
        .first()
        .is_some_and(|item| matches!(item.kind, Kind::Sense(Sense::Attribute(_))));
    let ahead = || {
        rest.iter()
            .skip(1)
            .take(8)
            .take_while(|item| {
                !matches!(item.kind, Kind::Break(_))
                    && !matches!(item.word(), Some(Word::And | Word::But | Word::Or))
            })
            .any(is_place)
    };
    here && has_head(current) && current.iter().any(is_place) && ahead()
}

fn is_wish(item: &Item) -> bool {
    matches!(item.kind, Kind::Sense(Sense::Attribute(_)))
        || matches!(
            item.word(),
            Some(Word::Increase | Word::Decrease | Word::Make)
        )
}

/// A limit that is already complete: negated, with its tone and its loss.
fn is_limit(items: &[Item]) -> bool {
    items.iter().any(|i| i.is(Word::Not))
        && items
            .iter()
            .any(|i| matches!(i.word(), Some(Word::Clip | Word::Crush)))
        && items.iter().any(is_place)
}

fn is_place(item: &Item) -> bool {
    matches!(
        item.kind,
        Kind::Sense(Sense::Region(_) | Sense::RegionColours(_) | Sense::Tone(_) | Sense::Band(_))
    )
}

fn has_head(items: &[Item]) -> bool {
    items.iter().any(|item| {
        matches!(
            item.kind,
            Kind::Sense(
                Sense::Name(_)
                    | Sense::Attribute(_)
                    | Sense::Fault(_)
                    | Sense::Style(_)
                    | Sense::Colour(_)
                    | Sense::MoreColour(_)
            )
        ) || matches!(item.word(), Some(Word::Colours | Word::Cast))
    })
}

fn is_content(item: &Item) -> bool {
    !matches!(
        item.word(),
        Some(
            Word::Filler
                | Word::Article
                | Word::It
                | Word::Is
                | Word::Photo
                | Word::Slight
                | Word::Strong
                | Word::In
                | Word::Wish
        )
    )
}
