//! The contact sheet: every take of the group as a small picture with its scores, the leader in a ring. As a strip under
//! the photo, or as a survey that fills the window.

mod advice;
mod alarm;
mod cell;
mod filter;
mod grid;
mod header;
mod marks;
mod place;
mod ring;
mod verdict;
mod weights;

use std::sync::Arc;

use eframe::egui::{Id, Layout, Rect, ScrollArea, Ui, Vec2};
use retake_engine::{Mark, Session, Take, TakeId};

use crate::cx::Cx;
use crate::look::Sort;
use crate::theme::{GRID, HALF};
use grid::Grid;

pub(in crate::panels) use ring::doubted;

/// Narrower than this the weights are a menu, points.
const WIDE: f32 = 880.0;

/// The takes that are shown, in the order they are shown.
pub(crate) fn order(cx: &Cx<'_>) -> Vec<TakeId> {
    let Some(session) = cx.engine.session() else {
        return Vec::new();
    };
    let desk = session.desk();
    let mut takes = session.sheet();
    takes.retain(|take| {
        filter::marked(cx.look.filter, desk.mark(take.id)) && filter::scored(cx, session, take.id)
    });
    let overall = &session.ranking().overall;
    match &cx.look.sort {
        Sort::Made => {}
        Sort::Overall => best_first(&mut takes, |take| overall.get(&take.id).copied()),
        Sort::Dimension(dimension) => {
            best_first(&mut takes, |take| take.card.as_ref()?.value(dimension));
        }
    }
    takes.iter().map(|take| take.id).collect()
}

/// Equal ones stay as they were made; what has no score yet goes last.
fn best_first(takes: &mut [&Arc<Take>], score: impl Fn(&Take) -> Option<f32>) {
    let score = |take: &Arc<Take>| score(take).unwrap_or(-1.0);
    takes.sort_by(|a, b| score(b).total_cmp(&score(a)));
}

/// What is drawn: the takes that are there, then the places of those that are on their way.
fn places(cx: &Cx<'_>, session: &Session) -> Vec<TakeId> {
    let mut places = order(cx);
    let unmarked_shown = filter::marked(cx.look.filter, Mark::default());
    if let (Some(turn), true) = (&session.desk().turn, unmarked_shown) {
        let running = session.running.is_some();
        let unmade = turn.takes.iter().filter(|&&id| {
            session.take(id).is_none() && (running || session.failed.contains_key(&id))
        });
        places.extend(unmade);
    }
    places
}

/// Draws it under the photo.
pub(crate) fn show(ui: &mut Ui, cx: &mut Cx<'_>) {
    let wide = ui.available_width() >= WIDE;
    header::show(ui, cx, !wide);
    let size = ui.available_size();
    let side = if wide {
        weights::WIDTH + 2.0 * GRID
    } else {
        0.0
    };
    ui.horizontal_top(|ui| {
        let strip = Vec2::new(size.x - side, size.y);
        ui.allocate_ui_with_layout(strip, Layout::top_down(Default::default()), |ui| {
            contact(ui, cx, false);
        });
        if wide {
            ui.add_space(GRID);
            weights::column(ui, cx);
        }
    });
}

/// Draws it over the whole window.
pub(crate) fn survey(ui: &mut Ui, cx: &mut Cx<'_>) {
    let inner = ui.max_rect().shrink(GRID);
    ui.painter().rect_filled(ui.max_rect(), 0.0, cx.theme.panel);
    ui.scope_builder(eframe::egui::UiBuilder::new().max_rect(inner), |ui| {
        header::show(ui, cx, true);
        ui.add_space(HALF);
        contact(ui, cx, true);
    });
}

/// The cells themselves; those out of sight cost nothing.
fn contact(ui: &mut Ui, cx: &mut Cx<'_>, survey: bool) {
    let Some(session) = cx.engine.session() else {
        return;
    };
    let places = places(cx, session);
    let aspect = session.shown.width as f32 / session.shown.height.max(1) as f32;
    let room = ui.available_size();
    let grid = if survey {
        Grid::survey(places.len(), aspect, room)
    } else {
        Grid::strip(places.len(), aspect, room)
    };
    if places.is_empty() {
        nothing(ui, cx);
        return;
    }
    // one wheel is enough for a strip
    ui.style_mut().always_scroll_the_only_direction = true;
    let scroll = ScrollArea::new([!survey, survey])
        .id_salt(("contact sheet", survey))
        .auto_shrink(false)
        .animated(!cx.look.reduced_motion);
    scroll.show_viewport(ui, |ui, _| {
        let whole = grid.size();
        ui.set_min_size(whole);
        let origin = ui.max_rect().min.to_vec2();
        let seen = ui.clip_rect();
        let focus = cx.focus().map(|take| take.id);
        let unmade = places
            .iter()
            .find(|&&id| session.take(id).is_none() && !session.failed.contains_key(&id));
        for (i, &id) in places.iter().enumerate() {
            let rect = grid.cell(i).translate(origin);
            if !seen.intersects(rect) {
                continue;
            }
            match session.take(id) {
                Some(take) => cell::take(ui, cx, rect, session, take, focus == Some(id)),
                None if session.failed.contains_key(&id) => {
                    place::unmade(ui, cx, rect, session, id);
                }
                None => place::awaited(ui, cx, rect, session, id, unmade == Some(&id)),
            }
        }
        ring::show(ui, cx, session, &grid, origin, &places, survey);
        follow(ui, cx, focus, &places, |i| grid.cell(i).translate(origin));
    });
}

fn nothing(ui: &mut Ui, cx: &Cx<'_>) {
    let text = eframe::egui::RichText::new(cx.text("sheet_nothing_passes")).color(cx.theme.weak);
    ui.centered_and_justified(|ui| ui.label(text));
}

/// When the focus has moved out of sight the sheet moves after it.
fn follow(
    ui: &Ui,
    cx: &Cx<'_>,
    focus: Option<TakeId>,
    places: &[TakeId],
    cell: impl Fn(usize) -> Rect,
) {
    let id = Id::unique("focus on the sheet");
    let last: Option<TakeId> = ui.data(|data| data.get_temp(id)).flatten();
    if last == focus {
        return;
    }
    ui.data_mut(|data| data.insert_temp(id, focus));
    // the leader is the focus until a person looks at a take; the sheet does not run after it
    let chosen = focus.filter(|&id| cx.look.focus == Some(id));
    if let Some(i) = chosen.and_then(|id| places.iter().position(|&place| place == id)) {
        ui.scroll_to_rect(cell(i).expand(GRID), None);
    }
}

#[cfg(test)]
mod tests;
