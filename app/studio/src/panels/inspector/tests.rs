//! The inspector in the real window, with real takes.

use eframe::egui::{Event, Key, Modifiers, MouseWheelUnit, Role, TouchPhase, Vec2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{By, NodeT, Queryable};
use retake_darkroom::Recipe;
use retake_engine::{Command, Take};

use super::edit;
use crate::Studio;
use crate::look::Tab;
use crate::testing::{session, shot, until, with_takes};

const ASKED: &str = "a bit brighter and warmer";

fn open_at(tab: Tab, count: usize) -> Harness<'static, Studio> {
    let mut window = with_takes([1400.0, 1000.0], ASKED, count);
    window.state_mut().look_mut().tab = tab;
    window.state_mut().look_mut().wants_line = false;
    let first = session(&window).sheet()[0].id;
    window.state_mut().look_mut().focus = Some(first);
    window.run_steps(2);
    window
}

fn take(window: &Harness<'_, Studio>) -> Take {
    session(window).sheet()[0].as_ref().clone()
}

fn recipe(window: &Harness<'_, Studio>) -> Recipe {
    Recipe::from_value(take(window).provenance.recipe).expect("it is a recipe")
}

/// Name and place of the first slider of the recipe.
fn first_slider(window: &Harness<'_, Studio>) -> (String, edit::Place) {
    let recipe = recipe(window);
    let operation = &recipe.layers[0].operations[0];
    let place = edit::Place {
        layer: 0,
        operation: 0,
        param: 0,
    };
    let name = edit::name(operation.op, &operation.op.params[0]);
    (name.to_string(), place)
}

fn value(window: &Harness<'_, Studio>, at: edit::Place) -> f32 {
    recipe(window).layers[at.layer].operations[at.operation].values[at.param]
}

/// Drags a slider by so many points and lets go.
fn drag(window: &mut Harness<'_, Studio>, name: &str, by: f32, steps: usize) {
    let from = handle(window, name);
    window.hover_at(from);
    window.step();
    window.drag_at(from);
    window.step();
    for step in 1..=steps {
        window.hover_at(from + vec2(by * step as f32 / steps as f32, 0.0));
        window.step();
    }
    window.drop_at(from + vec2(by, 0.0));
    window.step();
}

/// Where a slider's handle is.
fn handle(window: &Harness<'_, Studio>, name: &str) -> eframe::egui::Pos2 {
    let node = window.get_by_role_and_label(Role::Slider, name);
    let rect = node.rect().shrink2(vec2(6.0, 0.0));
    let data = node.accesskit_node();
    let number = |value: Option<f64>| value.expect("a slider has it") as f32;
    let now = number(data.numeric_value());
    let (low, high) = (
        number(data.min_numeric_value()),
        number(data.max_numeric_value()),
    );
    let share = if low > 0.0 && high / low >= 8.0 {
        (now / low).ln() / (high / low).ln()
    } else {
        (now - low) / (high - low)
    };
    rect.left_center() + vec2(rect.width() * share, 0.0)
}

fn steps(window: &Harness<'_, Studio>) -> usize {
    session(window).history.steps().len()
}

#[test]
fn a_reason_under_the_pointer_lights_its_evidence_and_leaving_unlights_it() {
    let mut window = open_at(Tab::Why, 2);
    let reason = take(&window).card.expect("scored").scores[&"instruction_following".into()]
        .reasons[0]
        .text
        .to_string();
    window.get_by_label_contains(&reason).hover();
    window.run_steps(2);
    let lit = window.state_mut().look_mut().evidence.clone();
    let lit = lit.expect("something is lit");
    assert_eq!(
        (lit.dimension.as_str(), lit.reason),
        ("instruction_following", Some(0))
    );
    shot(&mut window, "evidence");
    window.hover_at([300.0, 300.0].into());
    window.run_steps(2);
    assert_eq!(window.state_mut().look_mut().evidence, None);
}

#[test]
fn the_first_take_says_its_place_and_its_margin() {
    let mut window = open_at(Tab::Why, 2);
    let leader = session(&window).ranking().leader();
    window.state_mut().look_mut().focus = leader;
    window.run_steps(2);
    window.get_by_label("1st of 2");
    // the sheet says so too, but within a sentence
    let mut said = window.query_all_by_label_contains("ahead by");
    let starts = |text: String| text.starts_with("ahead by");
    assert!(said.any(|node| node.accesskit_node().value().is_some_and(starts)));
}

#[test]
fn a_number_says_where_it_comes_from() {
    let mut window = open_at(Tab::Why, 2);
    let score = By::new().role(Role::Button).label_contains("Follows");
    window.get(score).click();
    window.run_steps(3);
    window.get_by_label_contains("Measured by “built_in”");
}

#[test]
fn a_measured_reason_shows_the_quantitys_definition() {
    let mut window = open_at(Tab::Why, 2);
    let card = take(&window).card.expect("scored");
    let reasons = &card.scores[&"instruction_following".into()].reasons;
    let reason = reasons.iter().find(|reason| reason.check.is_some());
    let reason = reason.expect("something was measured");
    let check = reason.check.as_ref().expect("just found");
    window
        .get_by_label_contains(&reason.text.to_string())
        .click();
    window.run_steps(3);
    window.get_by_label(check.quantity.info().definition);
    shot(&mut window, "origin");
}

#[test]
fn a_drag_is_one_step_and_changes_the_recipe() {
    let mut window = open_at(Tab::Recipe, 1);
    let (name, at) = first_slider(&window);
    let (before, had) = (value(&window, at), steps(&window));
    drag(&mut window, &name, 20.0, 5);
    assert!(value(&window, at) > before);
    assert_eq!(steps(&window), had + 1);
    window.state_mut().obey(Command::Undo);
    window.step();
    assert_eq!(value(&window, at), before);
}

#[test]
fn the_score_follows_a_changed_recipe() {
    let mut window = open_at(Tab::Recipe, 1);
    let (name, _) = first_slider(&window);
    let before = take(&window).card;
    drag(&mut window, &name, 24.0, 3);
    assert!(take(&window).stale);
    until(&mut window, |studio| {
        let session = studio.engine().session().expect("open");
        !session.sheet()[0].stale
    });
    assert_ne!(take(&window).card, before);
}

#[test]
fn shift_moves_a_slider_more_finely() {
    let coarse = {
        let mut window = open_at(Tab::Recipe, 1);
        let (name, at) = first_slider(&window);
        let before = value(&window, at);
        drag(&mut window, &name, 24.0, 6);
        value(&window, at) - before
    };
    let mut window = open_at(Tab::Recipe, 1);
    let (name, at) = first_slider(&window);
    let before = value(&window, at);
    window.event(Event::ModifiersChanged(Modifiers::SHIFT));
    drag(&mut window, &name, 24.0, 6);
    let fine = value(&window, at) - before;
    assert!(fine > 0.0 && fine < coarse * 0.7, "{fine} of {coarse}");
}

#[test]
fn a_double_click_resets_to_what_was_made_and_again_to_neutral() {
    let mut window = open_at(Tab::Recipe, 1);
    let (name, at) = first_slider(&window);
    let made = value(&window, at);
    drag(&mut window, &name, 20.0, 3);
    assert_ne!(value(&window, at), made);
    double_click(&mut window, &name);
    assert_eq!(value(&window, at), made);
    window.run_steps(60);
    double_click(&mut window, &name);
    let neutral = recipe(&window).layers[0].operations[0].op.params[0].neutral;
    assert_eq!(value(&window, at), neutral);
}

fn double_click(window: &mut Harness<'_, Studio>, name: &str) {
    let at = handle(window, name);
    window.hover_at(at);
    window.step();
    // in one frame: the frames of the harness are too far apart for a double-click
    for pressed in [true, false, true, false] {
        window.input_mut().events.push(Event::PointerButton {
            pos: at,
            button: eframe::egui::PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        });
    }
    window.run_steps(2);
}

/// Clicks a slider's number and types.
fn type_number(window: &mut Harness<'_, Studio>, name: &str, text: &str, end: Key) {
    window
        .get_by_label_contains(&format!("{name}: "))
        .click_accesskit();
    window.run_steps(3);
    window.event(Event::Text(text.to_owned()));
    window.step();
    window.key_press(end);
    window.run_steps(2);
}

#[test]
fn a_typed_number_is_taken() {
    let mut window = open_at(Tab::Recipe, 1);
    let (name, at) = first_slider(&window);
    let high = recipe(&window).layers[0].operations[0].op.params[0].range.1;
    let wanted = (high * 0.25).round();
    type_number(&mut window, &name, &wanted.to_string(), Key::Enter);
    assert_eq!(value(&window, at), wanted);
}

#[test]
fn esc_keeps_the_number_that_was_there() {
    let mut window = open_at(Tab::Recipe, 1);
    let (name, at) = first_slider(&window);
    let before = value(&window, at);
    type_number(&mut window, &name, "1", Key::Escape);
    assert_eq!(value(&window, at), before);
    assert_eq!(window.state_mut().look_mut().inspect.typing, None);
}

#[test]
fn marks_are_dead_while_a_number_is_typed() {
    let mut window = open_at(Tab::Recipe, 1);
    let (name, _) = first_slider(&window);
    window
        .get_by_label_contains(&format!("{name}: "))
        .click_accesskit();
    window.run_steps(3);
    window.key_press(Key::X);
    window.run_steps(2);
    assert!(session(&window).desk().marks.is_empty());
}

#[test]
fn the_wheel_never_moves_a_slider() {
    let mut window = open_at(Tab::Recipe, 1);
    let (name, _) = first_slider(&window);
    let had = steps(&window);
    window.hover_at(handle(&window, &name));
    window.step();
    window.event(Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta: Vec2::new(0.0, -40.0),
        phase: TouchPhase::Move,
        source: eframe::egui::MouseWheelSource::Unknown,
        modifiers: Modifiers::NONE,
    });
    window.run_steps(3);
    assert_eq!(steps(&window), had);
}

#[test]
fn an_operation_can_be_added_from_its_group_and_removed() {
    let mut window = open_at(Tab::Recipe, 1);
    let count = |window: &Harness<'_, Studio>| recipe(window).layers[0].operations.len();
    let had = count(&window);
    window
        .get_all_by_label("Add an operation")
        .next()
        .expect("a layer")
        .click();
    window.run_steps(3);
    window.get_by_label_contains("Effects").hover();
    window.run_steps(20);
    window.get_by_label("Vignette").click();
    window.run_steps(3);
    assert_eq!(count(&window), had + 1);
    window.get_by_label("Remove Vignette").click_accesskit();
    window.run_steps(2);
    assert_eq!(count(&window), had);
}

#[test]
fn resetting_all_brings_the_made_recipe_back() {
    let mut window = open_at(Tab::Recipe, 1);
    let made = take(&window).provenance.recipe;
    let (name, _) = first_slider(&window);
    drag(&mut window, &name, 20.0, 2);
    assert_ne!(take(&window).provenance.recipe, made);
    window.get_by_label("Reset all").click();
    window.run_steps(2);
    assert_eq!(take(&window).provenance.recipe, made);
}

#[test]
fn a_recipe_goes_from_take_to_take_by_copy_and_paste() {
    let mut window = open_at(Tab::Recipe, 2);
    let copied = take(&window).provenance.recipe;
    window.get_by_label("Copy recipe").click();
    window.run_steps(2);
    let second = session(&window).sheet()[1].id;
    assert_ne!(session(&window).sheet()[1].provenance.recipe, copied);
    window.state_mut().look_mut().focus = Some(second);
    window.run_steps(2);
    window.get_by_label("Paste recipe").click();
    window.run_steps(2);
    assert_eq!(session(&window).sheet()[1].provenance.recipe, copied);
}

#[test]
fn a_recipe_pasted_as_text_is_taken_on() {
    let mut window = open_at(Tab::Recipe, 1);
    let text = Recipe::of(vec![
        retake_darkroom::Operation::new("sepia").with("amount", 50.0),
    ]);
    let text = text.to_json();
    window.event(Event::Paste(text));
    window.run_steps(2);
    assert_eq!(recipe(&window).layers[0].operations[0].op.id, "sepia");
}

#[test]
fn a_click_in_the_history_goes_there_and_keeps_the_branch_left() {
    let mut window = open_at(Tab::History, 1);
    let take = session(&window).sheet()[0].id;
    window.state_mut().obey(Command::Stars(take, 2));
    window.state_mut().obey(Command::Stars(take, 4));
    window.run_steps(2);
    window.get_by_label_contains("2 stars").click();
    window.run_steps(2);
    assert_eq!(session(&window).desk().mark(take).stars, 2);
    window.state_mut().obey(Command::Stars(take, 1));
    window.run_steps(2);
    window.get_by_label_contains("4 stars").click();
    window.run_steps(2);
    assert_eq!(session(&window).desk().mark(take).stars, 4);
    window.get_by_label_contains("1 stars");
    shot(&mut window, "branches");
}

#[test]
fn a_click_on_a_point_of_the_scatter_looks_at_its_take() {
    let mut window = open_at(Tab::Group, 4);
    // high enough for all that stands above it
    window.set_size(vec2(1400.0, 1400.0));
    window.run_steps(2);
    let leader = session(&window).ranking().leader().expect("scored");
    let other = session(&window)
        .sheet()
        .iter()
        .map(|take| take.id)
        .find(|&id| id != leader);
    window.state_mut().look_mut().focus = other;
    window.state_mut().look_mut().inspect.axes =
        Some([super::words::Axis::Overall, super::words::Axis::Overall]);
    window.run_steps(2);
    // overall against overall is a rising line: the leader is its upper right end
    let plot = window
        .get_by_role_and_label(
            Role::Image,
            "Two against each other; the line joins the takes that no other beats",
        )
        .rect();
    let overall = session(&window).ranking().overall.clone();
    let most = overall[&leader];
    let top = (most * 20.0).ceil() / 20.0;
    let least = overall.values().copied().fold(1.0, f32::min);
    let low = ((least * 20.0).floor() / 20.0).min(top - 0.1);
    let share = (most - low) / (top - low);
    let inside = eframe::egui::Rect::from_min_max(
        plot.min + vec2(32.0 + 8.0, 8.0 + 8.0),
        plot.max - vec2(16.0 + 8.0, 24.0 + 8.0),
    );
    let at = inside.left_bottom() + vec2(inside.width() * share, -inside.height() * share);
    window.hover_at(at);
    window.step();
    assert_eq!(window.state_mut().look_mut().inspect.hovered, Some(leader));
    window.drag_at(at);
    window.drop_at(at);
    window.run_steps(2);
    assert_eq!(window.state_mut().look_mut().focus, Some(leader));
}

#[test]
fn in_a_narrow_window_the_inspector_lies_over_the_photo_and_can_be_closed() {
    let mut window = with_takes([900.0, 700.0], ASKED, 1);
    window.run_steps(2);
    window.get_by_label("Take 1");
    window.get_by_label("Close").click();
    window.run_steps(2);
    assert!(window.query_by_label("Take 1").is_none());
}
