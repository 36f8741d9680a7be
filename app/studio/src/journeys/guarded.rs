//! Journeys with somebody who watches over the choice: named, alarmed, explained, and there the next time.

use std::sync::Arc;

use egui_kittest::kittest::Queryable as _;
use retake_engine::{Command, GuardVerdict, HeldOut, Judge, JudgeKind, Seat};

use crate::hands::{Window, click_button, drop_on, opened, says};
use crate::look::{Sheet, Tab};
use crate::names::unnamed;
use crate::settings::Settings;
use crate::testing::judges::Stage;
use crate::testing::{generate, sample, session, shot, until, window_judged};
use crate::theme::Shade;

fn judge(place: &str) -> Judge {
    Judge {
        kind: JudgeKind::Folder,
        place: place.to_owned(),
        ..Judge::default()
    }
}

fn with_judges() -> Window {
    let mut window = window_judged([1280.0, 800.0], Arc::new(Stage::default()).judges());
    drop_on(&mut window, &[sample("astronaut.png")]);
    opened(&mut window);
    window
}

/// Takes chosen by one who likes the latest, watched over by one who likes the earliest.
pub(super) fn alarmed() -> Window {
    let mut window = with_judges();
    let seats = vec![Seat {
        judge: judge("/later"),
        on: true,
    }];
    let studio = window.state_mut();
    studio.obey(Command::Judges(seats));
    studio.obey(Command::HoldOut(HeldOut::Judge(judge("/earlier"))));
    until(&mut window, |studio| !studio.engine().busy());
    generate(&mut window, "warmer, brighter", 4);
    until(&mut window, |studio| {
        let session = studio.engine().session();
        session.is_some_and(|session| session.guarded.is_some()) && !studio.engine().busy()
    });
    window.run_steps(4);
    window
}

#[test]
fn an_alarm_stands_on_the_sheet_and_leads_to_what_it_means() {
    let mut window = alarmed();
    let guarded = session(&window).guarded.as_ref();
    assert_eq!(guarded.map(|g| g.verdict), Some(GuardVerdict::Hacked));
    assert!(says(&window, "may please its own judge only"));
    assert_eq!(unnamed(&window), [""; 0]);
    click_button(&mut window, "Why?");
    assert_eq!(window.state_mut().look_mut().tab, Tab::Group);
    assert!(says(&window, "Careful: from 1 to 4 candidates"));
    assert!(says(&window, "Watched over by earlier"));
    assert!(says(&window, "By a judge that took no part"));
    shot(&mut window, "guard-dark");
    for shade in [Shade::Grey, Shade::Light] {
        window.state_mut().look_mut().shade = shade;
        window.run_steps(3);
        shot(&mut window, &format!("guard-{}", shade.id()));
    }
    window.state_mut().look_mut().language = "de".to_owned();
    window.set_size(eframe::egui::vec2(800.0, 500.0));
    window.run_steps(4);
    assert!(says(&window, "gefällt vielleicht nur"));
    shot(&mut window, "guard-small-german");
    window.state_mut().look_mut().inspector = false;
    window.run_steps(4);
    shot(&mut window, "guard-small-german-sheet");
}

#[test]
fn without_somebody_who_watches_there_is_no_alarm_and_a_way_to_choose_one() {
    let mut window = with_judges();
    generate(&mut window, "warmer", 3);
    let look = window.state_mut().look_mut();
    (look.inspector, look.tab) = (true, Tab::Group);
    window.set_size(eframe::egui::vec2(1280.0, 1200.0));
    window.run_steps(4);
    assert!(says(&window, "Nobody watches"));
    click_button(&mut window, "Choose who watches");
    assert_eq!(window.state_mut().look_mut().sheet, Sheet::Judges);
    assert!(says(&window, "takes no part in the choice"));
    shot(&mut window, "guard-choose");
}

#[test]
fn who_is_chosen_on_the_sheet_of_judges_watches() {
    let mut window = with_judges();
    let seats = vec![Seat {
        judge: judge("/earlier"),
        on: false,
    }];
    window.state_mut().obey(Command::Judges(seats));
    window.state_mut().look_mut().sheet = Sheet::Judges;
    window.run_steps(4);
    window.get_by_label("Watches: Nobody").click();
    window.run_steps(4);
    click_button(&mut window, "earlier");
    let engine = window.state().engine();
    assert_eq!(engine.watcher(), Some(judge("/earlier")));
}

#[test]
fn who_watches_is_there_the_next_time() {
    let mut window = with_judges();
    let held_out = HeldOut::Judge(judge("/earlier"));
    window.state_mut().obey(Command::HoldOut(held_out.clone()));
    let mut settings = Settings::default();
    settings.note_effort(window.state().engine());
    let settings = Settings::from_text(&settings.to_text());
    let mut next = with_judges();
    for command in settings.effort() {
        next.state_mut().obey(command);
    }
    assert_eq!(*next.state().engine().held_out(), held_out);
}

#[test]
fn a_message_told_before_does_not_lie_over_the_judges_sheet() {
    let mut window = with_judges();
    window.set_size(eframe::egui::vec2(800.0, 500.0));
    window.state_mut().obey(Command::Generate);
    window.run_steps(3);
    assert!(says(&window, "Say what should change, for example"));
    window.state_mut().look_mut().sheet = Sheet::Judges;
    window.run_steps(6);
    assert!(window.state().engine().messages().is_empty());
    shot(&mut window, "judges-small");
}
