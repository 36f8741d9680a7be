//! Depth-first search in simulated worlds.

use retake_core::Budget;

use super::*;
use crate::PowerProduct;
use crate::simulated::{Simulated, World};

fn run(world: World, edits: usize) -> Simulated {
    let mut studio = Simulated::new(world, Budget::edits(edits), 3);
    DepthFirst::default()
        .run(&mut studio, &PowerProduct::default())
        .expect("nothing stops it");
    studio
}

/// Values of instruction following whose overall score is this: the default selector takes the power 0.8.
fn scored(overall: &[f32]) -> World {
    let values: Vec<f32> = overall.iter().map(|value| value.powf(1.25)).collect();
    World {
        preview_noise: 0.0,
        ..World::listed(&values)
    }
}

#[test]
fn a_first_try_that_passes_is_the_last() {
    assert_eq!(run(scored(&[0.9, 0.2, 0.2]), 8).spent().edits, 1);
}

#[test]
fn one_that_fails_its_checks_is_not_the_last() {
    let world = World {
        questions: 100,
        ..scored(&[0.83, 0.9, 0.2])
    };
    // scored 0.83 it follows by 0.79, and 79 of 100 answers are yes
    assert!(run(world, 8).spent().edits > 1);
}

#[test]
fn a_good_first_score_lowers_the_number() {
    let how = DepthFirst::default();
    let allowed = |score: f64| how.allowed(score, &Scorecard::default(), 32);
    assert_eq!((allowed(0.0), allowed(0.75), allowed(1.0)), (32, 17, 1));
    let paper = DepthFirst { gamma: 0.12, ..how };
    // the numbers of the authors' code
    let paper = |score: f64| paper.allowed(score, &Scorecard::default(), 32);
    assert_eq!((paper(0.8), paper(0.95)), (27, 23));
}

#[test]
fn the_most_promising_is_finished_first_and_ends_it() {
    let studio = run(scored(&[0.5, 0.3, 0.9, 0.6, 0.4, 0.2, 0.3, 0.1]), 8);
    assert_eq!(studio.finished(), [0, 2]);
}

#[test]
fn an_editor_that_shows_nothing_is_finished_in_order() {
    let world = World {
        previews: false,
        ..scored(&[0.5, 0.3, 0.9, 0.6])
    };
    assert_eq!(run(world, 8).finished(), [0, 1, 2]);
}

#[test]
fn hard_instructions_get_more_and_all_together_the_same_quality_costs_less() {
    let selector = PowerProduct::default();
    let spends = |strategy: &dyn Strategy, mean: f32| {
        let (mut evaluations, mut quality) = (0, 0.0);
        for seed in 0..60 {
            let world = World {
                mean,
                ..World::default()
            };
            let mut studio = Simulated::new(world, Budget::edits(16), seed);
            strategy
                .run(&mut studio, &selector)
                .expect("nothing stops it");
            evaluations += studio.spent().network_evaluations;
            let chosen = studio.chosen(&selector).and_then(|one| studio.truth(one));
            quality += chosen.expect("one was chosen") / 60.0;
        }
        (evaluations, quality)
    };
    let how = DepthFirst::default();
    let (easy, hard) = (spends(&how, 0.8), spends(&how, 0.35));
    assert!(hard.0 > 2 * easy.0, "{easy:?} {hard:?}");
    let plain = crate::BestOfN {};
    let (all_easy, all_hard) = (spends(&plain, 0.8), spends(&plain, 0.35));
    let (cost, whole) = (easy.0 + hard.0, all_easy.0 + all_hard.0);
    assert!(cost * 4 < whole * 3, "{cost} {whole}");
    let off = all_easy.1 + all_hard.1 - easy.1 - hard.1;
    assert!(
        off / 2.0 < 0.05,
        "{off}: {easy:?} {hard:?} {all_easy:?} {all_hard:?}"
    );
}
