//! Journeys with strategies that look, drop and go on: their tree stands in the inspector.

use std::sync::atomic::Ordering;

use egui_kittest::kittest::Queryable as _;
use retake_engine::Command;

use super::screens_of_searches::{PILOT, TAKES, searching};
use crate::hands::{Window, drop_on, finished, opened, rect_of, says};
use crate::look::Tab;
use crate::names::unnamed;
use crate::testing::{generate, sample, session, shot, until, window};

/// Takes that were searched for so, and the inspector open where the group is.
pub(super) fn searched(strategy: &'static str, count: usize) -> Window {
    let mut window = window([1280.0, 800.0], Vec::new());
    drop_on(&mut window, &[sample("astronaut.png")]);
    opened(&mut window);
    window.state_mut().obey(Command::Strategy(strategy));
    generate(&mut window, "warmer, brighter", count);
    let look = window.state_mut().look_mut();
    look.inspector = true;
    look.tab = Tab::Group;
    window.run_steps(4);
    window
}

#[test]
fn a_search_that_goes_on_from_takes_shows_its_tree() {
    let mut window = searched("local_search", 8);
    let lanes = session(&window).search().all.len();
    assert!(says(&window, &format!("{lanes} begun, 8 finished")));
    shot(&mut window, "searched");
}

#[test]
fn what_is_known_of_a_candidate_stands_at_the_pointer() {
    let mut window = searched("local_search", 8);
    let lanes = rect_of(
        &window,
        &format!("{} begun", session(&window).search().all.len()),
    );
    window.hover_at(lanes.center());
    window.run_steps(30);
    assert!(window.query_all_by_label_contains("steps").next().is_some());
}

#[test]
fn where_all_were_simply_made_there_is_no_tree() {
    let window = searched("best_of_n", 4);
    assert!(!says(&window, "begun,"));
}

#[test]
fn the_tree_grows_before_the_first_take_is_there() {
    let (mut window, stage) = searching("halving", true);
    let look = window.state_mut().look_mut();
    (look.inspector, look.tab) = (true, Tab::Group);
    until(&mut window, |studio| {
        let session = studio.engine().session();
        let looked = |session: &retake_engine::Session| {
            let mut all = session.search().all.iter();
            all.any(|one| !one.glimpses.is_empty())
        };
        session.is_some_and(looked)
    });
    window.run_steps(2);
    assert!(says(&window, "begun, 0 finished"));
    assert!(says(&window, &format!("Spent: 0 of {TAKES} takes")));
    stage.slow.store(false, Ordering::Relaxed);
    window.state_mut().obey(Command::Stop);
}

#[test]
fn how_far_looks_tell_the_end_is_a_curve_with_what_it_may_be() {
    let (mut window, _) = searching("halving", false);
    finished(&mut window);
    let look = window.state_mut().look_mut();
    (look.inspector, look.tab) = (true, Tab::Group);
    window.run_steps(4);
    let looks = session(&window).agreement().to_vec();
    let places: Vec<(usize, usize)> = looks.iter().map(|look| (look.step, look.of)).collect();
    assert_eq!(places, [(1, 8), (3, 8)]);
    assert!(
        looks
            .iter()
            .all(|look| look.over >= PILOT && look.interval.is_some())
    );
    assert!(says(&window, "After 1 of 8 steps: ") && says(&window, ", likely "));
    assert!(says(&window, "from 0.6 on takes may be dropped"));
    assert_eq!(unnamed(&window), [""; 0]);
}

#[test]
fn a_branch_begins_where_it_left_the_way_of_another() {
    let (mut window, _) = searching("particles", false);
    finished(&mut window);
    let mut all = session(&window).search().all.iter();
    assert!(all.any(|one| one.parent.is_some() && one.from > 0));
}
