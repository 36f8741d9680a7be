//! Journeys with the settings of strategies and selectors: all of them are there, a changed one is used and remembered.

use eframe::egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use retake_core::{EditorSettings, SettingValue};
use retake_engine::{Command, SELECTORS, STRATEGIES, Weights};

use crate::hands::{Window, click_button, says, with_photo};
use crate::names::unnamed;
use crate::settings::Settings;
use crate::testing::{session, shot};
use crate::texts::Texts;

/// The menu of how takes are spent with a strategy's settings unfolded.
fn unfolded(strategy: &'static str) -> Window {
    let mut window = with_photo();
    window.state_mut().obey(Command::Strategy(strategy));
    window.run_steps(2);
    let name = Texts::of("en")
        .get(&format!("strategy_{strategy}"))
        .to_owned();
    click_button(&mut window, &format!("How takes are spent: {name}"));
    if let Some(settings) = window.query_all_by_label("Settings").next() {
        // it may lie below the fold of the menu
        settings.click_accesskit();
    }
    window.run_steps(12);
    window
}

#[test]
fn every_setting_of_every_strategy_is_in_the_menu_with_its_sentence() {
    for entry in STRATEGIES {
        let window = unfolded(entry.id);
        for offer in entry.offered() {
            assert!(
                says(&window, offer.about),
                "{} {}",
                entry.id,
                offer.setting.id
            );
        }
    }
}

#[test]
fn every_thing_in_the_form_has_a_name() {
    let mut window = unfolded("particles");
    shot(&mut window, "dials");
    assert_eq!(unnamed(&window), [""; 0]);
}

#[test]
fn a_number_that_is_typed_is_what_the_next_run_goes_by() {
    let mut window = unfolded("while_it_helps");
    window
        .get_by_role_and_label(Role::SpinButton, "A round")
        .set_value_accesskit(900.0);
    window.run_steps(4);
    let set = window
        .state()
        .engine()
        .effort()
        .strategy_set("while_it_helps");
    // it cannot leave its range
    assert_eq!(
        set,
        EditorSettings::from([("round".to_owned(), SettingValue::Whole(64))])
    );
    click_button(&mut window, "A round: back to 4");
    let set = window
        .state()
        .engine()
        .effort()
        .strategy_set("while_it_helps");
    assert_eq!(set, EditorSettings::new());
}

#[test]
fn what_is_set_is_there_the_next_time() {
    let mut window = with_photo();
    let number =
        |id: &str, value| EditorSettings::from([(id.to_owned(), SettingValue::Number(value))]);
    let racing = number("confidence", 0.8);
    window
        .state_mut()
        .obey(Command::SetStrategy("racing", racing.clone()));
    let weights = Weights {
        selector: "soft_min",
        settings: number("temperature", 0.5),
        ..Weights::default()
    };
    let soft = weights.settings.clone();
    window.state_mut().obey(Command::Weigh {
        weights,
        done: true,
    });
    let mut settings = Settings::default();
    settings.note_effort(window.state().engine());
    let settings = Settings::from_text(&settings.to_text());
    let mut next = with_photo();
    for command in settings.effort() {
        next.state_mut().obey(command);
    }
    let effort = next.state().engine().effort();
    assert_eq!(effort.strategy_set("racing"), racing);
    assert_eq!(effort.selector_set("soft_min"), soft);
}

#[test]
fn every_selector_can_be_set_on_the_sheet() {
    let mut window = with_photo();
    for entry in SELECTORS {
        for offer in entry.offered() {
            let Some(SettingValue::Number(own)) = offer.setting.own() else {
                panic!("{}", offer.setting.id);
            };
            let id = offer.setting.id.to_owned();
            let other = match offer.setting.kind {
                retake_core::SettingKind::Number { from, to, .. } if own == to => from,
                retake_core::SettingKind::Number { to, .. } => to,
                _ => own,
            };
            let usual = Weights {
                selector: entry.id,
                ..Weights::default()
            };
            let weights = usual.with(EditorSettings::from([(id, SettingValue::Number(other))]));
            window.state_mut().obey(Command::Weigh {
                weights,
                done: true,
            });
            let set = session(&window).desk().weights.selector().settings();
            assert_ne!(
                set,
                usual.selector().settings(),
                "{} {}",
                entry.id,
                offer.setting.id
            );
        }
    }
}
