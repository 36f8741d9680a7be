//! Where the panels lie: the bar at the top, the filmstrip at the left, the sheet and the line at the bottom, the inspector
//! at the right, and the photo in what is left.

use eframe::egui::{self, CentralPanel, Frame, Id, Margin, Panel, Pos2, Rect};

use crate::cx::Cx;
use crate::look::Room;
use crate::panels;
use crate::theme::{GRID, HALF};

/// Narrower than this the inspector folds over the photo, points.
const NARROW: f32 = 1120.0;

fn filled(cx: &Cx<'_>, margin: Margin) -> Frame {
    Frame::new().fill(cx.theme.panel).inner_margin(margin)
}

/// Height of a sheet of pictures without their bars, points.
const LEAST: f32 = 136.0;
/// Height of a sheet in a window that is not high: the bars stand in the line under the pictures, points.
const COMPACT: f32 = 156.0;
/// Height of a sheet with a row for every bar, points.
const ROOMY: f32 = 216.0;
/// From this height on the sheet is roomy, points.
const HIGH: f32 = 800.0;
/// Lower than this the sheet gives the photo of its room, and the inspector lies over both, points.
const LOW: f32 = 560.0;

/// Draws them all.
pub(crate) fn show(ui: &mut egui::Ui, cx: &mut Cx<'_>) {
    let wide = ui.available_width() >= NARROW;
    let height = ui.available_height();
    let low = height < LOW;
    let bar = filled(cx, Margin::symmetric(GRID as i8, HALF as i8));
    Panel::top("top bar")
        .frame(bar)
        .show(ui, |ui| panels::top::show(ui, cx));
    if cx.look.room == Room::Lab {
        panels::lab::show(ui, cx);
        panels::over::show(ui, cx);
        panels::toasts::show(ui, cx);
        panels::first::drop_highlight(ui, cx);
        return;
    }
    if cx.look.panels && cx.engine.slots().len() > 1 {
        let strip = filled(cx, Margin::same(HALF as i8));
        Panel::left("filmstrip")
            .frame(strip)
            .exact_size(104.0)
            .show(ui, |ui| panels::filmstrip::show(ui, cx));
    }
    let has_turn = cx
        .session()
        .is_some_and(|session| session.desk().turn.is_some());
    if cx.look.panels && has_turn && !cx.look.survey {
        let sheet = filled(cx, Margin::same(GRID as i8));
        let usual = match height {
            height if height < LOW => LEAST,
            height if height < HIGH => COMPACT,
            _ => ROOMY,
        };
        // each kind of window remembers a height of its own
        Panel::bottom(Id::unique(("contact sheet", usual as i32)))
            .frame(sheet)
            .resizable(true)
            .default_size(usual)
            .size_range(LEAST..=(0.45 * ui.available_height()).max(LEAST))
            .show(ui, |ui| panels::sheet::show(ui, cx));
    }
    if cx.session().is_some() {
        let line = filled(cx, Margin::symmetric(GRID as i8, GRID as i8));
        Panel::bottom("instruction")
            .frame(line)
            .show(ui, |ui| panels::instruction::show(ui, cx));
    }
    if wide && cx.look.panels && cx.look.inspector && has_turn {
        let inspector = filled(cx, Margin::same(GRID as i8));
        Panel::right("inspector")
            .frame(inspector)
            .resizable(true)
            .default_size(320.0)
            .min_size(260.0)
            .show(ui, |ui| panels::inspector::show(ui, cx));
    }
    let surround = Frame::new().fill(cx.theme.surround);
    let photo = ui.available_rect_before_wrap();
    CentralPanel::default().frame(surround).show(ui, |ui| {
        if cx.look.survey && has_turn {
            panels::sheet::survey(ui, cx);
        } else {
            panels::viewer::show(ui, cx);
        }
    });
    if !wide && cx.look.panels && cx.look.inspector && has_turn {
        let bottom = match low {
            true => ui.ctx().content_rect().bottom() - GRID,
            false => photo.bottom() - panels::viewer::BAR,
        };
        let room = Rect::from_min_max(photo.min, Pos2::new(photo.right(), bottom));
        panels::inspector::folded(ui, cx, room);
    }
    panels::over::show(ui, cx);
    panels::toasts::show(ui, cx);
    panels::first::drop_highlight(ui, cx);
}
