//! The rules, the most particular first; the first that fits says the kind.

use retake_core::{Quantity, Region, Understanding};

use super::asked::Asked;
use super::words::*;

/// A rule and the kind that it says.
struct Rule(&'static str, fn(&Asked<'_>) -> bool);

const RULES: &[Rule] = &[
    // a person as something else
    Rule("lego", |a| a.has(&LEGO)),
    Rule("funko", |a| a.has(&FUNKO)),
    Rule("simpsons", |a| a.has(&SIMPSONS)),
    Rule("sticker", |a| a.has(&STICKER) && !a.begins(&REMOVE)),
    Rule("caricature", |a| a.has(&CARICATURE)),
    Rule("pixar", |a| a.has(&PIXAR)),
    Rule("comic", |a| a.has(&COMIC) && a.has(&PERSON)),
    Rule("anime", |a| a.has(&ANIME) && a.has(&PERSON)),
    Rule("lineart", |a| a.has(&LINES) && a.has(&PERSON)),
    // letters
    Rule("translate", |a| a.has(&TRANSLATE)),
    Rule("remove", |a| {
        a.begins(&REMOVE) && (a.has(&LETTERS) || a.has(&BOARDS))
    }),
    Rule("font", |a| {
        a.has(&FONT) && (letters(a) || a.has(&["font~", "typeface"])) && !new(a)
    }),
    Rule("text_add", |a| {
        a.begins(&WRITE) || (new(a) && (a.quoted || a.has(&LETTERS)))
    }),
    Rule("text_replace", |a| a.quoted && letters(a)),
    Rule("text_replace", |a| {
        a.has(&LETTERS) && (a.has(&REPLACE) || a.then(&TURN, &READS))
    }),
    Rule("font", |a| {
        a.has(&LETTERS) && (a.has(&COLOURS) || a.has(&RESIZE))
    }),
    // the frame
    Rule("outpaint", |a| a.has(&OUTPAINT)),
    Rule("zoom", |a| a.has(&ZOOM)),
    // people
    Rule("expression", |a| {
        a.has(&EXPRESSION) && !a.has(&FEELING_OF_SCENES) && !new(a)
    }),
    Rule("accessory", |a| {
        a.has(&ACCESSORY) && (a.has(&PERSON) || a.has(&WORN))
    }),
    Rule("clothing", |a| {
        a.has(&CLOTHES) && (a.has(&PERSON) || a.has(&WORN)) && !a.begins(&REMOVE)
    }),
    Rule("age", |a| {
        (a.has(&AGE) || a.has(&INTO_SOMEBODY)) && a.has(&PERSON)
    }),
    Rule("pose", |a| {
        a.then(&MOVES, &BODY) || (a.has(&POSE) && a.has(&PERSON) && !new(a))
    }),
    // what goes, whatever it is called
    Rule("remove", |a| {
        a.begins(&REMOVE) || (a.begins(&TAKE) && a.then(&TAKE, &OUT))
    }),
    Rule("relocate", |a| {
        a.begins(&RELOCATE) || a.has(&["positions of", "swap places", "the existing"])
    }),
    // the look of all of it
    Rule("grain", |a| a.has(&GRAIN)),
    Rule("background", |a| a.has(&BACKGROUND)),
    Rule("background", |a| new(a) && a.has(&PERSON) && a.has(&PLACES)),
    Rule("season", |a| a.has(&SEASON) && !(a.begins(&REPLACE))),
    Rule("art", |a| {
        a.has(&ART) && (!new(a) || a.has(&["style"])) && !a.begins(&REPLACE)
    }),
    Rule("cartoon", |a| {
        a.has(&CARTOON) && !new(a) && !a.begins(&REPLACE)
    }),
    Rule("historical", |a| a.has(&HISTORICAL) || a.names_years()),
    Rule("replace", |a| a.has(&REPLACE)),
    Rule("weather", |a| a.has(&WEATHER)),
    // things
    Rule("resize", |a| a.has(&RESIZE)),
    Rule("attribute", |a| a.has(&PAINT) && !new(a)),
    Rule("tone", |a| a.has(&TONE) && a.has(&WHOLE)),
    Rule("lighting", |a| {
        a.has(&LIGHT) && (a.has(&WHOLE) || !a.has(&COLOURS)) && !new(a)
    }),
    Rule("attribute", |a| {
        (a.has(&COLOURS) || a.has(&MATERIALS)) && !new(a) && !to_a_thing(a)
    }),
    Rule("add", |a| new(a) && !more_of_a_quantity(a)),
    Rule("replace", to_a_thing),
    Rule("tone", |a| a.has(&TONE)),
    Rule("lighting", |a| a.has(&LIGHT)),
];

/// Something that was not there is to be there.
fn new(asked: &Asked<'_>) -> bool {
    asked.begins(&ADD)
}

/// "Add contrast": nothing new, and every word of it understood.
fn more_of_a_quantity(asked: &Asked<'_>) -> bool {
    asked.understood().is_some_and(|read| {
        let nothing_else = read.generative.is_empty() && read.not_understood.is_empty();
        nothing_else && !read.goals.is_empty()
    })
}

/// Something on which letters stand, or letters.
fn letters(asked: &Asked<'_>) -> bool {
    asked.has(&LETTERS) || asked.has(&BOARDS)
}

fn to_a_thing(asked: &Asked<'_>) -> bool {
    asked.then(&TURN, &INTO)
}

/// The kind's id.
pub(super) fn of(asked: &Asked<'_>) -> Option<&'static str> {
    let rule = RULES.iter().find(|Rule(_, fits)| fits(asked));
    rule.map(|Rule(id, _)| *id)
        .or_else(|| by_lexicon(&asked.understood()?))
}

/// What the lexicon tells: new content, a place's colour, or a quantity of the whole picture.
fn by_lexicon(understood: &Understanding) -> Option<&'static str> {
    if let Some(generative) = understood.generative.first() {
        let kinds = ["add", "remove", "replace"];
        let place = retake_language::GENERATIVE
            .iter()
            .position(|kind| *kind == generative.kind)?;
        return kinds.get(place).copied();
    }
    let goal = understood.goals.first()?;
    Some(match goal.quantity {
        _ if goal.region != Region::whole() => "attribute",
        Quantity::Exposure | Quantity::Lightness => "lighting",
        Quantity::Grain => "grain",
        _ => "tone",
    })
}
