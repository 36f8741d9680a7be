//! Journeys to what more takes would buy, and to more takes.

use egui_kittest::kittest::{NodeT as _, Queryable as _};

use super::searched::searched;
use crate::hands::{Window, click_button, finished, rect_of, says};
use crate::testing::{session, shot};
use crate::theme::Shade;

/// What the curve says is made, and what it says comes.
fn spoken(window: &Window) -> String {
    let curve = window.get_by_label_contains("Best of the first");
    curve.accesskit_node().label().unwrap_or_default()
}

#[test]
fn what_four_more_would_buy_is_told_with_its_interval() {
    let mut window = searched("best_of_n", 6);
    let spoken = spoken(&window);
    let ranking = session(&window).ranking();
    let four = ranking.buys.iter().find(|buys| buys.more == 4);
    let four = four.expect("six are enough");
    let best = ranking.overall.values().copied().fold(0.0, f32::max);
    let expected = format!(
        "With 10 takes, 4 more: {:.1}",
        (best + four.believed) * 10.0
    );
    assert!(spoken.contains(&expected), "{spoken} {expected}");
    assert!(spoken.contains("Four times of five from"), "{spoken}");
    shot(&mut window, "bought-dark");
    for shade in [Shade::Grey, Shade::Light] {
        window.state_mut().look_mut().shade = shade;
        window.run_steps(3);
        shot(&mut window, &format!("bought-{}", shade.id()));
    }
}

#[test]
fn the_value_under_the_pointer_can_be_read() {
    let mut window = searched("best_of_n", 6);
    let plot = rect_of(&window, "Best of the first 6");
    let near_the_end = plot.right_center() - eframe::egui::vec2(20.0, 20.0);
    window.hover_at(near_the_end);
    window.run_steps(30);
    assert!(says(&window, "With 38 takes, 32 more"));
    shot(&mut window, "bought-pointed");
}

#[test]
fn four_more_are_made_with_the_same_words_in_the_same_group() {
    let mut window = searched("best_of_n", 4);
    let asked = session(&window).desk().turn.clone().expect("a turn");
    click_button(&mut window, "Make 4 more takes");
    finished(&mut window);
    let turn = session(&window).desk().turn.clone().expect("a turn");
    assert_eq!(session(&window).sheet().len(), 8);
    assert_eq!(turn.number, asked.number);
    assert!(spoken(&window).contains("Best of the first 8"));
}

#[test]
fn of_two_takes_it_says_that_more_are_needed() {
    let window = searched("best_of_n", 2);
    assert!(says(&window, "once three are scored"));
    assert!(!says(&window, "Make 4 more takes"));
}

#[test]
fn in_a_small_german_window_the_curve_and_its_button_are_there() {
    let mut window = searched("best_of_n", 6);
    window.set_size(eframe::egui::vec2(800.0, 500.0));
    window.state_mut().look_mut().language = "de".to_owned();
    window.run_steps(4);
    assert!(says(&window, "4 weitere Entwürfe machen"));
    shot(&mut window, "bought-small-german");
}
