//! A verb, a number or a turn without a noun.

use retake_core::{Goal, Quantity, Region};

use crate::goals::Manner;
use crate::heads::{Ask, Heads};
use crate::read::Item;
use crate::sense::Word;
use crate::understand::Reader;

impl Reader<'_> {
    /// A verb, a number or a turn without a noun.
    pub(super) fn bare_verb(
        &self,
        manner: &Manner<'_>,
        said: &Heads,
        items: &[Item],
        region: &Region,
    ) -> Vec<Goal> {
        let has = |word: Word| items.iter().any(|item| item.is(word));
        let unit = said.loose.number.and_then(|(_, _, unit)| unit);
        let turned = has(Word::Clockwise)
            || has(Word::CounterClockwise)
            || has(Word::Vertical)
            || unit == Some(Word::Degrees);
        let recovered = said.loose.recovered && !region.is_whole();
        let bright = region
            .parts
            .iter()
            .any(|p| !p.inverted && p.kind == retake_core::RegionKind::Sky);
        let ask = if let Some(ratio) = self.upright(items) {
            Ask::Aspect(ratio)
        } else if recovered && bright {
            Ask::Tone(Quantity::Highlights)
        } else if recovered {
            Ask::Detail
        } else if turned {
            Ask::Rotate
        } else if unit == Some(Word::Kelvin) {
            Ask::Name(Quantity::Warmth)
        } else if has(Word::Stops) {
            Ask::Name(Quantity::Exposure)
        } else if crate::places::only_band(region).is_some() {
            Ask::Name(Quantity::Saturation)
        } else {
            Ask::Name(Quantity::Lightness)
        };
        manner.goals(
            &crate::heads::Head {
                ask,
                modifiers: said.loose.clone(),
                at: 0,
            },
            region,
        )
    }
}
