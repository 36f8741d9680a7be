//! How a person wants a model to work: its settings, what it is opened with, and that it is chosen again after a restart.

use retake_core::{EditorSettings, SettingValue};

use super::*;
use crate::{Equipment, Tuning};

fn steps(count: u32) -> EditorSettings {
    [("steps".to_owned(), SettingValue::Whole(count))].into()
}

fn tune(engine: &mut Engine, settings: EditorSettings, adapters: &[(&str, f64)]) {
    let adapters = adapters.iter().map(|(path, scale)| (path.into(), *scale));
    let with = Equipment {
        adapters: adapters.collect(),
        references: Vec::new(),
        ..Equipment::default()
    };
    engine.obey(Command::Tune("red".to_owned(), Tuning { settings, with }));
}

fn set(engine: &Engine, place: usize) -> serde_json::Value {
    session(engine).sheet()[place].provenance.recipe["set"].clone()
}

#[test]
fn what_is_set_reaches_the_model_and_no_other_editor() {
    let mut engine = engine_on(&Arc::default());
    tune(&mut engine, steps(7), &[]);
    choose(&mut engine, "red");
    generate(&mut engine, "add a dog", 1);
    engine.obey(Command::TryEditor(Some("blue".to_owned())));
    until(&mut engine, |engine| session(engine).running.is_none());
    assert_eq!(set(&engine, 0), serde_json::json!({ "steps": 7 }));
    assert_eq!(set(&engine, 1), serde_json::json!({}));
}

#[test]
fn what_can_be_set_is_known_when_the_model_is_there() {
    let mut engine = engine_on(&Arc::default());
    assert!(engine.settings_of("red").is_none());
    choose(&mut engine, "red");
    until(&mut engine, |engine| engine.settings_of("red").is_some());
    let settings = engine.settings_of("red").expect("it is there");
    assert_eq!(settings.len(), 1);
}

#[test]
fn a_model_with_an_adapter_is_another_one_and_both_make_their_own_takes_again() {
    let stage = Arc::new(Stage::default());
    let mut engine = engine_on(&stage);
    choose(&mut engine, "red");
    generate(&mut engine, "add a dog", 1);
    tune(
        &mut engine,
        EditorSettings::new(),
        &[("/hats.safetensors", 0.8)],
    );
    assert_eq!(engine.editor_state("red"), EditorState::Away);
    engine.obey(Command::More);
    until(&mut engine, |engine| session(engine).running.is_none());
    let opened: Vec<usize> = {
        let opened = stage.opened.lock().expect("nobody panics");
        opened
            .iter()
            .map(|model| model.with.adapters.len())
            .collect()
    };
    assert_eq!(opened, [0, 1]);
    let sheet: Vec<_> = session(&engine).sheet().iter().map(|t| t.id).collect();
    assert_eq!(sheet.len(), 2);
    assert!(engine.lacks(sheet[0]).is_some() && engine.lacks(sheet[1]).is_none());
    assert_eq!(stage.most.load(Ordering::SeqCst), 1);
}

#[test]
fn what_a_model_was_opened_with_comes_back_from_the_journal() {
    let home = crate::engine::tests::home::Home::new("equipment");
    let opened = |home: &crate::engine::tests::home::Home| {
        let mut engine = Engine::keeping(kit_on(&Arc::default()), &home.0, || {});
        open_small(&mut engine);
        engine
    };
    let mut engine = opened(&home);
    tune(
        &mut engine,
        EditorSettings::new(),
        &[("/hats.safetensors", 0.8)],
    );
    choose(&mut engine, "red");
    generate(&mut engine, "add a dog", 1);
    let model = session(&engine).sheet()[0].model.clone();
    assert!(model.as_ref().is_some_and(|m| m.with.adapters.len() == 1));
    drop(engine);
    let engine = opened(&home);
    assert_eq!(session(&engine).sheet()[0].model, model);
}

#[test]
fn the_model_of_last_time_is_chosen_again_and_loaded_when_a_run_needs_it() {
    let stage = Arc::new(Stage::default());
    let mut engine = Engine::new(kit_on(&stage), || {});
    engine.obey(Command::EditorOfLastTime("red".to_owned()));
    open_small(&mut engine);
    until(&mut engine, |engine| engine.offers().count() == 3);
    assert_eq!(
        engine.chosen().map(|model| model.name),
        Some("RED".to_owned())
    );
    assert_eq!(stage.alive.load(Ordering::SeqCst), 0);
    generate(&mut engine, "add a dog", 1);
    assert_eq!(names(&engine), [Some("RED".to_owned())]);
}

#[test]
fn a_model_of_last_time_that_is_gone_is_told_of_once_and_the_darkroom_goes_on() {
    let mut engine = Engine::new(kit_on(&Arc::default()), || {});
    engine.obey(Command::EditorOfLastTime("/gone/hat-maker".to_owned()));
    open_small(&mut engine);
    until(&mut engine, |engine| engine.chosen().is_none());
    engine.obey(Command::ListModels);
    engine.obey(Command::ListModels);
    generate(&mut engine, "warmer", 1);
    let notices = engine.messages().iter().filter(|message| {
        let text = message.text.to_string();
        text.contains("hat-maker, which was chosen last time, is not here any more")
    });
    assert_eq!(notices.count(), 1);
    assert_eq!(names(&engine), [None]);
    assert!(engine.offers().all(|offer| offer.name != "hat-maker"));
}
