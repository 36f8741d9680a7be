//! The hand on the photo: wheel, drag, double-click and the keys that depend on where the pointer is. What it remembers
//! between frames is here too.

use std::sync::Arc;

use eframe::egui::{CursorIcon, Key, MouseWheelSource, PointerButton, Pos2, Response, Ui};
use retake_core::Region;
use retake_engine::Shown;

use super::geometry::Place;
use super::histogram::Tones;
use super::picture::Views;
use super::readout::Readout;
use super::stroke::Stroke;
use super::wipe;
use crate::actions::ACTIONS;
use crate::cx::Cx;
use crate::keys;
use crate::look::{Compare, Tool, Zoom};

/// A press shorter than this latches, seconds.
const TAP: f64 = 0.3;
/// Zoom by the wheel: a factor of e in so many points of scrolling.
const POINTS_PER_E: f32 = 240.0;
/// Turn of the wipe by the wheel, degrees a point of scrolling.
const DEGREES_PER_POINT: f32 = 0.1;

/// A wish about the zoom that a key or a menu left for the viewer, which knows where the pointer is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Wish {
    /// fit or 100 %, the other one
    Toggle,
    /// by a factor
    By(f32),
    /// so many screen pixels a picture pixel
    To(f32),
}

/// A key that shows the original while it is held.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hold {
    /// when it went down; `None` until the viewer has looked at the clock
    since: Option<f64>,
}

/// What the viewer remembers from frame to frame.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hand {
    /// see there
    pub(crate) wish: Option<Wish>,
    /// see there
    pub(crate) hold: Option<Hold>,
    /// flicker without motion: the other picture is shown
    pub(crate) other: bool,
    /// the pixel under the pointer
    pub(crate) readout: Option<Readout>,
    /// see there
    pub(crate) views: Views,
    /// the latest histogram and what it is of
    pub(crate) tones: Option<(Arc<Shown>, Arc<Tones>)>,
    /// lightness of the photo, for the range tool, and what it is of
    pub(crate) lightness: Option<(Arc<Shown>, Arc<Vec<f32>>)>,
    /// the region that was looked for last, and in which photo
    pub(crate) finding: Option<(Option<u64>, Region)>,
    /// the tool in the last frame
    pub(crate) tool: Tool,
    /// the mask being painted
    pub(crate) stroke: Option<Stroke>,
    /// the zoom as it was drawn, screen pixels a picture pixel
    pub(crate) scale: f32,
}

/// The key of the original went down, or its menu entry was chosen.
pub(crate) fn press_original(cx: &mut Cx<'_>) {
    // a held key repeats
    if cx.look.hand.hold.is_none() {
        cx.look.original = !cx.look.original;
        cx.look.hand.hold = Some(Hold { since: None });
    }
}

/// Lets the original go when its key is let go; a tap leaves it.
pub(crate) fn follow_hold(ui: &Ui, cx: &mut Cx<'_>) {
    let Some(hold) = cx.look.hand.hold else {
        return;
    };
    let now = ui.input(|input| input.time);
    let since = hold.since.unwrap_or(now);
    let bound = ACTIONS.iter().find(|action| action.id == "original");
    let held = bound.is_some_and(|action| {
        let keys = keys::of(action, &cx.settings.keys);
        ui.input(|input| keys.iter().any(|keys| input.key_down(keys.logical_key)))
    });
    cx.look.hand.hold = Some(Hold { since: Some(since) });
    if !held {
        cx.look.hand.hold = None;
        if now - since > TAP {
            cx.look.original = false;
        }
    }
}

/// True while the hand pans, whatever the tool.
pub(crate) fn space_down(ui: &Ui) -> bool {
    !ui.ctx().egui_wants_keyboard_input() && ui.input(|input| input.key_down(Key::Space))
}

/// What keys and menus wished about the zoom, about the pointer if it is over a pane, else about the middle.
pub(crate) fn grant(cx: &mut Cx<'_>, place: &Place, pointer: Option<Pos2>) {
    let Some(wish) = cx.look.hand.wish.take() else {
        return;
    };
    let about = pointer.unwrap_or(place.pane.center());
    match wish {
        Wish::By(factor) => zoom_to(cx, place, place.scale * factor, about),
        Wish::To(scale) => zoom_to(cx, place, scale, about),
        Wish::Toggle => toggle(cx, place, about),
    }
}

fn zoom_to(cx: &mut Cx<'_>, place: &Place, scale: f32, about: Pos2) {
    (cx.look.zoom, cx.look.centre) = place.zoomed(scale, about);
}

/// Fit, or 100 % at a position on the screen.
fn toggle(cx: &mut Cx<'_>, place: &Place, about: Pos2) {
    if cx.look.zoom != Zoom::Fit {
        cx.look.zoom = Zoom::Fit;
        return;
    }
    // a picture that is smaller than the pane fits at more than 100 %
    let close = (place.fit - 1.0).abs() < 0.02;
    zoom_to(cx, place, if close { 2.0 } else { 1.0 }, about);
}

/// Wheel, drags and double-clicks on a pane.
pub(crate) fn gestures(ui: &Ui, cx: &mut Cx<'_>, response: &Response, place: &Place) {
    let space = space_down(ui);
    let hand = cx.look.tool == Tool::Hand || space;
    if response.contains_pointer() {
        wheel(ui, cx, place);
    }
    let pans = response.dragged_by(PointerButton::Middle)
        || (hand && response.dragged_by(PointerButton::Primary));
    if pans && response.drag_delta() != eframe::egui::Vec2::ZERO && !place.is_whole() {
        cx.look.centre = place.panned(response.drag_delta());
        // a drag that begins at fit stays at this size
        if cx.look.zoom == Zoom::Fit {
            cx.look.zoom = Zoom::Scale(place.scale);
        }
    }
    if hand && !space {
        let at = response.interact_pointer_pos();
        if response.double_clicked_by(PointerButton::Primary) {
            toggle(cx, place, at.unwrap_or(place.pane.center()));
        } else if response.clicked_by(PointerButton::Primary)
            && cx.look.compare == Compare::Flicker
            && cx.look.reduced_motion
        {
            cx.look.hand.other = !cx.look.hand.other;
        }
    }
    if hand && (response.hovered() || response.dragged()) && !place.is_whole() {
        let icon = if pans {
            CursorIcon::Grabbing
        } else {
            CursorIcon::Grab
        };
        ui.ctx().set_cursor_icon(icon);
    }
}

fn wheel(ui: &Ui, cx: &mut Cx<'_>, place: &Place) {
    let (scroll, pinch, source, shift, pointer) = ui.input(|input| {
        (
            input.smooth_scroll_delta(),
            input.zoom_delta(),
            input.scroll_source(),
            input.modifiers.shift,
            input.pointer.hover_pos(),
        )
    });
    let about = pointer.unwrap_or(place.pane.center());
    if shift && cx.look.compare == Compare::Wipe {
        // the system turns Shift and wheel into sideways scrolling
        let turn = scroll.x + scroll.y;
        if turn != 0.0 {
            wipe::turn(cx, place.visible(), turn * DEGREES_PER_POINT);
        }
        return;
    }
    let fingers = matches!(
        source,
        Some(MouseWheelSource::Trackpad | MouseWheelSource::Momentum)
    );
    if fingers && pinch == 1.0 {
        if scroll != eframe::egui::Vec2::ZERO && !place.is_whole() {
            cx.look.centre = place.panned(scroll);
        }
        return;
    }
    let factor = (scroll.y / POINTS_PER_E).exp() * pinch;
    if (factor - 1.0).abs() > 1e-4 {
        let wanted = place.scale * factor;
        zoom_to(cx, place, wanted, about);
    }
}
