//! A closer look: those that could be the best by what is known are scored once more on crops where the edits changed most,
//! and the search goes on from the one that is best by both. InstructVideo scores segments and not only the whole (arXiv
//! 2312.12490); of one picture these are crops. The choice itself stays with the scorecards of the whole.

use std::collections::BTreeMap;

use retake_core::{Scorecard, Selector, Stop, Studio};

use super::pool::{Pool, Standing};

/// One could be the best that is better than the best so far with at least this probability.
const COULD_BE: f32 = 0.2;

/// What was seen closer, of one search.
pub(crate) struct Closer {
    /// looked at of a round at the most
    most: usize,
    seen: BTreeMap<u64, Scorecard>,
}

impl Closer {
    /// Looks at so many of a round at the most.
    pub(crate) fn new(most: usize) -> Self {
        Self {
            most,
            seen: BTreeMap::new(),
        }
    }

    /// Looks at those of `made`, whose pictures are there, that could be the best of all. One that stands alone needs no
    /// closer look, and no look takes a judge call from a candidate.
    pub(crate) fn look(
        &mut self,
        studio: &mut dyn Studio,
        selector: &dyn Selector,
        pool: &Pool,
        made: &[u64],
    ) -> Result<(), Stop> {
        if self.most == 0 {
            return Ok(());
        }
        let standings = pool.standings(studio, selector);
        let could = contenders(&standings);
        if could.len() < 2 {
            return Ok(());
        }
        let left = studio.left();
        let spare = match left.judge_calls {
            u64::MAX => usize::MAX,
            calls => usize::try_from(calls.saturating_sub(left.edits)).unwrap_or(usize::MAX),
        };
        let fresh = could.iter().map(|standing| standing.index);
        let fresh = fresh.filter(|index| made.contains(index) && !self.seen.contains_key(index));
        let fresh: Vec<u64> = fresh.take(self.most.min(spare)).collect();
        if fresh.is_empty() {
            return Ok(());
        }
        let cards = studio.closer(&fresh)?;
        let known = fresh.into_iter().zip(cards);
        self.seen
            .extend(known.filter_map(|(index, card)| Some((index, card?))));
        Ok(())
    }

    /// Who is gone on from: of those that could be the best and were seen closer, the one that is best by the mean of both;
    /// the best by the whole where it was not seen.
    pub(crate) fn best(&self, selector: &dyn Selector, standings: &[Standing]) -> Option<u64> {
        let first = standings.first()?;
        let could: Vec<&Standing> = contenders(standings)
            .into_iter()
            .filter(|standing| self.seen.contains_key(&standing.index))
            .collect();
        if could.len() < 2 || could[0].index != first.index {
            return Some(first.index);
        }
        let cards: Vec<Scorecard> = could
            .iter()
            .map(|standing| self.seen[&standing.index].clone())
            .collect();
        let closer = selector.select(&cards).overall;
        let both = could
            .iter()
            .zip(closer)
            .map(|(standing, closer)| (standing.index, standing.overall + closer));
        // the first of equals, which stands higher by the whole
        let best = both.reduce(|best, one| if one.1 > best.1 { one } else { best });
        best.map(|(index, _)| index)
    }
}

/// Those that could be the best, from best to worst.
fn contenders(standings: &[Standing]) -> Vec<&Standing> {
    let Some(first) = standings.first() else {
        return Vec::new();
    };
    standings
        .iter()
        .filter(|standing| standing.index == first.index || standing.beats(first) >= COULD_BE)
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use retake_core::{Budget, Dimension, Score, Strategy};

    use super::*;
    use crate::simulated::{Simulated, World};
    use crate::{LocalSearch, PowerProduct};

    fn card(value: f32) -> Scorecard {
        let score = Score {
            value,
            spread: 0.0,
            reasons: Vec::new(),
            evidence: None,
        };
        let following = Dimension::from(Dimension::INSTRUCTION_FOLLOWING);
        BTreeMap::from([(following, score)]).into()
    }

    fn at(index: u64, overall: f32, spread: f32) -> Standing {
        Standing {
            index,
            overall,
            spread,
        }
    }

    fn seen(looks: &[(u64, f32)]) -> Closer {
        let mut closer = Closer::new(3);
        let looks = looks.iter().map(|(index, value)| (*index, card(*value)));
        closer.seen.extend(looks);
        closer
    }

    #[test]
    fn of_two_that_are_as_good_the_one_that_looks_better_closely_is_gone_on_from() {
        let standings = [at(4, 0.80, 0.05), at(7, 0.79, 0.05)];
        let best = |looks: &[(u64, f32)]| seen(looks).best(&PowerProduct::default(), &standings);
        assert_eq!(best(&[(4, 0.5), (7, 0.8)]), Some(7));
        assert_eq!(best(&[(4, 0.8), (7, 0.5)]), Some(4));
        // nobody has looked at the best
        assert_eq!(best(&[(7, 0.8)]), Some(4));
    }

    #[test]
    fn one_that_is_surely_worse_stays_behind_however_it_looks_closely() {
        let standings = [at(4, 0.80, 0.01), at(7, 0.60, 0.01)];
        let closer = seen(&[(4, 0.2), (7, 1.0)]);
        assert_eq!(closer.best(&PowerProduct::default(), &standings), Some(4));
    }

    fn noisy(closer: bool) -> World {
        World {
            judge_noise: 0.12,
            closer,
            ..World::default()
        }
    }

    #[test]
    fn closer_looks_lead_to_better_neighbours_where_judges_waver() {
        let reaches =
            |closer| crate::simulated::reaches(&LocalSearch::default(), &noisy(closer), 32);
        let (looked, blind) = (reaches(true), reaches(false));
        assert!(looked > blind, "{looked} {blind}");
    }

    #[test]
    fn no_look_takes_a_judge_call_from_a_candidate() {
        let budget = Budget {
            judge_calls: Some(20),
            ..Budget::edits(20)
        };
        let mut studio = Simulated::new(noisy(true), budget, 3);
        let ended = LocalSearch::default().run(&mut studio, &PowerProduct::default());
        ended.expect("nothing stops it");
        assert_eq!((studio.spent().edits, studio.spent().judge_calls), (20, 20));
    }
}
