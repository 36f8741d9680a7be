//! Foresight in worlds whose judges are slow.

use retake_core::Budget;

use super::*;
use crate::simulated::{Simulated, World};
use crate::{Halving, PowerProduct, Racing, WhileItHelps};
use retake_core::Strategy;

/// Judges who are slow and go by the truth, and measures that foretell it.
fn slow() -> World {
    World {
        quick: 6,
        quick_noise: 0.03,
        judge_noise: 0.02,
        ..World::default()
    }
}

fn run(strategy: &dyn Strategy, world: &World, edits: usize, seed: u64) -> Simulated {
    let mut studio = Simulated::new(world.clone(), Budget::edits(edits), seed);
    strategy
        .run(&mut studio, &PowerProduct::default())
        .expect("nothing stops it");
    studio
}

/// Mean quality of what is chosen and mean number of judge calls.
fn reaches(strategy: &dyn Strategy, world: &World, edits: usize) -> (f32, f32) {
    let (mut quality, mut calls) = (0.0, 0.0);
    const RUNS: u64 = 40;
    for seed in 0..RUNS {
        let studio = run(strategy, world, edits, seed);
        let chosen = studio.chosen(&PowerProduct::default());
        let truth = chosen.and_then(|index| studio.truth(index));
        quality += truth.expect("one is chosen") / RUNS as f32;
        calls += studio.spent().judge_calls as f32 / RUNS as f32;
    }
    (quality, calls)
}

fn strategies() -> [(&'static str, Box<dyn Strategy>); 3] {
    [
        ("racing", Box::new(Racing::default())),
        ("halving", Box::new(Halving::default())),
        ("while it helps", Box::new(WhileItHelps::default())),
    ]
}

#[test]
fn slow_judges_are_spared_questions_and_the_choice_is_as_good() {
    for (name, strategy) in strategies() {
        let (foreseen, few) = reaches(strategy.as_ref(), &slow(), 32);
        let blind = World { quick: 0, ..slow() };
        let (asked, all) = reaches(strategy.as_ref(), &blind, 32);
        // most calls of halving are looks on the way
        let share = if name == "halving" { 1.0 } else { 0.9 };
        assert!(few <= share * all, "{name}: {few} of {all}");
        assert!(foreseen > asked - 0.004, "{name}: {foreseen} {asked}");
    }
}

#[test]
fn measures_that_foretell_nothing_spare_nobody_and_it_is_said() {
    let lost = World {
        quick_noise: 50.0,
        ..slow()
    };
    let mut used = 0;
    for seed in 0..20 {
        let studio = run(&Racing::default(), &lost, 24, seed);
        let remarks: Vec<String> = studio.remarks.iter().map(|said| said.to_string()).collect();
        let unjudged = (0..24)
            .filter(|&index| studio.card(index).is_none())
            .count();
        let refused = remarks.iter().any(|said| said.contains("too little"));
        assert!(refused != (unjudged > 0), "{seed}: {remarks:?}");
        used += usize::from(unjudged > 0);
    }
    assert!(used <= 1, "{used} of 20");
}

#[test]
fn who_is_left_is_told_why_and_the_sentence_has_the_count() {
    let studio = run(&Racing::default(), &slow(), 32, 3);
    let left: Vec<u64> = (0..32)
        .filter(|&index| studio.card(index).is_none())
        .collect();
    assert!(!left.is_empty());
    for index in &left {
        let why = studio.left_because(*index).expect("it is told").to_string();
        assert!(why.contains("foresaw"), "{why}");
    }
    let spared = format!("spared them {} of 32", left.len());
    let said = studio
        .remarks
        .iter()
        .any(|said| said.to_string().contains(&spared));
    assert!(said, "{:?}", studio.remarks);
}

#[test]
fn a_small_group_is_judged_whole() {
    for count in [1, 4, 8, 12] {
        let studio = run(&Racing::default(), &slow(), count, 3);
        assert!((0..count as u64).all(|index| studio.card(index).is_some()));
    }
}

#[test]
fn the_one_that_judges_like_best_is_seldom_left() {
    let mut lost = 0;
    for seed in 0..50 {
        let studio = run(&Racing::default(), &slow(), 32, seed);
        let truth = |index: &u64| studio.truth(*index).unwrap_or(0.0);
        let best = (0..32u64).max_by(|a, b| truth(a).total_cmp(&truth(b)));
        lost += usize::from(best.is_some_and(|best| studio.card(best).is_none()));
    }
    assert!(lost <= 3, "{lost} of 50");
}
