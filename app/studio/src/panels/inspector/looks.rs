//! How far looks on the way agree with the end: the rank correlation over the share of the steps that were done, each with
//! what it may be, and the line from which looks may drop takes.

use eframe::egui::{
    Align2, FontId, Label, Pos2, Rect, RichText, Role, Sense, Shape, Stroke, StrokeKind, Ui,
    WidgetInfo, pos2, vec2,
};
use retake_engine::{Agreement, TELLS};

use crate::cx::Cx;
use crate::theme::{GRID, HALF, SMALL};
use crate::widgets;

/// Height of the plot with its numbers, points.
const HEIGHT: f32 = 132.0;
/// Half the width of the ends of a whisker, points.
const END: f32 = 3.0;

/// Draws it; nothing where nothing was looked at on its way.
pub(super) fn show(ui: &mut Ui, cx: &Cx<'_>) {
    let Some(session) = cx.session() else { return };
    let looks = session.agreement();
    if looks.is_empty() {
        return;
    }
    ui.add_space(GRID);
    super::title(ui, cx, "inspector_looks");
    plot(ui, cx, looks);
    legend(ui, cx);
    let told = looks.iter().map(|look| words(cx, look));
    // a run looks twice; of one that looks at every step the pointer tells
    for words in told.take(MOST_TOLD) {
        widgets::note(ui, &words, cx.theme.weak);
    }
    ui.add_space(GRID);
}

/// Looks that are told in words below.
const MOST_TOLD: usize = 2;

/// "After 3 of 8 steps: ρ 0.71, from 0.20 to 0.93, over 8 takes."
fn words(cx: &Cx<'_>, look: &Agreement) -> String {
    let number = |value: f64| cx.texts.number(&format!("{value:.2}").replace('-', "−"));
    let (done, of) = (look.step.to_string(), look.of.to_string());
    let (rho, count) = (number(look.rho), look.over.to_string());
    let ends = look.interval.unwrap_or_default().map(number);
    let values = [
        ("done", done.as_str()),
        ("of", of.as_str()),
        ("rho", rho.as_str()),
        ("count", count.as_str()),
        ("low", ends[0].as_str()),
        ("high", ends[1].as_str()),
    ];
    let key = match look.interval {
        Some(_) => "inspector_looks_one",
        None => "inspector_looks_few",
    };
    cx.texts.with(key, &values)
}

/// Places on the screen: shares of the schedule across, correlations up.
struct Places {
    inside: Rect,
    /// the least correlation that is drawn: 0, or −1 where one is below
    low: f32,
}

impl Places {
    fn x(&self, share: f64) -> f32 {
        self.inside.left() + share.clamp(0.0, 1.0) as f32 * self.inside.width()
    }
    fn y(&self, rho: f64) -> f32 {
        let share = (rho as f32 - self.low) / (1.0 - self.low);
        self.inside.bottom() - share.clamp(0.0, 1.0) * self.inside.height()
    }
}

fn plot(ui: &mut Ui, cx: &Cx<'_>, looks: &[Agreement]) {
    let size = vec2(ui.available_width(), HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let spoken: Vec<String> = looks.iter().map(|look| words(cx, look)).collect();
    let spoken = format!("{} {}", cx.texts.get("inspector_looks"), spoken.join(" "));
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &spoken));
    let least = looks
        .iter()
        .map(|look| look.interval.map_or(look.rho, |ends| ends[0]));
    let places = Places {
        inside: Rect::from_min_max(
            rect.min + vec2(4.0 * GRID, GRID),
            rect.max - vec2(2.0 * GRID, 5.0 * GRID),
        ),
        low: if least.fold(0.0, f64::min) < 0.0 {
            -1.0
        } else {
            0.0
        },
    };
    frame(ui, cx, &places);
    tells(ui, cx, &places);
    points(ui, cx, looks, &places);
    if let Some(pointer) = response.hover_pos() {
        let apart = |look: &&Agreement| (places.x(look.share()) - pointer.x).abs();
        let nearest = looks.iter().min_by(|a, b| apart(a).total_cmp(&apart(b)));
        if let Some(nearest) = nearest {
            let rule = Stroke::new(1.0, cx.theme.weak);
            let x = places.x(nearest.share());
            ui.painter().vline(x, places.inside.y_range(), rule);
            response.on_hover_text(words(cx, nearest));
        }
    }
}

/// Lines and numbers.
fn frame(ui: &Ui, cx: &Cx<'_>, places: &Places) {
    let painter = ui.painter();
    let font = FontId::proportional(SMALL);
    let inside = places.inside;
    let stroke = Stroke::new(1.0, cx.theme.line.gamma_multiply(0.7));
    painter.rect_stroke(inside, 0.0, stroke, StrokeKind::Inside);
    let write = |at: Pos2, anchor: Align2, words: String| {
        painter.text(at, anchor, words, font.clone(), cx.theme.weak);
    };
    for rho in [-1.0, 0.0, 1.0] {
        if (rho as f32) < places.low {
            continue;
        }
        let y = places.y(rho);
        painter.hline(inside.x_range(), y, stroke);
        let number = cx.texts.number(&format!("{rho:.1}").replace('-', "−"));
        write(pos2(inside.left() - HALF, y), Align2::RIGHT_CENTER, number);
    }
    // the first begins where the plot does: the least correlation is written beside it
    for (share, anchor) in [
        (0.0, Align2::LEFT_TOP),
        (0.5, Align2::CENTER_TOP),
        (1.0, Align2::RIGHT_TOP),
    ] {
        let at = pos2(places.x(share), inside.bottom() + 3.0);
        let percent = format!("{:.0} %", share * 100.0);
        write(at, anchor, percent);
    }
    let below = pos2(inside.center().x, inside.bottom() + 4.0 + SMALL + HALF);
    let across = cx.texts.get("inspector_looks_across").to_owned();
    write(below, Align2::CENTER_TOP, across);
}

/// The line from which looks tell.
fn tells(ui: &Ui, cx: &Cx<'_>, places: &Places) {
    let y = places.y(TELLS);
    let ends = [
        pos2(places.inside.left(), y),
        pos2(places.inside.right(), y),
    ];
    let stroke = Stroke::new(1.0, cx.theme.accent);
    ui.painter()
        .extend(Shape::dashed_line(&ends, stroke, 4.0, 3.0));
    let number = cx.texts.number(&TELLS.to_string());
    ui.painter().text(
        pos2(places.inside.left() - HALF, y),
        Align2::RIGHT_CENTER,
        number,
        FontId::proportional(SMALL),
        cx.theme.accent,
    );
}

/// What the broken line is.
fn legend(ui: &mut Ui, cx: &Cx<'_>) {
    let number = cx.texts.number(&TELLS.to_string());
    let words = cx.texts.with("inspector_looks_tells", &[("rho", &number)]);
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = HALF;
        let (rect, _) = ui.allocate_exact_size(vec2(16.0, SMALL), Sense::hover());
        let ends = [rect.left_center(), rect.right_center()];
        let stroke = Stroke::new(1.5, cx.theme.accent);
        ui.painter()
            .extend(Shape::dashed_line(&ends, stroke, 4.0, 3.0));
        let words = RichText::new(words).small().color(cx.theme.weak);
        ui.add(Label::new(words).wrap());
    });
}

/// What was measured, with whiskers over 95 of 100.
fn points(ui: &Ui, cx: &Cx<'_>, looks: &[Agreement], places: &Places) {
    let painter = ui.painter();
    let line: Vec<Pos2> = looks
        .iter()
        .map(|look| pos2(places.x(look.share()), places.y(look.rho)))
        .collect();
    painter.line(line.clone(), Stroke::new(2.0, cx.theme.text));
    for (look, at) in looks.iter().zip(line) {
        if let Some([low, high]) = look.interval {
            let thin = Stroke::new(1.0, cx.theme.text.gamma_multiply(0.7));
            let (low, high) = (places.y(low), places.y(high));
            painter.vline(at.x, high..=low, thin);
            for end in [low, high] {
                painter.hline(at.x - END..=at.x + END, end, thin);
            }
        }
        painter.circle_filled(at, 3.5, cx.theme.text);
    }
}
