//! Which place of the sheet a candidate has. A run has as many places as candidates can be finished; a strategy may order
//! more, and drop some on the way. The first have the place of their index from the beginning. A later one that is finished
//! takes the first place whose own candidate will not come, or waits for one.

use std::collections::BTreeMap;

/// What stands at one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// its own candidate is on its way
    Kept,
    /// a candidate is there
    Taken,
    /// its own will not come
    Free,
}

/// See the module. Indices are those of the run.
pub(crate) struct Places {
    places: Vec<Place>,
    /// where later candidates are
    later: BTreeMap<u64, usize>,
    /// later candidates that are finished and have no place yet, in the order of their index
    waiting: Vec<u64>,
}

impl Places {
    /// For so many candidates at the most.
    pub(crate) fn new(count: usize) -> Self {
        Self {
            places: vec![Place::Kept; count],
            later: BTreeMap::new(),
            waiting: Vec::new(),
        }
    }

    /// Where a candidate is or will be.
    pub(crate) fn of(&self, index: u64) -> Option<usize> {
        let own = usize::try_from(index).ok()?;
        match self.places.get(own) {
            Some(Place::Free) | None => self.later.get(&index).copied(),
            Some(_) => match self.later.values().any(|&place| place == own) {
                true => None,
                false => Some(own),
            },
        }
    }

    /// It is finished; its place, or none yet.
    pub(crate) fn finished(&mut self, index: u64) -> Option<usize> {
        match self.of(index) {
            Some(place) => {
                self.places[place] = Place::Taken;
                Some(place)
            }
            None => {
                if !self.waiting.contains(&index) {
                    self.waiting.push(index);
                    self.waiting.sort_unstable();
                }
                None
            }
        }
    }

    /// It will not come. One that failed keeps its place, to say so.
    pub(crate) fn gone(&mut self, index: u64) {
        if let Ok(own) = usize::try_from(index)
            && let Some(place @ Place::Kept) = self.places.get_mut(own)
        {
            *place = Place::Free;
        }
    }

    /// Gives free places to those that wait; when `all` are to have one, also places whose own candidate was never begun.
    pub(crate) fn settle(&mut self, all: bool) -> Vec<(u64, usize)> {
        let mut settled = Vec::new();
        while let Some(&index) = self.waiting.first() {
            let free = self.places.iter().position(|&place| place == Place::Free);
            let kept = || self.places.iter().position(|&place| place == Place::Kept);
            let Some(place) = free.or_else(|| if all { kept() } else { None }) else {
                break;
            };
            self.waiting.remove(0);
            self.places[place] = Place::Taken;
            self.later.insert(index, place);
            settled.push((index, place));
        }
        settled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_more_than_there_are_places_each_has_its_own() {
        let mut places = Places::new(3);
        for index in [2, 0, 1] {
            assert_eq!(places.finished(index), Some(index as usize));
        }
        assert_eq!(places.settle(true), []);
    }

    #[test]
    fn a_later_one_takes_the_place_of_one_that_was_let_go() {
        let mut places = Places::new(2);
        places.gone(0);
        assert_eq!(places.finished(5), None);
        assert_eq!(places.settle(false), [(5, 0)]);
        assert_eq!(
            (places.of(5), places.of(0), places.of(1)),
            (Some(0), None, Some(1))
        );
    }

    #[test]
    fn who_finds_no_place_waits_until_the_end() {
        let mut places = Places::new(2);
        assert_eq!(places.finished(0), Some(0));
        assert_eq!(places.finished(7), None);
        assert_eq!(places.settle(false), []);
        assert_eq!(places.settle(true), [(7, 1)]);
        assert_eq!(places.of(1), None);
    }

    #[test]
    fn which_finished_first_makes_no_difference() {
        let settled = |order: [u64; 2]| {
            let mut places = Places::new(2);
            places.gone(0);
            places.gone(1);
            for index in order {
                places.finished(index);
            }
            places.settle(false)
        };
        assert_eq!(settled([4, 6]), settled([6, 4]));
    }
}
