//! What colour words ask: more or less of a colour, a tint, a new hue for a place, or no colour at all.

use retake_core::{Amount, Change, Degree, Goal, Quantity, Region, RegionKind};

use crate::goals::{Manner, change, opposite, toned};
use crate::heads::{Head, Modifiers};
use crate::places::{only_band, tone_of};
use crate::sense::Word;

impl Manner<'_> {
    pub(crate) fn colours(&self, modifiers: &Modifiers, region: &Region) -> Vec<Goal> {
        let sign = self.sign(modifiers);
        if sign < 0 && (modifiers.removed || modifiers.complete) {
            return vec![self.goal(
                Quantity::Monochrome,
                Change::Set,
                Amount::default(),
                region,
                1.0,
            )];
        }
        self.changed(Quantity::Saturation, change(sign), modifiers, region)
    }

    pub(crate) fn cast(&self, at: usize, modifiers: &Modifiers, region: &Region) -> Vec<Goal> {
        let sign = self.sign(modifiers);
        let named = self.items.get(at).is_some_and(|i| !i.is(Word::Cast));
        let asked = self.made || modifiers.direction == Some(1);
        if sign > 0 && !self.described && (asked || !named) {
            return Vec::new();
        }
        self.changed(Quantity::Cast, Change::Lower, modifiers, region)
    }

    pub(crate) fn colour(
        &self,
        index: usize,
        more: bool,
        head: &Head,
        region: &Region,
    ) -> Vec<Goal> {
        let Some(colour) = self.lexicon.colours.get(index) else {
            return Vec::new();
        };
        let modifiers = &head.modifiers;
        let degree = modifiers.degree.unwrap_or_default();
        let Some(angle) = colour.angle else {
            return self.colourless(&colour.id, modifiers, region);
        };
        let fault = self.items.iter().any(|i| {
            matches!(
                i.kind,
                crate::read::Kind::Sense(crate::sense::Sense::Name(Quantity::Cast))
            )
        });
        let cast = self.has(Word::Cast) || fault || (self.has(Word::Colours) && region.is_whole());
        let asked = self.made || modifiers.direction == Some(1);
        let less = modifiers.direction == Some(-1)
            || modifiers.too
            || modifiers.too_much
            || self.reversed
            || (fault && !asked)
            || (self.described
                && !self.made
                && !modifiers.compared
                && !modifiers.too_little
                && !modifiers.enough);
        if less {
            return self.less_colour(colour, modifiers, region);
        }
        let toned_part = tone_of(region);
        if let Some((tone, rest)) = toned_part {
            return vec![self.goal(
                toned(tone),
                Change::Raise,
                Amount::Hue(angle, degree),
                &rest,
                1.0,
            )];
        }
        let more = more
            || self.has(Word::Deep)
            || modifiers.compared
            || self.has(Word::Add)
            || self.has(Word::Give)
            || modifiers.direction == Some(1)
            || modifiers.enough
            || modifiers.too_little;
        let band = only_band(region);
        // "shift the tint towards green": a direction of the white balance
        if cast && self.has(Word::To) && region.is_whole() {
            return colour
                .axes()
                .into_iter()
                .flat_map(|(q, c)| self.changed(q, c, modifiers, region))
                .collect();
        }
        if cast || region.is_whole() && !more {
            // a tint over the picture: dark and bright tones go the same way
            let degree = if cast {
                degree
            } else {
                degree.max(Degree::Strong)
            };
            return [Quantity::ShadowTone, Quantity::HighlightTone]
                .into_iter()
                .map(|q| self.goal(q, Change::Raise, Amount::Hue(angle, degree), region, 1.0))
                .collect();
        }
        if band.is_some() && colour.band != band {
            return vec![self.goal(
                Quantity::Hue,
                Change::Set,
                Amount::Hue(angle, degree),
                region,
                1.0,
            )];
        }
        if more || band.is_some() {
            let mut goals: Vec<Goal> = colour
                .axes()
                .into_iter()
                .flat_map(|(q, c)| self.changed(q, c, modifiers, region))
                .collect();
            if !region.is_whole() {
                goals.push(self.goal(
                    Quantity::Saturation,
                    Change::Raise,
                    Amount::Degree(degree),
                    region,
                    0.6,
                ));
            }
            return goals;
        }
        let quantity = if region.parts.iter().any(|p| {
            matches!(
                p.kind,
                RegionKind::Foliage | RegionKind::Skin | RegionKind::Colour(_)
            )
        }) {
            Quantity::Hue
        } else {
            Quantity::Toning
        };
        vec![self.goal(
            quantity,
            Change::Set,
            Amount::Hue(angle, degree),
            region,
            1.0,
        )]
    }

    fn less_colour(
        &self,
        colour: &crate::lexicon::Colour,
        modifiers: &Modifiers,
        region: &Region,
    ) -> Vec<Goal> {
        let modifiers = Modifiers {
            direction: None,
            ..modifiers.clone()
        };
        // a cast that was named goes the other way, and no further than it was said: neutral greys are asked for by
        // "remove the colour cast"
        colour
            .axes()
            .into_iter()
            .flat_map(|(q, c)| self.changed(q, opposite(c), &modifiers, region))
            .collect()
    }

    /// White, black and grey: a place of the tone scale rather than a hue.
    fn colourless(&self, id: &str, modifiers: &Modifiers, region: &Region) -> Vec<Goal> {
        let less = modifiers.direction == Some(-1) || modifiers.too || self.described && !self.made;
        match id {
            "grey" if less => self.changed(
                Quantity::Saturation,
                Change::Raise,
                &Modifiers {
                    direction: None,
                    ..modifiers.clone()
                },
                region,
            ),
            "grey" if modifiers.compared => {
                self.changed(Quantity::Saturation, Change::Lower, modifiers, region)
            }
            "grey" => vec![self.goal(
                Quantity::Monochrome,
                Change::Set,
                Amount::default(),
                region,
                1.0,
            )],
            id => {
                let bright = (id == "white") ^ less;
                self.changed(
                    Quantity::Lightness,
                    if bright { Change::Raise } else { Change::Lower },
                    &Modifiers {
                        direction: None,
                        ..modifiers.clone()
                    },
                    region,
                )
            }
        }
    }
}
