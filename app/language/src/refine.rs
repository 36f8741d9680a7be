//! Settles what a single item cannot know: words whose meaning hangs on their neighbours.

use crate::Lexicon;
use crate::read::{Item, Kind};
use crate::sense::{Sense, Word};
use crate::text::Text;

/// The items with what their neighbours make of them.
pub(crate) fn refined(items: Vec<Item>, text: &Text, lexicon: &Lexicon) -> Vec<Item> {
    let items = sides(looks(ratios(bare_sizes(enumerated(items)))));
    let items = leaning(becoming(faults_replaced(items)), lexicon);
    verbs_apart(stops_over(listed_bands(items), text), text)
}

/// "1. brighter 2. warmer": numbers that count the wishes are no amounts.
fn enumerated(mut items: Vec<Item>) -> Vec<Item> {
    let mut next = 1.0;
    for at in 0..items.len() {
        let counted = matches!(items[at].kind, Kind::Number(value, None) if value == next);
        let marked = items
            .get(at + 1)
            .is_some_and(|i| matches!(i.kind, Kind::Break('.' | ')')));
        if counted && marked && (at == 0 || next > 1.0) && items.len() > at + 2 {
            items[at].kind = Kind::Break('.');
            next += 1.0;
        }
    }
    items
}

/// "4K", "8k": the size of a screen, no colour of light.
fn bare_sizes(mut items: Vec<Item>) -> Vec<Item> {
    for at in 1..items.len() {
        let small = matches!(items[at - 1].kind, Kind::Number(value, None) if value < 100.0);
        if small && items[at].is(Word::Kelvin) {
            items[at].kind = Kind::Unknown;
            items[at].first = items[at - 1].first;
            items[at - 1].kind = Kind::Sense(Sense::Word(Word::Filler));
        }
    }
    items
}

/// "crop to 5 by 7", "16 zu 9": between two numbers of a crop a small word is the ratio's.
fn ratios(mut items: Vec<Item>) -> Vec<Item> {
    if !items.iter().any(|i| i.is(Word::Crop)) {
        return items;
    }
    let value = |item: &Item| match item.kind {
        Kind::Number(value, None) | Kind::Sense(Sense::Number(value)) if value > 0.0 => Some(value),
        _ => None,
    };
    let mut at = 0;
    while at + 2 < items.len() {
        if let (Some(width), Some(height), true) = (
            value(&items[at]),
            value(&items[at + 2]),
            matches!(
                items[at + 1].word(),
                Some(Word::In | Word::To | Word::Too | Word::MultipliedBy)
            ),
        ) {
            let (first, end) = (items[at].first, items[at + 2].end);
            let ratio = Item::new(Kind::Ratio(width / height), first, end);
            items.splice(at..at + 3, [ratio]);
        }
        at += 1;
    }
    items
}

/// "the shadows look green" says how they are, "make it look green" what they should be.
fn looks(mut items: Vec<Item>) -> Vec<Item> {
    for at in 0..items.len() {
        if !items[at].is(Word::Looks) {
            continue;
        }
        let clause = items[..at]
            .iter()
            .rposition(|i| matches!(i.kind, Kind::Break(_)))
            .map_or(0, |end| end + 1);
        let asked = items[clause..at].iter().any(|i| {
            matches!(
                i.word(),
                Some(Word::Make | Word::Give | Word::Wish | Word::Add | Word::Not)
            )
        });
        let subject = at > clause
            && (items[at - 1].is(Word::Colours)
                || items[at - 1].is(Word::It)
                || items[at - 1].is(Word::Thing)
                || matches!(
                    items[at - 1].kind,
                    Kind::Sense(
                        Sense::Tone(_)
                            | Sense::Region(_)
                            | Sense::RegionColours(_)
                            | Sense::Band(_)
                            | Sense::Name(_)
                    )
                ));
        let word = if subject && !asked {
            Word::Is
        } else {
            Word::Filler
        };
        items[at].kind = Kind::Sense(Sense::Word(word));
    }
    items
}

/// "the bottom 20 %" is a place.
fn sides(mut items: Vec<Item>) -> Vec<Item> {
    use retake_core::{Part, RegionKind};
    for at in 0..items.len() {
        let share = match items.get(at + 1).map(|i| &i.kind) {
            Some(Kind::Number(share, None)) => *share,
            _ => continue,
        };
        let kind = match (items[at].word(), share <= 40.0) {
            (Some(Word::Left), true) => RegionKind::LeftThird,
            (Some(Word::Left), false) => RegionKind::LeftHalf,
            (Some(Word::Right), true) => RegionKind::RightThird,
            (Some(Word::Right), false) => RegionKind::RightHalf,
            (Some(Word::Top), true) => RegionKind::TopThird,
            (Some(Word::Top), false) => RegionKind::TopHalf,
            (Some(Word::Bottom), true) => RegionKind::BottomThird,
            (Some(Word::Bottom), false) => RegionKind::BottomHalf,
            _ => continue,
        };
        if items.get(at + 2).is_some_and(|i| i.is(Word::Percent)) {
            let inverted = false;
            items[at].kind = Kind::Sense(Sense::Region(vec![Part { kind, inverted }]));
            for item in &mut items[at + 1..at + 3] {
                item.kind = Kind::Sense(Sense::Word(Word::Filler));
            }
        }
    }
    items
}

/// "replace the colour cast with warm tones": what is replaced is a fault, and goes.
fn faults_replaced(mut items: Vec<Item>) -> Vec<Item> {
    use retake_core::Quantity::{Cast, Haze, Noise};
    let Some(at) = items.iter().position(|i| i.is(Word::Replace)) else {
        return items;
    };
    let fault = items[at + 1..].iter().take(4).any(|item| {
        item.is(Word::Cast) || matches!(item.kind, Kind::Sense(Sense::Name(Cast | Haze | Noise)))
    });
    let thing = items
        .iter()
        .any(|i| i.is(Word::Thing) || i.kind == Kind::Unknown);
    if fault && !thing {
        items[at].kind = Kind::Sense(Sense::Word(Word::Remove));
        // what comes instead is a wish of its own
        if let Some(with) = items[at..].iter_mut().find(|i| i.is(Word::With)) {
            with.kind = Kind::Sense(Sense::Word(Word::And));
        }
    }
    items
}

/// "turn the greens into oranges": the second is what they become, no place.
fn becoming(mut items: Vec<Item>) -> Vec<Item> {
    let coloured = |item: &Item| {
        matches!(
            item.kind,
            Kind::Sense(Sense::Band(_) | Sense::Colour(_) | Sense::Region(_))
        )
    };
    for at in 1..items.len() {
        let Kind::Sense(Sense::Band(index)) = items[at].kind else {
            continue;
        };
        let clause = items[..at]
            .iter()
            .rposition(|i| matches!(i.kind, Kind::Break(_)) || i.is(Word::And) || i.is(Word::But))
            .map_or(0, |end| end + 1);
        let to = items[clause..at].iter().rposition(|i| i.is(Word::To));
        if to.is_some_and(|to| items[clause..clause + to].iter().any(coloured)) {
            items[at].kind = Kind::Sense(Sense::Colour(index));
        }
    }
    items
}

/// "肤色偏黄" complains, "阴影偏青" wishes.
fn leaning(mut items: Vec<Item>, lexicon: &Lexicon) -> Vec<Item> {
    use retake_core::RegionKind;
    for at in 0..items.len() {
        if !items[at].is(Word::Leans) {
            continue;
        }
        let before = items[..at]
            .iter()
            .rev()
            .take_while(|i| !matches!(i.kind, Kind::Break(_)) && !i.is(Word::And));
        let colour = items[at + 1..]
            .iter()
            .take(2)
            .any(|i| matches!(i.kind, Kind::Sense(Sense::Colour(_))));
        let mut blamed = true;
        for item in before {
            blamed &= match &item.kind {
                Kind::Sense(Sense::Region(parts)) => parts
                    .iter()
                    .all(|p| matches!(p.kind, RegionKind::Skin | RegionKind::Neutrals)),
                Kind::Sense(Sense::Colour(index)) => lexicon
                    .colours
                    .get(*index)
                    .is_some_and(|c| c.angle.is_none()),
                Kind::Sense(Sense::RegionColours(_)) => true,
                Kind::Sense(Sense::Tone(_) | Sense::Band(_)) => false,
                Kind::Sense(Sense::Word(Word::Make | Word::Not)) => false,
                _ => true,
            };
        }
        let word = if blamed && colour {
            Word::Too
        } else {
            Word::More
        };
        items[at].kind = Kind::Sense(Sense::Word(word));
    }
    items
}

/// "a stop under": here the word says which way, not where.
fn stops_over(mut items: Vec<Item>, text: &Text) -> Vec<Item> {
    for at in 1..items.len() {
        let ends = items
            .get(at + 1)
            .is_none_or(|next| matches!(next.kind, Kind::Break(_)));
        if !(ends && items[at].is(Word::In) && items[at - 1].is(Word::Stops)) {
            continue;
        }
        let way = match text
            .slice(items[at].first, items[at].end)
            .to_lowercase()
            .as_str()
        {
            "under" => Word::Down,
            "over" => Word::Up,
            _ => continue,
        };
        items[at].kind = Kind::Sense(Sense::Word(way));
    }
    items
}

/// "it's dark" and "the sky's too dark" hold a verb: "it is dark".
fn verbs_apart(items: Vec<Item>, text: &Text) -> Vec<Item> {
    let mut apart = Vec::with_capacity(items.len());
    for item in items {
        let written = text.slice(item.first, item.end).to_lowercase();
        let names = item.is(Word::It) || item.is(Word::Filler);
        let verb = names && (written.ends_with("'s") || written.ends_with("’s"));
        let is = Item::new(Kind::Sense(Sense::Word(Word::Is)), item.first, item.end);
        apart.push(item);
        if verb {
            apart.push(is);
        }
    }
    apart
}

/// "the red and orange parts": each colour is a place.
fn listed_bands(mut items: Vec<Item>) -> Vec<Item> {
    for end in 0..items.len() {
        if !items[end].is(Word::Part) {
            continue;
        }
        let mut at = end;
        while at >= 3
            && matches!(items[at - 1].kind, Kind::Sense(Sense::Colour(_)))
            && (items[at - 2].is(Word::And) || items[at - 2].kind == Kind::Break(','))
            && matches!(items[at - 3].kind, Kind::Sense(Sense::Colour(_)))
        {
            if let Kind::Sense(Sense::Colour(index)) = items[at - 3].kind {
                items[at - 3].kind = Kind::Sense(Sense::Band(index));
            }
            at -= 2;
        }
    }
    items
}
