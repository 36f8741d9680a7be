//! Tree search over the steps of a compound instruction: each step is tried in a few ways on what came of the step before,
//! judged, and cut back to those that may be the best, by the judges' own doubt; so it goes on to the last step. This is how
//! MURE prunes its tree of steps by confidence ("Beyond Textual CoT", arXiv 2510.08157). A full tree of three ways and three
//! steps has 39 edits; this one has 9 where the judges are sure and 15 at the most. What is left of the budget grows
//! more trees from other seeds. An instruction of one step makes it best-of-N in rounds.

use retake_core::{Order, Origin, Selector, Stop, Strategy, Studio, said};
use serde::{Deserialize, Serialize};

use super::pool::Pool;
use super::settings::{Allowed, Number, Settable};
use super::split::{Step, steps};

/// Ways in which a step is tried.
const BRANCHES: usize = 3;
/// Of which go on at the most.
const KEEP: usize = 2;
/// One goes on beside the best only when it is truly better with this probability.
const MAY_BE_BETTER: f32 = 0.3;

/// See the module.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tree {
    /// ways in which a step is tried, at least one
    pub branches: usize,
    /// of which go on at the most, at least one
    pub keep: usize,
    /// beside the best only those that are truly better with at least this probability, in [0, 0.5]
    pub may_be_better: f32,
}

impl Default for Tree {
    fn default() -> Self {
        Self {
            branches: BRANCHES,
            keep: KEEP,
            may_be_better: MAY_BE_BETTER,
        }
    }
}

impl Settable for Tree {
    const ID: &'static str = "tree";
    const SETTINGS: &'static [Number] = &[
        Number {
            id: "branches",
            allowed: Allowed::Whole(1, 8),
            about: "Ways in which a step is tried.",
        },
        Number {
            id: "keep",
            allowed: Allowed::Whole(1, 8),
            about: "Ways of a step that go on at the most.",
        },
        Number {
            id: "may_be_better",
            allowed: Allowed::Number(0.0, 0.5),
            about: "How likely another way must be better than the best to go on beside it.",
        },
    ];
}

impl Strategy for Tree {
    fn id(&self) -> &'static str {
        Self::ID
    }

    fn settings(&self) -> serde_json::Value {
        serde_json::json!({ "branches": self.branches, "keep": self.keep, "may_be_better": self.may_be_better })
    }

    fn run(&self, studio: &mut dyn Studio, selector: &dyn Selector) -> Result<(), Stop> {
        let steps = steps(studio);
        if steps.len() == 1 {
            studio.remark(said!(
                "The instruction is one step, so its tree has only one level."
            ));
        }
        let mut pool = Pool::default();
        loop {
            let before = studio.spent().edits;
            // a tree that would not reach its last step is not begun
            if super::budget::edits(studio) < steps.len() {
                let rest = vec![Order::default(); super::budget::edits(studio)];
                pool.make(studio, rest)?;
                return Ok(());
            }
            self.grow(studio, selector, &mut pool, &steps)?;
            if studio.spent().edits == before || pool.settled(studio, selector) {
                return Ok(());
            }
        }
    }
}

impl Tree {
    /// One tree, from the first step to the last.
    fn grow(
        &self,
        studio: &mut dyn Studio,
        selector: &dyn Selector,
        pool: &mut Pool,
        steps: &[Step],
    ) -> Result<(), Stop> {
        let mut parents: Vec<Option<u64>> = vec![None];
        for (number, step) in steps.iter().enumerate() {
            // every later step has at least one edit to itself
            let later = steps.len() - number - 1;
            let room = super::budget::edits(studio).saturating_sub(later);
            let mut orders: Vec<Order> = Vec::new();
            // breadth first, so that what has no room is the last way of each
            for _ in 0..self.branches.max(1) {
                orders.extend(
                    parents
                        .iter()
                        .filter_map(|&parent| order(studio, parent, step, number, steps.len())),
                );
            }
            orders.truncate(room);
            let made = pool.make(studio, orders)?;
            parents = self.pruned(studio, selector, pool, &made);
            if parents.is_empty() {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Who goes on: the best, and who may yet be better.
    fn pruned(
        &self,
        studio: &dyn Studio,
        selector: &dyn Selector,
        pool: &Pool,
        made: &[u64],
    ) -> Vec<Option<u64>> {
        let standings = pool.among(made, studio, selector);
        let Some(best) = standings.first() else {
            return Vec::new();
        };
        let rivals = standings[1..]
            .iter()
            .filter(|rival| rival.beats(best) >= self.may_be_better);
        let rivals = rivals.take(self.keep.max(1) - 1);
        std::iter::once(best)
            .chain(rivals)
            .map(|standing| Some(standing.index))
            .collect()
    }
}

/// A step on what came of the one before; the only step of an instruction is the instruction itself.
fn order(
    studio: &dyn Studio,
    parent: Option<u64>,
    step: &Step,
    number: usize,
    count: usize,
) -> Option<Order> {
    let origin = match parent {
        None => Origin::Run,
        Some(parent) => Origin::On(studio.provenance(parent)?.recipe.clone()),
    };
    let alone = count == 1;
    Some(Order {
        parent,
        origin,
        instruction: (!alone).then(|| step.instruction.clone()),
        why: if alone {
            said!("another way")
        } else {
            step.why(number + 1, count)
        },
    })
}

#[cfg(test)]
mod tests {
    use retake_core::Budget;

    use super::*;
    use crate::PowerProduct;
    use crate::simulated::{Simulated, World};

    const STEPS: usize = 3;
    const WAYS: usize = 3;
    /// 3 + 9 + 27
    const FULL: usize = 39;

    fn world(judge_noise: f32) -> World {
        World {
            asks: STEPS,
            mended: 0.04,
            judge_noise,
            ..World::default()
        }
    }

    /// Mean quality of what is chosen, and mean number of edits, over many runs.
    fn reaches(tree: &Tree, world: &World, edits: usize) -> (f32, f32) {
        let (mut quality, mut spent) = (0.0, 0.0);
        for seed in 0..200 {
            let selector = PowerProduct::default();
            let mut studio = Simulated::new(world.clone(), Budget::edits(edits), seed);
            studio.run(tree, &selector).expect("nothing stops it");
            let chosen = studio.chosen(&selector).expect("something was made");
            quality += studio.truth(chosen).expect("it was made") / 200.0;
            spent += studio.spent().edits as f32 / 200.0;
        }
        (quality, spent)
    }

    fn full() -> Tree {
        Tree {
            branches: WAYS,
            keep: usize::MAX,
            may_be_better: 0.0,
        }
    }

    #[test]
    fn pruned_trees_find_as_good_a_best_for_half_of_the_full_tree() {
        for noise in [0.0, 0.05, 0.1] {
            let (pruned, spent) = reaches(&Tree::default(), &world(noise), FULL / 2);
            let (whole, all) = reaches(&full(), &world(noise), FULL);
            assert!((all - FULL as f32).abs() < 0.01, "{all}");
            assert!(
                spent <= 0.5 * all && pruned >= whole,
                "{noise}: {pruned} for {spent}, {whole} for {all}"
            );
        }
    }

    #[test]
    fn one_goes_on_where_the_judges_are_sure_and_two_where_nothing_is() {
        let edits_of_one_tree = |tree: Tree| {
            let mut studio = Simulated::new(world(0.0), Budget::edits(FULL), 3);
            let steps = steps(&studio);
            let mut pool = Pool::default();
            let grown = tree.grow(&mut studio, &PowerProduct::default(), &mut pool, &steps);
            grown.expect("nothing stops it");
            studio.spent().edits
        };
        let unsure = Tree {
            may_be_better: 0.0,
            ..Tree::default()
        };
        assert_eq!(
            (
                edits_of_one_tree(Tree::default()),
                edits_of_one_tree(unsure)
            ),
            (9, 15)
        );
    }

    #[test]
    fn every_step_goes_on_from_what_came_before_it() {
        let mut studio = Simulated::new(world(0.0), Budget::edits(9), 3);
        studio
            .run(&Tree::default(), &PowerProduct::default())
            .expect("nothing stops it");
        let parents: Vec<bool> = (0..9).map(|index| studio.parent(index).is_some()).collect();
        assert_eq!(
            parents,
            [false, false, false, true, true, true, true, true, true]
        );
        assert!(
            studio
                .why(4)
                .is_some_and(|why| why.to_string().starts_with("step 2 of 3"))
        );
    }

    #[test]
    fn one_step_alone_is_best_of_n() {
        let one = World {
            asks: 1,
            ..World::default()
        };
        let mut studio = Simulated::new(one, Budget::edits(7), 3);
        studio
            .run(&Tree::default(), &PowerProduct::default())
            .expect("nothing stops it");
        assert_eq!((studio.spent().edits, studio.remarks.len()), (7, 1));
        assert!((0..7).all(|index| studio.parent(index).is_none()));
    }

    #[test]
    fn a_budget_for_less_than_one_tree_is_spent_all_the_same() {
        let mut studio = Simulated::new(world(0.0), Budget::edits(2), 3);
        studio
            .run(&Tree::default(), &PowerProduct::default())
            .expect("nothing stops it");
        assert_eq!(studio.spent().edits, 2);
    }
}
