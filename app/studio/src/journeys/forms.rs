//! Journeys through forms in the smallest window: whatever confirms a form is in view, and it can be reached without
//! scrolling.

use std::sync::Arc;

use eframe::egui::{Key, Modifiers, Rect, Role};
use egui_kittest::kittest::Queryable as _;
use retake_engine::Command;

use super::models::{choose, ready, with_models_in};
use crate::hands::{
    CTRL, Window, click_button, click_first, drop_on, opened, press_with, rewrite, says,
};
use crate::look::Sheet;
use crate::testing::judges::Stage as Judges;
use crate::testing::models::Stage as Models;
use crate::testing::{generate, sample, shot, window, window_judged};
use crate::theme::Shade;

const SMALL: [f32; 2] = [800.0, 500.0];
const CTRL_SHIFT: Modifiers = CTRL.plus(Modifiers::SHIFT);

/// Whether a button lies in the window as a whole.
fn in_view(window: &Window, name: &str) -> bool {
    let button = window.get_by_role_and_label(Role::Button, name).rect();
    let room = Rect::from_min_size(Default::default(), SMALL.into());
    room.contains_rect(button) && button.is_positive()
}

fn judged() -> Window {
    let mut window = window_judged(SMALL, Arc::new(Judges::default()).judges());
    drop_on(&mut window, &[sample("astronaut.png")]);
    opened(&mut window);
    press_with(&mut window, CTRL_SHIFT, Key::J);
    window
}

#[test]
fn a_judge_is_added_in_a_small_window_without_scrolling() {
    let mut window = judged();
    for (i, kind) in ["Server", "Folder", "Formula", "Measure"]
        .iter()
        .enumerate()
    {
        click_first(&mut window, &format!("Add: {kind}"));
        window.run_steps(6);
        assert!(in_view(&window, "Add judge"), "{kind}");
        shot(&mut window, &format!("form-judges-{i}"));
    }
    click_first(&mut window, "Add: Server");
    rewrite(
        &mut window,
        Role::TextInput,
        "Address",
        "http://localhost:8000/v1",
    );
    click_button(&mut window, "Add judge");
    assert_eq!(window.state().engine().seats().len(), 1);
    window.run_steps(6);
    assert!(in_view(&window, "Add judge"));
}

#[test]
fn what_is_wrong_with_a_judge_is_read_beside_its_field_in_a_small_window() {
    let mut window = judged();
    click_first(&mut window, "Add: Formula");
    rewrite(&mut window, Role::TextInput, "Formula", "? 3");
    window.run_steps(6);
    let why = window.get_by_label_contains("column 1").rect();
    assert!(why.bottom() <= 460.0 && why.top() > 0.0, "{why}");
    shot(&mut window, "form-judges-wrong");
}

#[test]
fn how_a_judge_is_asked_can_be_confirmed_in_a_small_window() {
    let mut window = judged();
    rewrite(
        &mut window,
        Role::TextInput,
        "Address",
        "http://localhost:8000/v1",
    );
    click_button(&mut window, "Add judge");
    click_button(&mut window, "What localhost:8000/v1 is asked");
    window.run_steps(12);
    shot(&mut window, "form-judges-asked");
    assert!(in_view(&window, "Ask this way"));
}

#[test]
fn a_models_settings_go_back_to_its_own_in_a_small_window() {
    let mut window = with_models_in(SMALL, &Arc::new(Models::default()));
    choose(&mut window, "FLUX.2 klein 4B");
    ready(&mut window, "klein");
    press_with(&mut window, CTRL_SHIFT, Key::P);
    window.run_steps(6);
    shot(&mut window, "form-model");
    assert!(in_view(&window, "Back to the model's own"));
}

#[test]
fn an_export_is_confirmed_in_a_small_window() {
    let mut window = window(SMALL, Vec::new());
    drop_on(&mut window, &[sample("astronaut.png")]);
    opened(&mut window);
    generate(&mut window, "warmer", 2);
    press_with(&mut window, CTRL, Key::E);
    window.run_steps(6);
    shot(&mut window, "form-export");
    assert!(in_view(&window, "Export") && in_view(&window, "Cancel"));
}

/// Every form and menu in the smallest window, for looking at.
#[test]
fn screens_of_forms_in_a_small_window() {
    if crate::testing::shots_folder().is_none() {
        return;
    }
    let mut window = window_judged(SMALL, Arc::new(Judges::default()).judges());
    drop_on(&mut window, &[sample("astronaut.png")]);
    opened(&mut window);
    generate(&mut window, "warmer", 4);
    let sheets = [
        (Sheet::Palette, "palette"),
        (Sheet::Shortcuts, "shortcuts"),
        (Sheet::Export, "export"),
        (Sheet::Settings, "settings"),
        (Sheet::Model, "model"),
        (Sheet::Judges, "judges"),
    ];
    for (shade, language) in [
        (Shade::Dark, "en"),
        (Shade::Grey, "de"),
        (Shade::Light, "de"),
    ] {
        let look = window.state_mut().look_mut();
        (look.shade, look.language) = (shade, language.to_owned());
        for (sheet, name) in sheets {
            window.state_mut().look_mut().sheet = sheet;
            window.run_steps(8);
            shot(
                &mut window,
                &format!("forms-{name}-{}-{language}", shade.id()),
            );
        }
        let look = window.state_mut().look_mut();
        (look.sheet, look.inspector) = (Sheet::None, false);
        window.run_steps(4);
        for (menu, name) in [
            (["How takes are spent", "Wie Entwürfe"], "effort"),
            (["Editor: ", "Bearbeiter: "], "editor"),
            (["What counts", "Was zählt"], "weights"),
        ] {
            let there = |begin: &str| {
                window
                    .query_all_by(|node| node.label().is_some_and(|l| l.starts_with(begin)))
                    .next()
                    .is_some()
            };
            let found = menu.into_iter().find(|begin| there(begin));
            let Some(begin) = found else {
                eprintln!("NOT DRAWN: {name} {language}");
                continue;
            };
            click_first(&mut window, begin);
            window.run_steps(8);
            shot(
                &mut window,
                &format!("forms-{name}-{}-{language}", shade.id()),
            );
            crate::hands::press(&mut window, Key::Escape);
        }
    }
}

#[test]
fn settings_that_contradict_each_other_are_told_beside_the_field_and_nothing_begins() {
    let mut window = super::dials::unfolded("halving");
    window
        .get_by_role_and_label(Role::SpinButton, "First look")
        .set_value_accesskit(0.5);
    window.run_steps(6);
    assert!(says(&window, "The second look must come after the first."));
    shot(&mut window, "dials-wrong");
    crate::hands::press(&mut window, Key::Escape);
    window.state_mut().obey(Command::Say("warmer".to_owned()));
    window.state_mut().obey(Command::Generate);
    window.run_steps(4);
    assert!(crate::testing::session(&window).running.is_none());
    assert!(crate::testing::session(&window).desk().turn.is_none());
    assert!(says(&window, "Set the strategy otherwise"));
    let usual = retake_core::EditorSettings::new();
    window
        .state_mut()
        .obey(Command::SetStrategy("halving", usual));
    generate(&mut window, "warmer", 2);
}
