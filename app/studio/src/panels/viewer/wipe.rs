//! The wipe: a line over the photo with before on one side and after on the other. It can be dragged, and turned by its
//! ends or with Shift and the wheel.

use eframe::egui::{
    Color32, CursorIcon, Id, Painter, Pos2, Rect, Role, Sense, Stroke, Ui, Vec2, WidgetInfo, vec2,
};

use crate::cx::Cx;
use crate::theme::{GRID, HALF};

/// Radius of the handles, points; they can be held a little beside them too.
const HANDLE: f32 = 9.0;
const KNOB: f32 = 6.0;
/// How far from the pane's side the ends' handles stay, points.
const INSET: f32 = 3.0 * GRID;

/// The line in a pane.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line {
    /// the middle of what shows of it
    pub(crate) middle: Pos2,
    /// unit vector towards the after side
    pub(crate) towards: Vec2,
    /// where it leaves the pane
    pub(crate) ends: [Pos2; 2],
}

impl Line {
    /// From the look: `at` 0 to 1 across the pane, `angle` in degrees clockwise from upright.
    pub(crate) fn new(pane: Rect, at: f32, angle: f32) -> Self {
        let (sin, cos) = angle.to_radians().sin_cos();
        let towards = vec2(cos, sin);
        let along = vec2(-sin, cos);
        let half = reach(pane, towards);
        let point = pane.center() + towards * half * (at.clamp(0.0, 1.0) * 2.0 - 1.0);
        let ends = [-along, along].map(|way| point + way * inside(pane, point, way));
        Self {
            middle: ends[0] + (ends[1] - ends[0]) / 2.0,
            towards,
            ends,
        }
    }
}

/// Half of the pane's extent in a direction.
fn reach(pane: Rect, towards: Vec2) -> f32 {
    (towards.x.abs() * pane.width() + towards.y.abs() * pane.height()) / 2.0
}

/// How far one can go from a point before the pane ends.
fn inside(pane: Rect, from: Pos2, way: Vec2) -> f32 {
    let along = |at: f32, way: f32, low: f32, high: f32| {
        if way.abs() < 1e-6 {
            f32::INFINITY
        } else {
            ((if way > 0.0 { high } else { low }) - at) / way
        }
    };
    along(from.x, way.x, pane.left(), pane.right())
        .min(along(from.y, way.y, pane.top(), pane.bottom()))
        .max(0.0)
}

/// The share across the pane at which the line of this direction goes through a point.
fn through(pane: Rect, towards: Vec2, point: Pos2) -> f32 {
    let offset = (point - pane.center()).dot(towards) / reach(pane, towards);
    ((offset + 1.0) / 2.0).clamp(0.0, 1.0)
}

/// Turns the line by so many degrees about its middle.
pub(crate) fn turn(cx: &mut Cx<'_>, pane: Rect, degrees: f32) {
    let line = Line::new(pane, cx.look.wipe, cx.look.wipe_angle);
    set_angle(cx, pane, line.middle, cx.look.wipe_angle + degrees);
}

fn set_angle(cx: &mut Cx<'_>, pane: Rect, held: Pos2, degrees: f32) {
    let (sin, cos) = degrees.to_radians().sin_cos();
    cx.look.wipe_angle = (degrees + 180.0).rem_euclid(360.0) - 180.0;
    cx.look.wipe = through(pane, vec2(cos, sin), held);
}

/// Draws the line and its handles, and lets them be dragged.
pub(crate) fn handles(ui: &Ui, painter: &Painter, cx: &mut Cx<'_>, pane: Rect) {
    let line = Line::new(pane, cx.look.wipe, cx.look.wipe_angle);
    let shadow = Stroke::new(3.0, Color32::from_black_alpha(90));
    let light = Stroke::new(1.0, Color32::from_white_alpha(230));
    painter.line_segment(line.ends, shadow);
    painter.line_segment(line.ends, light);

    let hold = |name: &'static str, at: Pos2, radius: f32, key: &'static str, cx: &Cx<'_>| {
        let rect = Rect::from_center_size(at, Vec2::splat(2.0 * (radius + HALF)));
        let id = Id::unique(("viewer", name));
        let response = ui.interact(rect, id, Sense::drag());
        let (label, value) = (cx.text(key), f64::from(cx.look.wipe));
        response.widget_info(|| {
            let mut info = WidgetInfo::labeled(Role::Slider, true, &label);
            info.value = Some(value);
            info
        });
        let bright = response.hovered() || response.dragged();
        let fill = Color32::from_gray(if bright { 255 } else { 225 });
        painter.circle(
            at,
            radius,
            fill,
            Stroke::new(1.0, Color32::from_black_alpha(140)),
        );
        response.on_hover_text(cx.texts.get(key))
    };
    let response = hold("wipe line", line.middle, HANDLE, "wipe_line", cx);
    let arrow = |way: f32| {
        let tip = line.middle + line.towards * way * 5.5;
        let back = line.middle + line.towards * way * 2.0;
        let side = line.towards.rot90() * 3.0;
        painter.line(
            vec![back + side, tip, back - side],
            Stroke::new(1.5, Color32::from_gray(60)),
        );
    };
    arrow(1.0);
    arrow(-1.0);
    if response.dragged()
        && let Some(pointer) = response.interact_pointer_pos()
    {
        cx.look.wipe = through(pane, line.towards, pointer);
        ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
    } else if response.hovered() {
        ui.ctx().set_cursor_icon(CursorIcon::Grab);
    }

    let long = (line.ends[1] - line.ends[0]).length();
    if long < 4.0 * INSET {
        return;
    }
    let along = (line.ends[1] - line.ends[0]) / long;
    for (name, at, sign) in [
        ("wipe end 0", line.ends[0] + along * INSET, -1.0),
        ("wipe end 1", line.ends[1] - along * INSET, 1.0),
    ] {
        let response = hold(name, at, KNOB, "wipe_turn", cx);
        if response.dragged()
            && let Some(pointer) = response.interact_pointer_pos()
            && (pointer - line.middle).length() > GRID
        {
            let way = (pointer - line.middle) * sign;
            // the line's own direction is upright turned clockwise
            let degrees = (-way.x).atan2(way.y).to_degrees();
            // near upright and level it snaps, so that a straight line is easy to have
            let straight = (degrees / 90.0).round() * 90.0;
            let near = (degrees - straight).abs() < 2.0;
            set_angle(cx, pane, line.middle, if near { straight } else { degrees });
        }
        if response.hovered() || response.dragged() {
            ui.ctx().set_cursor_icon(CursorIcon::Alias);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use eframe::egui::pos2;

    fn pane() -> Rect {
        Rect::from_min_size(pos2(10.0, 20.0), vec2(400.0, 300.0))
    }

    #[test]
    fn an_upright_line_stands_where_it_was_put() {
        let line = Line::new(pane(), 0.25, 0.0);
        assert!((line.middle - pos2(110.0, 170.0)).length() < 1e-3);
        assert_eq!(line.towards, vec2(1.0, 0.0));
    }

    #[test]
    fn a_line_of_any_angle_goes_through_the_point_it_was_dragged_to() {
        for degrees in [-150.0f32, -45.0, 0.0, 30.0, 90.0] {
            let (sin, cos) = degrees.to_radians().sin_cos();
            let point = pos2(180.0, 130.0);
            let line = Line::new(pane(), through(pane(), vec2(cos, sin), point), degrees);
            let off = (point - line.middle).dot(line.towards);
            assert!(off.abs() < 1e-2, "{degrees}: {off}");
        }
    }
}
