//! Journeys with strategies that look, drop and go on: their tree stands in the inspector.

use egui_kittest::kittest::Queryable as _;
use retake_engine::Command;

use crate::hands::{Window, drop_on, opened, rect_of, says};
use crate::look::Tab;
use crate::testing::{generate, sample, session, shot, window};

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
