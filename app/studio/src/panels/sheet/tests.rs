use eframe::egui::{Event, Key, Modifiers, PointerButton, Pos2, Role, Vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use retake_core::Dimension;
use retake_engine::{Command, Flag, TakeId};

use crate::Studio;
use crate::look::{Filter, Sort};
use crate::testing::{session, shot, until, with_takes};
use crate::theme::Shade;

/// A window whose keys go to the takes.
fn culling(instruction: &str, count: usize) -> Harness<'static, Studio> {
    let mut window = with_takes([1280.0, 800.0], instruction, count);
    scored(&mut window);
    window.key_press(Key::Escape);
    window.run_steps(3);
    window
}

fn scored(window: &mut Harness<'_, Studio>) {
    until(window, |studio| {
        let session = studio.engine().session();
        session.is_some_and(|s| s.sheet().iter().all(|take| take.card.is_some()))
    });
    window.run_steps(12);
}

fn press(window: &mut Harness<'_, Studio>, key: Key) {
    window.key_press(key);
    window.run_steps(4);
}

/// Clicks on the picture of a take.
fn click_picture(window: &mut Harness<'_, Studio>, number: u64, button: PointerButton) {
    let name = format!("Take {number}, ");
    let cell = window.get_by(|node| node.label().is_some_and(|label| label.starts_with(&name)));
    let pos = cell.rect().center_top() + Vec2::new(0.0, 24.0);
    window.event(Event::PointerMoved(pos));
    for pressed in [true, false] {
        window.event(Event::PointerButton {
            pos,
            button,
            pressed,
            modifiers: Modifiers::NONE,
        });
    }
    window.run_steps(4);
}

/// The cells as they lie on the screen, row by row: number and the rest of the name.
fn cells(window: &Harness<'_, Studio>) -> Vec<(u64, String)> {
    let mut cells: Vec<(Pos2, u64, String)> = window
        .get_all_by(|node| node.label().is_some_and(|label| label.starts_with("Take ")))
        .filter_map(|node| {
            let label = node.accesskit_node().label()?;
            let (number, rest) = label.strip_prefix("Take ")?.split_once(", ")?;
            Some((node.rect().min, number.parse().ok()?, rest.to_owned()))
        })
        .collect();
    cells.sort_by(|a, b| (a.0.y, a.0.x).partial_cmp(&(b.0.y, b.0.x)).expect("finite"));
    cells
        .into_iter()
        .map(|(_, number, rest)| (number, rest))
        .collect()
}

fn numbers(window: &Harness<'_, Studio>) -> Vec<u64> {
    cells(window)
        .into_iter()
        .map(|(number, _)| number)
        .collect()
}

fn number(window: &Harness<'_, Studio>, take: TakeId) -> u64 {
    session(window).take(take).expect("it is there").index + 1
}

fn value(window: &Harness<'_, Studio>, take: TakeId, dimension: &str) -> f32 {
    let card = session(window)
        .take(take)
        .and_then(|take| take.card.clone());
    card.and_then(|card| card.value(dimension)).expect("scored")
}

#[test]
fn every_take_has_a_cell_with_its_score() {
    let mut window = culling("warmer and more contrast", 5);
    let cells = cells(&window);
    assert_eq!(
        cells.iter().map(|(n, _)| *n).collect::<Vec<_>>(),
        [1, 2, 3, 4, 5]
    );
    assert!(cells.iter().all(|(_, rest)| rest.contains('.')));
    assert_eq!(
        cells
            .iter()
            .filter(|(_, rest)| rest.contains("leads"))
            .count(),
        1
    );
    for shade in Shade::ALL {
        window.state_mut().look_mut().shade = shade;
        window.run_steps(3);
        shot(&mut window, &format!("sheet-{}", shade.id()));
    }
}

#[test]
fn weights_move_the_ring_without_new_takes() {
    let mut window = culling("much warmer, more contrast, brighter", 6);
    let before = session(&window).sheet().len();
    window
        .get_by_role_and_label(Role::Slider, "Weight: Follows")
        .set_value_accesskit(0.0);
    window.run_steps(12);
    let quality = |take: TakeId| {
        value(&window, take, Dimension::DETAIL_PRESERVING).min(value(
            &window,
            take,
            Dimension::GENERATION_QUALITY,
        ))
    };
    let ranking = session(&window).ranking();
    let best = ranking
        .order
        .iter()
        .copied()
        .max_by(|&a, &b| quality(a).total_cmp(&quality(b)));
    let leader = ranking.leader().expect("there is one");
    assert_eq!(best.map(quality), Some(quality(leader)));
    assert_eq!(session(&window).sheet().len(), before);
    let said = cells(&window)
        .into_iter()
        .find(|(_, rest)| rest.contains("leads"));
    assert_eq!(said.map(|(n, _)| n), Some(number(&window, leader)));
}

#[test]
fn a_drag_of_a_weight_is_one_step_to_undo() {
    let mut window = culling("warmer", 2);
    let steps = session(&window).history.steps().len();
    let rect = window
        .get_by_role_and_label(Role::Slider, "Weight: Preserves")
        .rect();
    window.hover_at(rect.right_center() - Vec2::new(8.0, 0.0));
    window.step();
    window.drag_at(rect.right_center() - Vec2::new(8.0, 0.0));
    for share in [0.8, 0.6, 0.4] {
        window.step();
        window.hover_at(Pos2::new(
            rect.left() + share * rect.width(),
            rect.center().y,
        ));
    }
    window.step();
    window.drop_at(rect.center());
    window.run_steps(3);
    assert_eq!(session(&window).history.steps().len(), steps + 1);
    assert!(session(&window).desk().weights.preserving < 0.7);
}

#[test]
fn a_double_click_gives_a_weight_its_usual_value_back() {
    let mut window = culling("warmer", 1);
    let usual = session(&window).desk().weights.clone();
    window
        .get_by_role_and_label(Role::Slider, "Weight: Quality")
        .set_value_accesskit(0.2);
    window.run_steps(3);
    assert!(session(&window).desk().weights != usual);
    // the harness takes its time between events
    window
        .ctx
        .options_mut(|options| options.input_options.max_double_click_delay = 10.0);
    for _ in 0..2 {
        window
            .get_by_role_and_label(Role::Slider, "Weight: Quality")
            .click();
        window.step();
    }
    window.run_steps(3);
    assert_eq!(session(&window).desk().weights, usual);
}

#[test]
fn the_sheet_is_sorted_by_what_is_chosen() {
    let mut window = culling("much warmer, more contrast", 5);
    window.state_mut().look_mut().sort = Sort::Overall;
    window.run_steps(3);
    let best_first: Vec<u64> = session(&window)
        .ranking()
        .order
        .iter()
        .map(|&id| number(&window, id))
        .collect();
    assert_eq!(numbers(&window), best_first);
    let dimension = Dimension::DETAIL_PRESERVING;
    window.state_mut().look_mut().sort = Sort::Dimension(dimension.to_owned());
    window.run_steps(3);
    let values: Vec<f32> = numbers(&window)
        .into_iter()
        .map(|n| session(&window).sheet()[n as usize - 1].id)
        .map(|id| value(&window, id, dimension))
        .collect();
    assert!(values.is_sorted_by(|a, b| a >= b), "{values:?}");
}

#[test]
fn a_filter_shows_only_what_passes_it() {
    let mut window = culling("warmer", 3);
    let takes: Vec<TakeId> = session(&window)
        .sheet()
        .iter()
        .map(|take| take.id)
        .collect();
    window
        .state_mut()
        .obey(Command::Flag(takes[0], Flag::Picked));
    window
        .state_mut()
        .obey(Command::Flag(takes[1], Flag::Rejected));
    window.state_mut().obey(Command::Stars(takes[2], 4));
    for (filter, left) in [
        (Filter::All, vec![1, 2, 3]),
        (Filter::Picked, vec![1]),
        (Filter::NotRejected, vec![1, 3]),
        (Filter::Starred, vec![3]),
    ] {
        window.state_mut().look_mut().filter = filter;
        window.run_steps(3);
        assert_eq!(numbers(&window), left, "{filter:?}");
    }
}

#[test]
fn a_pick_goes_on_to_the_next_take() {
    let mut window = culling("warmer", 3);
    click_picture(&mut window, 1, PointerButton::Primary);
    press(&mut window, Key::P);
    let (first, second) = (
        session(&window).sheet()[0].id,
        session(&window).sheet()[1].id,
    );
    assert_eq!(session(&window).desk().mark(first).flag, Flag::Picked);
    assert_eq!(window.state_mut().look_mut().focus, Some(second));
}

#[test]
fn a_rejected_leader_loses_the_ring() {
    let mut window = culling("warmer", 3);
    let leader = session(&window).ranking().leader().expect("there is one");
    press(&mut window, Key::X);
    let cells = cells(&window);
    let cell = cells
        .iter()
        .find(|(n, _)| *n == number(&window, leader))
        .expect("still there");
    assert!(
        cell.1.contains("rejected") && !cell.1.contains("leads"),
        "{}",
        cell.1
    );
    assert!(cells.iter().any(|(_, rest)| rest.contains("leads")));
    shot(&mut window, "rejected");
}

#[test]
fn the_survey_opens_with_n_shows_every_take_and_closes_again() {
    let mut window = culling("warmer and brighter", 12);
    press(&mut window, Key::N);
    assert_eq!(numbers(&window), (1..=12).collect::<Vec<_>>());
    let inside = eframe::egui::Rect::from_min_size(Pos2::ZERO, Vec2::new(1280.0, 800.0));
    let cells =
        window.get_all_by(|node| node.label().is_some_and(|label| label.starts_with("Take ")));
    assert!(
        cells
            .into_iter()
            .all(|cell| inside.contains_rect(cell.rect()))
    );
    shot(&mut window, "survey");
    press(&mut window, Key::N);
    assert!(!window.state_mut().look_mut().survey);
}

#[test]
fn two_equals_are_both_named_and_the_pick_settles_it() {
    let mut window = culling("warmer", 6);
    let ranking = session(&window).ranking();
    let verdict = ranking.verdict.clone().expect("scored");
    assert!(verdict.good_enough && !verdict.confident, "{verdict:?}");
    let [first, second] = [0, 1].map(|i| number(&window, ranking.order[i]));
    window.get_by_label(&format!(
        "Takes {first} and {second} are equal for me: which do you prefer?"
    ));
    shot(&mut window, "equal");
    window.get_by_label(&format!("Pick take {second}")).click();
    window.run_steps(3);
    window.get_by_label(&format!("You prefer take {second}."));
}

#[test]
fn the_right_button_opens_what_can_be_done_with_a_take() {
    let mut window = culling("warmer", 2);
    click_picture(&mut window, 2, PointerButton::Secondary);
    shot(&mut window, "menu");
    window.get_by_label("Three stars").click();
    window.run_steps(3);
    let take = session(&window).sheet()[1].id;
    assert_eq!(session(&window).desk().mark(take).stars, 3);
}

#[test]
fn when_none_is_good_enough_there_are_things_to_try() {
    // nothing is far below black: what is asked cannot be done
    let mut window = culling("exposure -12 stops, warmer", 2);
    let verdict = session(&window).ranking().verdict.clone().expect("scored");
    assert!(!verdict.good_enough, "{verdict:?}");
    window.get_by_label_contains("None is good enough; the best is take");
    window.get_by_label_contains("What failed most:");
    shot(&mut window, "none-good");
    let turn = session(&window).desk().turn.clone().expect("a group");
    window.get_by_label_contains("Without “").click();
    window.run_steps(3);
    let next = session(&window).desk().turn.clone().expect("a group");
    assert_eq!(next.number, turn.number + 1);
    assert_eq!(next.instruction.understood.goals.len(), 1);
}

#[test]
fn a_filter_by_a_dimension_shows_only_what_has_enough_of_it() {
    let mut window = culling("warmer", 3);
    let following = Dimension::INSTRUCTION_FOLLOWING;
    let mut values: Vec<f32> = session(&window)
        .sheet()
        .iter()
        .map(|take| value(&window, take.id, following))
        .collect();
    values.sort_by(f32::total_cmp);
    // between the worst and the next
    let least = (values[0] + values[1]) / 2.0;
    assert!(values[1] - values[0] > 0.02, "{values:?}");
    let asked = [(Some(following.to_owned()), least)];
    window.state_mut().look_mut().least = asked.into();
    window.run_steps(3);
    assert_eq!(numbers(&window).len(), 2);
}
