//! Journeys with the settings of strategies and selectors: all of them are there, a changed one is used and remembered.

use eframe::egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use retake_core::{EditorSettings, SettingValue};
use retake_engine::{Command, SELECTORS, STRATEGIES, Weights};

use crate::hands::{Window, click_button, drop_on, opened, says, with_photo};
use crate::names::unnamed;
use crate::settings::Settings;
use crate::testing::{sample, session, shot, until};
use crate::texts::Texts;

/// The menu of how takes are spent with a strategy's settings unfolded.
pub(super) fn unfolded(strategy: &'static str) -> Window {
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

#[test]
fn the_next_photo_is_chosen_from_as_the_last_one_was() {
    let mut window = with_photo();
    let set = EditorSettings::from([("temperature".to_owned(), SettingValue::Number(0.5))]);
    let usual = Weights {
        selector: "soft_min",
        ..Weights::default()
    };
    window.state_mut().obey(Command::Weigh {
        weights: usual.with(set.clone()),
        done: true,
    });
    window.state_mut().obey(Command::SetStrategy(
        "racing",
        EditorSettings::from([("confidence".to_owned(), SettingValue::Number(0.8))]),
    ));
    let first = session(&window).name();
    drop_on(&mut window, &[sample("brushes.jpg")]);
    until(&mut window, |studio| {
        let session = studio.engine().session();
        session.is_some_and(|session| session.name() != first)
    });
    let weights = &session(&window).desk().weights;
    assert_eq!((weights.selector, &weights.settings), ("soft_min", &set));
    let racing = window.state().engine().effort().strategy_set("racing");
    assert_eq!(racing["confidence"], SettingValue::Number(0.8));
}

#[test]
fn weights_of_the_sheet_go_on_to_the_next_photo_and_to_the_next_start() {
    let mut window = with_photo();
    let weights = Weights {
        following: 0.25,
        ..Weights::default()
    };
    window.state_mut().obey(Command::Weigh {
        weights,
        done: true,
    });
    let mut settings = Settings::default();
    settings.note_effort(window.state().engine());
    let settings = Settings::from_text(&settings.to_text());
    let mut next = crate::testing::window([1280.0, 800.0], Vec::new());
    for command in settings.effort() {
        next.state_mut().obey(command);
    }
    drop_on(&mut next, &[sample("astronaut.png")]);
    opened(&mut next);
    assert_eq!(session(&next).desk().weights.following, 0.25);
}
