//! From the heads of a clause to goals: direction, place and amount of each.

use retake_core::{Amount, Change, Degree, Goal, Quantity, Region, RegionKind};

use crate::Lexicon;
use crate::amounts::measured;
use crate::heads::{Ask, Head, Modifiers};
use crate::places::tone_of;
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

    /// "tilted 3 degrees clockwise": turned back by as much.
    fn level_again(&self, modifiers: &Modifiers) -> Vec<Goal> {
        let backwards = self.has(Word::CounterClockwise)
            || self.has(Word::Left)
            || self.side(RegionKind::LeftHalf);
        let amount = match modifiers.number {
            Some((angle, sign, _)) => {
                let leans_left = (sign == Some(false)) ^ backwards;
                let angle = if leans_left { angle } else { -angle };
                Amount::Units(angle.clamp(-45.0, 45.0))
            }
            None => Amount::default(),
        };
        let whole = Region::whole();
        vec![self.goal(Quantity::Straighten, Change::Set, amount, &whole, 1.0)]
    }

    /// Whether a side of the picture is named as a place.
    fn side(&self, side: RegionKind) -> bool {
        self.items.iter().any(|i| {
            matches!(&i.kind, crate::read::Kind::Sense(crate::sense::Sense::Region(parts)) if parts.iter().any(|p| p.kind == side))
        })
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

    /// One change, told apart by where it happens.
    pub(crate) fn changed(
        &self,
        quantity: Quantity,
        change: Change,
        modifiers: &Modifiers,
        region: &Region,
    ) -> Vec<Goal> {
        if quantity == Quantity::Saturation && change == Change::Lower && modifiers.complete {
            return vec![self.goal(
                Quantity::Monochrome,
                Change::Set,
                Amount::default(),
                region,
                1.0,
            )];
        }
        // "desaturate everything except the reds": colour is what should stay there alone
        if quantity == Quantity::Saturation
            && change == Change::Lower
            && modifiers.degree.is_none()
            && modifiers.number.is_none()
            && modifiers.times.is_none()
            && !modifiers.compared
            && !region.is_whole()
            && region
                .parts
                .iter()
                .all(|p| p.inverted && matches!(p.kind, RegionKind::Colour(_)))
        {
            let amount = Amount::default();
            return vec![self.goal(Quantity::Monochrome, Change::Set, amount, region, 1.0)];
        }
        let stops = self.has(Word::Stops);
        let measured = measured(quantity, change, modifiers, stops);
        let (mut quantity, mut change, amount) =
            (measured.quantity, measured.change, measured.amount);
        let mut region = region.clone();
        match quantity {
            Quantity::Lightness | Quantity::Exposure => {
                if let Some((tone, rest)) = tone_of(&region) {
                    (quantity, region) = (tone, rest);
                } else if matches!(region.parts.as_slice(), [part] if !part.inverted && matches!(part.kind, RegionKind::Corners | RegionKind::Edges))
                {
                    let amount = match amount {
                        Amount::Relative(share) => Amount::Degree(crate::amounts::degree_of(share)),
                        amount => Amount::Degree(degree(amount)),
                    };
                    return vec![self.goal(
                        Quantity::Vignette,
                        opposite(change),
                        amount,
                        &Region::whole(),
                        1.0,
                    )];
                } else if matches!(region.parts.as_slice(), [part] if !part.inverted && part.kind == RegionKind::Neutrals)
                    && self.items.iter().any(|i| {
                        matches!(
                            &i.kind,
                            crate::read::Kind::Sense(crate::sense::Sense::Tone(Quantity::Whites))
                        )
                    })
                {
                    (quantity, region) = (Quantity::Whites, Region::whole());
                }
            }
            Quantity::Warmth => {
                if let Some((tone, rest)) = tone_of(&region) {
                    let angle = if change == Change::Raise { 75.0 } else { 270.0 };
                    return vec![self.goal(
                        toned(tone),
                        Change::Raise,
                        Amount::Hue(angle, degree(amount)),
                        &rest,
                        1.0,
                    )];
                }
            }
            // a tone is its own place
            Quantity::Highlights | Quantity::Shadows | Quantity::Whites | Quantity::Blacks => {
                if let Some((_, rest)) = tone_of(&region) {
                    region = rest;
                }
            }
            // soft skin has less texture, not soft eyes
            Quantity::Sharpness
                if change == Change::Lower
                    && matches!(region.parts.as_slice(), [part] if part.kind == RegionKind::Skin && !part.inverted) =>
            {
                quantity = Quantity::Texture
            }
            // what is blurred in the source can only be sharpened
            Quantity::Blur | Quantity::MotionBlur if change == Change::Lower => {
                (quantity, change) = (Quantity::Sharpness, Change::Raise)
            }
            Quantity::Straighten => {
                if let (Amount::Units(angle), true) = (
                    amount,
                    self.has(Word::Left) || self.has(Word::CounterClockwise),
                ) {
                    return vec![self.goal(
                        quantity,
                        change,
                        Amount::Units(-angle.abs()),
                        &Region::whole(),
                        1.0,
                    )];
                }
                region = Region::whole();
            }
            Quantity::Fade if tone_of(&region).is_some() => region = Region::whole(),
            Quantity::Vignette => region = Region::whole(),
            quantity if quantity.is_geometry() => region = Region::whole(),
            _ => {}
        }
        vec![self.goal(quantity, change, amount, &region, 1.0)]
    }

    fn tone(&self, quantity: Quantity, modifiers: &Modifiers, region: &Region) -> Vec<Goal> {
        let dark = matches!(quantity, Quantity::Shadows | Quantity::Blacks);
        let mended = if dark { 1 } else { -1 };
        let sign = if self.has(Word::Crush) {
            -1
        } else if self.has(Word::Clip) {
            1
        } else if dark && self.has(Word::Add) && !modifiers.too_little {
            // "add shadow" is darker
            -1
        } else if modifiers.recovered || modifiers.removed || self.has(Word::Detail) {
            mended
        } else if (modifiers.compared || modifiers.too_much || modifiers.too_little) && dark {
            // "less shadow" is lighter
            -self.sign(modifiers)
        } else {
            self.sign(modifiers)
        };
        let measured = measured(quantity, change(sign), modifiers, false);
        vec![self.goal(
            measured.quantity,
            measured.change,
            measured.amount,
            region,
            1.0,
        )]
    }

    fn detail(&self, modifiers: &Modifiers, region: &Region) -> Vec<Goal> {
        if let Some((tone, rest)) = tone_of(region) {
            return self.tone(tone, modifiers, &rest);
        }
        self.changed(
            Quantity::Clarity,
            change(self.sign(modifiers)),
            modifiers,
            region,
        )
    }

    /// "deeper": darker for tones, fuller for colours.
    fn deep(&self, modifiers: &Modifiers, region: &Region) -> Vec<Goal> {
        if tone_of(region).is_some() {
            return self.changed(Quantity::Lightness, Change::Lower, modifiers, region);
        }
        let mut goals = self.changed(Quantity::Saturation, Change::Raise, modifiers, region);
        if !region.is_whole() {
            goals.extend(self.changed(
                Quantity::Lightness,
                Change::Lower,
                &Modifiers {
                    degree: Some(Degree::Slight),
                    ..Modifiers::default()
                },
                region,
            ));
        }
        goals
    }

    pub(crate) fn style(&self, index: usize, modifiers: &Modifiers, region: &Region) -> Vec<Goal> {
        let Some(style) = self.lexicon.styles.get(index) else {
            return Vec::new();
        };
        let less = modifiers.direction == Some(-1) || modifiers.too || self.reversed;
        let shift = match modifiers.degree {
            _ if less => 0,
            Some(Degree::Slight) => -1,
            Some(Degree::Strong) => 1,
            Some(Degree::Extreme) => 2,
            _ => 0,
        };
        style
            .goals
            .iter()
            .filter(|goal| !(less && goal.change == Change::Set))
            .filter(|goal| region.is_whole() || goal.region.is_whole() || goal.region == *region)
            .map(|goal| {
                // what is blurred in the source can only be sharpened
                if less && goal.quantity == Quantity::Blur {
                    return Goal {
                        quantity: Quantity::Sharpness,
                        change: Change::Raise,
                        words: self.words.to_owned(),
                        ..goal.clone()
                    };
                }
                let whole_only = goal.quantity.is_geometry()
                    || goal.quantity == Quantity::Vignette
                    || !goal.region.is_whole();
                Goal {
                    amount: match goal.amount {
                        Amount::Degree(degree) => Amount::Degree(shifted(degree, shift)),
                        Amount::Hue(angle, degree) => Amount::Hue(angle, shifted(degree, shift)),
                        other => other,
                    },
                    change: if less {
                        opposite(goal.change)
                    } else {
                        goal.change
                    },
                    region: if whole_only {
                        goal.region.clone()
                    } else {
                        region.clone()
                    },
                    words: self.words.to_owned(),
                    ..goal.clone()
                }
            })
            .filter(|goal| goal.quantity != Quantity::Vignette || region.is_whole())
            .collect()
    }

    fn oriented(&self, ratio: f32) -> f32 {
        let ratio = ratio.clamp(0.05, 20.0);
        if (self.has(Word::Portrait) || self.has(Word::Vertical)) && ratio > 1.0
            || (self.has(Word::Landscape) || self.has(Word::Horizontal)) && ratio < 1.0
        {
            1.0 / ratio
        } else {
            ratio
        }
    }

    fn rotate(&self, modifiers: &Modifiers) -> Vec<Goal> {
        let upside_down = self.has(Word::Vertical);
        let to_the_left = self.side(RegionKind::LeftHalf);
        let backwards = self.has(Word::CounterClockwise) || self.has(Word::Left) || to_the_left;
        let angle = match modifiers.number {
            Some((value, sign, _)) if (sign == Some(false)) ^ backwards => -value,
            Some((value, ..)) => value,
            None if upside_down => 180.0,
            None if backwards => -90.0,
            None => 90.0,
        };
        // beyond a full turn it is the same place again
        let angle = if angle.abs() > 360.0 {
            angle % 360.0
        } else {
            angle
        };
        vec![self.goal(
            Quantity::Rotation,
            Change::Set,
            Amount::Units(angle),
            &Region::whole(),
            1.0,
        )]
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

fn shifted(degree: Degree, by: i8) -> Degree {
    match degree as i8 + by {
        i8::MIN..=0 => Degree::Slight,
        1 => Degree::Moderate,
        2 => Degree::Strong,
        _ => Degree::Extreme,
    }
}
