//! One picture against another: original, wipe, side by side, flicker, difference.

use super::*;

#[test]
fn the_original_shows_while_its_key_is_held() {
    let mut window = takes();
    window.key_down(Key::Backslash);
    window.step();
    window.step();
    assert!(window.query_by_label("Photo: Original").is_some());
    for _ in 0..40 {
        window.step();
    }
    window.key_up(Key::Backslash);
    window.step();
    window.step();
    assert!(window.query_by_label("Photo: Original").is_none());
}

#[test]
fn a_tap_latches_the_original_and_another_lets_it_go() {
    let mut window = takes();
    for latched in [true, false] {
        window.key_press(Key::Backslash);
        window.step();
        window.step();
        assert_eq!(window.query_by_label("Photo: Original").is_some(), latched);
        assert_eq!(window.state_mut().look_mut().original, latched);
    }
}

#[test]
fn the_wipe_follows_its_handle() {
    let mut window = takes();
    window.key_press(Key::W);
    window.step();
    window.step();
    let handle = window.get_by_label("Drag to wipe").rect().center();
    drag(&mut window, handle, handle + vec2(-200.0, 15.0));
    let name = name_of_focus(&window);
    let photo = place(&mut window, &name).visible();
    let meant = (handle.x - 200.0 - photo.left()) / photo.width();
    let wipe = window.state_mut().look_mut().wipe;
    assert!((wipe - meant).abs() < 0.01, "{wipe} for {meant}");
    shot(&mut window, "wipe");
}

#[test]
fn the_wipe_turns_by_the_end_of_its_line() {
    let mut window = takes();
    window.key_press(Key::W);
    window.step();
    window.step();
    let middle = window.get_by_label("Drag to wipe").rect().center();
    let ends: Vec<Pos2> = window
        .get_all_by_label_contains("Drag to turn")
        .map(|node| node.rect().center())
        .collect();
    let lower = ends[0].max(ends[1]);
    // a quarter turn: the lower end goes to the left
    drag(&mut window, lower, middle + vec2(-120.0, 0.0));
    let angle = window.state_mut().look_mut().wipe_angle;
    assert!((angle - 90.0).abs() < 3.0, "{angle}");
}

#[test]
fn shift_and_the_wheel_turn_the_wipe_and_leave_the_zoom() {
    let mut window = takes();
    window.key_press(Key::W);
    window.step();
    let at = pane(&window, &name_of_focus(&window)).center() + vec2(90.0, 60.0);
    wheel(&mut window, at, 1.0, Modifiers::SHIFT);
    let look = window.state_mut().look_mut();
    assert!(look.wipe_angle.abs() > 1.0, "{}", look.wipe_angle);
    assert_eq!(look.zoom, Zoom::Fit);
}

#[test]
fn a_picture_does_not_differ_from_itself() {
    let mut window = takes();
    let best = session(&window).ranking().leader().expect("it is scored");
    let take = session(&window).take(best).cloned().expect("it is there");
    let mut recipe = take.provenance.recipe.clone();
    recipe["layers"] = serde_json::json!([]);
    window.state_mut().obey(Command::Adjust {
        take: best,
        recipe,
        label: retake_core::Said::words("Nothing"),
        done: true,
    });
    // it stays in view when its new score comes and another leads
    window.state_mut().look_mut().focus = Some(best);
    window.key_press(Key::D);
    until(&mut window, |studio| {
        let session = studio.engine().session();
        let after = session.and_then(|s| s.take(best)?.shown.clone());
        studio
            .engine()
            .difference(0)
            .zip(after)
            .is_some_and(|(there, after)| {
                std::sync::Arc::ptr_eq(&there.after, &after) && there.max < 0.5
            })
    });
}

#[test]
fn the_difference_of_an_edit_is_measured_and_its_exact_part_follows() {
    let mut window = takes();
    window.key_press(Key::D);
    until(&mut window, |studio| {
        let engine = studio.engine();
        engine.difference(0).is_some_and(|there| there.mean > 0.5) && engine.difference(1).is_some()
    });
    window.step();
    shot(&mut window, "difference");
}

#[test]
fn c_holds_the_two_best_takes_against_each_other() {
    let mut window = takes();
    window.key_press(Key::C);
    window.step();
    window.step();
    for name in ["Photo: Take 1", "Photo: Take 2"] {
        assert!(window.query_by_label(name).is_some(), "{name}");
    }
    shot(&mut window, "side");
    window.key_press(Key::C);
    window.step();
    window.step();
    assert_eq!(window.state_mut().look_mut().compare, Compare::Off);
}

#[test]
fn flicker_shows_the_one_and_then_the_other() {
    let mut window = takes();
    window.state_mut().look_mut().reduced_motion = true;
    window.key_press(Key::F);
    window.step();
    let at = pane(&window, &name_of_focus(&window)).center();
    let before = window.state_mut().look_mut().hand.other;
    window.hover_at(at);
    window.step();
    click(&mut window, at);
    assert_ne!(window.state_mut().look_mut().hand.other, before);
}

#[test]
fn picks_lie_beside_each_other() {
    let mut window = with_takes([1280.0, 800.0], "warmer", 3);
    free(&mut window);
    let ids: Vec<_> = session(&window).sheet().iter().map(|t| t.id).collect();
    for &id in &ids[..3] {
        let pick = retake_engine::Command::Flag(id, retake_engine::Flag::Picked);
        window.state_mut().obey(pick);
    }
    window.key_press(Key::C);
    window.run_steps(3);
    assert_eq!(window.get_all_by_label_contains("Photo: Take ").count(), 3);
    shot(&mut window, "picks");
}
