//! A style word becomes the goals of its style.

use retake_core::{Amount, Change, Degree, Goal, Quantity, Region};

use crate::heads::Modifiers;

use super::{Manner, opposite};

impl Manner<'_> {
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
}

fn shifted(degree: Degree, by: i8) -> Degree {
    match degree as i8 + by {
        i8::MIN..=0 => Degree::Slight,
        1 => Degree::Moderate,
        2 => Degree::Strong,
        _ => Degree::Extreme,
    }
}
