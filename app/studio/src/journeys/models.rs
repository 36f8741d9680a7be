//! Journeys with models beside the darkroom: one is chosen, loaded, makes takes, fails, and is opened from a folder.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use eframe::egui::{Key, Modifiers, Role};
use retake_core::Rng;
use retake_engine::{Command, EditorState};

use crate::hands::{
    CTRL, Window, ask_for, click, click_button, click_first, drop_on, finished, opened, press,
    press_with, rewrite, says, write,
};
use crate::look::Tab;
use crate::names::unnamed;
use crate::testing::models::Stage;
use crate::testing::{sample, session, shot, until, window_with};
use crate::theme::Shade;

pub(super) const CTRL_SHIFT: Modifiers = CTRL.plus(Modifiers::SHIFT);

/// A window with a photo in which models can be chosen.
pub(super) fn with_models(stage: &Arc<Stage>) -> Window {
    with_models_in([1440.0, 900.0], stage)
}

/// The same at this size, points.
pub(super) fn with_models_in(size: [f32; 2], stage: &Arc<Stage>) -> Window {
    let mut window = window_with(size, stage.editors());
    drop_on(&mut window, &[sample("astronaut.png")]);
    opened(&mut window);
    until(&mut window, |studio| studio.engine().offers().count() == 2);
    window
}

/// Opens the menu by its keys and chooses by the name in it.
pub(super) fn choose(window: &mut Window, name: &str) {
    press_with(window, CTRL_SHIFT, Key::E);
    click_first(window, name);
}

pub(super) fn ready(window: &mut Window, id: &str) {
    until(window, |studio| {
        studio.engine().editor_state(id) == EditorState::Ready
    });
    window.run_steps(2);
}

pub(super) fn type_and_enter(window: &mut Window, text: &str, takes: usize) {
    window.state_mut().obey(Command::Candidates(takes));
    press_with(window, CTRL, Key::L);
    press_with(window, CTRL, Key::A);
    write(window, text);
    press(window, Key::Enter);
}

fn by(window: &Window) -> Vec<Option<String>> {
    let sheet = session(window).sheet();
    let name = |take: &Arc<retake_engine::Take>| take.model.as_ref().map(|m| m.name.clone());
    sheet.into_iter().map(name).collect()
}

fn klein() -> Option<String> {
    Some("FLUX.2 klein 4B".to_owned())
}

#[test]
fn a_model_is_chosen_by_keys_and_makes_what_the_darkroom_cannot() {
    let mut window = with_models(&Arc::default());
    press_with(&mut window, CTRL_SHIFT, Key::E);
    assert!(says(&window, "15.8 GB") && says(&window, "Darkroom"));
    assert_eq!(unnamed(&window), [""; 0]);
    shot(&mut window, "models-menu");
    click_first(&mut window, "FLUX.2 klein 4B");
    ready(&mut window, "klein");
    type_and_enter(&mut window, "add a red hat", 2);
    finished(&mut window);
    assert_eq!(by(&window), [klein(), klein()]);
    assert!(
        session(&window)
            .sheet()
            .iter()
            .all(|take| take.card.is_some())
    );
}

#[test]
fn words_the_darkroom_cannot_do_come_with_an_offer_to_switch() {
    let mut window = with_models(&Arc::default());
    type_and_enter(&mut window, "add a red hat", 1);
    assert!(session(&window).desk().turn.is_none());
    shot(&mut window, "models-offer");
    click_button(&mut window, "Choose it");
    ready(&mut window, "klein");
    press_with(&mut window, CTRL, Key::Enter);
    finished(&mut window);
    assert_eq!(by(&window), [klein()]);
}

#[test]
fn while_a_model_works_its_steps_show_and_stop_keeps_what_is_there() {
    let stage = Arc::new(Stage::default());
    stage.slow.store(true, Ordering::Relaxed);
    let mut window = with_models(&stage);
    choose(&mut window, "FLUX.2 klein 4B");
    ready(&mut window, "klein");
    type_and_enter(&mut window, "add a red hat", 8);
    until(&mut window, |studio| {
        let session = studio.engine().session();
        session.is_some_and(|session| {
            let step = session.running.as_ref().and_then(|running| running.step);
            session.sheet().len() == 1 && step.is_some_and(|(_, done, _)| done >= 4)
        })
    });
    assert!(says(&window, " of 8   ") && says(&window, " left · Esc stops"));
    assert_eq!(unnamed(&window), [""; 0]);
    shot(&mut window, "models-steps");
    click(&mut window, "Stop");
    let there = session(&window).sheet().len();
    assert!(session(&window).running.is_none() && (1..8).contains(&there));
}

#[test]
fn while_a_model_is_loaded_that_is_said_and_the_run_can_be_stopped() {
    let stage = Arc::new(Stage::default());
    stage.held.store(true, Ordering::Relaxed);
    let mut window = with_models(&stage);
    choose(&mut window, "InstructPix2Pix");
    type_and_enter(&mut window, "add a red hat", 2);
    assert!(says(&window, "Loading InstructPix2Pix … · Esc stops"));
    shot(&mut window, "models-loading");
    press(&mut window, Key::Escape);
    assert!(session(&window).running.is_none());
    stage.held.store(false, Ordering::Relaxed);
    ready(&mut window, "ip2p");
    assert!(session(&window).sheet().is_empty());
}

#[test]
fn another_editor_joins_the_group_and_its_takes_have_facts_and_no_sliders() {
    for shade in Shade::ALL {
        let mut window = with_models(&Arc::default());
        window.state_mut().look_mut().shade = shade;
        ask_for(&mut window, "warmer", 2);
        click_button(&mut window, "Try another editor");
        click_button(&mut window, "FLUX.2 klein 4B");
        finished(&mut window);
        assert_eq!(by(&window), [None, None, klein(), klein()]);
        assert_eq!(session(&window).ranking().order.len(), 4);
        click_first(&mut window, "Take 3, ");
        window.state_mut().look_mut().tab = Tab::Recipe;
        window.run_steps(3);
        assert!(says(&window, "euler ancestral") && says(&window, "0.41"));
        assert!(says(&window, "the changed region"));
        assert_eq!(unnamed(&window), [""; 0]);
        shot(&mut window, &format!("models-{}", shade.id()));
        click_first(&mut window, "Take 1, ");
        assert!(!says(&window, "euler ancestral"));
    }
}

#[test]
fn a_take_that_could_not_be_made_says_why_in_its_place() {
    let stage = Arc::new(Stage::default());
    *stage.fails.lock().expect("nobody panics") = vec![Rng::seed_of(0, 1)];
    let mut window = with_models(&stage);
    choose(&mut window, "FLUX.2 klein 4B");
    type_and_enter(&mut window, "add a red hat", 3);
    finished(&mut window);
    assert_eq!(session(&window).sheet().len(), 2);
    let why = "Take 2, could not be made: The model's numbers became infinite";
    assert!(says(&window, why));
    shot(&mut window, "models-failed");
}

#[test]
fn a_models_folder_is_opened_by_its_path() {
    let mut window = with_models(&Arc::default());
    press_with(&mut window, CTRL_SHIFT, Key::O);
    shot(&mut window, "models-open");
    rewrite(
        &mut window,
        Role::TextInput,
        "Path of the model",
        "/elsewhere/my-hat-maker",
    );
    press(&mut window, Key::Enter);
    ready(&mut window, "/elsewhere/my-hat-maker");
    type_and_enter(&mut window, "add a red hat", 1);
    finished(&mut window);
    assert_eq!(by(&window), [Some("my-hat-maker".to_owned())]);
}

#[test]
fn a_folder_that_holds_no_model_is_told_of() {
    let mut window = with_models(&Arc::default());
    press_with(&mut window, CTRL_SHIFT, Key::O);
    rewrite(
        &mut window,
        Role::TextInput,
        "Path of the model",
        "/nowhere",
    );
    click_button(&mut window, "Open");
    until(&mut window, |studio| {
        let messages = studio.engine().messages();
        messages
            .iter()
            .any(|message| message.text.to_string().contains("no such folder"))
    });
    press_with(&mut window, CTRL_SHIFT, Key::E);
    assert!(says(&window, "could not be loaded"));
}

#[test]
fn in_german_the_menu_the_facts_and_the_steps_are_german() {
    let stage = Arc::new(Stage::default());
    stage.slow.store(true, Ordering::Relaxed);
    let mut window = with_models(&stage);
    window.state_mut().look_mut().language = "de".to_owned();
    window.run_steps(2);
    press_with(&mut window, CTRL_SHIFT, Key::E);
    assert!(says(&window, "Dunkelkammer") && says(&window, "15,8 GB"));
    assert!(says(&window, "Modellordner öffnen …"));
    click_first(&mut window, "FLUX.2 klein 4B");
    ready(&mut window, "klein");
    type_and_enter(&mut window, "ein roter Hut", 2);
    until(&mut window, |studio| {
        let session = studio.engine().session();
        let running = session.and_then(|session| session.running.as_ref());
        running.is_some_and(|running| running.step.is_some())
    });
    assert!(says(&window, "Schritt ") && says(&window, " von 8"));
    finished(&mut window);
    window.state_mut().look_mut().tab = Tab::Recipe;
    window.run_steps(3);
    assert!(says(&window, "volle Größe") && says(&window, "Startwert"));
    shot(&mut window, "models-german");
}
