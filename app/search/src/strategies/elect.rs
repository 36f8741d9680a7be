//! ELECT (arXiv 2504.13490): all are begun, and after about a third of the way the one is finished whose latents have
//! changed least where nothing was asked. No judge is asked on the way. One that changes nothing anywhere would win by
//! that; so those that change much less than the others where the instruction works are out.

use retake_core::{Order, Selector, Stop, Strategy, Studio, Unrest, number, said};
use serde::{Deserialize, Serialize};

use super::budget::{edits, make_all, pace, step_to, steps_in_time, steps_of_one};
use super::settings::{Allowed, Number, Settable};

/// See the module.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Elect {
    /// share of the steps after which one is chosen
    pub point: f64,
    /// how many are finished
    pub keep: u32,
    /// one whose change where the instruction works is less than this share of the middle one's is out
    pub guard: f64,
}

impl Default for Elect {
    fn default() -> Self {
        Self {
            point: 0.35,
            keep: 1,
            guard: 0.5,
        }
    }
}

impl Settable for Elect {
    const ID: &'static str = "elect";
    const SETTINGS: &'static [Number] = &[
        Number {
            id: "point",
            allowed: Allowed::Number(0.05, 0.95),
            about: "Share of the steps after which one is chosen.",
        },
        Number {
            id: "keep",
            allowed: Allowed::Whole(1, 16),
            about: "How many are finished.",
        },
        Number {
            id: "guard",
            allowed: Allowed::Number(0.0, 1.0),
            about: "One that changes less than this share of what the others change is taken for no edit.",
        },
    ];
}

impl Strategy for Elect {
    fn id(&self) -> &'static str {
        Self::ID
    }

    fn settings(&self) -> serde_json::Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    fn run(&self, studio: &mut dyn Studio, _: &dyn Selector) -> Result<(), Stop> {
        if edits(studio) == 0 {
            return Ok(());
        }
        // nothing is judged on the way, so that calls for those that are finished are enough
        let room = usize::try_from(studio.left().edits).unwrap_or(usize::MAX);
        let first = studio.begin(vec![Order::default()]);
        let total = steps_of_one(studio, &first)?;
        let point = ((total as f64 * self.point).round() as usize).max(1);
        if room == 1 || point >= total {
            if point >= total && total > 0 {
                studio.remark(said!(
                    "This editor is done in one step: there is nothing to look at on the way, so every candidate is finished."
                ));
            }
            return make_all(studio, first);
        }
        let before = studio.spent();
        let mut open = step_to(studio, &first, point)?;
        let pace = pace(studio, before);
        if !open.is_empty() && studio.unrest(open[0]).is_none() {
            studio.remark(said!(
                "This editor cannot tell from its latents what has changed, so every candidate is finished and scored."
            ));
            return make_all(studio, open);
        }
        let keep = self.keep as usize;
        // what is left when those that are chosen are finished
        let rest = steps_in_time(studio, pace).saturating_sub(keep * (total - point));
        let more = studio.begin(vec![Order::default(); (room - 1).min(rest / point)]);
        open.extend(step_to(studio, &more, point)?);
        let seen: Vec<(u64, Unrest)> = open
            .iter()
            .filter_map(|&index| Some((index, studio.unrest(index)?)))
            .collect();
        let (order, untouched) = elected(&seen, self.guard);
        let mut finished = Vec::new();
        let mut waiting = order.iter().copied();
        while finished.len() < keep
            && let Some(index) = waiting.next()
        {
            finished.extend(studio.finish(&[index])?);
        }
        for index in waiting {
            let why = match untouched.contains(&index) {
                true => said!("changed too little where something was asked"),
                false => said!(
                    "changed more of what should stay than another at step {step}",
                    step = number(point)
                ),
            };
            studio.let_go(index, why);
        }
        studio.score(&finished)?;
        studio.done_with(&finished);
        Ok(())
    }
}

/// From the quietest background to the most restless, and after these those that change too little anywhere; and which
/// those are.
fn elected(seen: &[(u64, Unrest)], guard: f64) -> (Vec<u64>, Vec<u64>) {
    let mut insides: Vec<f32> = seen.iter().map(|(_, unrest)| unrest.inside).collect();
    insides.sort_by(f32::total_cmp);
    let middle = insides.get(insides.len() / 2).copied().unwrap_or(0.0);
    let least = guard as f32 * middle;
    let mut order: Vec<&(u64, Unrest)> = seen.iter().collect();
    order.sort_by(|(_, a), (_, b)| {
        let out = |unrest: &Unrest| unrest.inside < least || !unrest.outside.is_finite();
        let quiet = a.outside.total_cmp(&b.outside);
        out(a).cmp(&out(b)).then(quiet)
    });
    let untouched = seen.iter().filter(|(_, unrest)| unrest.inside < least);
    (
        order.iter().map(|(index, _)| *index).collect(),
        untouched.map(|(index, _)| *index).collect(),
    )
}

#[cfg(test)]
mod tests {
    use retake_core::Budget;

    use super::*;
    use crate::PowerProduct;
    use crate::simulated::{Simulated, World};

    fn run(world: World, edits: usize, seed: u64) -> Simulated {
        let mut studio = Simulated::new(world, Budget::edits(edits), seed);
        Elect::default()
            .run(&mut studio, &PowerProduct::default())
            .expect("nothing stops it");
        studio
    }

    fn truth(studio: &Simulated) -> f32 {
        let chosen = studio.chosen(&PowerProduct::default());
        chosen
            .and_then(|index| studio.truth(index))
            .expect("one is there")
    }

    #[test]
    fn it_pays_for_all_up_to_the_choice_and_for_one_to_its_end() {
        let spent = run(World::default(), 8, 1).spent();
        assert_eq!((spent.steps, spent.edits), (8 * 4 + 6, 1));
        assert_eq!(spent.judge_calls, 1);
    }

    #[test]
    fn it_is_better_than_a_single_try() {
        let mean = |edits: usize| {
            let all = (0..200).map(|seed| truth(&run(World::default(), edits, seed)));
            all.sum::<f32>() / 200.0
        };
        let (one, eight) = (mean(1), mean(8));
        assert!(eight > one + 0.1, "{one} {eight}");
    }

    #[test]
    fn one_that_changes_nothing_is_not_elected() {
        let world = World {
            untouched: 0.3,
            ..World::default()
        };
        let fooled = (0..200).filter(|&seed| truth(&run(world.clone(), 8, seed)) == 0.0);
        // only where more than half of all do nothing does the middle one say nothing
        assert!(fooled.count() < 20);
    }

    #[test]
    fn an_editor_that_cannot_tell_gets_best_of_n_and_it_is_said_once() {
        let world = World {
            says_unrest: false,
            ..World::default()
        };
        let studio = run(world, 6, 1);
        assert_eq!(studio.spent().edits, 6);
        assert_eq!(studio.remarks.len(), 1);
    }
}
