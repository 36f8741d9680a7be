//! The filmstrip: every photo that is open or waits to be, with how many of its takes were picked.

use eframe::egui::text::{LayoutJob, TextFormat};
use eframe::egui::{
    Align2, FontId, Pos2, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo,
};
use egui_material_icons::icons::{ICON_BROKEN_IMAGE, ICON_CHECK};
use retake_engine::{Command, Flag, Slot, SlotState};

use crate::cx::Cx;
use crate::theme::{HALF, SMALL};
use crate::widgets;

/// Size of a picture on the strip, points.
const FRAME: Vec2 = Vec2::new(92.0, 70.0);

/// Draws it.
pub(crate) fn show(ui: &mut Ui, cx: &mut Cx<'_>) {
    let count = cx.engine.slots().len();
    ui.spacing_mut().item_spacing.y = HALF;
    let scroll = ScrollArea::vertical().auto_shrink(false);
    scroll.show_rows(ui, FRAME.y, count, |ui, rows| {
        for index in rows {
            frame(ui, cx, index);
        }
    });
}

fn frame(ui: &mut Ui, cx: &mut Cx<'_>, index: usize) {
    let engine = cx.engine;
    let slot = &engine.slots()[index];
    let current = index == engine.current();
    let (rect, response) = ui.allocate_exact_size(FRAME, Sense::click());
    let picked = picked(slot);
    let name = name(cx, slot, picked);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, current, &name));
    let fill = if response.hovered() && !current {
        cx.theme.hover
    } else {
        cx.theme.surround
    };
    ui.painter().rect_filled(rect, 2.0, fill);
    if let Some(thumbnail) = &slot.thumbnail {
        let texture = cx.textures.of(ui.ctx(), thumbnail, true);
        let size = Vec2::new(thumbnail.width as f32, thumbnail.height as f32);
        widgets::picture(ui, texture, size, rect.shrink(3.0));
    }
    if let SlotState::Failed(_) = slot.state {
        let small = FontId::proportional(SMALL);
        let icon = ICON_BROKEN_IMAGE.codepoint;
        let middle = rect.center();
        let painter = ui.painter();
        let large = widgets::icons(2.0 * SMALL);
        let above = middle - Vec2::new(0.0, GAP);
        painter.text(above, Align2::CENTER_CENTER, icon, large, cx.theme.weak);
        let below = middle + Vec2::new(0.0, 1.5 * GAP);
        let text = cx.texts.get("unreadable");
        painter.text(below, Align2::CENTER_CENTER, text, small, cx.theme.bad);
    }
    if picked > 0 {
        count(ui, cx, rect, picked);
    }
    if current {
        let stroke = Stroke::new(2.0, cx.theme.accent);
        ui.painter()
            .rect_stroke(rect, 2.0, stroke, StrokeKind::Inside);
    }
    let close = cx
        .texts
        .with("strip_close", &[("name", cx.texts.word(&slot.name()))]);
    let response = response.on_hover_text(format!("{}\n{close}", cx.texts.word(&slot.name())));
    if response.middle_clicked() {
        cx.send(Command::Close(index));
    } else if response.clicked() {
        cx.send(Command::Choose(index));
    }
    response.context_menu(|ui| {
        if ui.button(cx.text("close_photo")).clicked() {
            cx.send(Command::Close(index));
            ui.close();
        }
    });
}

/// Between the mark of an unreadable photo and its word, points.
const GAP: f32 = 2.0 * HALF;

/// A number in the lower right corner.
fn count(ui: &Ui, cx: &Cx<'_>, rect: Rect, picked: usize) {
    let format = |font| TextFormat::simple(font, cx.theme.good);
    let mut job = LayoutJob::default();
    job.append(ICON_CHECK.codepoint, 0.0, format(widgets::icons(SMALL)));
    let number = picked.to_string();
    job.append(&number, HALF / 2.0, format(FontId::proportional(SMALL)));
    let galley = ui.painter().layout_job(job);
    let size = galley.size() + Vec2::new(2.0 * HALF, HALF / 2.0);
    let corner = rect.max - Vec2::splat(HALF);
    let field = Rect::from_min_max(Pos2::new(corner.x - size.x, corner.y - size.y), corner);
    ui.painter().rect_filled(field, 3.0, cx.theme.panel);
    let at = Align2::CENTER_CENTER.anchor_size(field.center(), galley.size());
    ui.painter().galley(at.min, galley, cx.theme.good);
}

/// How many takes of a photo were picked, in every group of it.
fn picked(slot: &Slot) -> usize {
    slot.session().map_or(0, |session| {
        let marks = session.desk().marks.values();
        marks.filter(|mark| mark.flag == Flag::Picked).count()
    })
}

fn name(cx: &Cx<'_>, slot: &Slot, picked: usize) -> String {
    let mut name = cx.texts.word(&slot.name()).to_owned();
    if let SlotState::Failed(_) = slot.state {
        name = format!("{name}, {}", cx.texts.get("unreadable"));
    }
    if picked > 0 {
        let count = picked.to_string();
        let picked = cx.texts.with("strip_picked", &[("count", &count)]);
        name = format!("{name}, {picked}");
    }
    name
}
