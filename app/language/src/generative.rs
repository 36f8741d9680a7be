//! Tells apart what no recipe can do: things that would have to be invented, filled in or reshaped.

use crate::clause::{Clause, Joint};
use crate::heads::{Ask, Head, Modifiers};
use crate::lexicon::Role;
use crate::places::Places;
use crate::read::{Item, Kind};
use crate::sense::{Sense, Word};

pub(crate) const ADDING: &str = "adding something";
pub(crate) const REMOVING: &str = "removing something";
pub(crate) const CHANGING: &str = "changing what something is";
/// All kinds of generative work, in words.
pub const GENERATIVE: [&str; 3] = [ADDING, REMOVING, CHANGING];

/// The kind of generative work a clause asks, if it does.
pub(crate) fn kind(
    items: &[Item],
    heads: &[Head],
    places: &Places,
    clause: &Clause,
    before: Option<&'static str>,
    night: bool,
) -> Option<&'static str> {
    let with = clause.with;
    let has = |word: Word| items.iter().any(|item| item.is(word));
    // "without touching the sky", "don't add people": what is forbidden needs no model
    if has(Word::Not) {
        return unwanted(clause, heads, places).then_some(REMOVING);
    }
    if another_season(items, heads) {
        return Some(CHANGING);
    }
    if with && lights_of_the_night(items, heads, night) {
        return Some(ADDING);
    }
    let thing = has(Word::Thing);
    // "colorize this black and white photo", "write … on it"
    let content = items
        .iter()
        .find(|i| !matches!(i.word(), Some(Word::Filler | Word::Wish)));
    if content.is_some_and(|item| item.is(Word::Act)) {
        return Some(CHANGING);
    }
    let unknown = items.iter().any(|item| item.kind == Kind::Unknown);
    // a colour changes nothing that has no mask; any other head is work for a recipe
    let painted = thing && heads.iter().any(|head| matches!(head.ask, Ask::Colour(..)));
    let recipe = heads.iter().any(|head| {
        !(matches!(head.ask, Ask::Colour(..)) || painted && matches!(head.ask, Ask::Colours))
    });
    let styled = heads.iter().any(|head| matches!(head.ask, Ask::Style(_)));
    let painted_place = !thing
        && !unknown
        && !heads.is_empty()
        && heads.iter().all(|h| matches!(h.ask, Ask::Colour(..)));
    if has(Word::Replace)
        && !painted_place
        && !heads
            .iter()
            .any(|h| matches!(h.ask, Ask::Name(_) | Ask::Tone(_)))
        && (thing || unknown || places.physical || styled || snow(places))
    {
        return Some(CHANGING);
    }
    if added_along(items, heads, with) || more_of_them(items, heads) {
        return Some(ADDING);
    }
    // "add a shadow under the car", "add a sunset behind the mountains"
    let made_of_nothing = has(Word::Add)
        && thing
        && !has(Word::To)
        && heads
            .iter()
            .all(|h| matches!(h.ask, Ask::Style(_) | Ask::Tone(_)));
    if made_of_nothing {
        return Some(ADDING);
    }
    // "change the background"
    let other_place = has(Word::Touch)
        && heads.is_empty()
        && places.physical
        && !places.prefixed
        && places.parts.iter().any(|p| {
            use retake_core::RegionKind::{Background, Sky};
            matches!(p.kind, Background | Sky)
        });
    if other_place || (has(Word::Fix) && thing && heads.is_empty()) {
        return Some(CHANGING);
    }
    if styled && (scene_with_things(items) || felt(items, places)) {
        return Some(CHANGING);
    }
    // "whiten her teeth": there is no mask for so small a thing
    let whitened =
        thing && !heads.is_empty() && heads.iter().all(|h| matches!(h.ask, Ask::Colour(_, true)));
    if whitened {
        return Some(CHANGING);
    }
    let real_place = places.physical && !places.prefixed;
    // Spanish people are removed with "a"
    let someone = places.physical
        && places
            .parts
            .iter()
            .any(|p| p.kind == retake_core::RegionKind::Subject);
    let grown = has(Word::Add) && !recipe && places.physical && heads.is_empty();
    if recipe {
        // "add a sunset": an indefinite noun that is also a style
        let noun = styled && heads.len() == 1 && has(Word::Replace);
        return noun.then_some(CHANGING);
    }
    if has(Word::Act) {
        return Some(CHANGING);
    }
    let an_unknown = items
        .windows(2)
        .any(|pair| pair[0].is(Word::Article) && pair[1].kind == Kind::Unknown)
        || has(Word::Article) && unknown && heads.is_empty();
    if (has(Word::Add) && (thing || an_unknown))
        || (has(Word::Give) && thing && heads.is_empty())
        || (has(Word::With) && thing && heads.is_empty() && places.physical)
        || grown
    {
        let recoloured = places.named_by_colour.is_some() && !has(Word::Add);
        return Some(if recoloured { CHANGING } else { ADDING });
    }
    if has(Word::Remove)
        && (thing || (unknown && heads.is_empty()) || ((real_place || someone) && heads.is_empty()))
    {
        return Some(REMOVING);
    }
    // "mach aus dem Hund eine Katze"
    let into_another = has(Word::Make)
        && heads.is_empty()
        && places.physical
        && items.windows(2).any(|pair| {
            pair[0].is(Word::Article)
                && (pair[1].is(Word::Thing)
                    || matches!(pair[1].kind, Kind::Sense(Sense::Region(_))))
        });
    if into_another {
        return Some(CHANGING);
    }
    let verb = [
        Word::Make,
        Word::Touch,
        Word::Give,
        Word::Increase,
        Word::Decrease,
        Word::Down,
        Word::Up,
    ]
    .iter()
    .any(|&word| has(word));
    // "colour the dress red", "färbe das Kleid rot"
    let dyed = matches!(heads, [first, .., last]
        if first.ask == Ask::Colours && matches!(last.ask, Ask::Colour(_, false)))
        && !has(Word::Is);
    let verb = verb || dyed;
    let to = items.iter().position(|item| item.is(Word::To));
    let thing_before = to.is_some_and(|to| {
        items[..to]
            .iter()
            .any(|i| i.is(Word::Thing) || matches!(i.kind, Kind::Sense(Sense::Region(_))))
    });
    let turned = thing_before && !has(Word::Crop) && !has(Word::In);
    if (verb || turned) && thing {
        return Some(CHANGING);
    }
    let becomes = to.is_some_and(|to| {
        items[to + 1..]
            .iter()
            .find(|i| !matches!(i.word(), Some(Word::Filler | Word::Article)))
            .is_some_and(|item| {
                item.kind == Kind::Unknown || matches!(item.kind, Kind::Sense(Sense::Region(_)))
            })
    });
    if (has(Word::Make) || has(Word::Touch) || turned) && becomes && heads.is_empty() {
        return Some(CHANGING);
    }
    // "add a dog and a cat"
    (before.is_some() && !verb && heads.is_empty() && (thing || real_place && has(Word::Article)))
        .then_some(before?)
}

/// "…, with stars", "winter with snow on the ground": things that come along with a look.
fn added_along(items: &[Item], heads: &[Head], with: bool) -> bool {
    let first = items
        .iter()
        .find(|i| !matches!(i.word(), Some(Word::Article | Word::Slight | Word::More)));
    let seen = first.is_some_and(|item| match &item.kind {
        Kind::Sense(Sense::Region(parts)) => parts.iter().any(|p| {
            use retake_core::RegionKind::{Foliage, Neutrals, Sky, Subject};
            matches!(p.kind, Foliage | Neutrals | Sky | Subject)
        }),
        _ => false,
    });
    let thing = items.iter().any(|item| item.is(Word::Thing));
    with && heads.is_empty() && (thing || seen)
}

/// "turn the day into a night full of stars".
fn scene_with_things(items: &[Item]) -> bool {
    let Some(to) = items.iter().position(|item| item.is(Word::To)) else {
        return false;
    };
    let after = &items[to..];
    after.iter().any(|item| item.is(Word::Thing))
        && after
            .iter()
            .any(|item| matches!(item.kind, Kind::Sense(Sense::Style(_))))
}

/// "make her look happier": a face would have to change.
fn felt(items: &[Item], places: &Places) -> bool {
    let person = places
        .parts
        .iter()
        .any(|p| p.kind == retake_core::RegionKind::Subject && !p.inverted);
    person && items.iter().any(|item| item.feeling)
}

/// "no people please", "without the car": what is there should go.
fn unwanted(clause: &Clause, heads: &[Head], places: &Places) -> bool {
    let verbs = [
        Word::Touch,
        Word::Add,
        Word::Make,
        Word::Give,
        Word::Remove,
        Word::Replace,
        Word::Keep,
        Word::Only,
        Word::Increase,
        Word::Decrease,
        Word::Clip,
        Word::Crop,
        Word::Photo,
        Word::Is,
    ];
    let asked = clause
        .items
        .iter()
        .any(|item| item.word().is_some_and(|word| verbs.contains(&word)));
    let seen = clause.items.iter().any(|item| item.is(Word::Thing))
        || places
            .parts
            .iter()
            .any(|p| p.kind == retake_core::RegionKind::Subject);
    clause.joint == Joint::Start && heads.is_empty() && seen && !asked
}

/// "cover the ground with snow".
fn snow(places: &Places) -> bool {
    places
        .parts
        .iter()
        .any(|p| p.kind == retake_core::RegionKind::Neutrals && !p.inverted)
}

/// "more clouds": more of what is seen, when nothing says more of what in it.
fn more_of_them(items: &[Item], heads: &[Head]) -> bool {
    let followed = items.windows(2).any(|pair| {
        pair[0].is(Word::More)
            && matches!(&pair[1].kind, Kind::Sense(Sense::Region(parts)) if parts.iter().any(|p| {
                use retake_core::RegionKind::{Foliage, Sky, Subject};
                matches!(p.kind, Foliage | Sky | Subject)
            }))
    });
    followed && heads.is_empty() && !items.iter().any(|i| i.is(Word::Is))
}

/// "turn summer into winter", "change the season to autumn", "turn the landscape into winter": snow and leaves would have
/// to come or go. "A winter look" and "like winter" are grades.
fn another_season(items: &[Item], heads: &[Head]) -> bool {
    let verb = items.iter().any(|i| {
        matches!(
            i.word(),
            Some(Word::Make | Word::Touch | Word::Replace | Word::To)
        )
    });
    let alike = items.iter().any(|i| i.plays(Role::Comparing));
    let styles = heads.iter().all(|h| matches!(h.ask, Ask::Style(_)));
    let mut seasons: Vec<&Item> = Vec::new();
    for item in items.iter().filter(|i| i.plays(Role::Season)) {
        if seasons.iter().all(|had| had.kind != item.kind) {
            seasons.push(item);
        }
    }
    let scene = items.iter().position(|i| i.plays(Role::Scene));
    let to = items.iter().position(|i| i.is(Word::To));
    let scene_turned = matches!((scene, to), (Some(scene), Some(to)) if scene < to);
    verb && !alike && styles && (seasons.len() >= 2 || scene_turned && !seasons.is_empty())
}

/// "night, with lights": they would have to be drawn.
fn lights_of_the_night(items: &[Item], heads: &[Head], night: bool) -> bool {
    use retake_core::Quantity::{Highlights, Lightness};
    let lights = items.iter().any(|item| {
        matches!(
            item.kind,
            Kind::Sense(Sense::Tone(Highlights) | Sense::Name(Lightness))
        )
    });
    let plain = heads.iter().all(|head| {
        let named = matches!(head.ask, Ask::Tone(Highlights) | Ask::Name(Lightness));
        named && head.modifiers == Modifiers::default()
    });
    night && lights && plain
}
