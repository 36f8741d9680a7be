//! From the heads of a clause to goals: direction, place and amount of each.

mod change;
mod frame;
mod style;
mod tone;

use retake_core::{Amount, Change, Degree, Goal, Quantity, Region};

use crate::Lexicon;
use crate::heads::{Ask, Head, Modifiers};
use crate::read::Item;
use crate::sense::Word;

/// What the grammar of the clause says about all of its heads.
pub(crate) struct Manner<'a> {
    pub(crate) items: &'a [Item],
    pub(crate) lexicon: &'a Lexicon,
    /// "is", "looks": the words describe a fault rather than a wish
    pub(crate) described: bool,
    /// "make", "turn", "give"
    pub(crate) made: bool,
    /// "not so": the opposite is asked
    pub(crate) reversed: bool,
    /// direction of the verb of the clause before
    pub(crate) inherited: Option<i8>,
    pub(crate) words: &'a str,
}

impl Manner<'_> {
    pub(crate) fn has(&self, word: Word) -> bool {
        self.items.iter().any(|item| item.is(word))
    }

    pub(crate) fn goal(
        &self,
        quantity: Quantity,
        change: Change,
        amount: Amount,
        region: &Region,
        weight: f32,
    ) -> Goal {
        Goal {
            quantity,
            change,
            amount,
            region: region.clone(),
            words: self.words.to_owned(),
            weight,
        }
    }

    /// The goals of one head in one place.
    pub(crate) fn goals(&self, head: &Head, region: &Region) -> Vec<Goal> {
        let modifiers = &head.modifiers;
        match &head.ask {
            Ask::Name(Quantity::Cast) => self.cast(head.at, modifiers, region),
            Ask::Name(quantity) => {
                let fault = matches!(quantity, Quantity::Noise | Quantity::Haze);
                // "the noise in the shadows": nobody names a fault to have more of it
                let unsaid =
                    modifiers.direction.is_none() && self.inherited.is_none() && !self.made;
                let sign = if fault && unsaid && !modifiers.too_little && modifiers.number.is_none()
                {
                    -1
                } else {
                    self.sign(modifiers)
                };
                self.changed(*quantity, change(sign), modifiers, region)
            }
            Ask::Attribute(changes, true)
                if matches!(changes.as_slice(), [(Quantity::Straighten, _)]) =>
            {
                self.level_again(modifiers)
            }
            Ask::Attribute(changes, false)
                if self.has(Word::Vertical)
                    && matches!(changes.as_slice(), [(Quantity::FlipHorizontal, _)]) =>
            {
                let whole = Region::whole();
                let amount = Amount::default();
                vec![self.goal(Quantity::FlipVertical, Change::Set, amount, &whole, 1.0)]
            }
            Ask::Attribute(changes, mends) => {
                // "dehaze +20": more of what lowers
                let mut signless = modifiers.clone();
                if let Some((value, Some(true), unit)) = signless.number
                    && changes.iter().all(|(_, change)| *change == Change::Lower)
                {
                    signless.number = Some((value, None, unit));
                }
                let modifiers = &signless;
                let flip = self.flipped(modifiers, *mends, head);
                changes
                    .iter()
                    .flat_map(|&(quantity, change)| {
                        let change = if flip { opposite(change) } else { change };
                        self.changed(quantity, change, modifiers, region)
                    })
                    .collect()
            }
            Ask::Tone(quantity) => self.tone(*quantity, modifiers, region),
            Ask::Detail => self.detail(modifiers, region),
            Ask::Deep => self.deep(modifiers, region),
            Ask::Colour(index, more) => self.colour(*index, *more, head, region),
            Ask::Colours => self.colours(modifiers, region),
            Ask::Cast => self.cast(head.at, modifiers, region),
            Ask::Style(index) => self.style(*index, modifiers, region),
            Ask::Aspect(ratio) => vec![self.goal(
                Quantity::Aspect,
                Change::Set,
                Amount::Units(self.oriented(*ratio)),
                &Region::whole(),
                1.0,
            )],
            Ask::Rotate => self.rotate(modifiers),
            Ask::Flip => {
                let vertical = self.has(Word::Vertical);
                let quantity = if vertical {
                    Quantity::FlipVertical
                } else {
                    Quantity::FlipHorizontal
                };
                vec![self.goal(
                    quantity,
                    Change::Set,
                    Amount::default(),
                    &Region::whole(),
                    1.0,
                )]
            }
        }
    }

    /// +1 or −1 for a name, which says no direction itself.
    pub(crate) fn sign(&self, modifiers: &Modifiers) -> i8 {
        let said = if modifiers.too_much { Some(-1) } else { None }
            .or(modifiers.direction.filter(|_| modifiers.compared))
            .or(if modifiers.too_little { Some(1) } else { None })
            .or(modifiers.direction)
            .or(self.inherited)
            .unwrap_or(1);
        if self.reversed || modifiers.too {
            -said
        } else {
            said
        }
    }

    fn flipped(&self, modifiers: &Modifiers, mends: bool, head: &Head) -> bool {
        let less = modifiers.direction == Some(-1)
            && modifiers.number.is_none_or(|(_, sign, _)| sign.is_none());
        let complaint = modifiers.too
            || modifiers.too_much
            || (self.described && !self.made && !modifiers.compared && !self.comparative(head));
        let complaint = complaint && !modifiers.enough && !modifiers.too_little;
        if mends {
            // "make it flat" wants what "it is flat" complains of
            return self.made && !complaint && !less;
        }
        less ^ (complaint && !less) ^ self.reversed
    }

    /// "it is warmer": no complaint in that form.
    fn comparative(&self, head: &Head) -> bool {
        self.items.get(head.at).is_some_and(|_| {
            let end = self
                .words
                .split_whitespace()
                .any(|word| word.ends_with("er") && word.len() > 4);
            end && !self.has(Word::Is)
        })
    }
}

pub(crate) fn change(sign: i8) -> Change {
    if sign < 0 {
        Change::Lower
    } else {
        Change::Raise
    }
}

pub(crate) fn opposite(change: Change) -> Change {
    match change {
        Change::Raise => Change::Lower,
        Change::Lower => Change::Raise,
        Change::Set => Change::Set,
    }
}

pub(crate) fn degree(amount: Amount) -> Degree {
    match amount {
        Amount::Degree(degree) | Amount::Hue(_, degree) => degree,
        Amount::Units(_) | Amount::Relative(_) => Degree::Moderate,
    }
}

pub(crate) fn toned(tone: Quantity) -> Quantity {
    if tone == Quantity::Highlights {
        Quantity::HighlightTone
    } else {
        Quantity::ShadowTone
    }
}
