//! Racing in simulated worlds.

use retake_core::Budget;

use super::*;
use crate::simulated::{Simulated, World};
use crate::{BestOfN, PowerProduct};

fn noisy() -> World {
    World {
        judge_noise: 0.15,
        ..World::default()
    }
}

fn run(how: Racing, world: World, budget: Budget, seed: u64) -> Simulated {
    let mut studio = Simulated::new(world, budget, seed);
    how.run(&mut studio, &PowerProduct::default())
        .expect("nothing stops it");
    studio
}

#[test]
fn judges_that_always_say_the_same_are_asked_once() {
    let studio = run(Racing::default(), World::default(), Budget::edits(8), 1);
    assert_eq!(studio.spent().judge_calls, 8);
}

#[test]
fn judges_are_asked_again_about_those_that_could_win() {
    let world = World {
        listed: vec![0.1, 0.8, 0.2, 0.75, 0.15],
        judge_noise: 0.05,
        ..World::default()
    };
    let studio = run(Racing::default(), world, Budget::edits(5), 1);
    let passes: Vec<usize> = (0..5).map(|index| studio.passes(index)).collect();
    assert!(passes[1] > 1 && passes[3] > 1, "{passes:?}");
    assert_eq!((passes[0], passes[2], passes[4]), (1, 1, 1));
}

#[test]
fn a_clear_winner_ends_it_early() {
    let world = World {
        listed: vec![0.1, 0.9, 0.2, 0.3],
        judge_noise: 0.02,
        ..World::default()
    };
    let studio = run(Racing::default(), world, Budget::edits(4), 1);
    assert_eq!(studio.spent().judge_calls, 4);
}

#[test]
fn calls_that_the_budget_names_are_not_exceeded() {
    let budget = Budget {
        judge_calls: Some(20),
        ..Budget::edits(8)
    };
    assert!(
        run(Racing::default(), noisy(), budget, 1)
            .spent()
            .judge_calls
            <= 20
    );
}

#[test]
fn it_says_that_it_is_sure_about_as_often_as_it_is_right() {
    let selector = PowerProduct::default();
    let (mut sure, mut right) = (0, 0);
    for seed in 0..300 {
        let how = Racing {
            passes: 64.0,
            most: 256,
            ..Racing::default()
        };
        let world = World {
            spread: 0.25,
            ..noisy()
        };
        let studio = run(how, world, Budget::edits(6), seed);
        let calls = studio.spent().judge_calls;
        if calls < 6 * 60 {
            let truth = |index: u64| studio.truth(index).unwrap_or(0.0);
            let chosen = studio.chosen(&selector).map_or(0.0, truth);
            let best = (0..6).map(truth).fold(0.0, f32::max);
            sure += 1;
            right += usize::from(chosen == best);
        }
    }
    let share = f64::from(right as u32) / f64::from(sure);
    assert!(sure > 200 && share > 0.85, "{right} of {sure}");
}

#[test]
fn the_normal_distribution_agrees_with_scipy() {
    // scipy.stats.norm.sf
    for (z, p) in [
        (0.0, 0.5),
        (1.0, 0.158_655_25),
        (2.5, 0.006_209_67),
        (-1.0, 0.841_344_75),
    ] {
        assert!((normal_above(z) - p).abs() < 1e-7, "{z}");
    }
}

/// The mean true quality of what is chosen.
fn quality(strategy: &dyn Strategy, world: &World, budget: &Budget, again: usize) -> (f64, f64) {
    let selector = PowerProduct::default();
    let (mut truth, mut calls) = (0.0, 0.0);
    const RUNS: u64 = 200;
    for seed in 0..RUNS {
        let mut studio = Simulated::new(world.clone(), budget.clone(), seed);
        strategy
            .run(&mut studio, &selector)
            .expect("nothing stops it");
        for _ in 0..again {
            let all = studio.finished();
            studio.score(&all).expect("nothing stops it");
        }
        let chosen = studio.chosen(&selector).expect("one is there");
        truth += f64::from(studio.truth(chosen).expect("it is known")) / RUNS as f64;
        calls += studio.spent().judge_calls as f64 / RUNS as f64;
    }
    (truth, calls)
}

#[test]
fn four_passes_for_all_of_32_are_reached_at_45_percent_of_their_calls() {
    for judge_noise in [0.08, 0.15] {
        let world = World {
            judge_noise,
            ..World::default()
        };
        let (all, calls) = quality(&BestOfN {}, &world, &Budget::edits(32), 3);
        assert_eq!(calls.round(), 128.0);
        let budget = Budget {
            judge_calls: Some(57),
            ..Budget::edits(32)
        };
        let (raced, calls) = quality(&Racing::default(), &world, &budget, 0);
        assert!(calls <= 57.6, "{calls}");
        assert!(
            raced >= all - 0.002,
            "{raced} with {calls} calls, {all} with 128: {world:?}"
        );
    }
}

#[test]
fn judges_that_sometimes_say_the_opposite_fool_it_less_than_one_pass() {
    let world = World {
        flipped: 0.2,
        ..World::default()
    };
    let (once, _) = quality(&BestOfN {}, &world, &Budget::edits(16), 0);
    let (raced, _) = quality(&Racing::default(), &world, &Budget::edits(16), 0);
    assert!(raced > once + 0.03, "{raced} {once}");
}

#[test]
fn where_noise_drowns_what_candidates_differ_by_all_are_asked_evenly() {
    let world = World {
        mean: 0.6,
        judge_noise: 0.05,
        flipped: 0.4,
        ..World::default()
    };
    let (even, calls) = quality(&BestOfN {}, &world, &Budget::edits(8), 3);
    let (raced, spent) = quality(&Racing::default(), &world, &Budget::edits(8), 0);
    assert!(spent <= calls, "{spent} {calls}");
    assert!(raced > even - 0.015, "{raced} {even}");
}

#[test]
fn who_differs_by_more_than_the_noise_is_raced_and_not_asked_evenly() {
    let runner = |index: u64, mean: f64| Runner {
        index,
        mean,
        passes: 1,
        stated: 0.05,
    };
    let apart = [
        runner(0, 0.2),
        runner(1, 0.8),
        runner(2, 0.75),
        runner(3, 0.5),
    ];
    let near = [
        runner(0, 0.50),
        runner(1, 0.52),
        runner(2, 0.51),
        runner(3, 0.49),
    ];
    let noise = Noise::default();
    assert_eq!(who_next(&apart, &noise, 16, 12), [1, 2]);
    assert_eq!(who_next(&near, &noise, 16, 12), [0, 1, 2, 3]);
    // there are calls for two alone
    assert_eq!(who_next(&near, &noise, 16, 2).len(), 2);
}
