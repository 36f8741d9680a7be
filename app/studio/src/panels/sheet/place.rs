//! A place of the contact sheet without a take: one that is on its way, with what it looks like so far, or one that could
//! not be made.

use eframe::egui::text::LayoutJob;
use eframe::egui::{Align2, FontId, Id, Pos2, Rect, Role, Sense, Ui, WidgetInfo};
use retake_engine::{Session, TakeId};

use super::cell::picture;
use super::grid::parts;
use crate::cx::Cx;
use crate::texts::capital;
use crate::theme::{HALF, SMALL};

/// The number of a place, for people.
fn number_of(session: &Session, id: TakeId) -> String {
    let turn = session.desk().turn.as_ref();
    let index = turn.and_then(|turn| turn.takes.iter().position(|&take| take == id));
    index.map_or(0, |i| i + 1).to_string()
}

/// The place of a take that is on its way.
pub(super) fn awaited(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    rect: Rect,
    session: &Session,
    id: TakeId,
    next: bool,
) {
    let parts = parts(rect);
    let response = ui.interact(rect, Id::unique(("place", id.0)), Sense::hover());
    let number = number_of(session, id);
    let state = state(cx, session, id, next);
    response.widget_info(|| {
        let name = cx.texts.with("sheet_take", &[("number", &number)]);
        WidgetInfo::labeled(Role::Label, true, format!("{name}, {state}"))
    });
    let painter = ui.painter();
    painter.rect_filled(parts.picture, 2.0, cx.theme.surround.gamma_multiply(0.6));
    let preview = session.previews.get(&id);
    let font = FontId::proportional(SMALL);
    if let Some(preview) = preview {
        picture(ui, cx, preview, parts.picture, 0.8);
    } else if next {
        let middle = parts.picture.center();
        ui.painter().text(
            middle,
            Align2::CENTER_CENTER,
            &state,
            font.clone(),
            cx.theme.weak,
        );
    }
    let middle = parts.line.center().y;
    let left = Pos2::new(parts.line.left() + 1.0, middle);
    let after = ui.painter().text(
        left,
        Align2::LEFT_CENTER,
        number,
        font.clone(),
        cx.theme.weak,
    );
    if preview.is_some() {
        let right = Pos2::new(parts.line.right() - 1.0, middle);
        let galley = ui.painter().layout_no_wrap(state, font, cx.theme.weak);
        if galley.size().x < right.x - after.right() - HALF {
            let at = Align2::RIGHT_CENTER.anchor_size(right, galley.size()).min;
            ui.painter().galley(at, galley, cx.theme.weak);
        }
        steps(ui, cx, parts.picture, session, id);
    }
}

/// What is done for a place: "step 7 of 20".
fn state(cx: &Cx<'_>, session: &Session, id: TakeId, next: bool) -> String {
    let step = session.running.as_ref().and_then(|running| running.step);
    if let Some((_, done, total)) = step.filter(|(take, ..)| *take == id) {
        let values = [("done", done.to_string()), ("total", total.to_string())];
        let values = values
            .each_ref()
            .map(|(name, value)| (*name, value.as_str()));
        return cx.texts.with("sheet_step", &values);
    }
    let loading = session.running.as_ref().is_some_and(|run| run.loading);
    cx.text(if next && !loading {
        "sheet_being_made"
    } else {
        "sheet_waits"
    })
}

/// How far it is, as a line along the bottom of its picture.
fn steps(ui: &Ui, cx: &Cx<'_>, picture: Rect, session: &Session, id: TakeId) {
    /// points
    const THICK: f32 = 3.0;
    let step = session.running.as_ref().and_then(|running| running.step);
    let Some((_, done, total)) = step.filter(|(take, ..)| *take == id) else {
        return;
    };
    let part = done as f32 / total.max(1) as f32;
    let mut line = picture;
    line.set_top(line.bottom() - THICK);
    ui.painter().rect_filled(line, 0.0, cx.theme.line);
    line.set_width(line.width() * part);
    ui.painter().rect_filled(line, 0.0, cx.theme.accent);
}

/// The place of a take that could not be made: why.
pub(super) fn unmade(ui: &mut Ui, cx: &mut Cx<'_>, rect: Rect, session: &Session, id: TakeId) {
    let Some(why) = session.failed.get(&id) else {
        return;
    };
    let why = capital(&cx.texts.said(why));
    let parts = parts(rect);
    let response = ui.interact(rect, Id::unique(("unmade", id.0)), Sense::hover());
    let number = number_of(session, id);
    response.widget_info(|| {
        let name = cx.texts.with("sheet_take", &[("number", &number)]);
        let state = cx.texts.get("sheet_unmade");
        WidgetInfo::labeled(Role::Label, true, format!("{name}, {state}: {why}"))
    });
    let painter = ui.painter();
    painter.rect_filled(parts.picture, 2.0, cx.theme.surround);
    let font = FontId::proportional(SMALL);
    let room = parts.picture.shrink(HALF);
    let row = ui.fonts_mut(|fonts| fonts.row_height(&font));
    let width = room.width().max(1.0);
    let mut job = LayoutJob::simple(why.clone(), font.clone(), cx.theme.bad, width);
    job.wrap.max_rows = ((room.height() / row) as usize).max(1);
    let galley = painter.layout_job(job);
    let at = Align2::CENTER_CENTER.anchor_size(room.center(), galley.size());
    painter
        .with_clip_rect(room)
        .galley(at.min.max(room.min), galley, cx.theme.bad);
    let left = Pos2::new(parts.line.left() + 1.0, parts.line.center().y);
    painter.text(left, Align2::LEFT_CENTER, number, font, cx.theme.weak);
    response.on_hover_text(why);
}
