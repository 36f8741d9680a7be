//! The sheets over the window, and that everything in the window can be reached by name.

use eframe::egui::accessibility::is_input;
use eframe::egui::{Event, Key, KeyboardShortcut, Modifiers, Role};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use retake_engine::Flag;

use crate::Studio;
use crate::actions::{self, ACTIONS};
use crate::look::{Sheet, Tab};
use crate::names::unnamed;
use crate::testing::{session, shot, window, with_takes};
use crate::theme::Shade;

const SIZE: [f32; 2] = [1280.0, 720.0];

fn empty() -> Harness<'static, Studio> {
    let mut window = window(SIZE, Vec::new());
    window.run_steps(2);
    window
}

fn open(window: &mut Harness<'_, Studio>, sheet: Sheet) {
    window.state_mut().look_mut().sheet = sheet;
    window.run_steps(3);
}

fn sheet(window: &mut Harness<'_, Studio>) -> Sheet {
    window.state_mut().look_mut().sheet
}

fn type_text(window: &mut Harness<'_, Studio>, text: &str) {
    window.event(Event::Text(text.to_owned()));
    window.run_steps(2);
}

#[test]
fn the_palette_finds_by_letters_and_does_what_it_found() {
    let mut window = empty();
    window.key_press_modifiers(Modifiers::COMMAND, Key::K);
    window.run_steps(3);
    assert_eq!(sheet(&mut window), Sheet::Palette);
    type_text(&mut window, "nxthm");
    window.key_press(Key::Enter);
    window.run_steps(2);
    assert_eq!(window.state_mut().look_mut().shade, Shade::Grey);
    assert_eq!(sheet(&mut window), Sheet::None);
}

#[test]
fn arrows_choose_in_the_palette() {
    let mut window = empty();
    open(&mut window, Sheet::Palette);
    type_text(&mut window, "s");
    let at = |window: &mut Harness<'_, Studio>| window.state_mut().look_mut().over.at;
    assert_eq!(at(&mut window), 0);
    for (key, expected) in [(Key::ArrowDown, 1), (Key::ArrowDown, 2), (Key::ArrowUp, 1)] {
        window.key_press(key);
        window.run_steps(2);
        assert_eq!(at(&mut window), expected);
    }
}

#[test]
fn what_cannot_be_done_now_is_listed_and_does_nothing() {
    let mut window = empty();
    open(&mut window, Sheet::Palette);
    type_text(&mut window, "pick");
    window.get_by_role_and_label(Role::MenuItem, "Pick");
    window.key_press(Key::Enter);
    window.run_steps(2);
    assert_eq!(sheet(&mut window), Sheet::Palette);
}

#[test]
fn marks_are_dead_while_typing_and_under_a_sheet_and_alive_after() {
    let mut window = with_takes(SIZE, "warmer", 1);
    window.state_mut().look_mut().wants_line = false;
    let flag = |window: &Harness<'_, Studio>| {
        let session = session(window);
        session.desk().mark(session.sheet()[0].id).flag
    };
    for over in [Sheet::Palette, Sheet::Shortcuts, Sheet::Settings] {
        open(&mut window, over);
        window.key_press(Key::P);
        window.run_steps(2);
        assert_eq!(flag(&window), Flag::None, "{over:?}");
    }
    window.key_press(Key::Escape);
    window.run_steps(2);
    window.key_press(Key::P);
    window.run_steps(2);
    assert_eq!(flag(&window), Flag::Picked);
}

#[test]
fn new_keys_work_and_the_old_ones_no_longer_do() {
    let mut window = with_takes(SIZE, "warmer", 1);
    window.state_mut().look_mut().wants_line = false;
    rebind(&mut window, "pick", Key::K);
    window.key_press(Key::Escape);
    window.run_steps(2);
    let flag = |window: &Harness<'_, Studio>| {
        let session = session(window);
        session.desk().mark(session.sheet()[0].id).flag
    };
    window.key_press(Key::P);
    window.run_steps(2);
    assert_eq!(flag(&window), Flag::None);
    window.key_press(Key::K);
    window.run_steps(2);
    assert_eq!(flag(&window), Flag::Picked);
}

/// Opens the settings, clicks an action's keys, presses new ones.
fn rebind(window: &mut Harness<'_, Studio>, action: &'static str, key: Key) {
    open(window, Sheet::Settings);
    let words = crate::texts::Texts::of("en").get(action).to_owned();
    window
        .get_by_label_contains(&format!("Keys of “{words}”"))
        .click_accesskit();
    window.run_steps(2);
    assert_eq!(window.state_mut().look_mut().over.rebinding, Some(action));
    window.key_press(key);
    window.run_steps(2);
}

#[test]
fn keys_that_another_action_has_are_refused_by_its_name() {
    let mut window = empty();
    rebind(&mut window, "pick", Key::X);
    window.get_by_label("“Reject” has these keys; give it others first.");
    let pick = actions::by_id("pick").expect("it is an action");
    let settings = window.state_mut().settings_mut();
    assert_eq!(crate::keys::of(pick, &settings.keys), pick.keys);
}

#[test]
fn esc_while_keys_are_asked_for_keeps_the_old_ones_and_the_sheet() {
    let mut window = empty();
    rebind(&mut window, "pick", Key::Escape);
    assert!(window.state_mut().settings_mut().keys.is_empty());
    assert_eq!(sheet(&mut window), Sheet::Settings);
}

#[test]
fn a_key_set_is_chosen_with_one_click_and_reset_brings_it_back() {
    let mut window = empty();
    open(&mut window, Sheet::Settings);
    window.get_by_label("Keys: darktable").click_accesskit();
    window.run_steps(2);
    let reject = actions::by_id("reject").expect("it is an action");
    let keys = |window: &mut Harness<'_, Studio>| {
        crate::keys::of(reject, &window.state_mut().settings_mut().keys).to_vec()
    };
    let r = KeyboardShortcut::new(Modifiers::NONE, Key::R);
    assert_eq!(keys(&mut window), [r]);
    window.state_mut().settings_mut().bind("reject", Vec::new());
    window.run_steps(2);
    window.get_by_label("Reset all keys").click_accesskit();
    window.run_steps(2);
    assert_eq!(keys(&mut window), [r]);
}

#[test]
fn a_theme_is_applied_at_once() {
    let mut window = empty();
    for shade in [Shade::Light, Shade::Grey, Shade::Dark] {
        open(&mut window, Sheet::Settings);
        let name = crate::texts::Texts::of("en").get(shade.id()).to_owned();
        window.get_by_label(&format!("Theme: {name}")).click();
        window.run_steps(3);
        let fill = window.ctx.global_style().visuals.panel_fill;
        assert_eq!(fill, crate::theme::Theme::of(shade).panel);
    }
}

#[test]
fn a_language_is_applied_at_once() {
    let mut window = empty();
    open(&mut window, Sheet::Settings);
    window.get_by_label("Language: Deutsch").click();
    window.run_steps(3);
    window.get_by_label("Sprache: English");
}

#[test]
fn whether_acts_are_learned_from_is_one_click_and_remembered() {
    let mut window = empty();
    open(&mut window, Sheet::Settings);
    let on = |window: &Harness<'_, Studio>| window.state().engine().notes_acts();
    assert!(on(&window), "unless somebody says otherwise");
    let name = "Learn from what I export, go on from and take back";
    window.get_by_role_and_label(Role::CheckBox, name).click();
    window.run_steps(3);
    assert!(!on(&window));
    let mut settings = crate::settings::Settings::default();
    settings.note_effort(window.state().engine());
    let back = crate::settings::Settings::from_text(&settings.to_text());
    let noted = |command: &retake_engine::Command| match command {
        retake_engine::Command::NoteActs(noted) => Some(*noted),
        _ => None,
    };
    assert_eq!(back.effort().iter().find_map(noted), Some(false));
}

/// For looking at: `RETAKE_SHOTS=folder`.
#[test]
fn screens_of_settings() {
    let sizes = [("usual", SIZE), ("small", [800.0, 500.0])];
    let looks = [
        (Shade::Dark, "en"),
        (Shade::Grey, "en"),
        (Shade::Light, "en"),
        (Shade::Dark, "de"),
    ];
    for (size, points) in sizes
        .into_iter()
        .filter(|_| crate::testing::shots_folder().is_some())
    {
        for (shade, language) in looks {
            let mut window = window(points, Vec::new());
            let look = window.state_mut().look_mut();
            (look.shade, look.language) = (shade, language.to_owned());
            open(&mut window, Sheet::Settings);
            shot(
                &mut window,
                &format!("settings-{size}-{}-{language}", shade.id()),
            );
        }
    }
}

#[test]
fn the_size_of_everything_changes_when_its_slider_is_let_go() {
    let mut window = empty();
    open(&mut window, Sheet::Settings);
    window
        .get_by_role_and_label(Role::Slider, "Size of everything")
        .set_value_accesskit(150.0);
    window.run_steps(3);
    assert_eq!(window.state_mut().look_mut().scale, 1.5);
    assert_eq!(window.ctx.zoom_factor(), 1.5);
}

#[test]
fn the_cheat_sheet_has_every_action() {
    let mut window = empty();
    open(&mut window, Sheet::Shortcuts);
    let texts = crate::texts::Texts::of("en");
    for action in ACTIONS {
        let name = format!("{}: ", texts.get(action.id));
        let found = window
            .query_all_by_label_contains(&name)
            .any(|node| node.accesskit_node().role() == Role::Label);
        assert!(found, "{name}");
    }
}

#[test]
fn a_click_beside_a_sheet_closes_it() {
    let mut window = empty();
    open(&mut window, Sheet::Settings);
    let beside = eframe::egui::pos2(20.0, 400.0);
    window.hover_at(beside);
    window.drag_at(beside);
    window.drop_at(beside);
    window.run_steps(2);
    assert_eq!(sheet(&mut window), Sheet::None);
}

/// Walks through all tabs and sheets.
fn walk(window: &mut Harness<'_, Studio>, name: &str) {
    for tab in [Tab::Why, Tab::Recipe, Tab::Group, Tab::History] {
        window.state_mut().look_mut().tab = tab;
        window.run_steps(3);
        assert_eq!(unnamed(window), [""; 0], "{tab:?}");
        shot(window, &format!("{name}-tab-{tab:?}"));
    }
    for over in [
        Sheet::Palette,
        Sheet::Shortcuts,
        Sheet::Export,
        Sheet::Settings,
    ] {
        open(window, over);
        assert_eq!(unnamed(window), [""; 0], "{over:?}");
        shot(window, &format!("{name}-sheet-{over:?}"));
    }
}

const ASKED: &str = "much brighter, warmer, strong contrast, sharper";

#[test]
fn every_control_has_a_name_in_every_sheet_and_tab() {
    let mut window = with_takes([1600.0, 1000.0], ASKED, 6);
    let take = session(&window).sheet()[0].id;
    window
        .state_mut()
        .obey(retake_engine::Command::Flag(take, Flag::Picked));
    window.state_mut().look_mut().shade = Shade::Light;
    walk(&mut window, "light");
}

#[test]
fn every_control_has_a_name_in_german_and_in_a_narrow_window() {
    let mut window = with_takes([1000.0, 640.0], ASKED, 4);
    window.state_mut().look_mut().shade = Shade::Grey;
    window.state_mut().look_mut().language = "de".to_owned();
    walk(&mut window, "narrow");
    window.state_mut().look_mut().sheet = Sheet::None;
    window.set_size(eframe::egui::vec2(700.0, 480.0));
    window.run_steps(4);
    assert_eq!(unnamed(&window), [""; 0]);
    shot(&mut window, "tiny");
}

#[test]
fn a_control_without_a_name_would_be_found() {
    let mut window = with_takes([1400.0, 900.0], "warmer", 1);
    window.state_mut().look_mut().tab = Tab::Recipe;
    window.run_steps(2);
    let controls = window
        .root()
        .children_recursive()
        .filter(|node| is_input(node.accesskit_node().role()))
        .count();
    assert!(controls > 20, "only {controls} controls are looked at");
}
