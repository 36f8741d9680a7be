//! Journeys with presets and budgets: one word sets all, each part can be changed, and what is spent is told.

use egui_kittest::kittest::Queryable as _;
use retake_engine::Command;

use super::searched::searched;
use crate::hands::{click_button, finished, says, with_photo};
use crate::names::unnamed;
use crate::settings::Settings;
use crate::testing::{session, shot};

#[test]
fn one_word_sets_how_many_takes_and_how_they_are_spent() {
    let mut window = with_photo();
    assert!(says(&window, "Preset: Own settings"));
    click_button(&mut window, "Preset: Own settings");
    shot(&mut window, "preset-menu");
    assert_eq!(unnamed(&window), [""; 0]);
    click_button(&mut window, "Balanced");
    let effort = window.state().engine().effort();
    assert_eq!((effort.candidates, effort.strategy), (16, "while_it_helps"));
    assert!(says(&window, "Preset: Balanced"));
}

#[test]
fn what_a_preset_set_can_be_changed_and_is_then_ones_own() {
    let mut window = with_photo();
    click_button(&mut window, "Preset: Own settings");
    click_button(&mut window, "Quick");
    assert!(says(&window, "Preset: Quick"));
    window
        .get_by_label("Takes a run makes")
        .set_value_accesskit(5.0);
    window.run_steps(3);
    assert!(says(&window, "Preset: Own settings"));
}

#[test]
fn a_limit_of_judgements_is_held_and_what_was_spent_is_told() {
    let mut window = with_photo();
    window.state_mut().obey(Command::JudgeCalls(Some(2)));
    window.state_mut().obey(Command::Candidates(4));
    window.state_mut().obey(Command::Say("warmer".to_owned()));
    window.state_mut().obey(Command::Generate);
    finished(&mut window);
    let spent = session(&window).spent.expect("it is counted");
    assert_eq!(spent.judge_calls, 2);
}

#[test]
fn what_a_run_spent_stands_under_its_curve() {
    let mut window = searched("best_of_n", 4);
    assert!(says(&window, "Spent: 4 takes, 4 judgements,"));
    shot(&mut window, "spent");
}

#[test]
fn a_limit_of_judgements_is_there_the_next_time() {
    let mut window = with_photo();
    window.state_mut().obey(Command::JudgeCalls(Some(12)));
    let mut settings = Settings::default();
    settings.note_effort(window.state().engine());
    let settings = Settings::from_text(&settings.to_text());
    let mut next = with_photo();
    for command in settings.effort() {
        next.state_mut().obey(command);
    }
    assert_eq!(next.state().engine().effort().judge_calls, Some(12));
}
