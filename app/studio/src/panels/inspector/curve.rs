//! What more takes would buy: the best score of the first so many takes, where it is expected to go with more of them and
//! how sure that is, and what a judge that took no part in the choice says of the same. Below it, four more.

use eframe::egui::{
    Align2, Button, Color32, FontId, Pos2, Rect, Response, RichText, Role, Sense, Shape, Stroke,
    StrokeKind, Ui, WidgetInfo, pos2, vec2,
};
use retake_engine::{Buys, Command, Flag, GuardPoint, Session};

use super::scatter::Scale;
use super::title;
use crate::cx::Cx;
use crate::theme::{GRID, HALF, SMALL};
use crate::widgets::{self, ten};

/// Height of the plot with its numbers, points.
const HEIGHT: f32 = 168.0;
/// Takes that the button makes.
const OFFERED: usize = 4;
/// Where the curve of a large group begins: so many doublings before what is made, so that what comes has room.
const DOUBLINGS: i32 = 3;
/// Standard deviations that a whisker of the judge that takes no part is long, to each side.
const WHISKER: f32 = 1.0;

/// What is drawn.
struct Curve {
    /// best overall score of the first one, two … takes, 0 to 1
    best: Vec<f32>,
    /// what more would buy, fewest first
    buys: Vec<Buys>,
    /// as a judge that took no part sees the best of the first so many
    held_out: Vec<GuardPoint>,
}

impl Curve {
    /// Of the takes that stand; `None` while too few are scored.
    fn of(session: &Session) -> Option<Self> {
        let ranking = session.ranking();
        let standing = session
            .sheet()
            .into_iter()
            .filter(|take| session.desk().mark(take.id).flag != Flag::Rejected);
        let mut highest = f32::MIN;
        let best: Vec<f32> = standing
            .filter_map(|take| ranking.overall.get(&take.id))
            .map(|&overall| {
                highest = highest.max(overall);
                highest
            })
            .collect();
        if ranking.buys.is_empty() || best.is_empty() {
            return None;
        }
        let guarded = session.guarded.as_ref();
        Some(Self {
            held_out: guarded.map_or_else(Vec::new, |guarded| guarded.curve.clone()),
            buys: ranking.buys.clone(),
            best,
        })
    }
    fn made(&self) -> usize {
        self.best.len()
    }
    fn now(&self) -> f32 {
        self.best[self.made() - 1]
    }
    /// Takes at the left and at the right end.
    fn ends(&self) -> (f32, f32) {
        let made = self.made() as f32;
        let begun = match self.held_out.is_empty() {
            true => (made / 2f32.powi(DOUBLINGS)).max(1.0),
            false => 1.0,
        };
        (begun, made + self.most() as f32)
    }
    fn most(&self) -> usize {
        self.buys.last().map_or(1, |buys| buys.more)
    }
    /// Expected score with so many more, and the ends of what four futures of five bring.
    fn then(&self, buys: &Buys) -> (f32, f32, f32) {
        let with = |gain: f32| (self.now() + gain).min(1.0);
        (with(buys.believed), with(buys.low), with(buys.high))
    }
    /// Every score with half the height around it.
    fn scores(&self) -> impl Iterator<Item = (f32, f32)> + '_ {
        let (begun, _) = self.ends();
        let made = self.best.iter().skip(begun.ceil() as usize - 1);
        let coming = self.buys.iter().flat_map(|buys| {
            let (_, low, high) = self.then(buys);
            [(low, 0.0), (high, 0.0)]
        });
        let held_out = self.held_out.iter();
        made.map(|&score| (score, 0.0))
            .chain(coming)
            .chain(held_out.map(|point| (point.held_out, point.held_out_spread * WHISKER)))
    }
}

/// Draws it.
pub(super) fn show(ui: &mut Ui, cx: &mut Cx<'_>) {
    let Some(session) = cx.engine.session() else {
        return;
    };
    title(ui, cx, "inspector_curve");
    let Some(curve) = Curve::of(session) else {
        widgets::note(ui, cx.texts.get("inspector_curve_few"), cx.theme.weak);
        return;
    };
    plot(ui, cx, &curve);
    legend(ui, cx, &curve);
    if let Some(four) = curve.buys.iter().find(|buys| buys.more == OFFERED) {
        let words = cx.texts.said(&four.said());
        ui.label(RichText::new(words).small().color(cx.theme.text));
    }
    let count = OFFERED.to_string();
    let name = cx.texts.with("inspector_curve_make", &[("count", &count)]);
    let button = Button::new(RichText::new(name).small());
    let button = ui.add_enabled(session.running.is_none(), button);
    let button = button.on_hover_text(cx.text("inspector_curve_make_how"));
    if button.clicked() {
        cx.send(Command::SomeMore(OFFERED));
    }
}

/// Places on the screen: takes across, every doubling as wide as the other, and scores up.
struct Places {
    inside: Rect,
    begun: f32,
    end: f32,
    up: Scale,
}

impl Places {
    fn x(&self, count: f32) -> f32 {
        let share = (count / self.begun).ln() / (self.end / self.begun).ln();
        self.inside.left() + share.clamp(0.0, 1.0) * self.inside.width()
    }
    fn at(&self, count: f32, score: f32) -> Pos2 {
        pos2(self.x(count), self.up.at(score))
    }
}

fn plot(ui: &mut Ui, cx: &Cx<'_>, curve: &Curve) {
    let size = vec2(ui.available_width(), HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let spoken = spoken(cx, curve);
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &spoken));
    let inside = Rect::from_min_max(
        rect.min + vec2(4.0 * GRID, GRID),
        rect.max - vec2(2.0 * GRID, 5.0 * GRID),
    );
    let (begun, end) = curve.ends();
    let places = Places {
        inside,
        begun,
        end,
        up: Scale::around(curve.scores(), inside.bottom() - HALF, inside.top() + HALF),
    };
    frame(ui, cx, &places);
    band(ui, cx, curve, &places);
    made(ui, cx, curve, &places);
    held_out(ui, cx, curve, &places);
    if let Some(pointer) = response.hover_pos() {
        pointed(ui, cx, curve, &places, (response, pointer));
    }
}

/// Lines and numbers: scores at the side, takes below, and what is counted.
fn frame(ui: &Ui, cx: &Cx<'_>, places: &Places) {
    let painter = ui.painter();
    let font = FontId::proportional(SMALL);
    let inside = places.inside;
    let stroke = Stroke::new(1.0, cx.theme.line.gamma_multiply(0.7));
    painter.rect_stroke(inside, 0.0, stroke, StrokeKind::Inside);
    for share in [0.0, 0.5, 1.0] {
        let value = places.up.low + (places.up.high - places.up.low) * share;
        let y = places.up.at(value);
        painter.hline(inside.x_range(), y, stroke);
        let beside = pos2(inside.left() - 6.0, y);
        let number = cx.texts.number(&ten(value));
        let colour = cx.theme.weak;
        painter.text(beside, Align2::RIGHT_CENTER, number, font.clone(), colour);
    }
    let mut count = 1.0f32;
    while count <= places.end {
        if count >= places.begun {
            let x = places.x(count);
            painter.vline(x, inside.y_range(), stroke);
            let below = pos2(x, inside.bottom() + 4.0);
            let number = count.to_string();
            let colour = cx.theme.weak;
            painter.text(below, Align2::CENTER_TOP, number, font.clone(), colour);
        }
        count *= 2.0;
    }
    painter.text(
        pos2(inside.center().x, inside.bottom() + 4.0 + SMALL + HALF),
        Align2::CENTER_TOP,
        cx.texts.get("inspector_curve_across"),
        font,
        cx.theme.weak,
    );
}

/// What is expected of more takes: a line, and the band that four futures of five lie in.
fn band(ui: &Ui, cx: &Cx<'_>, curve: &Curve, places: &Places) {
    let made = curve.made() as f32;
    let now = (made, curve.now(), curve.now(), curve.now());
    let then = curve.buys.iter().map(|buys| {
        let (middle, low, high) = curve.then(buys);
        (made + buys.more as f32, middle, low, high)
    });
    let points: Vec<(f32, f32, f32, f32)> = std::iter::once(now).chain(then).collect();
    let fill = cx.theme.accent.gamma_multiply(0.22);
    for pair in points.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        // each part by itself: the whole need not be convex
        let corners = vec![
            places.at(from.0, from.3),
            places.at(to.0, to.3),
            places.at(to.0, to.2),
            places.at(from.0, from.2),
        ];
        ui.painter()
            .add(Shape::convex_polygon(corners, fill, Stroke::NONE));
    }
    let line: Vec<Pos2> = points
        .iter()
        .map(|(count, middle, ..)| places.at(*count, *middle))
        .collect();
    let stroke = Stroke::new(1.5, cx.theme.accent);
    ui.painter()
        .extend(Shape::dashed_line(&line, stroke, 4.0, 3.0));
    for buys in curve.buys.iter().filter(|buys| buys.more == OFFERED) {
        let (middle, ..) = curve.then(buys);
        let at = places.at(made + buys.more as f32, middle);
        ui.painter().circle_filled(at, 4.0, cx.theme.accent);
    }
}

/// The best so far, a step wherever a better one came.
fn made(ui: &Ui, cx: &Cx<'_>, curve: &Curve, places: &Places) {
    let (begun, _) = curve.ends();
    let mut line = Vec::new();
    let mut before = None;
    for (i, &score) in curve.best.iter().enumerate() {
        let count = (i + 1) as f32;
        if count < begun {
            continue;
        }
        line.extend(before.map(|before| places.at(count, before)));
        line.push(places.at(count, score));
        before = Some(score);
    }
    let stroke = Stroke::new(2.0, cx.theme.text);
    ui.painter().line(line, stroke);
    let now = places.at(curve.made() as f32, curve.now());
    ui.painter().circle_filled(now, 3.5, cx.theme.text);
}

/// The judge that took no part: its own line, with a whisker of one standard deviation at each point.
fn held_out(ui: &Ui, cx: &Cx<'_>, curve: &Curve, places: &Places) {
    let painter = ui.painter();
    let stroke = Stroke::new(1.5, cx.theme.unknown);
    let at = |point: &GuardPoint| places.at(point.of as f32, point.held_out);
    painter.line(curve.held_out.iter().map(at).collect(), stroke);
    for point in &curve.held_out {
        let spread = point.held_out_spread * WHISKER;
        let x = places.x(point.of as f32);
        let (low, high) = (
            places.up.at(point.held_out - spread),
            places.up.at(point.held_out + spread),
        );
        let thin = Stroke::new(1.0, cx.theme.unknown.gamma_multiply(0.6));
        painter.vline(x, high..=low, thin);
        diamond(ui, at(point), cx.theme.unknown);
    }
}

fn diamond(ui: &Ui, at: Pos2, colour: Color32) {
    let arms = [
        vec2(0.0, -4.0),
        vec2(4.0, 0.0),
        vec2(0.0, 4.0),
        vec2(-4.0, 0.0),
    ];
    let corners = arms.map(|arm| at + arm).to_vec();
    ui.painter()
        .add(Shape::convex_polygon(corners, colour, Stroke::NONE));
}

/// What the lines are.
fn legend(ui: &mut Ui, cx: &Cx<'_>, curve: &Curve) {
    let mut lines = vec![
        ("inspector_curve_best", cx.theme.text),
        ("inspector_curve_more", cx.theme.accent),
    ];
    if !curve.held_out.is_empty() {
        lines.push(("inspector_curve_held_out", cx.theme.unknown));
    }
    for (key, colour) in lines {
        // a line each: a sign never stands apart from its words
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing = vec2(HALF, 0.0);
            let size = vec2(12.0, SMALL);
            let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
            let stroke = Stroke::new(2.0, colour);
            ui.painter().hline(rect.x_range(), rect.center().y, stroke);
            if key == "inspector_curve_held_out" {
                diamond(ui, rect.center(), colour);
            }
            title(ui, cx, key);
        });
    }
}

/// A place of the curve, and what is known there.
struct Known {
    count: usize,
    lines: Vec<String>,
}

/// A rule at the nearest number of takes, and the values there.
fn pointed(
    ui: &Ui,
    cx: &Cx<'_>,
    curve: &Curve,
    places: &Places,
    (response, pointer): (Response, Pos2),
) {
    let distance = |known: &Known| (places.x(known.count as f32) - pointer.x).abs();
    let known = known(cx, curve);
    let nearest = known
        .into_iter()
        .min_by(|a, b| distance(a).total_cmp(&distance(b)));
    let Some(nearest) = nearest else { return };
    let stroke = Stroke::new(1.0, cx.theme.weak);
    let x = places.x(nearest.count as f32);
    ui.painter().vline(x, places.inside.y_range(), stroke);
    // beside the plot, which is looked at meanwhile
    response.on_hover_ui(|ui| {
        ui.spacing_mut().item_spacing.y = HALF;
        for line in nearest.lines {
            ui.label(line);
        }
    });
}

fn known(cx: &Cx<'_>, curve: &Curve) -> Vec<Known> {
    let (begun, _) = curve.ends();
    let mut known = Vec::new();
    for (i, &score) in curve.best.iter().enumerate() {
        let count = i + 1;
        if (count as f32) < begun {
            continue;
        }
        let (number, score) = (count.to_string(), ten(score));
        let values = [("count", number.as_str()), ("score", score.as_str())];
        let mut lines = vec![cx.texts.with("inspector_curve_made", &values)];
        if let Some(point) = curve.held_out.iter().find(|point| point.of == count) {
            let (score, spread) = (ten(point.held_out), ten(point.held_out_spread));
            let values = [("score", score.as_str()), ("spread", spread.as_str())];
            lines.push(cx.texts.with("inspector_curve_held_out_at", &values));
        }
        known.push(Known { count, lines });
    }
    for buys in &curve.buys {
        let count = curve.made() + buys.more;
        let (middle, low, high) = curve.then(buys);
        let percent = format!("{:.0}", buys.chance * 100.0);
        let (number, more) = (count.to_string(), buys.more.to_string());
        let scores = [middle, low, high].map(ten);
        let values = [
            ("count", number.as_str()),
            ("more", more.as_str()),
            ("score", scores[0].as_str()),
            ("low", scores[1].as_str()),
            ("high", scores[2].as_str()),
            ("percent", percent.as_str()),
        ];
        let keys = [
            "inspector_curve_future",
            "inspector_curve_between",
            "inspector_curve_chance",
        ];
        let lines = keys.map(|key| cx.texts.with(key, &values)).to_vec();
        known.push(Known { count, lines });
    }
    known
}

/// For those who do not see it: where it stands, and what is expected.
fn spoken(cx: &Cx<'_>, curve: &Curve) -> String {
    let known = known(cx, curve);
    let told = |count: usize| known.iter().find(|known| known.count == count);
    let made = curve.made();
    [told(made), told(made + OFFERED)]
        .into_iter()
        .flatten()
        .flat_map(|known| known.lines.iter().cloned())
        .collect::<Vec<_>>()
        .join(". ")
}
