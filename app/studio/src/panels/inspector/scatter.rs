//! Any two dimensions against each other, with their spreads as whiskers. The Pareto front is a line through full points.

use eframe::egui::{
    Align2, FontId, Pos2, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use super::group::{Drawn, Pointed, Takes};
use super::pareto;
use crate::cx::Cx;
use crate::theme::{GRID, SMALL};
use crate::widgets::ten;

/// Height of the plot, points.
const HEIGHT: f32 = 216.0;
/// How near the pointer must be to a point, points.
const NEAR: f32 = 14.0;

/// Room between the frame and the outermost points, points.
const INSET: f32 = 8.0;

/// From the values of an axis to places on the screen.
pub(super) struct Scale {
    pub(super) low: f32,
    pub(super) high: f32,
    from: f32,
    to: f32,
}

impl Scale {
    /// Around every value with its whisker, in steps of 0.05, never wider than 0 to 1.
    pub(super) fn around(values: impl Iterator<Item = (f32, f32)>, from: f32, to: f32) -> Self {
        let (mut low, mut high) = (1.0f32, 0.0f32);
        for (value, spread) in values {
            low = low.min(value - spread);
            high = high.max(value + spread);
        }
        let high = ((high * 20.0).ceil() / 20.0).clamp(0.1, 1.0);
        let low = ((low * 20.0).floor() / 20.0).clamp(0.0, high - 0.1);
        Self {
            low,
            high,
            from,
            to,
        }
    }
    pub(super) fn at(&self, value: f32) -> f32 {
        let share = (value - self.low) / (self.high - self.low);
        self.from + (self.to - self.from) * share.clamp(0.0, 1.0)
    }
}

/// Draws it.
pub(super) fn show(ui: &mut Ui, cx: &Cx<'_>, takes: &Takes, pair: &[usize; 2]) -> Pointed {
    let size = vec2(ui.available_width(), HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let name = cx.texts.get("inspector_scatter");
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name));
    let inside = Rect::from_min_max(
        rect.min + vec2(4.0 * GRID, GRID),
        rect.max - vec2(2.0 * GRID, 3.0 * GRID),
    );
    let both = |take: &Drawn| Some((take.scores[pair[0]]?, take.scores[pair[1]]?));
    let drawn: Vec<Placed<'_>> = takes
        .takes
        .iter()
        .filter_map(|take| both(take).map(|(x, y)| (take, x, y)))
        .collect();
    let x = Scale::around(
        drawn.iter().map(|(_, x, _)| *x),
        inside.left() + INSET,
        inside.right() - INSET,
    );
    let y = Scale::around(
        drawn.iter().map(|(_, _, y)| *y),
        inside.bottom() - INSET,
        inside.top() + INSET,
    );
    frame(ui, cx, inside, &x, &y);
    let standing: Vec<_> = drawn.iter().filter(|(take, ..)| !take.rejected).collect();
    let points: Vec<(f32, f32)> = standing.iter().map(|(_, x, y)| (x.0, y.0)).collect();
    let front = pareto::front(&points);
    let line: Vec<Pos2> = front
        .iter()
        .map(|&i| pos2(x.at(points[i].0), y.at(points[i].1)))
        .collect();
    ui.painter().line(line, Stroke::new(1.5, cx.theme.weak));
    let mut pointed = Pointed::default();
    let mut nearest = NEAR;
    for (take, across, up) in &drawn {
        let at = pos2(x.at(across.0), y.at(up.0));
        let on_front = front.iter().any(|&i| standing[i].0.id == take.id);
        point(ui, cx, takes, take, at, on_front);
        whiskers(ui, takes.stroke(cx, take), at, (across, &x), (up, &y));
        let distance = response.hover_pos().map(|pointer| pointer.distance(at));
        if let Some(distance) = distance.filter(|distance| *distance < nearest) {
            nearest = distance;
            pointed.hovered = Some(take.id);
            pointed.clicked = response.clicked().then_some(take.id);
        }
    }
    if let Some((take, across, up)) = drawn
        .iter()
        .find(|(take, ..)| pointed.hovered == Some(take.id))
    {
        let at = pos2(x.at(across.0), y.at(up.0));
        words(ui, cx, takes, take, at, inside, (across, up));
    }
    pointed
}

/// Lines and numbers at the ends and the middle.
fn frame(ui: &Ui, cx: &Cx<'_>, inside: Rect, x: &Scale, y: &Scale) {
    let painter = ui.painter();
    let font = FontId::proportional(SMALL);
    let stroke = Stroke::new(1.0, cx.theme.line.gamma_multiply(0.7));
    painter.rect_stroke(inside, 0.0, stroke, StrokeKind::Inside);
    for share in [0.0, 0.5, 1.0] {
        let value = x.low + (x.high - x.low) * share;
        let at = x.at(value);
        painter.vline(at, inside.y_range(), stroke);
        let below = pos2(at, inside.bottom() + 4.0);
        painter.text(
            below,
            Align2::CENTER_TOP,
            cx.texts.number(&ten(value)),
            font.clone(),
            cx.theme.weak,
        );
        let value = y.low + (y.high - y.low) * share;
        let at = y.at(value);
        painter.hline(inside.x_range(), at, stroke);
        let beside = pos2(inside.left() - 6.0, at);
        painter.text(
            beside,
            Align2::RIGHT_CENTER,
            cx.texts.number(&ten(value)),
            font.clone(),
            cx.theme.weak,
        );
    }
}

fn point(ui: &Ui, cx: &Cx<'_>, takes: &Takes, take: &Drawn, at: Pos2, on_front: bool) {
    let stroke = takes.stroke(cx, take);
    let special = takes.focus == Some(take.id) || takes.hovered == Some(take.id);
    let radius = if special { 5.5 } else { 4.5 };
    if on_front {
        ui.painter().circle_filled(at, radius, stroke.color);
    } else {
        let fill = cx.theme.panel;
        let stroke = Stroke::new(1.5, stroke.color);
        ui.painter().circle(at, radius, fill, stroke);
    }
}

/// A take with value and spread across and up.
type Placed<'a> = (&'a Drawn, (f32, f32), (f32, f32));
/// Value and spread, and the scale they are drawn on.
type OnScale<'a> = (&'a (f32, f32), &'a Scale);

fn whiskers(ui: &Ui, stroke: Stroke, at: Pos2, (across, x): OnScale<'_>, (up, y): OnScale<'_>) {
    let stroke = Stroke::new(1.0, stroke.color.gamma_multiply(0.55));
    let painter = ui.painter();
    if across.1 > 0.002 {
        let (low, high) = (x.at(across.0 - across.1), x.at(across.0 + across.1));
        painter.hline(low..=high, at.y, stroke);
    }
    if up.1 > 0.002 {
        let (low, high) = (y.at(up.0 + up.1), y.at(up.0 - up.1));
        painter.vline(at.x, low..=high, stroke);
    }
}

fn words(
    ui: &Ui,
    cx: &Cx<'_>,
    takes: &Takes,
    take: &Drawn,
    at: Pos2,
    inside: Rect,
    (across, up): (&(f32, f32), &(f32, f32)),
) {
    let text = {
        let [across, up] = [across.0, up.0].map(|value| cx.texts.number(&ten(value)));
        format!("{}   {across} · {up}", take.name)
    };
    let colour = takes.colour(cx, take);
    let painter = ui.painter();
    let galley = painter.layout_no_wrap(text, FontId::proportional(SMALL), colour);
    let size = galley.size();
    let left = (at.x + 10.0)
        .min(inside.right() - size.x)
        .max(inside.left());
    let top = if at.y - size.y - 10.0 < inside.top() {
        at.y + 10.0
    } else {
        at.y - size.y - 10.0
    };
    let rect = Rect::from_min_size(pos2(left, top), size);
    painter.rect_filled(rect.expand(3.0), 2.0, cx.theme.raised);
    painter.galley(rect.min, galley, colour);
}
