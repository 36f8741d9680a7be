use std::path::{Path, PathBuf};
use std::sync::Arc;

use eframe::egui::{Key, Modifiers, Role};

use retake_core::Raster;
use retake_lab::scoring::{Question, Scorer, Scores};

use super::*;
use crate::LabTools;
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
fn a_photo_that_is_dropped_on_the_lab_is_opened_as_a_photo() {
    let mut window = lab([1280.0, 800.0]);
    let photo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/photos/brushes.jpg");
    drop_on(&mut window, &[photo]);
    until(&mut window, |studio| studio.engine().session().is_some());
    assert_eq!(window.state_mut().look_mut().room, Room::Studio);
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

/// A reward that likes what is brighter, and dislikes what is far from the source.
struct Brightness;

impl Scorer for Brightness {
    fn fingerprint(&self) -> String {
        "brightness".to_owned()
    }
    fn score(
        &self,
        question: &Question<'_>,
        edits: &[&Raster],
    ) -> Result<Vec<Scores>, retake_core::Said> {
        let mean = |raster: &Raster| {
            let sum: f32 = raster.planes[1].iter().sum();
            f64::from(sum) / raster.len() as f64
        };
        let of = |edit: &&Raster| {
            let kept = 1.0 - (mean(edit) - mean(question.source)).abs();
            Scores {
                overall: mean(edit).clamp(0.0, 1.0),
                by_dimension: [("detail_preserving".to_owned(), kept)].into(),
                reasons: vec![retake_core::Said::words("it is as bright as it is")],
                ..Scores::default()
            }
        };
        Ok(edits.iter().map(of).collect())
    }
}

/// The lab with pairs of pictures and a reward that can be run on them. People like the darker ones.
fn with_pairs(folder: &Scratch, home: Option<PathBuf>) -> Window {
    let picture = |name: &str| data("pictures").join(name).display().to_string();
    let [source, bright, dark] = ["source.png", "bright.png", "dark.png"].map(picture);
    let line = |at: usize| {
        let winner = if at % 4 == 3 { "Image A" } else { "Image B" };
        format!(
            "{{\"key\":\"pair {at}\",\"instruction\":\"a calmer evening, {at}\",\"source_image_path\":\"{source}\",\
             \"edited_image_paths\":[\"{bright}\",\"{dark}\"],\"winner\":\"{winner}\"}}\n"
        )
    };
    let path = folder.join("pairs.jsonl");
    let lines: String = (0..8).map(line).collect();
    std::fs::write(&path, lines).expect("temporary files can be written");
    let mut window = lab([1280.0, 800.0]);
    window.state_mut().equip_lab(LabTools {
        home,
        rewards: Some(Arc::new(|_| Ok(Box::new(Brightness)))),
        ..LabTools::default()
    });
    drop_on(&mut window, &[path]);
    until(&mut window, |studio| studio.lab().data.is_some());
    window.run_steps(3);
    window
}

/// Has the edits scored by whoever is chosen.
fn score(window: &mut Window) {
    press_with(window, CTRL, Key::Num2);
    click_button(window, "Score");
    until(window, |studio| {
        let lab = studio.lab();
        lab.scored_so_far().is_none() && (lab.scoring.is_some() || lab.not_scored.is_some())
    });
    window.run_steps(3);
}

#[test]
fn a_recorded_judge_is_held_against_people_with_intervals() {
    let folder = Scratch::new("lab-figures");
    let mut window = with_data([1280.0, 800.0], ratings(&folder, 60));
    score(&mut window);
    assert!(says(&window, "gpt-4o   VIEScore"));
    assert!(says(&window, "Spearman with people"));
    assert!(says(&window, "20 groups"));
    let report = &window
        .state()
        .lab()
        .scoring
        .as_ref()
        .expect("it is scored")
        .report;
    let interval = report.figures.intervals["spearman"];
    let value = report.figures.values["spearman"];
    assert!(interval.low < value && value < interval.high);
}

#[test]
fn the_window_tells_the_same_figures_as_the_command_line() {
    use retake_lab::bench::{Report, by_formula, recorded};
    let mut window = with_data([1280.0, 800.0], data("imagenhub.jsonl"));
    score(&mut window);
    let lab = window.state().lab();
    let own = &lab.scoring.as_ref().expect("it is scored").report;
    let open = lab.data.as_ref().expect("open").dataset();
    let join = by_formula(&own.selector).expect("it is in the table");
    let (groups, tally) = recorded(&open, &own.judge, &*join).expect("it can be read");
    let draws = retake_lab::measures::bootstrap::Draws {
        rounds: 1000,
        seed: 0,
    };
    let told = Report::of(
        ("imagenhub", &own.judge, &own.selector),
        &groups,
        tally,
        draws,
    );
    assert_eq!(own.figures, told.figures);
    assert_eq!(own.by_editor, told.by_editor);
    assert_eq!(own.tally.used, told.tally.used);
}

#[test]
fn a_reward_that_is_run_scores_every_edit() {
    let folder = Scratch::new("lab-run");
    let mut window = with_pairs(&folder, None);
    score(&mut window);
    let report = &window
        .state()
        .lab()
        .scoring
        .as_ref()
        .expect("it is scored")
        .report;
    assert_eq!(report.figures.values["pair_accuracy"], 0.25);
    press_with(&mut window, CTRL, Key::Num1);
    assert!(says(&window, "Sort by Score"));
}

#[test]
fn a_second_run_goes_on_from_what_the_first_one_kept() {
    let folder = Scratch::new("lab-again");
    let home = folder.join("home");
    let mut window = with_pairs(&folder, Some(home.clone()));
    score(&mut window);
    let kept = |window: &Window| {
        let scoring = window.state().lab().scoring.clone().expect("it is scored");
        let path = scoring
            .folder
            .clone()
            .expect("it is kept")
            .join("scores.jsonl");
        std::fs::read_to_string(path).expect("it is there")
    };
    let first = kept(&window);
    assert_eq!(first.lines().count(), 1 + 8);
    let mut again = with_pairs(&folder, Some(home));
    score(&mut again);
    assert_eq!(kept(&again), first, "nothing was scored anew");
}

#[test]
fn the_worst_case_is_shown_with_its_pictures_and_what_was_said() {
    let folder = Scratch::new("lab-failures");
    let mut window = with_pairs(&folder, None);
    score(&mut window);
    press_with(&mut window, CTRL, Key::Num4);
    until(&mut window, |studio| {
        let inspection = &studio.lab().inspection;
        inspection
            .found
            .first()
            .is_some_and(|worst| inspection.pictures(worst.place).is_some())
    });
    window.run_steps(3);
    assert!(says(&window, "1 of 6"));
    assert!(says(&window, "a calmer evening, 0"));
    assert!(says(&window, "People prefer it"));
    assert!(says(&window, "it is as bright as it is"));
    press_with(&mut window, Modifiers::NONE, Key::PageDown);
    assert!(says(&window, "2 of 6"));
    assert!(says(&window, "a calmer evening, 1"));
    press_with(&mut window, Modifiers::NONE, Key::PageUp);
    assert!(says(&window, "1 of 6"));
    shot(&mut window, "lab-failure");
}

#[test]
fn one_key_probes_the_case_that_is_looked_at() {
    let folder = Scratch::new("lab-probe");
    let mut window = with_pairs(&folder, None);
    score(&mut window);
    press_with(&mut window, CTRL, Key::Num4);
    until(&mut window, |studio| {
        !studio.lab().inspection.found.is_empty()
    });
    press_with(&mut window, Modifiers::NONE, Key::P);
    until(&mut window, |studio| {
        studio.lab().inspection.probed.is_some()
    });
    window.run_steps(3);
    assert!(says(&window, "The source in place of the edit"));
    shot(&mut window, "lab-probed");
}

#[test]
fn tags_and_notes_are_there_the_next_time() {
    let folder = Scratch::new("lab-notes");
    let home = folder.join("home");
    let mut window = with_pairs(&folder, Some(home.clone()));
    score(&mut window);
    press_with(&mut window, CTRL, Key::Num4);
    until(&mut window, |studio| {
        !studio.lab().inspection.found.is_empty()
    });
    window.run_steps(3);
    rewrite(&mut window, Role::TextInput, "Add tag", "too bright");
    press_with(&mut window, Modifiers::NONE, Key::Enter);
    rewrite(
        &mut window,
        Role::MultilineTextInput,
        "Note",
        "it likes lamps",
    );
    press_with(&mut window, Modifiers::NONE, Key::Escape);
    window.run_steps(3);
    let again = with_pairs(&folder, Some(home));
    let notes = &again.state().lab().inspection.notes;
    assert_eq!(notes.tags["pair 0"], ["too bright"]);
    assert_eq!(notes.notes["pair 0"], "it likes lamps");
}

#[test]
fn the_report_is_written_beside_the_results() {
    let folder = Scratch::new("lab-report");
    let mut window = with_pairs(&folder, Some(folder.join("home")));
    score(&mut window);
    press_with(&mut window, CTRL, Key::Num4);
    until(&mut window, |studio| {
        !studio.lab().inspection.found.is_empty()
    });
    press_with(&mut window, CTRL, Key::R);
    until(&mut window, |studio| {
        studio.lab().inspection.reported.is_some()
    });
    let reported = window.state().lab().inspection.reported.clone();
    let path = reported.expect("it is over").expect("it was written");
    let html = std::fs::read_to_string(path).expect("it is there");
    assert!(html.contains("a calmer evening, 0") && html.contains("<img"));
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
        drop_on(&mut window, std::slice::from_ref(&path));
        until(&mut window, |studio| studio.lab().data.is_some());
        window.state_mut().look_mut().language = "en".to_owned();
        score(&mut window);
        window.state_mut().look_mut().language = language.to_owned();
        for page in PAGES {
            window.state_mut().look_mut().lab.page = page.id;
            window.run_steps(4);
            std::thread::sleep(std::time::Duration::from_millis(300));
            window.run_steps(4);
            shot(&mut window, &format!("lab-{name}-{}", page.id));
        }
    }
}
