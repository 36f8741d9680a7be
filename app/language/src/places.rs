//! Where a clause applies: its places, those of the clauses around it, and everything but them.

use retake_core::{Band, Part, Quantity, Region, RegionKind};

use crate::Lexicon;
use crate::read::{Item, Kind};
use crate::sense::{Sense, Word};

/// The places named in one clause.
#[derive(Clone, Debug, Default)]
pub(crate) struct Places {
    pub(crate) parts: Vec<Part>,
    /// items that are places or belong to them: they ask for nothing
    pub(crate) skip: Vec<bool>,
    /// only the colours of the place are meant
    pub(crate) colours_of: bool,
    /// the photo as a whole was named
    pub(crate) whole: bool,
    /// "it": the place spoken of before, if any
    pub(crate) it: bool,
    /// the place comes after "in", "on", "to"
    pub(crate) prefixed: bool,
    /// item of the first place
    pub(crate) first: Option<usize>,
    /// "everything but"
    pub(crate) excepted: bool,
    /// "everything else"
    pub(crate) rest: bool,
    /// the place's first item is something one can see, not a side, a colour or a tone
    pub(crate) physical: bool,
    /// item that its colour finds better than its name
    pub(crate) named_by_colour: Option<usize>,
}

pub(crate) fn places(items: &[Item], lexicon: &Lexicon) -> Places {
    let mut places = Places {
        skip: vec![false; items.len()],
        ..Places::default()
    };
    let tones_are_places = tones_are_places(items, lexicon);
    let geometry = items.iter().any(is_geometry);
    let topic = topic(items, lexicon);
    for (at, item) in items.iter().enumerate() {
        let colour_band = |index: &usize| lexicon.colours.get(*index).and_then(|c| c.band);
        let next = items[at + 1..]
            .iter()
            .find(|i| !matches!(i.word(), Some(Word::Filler | Word::Wish)));
        let mut found: Vec<Part> = Vec::new();
        match &item.kind {
            Kind::Sense(Sense::Region(_)) if places.named_by_colour == Some(at) => {
                places.skip[at] = true;
            }
            Kind::Sense(Sense::Region(parts)) => {
                let seen = parts.iter().all(|p| !is_side(p.kind));
                places.physical |= places.first.is_none() && seen;
                found.extend(parts);
            }
            Kind::Sense(Sense::RegionColours(part)) => {
                places.colours_of = true;
                found.push(*part);
            }
            Kind::Sense(Sense::Band(index)) => match colour_band(index) {
                Some(band) => found.push(part(RegionKind::Colour(band))),
                None => found.push(part(RegionKind::Neutrals)),
            },
            Kind::Sense(Sense::Colour(index)) => {
                if next.is_some_and(|i| i.is(Word::Part)) || topic == Some(at) {
                    found.push(part(
                        colour_band(index).map_or(RegionKind::Neutrals, RegionKind::Colour),
                    ));
                } else if blamed_white(items, at, lexicon) {
                    found.push(part(RegionKind::Neutrals));
                } else if places.excepted && colour_band(index).is_some() {
                    // "black and white except red"
                    found.extend(colour_band(index).map(|band| part(RegionKind::Colour(band))));
                } else if let (Some(band), true) = (
                    colour_band(index),
                    items
                        .get(at + 1)
                        .is_some_and(|i| is_subject(i) || i.is(Word::Thing)),
                ) {
                    // "the yellow flowers": the colour finds them better than their name
                    found.push(part(RegionKind::Colour(band)));
                    places.named_by_colour = Some(at + 1);
                } else if items.get(at + 1).is_some_and(|i| {
                    matches!(i.kind, Kind::Sense(Sense::Region(_) | Sense::Band(_)))
                }) {
                    // "the blue sky": which sky, not what to do with it
                    places.skip[at] = true;
                }
            }
            Kind::Sense(Sense::Tone(quantity)) if tones_are_places => {
                found.push(part(tone_place(*quantity)))
            }
            Kind::Sense(Sense::Word(word)) => match word {
                Word::Left if !geometry => found.push(part(RegionKind::LeftHalf)),
                Word::Right if !geometry => found.push(part(RegionKind::RightHalf)),
                Word::Top if !geometry => found.push(part(RegionKind::TopHalf)),
                Word::Bottom if !geometry => found.push(part(RegionKind::BottomHalf)),
                Word::Photo => places.whole = true,
                Word::It => places.it = true,
                Word::Except => places.excepted = true,
                Word::Rest => places.rest = true,
                _ => {}
            },
            _ => {}
        }
        if found.is_empty() {
            continue;
        }
        places.skip[at] = true;
        if places.first.is_none() {
            places.first = Some(at);
            places.prefixed = items[..at]
                .iter()
                .rev()
                .find(|i| {
                    !matches!(
                        i.word(),
                        Some(Word::Filler | Word::Article | Word::Only | Word::Wish)
                    )
                })
                .is_some_and(|i| matches!(i.word(), Some(Word::In | Word::To)));
        }
        for mut part in found {
            part.inverted ^= places.excepted;
            let clash = |had: &Part| {
                had.kind == part.kind
                    || (opposite(had.kind) == Some(part.kind) && !had.inverted && !part.inverted)
            };
            if !places.parts.iter().any(clash) {
                places.parts.push(part);
            }
        }
    }
    // "her skin", "the man's face": the skin is the nearer word
    if places
        .parts
        .iter()
        .any(|p| p.kind == RegionKind::Skin && !p.inverted)
    {
        places
            .parts
            .retain(|p| p.kind != RegionKind::Subject || p.inverted);
    }
    places
}

/// "make the green more vivid": a colour beside a wish about colours or lightness is the place of that wish.
fn topic(items: &[Item], lexicon: &Lexicon) -> Option<usize> {
    let fits = |q: &Quantity| {
        matches!(
            q,
            Quantity::Saturation | Quantity::Vibrance | Quantity::Lightness | Quantity::Exposure
        )
    };
    let mut colour = None;
    let mut wish = false;
    for (at, item) in items.iter().enumerate() {
        match &item.kind {
            Kind::Sense(Sense::Colour(index)) => {
                if colour.is_some() || lexicon.colours.get(*index)?.band.is_none() {
                    return None;
                }
                colour = Some(at);
            }
            Kind::Sense(Sense::Attribute(changes)) if changes.iter().all(|(q, _)| fits(q)) => {
                wish = true
            }
            Kind::Sense(Sense::Name(quantity)) if fits(quantity) => wish = true,
            Kind::Sense(Sense::Style(index)) => {
                let goals = &lexicon.styles.get(*index)?.goals;
                wish |= goals.iter().any(|g| fits(&g.quantity));
                if goals.iter().any(|g| {
                    matches!(
                        g.quantity,
                        Quantity::ShadowTone | Quantity::HighlightTone | Quantity::Monochrome
                    )
                }) {
                    return None;
                }
            }
            Kind::Sense(
                Sense::Name(_)
                | Sense::Attribute(_)
                | Sense::Fault(_)
                | Sense::Tone(_)
                | Sense::MoreColour(_)
                | Sense::Region(_)
                | Sense::Band(_),
            ) => return None,
            Kind::Sense(Sense::Word(Word::Cast | Word::To | Word::Thing)) => return None,
            _ => {}
        }
    }
    colour.filter(|_| wish)
}

/// "白色偏蓝": white that is too blue is a place.
fn blamed_white(items: &[Item], at: usize, lexicon: &Lexicon) -> bool {
    let hue = |item: &Item| match item.kind {
        Kind::Sense(Sense::Colour(index)) => lexicon.colours.get(index)?.angle,
        _ => None,
    };
    hue(&items[at]).is_none()
        && items[at + 1..].iter().any(|i| i.is(Word::Too))
        && items[at + 1..].iter().any(|i| hue(i).is_some())
}

/// A part of the frame, rather than of what is seen in it.
fn is_side(kind: RegionKind) -> bool {
    use RegionKind::*;
    matches!(
        kind,
        LeftHalf
            | RightHalf
            | TopHalf
            | BottomHalf
            | LeftThird
            | RightThird
            | TopThird
            | BottomThird
            | Centre
            | Edges
            | Corners
    )
}

fn is_subject(item: &Item) -> bool {
    matches!(&item.kind, Kind::Sense(Sense::Region(parts))
        if matches!(parts.as_slice(), [part] if part.kind == RegionKind::Subject && !part.inverted))
}

fn part(kind: RegionKind) -> Part {
    Part {
        kind,
        inverted: false,
    }
}

/// Places that cannot hold at once: the first one named counts.
fn opposite(kind: RegionKind) -> Option<RegionKind> {
    use RegionKind::*;
    Some(match kind {
        Subject => Background,
        Background => Subject,
        LeftHalf => RightHalf,
        RightHalf => LeftHalf,
        TopHalf => BottomHalf,
        BottomHalf => TopHalf,
        Centre => Edges,
        Edges => Centre,
        _ => return None,
    })
}

pub(crate) fn tone_place(quantity: Quantity) -> RegionKind {
    match quantity {
        Quantity::Highlights => RegionKind::Highlights,
        Quantity::Whites => RegionKind::Neutrals,
        _ => RegionKind::Shadows,
    }
}

fn is_geometry(item: &Item) -> bool {
    match &item.kind {
        Kind::Sense(Sense::Attribute(changes)) => changes.iter().any(|(q, _)| q.is_geometry()),
        Kind::Sense(Sense::Name(quantity)) => *quantity == Quantity::MotionBlur,
        Kind::Sense(Sense::Word(word)) => matches!(
            word,
            Word::Rotate | Word::Flip | Word::Clockwise | Word::CounterClockwise
        ),
        _ => false,
    }
}

/// "Lift the shadows" changes their lightness, "make the shadows bluer" happens in them.
fn tones_are_places(items: &[Item], lexicon: &Lexicon) -> bool {
    let lightness = |q: &Quantity| {
        matches!(
            q,
            Quantity::Lightness
                | Quantity::Exposure
                | Quantity::Highlights
                | Quantity::Shadows
                | Quantity::Whites
                | Quantity::Blacks
        )
    };
    let other = items.iter().any(|item| match &item.kind {
        Kind::Sense(Sense::Name(_) | Sense::MoreColour(_) | Sense::Style(_)) => true,
        Kind::Sense(Sense::Colour(index)) => lexicon
            .colours
            .get(*index)
            .is_some_and(|c| c.angle.is_some()),
        Kind::Sense(Sense::Attribute(changes) | Sense::Fault(changes)) => {
            !changes.iter().all(|(q, _)| lightness(q))
        }
        Kind::Sense(Sense::Word(word)) => matches!(word, Word::Colours | Word::Cast),
        _ => false,
    });
    let lighter = items.iter().any(|item| matches!(&item.kind, Kind::Sense(Sense::Attribute(changes) | Sense::Fault(changes)) if changes.iter().all(|(q, _)| lightness(q))));
    let asked = items.iter().any(|item| {
        matches!(
            item.word(),
            Some(
                Word::More
                    | Word::Less
                    | Word::Increase
                    | Word::Decrease
                    | Word::Up
                    | Word::Down
                    | Word::Remove
                    | Word::Recover
                    | Word::Detail
                    | Word::Clip
                    | Word::Crush
                    | Word::Deep
                    | Word::TooMuch
                    | Word::TooLittle
                    | Word::Keep
                    | Word::Not
                    | Word::Add
            )
        ) || matches!(item.kind, Kind::Number(..) | Kind::Sense(Sense::Times(_)))
    });
    other || lighter || !asked
}

/// Everything but a region; of several parts, everything outside each of them.
pub(crate) fn inverted(region: &Region) -> Region {
    Region {
        parts: region
            .parts
            .iter()
            .map(|p| Part {
                inverted: !p.inverted,
                ..*p
            })
            .collect(),
    }
}

/// The quantity that lightness is in the place of a tone, and the region without that tone.
pub(crate) fn tone_of(region: &Region) -> Option<(Quantity, Region)> {
    let index = region.parts.iter().position(|p| {
        !p.inverted && matches!(p.kind, RegionKind::Highlights | RegionKind::Shadows)
    })?;
    let mut rest = region.clone();
    let tone = rest.parts.remove(index);
    Some((
        if tone.kind == RegionKind::Highlights {
            Quantity::Highlights
        } else {
            Quantity::Shadows
        },
        rest,
    ))
}

/// The colour band that a region is, if it is one.
pub(crate) fn only_band(region: &Region) -> Option<Band> {
    region.parts.iter().find_map(|p| match p.kind {
        RegionKind::Colour(band) if !p.inverted => Some(band),
        _ => None,
    })
}
