use eframe::egui::HoveredFile;
use egui_kittest::kittest::Queryable as _;
use retake_engine::{Draft, SlotState};

use super::SAMPLES;
use crate::testing::{sample, shot, until, window};
use crate::texts::{LANGUAGES, Texts};

#[test]
fn every_example_is_understood_whole_in_its_language() {
    for (code, _, _) in LANGUAGES {
        let texts = Texts::of(code);
        for key in SAMPLES {
            let draft = Draft::of(texts.get(key));
            let understood = draft.instruction().understood;
            assert!(
                draft.ready() && understood.not_understood.is_empty(),
                "{code} {key}"
            );
            assert_eq!(understood.language, *code, "{key}");
        }
    }
}

#[test]
fn an_empty_window_says_how_to_open_a_photo() {
    let mut window = window([1280.0, 720.0], Vec::new());
    window.run_steps(3);
    window.get_by_label("Open…");
    window.get_by_label("Drop a photo here");
    shot(&mut window, "empty");
}

#[test]
fn a_photo_that_cannot_be_read_says_why_and_offers_another() {
    let mut window = window([1280.0, 720.0], vec!["/nowhere/lost.jpg".into()]);
    until(&mut window, |studio| {
        let slot = studio.engine().slots().first();
        slot.is_some_and(|slot| matches!(slot.state, SlotState::Failed(_)))
    });
    window.run_steps(3);
    window.get_by_label("Choose another photo…");
    shot(&mut window, "failed");
}

#[test]
fn files_over_the_window_show_where_they_will_go() {
    let mut window = window([1280.0, 720.0], vec![sample("astronaut.png")]);
    until(&mut window, |studio| studio.engine().session().is_some());
    window.input_mut().hovered_files = vec![HoveredFile::default()];
    shot(&mut window, "drop");
}
