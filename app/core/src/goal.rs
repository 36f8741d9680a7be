//! What an instruction asks, in measurable terms: a quantity, a direction, how much, where; and what must stay.

use serde::{Deserialize, Serialize};

use crate::{Quantity, Region, Said, Scale, decimals, said};

/// Which way a quantity should go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Change {
    Raise,
    Lower,
    Set,
}

/// How much, in words. `Moderate` is what no word means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Degree {
    Slight,
    #[default]
    Moderate,
    Strong,
    Extreme,
}

/// How much, in words or in numbers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Amount {
    /// in words
    Degree(Degree),
    /// a change in the quantity's own unit ("+0.7 EV", "by 5 degrees"), without sign: the direction is in `Change`.
    /// With `Change::Set` the value itself, with its sign ("rotate 90° counter-clockwise" is −90; an aspect of 16:9 is 1.778).
    Units(f32),
    /// a relative change: 20 % is 0.2, "twice as" is 1.0
    Relative(f32),
    /// a colour, as a CIELAB hue angle in degrees (toning, hue shifts), and how strongly
    Hue(f32, Degree),
}

impl Default for Amount {
    fn default() -> Self {
        Self::Degree(Degree::Moderate)
    }
}

/// One thing that is asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Goal {
    /// what should change
    pub quantity: Quantity,
    /// which way
    pub change: Change,
    /// how much
    #[serde(default)]
    pub amount: Amount,
    /// where
    #[serde(default, skip_serializing_if = "Region::is_whole")]
    pub region: Region,
    /// the words of the instruction that said so
    #[serde(default)]
    pub words: String,
    /// how much it counts: 1 for what was said, less for what a style word implies
    pub weight: f32,
}

/// What must not happen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Constraint {
    /// what must stay
    pub keep: Keep,
    /// the words of the instruction that said so
    #[serde(default)]
    pub words: String,
}

/// What must stay.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Keep {
    /// every pixel of a region
    Region(Region),
    /// the colours (hue and chroma, not the lightness) of a region
    Colours(Region),
    /// the value of a quantity, within its slight step
    Quantity(Quantity, Region),
    /// a quantity must not rise / fall (beyond its slight step): "don't make it darker"
    Not(Quantity, Change, Region),
    /// a goal's strength may be at most slight: "not too saturated"
    NotTooMuch(Quantity, Change),
    /// no highlights may clip that were not clipped before
    HighlightDetail,
    /// no shadows may clip that were not clipped before
    ShadowDetail,
}

/// The values a check accepts in full: from `low` to `high`, aiming at `aim`; all in the quantity's unit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the type's sentence says it")]
pub struct AskedRange {
    pub low: f32,
    pub aim: f32,
    pub high: f32,
}

/// How many visible steps a degree is at the least.
fn degree_share(amount: Amount) -> f32 {
    match amount {
        Amount::Degree(degree) | Amount::Hue(_, degree) => [1.0, 1.5, 2.5, 4.0][degree as usize],
        Amount::Units(_) | Amount::Relative(_) => 0.0,
    }
}

impl Goal {
    /// The range of values after the edit that this goal asks, given the value before.
    /// For a degree, full marks go from 0.45 to 1.8 of its step; for a number, ±30 % of the change (at least ±0.05 units).
    /// A degree asks for at least 1, 1.5, 2.5 or 4 times what is visible, so that a factor of nearly nothing is not nothing.
    /// Changes are limited to 60 % of the way to the quantity's bound, so that what is already bright can be made brighter;
    /// when not even a visible change fits there (less cast where there is none), the value before is already in range.
    pub fn asked(&self, before: f32) -> AskedRange {
        let info = self.quantity.info();
        if self.change == Change::Set {
            return self.target(info.scale);
        }
        let sign = if self.change == Change::Raise {
            1.0
        } else {
            -1.0
        };
        let relative = |change: f32| before * change;
        let (step, exact) = match (self.amount, info.scale) {
            (Amount::Units(units), _) => (units.abs(), true),
            (Amount::Relative(share), _) => (relative(share.abs()).abs(), true),
            (Amount::Degree(degree) | Amount::Hue(_, degree), Scale::Delta(steps)) => {
                (steps[degree as usize], false)
            }
            (Amount::Degree(degree) | Amount::Hue(_, degree), Scale::Factor(steps)) => {
                let factor = steps[degree as usize];
                (
                    if sign > 0.0 {
                        relative(factor - 1.0)
                    } else {
                        relative(1.0 - 1.0 / factor)
                    },
                    false,
                )
            }
            (_, Scale::Target { tolerance }) => (tolerance, false),
        };
        let bound = if sign > 0.0 {
            info.bounds.1
        } else {
            info.bounds.0
        };
        let room = 0.6 * (sign * (bound - before)).max(0.0);
        if room < info.visible {
            let (near, far) = (before - sign * 0.5 * info.visible, bound.max(before));
            let far = if sign > 0.0 { far } else { bound.min(before) };
            return AskedRange {
                low: near.min(far),
                aim: before,
                high: near.max(far),
            };
        }
        let least_step = if exact {
            0.0
        } else {
            info.visible * degree_share(self.amount)
        };
        let step = step.max(least_step).min(room);
        let (least, most) = if exact { (0.7, 1.3) } else { (0.45, 1.8) };
        let slack = if exact { 0.05 } else { 0.0 };
        let from = before + sign * (step * least - slack);
        let to = before + sign * (step * most + slack);
        AskedRange {
            low: from.min(to),
            aim: before + sign * step,
            high: from.max(to),
        }
    }

    fn target(&self, scale: Scale) -> AskedRange {
        let aim = match self.amount {
            Amount::Units(value) | Amount::Hue(value, _) => value,
            Amount::Degree(_) | Amount::Relative(_) => 0.0,
        };
        let tolerance = match scale {
            Scale::Target { tolerance } if self.quantity == Quantity::Aspect => tolerance * aim,
            Scale::Target { tolerance } => tolerance,
            Scale::Delta(steps) | Scale::Factor(steps) => steps[0],
        };
        AskedRange {
            low: aim - tolerance,
            aim,
            high: aim + tolerance,
        }
    }

    /// What it is called: "warmer", "cooler".
    pub fn word(&self) -> Said {
        self.quantity.word(self.change)
    }

    /// The goal in a few words, for a chip: "warmer, slightly, the sky".
    pub fn said(&self) -> Said {
        let (what, unit) = (self.word(), Said::name(self.quantity.info().unit));
        let words = match self.amount {
            Amount::Degree(degree) | Amount::Hue(_, degree) => match degree {
                Degree::Slight => said!("{what}, slightly", what),
                Degree::Moderate => what,
                Degree::Strong => said!("{what}, strongly", what),
                Degree::Extreme => said!("{what}, extremely", what),
            },
            Amount::Units(units) => {
                let much = decimals(units, 2);
                if self.change == Change::Set {
                    said!("{what} to {much} {unit}", what, much, unit)
                } else {
                    said!("{what} by {much} {unit}", what, much, unit)
                }
            }
            Amount::Relative(share) => {
                let much = decimals(share * 100.0, 0);
                said!("{what} by {much} %", what, much)
            }
        };
        if self.region.is_whole() {
            words
        } else {
            said!(
                "{goal}, {region}",
                goal = words,
                region = self.region.said()
            )
        }
    }

    /// The same in English, for records.
    pub fn in_words(&self) -> String {
        self.said().to_string()
    }
}

impl Keep {
    /// The constraint in a few words, for a chip: "keep the sky unchanged".
    pub fn said(&self) -> Said {
        match self {
            Self::Region(region) => said!("keep {region} unchanged", region = region.said()),
            Self::Colours(region) => said!("keep the colours of {region}", region = region.said()),
            Self::Quantity(quantity, region) => said!(
                "keep the {quantity} of {region}",
                quantity = quantity.name(),
                region = region.said()
            ),
            Self::Not(quantity, change, region) => said!(
                "not {what}, {region}",
                what = quantity.word(*change),
                region = region.said()
            ),
            Self::NotTooMuch(quantity, change) => {
                said!("not too much: {what}", what = quantity.word(*change))
            }
            Self::HighlightDetail => said!("keep the detail of the highlights"),
            Self::ShadowDetail => said!("keep the detail of the shadows"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::QUANTITIES;
    use proptest::prelude::*;

    fn goal(quantity: Quantity, change: Change, degree: Degree) -> Goal {
        Goal {
            quantity,
            change,
            amount: Amount::Degree(degree),
            region: Region::whole(),
            words: String::new(),
            weight: 1.0,
        }
    }

    proptest! {
        #[test]
        fn a_stronger_degree_never_aims_lower(before in 0.0f32..100.0) {
            let aims: Vec<f32> = [Degree::Slight, Degree::Moderate, Degree::Strong, Degree::Extreme]
                .map(|degree| goal(Quantity::Lightness, Change::Raise, degree).asked(before).aim).to_vec();
            prop_assert!(aims.is_sorted(), "{aims:?}");
        }

        #[test]
        fn an_untouched_value_is_never_inside_an_asked_range(before in 2.0f32..99.0) {
            let asked = goal(Quantity::Lightness, Change::Lower, Degree::Slight).asked(before);
            prop_assert!(before > asked.high);
        }

        #[test]
        fn every_asked_range_is_finite_ordered_and_holds_its_aim(
            index in 0..QUANTITIES.len(), before in -3.0f32..120.0, degree in 0usize..4, raise in prop::bool::ANY,
        ) {
            let degree = [Degree::Slight, Degree::Moderate, Degree::Strong, Degree::Extreme][degree];
            let change = if raise { Change::Raise } else { Change::Lower };
            let asked = goal(QUANTITIES[index].quantity, change, degree).asked(before);
            prop_assert!(asked.low.is_finite() && asked.high.is_finite());
            prop_assert!(asked.low <= asked.aim && asked.aim <= asked.high, "{asked:?}");
        }
    }

    #[test]
    fn a_cast_that_is_not_there_is_already_removed() {
        let asked = goal(Quantity::Cast, Change::Lower, Degree::Strong).asked(0.3);
        assert!(
            asked.low <= 0.0 && asked.high >= 0.3 && asked.aim == 0.3,
            "{asked:?}"
        );
    }

    #[test]
    fn a_nearly_grey_photo_is_asked_for_colour_that_shows() {
        let asked = goal(Quantity::Saturation, Change::Raise, Degree::Moderate).asked(0.3);
        assert!(asked.aim >= 1.5, "{asked:?}");
    }

    #[test]
    fn a_number_of_stops_is_taken_at_its_word() {
        let goal = Goal {
            amount: Amount::Units(0.7),
            ..goal(Quantity::Exposure, Change::Raise, Degree::Slight)
        };
        assert_eq!(goal.asked(0.0).aim, 0.7);
    }
}
