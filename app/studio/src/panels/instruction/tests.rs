use eframe::egui::{Event, ImeEvent, Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use retake_engine::{Command, Ended};

use crate::Studio;
use crate::testing::{sample, session, shot, until, window, with_takes};

/// The window with a photo and the line ready to be typed in.
fn with_line() -> Harness<'static, Studio> {
    let mut window = window([1280.0, 720.0], vec![sample("astronaut.png")]);
    until(&mut window, |studio| studio.engine().session().is_some());
    window.run_steps(2);
    window
}

fn type_in(window: &mut Harness<'_, Studio>, text: &str) {
    window.event(Event::Text(text.to_owned()));
    window.run_steps(3);
}

fn press(window: &mut Harness<'_, Studio>, key: Key) {
    window.key_press(key);
    window.run_steps(3);
}

fn finished(window: &mut Harness<'_, Studio>) {
    until(window, |studio| {
        let session = studio.engine().session();
        session.is_some_and(|s| s.running.is_none() && s.ended.is_some())
    });
}

fn has_turn(window: &Harness<'_, Studio>) -> bool {
    session(window).desk().turn.is_some()
}

#[test]
fn typing_shows_what_is_understood() {
    let mut window = with_line();
    type_in(
        &mut window,
        "golden hour, brigter, keep the sky, flurbish, add a dog",
    );
    window.get_by_label("Leave out: brighter");
    window.get_by_label("Leave out: more glow, slightly");
    window.get_by_label_contains("Take “flurbish”");
    window.get_by_label_contains("Take “add a dog”");
    shot(&mut window, "chips");
}

#[test]
fn a_removed_chip_is_not_asked_for() {
    let mut window = with_line();
    window.state_mut().obey(Command::Candidates(1));
    type_in(&mut window, "warmer and brighter");
    window.get_by_label("Leave out: warmer").click();
    window.run_steps(3);
    window.get_by_label("Put back: warmer");
    press(&mut window, Key::Enter);
    let turn = session(&window).desk().turn.clone().expect("it runs");
    let asked: Vec<_> = turn
        .instruction
        .understood
        .goals
        .iter()
        .map(|g| g.in_words())
        .collect();
    assert_eq!(asked, ["brighter"]);
}

#[test]
fn a_removed_chip_stays_out_while_more_is_typed() {
    let mut window = with_line();
    type_in(&mut window, "warmer and brighter");
    window.get_by_label("Leave out: warmer").click();
    window.run_steps(3);
    type_in(&mut window, ", more contrast");
    window.get_by_label("Put back: warmer");
    window.get_by_label("Leave out: more contrast");
}

#[test]
fn enter_generates() {
    let mut window = with_line();
    window.state_mut().obey(Command::Candidates(1));
    type_in(&mut window, "warmer");
    press(&mut window, Key::Enter);
    assert!(has_turn(&window));
}

#[test]
fn shift_enter_breaks_the_line_and_does_not_generate() {
    let mut window = with_line();
    type_in(&mut window, "warmer");
    window.key_press_modifiers(Modifiers::SHIFT, Key::Enter);
    window.run_steps(3);
    type_in(&mut window, "brighter");
    assert_eq!(session(&window).draft.text(), "warmer\nbrighter");
    assert!(!has_turn(&window));
}

#[test]
fn an_enter_that_ends_composing_does_not_generate() {
    let mut window = with_line();
    window.state_mut().obey(Command::Candidates(1));
    window.event(Event::Ime(ImeEvent::Preedit {
        text: "warmer".to_owned(),
        active_range_chars: None,
    }));
    window.run_steps(2);
    window.key_press(Key::Enter);
    window.event(Event::Ime(ImeEvent::Commit("warmer".to_owned())));
    window.run_steps(2);
    assert!(!has_turn(&window));
    assert_eq!(session(&window).draft.text(), "warmer");
    window.run_steps(10);
    press(&mut window, Key::Enter);
    assert!(has_turn(&window), "the next Enter does");
}

#[test]
fn up_walks_back_through_what_was_said() {
    let mut window = with_line();
    window.state_mut().look_mut().said = vec!["warmer".to_owned(), "brighter".to_owned()];
    type_in(&mut window, "moo");
    let mut walked = Vec::new();
    for key in [
        Key::ArrowUp,
        Key::ArrowUp,
        Key::ArrowUp,
        Key::ArrowDown,
        Key::ArrowDown,
    ] {
        press(&mut window, key);
        walked.push(session(&window).draft.text().to_owned());
    }
    assert_eq!(walked, ["brighter", "warmer", "warmer", "brighter", "moo"]);
}

#[test]
fn what_needs_a_diffusion_editor_cannot_be_run() {
    let mut window = with_line();
    type_in(&mut window, "add a dog");
    window.get_by_label_contains("add a dog");
    assert!(
        window
            .get_by_label("Generate")
            .accesskit_node()
            .is_disabled()
    );
}

#[test]
fn a_word_that_means_nothing_can_be_taken_out() {
    let mut window = with_line();
    type_in(&mut window, "warmer, flurbish");
    window.get_by_label_contains("Take “flurbish”").click();
    window.run_steps(3);
    assert_eq!(session(&window).draft.text(), "warmer");
}

#[test]
fn an_example_fills_the_line_and_runs() {
    let mut window = with_line();
    window.state_mut().obey(Command::Candidates(1));
    window.get_by_label("Run: moody and a bit darker").click();
    window.run_steps(3);
    assert_eq!(session(&window).draft.text(), "moody and a bit darker");
    assert!(has_turn(&window));
}

#[test]
fn going_on_from_a_take_is_a_chip_that_can_be_taken_off() {
    let mut window = with_takes([1280.0, 720.0], "warmer", 1);
    let take = session(&window).sheet()[0].id;
    window.state_mut().obey(Command::GoOnFrom(Some(take)));
    window.state_mut().obey(Command::Say("brighter".to_owned()));
    window.run_steps(3);
    window.get_by_label("Go on from the photo instead").click();
    window.run_steps(3);
    let session = session(&window);
    assert!(session.desk().base.is_none());
    assert_eq!(session.draft.text(), "brighter");
}

#[test]
fn stop_keeps_what_is_finished() {
    let mut window = with_line();
    window.state_mut().obey(Command::Candidates(48));
    type_in(&mut window, "warmer and brighter");
    press(&mut window, Key::Enter);
    until(&mut window, |studio| {
        studio
            .engine()
            .session()
            .is_some_and(|s| s.sheet().len() >= 2)
    });
    shot(&mut window, "running");
    window.get_by_label("Stop").click();
    window.run_steps(3);
    let session = session(&window);
    assert!(matches!(session.ended, Some(Ended::Stopped(made)) if made >= 2));
    assert!(session.sheet().len() >= 2);
    window.get_by_label("Generate");
}

#[test]
fn how_many_takes_a_run_makes_is_a_named_field() {
    let mut window = with_line();
    window
        .get_by_label("Takes a run makes")
        .set_value_accesskit(3.0);
    window.run_steps(3);
    assert_eq!(window.state().engine().candidates(), 3);
}

#[test]
fn after_enter_the_keys_go_to_the_takes() {
    let mut window = with_line();
    window.state_mut().obey(Command::Candidates(2));
    type_in(&mut window, "warmer");
    press(&mut window, Key::Enter);
    finished(&mut window);
    press(&mut window, Key::P);
    assert_eq!(session(&window).desk().marks.len(), 1);
    assert_eq!(session(&window).draft.text(), "warmer");
}
