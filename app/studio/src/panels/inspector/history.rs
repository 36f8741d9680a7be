//! The steps as a tree: the way to here and on is a straight line, branches that were left stand indented beside it. A
//! click goes there.

use std::time::{Duration, SystemTime};

use eframe::egui::{
    Align2, FontId, Role, ScrollArea, Sense, Stroke, Ui, WidgetInfo, pos2, text, vec2,
};
use retake_engine::{Command, History};

use super::words;
use crate::cx::Cx;
use crate::texts::Texts;
use crate::theme::{GRID, HALF, SMALL};

/// Height of a row, points.
const ROW: f32 = 24.0;
/// How far a branch stands in, points.
const INDENT: f32 = 14.0;
/// Branches deeper than this stand no further in.
const DEEPEST: usize = 8;

/// One line of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// index of the step
    pub(super) step: usize,
    /// how many branches in
    pub(super) depth: usize,
    /// on the way to here, or on the way redo takes
    pub(super) straight: bool,
    /// the first step of a branch
    pub(super) begins: bool,
}

/// The rows from top to bottom. At a fork the branches that were left come first, and the way goes on below them.
pub(super) fn rows(history: &History) -> Vec<Row> {
    let steps = history.steps();
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); steps.len()];
    for (index, step) in steps.iter().enumerate() {
        if let Some(parent) = step.parent {
            children[parent].push(index);
        }
    }
    let mut straight = vec![false; steps.len()];
    for index in history.path() {
        straight[index] = true;
    }
    let mut ahead = history.now();
    while let Some(next) = steps[ahead].newest_child {
        straight[next] = true;
        ahead = next;
    }
    let mut rows = Vec::with_capacity(steps.len());
    let mut waiting = vec![(0, 0, false)];
    while let Some((step, depth, begins)) = waiting.pop() {
        rows.push(Row {
            step,
            depth,
            straight: straight[step],
            begins,
        });
        // the way that goes on lies deepest in the stack, so its branches come before it
        let on = children[step]
            .iter()
            .copied()
            .find(|&child| straight[child])
            .or(steps[step].newest_child);
        waiting.extend(on.map(|child| (child, depth, false)));
        let left = children[step]
            .iter()
            .rev()
            .filter(|&&child| Some(child) != on);
        waiting.extend(left.map(|&child| (child, depth + 1, true)));
    }
    rows
}

/// Draws it.
pub(super) fn show(ui: &mut Ui, cx: &mut Cx<'_>) {
    let engine = cx.engine;
    let Some(session) = engine.session() else {
        return;
    };
    let history = &session.history;
    let rows = rows(history);
    let now = SystemTime::now();
    ui.spacing_mut().item_spacing.y = 0.0;
    let list = ScrollArea::vertical().auto_shrink(false).id_salt("history");
    list.show_rows(ui, ROW, rows.len(), |ui, shown| {
        for row in &rows[shown] {
            if line(ui, cx, history, row, now) {
                cx.send(Command::JumpTo(row.step));
            }
        }
    });
}

fn line(ui: &mut Ui, cx: &Cx<'_>, history: &History, row: &Row, now: SystemTime) -> bool {
    let step = &history.steps()[row.step];
    let here = history.now() == row.step;
    let size = vec2(ui.available_width(), ROW);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let ago = ago(cx.texts, now.duration_since(step.at).unwrap_or_default());
    let label = cx.texts.said(&step.label);
    let spoken = format!("{label}, {ago}");
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, here, &spoken));
    let painter = ui.painter();
    if here || response.hovered() {
        let fill = if here {
            cx.theme.hover
        } else {
            cx.theme.hover.gamma_multiply(0.5)
        };
        painter.rect_filled(rect, 3.0, fill);
    }
    // what redo would bring back is quieter, what was left quieter still
    let ahead = row.straight && !history.path().contains(&row.step);
    let colour = match (row.straight, ahead) {
        (true, false) => cx.theme.text,
        (true, true) => cx.theme.weak,
        (false, _) => cx.theme.weak.gamma_multiply(0.75),
    };
    let left = rect.left() + GRID + INDENT * row.depth.min(DEEPEST) as f32;
    let middle = rect.center().y;
    let stroke = Stroke::new(1.0, cx.theme.weak.gamma_multiply(0.6));
    let rail = rect.left() + GRID + INDENT * row.depth.saturating_sub(1).min(DEEPEST) as f32;
    if row.depth > 0 {
        painter.vline(rail, rect.y_range(), stroke);
        if row.begins {
            painter.hline(rail..=left - 4.0, middle, stroke);
        }
    }
    if row.step != 0 || history.steps().len() > 1 {
        let top = if row.step == 0 || row.begins {
            middle
        } else {
            rect.top()
        };
        let bottom = if step.newest_child.is_some() {
            rect.bottom()
        } else {
            middle
        };
        painter.vline(left, top..=bottom, stroke);
    }
    let radius = if here { 4.5 } else { 3.0 };
    painter.circle_filled(pos2(left, middle), radius, colour);
    let font = FontId::proportional(SMALL);
    let time = painter.layout_no_wrap(ago, font, cx.theme.weak);
    let time_at = pos2(
        rect.right() - HALF - time.size().x,
        middle - time.size().y / 2.0,
    );
    let room = time_at.x - left - 3.0 * GRID;
    painter.galley(time_at, time, cx.theme.weak);
    let mut job =
        text::LayoutJob::simple_singleline(label.clone(), FontId::proportional(13.0), colour);
    job.wrap = text::TextWrapping::truncate_at_width(room.max(24.0));
    let words = painter.layout_job(job);
    let at = pos2(left + 1.5 * GRID, middle);
    let at = Align2::LEFT_CENTER.anchor_size(at, words.size()).min;
    painter.galley(at, words, colour);
    words::focus_mark(ui, cx.theme, &response);
    response.on_hover_text(label).clicked()
}

/// How long ago, in the largest unit that fits.
fn ago(texts: &Texts, since: Duration) -> String {
    let seconds = since.as_secs();
    let (key, count) = match seconds {
        0..60 => return texts.get("inspector_now").to_owned(),
        60..3600 => ("inspector_minutes", seconds / 60),
        3600..86_400 => ("inspector_hours", seconds / 3600),
        _ => ("inspector_days", seconds / 86_400),
    };
    texts.with(key, &[("count", &count.to_string())])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use retake_core::Said;
    use retake_engine::Desk;

    /// Pushes (`None`) and jumps to some step.
    fn walked(moves: &[Option<usize>]) -> History {
        let mut history = History::new(Said::words("opened"));
        for step in moves {
            match step {
                None => _ = history.push(Said::words("step"), Desk::default()),
                Some(to) => _ = history.jump(to % history.steps().len()),
            }
        }
        history
    }

    proptest! {
        #[test]
        fn every_step_has_one_row_and_stands_below_its_parent(
            moves in proptest::collection::vec(proptest::option::of(0..50usize), 0..60)
        ) {
            let history = walked(&moves);
            let rows = rows(&history);
            let mut seen: Vec<usize> = rows.iter().map(|row| row.step).collect();
            for (at, row) in rows.iter().enumerate() {
                if let Some(parent) = history.steps()[row.step].parent {
                    prop_assert!(rows[..at].iter().any(|above| above.step == parent));
                }
            }
            seen.sort_unstable();
            prop_assert_eq!(seen, (0..history.steps().len()).collect::<Vec<_>>());
        }

        #[test]
        fn the_way_to_here_is_never_indented(
            moves in proptest::collection::vec(proptest::option::of(0..50usize), 0..60)
        ) {
            let history = walked(&moves);
            for row in rows(&history).iter().filter(|row| row.straight) {
                prop_assert_eq!(row.depth, 0);
            }
        }
    }
}
