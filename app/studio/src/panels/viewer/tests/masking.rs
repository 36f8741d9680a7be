//! Masks: strokes, tools, and where the words mean.

use super::*;

#[test]
fn a_mask_stroke_is_one_step_and_undo_takes_it_back() {
    let mut window = photo();
    let steps = session(&window).history.steps().len();
    window.key_press(Key::B);
    window.step();
    let from = pane(&window, "Original").center();
    drag(&mut window, from, from + vec2(120.0, 40.0));
    assert_eq!(session(&window).history.steps().len(), steps + 1);
    let mask = session(&window)
        .desk()
        .mask
        .clone()
        .expect("it was painted");
    assert!(mask.share() > 0.005, "{}", mask.share());
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.step();
    window.step();
    assert!(session(&window).desk().mask.is_none());
}

#[test]
fn the_brush_paints_where_it_was_pressed_at_any_zoom() {
    let mut window = photo();
    window.state_mut().look_mut().zoom = Zoom::Scale(6.0);
    window.state_mut().look_mut().centre = pos2(0.3, 0.7);
    window.state_mut().look_mut().tool = Tool::Brush;
    window.state_mut().look_mut().brush = 0.01;
    window.step();
    let at = pane(&window, "Original").center() + vec2(33.0, -21.0);
    let meant = place(&mut window, "Original").photo_at(at);
    drag(&mut window, at, at);
    let mask = session(&window)
        .desk()
        .mask
        .clone()
        .expect("it was painted");
    let x = (meant.x * mask.width as f32) as usize;
    let y = (meant.y * mask.height as f32) as usize;
    assert!(mask.at(x, y) > 0.9);
    assert_eq!(mask.at(x + 12, y), 0.0);
}

#[test]
fn the_eraser_takes_the_whole_mask_away() {
    let mut window = photo();
    window.state_mut().look_mut().tool = Tool::Brush;
    window.step();
    let at = pane(&window, "Original").center();
    drag(&mut window, at, at);
    let look = window.state_mut().look_mut();
    (look.tool, look.brush, look.feather) = (Tool::Eraser, 0.3, 0.0);
    window.step();
    drag(&mut window, at, at);
    // no mask at all: the next instruction applies everywhere
    assert!(session(&window).desk().mask.is_none());
}

#[test]
fn escape_drops_the_stroke_under_way() {
    let mut window = photo();
    window.state_mut().look_mut().tool = Tool::Brush;
    window.step();
    let at = pane(&window, "Original").center();
    window.hover_at(at);
    window.step();
    window.drag_at(at);
    window.step();
    window.key_press(Key::Escape);
    window.step();
    window.drop_at(at);
    window.step();
    window.step();
    assert!(session(&window).desk().mask.is_none());
}

#[test]
fn the_tool_strip_is_there_while_a_mask_tool_is_in_the_hand() {
    let mut window = photo();
    assert!(window.query_by_label("Radial gradient").is_none());
    window.key_press(Key::B);
    window.step();
    window.step();
    window.get_by_label("Radial gradient").click();
    window.step();
    window.step();
    assert_eq!(window.state_mut().look_mut().tool, Tool::Radial);
    window.get_by_label("Done with the mask").click();
    window.step();
    window.step();
    assert!(window.query_by_label("Radial gradient").is_none());
}

#[test]
fn the_words_are_shown_on_the_photo_and_become_the_mask() {
    let mut window = photo();
    window
        .state_mut()
        .obey(Command::Say("make the left half warmer".to_owned()));
    window.step();
    window.step();
    window.get_by_label("Show where").click();
    until(&mut window, |studio| {
        studio.engine().session().is_some_and(|s| s.found.is_some())
    });
    shot(&mut window, "where");
    window.get_by_label("Use as mask").click();
    window.step();
    window.step();
    let mask = session(&window).desk().mask.clone().expect("it was taken");
    assert!(mask.at(mask.width / 10, 50) > 0.9);
    assert!(mask.at(mask.width * 9 / 10, 50) < 0.1);
}
