//! What a strategy that goes on from its own candidates keeps: those it has scored, and how they stand among each other.

use retake_core::{Dimension, Order, Score, Selector, Stop, Studio, number, said};

use super::group::Scored;

/// The candidates of one search that have a scorecard, in the order in which they came.
#[derive(Default)]
pub(crate) struct Pool {
    indices: Vec<u64>,
}

/// How one candidate stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Standing {
    /// which
    pub(crate) index: u64,
    /// overall score by the selector, in [0, 1]
    pub(crate) overall: f32,
    /// one standard deviation of it
    pub(crate) spread: f32,
}

impl Standing {
    /// How likely it is truly better than another, by normal errors.
    pub(crate) fn beats(&self, other: &Self) -> f32 {
        let apart = self.overall - other.overall;
        let doubt = self.spread.hypot(other.spread);
        match doubt > 1e-6 {
            true => normal_cdf(apart / doubt),
            false if apart == 0.0 => 0.5,
            false => f32::from(u8::from(apart > 0.0)),
        }
    }
}

impl Pool {
    /// Has these made and scored as far as the budget goes; those that have a scorecard now, in order.
    pub(crate) fn make(
        &mut self,
        studio: &mut dyn Studio,
        orders: Vec<Order>,
    ) -> Result<Vec<u64>, Stop> {
        let (_, scored) = self.made(studio, orders, true)?;
        Ok(scored)
    }

    /// The same; `and` is done with those that have a scorecard while all their pictures are there.
    pub(crate) fn make_and(
        &mut self,
        studio: &mut dyn Studio,
        orders: Vec<Order>,
        mut and: impl FnMut(&mut dyn Studio, &Self, &[u64]) -> Result<(), Stop>,
    ) -> Result<Vec<u64>, Stop> {
        let (made, scored) = self.made(studio, orders, false)?;
        and(studio, self, &scored)?;
        studio.done_with(&made);
        Ok(scored)
    }

    /// Those that are finished and those of them that have a scorecard; each part is done with when it is scored, or not.
    fn made(
        &mut self,
        studio: &mut dyn Studio,
        mut orders: Vec<Order>,
        done: bool,
    ) -> Result<(Vec<u64>, Vec<u64>), Stop> {
        orders.truncate(super::budget::edits(studio));
        let (mut all, mut judged) = (Vec::new(), Vec::new());
        if orders.is_empty() {
            return Ok((all, judged));
        }
        let begun = studio.begin(orders);
        for part in begun.chunks(studio.brief().at_a_time.max(1)) {
            let made = studio.finish(part)?;
            let scored = studio.score(&made)?;
            if done {
                studio.done_with(&made);
            }
            self.indices.extend(&scored);
            judged.extend(scored);
            all.extend(made);
        }
        Ok((all, judged))
    }

    /// Everybody, from best to worst.
    pub(crate) fn standings(&self, studio: &dyn Studio, selector: &dyn Selector) -> Vec<Standing> {
        let scored = Scored::of(studio, &self.indices);
        if scored.cards.is_empty() {
            return Vec::new();
        }
        let selection = scored.choose(selector);
        let stands = |&place: &usize| Standing {
            index: scored.indices[place],
            overall: selection.overall[place],
            spread: spread_of(selector, &scored, place),
        };
        selection.order.iter().map(stands).collect()
    }

    /// Who stands first.
    pub(crate) fn best(&self, studio: &dyn Studio, selector: &dyn Selector) -> Option<Standing> {
        self.standings(studio, selector).first().copied()
    }

    /// Whether the selector finds all so far good and equally so, so that another would only add to the noise (the stop of
    /// Edit-R1's group filter, arXiv 2510.16888). It is said, so ask once and end then.
    pub(crate) fn settled(&self, studio: &mut dyn Studio, selector: &dyn Selector) -> bool {
        settled(studio, selector, &self.indices)
    }

    /// These alone, as they stand among all, from best to worst.
    pub(crate) fn among(
        &self,
        these: &[u64],
        studio: &dyn Studio,
        selector: &dyn Selector,
    ) -> Vec<Standing> {
        let mut all = self.standings(studio, selector);
        all.retain(|standing| these.contains(&standing.index));
        all
    }
}

/// The same of these.
pub(crate) fn settled(studio: &mut dyn Studio, selector: &dyn Selector, indices: &[u64]) -> bool {
    let scored = Scored::of(studio, indices);
    let settled = scored.cards.len() > 1 && scored.choose(selector).settled;
    if settled {
        studio.remark(said!(
            "All {count} so far are good and equally so, so the search ends here.",
            count = number(scored.cards.len())
        ));
    }
    settled
}

/// One standard deviation of an overall score, whatever the selector makes of the scores: each dimension is moved by its
/// own spread up and down, and half the differences that this makes are added in squares (the delta method, by finite
/// differences).
fn spread_of(selector: &dyn Selector, scored: &Scored, place: usize) -> f32 {
    let cards = &scored.cards;
    let moved = |dimension: &Dimension, by: f32| {
        let mut cards = cards.clone();
        if let Some(score) = cards[place].scores.get_mut(dimension) {
            score.value = (score.value + by).clamp(0.0, 1.0);
        }
        scored.choose_with(selector, &cards).overall[place]
    };
    let counts = |score: &Score| score.spread > 0.0;
    let scores = cards[place]
        .scores
        .iter()
        .filter(|(_, score)| counts(score));
    let halves = scores.map(|(dimension, score)| {
        (moved(dimension, score.spread) - moved(dimension, -score.spread)) / 2.0
    });
    let halves: Vec<f32> = halves.filter(|half| half.is_finite()).collect();
    halves.iter().map(|half| half * half).sum::<f32>().sqrt()
}

/// Standard normal distribution function, by the logistic-like approximation of Page (1977), error below 2e-4.
fn normal_cdf(x: f32) -> f32 {
    let y = 0.797_884_6 * x * (1.0 + 0.044_715 * x * x);
    1.0 / (1.0 + (-2.0 * y).exp())
}

#[cfg(test)]
mod tests {
    use retake_core::Budget;

    use super::*;
    use crate::PowerProduct;
    use crate::simulated::{Simulated, World};

    #[test]
    fn standings_go_from_best_to_worst_and_no_further_than_the_budget() {
        let mut studio = Simulated::new(World::listed(&[0.2, 0.9, 0.5, 0.7]), Budget::edits(3), 1);
        let mut pool = Pool::default();
        let made = pool.make(&mut studio, vec![Order::default(); 4]);
        assert_eq!(made.expect("nothing stops it"), [0, 1, 2]);
        let order: Vec<u64> = pool
            .standings(&studio, &PowerProduct::default())
            .iter()
            .map(|s| s.index)
            .collect();
        assert_eq!(order, [1, 2, 0]);
    }

    #[test]
    fn where_all_are_good_and_equally_so_the_search_ends_and_says_it() {
        let selector = crate::selector("low_variance").expect("it is in the table");
        let spent = |id: &str, value: f32| {
            let entry = crate::strategy(id).expect("it is in the table");
            let mut studio = Simulated::new(World::listed(&[value; 40]), Budget::edits(40), 1);
            let world_varies = studio.run((entry.make)().as_ref(), selector.plain().as_ref());
            world_varies.expect("nothing stops it");
            (studio.spent().edits, studio.remarks.len())
        };
        // the first round or the plain half is enough to see it
        for id in [
            "while_it_helps",
            "local_search",
            "recipe_search",
            "reflection",
        ] {
            let (edits, remarks) = spent(id, 0.97);
            assert!(edits <= 20 && remarks == 1, "{id}: {edits} {remarks}");
            assert_eq!(spent(id, 0.3).0, 40, "{id}");
        }
    }

    #[test]
    fn who_stands_higher_beyond_the_doubt_beats_the_other() {
        let at = |overall, spread| Standing {
            index: 0,
            overall,
            spread,
        };
        assert!(at(0.8, 0.02).beats(&at(0.6, 0.02)) > 0.99);
        assert!((at(0.8, 0.3).beats(&at(0.8, 0.1)) - 0.5).abs() < 1e-6);
        assert_eq!(at(0.8, 0.0).beats(&at(0.6, 0.0)), 1.0);
    }

    #[test]
    fn the_spread_of_one_dimension_is_what_the_formula_makes_of_it() {
        let world = World {
            judge_noise: 0.05,
            ..World::listed(&[0.6, 0.5])
        };
        let mut studio = Simulated::new(world, Budget::edits(2), 3);
        let mut pool = Pool::default();
        pool.make(&mut studio, vec![Order::default(); 2])
            .expect("nothing stops it");
        let best = pool
            .best(&studio, &PowerProduct::default())
            .expect("two were made");
        let value = studio
            .card(best.index)
            .and_then(|card| card.value(Dimension::INSTRUCTION_FOLLOWING));
        let value = value.expect("it was scored");
        // x^0.8, so 0.8 · x^(−0.2) · spread
        let expected = 0.8 * value.powf(-0.2) * 0.05;
        assert!(
            (best.spread - expected).abs() < 0.002,
            "{} {expected}",
            best.spread
        );
    }
}
