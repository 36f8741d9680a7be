//! How the group was searched for: a lane for everything that was begun, from where it began to where it ended, with
//! branches where one left another's way; below it what the strategy said.

use std::collections::BTreeMap;

use eframe::egui::{
    Align2, FontId, Rect, Response, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2,
};
use retake_engine::{Fate, Search, Searched, TakeId};

use super::group::Pointed;
use super::title;
use crate::cx::Cx;
use crate::theme::{GRID, HALF, SMALL};
use crate::widgets;

/// Height of a lane, points; less where there are many.
const LANE: f32 = 14.0;
/// Height of all lanes at the most, points.
const MOST: f32 = 300.0;
/// Width of the numbers before the lanes, points.
const NUMBERS: f32 = 24.0;

/// Draws it; nothing where all candidates were simply made.
pub(super) fn show(ui: &mut Ui, cx: &Cx<'_>) -> Pointed {
    let mut pointed = Pointed::default();
    let Some(search) = cx.session().map(|session| session.search()) else {
        return pointed;
    };
    if search.is_a_tree() {
        title(ui, cx, "inspector_search");
        pointed = lanes(ui, cx, search);
        ui.add_space(GRID);
    }
    for remark in &search.remarks {
        let words = cx.texts.said(remark);
        widgets::note(ui, &words, cx.theme.weak);
    }
    pointed
}

/// Places on the screen.
struct Lanes {
    rect: Rect,
    height: f32,
}

impl Lanes {
    fn y(&self, lane: usize) -> f32 {
        self.rect.top() + (lane as f32 + 0.5) * self.height
    }
    /// Of so many steps of so many.
    fn x(&self, steps: usize, of: usize) -> f32 {
        let share = steps as f32 / of.max(1) as f32;
        self.rect.left() + NUMBERS + share.min(1.0) * (self.rect.width() - NUMBERS - GRID)
    }
}

fn lanes(ui: &mut Ui, cx: &Cx<'_>, search: &Search) -> Pointed {
    let count = search.all.len();
    let height = (MOST / count as f32).clamp(3.0, LANE);
    let size = vec2(ui.available_width(), height * count as f32);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let finished = search.all.iter().filter(|one| one.fate == Fate::Finished);
    let spoken = cx.texts.with(
        "inspector_search_spoken",
        &[
            ("begun", &count.to_string()),
            ("finished", &finished.count().to_string()),
        ],
    );
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &spoken));
    let lanes = Lanes { rect, height };
    let places: BTreeMap<u64, usize> = search
        .all
        .iter()
        .enumerate()
        .map(|(lane, one)| (one.index, lane))
        .collect();
    let hovered = response
        .hover_pos()
        .map(|at| ((at.y - rect.top()) / height) as usize)
        .filter(|&lane| lane < count);
    for (lane, one) in search.all.iter().enumerate() {
        let parent = one.parent.and_then(|parent| places.get(&parent));
        draw(
            ui,
            cx,
            &lanes,
            (lane, parent.copied()),
            one,
            hovered == Some(lane),
        );
    }
    let mut pointed = Pointed::default();
    if let Some(one) = hovered.map(|lane| &search.all[lane]) {
        pointed.hovered = one.take;
        pointed.clicked = one.take.filter(|_| response.clicked());
        explain(cx, response, one);
    }
    pointed
}

/// One lane: a line as far as it came, a dot where it was looked at, a full end where it was finished.
fn draw(
    ui: &Ui,
    cx: &Cx<'_>,
    lanes: &Lanes,
    (lane, parent): (usize, Option<usize>),
    one: &Searched,
    hovered: bool,
) {
    let painter = ui.painter();
    let focus = cx.focus().map(|take| take.id);
    let colour = match (&one.fate, one.take) {
        _ if hovered => cx.theme.text,
        (_, Some(take)) if Some(take) == focus => cx.theme.accent,
        (Fate::Failed(_), _) => cx.theme.bad,
        (Fate::Finished, _) => cx.theme.text.gamma_multiply(0.8),
        _ => cx.theme.weak.gamma_multiply(0.7),
    };
    let stroke = Stroke::new(if hovered { 2.5 } else { 1.5 }, colour);
    let y = lanes.y(lane);
    let (from, to) = (
        lanes.x(one.from, one.steps.1),
        lanes.x(one.steps.0, one.steps.1),
    );
    painter.hline(from..=to.max(from + 2.0), y, stroke);
    if let Some(parent) = parent {
        let faint = Stroke::new(1.0, colour.gamma_multiply(0.6));
        painter.vline(from, lanes.y(parent)..=y, faint);
    }
    for (step, _) in &one.glimpses {
        painter.circle_filled(pos2(lanes.x(*step, one.steps.1), y), 2.0, colour);
    }
    let end = pos2(to.max(from + 2.0), y);
    match one.fate {
        Fate::Finished => {
            painter.circle_filled(end, (lanes.height * 0.3).clamp(1.5, 4.0), colour);
        }
        Fate::LetGo(_) | Fate::Failed(_) => {
            let arm = (lanes.height * 0.25).clamp(1.5, 3.0);
            let cross = [vec2(arm, arm), vec2(arm, -arm)];
            for arm in cross {
                painter.line_segment([end - arm, end + arm], stroke);
            }
        }
        Fate::Unfinished => {}
    }
    if let (Some(take), true) = (one.take, lanes.height >= 9.0) {
        painter.text(
            pos2(lanes.rect.left(), y),
            Align2::LEFT_CENTER,
            number(cx, take),
            FontId::proportional(SMALL.min(lanes.height)),
            colour,
        );
    }
}

/// The number of a take.
fn number(cx: &Cx<'_>, take: TakeId) -> String {
    let take = cx.session().and_then(|session| session.take(take));
    take.map_or_else(String::new, |take| (take.index + 1).to_string())
}

/// What is known of the lane under the pointer.
fn explain(cx: &Cx<'_>, response: Response, one: &Searched) {
    let mut lines = Vec::new();
    if let Some(take) = one.take {
        let number = number(cx, take);
        lines.push(cx.texts.with("inspector_take", &[("number", &number)]));
    }
    let (done, of) = (one.steps.0.to_string(), one.steps.1.to_string());
    lines.push(
        cx.texts
            .with("inspector_search_steps", &[("done", &done), ("of", &of)]),
    );
    let why = cx.texts.said(&one.why);
    if !why.is_empty() {
        lines.push(why);
    }
    if let Some(words) = &one.words {
        lines.push(cx.texts.with("inspector_search_words", &[("words", words)]));
    }
    match &one.fate {
        Fate::LetGo(why) | Fate::Failed(why) => lines.push(cx.texts.said(why)),
        Fate::Finished | Fate::Unfinished => {}
    }
    response.on_hover_ui_at_pointer(|ui| {
        ui.spacing_mut().item_spacing.y = HALF;
        for line in lines {
            ui.label(line);
        }
    });
}
