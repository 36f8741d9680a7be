//! Turns, levels and shapes of the frame.

use retake_core::{Amount, Change, Goal, Quantity, Region, RegionKind};

use crate::heads::Modifiers;
use crate::sense::Word;

use super::Manner;

impl Manner<'_> {
    /// "tilted 3 degrees clockwise": turned back by as much.
    pub(super) fn level_again(&self, modifiers: &Modifiers) -> Vec<Goal> {
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
    pub(super) fn side(&self, side: RegionKind) -> bool {
        self.items.iter().any(|i| {
            matches!(&i.kind, crate::read::Kind::Sense(crate::sense::Sense::Region(parts)) if parts.iter().any(|p| p.kind == side))
        })
    }

    pub(super) fn oriented(&self, ratio: f32) -> f32 {
        let ratio = ratio.clamp(0.05, 20.0);
        if (self.has(Word::Portrait) || self.has(Word::Vertical)) && ratio > 1.0
            || (self.has(Word::Landscape) || self.has(Word::Horizontal)) && ratio < 1.0
        {
            1.0 / ratio
        } else {
            ratio
        }
    }

    pub(super) fn rotate(&self, modifiers: &Modifiers) -> Vec<Goal> {
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
