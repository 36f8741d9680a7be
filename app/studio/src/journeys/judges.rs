//! Journeys with judges beside the measures: named, loading, wrong, asked, unheard, asked again, and there the next time.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use eframe::egui::{Key, Modifiers, Role};
use egui_kittest::kittest::Queryable as _;
use retake_engine::{Command, Judge, JudgeKind, JudgeState, Seat};

use crate::hands::{
    CTRL, Window, ask_for, click_button, click_first, drop_on, opened, press, press_with, rewrite,
    says,
};
use crate::look::{Sheet, Tab};
use crate::names::unnamed;
use crate::settings::Settings;
use crate::testing::judges::Stage;
use crate::testing::{generate, sample, session, shot, shots_folder, until, window_judged};
use crate::theme::Shade;

const CTRL_SHIFT: Modifiers = CTRL.plus(Modifiers::SHIFT);
const ADDRESS: &str = "http://localhost:8000/v1";

fn with_judges_in(size: [f32; 2], stage: &Arc<Stage>) -> Window {
    let mut window = window_judged(size, stage.judges());
    drop_on(&mut window, &[sample("astronaut.png")]);
    opened(&mut window);
    window
}

fn with_judges(stage: &Arc<Stage>) -> Window {
    with_judges_in([1280.0, 720.0], stage)
}

/// Opens the sheet by its keys and names a server.
fn name_a_server(window: &mut Window) {
    press_with(window, CTRL_SHIFT, Key::J);
    rewrite(window, Role::TextInput, "Address", ADDRESS);
    press(window, Key::Enter);
}

fn leave(window: &mut Window) {
    window.state_mut().look_mut().sheet = Sheet::None;
    window.run_steps(2);
}

fn seats(window: &Window) -> Vec<Seat> {
    window.state().engine().seats().to_vec()
}

fn server() -> Judge {
    Judge {
        place: ADDRESS.to_owned(),
        ..Judge::default()
    }
}

fn ready(window: &mut Window, judge: &Judge) {
    until(window, |studio| {
        studio.engine().judge_state(judge) == JudgeState::Ready
    });
}

fn judged(window: &mut Window) {
    until(window, |studio| {
        let engine = studio.engine();
        let session = engine.session();
        let all = session.is_some_and(|session| {
            let sheet = session.sheet();
            !sheet.is_empty() && sheet.iter().all(|take| take.by.is_some())
        });
        all && engine.judging().is_none()
    });
    window.run_steps(2);
}

fn leader(window: &Window) -> u64 {
    let session = session(window);
    let leader = session.ranking().leader().expect("one leads");
    session.take(leader).expect("it is there").index + 1
}

#[test]
fn a_server_is_named_by_keys_and_its_word_turns_the_order() {
    let mut window = with_judges(&Arc::default());
    name_a_server(&mut window);
    ready(&mut window, &server());
    window.run_steps(2);
    assert_eq!(unnamed(&window), [""; 0]);
    shot(&mut window, "judges-list");
    leave(&mut window);
    ask_for(&mut window, "warmer", 3);
    judged(&mut window);
    assert_eq!(leader(&window), 3);
    click_first(&mut window, "Take 3, ");
    window.state_mut().look_mut().tab = Tab::Why;
    window.run_steps(3);
    assert!(says(&window, "Zwei Gläser stehen im Licht"));
    assert!(says(&window, "localhost:8000/v1, and what is measured"));
    assert!(says(&window, "Natural: unknown"));
    shot(&mut window, "judges-why");
}

#[test]
fn what_a_judge_said_before_it_became_scores_folds_open() {
    let mut window = with_judges(&Arc::default());
    name_a_server(&mut window);
    ready(&mut window, &server());
    leave(&mut window);
    ask_for(&mut window, "warmer", 1);
    judged(&mut window);
    assert!(!says(&window, "editscore.overall"));
    window
        .get_by_label("What they said, as it is")
        .click_accesskit();
    window.run_steps(12);
    assert!(says(&window, "editscore.overall: 7.25") && says(&window, "answer: "));
    assert!(says(&window, "Follows: 17.90. 17: 30.0 %, 18: 50.0 %"));
    assert_eq!(unnamed(&window), [""; 0]);
    shot(&mut window, "judges-raw");
}

#[test]
fn while_judges_think_the_measured_order_is_there_and_esc_does_not_wait() {
    let stage = Arc::new(Stage::default());
    stage.thinks.store(true, Ordering::Relaxed);
    let mut window = with_judges(&stage);
    name_a_server(&mut window);
    ready(&mut window, &server());
    leave(&mut window);
    ask_for(&mut window, "warmer", 2);
    assert!(says(&window, "Judges have seen 0 of 2"));
    assert_eq!(session(&window).ranking().order.len(), 2);
    shot(&mut window, "judges-thinking");
    press(&mut window, Key::Escape);
    press(&mut window, Key::Escape);
    assert!(window.state().engine().judging().is_none());
    assert!(
        session(&window)
            .sheet()
            .iter()
            .all(|take| take.by.is_none())
    );
}

#[test]
fn a_judge_that_cannot_be_opened_says_why_in_its_line() {
    let mut window = with_judges(&Arc::default());
    press_with(&mut window, CTRL_SHIFT, Key::J);
    click_first(&mut window, "Add: Folder");
    rewrite(
        &mut window,
        Role::TextInput,
        "Path of the judge",
        "/nowhere",
    );
    click_button(&mut window, "Add judge");
    until(&mut window, |studio| {
        let judge = studio.engine().seats()[0].judge.clone();
        matches!(studio.engine().judge_state(&judge), JudgeState::Failed(_))
    });
    window.run_steps(2);
    assert!(says(&window, "There is no such folder: /nowhere"));
    assert_eq!(unnamed(&window), [""; 0]);
    shot(&mut window, "judges-failed");
    click_button(&mut window, "Try again");
}

#[test]
fn while_a_judge_is_loaded_that_is_said() {
    let stage = Arc::new(Stage::default());
    stage.held.store(true, Ordering::Relaxed);
    let mut window = with_judges(&stage);
    name_a_server(&mut window);
    assert!(says(&window, "being loaded"));
    stage.held.store(false, Ordering::Relaxed);
    ready(&mut window, &server());
}

#[test]
fn a_slip_in_a_formula_is_said_while_it_is_typed_and_it_cannot_be_added() {
    let mut window = with_judges(&Arc::default());
    press_with(&mut window, CTRL_SHIFT, Key::J);
    click_first(&mut window, "Add: Formula");
    rewrite(&mut window, Role::TextInput, "Formula", "? 3");
    assert!(says(&window, "column 1"));
    shot(&mut window, "judges-formula");
    press(&mut window, Key::Enter);
    assert_eq!(seats(&window), []);
    rewrite(
        &mut window,
        Role::TextInput,
        "Formula",
        "instruction_following",
    );
    press(&mut window, Key::Enter);
    assert_eq!(seats(&window)[0].judge.kind, JudgeKind::Formula);
}

#[test]
fn judges_are_switched_off_moved_asked_otherwise_and_taken_out() {
    let mut window = with_judges(&Arc::default());
    name_a_server(&mut window);
    click_first(&mut window, "Add: Measure");
    click_button(&mut window, "Add judge");
    let kinds = |window: &Window| -> Vec<JudgeKind> {
        seats(window).iter().map(|seat| seat.judge.kind).collect()
    };
    assert_eq!(kinds(&window), [JudgeKind::Server, JudgeKind::Measure]);
    click_button(&mut window, "Move up: Motion");
    assert_eq!(kinds(&window), [JudgeKind::Measure, JudgeKind::Server]);
    click_first(&mut window, "localhost:8000/v1 takes part");
    assert!(!seats(&window)[1].on && says(&window, "switched off"));
    click_button(&mut window, "What localhost:8000/v1 is asked");
    rewrite(
        &mut window,
        Role::MultilineTextInput,
        "You go by",
        "keep the grain",
    );
    shot(&mut window, "judges-asked");
    click_button(&mut window, "Ask this way");
    assert_eq!(seats(&window)[1].judge.principles, "keep the grain");
    click_button(&mut window, "Take out: Motion");
    assert_eq!(kinds(&window), [JudgeKind::Server]);
}

#[test]
fn a_dead_judge_is_told_of_and_the_measures_order() {
    let stage = Arc::new(Stage::default());
    stage.dead.store(true, Ordering::Relaxed);
    let mut window = with_judges(&stage);
    name_a_server(&mut window);
    ready(&mut window, &server());
    leave(&mut window);
    ask_for(&mut window, "warmer", 2);
    until(&mut window, |studio| {
        let mut messages = studio.engine().messages().iter();
        messages.any(|message| message.text.to_string().contains("does not answer"))
    });
    window.run_steps(2);
    assert_eq!(session(&window).ranking().order.len(), 2);
    shot(&mut window, "judges-dead");
}

#[test]
fn takes_that_others_scored_are_scored_again_with_one_key() {
    let mut window = with_judges(&Arc::default());
    ask_for(&mut window, "warmer", 2);
    name_a_server(&mut window);
    ready(&mut window, &server());
    window.run_steps(2);
    assert!(says(&window, "2 were scored by others"));
    assert_eq!(unnamed(&window), [""; 0]);
    leave(&mut window);
    assert!(
        session(&window)
            .sheet()
            .iter()
            .all(|take| take.by.is_none())
    );
    press_with(&mut window, CTRL_SHIFT, Key::S);
    judged(&mut window);
    assert_eq!(leader(&window), 2);
}

#[test]
fn judges_are_there_the_next_time_and_their_key_is_nowhere() {
    let mut window = with_judges(&Arc::default());
    press_with(&mut window, CTRL_SHIFT, Key::J);
    rewrite(
        &mut window,
        Role::TextInput,
        "Variable with the key",
        "PATH",
    );
    rewrite(&mut window, Role::TextInput, "Address", ADDRESS);
    press(&mut window, Key::Enter);
    let before = seats(&window);
    let mut settings = Settings::default();
    settings.note_effort(window.state().engine());
    let text = settings.to_text();
    let path = std::env::var("PATH").unwrap_or_default();
    assert!(text.contains("key_variable = \"PATH\"") && !text.contains(&path));
    let stage = Arc::new(Stage::default());
    let mut next = window_judged([1280.0, 720.0], stage.judges());
    for command in Settings::from_text(&text).effort() {
        next.state_mut().obey(command);
    }
    assert_eq!(seats(&next), before);
    let state = |window: &Window| window.state().engine().judge_state(&before[0].judge);
    assert_eq!(state(&next), JudgeState::Away);
    drop_on(&mut next, &[sample("astronaut.png")]);
    opened(&mut next);
    ask_for(&mut next, "warmer", 1);
    judged(&mut next);
    assert_eq!(state(&next), JudgeState::Ready);
}

#[test]
fn a_formula_is_changed_in_words_only_when_the_change_is_taken() {
    let mut window = with_judges(&Arc::default());
    press_with(&mut window, CTRL_SHIFT, Key::J);
    click_first(&mut window, "Add: Formula");
    assert!(
        !says(&window, "Take the change"),
        "there is no formula to change"
    );
    rewrite(
        &mut window,
        Role::TextInput,
        "Formula",
        "generation_quality",
    );
    rewrite(&mut window, Role::TextInput, "In words", "make it nicer");
    assert!(says(&window, "Only noise is known here"));
    rewrite(
        &mut window,
        Role::TextInput,
        "In words",
        "punish noise more",
    );
    let shown = "generation_quality - 0.1 * cost.noise";
    assert!(says(&window, shown), "the change is shown");
    shot(&mut window, "judges-reworded");
    click_button(&mut window, "Take the change");
    window.run_steps(2);
    click_button(&mut window, "Add judge");
    window.run_steps(2);
    assert_eq!(
        seats(&window).last().map(|seat| seat.judge.place.clone()),
        Some(shown.to_owned())
    );
}

#[test]
fn the_settings_name_who_takes_part_and_lead_to_the_judges() {
    let mut window = with_judges(&Arc::default());
    press_with(&mut window, CTRL, Key::Comma);
    assert!(says(&window, "Only what is built in"));
    click_button(&mut window, "Judges …");
    assert_eq!(window.state_mut().look_mut().sheet, Sheet::Judges);
}

/// Every screen that has to do with judges, for looking at: `RETAKE_SHOTS=folder`.
#[test]
fn screens_of_judges() {
    if shots_folder().is_none() {
        return;
    }
    let sizes = [
        ("usual", [1280.0, 720.0]),
        ("small", [800.0, 500.0]),
        ("tall", [1280.0, 1300.0]),
    ];
    for (size, points) in sizes {
        for (shade, language) in [
            (Shade::Dark, "en"),
            (Shade::Grey, "en"),
            (Shade::Light, "en"),
            (Shade::Dark, "de"),
        ] {
            let stage = Arc::new(Stage::default());
            let mut window = with_judges_in(points, &stage);
            let look = window.state_mut().look_mut();
            (look.shade, look.language) = (shade, language.to_owned());
            window.run_steps(2);
            let name = |what: &str| format!("judges-{what}-{size}-{}-{language}", shade.id());
            drawn(&mut window, &stage, &name);
        }
    }
}

fn drawn(window: &mut Window, stage: &Arc<Stage>, name: &dyn Fn(&str) -> String) {
    let judge = |kind: JudgeKind, place: &str| Judge {
        kind,
        place: place.to_owned(),
        ..Judge::default()
    };
    press_with(window, CTRL_SHIFT, Key::J);
    shot(window, &name("none"));
    let seats = [
        (server(), true),
        (judge(JudgeKind::Folder, "/nowhere"), true),
        (judge(JudgeKind::Measure, "motion"), true),
        (
            judge(
                JudgeKind::Formula,
                "min(instruction_following, 1 - cost.noise)",
            ),
            false,
        ),
    ];
    let seats = seats.map(|(judge, on)| Seat { judge, on }).to_vec();
    window.state_mut().obey(Command::Judges(seats));
    ready(window, &server());
    until(window, |studio| {
        let judge = studio.engine().seats()[1].judge.clone();
        matches!(studio.engine().judge_state(&judge), JudgeState::Failed(_))
    });
    window.run_steps(3);
    shot(window, &name("list"));
    window.state_mut().look_mut().sheet = Sheet::None;
    stage.thinks.store(true, Ordering::Relaxed);
    let wish = match window.state_mut().look_mut().language.as_str() {
        "de" => "wärmer",
        _ => "warmer",
    };
    generate(window, wish, 3);
    shot(window, &name("thinking"));
    stage.thinks.store(false, Ordering::Relaxed);
    judged(window);
    window.state_mut().look_mut().tab = Tab::Why;
    window.run_steps(3);
    shot(window, &name("why"));
    let said = match window.state_mut().look_mut().language.as_str() {
        "de" => "Was sie wörtlich sagten",
        _ => "What they said, as it is",
    };
    window.get_by_label(said).click_accesskit();
    window.run_steps(12);
    shot(window, &name("raw"));
    press_with(window, CTRL, Key::Comma);
    shot(window, &name("settings"));
    window.state_mut().look_mut().sheet = Sheet::None;
}
