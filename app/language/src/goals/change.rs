//! One change, told apart by where it happens.

use retake_core::{Amount, Change, Goal, Quantity, Region, RegionKind};

use crate::amounts::measured;
use crate::heads::Modifiers;
use crate::places::tone_of;
use crate::sense::Word;

use super::{Manner, degree, opposite, toned};

impl Manner<'_> {
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
}
