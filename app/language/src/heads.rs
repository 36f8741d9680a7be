//! Within a clause: the words that ask for something, each with the modifiers that belong to it.

use retake_core::{Change, Degree, Quantity};

use crate::read::{Item, Kind};
use crate::sense::{Sense, Word};

/// A word that asks for something.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Head {
    pub(crate) ask: Ask,
    pub(crate) modifiers: Modifiers,
    /// its item in the clause
    pub(crate) at: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Ask {
    Name(Quantity),
    /// the changes, and whether they mend a complaint
    Attribute(Vec<(Quantity, Change)>, bool),
    Tone(Quantity),
    /// the colour, and whether more of it (rather than it) is asked
    Colour(usize, bool),
    Colours,
    Cast,
    Detail,
    Deep,
    Style(usize),
    Aspect(f32),
    Rotate,
    Flip,
}

/// What the words around a head say about it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Modifiers {
    /// +1 more, −1 less
    pub(crate) direction: Option<i8>,
    pub(crate) removed: bool,
    /// "more", "less", rather than a verb
    pub(crate) compared: bool,
    pub(crate) degree: Option<Degree>,
    pub(crate) complete: bool,
    pub(crate) too: bool,
    pub(crate) too_much: bool,
    pub(crate) too_little: bool,
    pub(crate) enough: bool,
    pub(crate) so: bool,
    pub(crate) recovered: bool,
    /// the value, its written sign and its unit
    pub(crate) number: Option<(f32, Option<bool>, Option<Word>)>,
    pub(crate) times: Option<f32>,
}

impl Modifiers {
    fn degree(&mut self, degree: Degree) {
        self.degree = Some(match self.degree {
            // "just a little bit too much" is slight, "very much" is the stronger
            Some(Degree::Slight) => Degree::Slight,
            Some(_) if degree == Degree::Slight => Degree::Slight,
            Some(had) => had.max(degree),
            None => degree,
        });
    }

    /// Words that follow the last head belong to it.
    fn absorb(&mut self, after: Self) {
        if self.direction.is_none() {
            self.direction = after.direction;
            self.compared |= after.compared;
        }
        self.removed |= after.removed;
        if let Some(degree) = after.degree {
            self.degree(degree);
        }
        self.complete |= after.complete;
        self.too |= after.too;
        self.too_much |= after.too_much;
        self.too_little |= after.too_little;
        self.enough |= after.enough;
        self.so |= after.so;
        self.recovered |= after.recovered;
        self.number = self.number.or(after.number);
        self.times = self.times.or(after.times);
    }
}

/// The heads of a clause and what its verbs said when there was no head for them.
pub(crate) struct Heads {
    pub(crate) heads: Vec<Head>,
    pub(crate) loose: Modifiers,
    /// the direction of the clause's verb, for the next clause to inherit
    pub(crate) verb: Option<i8>,
    /// true when a direction stood in this clause itself
    pub(crate) directed: bool,
}

/// `skip` marks items that are places here (tones, colours before "parts"); they ask for nothing.
pub(crate) fn heads(items: &[Item], skip: &[bool]) -> Heads {
    let mut found: Vec<Head> = Vec::new();
    let mut waiting = Modifiers::default();
    let mut verb: Option<i8> = None;
    let mut removed = false;
    let mut recovered = false;
    let mut directed = false;
    for (at, item) in items.iter().enumerate() {
        if skip.get(at).copied().unwrap_or(false) {
            continue;
        }
        let ask = match &item.kind {
            Kind::Sense(Sense::Name(quantity)) => Some(Ask::Name(*quantity)),
            Kind::Sense(Sense::Attribute(changes)) => Some(Ask::Attribute(changes.clone(), false)),
            Kind::Sense(Sense::Fault(changes)) => Some(Ask::Attribute(changes.clone(), true)),
            Kind::Sense(Sense::Tone(quantity)) => Some(Ask::Tone(*quantity)),
            Kind::Sense(Sense::Colour(index)) => Some(Ask::Colour(*index, false)),
            Kind::Sense(Sense::MoreColour(index)) => Some(Ask::Colour(*index, true)),
            Kind::Sense(Sense::Style(index)) => Some(Ask::Style(*index)),
            Kind::Sense(Sense::Aspect(ratio)) | Kind::Ratio(ratio) => Some(Ask::Aspect(*ratio)),
            Kind::Sense(Sense::Times(times)) => {
                waiting.times = Some(*times);
                None
            }
            Kind::Sense(Sense::Number(value)) => {
                take_number(&mut found, &mut waiting, *value, None, items.get(at + 1));
                None
            }
            Kind::Number(value, sign) => {
                take_number(&mut found, &mut waiting, *value, *sign, items.get(at + 1));
                None
            }
            Kind::Sense(Sense::Word(word)) => match word {
                Word::Colours => Some(Ask::Colours),
                Word::Cast => Some(Ask::Cast),
                Word::Detail => Some(Ask::Detail),
                Word::Deep => Some(Ask::Deep),
                Word::Rotate => Some(Ask::Rotate),
                Word::Flip => Some(Ask::Flip),
                word => {
                    match word {
                        Word::More => (waiting.direction, waiting.compared) = (Some(1), true),
                        Word::Less => (waiting.direction, waiting.compared) = (Some(-1), true),
                        Word::Increase | Word::Add | Word::Give => verb = verb.or(Some(1)),
                        Word::Decrease => verb = Some(-1),
                        Word::Remove => (verb, removed) = (Some(-1), true),
                        Word::Recover => recovered = true,
                        Word::Up | Word::Down => {
                            let sign = if *word == Word::Up { 1 } else { -1 };
                            match found.last_mut() {
                                Some(head)
                                    if head.modifiers.direction.is_none()
                                        && !matches!(head.ask, Ask::Attribute(..)) =>
                                {
                                    head.modifiers.direction = Some(sign)
                                }
                                Some(_) => {}
                                None => verb = verb.or(Some(sign)),
                            }
                        }
                        Word::Slight => waiting.degree(Degree::Slight),
                        Word::Strong => waiting.degree(Degree::Strong),
                        Word::Extreme => waiting.degree(Degree::Extreme),
                        Word::Complete => {
                            waiting.degree(Degree::Extreme);
                            waiting.complete = true;
                        }
                        Word::Too => waiting.too = true,
                        Word::TooMuch => waiting.too_much = true,
                        Word::TooLittle => waiting.too_little = true,
                        Word::Enough => waiting.enough = true,
                        Word::So => waiting.so = true,
                        _ => {}
                    }
                    directed |= matches!(
                        word,
                        Word::More
                            | Word::Less
                            | Word::Increase
                            | Word::Decrease
                            | Word::Remove
                            | Word::Up
                            | Word::Down
                    );
                    None
                }
            },
            _ => None,
        };
        if let Some(ask) = ask {
            found.push(Head {
                ask,
                modifiers: std::mem::take(&mut waiting),
                at,
            });
        }
    }
    match found.last_mut() {
        Some(last) => last.modifiers.absorb(std::mem::take(&mut waiting)),
        None => waiting.direction = waiting.direction.or(verb),
    }
    for head in &mut found {
        if head.modifiers.direction.is_none() {
            head.modifiers.direction = verb;
            head.modifiers.removed |= removed;
        }
        head.modifiers.recovered |= recovered;
    }
    waiting.removed |= removed;
    waiting.recovered |= recovered;
    Heads {
        heads: found,
        loose: waiting,
        verb,
        directed,
    }
}

fn take_number(
    found: &mut [Head],
    waiting: &mut Modifiers,
    value: f32,
    sign: Option<bool>,
    next: Option<&Item>,
) {
    let unit = next.and_then(Item::word).filter(|word| {
        matches!(
            word,
            Word::Stops
                | Word::Percent
                | Word::Degrees
                | Word::Kelvin
                | Word::Pixels
                | Word::MultipliedBy
        )
    });
    if unit == Some(Word::MultipliedBy) {
        waiting.times = Some(value);
        return;
    }
    let number = Some((value, sign, unit));
    match found.last_mut() {
        Some(head) if head.modifiers.number.is_none() => head.modifiers.number = number,
        _ => waiting.number = number,
    }
}
