//! The mask tools on the photo: a press begins a stroke, letting go makes it one step of the history. The mask lies in the
//! photo's frame, so it can be painted on any take.

use std::sync::Arc;

use eframe::egui::{
    Color32, CursorIcon, Painter, PointerButton, Pos2, Response, Ui, Vec2, pos2, vec2,
};
use retake_core::{Mask, Said, said};
use retake_engine::Command;
use retake_pixels::resize;

use super::geometry::Place;
use super::hand::space_down;
use super::marks::{tinted, tinted_part};
use super::paint::{self, Join, MASK_EDGE, Touched};
use super::picture::polygon;
use crate::cx::Cx;
use crate::look::Tool;

/// How strongly the mask tints the photo.
pub(crate) const STRENGTH: f32 = 0.55;
/// Half-width of the range tool at a click, L*, and how much a point of dragging adds.
const RANGE_WIDTH: f32 = 6.0;
const RANGE_PER_POINT: f32 = 0.2;

/// A stroke under way. Positions are in pixels of the mask.
#[derive(Clone, Debug)]
pub(crate) struct Stroke {
    tool: Tool,
    join: Join,
    before: Arc<Mask>,
    mask: Mask,
    from: Vec2,
    last: Vec2,
    /// where the texture is behind the mask
    behind: Option<Touched>,
    /// it was let go, and is shown until the history has it
    done: bool,
}

/// Its name among the texts, which is that of its action.
pub(crate) fn id(tool: Tool) -> &'static str {
    match tool {
        Tool::Hand => "hand",
        Tool::Brush => "brush",
        Tool::Eraser => "eraser",
        Tool::Linear => "linear",
        Tool::Radial => "radial",
        Tool::Range => "range",
    }
}

/// What a stroke of it is called in the history.
fn name(tool: Tool) -> Said {
    match tool {
        Tool::Hand => Said::default(),
        Tool::Brush => said!("Brush"),
        Tool::Eraser => said!("Eraser"),
        Tool::Linear => said!("Linear gradient"),
        Tool::Radial => said!("Radial gradient"),
        Tool::Range => said!("Range"),
    }
}

/// The mask on the desk at the size masks are painted at.
fn on_desk(cx: &Cx<'_>) -> Option<Arc<Mask>> {
    let session = cx.session()?;
    let (width, height) =
        resize::size_within(session.photo.width(), session.photo.height(), MASK_EDGE);
    Some(match &session.desk().mask {
        None => Arc::new(Mask::uniform(width, height, 0.0)),
        Some(mask) if (mask.width, mask.height) == (width, height) => mask.clone(),
        Some(mask) => Arc::new(resize::mask(mask, width, height)),
    })
}

/// Presses, drags and releases of a mask tool on a pane.
pub(crate) fn follow(ui: &Ui, cx: &mut Cx<'_>, response: &Response, place: &Place) {
    if cx
        .look
        .hand
        .stroke
        .as_ref()
        .is_some_and(|stroke| stroke.done)
    {
        cx.look.hand.stroke = None;
    }
    let tool = cx.look.tool;
    if tool == Tool::Hand {
        cx.look.hand.stroke = None;
        return;
    }
    let (pressed, down, pointer, alt) = ui.input(|input| {
        (
            input.pointer.button_pressed(PointerButton::Primary),
            input.pointer.button_down(PointerButton::Primary),
            input.pointer.interact_pos(),
            input.modifiers.alt,
        )
    });
    let Some(pointer) = pointer else { return };
    if pressed && response.is_pointer_button_down_on() && !space_down(ui) {
        begin(cx, place, pointer, alt);
    }
    let Some(mut stroke) = cx.look.hand.stroke.take() else {
        return;
    };
    let at = on_mask(&stroke.mask, place.photo_at(pointer));
    let dragged = place.screen_of_photo(pos2(
        stroke.from.x / stroke.mask.width as f32,
        stroke.from.y / stroke.mask.height as f32,
    )) - pointer;
    stroke.go_on(cx, at, dragged.length());
    if !down {
        let mask = stroke.mask.clone();
        let mask = (mask.share() > 0.0).then(|| Arc::new(mask));
        let label = name(tool);
        cx.send(Command::Mask { mask, label });
        stroke.done = true;
    }
    cx.look.hand.stroke = Some(stroke);
}

fn begin(cx: &mut Cx<'_>, place: &Place, pointer: Pos2, alt: bool) {
    let Some(before) = on_desk(cx) else { return };
    let mask = before.as_ref().clone();
    let from = on_mask(&mask, place.photo_at(pointer));
    let takes_away = alt || cx.look.tool == Tool::Eraser;
    let whole = (0..mask.width, 0..mask.height);
    cx.look.hand.stroke = Some(Stroke {
        tool: cx.look.tool,
        join: if takes_away {
            Join::TakeAway
        } else {
            Join::Add
        },
        before,
        mask,
        from,
        last: from,
        behind: Some(whole),
        done: false,
    });
}

fn on_mask(mask: &Mask, photo: Pos2) -> Vec2 {
    vec2(photo.x * mask.width as f32, photo.y * mask.height as f32)
}

impl Stroke {
    /// To this position; `dragged` is the way from the press, points.
    fn go_on(&mut self, cx: &mut Cx<'_>, at: Vec2, dragged: f32) {
        let (width, height) = (self.mask.width, self.mask.height);
        let feather = cx.look.feather;
        let touched = match self.tool {
            Tool::Hand => None,
            Tool::Brush | Tool::Eraser => {
                let radius = cx.look.brush * width.max(height) as f32;
                paint::brush(&mut self.mask, self.last, at, radius, feather, self.join)
            }
            // a click is no shape
            Tool::Linear | Tool::Radial if dragged < 3.0 => None,
            _ if at == self.last && at != self.from => None,
            Tool::Linear => {
                self.mask = paint::linear(&self.before, self.from, at, self.join);
                Some((0..width, 0..height))
            }
            Tool::Radial => {
                self.mask = paint::radial(&self.before, self.from, at, feather, self.join);
                Some((0..width, 0..height))
            }
            Tool::Range => {
                self.range(cx, dragged);
                Some((0..width, 0..height))
            }
        };
        self.last = at;
        self.behind = match (self.behind.take(), touched) {
            (Some((x, y)), Some((u, v))) => Some((
                x.start.min(u.start)..x.end.max(u.end),
                y.start.min(v.start)..y.end.max(v.end),
            )),
            (one, other) => one.or(other),
        };
    }

    fn range(&mut self, cx: &mut Cx<'_>, dragged: f32) {
        let Some(shown) = cx.session().map(|session| session.shown.clone()) else {
            return;
        };
        if (shown.width, shown.height) != (self.mask.width, self.mask.height) {
            return;
        }
        let kept = cx.look.hand.lightness.as_ref();
        let plane = match kept.filter(|(of, _)| Arc::ptr_eq(of, &shown)) {
            Some((_, plane)) => plane.clone(),
            None => {
                let plane = Arc::new(paint::lightness(&shown));
                cx.look.hand.lightness = Some((shown.clone(), plane.clone()));
                plane
            }
        };
        let x = (self.from.x.max(0.0) as usize).min(shown.width - 1);
        let y = (self.from.y.max(0.0) as usize).min(shown.height - 1);
        let width = RANGE_WIDTH + dragged * RANGE_PER_POINT;
        self.mask = paint::range(
            &self.before,
            &plane,
            plane[y * shown.width + x],
            width,
            2.0 + 20.0 * cx.look.feather,
            self.join,
        );
    }
}

/// Draws the mask over the photo: the one being painted, or the one on the desk.
pub(crate) fn draw(painter: &Painter, cx: &mut Cx<'_>, place: &Place) {
    let ctx = painter.ctx().clone();
    let colour = cx.theme.mask;
    if let Some(stroke) = &mut cx.look.hand.stroke {
        let size = [stroke.mask.width, stroke.mask.height];
        let change = stroke.behind.take().map(|(x, y)| {
            let at = [x.start, y.start];
            (at, tinted_part(&stroke.mask, x, y, colour, STRENGTH))
        });
        let texture = cx.textures.canvas(&ctx, size, change);
        over(painter, place, texture);
        return;
    }
    if !cx.look.mask_shown {
        return;
    }
    if let Some(mask) = cx.session().and_then(|s| s.desk().mask.clone()) {
        let style = 32 + cx.theme.shade as u64;
        let make = |mask: &Mask| tinted(mask, colour, STRENGTH);
        let texture = cx.textures.made(&ctx, &mask, style, true, make);
        over(painter, place, texture);
    }
}

/// A texture of the whole photo's frame over a picture of it.
pub(crate) fn over(painter: &Painter, place: &Place, texture: eframe::egui::TextureId) {
    let shows = place.visible();
    if !shows.is_positive() {
        return;
    }
    let corners = [
        shows.left_top(),
        shows.right_top(),
        shows.right_bottom(),
        shows.left_bottom(),
    ];
    let uv = |at: Pos2| place.photo_at(at);
    polygon(painter, texture, &corners, uv, Color32::WHITE);
}

/// Draws what the tool will touch under the pointer, in dark and light so that it shows on any photo.
pub(crate) fn cursor(ui: &Ui, painter: &Painter, cx: &Cx<'_>, response: &Response, place: &Place) {
    let over = response.hovered() || response.is_pointer_button_down_on();
    if cx.look.tool == Tool::Hand || !over || space_down(ui) {
        return;
    }
    let Some(pointer) = ui.input(|input| input.pointer.latest_pos()) else {
        return;
    };
    let twice = |points: Vec<Pos2>| {
        painter.line(points.clone(), (3.0, Color32::from_black_alpha(110)));
        painter.line(points, (1.0, Color32::from_white_alpha(230)));
    };
    match cx.look.tool {
        Tool::Brush | Tool::Eraser => {
            let frame = &place.frame;
            let edge = frame.source_width.max(frame.source_height) as f32;
            let radius = cx.look.brush * edge * place.scale / place.density;
            twice(ring(pointer, Vec2::splat(radius)));
            let hard = radius * (1.0 - cx.look.feather);
            if hard > 4.0 && cx.look.feather > 0.02 {
                painter.circle_stroke(pointer, hard, (1.0, Color32::from_white_alpha(110)));
            }
            ui.ctx().set_cursor_icon(CursorIcon::None);
        }
        _ => ui.ctx().set_cursor_icon(CursorIcon::Crosshair),
    }
    let Some(stroke) = &cx.look.hand.stroke else {
        return;
    };
    let screen = |at: Vec2| {
        let (width, height) = (stroke.mask.width as f32, stroke.mask.height as f32);
        place.screen_of_photo(pos2(at.x / width, at.y / height))
    };
    match stroke.tool {
        Tool::Linear => {
            twice(vec![screen(stroke.from), screen(stroke.last)]);
            twice(ring(screen(stroke.from), Vec2::splat(4.0)));
        }
        Tool::Radial => {
            let radius = stroke.last - stroke.from;
            let unit = ring(Pos2::ZERO, Vec2::splat(1.0));
            twice(
                unit.iter()
                    .map(|at| screen(stroke.from + at.to_vec2() * radius))
                    .collect(),
            );
        }
        _ => {}
    }
}

fn ring(centre: Pos2, radius: Vec2) -> Vec<Pos2> {
    const STEPS: usize = 64;
    (0..=STEPS)
        .map(|i| {
            let angle = i as f32 / STEPS as f32 * std::f32::consts::TAU;
            centre + vec2(angle.cos(), angle.sin()) * radius
        })
        .collect()
}
