//! The ring around the leader, which moves when the order changes. Two thin rings when nobody can say which is better.

use eframe::egui::{Id, Ui, Vec2};
use retake_core::Selection;
use retake_engine::{Session, TakeId};

use super::grid::{Grid, parts};
use crate::cx::Cx;
use crate::widgets;

/// How long a move takes, seconds.
const MOVE: f32 = 0.14;
const THICK: f32 = 3.0;
const THIN: f32 = 1.5;

/// Draws it over the cells.
pub(super) fn show(
    ui: &Ui,
    cx: &Cx<'_>,
    session: &Session,
    grid: &Grid,
    origin: Vec2,
    places: &[TakeId],
    survey: bool,
) {
    let place = |id: TakeId| places.iter().position(|&place| place == id);
    let ranking = session.ranking();
    if let Some(equals) = equals(session) {
        for i in equals.into_iter().filter_map(place) {
            let rect = parts(grid.cell(i).translate(origin)).picture;
            widgets::ring(ui, cx.theme, rect.shrink(1.0), THIN);
        }
        return;
    }
    let (Some(i), Some(verdict)) = (ranking.leader().and_then(place), &ranking.verdict) else {
        return;
    };
    let turn = session.desk().turn.as_ref().map(|turn| turn.number);
    let (column, row) = grid.place(i);
    let time = if cx.look.reduced_motion { 0.0 } else { MOVE };
    let moved = |axis: &str, to: f32| {
        let id = Id::unique(("ring", axis, turn, survey));
        ui.ctx().animate_value_with_time(id, to, time)
    };
    // in cells, not in points: the ring stays where it belongs while the sheet is scrolled or its size changed
    let at = (moved("column", column), moved("row", row));
    let rect = parts(grid.at(at).translate(origin)).picture;
    let width = if verdict.good_enough { THICK } else { THIN };
    widgets::ring(ui, cx.theme, rect.shrink(1.0), width);
}

/// Confidence from which two are not equal, whatever else is doubted.
const APART: f32 = 0.9;

/// Whether the best is clearly ahead, and only not sure because something of the two best is unknown.
pub(in crate::panels) fn doubted(verdict: &Selection) -> bool {
    let two = &verdict.order[..verdict.order.len().min(2)];
    let mut left_out = verdict.left_out.iter();
    !verdict.confident
        && verdict.confidence >= APART
        && left_out.any(|left| two.contains(&left.candidate))
}

/// The two best of a finished run when neither can be called better.
pub(super) fn equals(session: &Session) -> Option<[TakeId; 2]> {
    let ranking = session.ranking();
    let verdict = ranking.verdict.as_ref()?;
    match ranking.order[..] {
        [first, second, ..]
            if session.running.is_none()
                && verdict.good_enough
                && !verdict.confident
                && !doubted(verdict) =>
        {
            Some([first, second])
        }
        _ => None,
    }
}
