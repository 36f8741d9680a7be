//! Journeys over the photo: zoom, pan, compare, masks, readout.

mod comparing;
mod masking;
mod showing;
mod zooming;

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

fn name_of_focus(window: &Window) -> String {
    let best = session(window).ranking().leader().expect("it is scored");
    let take = session(window).take(best).expect("it is there");
    format!("Take {}", take.index + 1)
}
