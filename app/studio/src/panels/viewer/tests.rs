//! Journeys over the photo: zoom, pan, compare, masks, readout.

use eframe::egui::{
    Event, Key, Modifiers, MouseWheelUnit, PointerButton, Pos2, TouchPhase, Vec2, pos2, vec2,
};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use retake_engine::{Command, Subject};

use super::geometry::Place;
use super::picture::{Picture, view};
use crate::Studio;
use crate::look::{Against, Compare, Tool, Zoom};
use crate::testing::{sample, session, shot, until, window, with_takes};

type Window = Harness<'static, Studio>;

/// A window with an open photo, the keyboard free.
fn photo() -> Window {
    let mut window = window([900.0, 640.0], vec![sample("astronaut.png")]);
    until(&mut window, |studio| studio.engine().session().is_some());
    free(&mut window);
    window
}

/// A window with scored takes, the keyboard free.
fn takes() -> Window {
    let mut window = with_takes([1280.0, 800.0], "warmer, more contrast", 2);
    free(&mut window);
    window
}

fn free(window: &mut Window) {
    window.state_mut().look_mut().wants_line = false;
    window.step();
    let focused = window.ctx.memory(|memory| memory.focused());
    if let Some(focused) = focused {
        window
            .ctx
            .memory_mut(|memory| memory.surrender_focus(focused));
    }
    window.step();
    window.step();
}

/// The pane on the screen: the only one, or the one of that picture.
fn pane(window: &Window, name: &str) -> eframe::egui::Rect {
    window.get_by_label(&format!("Photo: {name}")).rect()
}

/// How the photo lies in a pane.
fn place(window: &mut Window, name: &str) -> Place {
    let pane = pane(window, name);
    let photo = &session(window).photo;
    let frame = retake_darkroom::render::Frame::whole(photo.width(), photo.height());
    let look = window.state_mut().look_mut();
    Place::new(pane, 1.0, frame, look.zoom, look.centre)
}

fn wheel(window: &mut Window, at: Pos2, notches: f32, modifiers: Modifiers) {
    window.hover_at(at);
    window.step();
    window.event_modifiers(
        Event::MouseWheel {
            unit: MouseWheelUnit::Line,
            delta: vec2(0.0, notches),
            phase: TouchPhase::Move,
            source: eframe::egui::MouseWheelSource::Wheel,
            modifiers,
        },
        modifiers,
    );
    // scrolling is smoothed over some frames
    for _ in 0..30 {
        window.step();
    }
}

fn drag(window: &mut Window, from: Pos2, to: Pos2) {
    window.hover_at(from);
    window.step();
    window.drag_at(from);
    window.step();
    for i in 1..=4 {
        window.hover_at(from + (to - from) * (i as f32 / 4.0));
        window.step();
    }
    window.drop_at(to);
    window.step();
    window.step();
}

/// Press and release in one frame: frames of the harness are a quarter of a second long, too long for a double-click.
fn click(window: &mut Window, at: Pos2) {
    for pressed in [true, false] {
        window.input_mut().events.push(Event::PointerButton {
            pos: at,
            button: PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        });
    }
    window.step();
}

fn double_click(window: &mut Window, at: Pos2) {
    window.hover_at(at);
    window.step();
    click(window, at);
    click(window, at);
    window.step();
}

/// Draws until the picture in a pane is there exactly.
fn sharp(window: &mut Window) {
    until(window, |studio| {
        studio
            .engine()
            .seen(0)
            .is_some_and(|seen| studio.engine().key_of(seen.view.subject) == Some(seen.key))
    });
    window.step();
    window.step();
}

#[test]
fn the_wheel_keeps_the_point_under_the_cursor() {
    let mut window = photo();
    let cursor = place(&mut window, "Original").rect.center() + vec2(60.0, -45.0);
    window.state_mut().look_mut().zoom = Zoom::Scale(2.0);
    window.step();
    let held = place(&mut window, "Original").photo_at(cursor);
    wheel(&mut window, cursor, 3.0, Modifiers::NONE);
    let after = place(&mut window, "Original");
    assert!(after.scale > 2.5, "{}", after.scale);
    // the picture lies on whole screen pixels
    let off = (after.photo_at(cursor) - held).abs() * 512.0 * after.scale;
    assert!(off.max_elem() < 2.0, "{off:?}");
}

#[test]
fn z_is_fit_or_a_hundred_percent_at_the_pointer() {
    let mut window = takes();
    let cursor = pane(&window, "Take 1").center() + vec2(40.0, 10.0);
    window.hover_at(cursor);
    window.step();
    window.key_press(Key::Z);
    window.step();
    window.step();
    assert_eq!(window.state_mut().look_mut().zoom, Zoom::Scale(1.0));
    window.key_press(Key::Z);
    window.step();
    assert_eq!(window.state_mut().look_mut().zoom, Zoom::Fit);
}

#[test]
fn a_double_click_zooms_and_a_second_one_goes_back() {
    let mut window = photo();
    let at = pane(&window, "Original").center();
    window.state_mut().look_mut().zoom = Zoom::Scale(3.0);
    window.step();
    double_click(&mut window, at);
    assert_eq!(window.state_mut().look_mut().zoom, Zoom::Fit);
    window.run_steps(4);
    let fit = place(&mut window, "Original").fit;
    double_click(&mut window, at);
    let zoom = window.state_mut().look_mut().zoom;
    assert!(
        matches!(zoom, Zoom::Scale(scale) if scale.fract() == 0.0 && scale > 1.02 * fit),
        "{zoom:?}"
    );
}

#[test]
fn both_panes_pan_together() {
    let mut window = takes();
    window.key_press(Key::C);
    window.step();
    window.state_mut().look_mut().against = Against::Original;
    window.state_mut().look_mut().zoom = Zoom::Scale(3.0);
    window.step();
    let from = pane(&window, "Original").center();
    let before = place(&mut window, "Original").photo_at(from);
    drag(&mut window, from, from + vec2(-90.0, 30.0));
    let left = place(&mut window, "Original");
    let moved = (left.photo_at(from) - before) * 512.0 * 3.0;
    assert!(
        (moved - vec2(90.0, -30.0)).abs().max_elem() < 2.0,
        "{moved:?}"
    );
    let take = name_of_focus(&window);
    let right = place(&mut window, &take);
    let same = left.photo_at(left.pane.center()) - right.photo_at(right.pane.center());
    assert!(same.abs().max_elem() < 0.002, "{same:?}");
}

fn name_of_focus(window: &Window) -> String {
    let best = session(window).ranking().leader().expect("it is scored");
    let take = session(window).take(best).expect("it is there");
    format!("Take {}", take.index + 1)
}

#[test]
fn the_middle_button_pans_whatever_the_tool() {
    let mut window = photo();
    window.state_mut().look_mut().zoom = Zoom::Scale(4.0);
    window.state_mut().look_mut().tool = Tool::Brush;
    window.step();
    let from = pane(&window, "Original").center();
    let before = window.state_mut().look_mut().centre;
    let press = |pos: Pos2, pressed| Event::PointerButton {
        pos,
        button: PointerButton::Middle,
        pressed,
        modifiers: Modifiers::NONE,
    };
    window.hover_at(from);
    window.event(press(from, true));
    window.step();
    window.hover_at(from + vec2(50.0, 0.0));
    window.step();
    window.event(press(from + vec2(50.0, 0.0), false));
    window.step();
    assert!(window.state_mut().look_mut().centre.x < before.x);
    assert!(session(&window).desk().mask.is_none());
}

#[test]
fn space_pans_with_a_mask_tool_in_the_hand() {
    let mut window = photo();
    window.state_mut().look_mut().zoom = Zoom::Scale(4.0);
    window.state_mut().look_mut().tool = Tool::Brush;
    window.step();
    let from = pane(&window, "Original").center();
    let before = window.state_mut().look_mut().centre;
    window.key_down(Key::Space);
    window.step();
    drag(&mut window, from, from + vec2(0.0, 60.0));
    window.key_up(Key::Space);
    window.step();
    assert!(window.state_mut().look_mut().centre.y < before.y);
    assert!(session(&window).desk().mask.is_none());
}

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
fn a_picture_does_not_differ_from_itself() {
    let mut window = takes();
    let best = session(&window).ranking().leader().expect("it is scored");
    let take = session(&window).take(best).cloned().expect("it is there");
    let mut recipe = take.provenance.recipe.clone();
    recipe["layers"] = serde_json::json!([]);
    window.state_mut().obey(Command::Adjust {
        take: best,
        recipe,
        label: "Nothing".to_owned(),
        done: true,
    });
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
fn the_readout_is_the_pixel_under_the_pointer() {
    let mut window = photo();
    window.state_mut().look_mut().zoom = Zoom::Scale(1.0);
    window.step();
    sharp(&mut window);
    let at = pane(&window, "Original").center() + vec2(31.0, 17.0);
    window.hover_at(at);
    window.step();
    window.step();
    let place = place(&mut window, "Original");
    let pixel = place.picture_at(at);
    let (x, y) = (pixel.x as usize, pixel.y as usize);
    let shown = session(&window).shown.clone();
    let [r, g, b] = shown.at(x, y);
    let label = format!("x {x} R {r} G {g} B {b} y {y}");
    assert!(
        window.query_by_label_contains(&label).is_some(),
        "{label}: {:?}",
        window.state_mut().look_mut().hand.readout
    );
}

#[test]
fn what_is_asked_for_is_what_shows_and_it_comes() {
    let mut window = takes();
    sharp(&mut window);
    window.state_mut().look_mut().zoom = Zoom::Scale(1.0);
    window.step();
    sharp(&mut window);
    let best = session(&window).ranking().leader().expect("it is scored");
    until(&mut window, |studio| {
        let seen = studio.engine().seen(0);
        seen.is_some_and(|seen| {
            seen.view.subject == Subject::Take(best)
                && seen.view.size == (seen.view.part.width(), seen.view.part.height())
        })
    });
}

#[test]
fn an_idle_window_asks_for_nothing_more() {
    let mut window = takes();
    sharp(&mut window);
    for _ in 0..20 {
        window.step();
    }
    let before = window.state().engine().seen(0).map(|s| s.shown.clone());
    std::thread::sleep(std::time::Duration::from_millis(200));
    for _ in 0..5 {
        window.step();
    }
    let after = window.state().engine().seen(0).map(|s| s.shown.clone());
    let (before, after) = before.zip(after).expect("it was rendered");
    assert!(std::sync::Arc::ptr_eq(&before, &after));
}

#[test]
fn zoom_and_place_stay_when_another_take_is_looked_at() {
    let mut window = takes();
    window.state_mut().look_mut().zoom = Zoom::Scale(2.5);
    window.state_mut().look_mut().centre = pos2(0.3, 0.4);
    window.step();
    window.key_press(Key::ArrowRight);
    window.step();
    window.step();
    let look = window.state_mut().look_mut();
    assert_eq!((look.zoom, look.centre), (Zoom::Scale(2.5), pos2(0.3, 0.4)));
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

#[test]
fn a_photo_that_cannot_be_opened_says_so_where_it_would_be() {
    let path = std::env::temp_dir().join("retake-not-a-photo.jpg");
    std::fs::write(&path, b"no photo").expect("the folder can be written");
    let mut window = window([900.0, 640.0], vec![path]);
    until(&mut window, |studio| !studio.engine().messages().is_empty());
    let message = window.state().engine().messages()[0].text.clone();
    // in the viewer, and as a message
    assert!(window.query_all_by_label(&message).count() >= 2);
}

#[test]
fn the_viewer_in_every_theme() {
    let mut window = takes();
    sharp(&mut window);
    let at = pane(&window, &name_of_focus(&window)).center();
    window.hover_at(at);
    let look = window.state_mut().look_mut();
    look.histogram = true;
    look.clipping = true;
    for shade in crate::theme::Shade::ALL {
        window.state_mut().look_mut().shade = shade;
        window.step();
        shot(&mut window, &format!("viewer-{}", shade.id()));
    }
    window.state_mut().look_mut().tool = Tool::Brush;
    window.step();
    drag(&mut window, at, at + Vec2::splat(60.0));
    for shade in crate::theme::Shade::ALL {
        window.state_mut().look_mut().shade = shade;
        window.step();
        shot(&mut window, &format!("mask-{}", shade.id()));
    }
    assert!(session(&window).desk().mask.is_some());
    let look = window.state_mut().look_mut();
    (look.tool, look.compare, look.clipping) = (Tool::Hand, Compare::Overlay, false);
    look.language = "de".to_owned();
    window.set_size(vec2(1600.0, 1000.0));
    window.set_pixels_per_point(2.0);
    window.hover_at(at);
    window.run_steps(3);
    std::thread::sleep(std::time::Duration::from_millis(300));
    shot(&mut window, "overlay-de-2x");
}

#[test]
fn the_view_of_a_crop_is_in_its_own_pixels() {
    let frame = retake_darkroom::render::Frame::whole(400, 300).then(
        200,
        100,
        [[1.0, 0.0, 50.0], [0.0, 1.0, 80.0]],
    );
    let shown = retake_engine::Shown {
        width: 1,
        height: 1,
        rgba: vec![0, 0, 0, 255],
    };
    let picture = Picture {
        subject: Subject::Photo,
        frame,
        name: String::new(),
        small: std::sync::Arc::new(shown),
        key: 1,
    };
    let pane = eframe::egui::Rect::from_min_size(Pos2::ZERO, vec2(800.0, 600.0));
    let place = Place::new(pane, 1.0, frame, Zoom::Fit, pos2(0.5, 0.5));
    let view = view(&picture, &place).expect("it shows");
    assert_eq!(view.part, retake_core::Rect::whole(200, 100));
}

/// 24 megapixels: a sample photo mirrored over 6000 × 4000.
fn large() -> std::sync::Arc<retake_engine::Pasted> {
    let limits = retake_files::Limits::default();
    let photo = retake_files::open(&sample("dandelions.jpg"), &limits).expect("it is a photo");
    let shown = retake_engine::Shown::of(
        &retake_core::Picture::part(
            &photo,
            retake_core::Rect::whole(photo.width(), photo.height()),
        )
        .expect("it is in memory"),
    );
    let (width, height) = (6000, 4000);
    let mirrored = |at: usize, length: usize| {
        let at = at % (2 * length);
        if at < length { at } else { 2 * length - 1 - at }
    };
    let mut rgba = Vec::with_capacity(width * height * 4);
    for y in 0..height {
        for x in 0..width {
            let at = mirrored(y, shown.height) * shown.width + mirrored(x, shown.width);
            rgba.extend_from_slice(&shown.rgba[at * 4..at * 4 + 4]);
        }
    }
    std::sync::Arc::new(retake_engine::Pasted {
        width,
        height,
        rgba,
    })
}

#[test]
fn a_photo_of_24_megapixels_pans_in_short_frames_and_becomes_sharp() {
    let mut window = window([1600.0, 1000.0], Vec::new());
    window.state_mut().obey(Command::OpenPasted(large()));
    until(&mut window, |studio| studio.engine().session().is_some());
    free(&mut window);
    let from = pane(&window, "Original").center();
    let clock = std::time::Instant::now();
    sharp(&mut window);
    eprintln!("fit: sharp after {:?}", clock.elapsed());
    for scale in [0.5, 1.0, 2.0] {
        window.state_mut().look_mut().zoom = Zoom::Scale(scale);
        window.hover_at(from);
        window.step();
        window.drag_at(from);
        window.step();
        let mut frames = Vec::new();
        for i in 0..40 {
            window.hover_at(from - vec2(i as f32 * 9.0, i as f32 * 4.0));
            let clock = std::time::Instant::now();
            window.step();
            frames.push(clock.elapsed());
        }
        window.drop_at(from - vec2(360.0, 160.0));
        window.step();
        let clock = std::time::Instant::now();
        let wanted = place(&mut window, "Original").part().map(|(part, _)| part);
        until(&mut window, |studio| {
            studio.engine().seen(0).map(|seen| seen.view.part) == wanted
        });
        frames.sort();
        let (middle, worst) = (frames[20], frames[39]);
        eprintln!(
            "{scale}: frame {middle:?}, worst {worst:?}, sharp after {:?}",
            clock.elapsed()
        );
        assert!(middle < std::time::Duration::from_millis(60), "{middle:?}");
    }
}
