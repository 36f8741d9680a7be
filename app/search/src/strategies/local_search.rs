//! Local search: some plain candidates, then neighbours of the best of them, round by round. Only what is better is gone
//! on from; a round without gain is thrown away and its parent tried again with other neighbours, after two such rounds
//! the next best has its turn. Where several could be the best, they are looked at closer before one is gone on from. This is zero-order search as Ma et al. do it in the space of noises (arXiv 2501.09732,
//! §3.2); what a neighbour is, the editor says: another balance of the recipe, noise close by.

use retake_core::{Order, Origin, Selector, Stop, Strategy, Studio, said};
use serde::{Deserialize, Serialize};

use super::closer::Closer;
use super::pool::Pool;
use super::settings::{Allowed, Number, Settable};

/// Neighbours of a round; Ma et al. use four.
pub(crate) const ROUND: usize = 4;
/// Share of the budget that is spent on plain candidates first.
const PLAIN: f32 = 0.25;
/// Rounds without gain after which the next best has its turn.
const PATIENCE: usize = 2;
/// Contenders of a round that are looked at closer.
const CLOSER: usize = 3;
/// Less gain than this, of an overall score in [0, 1], is none.
const GAIN: f32 = 1e-4;

/// A setting that several strategies have.
pub(crate) const PLAIN_SHARE: Number = Number {
    id: "plain",
    allowed: Allowed::Number(0.0, 1.0),
    about: "Share of the budget for plain candidates, made first.",
};

/// See the module.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LocalSearch {
    /// neighbours of a round, at least one
    pub round: usize,
    /// share of the budget for plain candidates, in [0, 1]
    pub plain: f32,
    /// contenders of a round that are looked at closer; 0 looks at none
    pub closer: usize,
}

impl Default for LocalSearch {
    fn default() -> Self {
        Self {
            round: ROUND,
            plain: PLAIN,
            closer: CLOSER,
        }
    }
}

/// How many plain candidates are made first of so many in all; at least a round's worth where there is room.
pub(crate) fn plain(edits: usize, share: f32, round: usize) -> usize {
    ((edits as f32 * share).round() as usize)
        .max(round)
        .min(edits)
}

impl Settable for LocalSearch {
    const ID: &'static str = "local_search";
    const SETTINGS: &'static [Number] = &[
        Number {
            id: "round",
            allowed: Allowed::Whole(1, 64),
            about: "Neighbours of a round.",
        },
        PLAIN_SHARE,
        Number {
            id: "closer",
            allowed: Allowed::Whole(0, 16),
            about: "Contenders of a round that are looked at closer, on crops where they changed most; 0 looks at none.",
        },
    ];
}

impl Strategy for LocalSearch {
    fn id(&self) -> &'static str {
        Self::ID
    }

    fn settings(&self) -> serde_json::Value {
        serde_json::json!({ "round": self.round, "plain": self.plain, "closer": self.closer })
    }

    fn run(&self, studio: &mut dyn Studio, selector: &dyn Selector) -> Result<(), Stop> {
        let round = self.round.max(1);
        let first = plain(super::budget::edits(studio), self.plain, round);
        let mut pool = Pool::default();
        let mut closer = Closer::new(self.closer);
        pool.make_and(
            studio,
            vec![Order::default(); first],
            |studio, pool, made| closer.look(studio, selector, pool, made),
        )?;
        climb_with(studio, selector, &mut pool, &mut closer, round)
    }
}

/// Rounds of neighbours until the budget is spent.
pub(crate) fn climb(
    studio: &mut dyn Studio,
    selector: &dyn Selector,
    pool: &mut Pool,
    round: usize,
) -> Result<(), Stop> {
    climb_with(studio, selector, pool, &mut Closer::new(0), round)
}

/// The same with closer looks at contenders.
fn climb_with(
    studio: &mut dyn Studio,
    selector: &dyn Selector,
    pool: &mut Pool,
    closer: &mut Closer,
    round: usize,
) -> Result<(), Stop> {
    let (mut best, mut without) = (f32::MIN, 0);
    loop {
        let standings = pool.standings(studio, selector);
        let Some(first) = standings.first() else {
            // none could be made or judged
            return Ok(());
        };
        without = if first.overall > best + GAIN {
            0
        } else {
            without + 1
        };
        best = best.max(first.overall);
        if pool.settled(studio, selector) {
            return Ok(());
        }
        let pivot = match without / PATIENCE {
            0 => closer.best(selector, &standings).unwrap_or(first.index),
            turns => standings[turns % standings.len()].index,
        };
        let Some(recipe) = studio.provenance(pivot).map(|made| made.recipe.clone()) else {
            return Ok(());
        };
        let neighbour = Order {
            parent: Some(pivot),
            origin: Origin::Like(recipe),
            instruction: None,
            why: said!("a neighbour of the best so far"),
        };
        let before = studio.spent().edits;
        pool.make_and(studio, vec![neighbour; round], |studio, pool, made| {
            closer.look(studio, selector, pool, made)
        })?;
        if studio.spent().edits == before {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use retake_core::Budget;

    use super::*;
    use crate::simulated::{Simulated, World, reaches};
    use crate::{BestOfN, PowerProduct};

    #[test]
    fn neighbours_of_the_best_beat_as_many_plain_candidates() {
        let world = World::default();
        let (local, plain) = (
            reaches(&LocalSearch::default(), &world, 24),
            reaches(&BestOfN {}, &world, 24),
        );
        assert!(local > plain + 0.05, "{local} {plain}");
    }

    #[test]
    fn a_parent_is_never_given_up_for_something_worse() {
        let mut studio = Simulated::new(World::listed(&[0.3, 0.9, 0.2, 0.1]), Budget::edits(24), 7);
        studio
            .run(&LocalSearch::default(), &PowerProduct::default())
            .expect("nothing stops it");
        let chosen = studio
            .chosen(&PowerProduct::default())
            .expect("one was chosen");
        assert!(studio.truth(chosen) >= Some(0.9));
    }

    #[test]
    fn a_small_budget_is_spent_on_plain_candidates_alone() {
        assert_eq!(
            (plain(3, 0.25, 4), plain(8, 0.25, 4), plain(40, 0.25, 4)),
            (3, 4, 10)
        );
    }
}
