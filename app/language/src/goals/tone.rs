//! Shadows and highlights, detail in them, and deeper tones.

use retake_core::{Change, Degree, Goal, Quantity, Region};

use crate::amounts::measured;
use crate::heads::Modifiers;
use crate::places::tone_of;
use crate::sense::Word;

use super::{Manner, change};

impl Manner<'_> {
    pub(super) fn tone(
        &self,
        quantity: Quantity,
        modifiers: &Modifiers,
        region: &Region,
    ) -> Vec<Goal> {
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

    pub(super) fn detail(&self, modifiers: &Modifiers, region: &Region) -> Vec<Goal> {
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
    pub(super) fn deep(&self, modifiers: &Modifiers, region: &Region) -> Vec<Goal> {
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
}
