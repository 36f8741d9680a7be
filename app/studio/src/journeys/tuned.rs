//! Journeys through the settings of a model: they are moved, reach the takes, are put back, and are there the next time.

use std::sync::Arc;

use eframe::egui::{Key, Role};
use egui_kittest::kittest::Queryable as _;
use retake_core::SettingValue;
use retake_engine::Tuning;

use super::models::{CTRL_SHIFT, choose, ready, type_and_enter, with_models};
use crate::hands::{Window, click_button, drop_on, finished, press, press_with, rewrite, says};
use crate::look::{Sheet, Tab};
use crate::names::unnamed;
use crate::settings::Settings;
use crate::testing::models::Stage;
use crate::testing::{sample, shot, until, window_with};

/// The settings of a model that is loaded.
fn with_settings() -> Window {
    let mut window = with_models(&Arc::default());
    choose(&mut window, "FLUX.2 klein 4B");
    ready(&mut window, "klein");
    press_with(&mut window, CTRL_SHIFT, Key::P);
    window
}

fn tuning(window: &Window) -> Tuning {
    let tunings = window.state().engine().tunings();
    tunings.get("klein").cloned().unwrap_or_default()
}

fn set(window: &mut Window, name: &str, value: f64) {
    let slider = window.get_by_role_and_label(Role::Slider, name);
    slider.set_value_accesskit(value);
    window.run_steps(3);
}

#[test]
fn what_is_set_reaches_the_takes_and_goes_back_to_the_models_own() {
    let mut window = with_settings();
    assert_eq!(unnamed(&window), [""; 0]);
    set(&mut window, "Steps", 20.0);
    set(&mut window, "Guidance", 3.0);
    rewrite(&mut window, Role::TextInput, "Not wanted", "hats");
    shot(&mut window, "models-settings");
    let settings = tuning(&window).settings;
    assert_eq!(settings.get("steps"), Some(&SettingValue::Whole(20)));
    assert_eq!(settings.len(), 3);
    window.state_mut().look_mut().sheet = Sheet::None;
    window.run_steps(2);
    type_and_enter(&mut window, "add a red hat", 1);
    finished(&mut window);
    window.state_mut().look_mut().tab = Tab::Recipe;
    window.run_steps(3);
    assert!(says(&window, "20"));
    press_with(&mut window, CTRL_SHIFT, Key::P);
    set(&mut window, "Guidance", 7.5);
    assert!(!tuning(&window).settings.contains_key("guidance"));
    click_button(&mut window, "Back to the model's own");
    assert_eq!(tuning(&window), Tuning::default());
}

#[test]
fn an_adapter_is_given_by_its_path_and_the_next_run_loads_the_model_with_it() {
    let mut window = with_settings();
    let field = "Path of an adapter (LoRA)";
    rewrite(
        &mut window,
        Role::TextInput,
        field,
        "/loras/hats.safetensors",
    );
    press(&mut window, Key::Enter);
    assert!(says(&window, "hats.safetensors") && says(&window, "The next run loads it again"));
    assert_eq!(unnamed(&window), [""; 0]);
    shot(&mut window, "models-adapter");
    window.state_mut().look_mut().sheet = Sheet::None;
    window.run_steps(2);
    type_and_enter(&mut window, "add a red hat", 1);
    finished(&mut window);
    window.state_mut().look_mut().tab = Tab::Recipe;
    window.run_steps(3);
    assert!(says(&window, "hats.safetensors × 1"));
    press_with(&mut window, CTRL_SHIFT, Key::P);
    click_button(&mut window, "Leave out: hats.safetensors");
    assert_eq!(tuning(&window), Tuning::default());
}

#[test]
fn before_the_model_is_loaded_its_settings_offer_to_load_it() {
    let mut window = with_models(&Arc::default());
    let last_time = retake_engine::Command::EditorOfLastTime("klein".to_owned());
    window.state_mut().obey(last_time);
    window.run_steps(2);
    press_with(&mut window, CTRL_SHIFT, Key::P);
    assert!(says(&window, "once the model is loaded"));
    click_button(&mut window, "Load FLUX.2 klein 4B");
    ready(&mut window, "klein");
    window.get_by_role_and_label(Role::Slider, "Steps");
}

#[test]
fn the_model_and_its_settings_are_there_the_next_time() {
    let mut window = with_settings();
    set(&mut window, "Steps", 20.0);
    let mut settings = Settings::default();
    settings.note_effort(window.state().engine());
    let before = tuning(&window);
    drop(window);
    let settings = Settings::from_text(&settings.to_text());
    let stage = Arc::new(Stage::default());
    let mut next = window_with([1280.0, 720.0], stage.editors());
    for command in settings.effort() {
        next.state_mut().obey(command);
    }
    drop_on(&mut next, &[sample("astronaut.png")]);
    until(&mut next, |studio| studio.engine().offers().count() == 2);
    let chosen = next.state().engine().chosen();
    assert_eq!(
        chosen.map(|model| model.name),
        Some("FLUX.2 klein 4B".to_owned())
    );
    assert_eq!(tuning(&next), before);
}
