//! What a reward told is looked at beside its scores.

use std::path::PathBuf;

use eframe::egui::Key;
use egui_kittest::kittest::Queryable as _;

use super::testing::failures;
use crate::hands::{Window, press, says};
use crate::testing::{Scratch, shot, until, window};
use crate::theme::Shade;

const WORDS: [&str; 2] = [
    "{\"reasoning\": \"The face is lit, the suit keeps its folds\"}",
    "a calmer evening,",
];

fn failing(folder: &Scratch) -> Window {
    let mut window = window([1280.0, 800.0], Vec::new());
    window.run_steps(2);
    failures(&mut window, &folder.join(""), folder.join("home"), WORDS);
    window
}

/// Opens or closes what the first thing folds whose name begins so, wherever it is scrolled to.
fn unfold(window: &mut Window, beginning: &str) {
    let mut all = window.query_all_by_label_contains(beginning);
    all.next().expect("it is there").click_accesskit();
    drop(all);
    window.run_steps(20);
}

fn journal(window: &Window) -> PathBuf {
    let scoring = window.state().lab().scoring.clone().expect("it is scored");
    scoring
        .folder
        .clone()
        .expect("it is kept")
        .join("told.jsonl")
}

#[test]
fn what_could_have_stood_where_a_score_was_written_is_drawn_over_all_passes() {
    let folder = Scratch::new("told-bars");
    let window = failing(&folder);
    assert!(says(&window, "Follows: "));
    assert!(says(&window, "all else: "));
    assert!(says(&window, "Quality, pass by pass (3)"));
}

#[test]
fn a_reason_stands_under_the_dimension_that_it_is_of() {
    let folder = Scratch::new("told-reasons");
    let window = failing(&folder);
    let height = |words: &str| {
        let mut all = window.query_all_by_label_contains(words);
        all.next().map(|node| node.rect().top()).expect(words)
    };
    let shown = [
        "Follows 0",
        "eye-1 gives ",
        "Preserves 0",
        "The edit shows the photo",
        "Quality 0",
    ];
    let tops = shown.map(height);
    assert!(tops.is_sorted(), "{tops:?}");
}

#[test]
fn raw_output_is_folded_until_somebody_wants_it() {
    let folder = Scratch::new("told-raw");
    let mut window = failing(&folder);
    assert!(!says(&window, "the suit keeps its folds"));
    unfold(&mut window, "Raw output: eye-1");
    assert!(says(&window, "the suit keeps its folds"));
    assert!(says(&window, "pass 3, question 1"));
}

#[test]
fn one_key_lays_one_map_after_another_over_the_edits() {
    let folder = Scratch::new("told-maps");
    let mut window = failing(&folder);
    let seen = (0..4).map(|_| {
        press(&mut window, Key::E);
        window.state_mut().look_mut().lab.evidence.clone()
    });
    let wanted = retake_core::Dimension::CANONICAL.map(|name| Some(name.to_owned()));
    assert_eq!(seen.collect::<Vec<_>>(), [&wanted[..], &[None]].concat());
}

#[test]
fn a_map_tints_the_edits_and_not_the_source() {
    let folder = Scratch::new("told-tint");
    let mut window = failing(&folder);
    let painted = |window: &Window| {
        let shapes = window.output().shapes.iter();
        let image = |shape: &eframe::egui::Shape| match shape {
            eframe::egui::Shape::Rect(rect) => usize::from(rect.brush.is_some()),
            eframe::egui::Shape::Mesh(_) => 1,
            _ => 0,
        };
        shapes.map(|clipped| image(&clipped.shape)).sum::<usize>()
    };
    let before = painted(&window);
    press(&mut window, Key::E);
    assert_eq!(painted(&window), before + 2);
}

#[test]
fn the_next_case_has_what_was_told_of_it_at_once() {
    let folder = Scratch::new("told-next");
    let mut window = failing(&folder);
    until(&mut window, |studio| !studio.lab().busy());
    for _ in 0..3 {
        let lab = window.state().lab();
        let found = &lab.inspection.found;
        let now = window.state().look().lab.case.unwrap_or(found[0].place);
        let at = found.iter().position(|finding| finding.place == now);
        let next = found[at.expect("it is found") + 1].place;
        assert!(lab.inspection.told(next).is_some());
        press(&mut window, Key::J);
        assert_eq!(window.state().look().lab.case, Some(next));
        until(&mut window, |studio| !studio.lab().busy());
    }
}

#[test]
fn a_journal_that_was_changed_is_told_of_and_not_shown() {
    let folder = Scratch::new("told-damaged");
    let mut first = failing(&folder);
    let path = journal(&first);
    drop(std::mem::replace(
        &mut first,
        window([400.0, 300.0], Vec::new()),
    ));
    let text = std::fs::read_to_string(&path).expect("it is there");
    std::fs::write(&path, text.replace("The face", "The hand")).expect("it can be written");
    let again = failing(&folder);
    assert!(says(
        &again,
        "What stands there is not what the rewards told of this edit"
    ));
    assert!(!says(&again, "Raw output"));
}

#[test]
fn scores_without_a_journal_of_what_was_told_say_so() {
    let folder = Scratch::new("told-none");
    let path = journal(&failing(&folder));
    let scores = path.with_file_name("scores.jsonl");
    let text = std::fs::read_to_string(&scores).expect("it is there");
    let bare: String = text
        .lines()
        .map(|line| {
            let mut line: serde_json::Value = serde_json::from_str(line).expect("JSON");
            let takes = line.get_mut("takes").and_then(|takes| takes.as_array_mut());
            for take in takes.into_iter().flatten() {
                take.as_object_mut().expect("scores").remove("told_at");
            }
            format!("{line}\n")
        })
        .collect();
    std::fs::write(&scores, bare).expect("it can be written");
    let again = failing(&folder);
    assert!(says(&again, "Raw answers and evidence maps were not kept"));
}

/// Pictures for looking at: `RETAKE_SHOTS=folder`.
#[test]
fn a_failure_in_every_shade_and_size() {
    if crate::testing::shots_folder().is_none() {
        return;
    }
    for (name, shade, size, language) in [
        ("dark", Shade::Dark, [1280.0, 800.0], "en"),
        ("grey", Shade::Grey, [1280.0, 800.0], "de"),
        ("light", Shade::Light, [1280.0, 800.0], "en"),
        ("small", Shade::Dark, [800.0, 500.0], "de"),
    ] {
        let folder = Scratch::new(&format!("told-shots-{name}"));
        let mut window = window(size, Vec::new());
        window.state_mut().look_mut().shade = shade;
        window.state_mut().look_mut().language = language.to_owned();
        window.run_steps(2);
        failures(&mut window, &folder.join(""), folder.join("home"), WORDS);
        press(&mut window, Key::E);
        window.run_steps(4);
        shot(&mut window, &format!("told-{name}"));
        let raw = if language == "de" {
            "Rohausgabe"
        } else {
            "Raw output"
        };
        unfold(&mut window, raw);
        shot(&mut window, &format!("told-{name}-raw"));
        window.hover_at(eframe::egui::pos2(size[0] / 2.0, size[1] - 100.0));
        window.event(eframe::egui::Event::MouseWheel {
            unit: eframe::egui::MouseWheelUnit::Point,
            delta: eframe::egui::vec2(0.0, -400.0),
            phase: eframe::egui::TouchPhase::Move,
            source: eframe::egui::MouseWheelSource::Wheel,
            modifiers: Default::default(),
        });
        window.run_steps(30);
        shot(&mut window, &format!("told-{name}-below"));
    }
}
