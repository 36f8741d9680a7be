//! Clauses that ask without naming what: a verb and a place, a number, a shape of the frame.

use retake_core::{Change, Goal, Quantity};

use crate::clause::{Clause, Joint};
use crate::heads::Heads;
use crate::read::{Item, Kind};
use crate::sense::{Sense, Word};

use super::Reader;

impl Reader<'_> {
    /// "darker, about half a stop", "cooler, like 300 K": a number alone says how far the wish before it goes.
    pub(crate) fn figured(&self, clause: &Clause, said: &Heads) -> Option<&Goal> {
        let (_, sign, unit) = said.loose.number?;
        let bare = said.heads.is_empty()
            && sign.is_none()
            && said.loose.direction.is_none()
            && clause.joint != Joint::Start;
        let last = self.found.goals[self.memory.sentence..].last()?;
        let fits = match unit? {
            Word::Stops => matches!(last.quantity, Quantity::Lightness | Quantity::Exposure),
            Word::Kelvin => last.quantity == Quantity::Warmth,
            Word::Percent => !last.quantity.is_geometry(),
            _ => false,
        };
        (bare && fits && last.change != Change::Set).then_some(last)
    }

    /// "crop to portrait", "make it landscape": a shape of the frame.
    pub(crate) fn upright(&self, items: &[Item]) -> Option<f32> {
        let has = |word: Word| items.iter().any(|item| item.is(word));
        let framed = has(Word::Crop) || has(Word::Make) && (has(Word::It) || has(Word::Photo));
        match (has(Word::Portrait), has(Word::Landscape)) {
            (true, false) if framed => Some(4.0 / 5.0),
            (false, true) if framed => Some(3.0 / 2.0),
            _ => None,
        }
    }

    /// Verbs that say enough with a place alone: "boost the blues", "lift the face".
    pub(super) fn acts(&self, said: &Heads, items: &[Item]) -> bool {
        let place = items.iter().any(|i| {
            matches!(
                i.kind,
                Kind::Sense(
                    Sense::Region(_) | Sense::Band(_) | Sense::RegionColours(_) | Sense::Colour(_)
                )
            )
        });
        let photo = items
            .iter()
            .any(|i| matches!(i.word(), Some(Word::Photo | Word::It)));
        let stops = items.iter().any(|i| i.is(Word::Stops));
        let rotated = items.iter().any(|i| {
            matches!(
                i.word(),
                Some(Word::Clockwise | Word::CounterClockwise | Word::Vertical)
            )
        }) || (said
            .loose
            .number
            .is_some_and(|(_, _, unit)| unit == Some(Word::Degrees)));
        let balance = said
            .loose
            .number
            .is_some_and(|(_, _, unit)| unit == Some(Word::Kelvin));
        let unknown = items.iter().any(|i| i.kind == Kind::Unknown);
        let banded = items
            .iter()
            .any(|i| matches!(i.kind, Kind::Sense(Sense::Band(_))));
        let much = said.loose.too_much || said.loose.too_little;
        let recovered = said.loose.recovered && place;
        let upright = self.upright(items).is_some();
        let degree_again = said.loose.direction.is_none() && said.loose.degree.is_some();
        stops
            || upright
            || rotated
            || balance
            || (said.loose.direction.is_some()
                && place
                && !unknown
                && (banded || !said.loose.removed))
            || (much && banded)
            || recovered
            || (said.verb.is_some() && photo && !unknown && !degree_again)
    }
}
