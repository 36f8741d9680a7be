use std::path::{Path, PathBuf};

use eframe::egui::{Key, Modifiers, Role};

use super::*;
use crate::hands::{CTRL, Window, click_button, drop_on, press_with, rewrite, says};
use crate::look::Room;
use crate::names::unnamed;
use crate::testing::{Scratch, shot, until, window};
use crate::theme::Shade;

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/lab/data")
        .join(name)
}

/// The window in its lab.
fn lab(size: [f32; 2]) -> Window {
    let mut window = window(size, Vec::new());
    window.run_steps(2);
    press_with(&mut window, CTRL | Modifiers::SHIFT, Key::L);
    assert_eq!(window.state_mut().look_mut().room, Room::Lab);
    window
}

/// The lab with a data set that fell on it.
fn with_data(size: [f32; 2], path: PathBuf) -> Window {
    let mut window = lab(size);
    drop_on(&mut window, &[path]);
    until(&mut window, |studio| studio.lab().data.is_some());
    window.run_steps(3);
    window
}

/// Edits of three editors with what people and a judge gave them, and rows that cannot be used.
fn ratings(folder: &Scratch, rows: usize) -> PathBuf {
    let mut text = String::new();
    for at in 0..rows {
        let human = (at * 37 % 100) as f32 / 100.0;
        let judge = (at * 53 % 11) as f32;
        text += &format!(
            "{{\"uid\":\"prompt {}\",\"editor\":\"editor {}\",\"instruction\":\"paint the roof of house {at} red\",\
             \"human\":[[{human},{human}]],\"judges\":{{\"gpt-4o\":{{\"semantic\":[{judge},8],\"perceptual\":[7,7]}}}}}}\n",
            at / 3,
            at % 3
        );
    }
    text += "{\"uid\":\"no ratings\",\"editor\":\"editor 0\"}\nno JSON at all\n";
    let path = folder.join("ratings.jsonl");
    std::fs::write(&path, text).expect("temporary files can be written");
    path
}

#[test]
fn a_dropped_data_set_is_opened_and_says_how_much_of_it_is_used() {
    let folder = Scratch::new("lab-open");
    let window = with_data([1280.0, 800.0], ratings(&folder, 30));
    assert!(says(&window, "30 of 32 rows used"));
    assert!(says(&window, "imagenhub"));
}

#[test]
fn rows_that_cannot_be_used_are_listed_with_their_reason() {
    let folder = Scratch::new("lab-skipped");
    let mut window = with_data([1280.0, 800.0], ratings(&folder, 3));
    click_button(&mut window, "Left out (2)");
    assert!(says(&window, "ratings.jsonl:4"));
    assert!(says(&window, "no column “human”"));
    shot(&mut window, "lab-skipped");
}

#[test]
fn a_data_set_is_opened_by_its_path() {
    let mut window = lab([1280.0, 800.0]);
    let path = data("imagenhub.jsonl").display().to_string();
    rewrite(&mut window, Role::TextInput, "Data", &path);
    click_button(&mut window, "Open");
    until(&mut window, |studio| studio.lab().data.is_some());
    window.run_steps(3);
    assert!(says(&window, "rows used"));
}

#[test]
fn what_is_no_data_set_is_told_in_a_sentence() {
    let folder = Scratch::new("lab-none");
    let path = folder.join("weather.json");
    std::fs::write(&path, r#"[{"weather": "fair"}]"#).expect("temporary files can be written");
    let mut window = lab([1280.0, 800.0]);
    drop_on(&mut window, &[path]);
    until(&mut window, |studio| studio.lab().trouble.is_some());
    window.run_steps(2);
    assert!(says(&window, "None of the known formats"));
    assert!(window.state().engine().slots().is_empty());
}

#[test]
fn pressing_a_column_sorts_by_it_and_pressing_it_again_turns_it_round() {
    let folder = Scratch::new("lab-sort");
    let mut window = with_data([1280.0, 800.0], ratings(&folder, 30));
    let first = |window: &Window| window.state().lab().arranged.lines[0] as usize;
    let human = |window: &Window| {
        let lines = &window.state().lab().data.as_ref().expect("open").lines;
        lines.numbers(&retake_lab::lines::Column::Human)[first(window)]
    };
    click_button(&mut window, "Sort by People");
    assert!(human(&window) > 0.95, "{}", human(&window));
    click_button(&mut window, "Sort by People");
    assert!(human(&window) < 0.05, "{}", human(&window));
}

#[test]
fn words_narrow_the_table_and_show_all_widens_it() {
    let folder = Scratch::new("lab-find");
    let mut window = with_data([1280.0, 800.0], ratings(&folder, 30));
    rewrite(&mut window, Role::TextInput, "Find words", "house 7 ");
    assert!(says(&window, "1 of 30 edits"));
    click_button(&mut window, "Show all");
    assert!(says(&window, "30 of 30 edits"));
}

#[test]
fn many_lines_are_sorted_beside_the_frame() {
    let folder = Scratch::new("lab-many");
    let mut window = with_data([1280.0, 800.0], ratings(&folder, 5000));
    until(&mut window, |studio| !studio.lab().is_arranging());
    click_button(&mut window, "Sort by Case");
    until(&mut window, |studio| !studio.lab().is_arranging());
    window.run_steps(2);
    let lab = window.state().lab();
    let lines = &lab.data.as_ref().expect("open").lines;
    let words = |at: usize| {
        let line = lab.arranged.lines[at] as usize;
        lines.words(&retake_lab::lines::Column::Id, line)
    };
    assert_eq!(words(0), "prompt 0/editor 0");
    assert!((1..5000).all(|at| words(at - 1) <= words(at)));
}

#[test]
fn the_way_back_leads_to_the_studio() {
    let folder = Scratch::new("lab-back");
    let mut window = with_data([1280.0, 800.0], ratings(&folder, 3));
    press_with(&mut window, CTRL | Modifiers::SHIFT, Key::L);
    assert!(says(&window, "Drop a photo here"));
    press_with(&mut window, CTRL | Modifiers::SHIFT, Key::L);
    assert!(says(&window, "3 of 5 rows used"));
}

#[test]
fn every_control_of_the_lab_has_a_name_in_both_languages() {
    let folder = Scratch::new("lab-names");
    for language in ["en", "de"] {
        let mut window = lab([1280.0, 800.0]);
        window.state_mut().look_mut().language = language.to_owned();
        window.run_steps(2);
        assert_eq!(unnamed(&window), [""; 0], "{language}, empty");
        drop_on(&mut window, &[ratings(&folder, 30)]);
        until(&mut window, |studio| studio.lab().data.is_some());
        for page in PAGES {
            window.state_mut().look_mut().lab.page = page.id;
            window.run_steps(3);
            assert_eq!(unnamed(&window), [""; 0], "{language}, {}", page.id);
        }
    }
}

/// Pictures for looking at: `RETAKE_SHOTS=folder`.
#[test]
fn the_lab_in_every_shade_and_size() {
    if crate::testing::shots_folder().is_none() {
        return;
    }
    let folder = Scratch::new("lab-shots");
    let path = ratings(&folder, 3000);
    for (name, shade, size, language) in [
        ("dark", Shade::Dark, [1280.0, 800.0], "en"),
        ("grey", Shade::Grey, [1280.0, 800.0], "de"),
        ("light", Shade::Light, [1280.0, 800.0], "en"),
        ("small", Shade::Dark, [800.0, 500.0], "de"),
    ] {
        let mut window = lab(size);
        window.state_mut().look_mut().shade = shade;
        window.state_mut().look_mut().language = language.to_owned();
        window.run_steps(3);
        shot(&mut window, &format!("lab-{name}-empty"));
        drop_on(&mut window, &[path.clone()]);
        until(&mut window, |studio| studio.lab().data.is_some());
        window.run_steps(4);
        for page in PAGES {
            window.state_mut().look_mut().lab.page = page.id;
            window.run_steps(4);
            shot(&mut window, &format!("lab-{name}-{}", page.id));
        }
    }
}
