//! Words that came to nothing: they are listed, never dropped in silence.

use std::ops::Range;

use retake_core::{Change, Goal, Quantity};

use crate::clause::Clause;
use crate::places::Places;
use crate::read::{Item, Kind};
use crate::sense::{Sense, Word};

use super::Reader;

impl Reader<'_> {
    /// Words that are known, but came to nothing here.
    pub(super) fn list_unused(&mut self, clause: &Clause) {
        let meant = clause.items.iter().any(|item| {
            matches!(
                item.kind,
                Kind::Sense(
                    Sense::Name(_)
                        | Sense::Attribute(_)
                        | Sense::Fault(_)
                        | Sense::Tone(_)
                        | Sense::Style(_)
                        | Sense::Colour(_)
                        | Sense::Region(_)
                        | Sense::Band(_)
                )
            ) || matches!(item.word(), Some(Word::Crop | Word::Remove | Word::Recover))
        });
        let waits = !self.memory.pending.is_empty() || self.memory.prefix.is_some();
        if meant && !waits {
            self.found.not_understood.push(self.words(&clause.items));
        }
    }

    /// "no vignette" as all that is said: what is there should go.
    pub(super) fn without_effects(&mut self) {
        use retake_core::{Amount, Degree, Keep};
        if !self.found.goals.is_empty() || !self.found.generative.is_empty() {
            return;
        }
        let effect = |q: &Quantity| {
            matches!(
                q,
                Quantity::Vignette
                    | Quantity::Grain
                    | Quantity::Blur
                    | Quantity::Glow
                    | Quantity::Fade
                    | Quantity::Noise
                    | Quantity::Haze
            )
        };
        let named = std::mem::take(&mut self.found.constraints);
        for constraint in named {
            match constraint.keep {
                Keep::Not(quantity, Change::Raise, region)
                    if effect(&quantity) && region.is_whole() =>
                {
                    let quantity = if quantity == Quantity::Blur {
                        Quantity::Sharpness
                    } else {
                        quantity
                    };
                    let change = if quantity == Quantity::Sharpness {
                        Change::Raise
                    } else {
                        Change::Lower
                    };
                    self.found.goals.push(Goal {
                        quantity,
                        change,
                        amount: Amount::Degree(Degree::Strong),
                        region,
                        words: constraint.words,
                        weight: 1.0,
                    });
                }
                // "not too saturated", and nothing else: a little less of it
                Keep::NotTooMuch(quantity, change) => self.found.goals.push(Goal {
                    quantity,
                    change: crate::goals::opposite(change),
                    amount: Amount::Degree(Degree::Slight),
                    region: retake_core::Region::whole(),
                    words: constraint.words,
                    weight: 1.0,
                }),
                _ => self.found.constraints.push(constraint),
            }
        }
    }

    pub(super) fn list_unknown(
        &mut self,
        items: &[Item],
        places: &Places,
        unfound: Option<&Range<usize>>,
    ) {
        for (at, item) in items.iter().enumerate() {
            // listed with its clause
            if unfound.is_some_and(|noun| noun.contains(&at)) {
                continue;
            }
            let stray = match item.word() {
                // "the red car" was found by its colour
                Some(Word::Thing) if places.named_by_colour == Some(at) => false,
                Some(Word::Thing | Word::Act | Word::Replace) => true,
                _ => item.kind == Kind::Unknown,
            };
            if stray {
                self.found
                    .not_understood
                    .push(self.text.slice(item.first, item.end).to_owned());
            }
        }
    }
}
