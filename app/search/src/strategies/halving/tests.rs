//! Successive halving in simulated worlds.

use retake_core::Budget;

use super::run::trusted;
use super::*;
use crate::simulated::{Simulated, World};
use crate::{BestOfN, PowerProduct};

const STEPS: usize = 28;

fn world(preview_noise: f32) -> World {
    World {
        preview_noise,
        steps: STEPS,
        ..World::default()
    }
}

/// Network evaluations of so many whole candidates.
fn evaluations(candidates: f64) -> Budget {
    let each = (STEPS as u64 * World::default().evaluations) as f64;
    Budget {
        network_evaluations: Some((candidates * each) as u64),
        ..Budget::edits(32)
    }
}

fn run(strategy: &dyn Strategy, world: &World, budget: &Budget, seed: u64) -> Simulated {
    let mut studio = Simulated::new(world.clone(), budget.clone(), seed);
    strategy
        .run(&mut studio, &PowerProduct::default())
        .expect("nothing stops it");
    studio
}

/// Mean true quality of what is chosen.
fn quality(strategy: &dyn Strategy, world: &World, budget: &Budget) -> f32 {
    const RUNS: u64 = 500;
    let chosen = (0..RUNS).filter_map(|seed| {
        let studio = run(strategy, world, budget, seed);
        studio.truth(studio.chosen(&PowerProduct::default())?)
    });
    chosen.sum::<f32>() / RUNS as f32
}

#[test]
fn best_of_32_is_reached_at_45_percent_of_its_evaluations() {
    let world = world(0.1);
    let all = quality(&BestOfN {}, &world, &Budget::edits(32));
    let halved = quality(&Halving::default(), &world, &evaluations(0.45 * 32.0));
    assert!(halved >= all, "{halved} {all}");
}

#[test]
fn at_equal_cost_it_is_better_than_best_of_n_where_looks_tell() {
    let (world, budget) = (world(0.2), evaluations(14.4));
    let (halved, all) = (
        quality(&Halving::default(), &world, &budget),
        quality(&BestOfN {}, &world, &budget),
    );
    assert!(halved > all + 0.03, "{halved} {all}");
}

#[test]
fn where_looks_say_nothing_little_is_lost() {
    let (world, budget) = (world(2.0), evaluations(14.4));
    let blind = Halving {
        rho: 0.0,
        ..Halving::default()
    };
    let (careful, blind, all) = (
        quality(&Halving::default(), &world, &budget),
        quality(&blind, &world, &budget),
        quality(&BestOfN {}, &world, &budget),
    );
    assert!(
        careful > all - 0.025 && careful > blind + 0.02,
        "{careful} {blind} {all}"
    );
}

#[test]
fn what_looks_were_worth_is_said() {
    let studio = run(&Halving::default(), &world(0.05), &Budget::edits(16), 1);
    let said: Vec<String> = studio.remarks.iter().map(ToString::to_string).collect();
    assert!(
        said[0].starts_with("Looks on the way agree with the end (rank correlation "),
        "{said:?}"
    );
    assert!(said[1].starts_with("Of all "), "{said:?}");
    let lies = run(&Halving::default(), &world(50.0), &Budget::edits(16), 2);
    let said = lies.remarks[0].to_string();
    assert!(said.contains("too little about the end"), "{said}");
}

#[test]
fn more_are_begun_than_best_of_n_could_finish() {
    let studio = run(&Halving::default(), &world(0.05), &Budget::edits(16), 1);
    let begun = (0..)
        .take_while(|&index| studio.truth(index).is_some())
        .count();
    assert!(begun > 30, "{begun}");
}

#[test]
fn of_those_that_are_the_same_one_is_finished() {
    let twins = World {
        twins: 0.5,
        ..world(0.02)
    };
    let finished = |alike: f64| {
        let how = Halving {
            alike,
            keep: 0.5,
            ..Halving::default()
        };
        let studio = run(&how, &twins, &Budget::edits(20), 3);
        let ends = studio.finished().into_iter().skip(how.pilot as usize);
        let mut truths: Vec<f32> = ends.filter_map(|index| studio.truth(index)).collect();
        let count = truths.len();
        truths.dedup();
        count - truths.len()
    };
    // those of one wave are compared; the last of one may be the same as the first of the next
    let (all, one) = (finished(1.0), finished(0.98));
    assert!(one <= 1 && all > one, "{all} {one}");
}

#[test]
fn an_editor_of_one_step_gets_best_of_n_and_it_is_said_once() {
    let darkroom = World {
        steps: 1,
        evaluations: 0,
        ..World::default()
    };
    let studio = run(&Halving::default(), &darkroom, &Budget::edits(12), 1);
    assert_eq!((studio.spent().edits, studio.remarks.len()), (12, 1));
}

#[test]
fn a_measured_correlation_counts_the_more_the_more_it_was_measured_on() {
    assert!(trusted(Some((0.5, 4))) > 0.6);
    assert!(trusted(Some((0.0, 6))) < 0.6 && trusted(Some((0.0, 40))) < 0.1);
    assert!(trusted(Some((0.95, 6))) > 0.8);
}

#[test]
fn what_was_not_measured_is_not_trusted() {
    assert!(trusted(None) < 0.0 && trusted(Some((0.9, 3))) < 0.0);
}

#[test]
fn where_all_end_alike_nothing_is_dropped() {
    let world = World {
        listed: vec![0.5; 64],
        ..world(0.1)
    };
    let studio = run(&Halving::default(), &world, &evaluations(14.4), 1);
    assert_eq!(studio.spent().edits, 14);
    let said = studio.remarks.iter().map(ToString::to_string);
    assert!(
        said.into_iter()
            .any(|remark| remark.contains("cannot be compared"))
    );
}
