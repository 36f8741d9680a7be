//! The viewer: the take that is looked at, or the photo, on a neutral surround, alone or against another.

mod arranged;
mod bar;
mod compare;
mod difference;
mod evidence;
mod geometry;
mod hand;
mod histogram;
mod marks;
mod paint;
mod picture;
mod readout;
mod strip;
mod stroke;
mod whereabouts;
mod wipe;

#[cfg(test)]
mod tests;

use eframe::egui::{
    Align, Id, Layout, Pos2, Rect, Response, Role, Sense, Ui, UiBuilder, WidgetInfo, vec2,
};

pub(crate) use arranged::compare_best;
pub(crate) use bar::HEIGHT as BAR;
pub(crate) use evidence::STRENGTH;
pub(crate) use hand::{Hand, Wish, press_original};
pub(crate) use marks::tinted;

use crate::cx::Cx;
use crate::look::{Compare, Tool};
use crate::theme::GRID;
use arranged::Arranged;
use geometry::Place;
use picture::Picture;
use readout::Readout;

/// Zooms by a factor about the pointer, or about the middle of the view.
pub(crate) fn zoom_step(cx: &mut Cx<'_>, factor: f32) {
    cx.look.hand.wish = Some(Wish::By(factor));
}

/// Draws it.
pub(crate) fn show(ui: &mut Ui, cx: &mut Cx<'_>) {
    if cx.session().is_none() {
        super::first::show(ui, cx);
        return;
    }
    let all = ui.available_rect_before_wrap();
    let split = all.bottom() - bar::HEIGHT;
    let canvas = Rect::from_min_max(all.min, Pos2::new(all.right(), split));
    let below = Rect::from_min_max(Pos2::new(all.left(), split), all.max);
    cx.look.viewer = canvas.size();
    hand::follow_hold(ui, cx);
    follow_tool(cx);
    let mut views = std::mem::take(&mut cx.look.hand.views);
    views.gather(cx);
    cx.look.hand.views = views;
    if canvas.height() > GRID
        && let Some(pair) = Arranged::of(cx)
    {
        show_pair(ui, cx, &pair, canvas);
    }
    ui.painter().rect_filled(below, 0.0, cx.theme.panel);
    let builder = UiBuilder::new()
        .id_salt("viewer bar")
        .max_rect(below)
        .layout(Layout::left_to_right(Align::Center));
    ui.scope_builder(builder, |ui| bar::show(ui, cx));
    ui.advance_cursor_after_rect(all);
}

/// A mask shows while it is worked on and steps back when the hand takes over.
fn follow_tool(cx: &mut Cx<'_>) {
    let tool = cx.look.tool;
    let was = std::mem::replace(&mut cx.look.hand.tool, tool);
    if (was == Tool::Hand) != (tool == Tool::Hand) {
        cx.look.mask_shown = tool != Tool::Hand;
    }
}

fn show_pair(ui: &mut Ui, cx: &mut Cx<'_>, pair: &Arranged, canvas: Rect) {
    let density = ui.ctx().pixels_per_point();
    let panes = arranged::panes(canvas, pair.pictures().len());
    let place = |cx: &Cx<'_>, pane: Rect, picture: &Picture| {
        Place::new(pane, density, picture.frame, cx.look.zoom, cx.look.centre)
    };
    let of = |i: usize| &pair.pictures()[i];
    let responses: Vec<Response> = (panes.iter().enumerate())
        .map(|(i, &pane)| {
            let id = Id::unique(("viewer pane", i));
            let response = ui.interact(pane, id, Sense::click_and_drag());
            let name = cx.texts.with("photo_of", &[("name", &of(i).name)]);
            response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
            response
        })
        .collect();

    let under = responses.iter().position(Response::contains_pointer);
    let at = under.unwrap_or(pair.own());
    let pointer = under.and_then(|_| ui.input(|input| input.pointer.hover_pos()));
    let before_wish = place(cx, panes[at], of(at));
    hand::grant(cx, &before_wish, pointer);
    for (i, response) in responses.iter().enumerate() {
        let place = place(cx, panes[i], of(i));
        hand::gestures(ui, cx, response, &place);
    }

    let painter = ui.painter().with_clip_rect(canvas);
    let places: Vec<Place> = (panes.iter().enumerate())
        .map(|(i, &pane)| place(cx, pane, of(i)))
        .collect();
    // where what is looked at is
    let own = pair.own();
    cx.look.hand.scale = places[own].scale;
    // a stroke stays in the pane it began in
    let held = responses
        .iter()
        .position(Response::is_pointer_button_down_on);
    let held = held.unwrap_or(at);
    stroke::follow(ui, cx, &responses[held], &places[held]);

    let before_place = place(cx, panes[0], &pair.before);
    let beside: Vec<(&Picture, &Place)> = pair.pictures().iter().zip(&places).collect();
    let shows = compare::Shows {
        ui,
        painter: &painter,
        before: (&pair.before, &before_place),
        after: (&pair.after, &places[own]),
        beside: &beside,
    };
    let top = compare::draw(&shows, cx, pair.mode, pointer);
    cx.look.hand.readout = pointer.and_then(|pointer| {
        let before = top == compare::Top::Before;
        let (picture, place, pane) = match (pair.mode, under) {
            (Compare::Side, Some(i)) => (of(i), &places[i], panes.len() - 1 - i),
            _ if before => (&pair.before, &before_place, 1),
            _ => (&pair.after, &places[own], 0),
        };
        picture::ask(cx, picture, place, pane, true);
        Readout::of(cx, picture, place, pointer)
    });

    if let Some(take) = &pair.take {
        evidence::draw(&painter, cx, take, &pair.after, &places[own]);
    }
    for place in &places {
        let painter = painter.with_clip_rect(place.pane);
        whereabouts::draw(&painter, cx, place);
        stroke::draw(&painter, cx, place);
    }
    stroke::cursor(ui, &painter, cx, &responses[at], &places[at]);
    // a low window belongs to the photo
    if cx.look.histogram && canvas.height() > 3.0 * histogram::HEIGHT {
        let shown = match top {
            compare::Top::Before => pair.before.small.clone(),
            compare::Top::After => pair.after.small.clone(),
        };
        histogram::show(&painter, cx, &shown, canvas);
    }
    let beside = if cx.look.tool == Tool::Hand {
        0.0
    } else {
        strip::WIDTH + GRID
    };
    let corner = canvas.left_top() + vec2(GRID + beside, GRID);
    whereabouts::row(ui, cx, corner, canvas);
    strip::show(ui, cx, canvas);
    if pair.mode == Compare::Overlay && canvas.height() > 2.0 * BAR {
        bar::opacity(ui, cx, canvas);
    }
}
