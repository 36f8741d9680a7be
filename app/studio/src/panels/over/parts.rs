//! The frame that all sheets share, and the lines in it.

use eframe::egui::{
    self, Align, Align2, Button, Color32, Context, Frame, Id, Layout, Modal, Response, RichText,
    Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2,
};
use egui_material_icons::MaterialIcon;
use egui_material_icons::icons::ICON_CLOSE;

use crate::cx::Cx;
use crate::look::Sheet;
use crate::theme::{CONTROL, GRID, Theme};

/// Width of the names at the left of a sheet, points.
const NAME: f32 = 128.0;
/// Not even the smallest window leaves a form less height, points.
const LEAST: f32 = 64.0;

/// A sheet in the middle of the window; a click beside it closes it.
pub(in crate::panels) fn sheet(
    ctx: &Context,
    cx: &mut Cx<'_>,
    title: &str,
    width: f32,
    draw: impl FnOnce(&mut Ui, &mut Cx<'_>),
) {
    let room = ctx.content_rect();
    let top = (room.height() * 0.08).clamp(2.0 * GRID, 88.0);
    let id = Id::unique("sheet");
    let area = Modal::default_area(id).anchor(Align2::CENTER_TOP, vec2(0.0, top));
    let frame = Frame::popup(&ctx.global_style())
        .fill(cx.theme.panel)
        .inner_margin(2.0 * GRID);
    let modal = Modal::new(id)
        .area(area)
        .frame(frame)
        .backdrop_color(Color32::from_black_alpha(120));
    let shown = modal.show(ctx, |ui| {
        ui.set_width(width.min(room.width() - 6.0 * GRID).max(NAME));
        ui.set_max_height((room.height() - 2.0 * top - 4.0 * GRID).max(160.0));
        ui.spacing_mut().item_spacing = vec2(GRID, GRID);
        if !title.is_empty() {
            ui.horizontal(|ui| {
                ui.label(RichText::new(title).heading());
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    let button = Button::new(ICON_CLOSE).frame_when_inactive(false);
                    let name = cx.text("inspector_close");
                    let close = ui.add(button).accessible_name(&name);
                    if close.on_hover_text(format!("{name}  Esc")).clicked() {
                        cx.look.sheet = Sheet::None;
                    }
                });
            });
        }
        draw(ui, cx);
    });
    shown
        .backdrop_response
        .widget_info(|| WidgetInfo::labeled(Role::GenericContainer, true, cx.texts.get("outside")));
    if shown.backdrop_response.clicked() {
        cx.look.sheet = Sheet::None;
    }
}

/// What may be longer than the window and then scrolls, and below it what is in view always: the buttons. How high that
/// is, is known from the frame before. `form` is what both draw.
pub(in crate::panels) fn scrolled<T>(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    form: &mut T,
    long: impl FnOnce(&mut Ui, &mut Cx<'_>, &mut T),
    below: impl FnOnce(&mut Ui, &mut Cx<'_>, &mut T),
) {
    let id = ui.scope_id().with("below");
    let known: f32 = ui
        .data(|data| data.get_temp(id))
        .unwrap_or(2.0 * CONTROL + GRID);
    let room = ui.available_height() - known - ui.spacing().item_spacing.y;
    ScrollArea::vertical()
        .max_height(room.max(LEAST))
        .show(ui, |ui| {
            // the bar lies over the content's edge; nothing is drawn under it
            ui.set_width((ui.available_width() - GRID).max(0.0));
            long(ui, cx, form);
        });
    let top = ui.cursor().top();
    below(ui, cx, form);
    let height = (ui.min_rect().bottom() - top).max(0.0);
    if (height - known).abs() > 0.5 {
        ui.data_mut(|data| data.insert_temp(id, height));
        ui.ctx().request_repaint();
    }
}

/// A line: its name at the left, what it holds at the right.
pub(in crate::panels) fn field(ui: &mut Ui, theme: &Theme, name: &str, draw: impl FnOnce(&mut Ui)) {
    ui.horizontal_top(|ui| {
        ui.allocate_ui_with_layout(
            vec2(NAME, CONTROL),
            Layout::left_to_right(Align::Center),
            |ui| {
                ui.set_min_size(vec2(NAME, CONTROL));
                ui.add(egui::Label::new(RichText::new(name).color(theme.weak)).wrap());
            },
        );
        ui.vertical(draw);
    });
}

/// A few things of which one is chosen, beside each other. `spoken` is what the choice is about.
pub(in crate::panels) fn choice<T: PartialEq + Clone>(
    ui: &mut Ui,
    theme: &Theme,
    spoken: &str,
    options: &[(T, String)],
    value: &mut T,
) -> bool {
    let mut changed = false;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(GRID / 2.0, GRID / 2.0);
        for (option, name) in options {
            let chosen = option == value;
            let response = segment(ui, theme, name, chosen);
            let full = format!("{spoken}: {name}");
            response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, chosen, &full));
            if response.clicked() && !chosen {
                *value = option.clone();
                changed = true;
            }
        }
    });
    changed
}

fn segment(ui: &mut Ui, theme: &Theme, name: &str, chosen: bool) -> Response {
    let font = egui::TextStyle::Body.resolve(ui.style());
    let colour = if chosen { theme.text } else { theme.weak };
    let galley = ui.painter().layout_no_wrap(name.to_owned(), font, colour);
    let size = vec2(galley.size().x + 2.5 * GRID, CONTROL);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let fill = match (chosen, response.hovered()) {
        (true, _) => theme.hover,
        (false, true) => theme.raised,
        (false, false) => Color32::TRANSPARENT,
    };
    let line = if response.has_focus() {
        theme.accent
    } else if chosen {
        theme.weak
    } else {
        theme.line
    };
    ui.painter()
        .rect(rect, 4.0, fill, Stroke::new(1.0, line), StrokeKind::Inside);
    let at = Align2::CENTER_CENTER
        .anchor_size(rect.center(), galley.size())
        .min;
    ui.painter().galley(at, galley, colour);
    response
}

/// An icon. Icons have a font of their own: the letters' font has other signs at the same places.
pub(in crate::panels) fn icon(icon: MaterialIcon, size: f32) -> RichText {
    icon.rich_text().size(size)
}

/// The one button that a sheet is for.
pub(in crate::panels) fn primary(
    ui: &mut Ui,
    theme: &Theme,
    enabled: bool,
    name: &str,
) -> Response {
    let text = RichText::new(name).color(theme.on_accent);
    let button = Button::new(text)
        .fill(theme.accent)
        .min_size(vec2(96.0, CONTROL));
    ui.add_enabled(enabled, button)
}
