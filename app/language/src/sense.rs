//! What a phrase of the lexicon can mean.

use retake_core::{Change, Part, Quantity};
use serde::Deserialize;

/// The meaning of a phrase.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Sense {
    /// the name of a quantity; needs a direction from elsewhere, alone it means more of it
    Name(Quantity),
    /// a word that says a direction itself: "warmer", "darken"
    Attribute(Vec<(Quantity, Change)>),
    /// a complaint, with the change that mends it: "underexposed" raises
    Fault(Vec<(Quantity, Change)>),
    /// "shadows", "highlights", "whites", "blacks": a quantity, or the place where another changes
    Tone(Quantity),
    /// a place
    Region(Vec<Part>),
    /// the colours of a place: "skin tones"
    RegionColours(Part),
    /// a colour name, an index into the lexicon's colours
    Colour(usize),
    /// "bluer"
    MoreColour(usize),
    /// "the reds"
    Band(usize),
    /// an index into the lexicon's styles
    Style(usize),
    /// width over height
    Aspect(f32),
    /// "two"
    Number(f32),
    /// "twice as"
    Times(f32),
    /// grammar
    Word(Word),
}

/// Words of grammar and the few nouns the grammar knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Word {
    /// says nothing here: "please", "the"
    Filler,
    /// a, an
    Article,
    /// want, wish, should: what follows "is" here is no complaint
    Wish,
    /// especially, above all: the place gets what was asked once more
    Especially,
    /// look: "is" after its subject, nothing after "make it"
    Looks,
    /// leans towards: a complaint of skin and white, a wish elsewhere
    Leans,
    More,
    Less,
    /// raise, boost
    Increase,
    /// reduce, lower
    Decrease,
    Up,
    Down,
    Remove,
    Fix,
    Add,
    Give,
    Make,
    /// to, into, towards
    To,
    Slight,
    Strong,
    Extreme,
    /// completely
    Complete,
    Too,
    /// too much
    TooMuch,
    /// not enough, lacks
    TooLittle,
    Enough,
    /// so, as (after "not")
    So,
    Not,
    Keep,
    /// change, touch, affect
    Touch,
    Only,
    Except,
    /// everything else
    Rest,
    /// loses highlights: blow out, clip
    Clip,
    /// loses shadows: crush
    Crush,
    Detail,
    /// bring back what is nearly lost
    Recover,
    /// is, looks
    Is,
    And,
    Or,
    But,
    With,
    /// parts, areas, tones
    Part,
    /// the photo
    Photo,
    /// it
    It,
    /// in, on, of
    In,
    /// colour, colours
    Colours,
    /// tint, cast
    Cast,
    Deep,
    Crop,
    Portrait,
    Landscape,
    Rotate,
    Flip,
    Clockwise,
    CounterClockwise,
    Left,
    Right,
    Top,
    Bottom,
    Horizontal,
    Vertical,
    Stops,
    Percent,
    Degrees,
    Kelvin,
    Pixels,
    MultipliedBy,
    /// "don't overdo it", "keep it subtle"
    Overdo,
    Natural,
    /// replace, swap
    Replace,
    /// something that can be added or removed, but not found in pixels
    Thing,
    /// him, her
    Person,
    /// smile, younger: changes what is in the picture
    Act,
}
