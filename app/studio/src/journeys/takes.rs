//! Among the takes: stop, more like this, go on, come back, hold against each other, survey, sort out.

use eframe::egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use retake_engine::{Ended, Flag};

use crate::hands::{
    CTRL, Window, ask_for, click, click_first, finished, press, press_with, rect_of, says,
    with_photo, write,
};
use crate::look::Compare;
use crate::testing::{session, until};

/// A window with takes of a photo and the keyboard free.
fn with_takes(count: usize) -> Window {
    let mut window = with_photo();
    ask_for(&mut window, "warmer and more contrast", count);
    window
}

fn focus(window: &mut Window) -> Option<u64> {
    let id = window.state_mut().look_mut().focus?;
    session(window).take(id).map(|take| take.index + 1)
}

#[test]
fn esc_while_takes_are_made_keeps_the_finished_ones() {
    let mut window = with_photo();
    let field = window.get_by_label("Takes a run makes");
    field.set_value_accesskit(48.0);
    window.run_steps(2);
    press_with(&mut window, CTRL, Key::L);
    write(&mut window, "warmer");
    press(&mut window, Key::Enter);
    until(&mut window, |studio| {
        let session = studio.engine().session();
        session.is_some_and(|session| session.sheet().len() >= 2)
    });
    press(&mut window, Key::Escape);
    finished(&mut window);
    let session = session(&window);
    assert!(matches!(session.ended, Some(Ended::Stopped(made)) if made >= 2));
    assert!((2..48).contains(&session.sheet().len()));
}

#[test]
fn m_makes_neighbours_of_the_take_that_is_looked_at() {
    let mut window = with_takes(2);
    click_first(&mut window, "Take 2, ");
    let like = session(&window).sheet()[1].id;
    press(&mut window, Key::M);
    finished(&mut window);
    let turn = session(&window).desk().turn.clone().expect("a group");
    assert_eq!(turn.like.as_ref().map(|base| base.take), Some(like));
    assert!(!turn.takes.contains(&like));
    assert_eq!(session(&window).sheet().len(), 2);
}

#[test]
fn an_edit_of_an_edit_goes_on_from_the_take_and_history_leads_back() {
    let mut window = with_takes(2);
    click_first(&mut window, "Take 2, ");
    let (source, first) = (session(&window).sheet()[1].id, made(&window));
    press(&mut window, Key::G);
    ask_for(&mut window, "black and white", 1);
    let base = session(&window).desk().base.clone();
    assert_eq!(base.map(|base| base.take), Some(source));
    press_with(&mut window, CTRL, Key::H);
    click_first(&mut window, "warmer and more contrast, 2 takes");
    assert_eq!(made(&window), first);
    assert!(session(&window).desk().base.is_none());
}

/// The takes on the sheet.
fn made(window: &Window) -> Vec<retake_engine::TakeId> {
    let takes = session(window).sheet();
    takes.iter().map(|take| take.id).collect()
}

#[test]
fn every_way_to_compare_is_one_key_and_the_same_key_ends_it() {
    let mut window = with_takes(2);
    for (key, mode) in [
        (Key::W, Compare::Wipe),
        (Key::C, Compare::Side),
        (Key::O, Compare::Overlay),
        (Key::F, Compare::Flicker),
        (Key::D, Compare::Difference),
    ] {
        press(&mut window, key);
        assert_eq!(window.state_mut().look_mut().compare, mode);
        press(&mut window, key);
        assert_eq!(window.state_mut().look_mut().compare, Compare::Off);
    }
}

#[test]
fn the_backslash_shows_the_original_as_long_as_it_is_held() {
    let mut window = with_takes(1);
    let original = |window: &Window| window.query_by_label("Photo: Original").is_some();
    assert!(!original(&window));
    window.key_down(Key::Backslash);
    window.run_steps(40);
    assert!(original(&window));
    window.key_up(Key::Backslash);
    window.run_steps(3);
    assert!(!original(&window));
}

#[test]
fn survey_makes_the_takes_large_and_esc_brings_the_photo_back() {
    let mut window = with_takes(2);
    let small = rect_of(&window, "Take 1, ").width();
    press(&mut window, Key::N);
    assert!(rect_of(&window, "Take 1, ").width() > 1.5 * small);
    assert!(window.query_by_label("Photo: Take 1").is_none());
    press(&mut window, Key::Escape);
    assert!((rect_of(&window, "Take 1, ").width() - small).abs() < 1.0);
}

#[test]
fn a_reject_goes_on_to_the_next_take() {
    let mut window = with_takes(3);
    click_first(&mut window, "Take 1, ");
    press(&mut window, Key::X);
    assert_eq!(focus(&mut window), Some(2));
    let session = session(&window);
    let flags: Vec<Flag> = session
        .sheet()
        .iter()
        .map(|take| session.desk().mark(take.id).flag)
        .collect();
    assert_eq!(flags, [Flag::Rejected, Flag::None, Flag::None]);
}

#[test]
fn a_mark_stays_put_when_going_on_is_turned_off_in_the_menu() {
    let mut window = with_takes(2);
    click_first(&mut window, "Take 1, ");
    click(&mut window, "Take");
    click(&mut window, "Go on after a mark");
    press(&mut window, Key::Num4);
    assert_eq!(focus(&mut window), Some(1));
    assert!(says(&window, "4 stars"));
}

#[test]
fn what_was_undone_comes_back_with_either_key() {
    let mut window = with_takes(1);
    let take = session(&window).sheet()[0].id;
    press(&mut window, Key::P);
    for (held, key) in [(CTRL, Key::Y), (CTRL.plus(Modifiers::SHIFT), Key::Z)] {
        press_with(&mut window, CTRL, Key::Z);
        assert_eq!(session(&window).desk().mark(take).flag, Flag::None);
        press_with(&mut window, held, key);
        assert_eq!(session(&window).desk().mark(take).flag, Flag::Picked);
    }
}

#[test]
fn a_photo_keeps_its_takes_while_another_is_looked_at() {
    let mut window = with_takes(2);
    let takes = made(&window);
    let other = crate::testing::sample("brushes.jpg");
    crate::hands::drop_on(&mut window, &[other]);
    crate::hands::opened(&mut window);
    assert_eq!(session(&window).name(), "brushes.jpg");
    press(&mut window, Key::Escape);
    press_with(&mut window, CTRL, Key::ArrowLeft);
    assert_eq!(session(&window).name(), "astronaut.png");
    assert_eq!(made(&window), takes);
}
