//! The budget of memory: reckoned before it is taken, never exceeded, and no reason to make less than can be made.

use retake_core::Order;
use retake_search::{BestOfN, Halving, Reflection};

use super::*;

/// Bytes of a picture at the size of these tests, 32 × 24 px.
const PICTURE: u64 = 32 * 24 * 12;

fn with(pictures: u64, edits: usize) -> Job {
    let mut job = job(edits, 4);
    job.budget.memory = Some(pictures * PICTURE);
    job
}

fn light(strategy: Box<dyn Strategy>) -> Tools {
    Tools {
        strategy,
        ..tools(None, vec![Box::new(Eye("light", 1.0))])
    }
}

#[test]
fn with_little_memory_as_many_are_made_and_the_same_one_wins() {
    let tools = light(Box::new(BestOfN {}));
    let all = run(&job(12, 4), &tools, &Quiet).expect("nothing stops it");
    for pictures in [2, 3, 5, 40] {
        let outcome = run(&with(pictures, 12), &tools, &Quiet).expect("nothing stops it");
        assert_eq!(outcome.candidates.len(), 12, "{pictures}");
        assert_eq!(outcome.selection.order, all.selection.order, "{pictures}");
        let held = outcome.spent.memory;
        assert!(held > 0 && held <= pictures * PICTURE, "{pictures}: {held}");
    }
}

#[test]
fn every_way_of_searching_keeps_to_it() {
    for strategy in [
        Box::new(Halving::default()) as Box<dyn Strategy>,
        Box::new(Reflection::default()),
        Box::new(All),
    ] {
        let outcome = run(&with(4, 9), &light(strategy), &Quiet).expect("nothing stops it");
        assert!(outcome.spent.memory <= 4 * PICTURE);
        assert!(!outcome.candidates.is_empty());
    }
}

#[test]
fn without_a_limit_what_was_held_is_told_all_the_same() {
    let outcome = run(&job(6, 4), &light(Box::new(All)), &Quiet).expect("nothing stops it");
    // six ways and their pictures, side by side
    assert_eq!(outcome.spent.memory, 12 * PICTURE);
}

#[test]
fn a_budget_without_room_for_one_says_what_one_takes() {
    let result = run(&with(1, 3), &light(Box::new(BestOfN {})), &Quiet);
    let error = result.err().expect("there is no room").to_string();
    assert!(
        error.contains("no room for one candidate of 32 × 24 px"),
        "{error}"
    );
}

/// Begins many, steps them, and finishes those that were stepped.
struct Stepping;

impl Strategy for Stepping {
    fn id(&self) -> &'static str {
        "stepping"
    }
    fn run(&self, studio: &mut dyn Studio, _: &dyn Selector) -> Result<(), Stop> {
        let begun = studio.begin(vec![Order::default(); 8]);
        let left = studio.left().memory;
        let stepped = studio.step(&begun, 1)?;
        assert!(!stepped.is_empty() && stepped.len() < 8);
        assert!(studio.left().memory < left);
        studio.glimpse(&stepped)?;
        let made = studio.finish(&stepped)?;
        studio.score(&made).map(|_| ())
    }
}

#[test]
fn ways_that_find_no_room_are_not_begun() {
    let outcome = run(&with(4, 8), &light(Box::new(Stepping)), &Quiet).expect("some are made");
    assert!(outcome.spent.memory <= 4 * PICTURE);
}
