//! Where a candidate of a search works, as a mask: the place that its instruction names ("the sky"), found as the editor
//! finds it. A step of a compound instruction is shown and recorded with it, as MURE keeps a mask beside each step ("Beyond
//! Textual CoT", arXiv 2510.08157).

use std::sync::Arc;

use retake_core::{Instruction, Mask, Raster, Region, Said, SubjectFinder};
use retake_pixels::region::Regions;
use retake_pixels::resize;

/// Long edge of the masks that are kept, px.
const EDGE: usize = 64;

/// A place that an instruction names.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// in words: "the sky"
    pub name: Said,
    /// where it is, of the shape of what is edited, its long edge at most 64 px
    pub mask: Mask,
}

/// The places of one run: each is looked for once.
pub(super) struct Places {
    source: Arc<Raster>,
    /// where the person said that the whole instruction may apply
    drawn: Option<Mask>,
    finder: Option<Arc<dyn SubjectFinder>>,
    /// looked at when the first place is named
    regions: Option<Regions>,
    known: Vec<(Vec<Region>, Arc<Place>)>,
}

impl Places {
    /// In this picture; `drawn` is the mask that came with the run's instruction.
    pub(super) fn new(
        source: Arc<Raster>,
        drawn: Option<Mask>,
        finder: Option<Arc<dyn SubjectFinder>>,
    ) -> Self {
        Self {
            source,
            drawn,
            finder,
            regions: None,
            known: Vec::new(),
        }
    }

    /// Where this instruction works: where any of its goals does, within what was drawn. `None` where that is everywhere.
    pub(super) fn of(&mut self, instruction: &Instruction) -> Option<Arc<Place>> {
        let goals = &instruction.understood.goals;
        let mut named: Vec<Region> = goals.iter().map(|goal| goal.region.clone()).collect();
        // one goal without a place works everywhere, and so do words that nothing is known of
        if named.iter().any(Region::is_whole) {
            named.clear();
        }
        let mut distinct: Vec<Region> = Vec::new();
        named.retain(|region| {
            let new = !distinct.contains(region);
            if new {
                distinct.push(region.clone());
            }
            new
        });
        if self.source.is_empty() || (named.is_empty() && self.drawn.is_none()) {
            return None;
        }
        if let Some((_, known)) = self.known.iter().find(|(regions, _)| *regions == named) {
            return Some(known.clone());
        }
        let place = Arc::new(self.found(&named));
        self.known.push((named, place.clone()));
        Some(place)
    }

    fn found(&mut self, named: &[Region]) -> Place {
        let (width, height) = resize::size_within(self.source.width, self.source.height, EDGE);
        let regions = self.regions.get_or_insert_with(|| {
            Regions::of(&self.source)
                .with_painted(self.drawn.clone())
                .with_finder(self.finder.clone())
        });
        let masks: Vec<Mask> = named
            .iter()
            .map(|region| regions.mask(region, width, height))
            .collect();
        let drawn = self
            .drawn
            .as_ref()
            .map(|mask| resize::mask(mask, width, height));
        let mask = Mask::from_fn(width, height, |x, y| {
            let any = masks.iter().map(|mask| mask.at(x, y));
            let any = any.reduce(f32::max).unwrap_or(1.0);
            drawn.as_ref().map_or(any, |drawn| any.min(drawn.at(x, y)))
        });
        let name = match named {
            [] => Region::of(retake_core::RegionKind::Painted).said(),
            named => Said::commas(named.iter().map(Region::said).collect::<Vec<_>>()),
        };
        Place { name, mask }
    }
}

#[cfg(test)]
mod tests {
    use retake_language::{Lexicon, understand};

    use super::*;

    /// Blue above, sand below.
    fn beach() -> Arc<Raster> {
        let colour = |_, y| match y < 48 {
            true => [0.25, 0.4, 0.8],
            false => [0.5, 0.4, 0.25],
        };
        Arc::new(Raster::from_fn(128, 96, colour))
    }

    fn asked(words: &str) -> Instruction {
        understand(words, Lexicon::built_in()).expect("it is understood")
    }

    fn halves(mask: &Mask) -> (f32, f32) {
        let half = mask.values.len() / 2;
        let mean = |values: &[f32]| values.iter().sum::<f32>() / values.len() as f32;
        (mean(&mask.values[..half]), mean(&mask.values[half..]))
    }

    #[test]
    fn what_is_asked_of_the_top_half_works_there() {
        let mut places = Places::new(beach(), None, None);
        let place = places.of(&asked("darken the top half")).expect("a place");
        let (above, below) = halves(&place.mask);
        assert!(above > 0.8 && below < 0.2, "{above} {below}");
        assert_eq!((place.mask.width, place.mask.height), (64, 48));
        assert!(!place.name.is_empty());
    }

    #[test]
    fn what_is_asked_of_everything_has_no_place() {
        let mut places = Places::new(beach(), None, None);
        assert_eq!(places.of(&asked("warmer")), None);
        let mut both = asked("darken the top half");
        let warmer = asked("warmer").understood.goals;
        both.understood.goals.extend(warmer);
        assert_eq!(places.of(&both), None);
    }

    #[test]
    fn nothing_works_outside_of_what_was_drawn() {
        let drawn = Mask::from_fn(16, 12, |x, _| f32::from(u8::from(x < 8)));
        let mut places = Places::new(beach(), Some(drawn), None);
        for words in ["warmer", "darken the top half"] {
            let place = places.of(&asked(words)).expect("a place");
            let right = |x: usize, y: usize| place.mask.at(x, y);
            assert!((0..48).all(|y| right(40, y) == 0.0), "{words}");
            assert!(right(8, 8) > 0.8, "{words}");
        }
    }

    #[test]
    fn a_place_is_looked_for_once() {
        let mut places = Places::new(beach(), None, None);
        let one = places.of(&asked("darken the top half")).expect("a place");
        let other = places.of(&asked("brighten the top half")).expect("a place");
        assert!(Arc::ptr_eq(&one, &other));
    }
}
