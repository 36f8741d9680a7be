//! The tool strip: the mask tools, size and soft edge, at the viewer's left while one of them is in the hand.

use eframe::egui::{
    Button, Frame, IntoAtoms, Label, Rect, Response, RichText, Slider, Stroke, Ui, UiBuilder,
    Widget, WidgetInfo, vec2,
};
use egui_material_icons::MaterialIcon;
use egui_material_icons::icons::{
    ICON_BLUR_CIRCULAR, ICON_BRUSH, ICON_CHECK, ICON_COLORIZE, ICON_DELETE, ICON_GRADIENT,
    ICON_INK_ERASER, ICON_LINE_WEIGHT, ICON_RADIO_BUTTON_UNCHECKED, ICON_VISIBILITY,
};

use super::stroke;
use crate::actions::{ACTIONS, Action};
use crate::cx::Cx;
use crate::keys;
use crate::look::Tool;
use crate::theme::{CONTROL, GRID, HALF, Theme};

/// Width of the strip, points.
pub(crate) const WIDTH: f32 = CONTROL + 2.0 * HALF;
/// Length of its sliders, points.
const SLIDER: f32 = 72.0;
/// Sizes of the brush, shares of the picture's long edge.
pub(crate) const SIZES: std::ops::RangeInclusive<f32> = 0.004..=0.5;

/// The tools, in order.
const TOOLS: [(Tool, MaterialIcon); 5] = [
    (Tool::Brush, ICON_BRUSH),
    (Tool::Eraser, ICON_INK_ERASER),
    (Tool::Linear, ICON_GRADIENT),
    (Tool::Radial, ICON_RADIO_BUTTON_UNCHECKED),
    (Tool::Range, ICON_COLORIZE),
];

/// Draws it at the left of `within`.
pub(crate) fn show(ui: &mut Ui, cx: &mut Cx<'_>, within: Rect) {
    if cx.look.tool == Tool::Hand {
        return;
    }
    let size = vec2(WIDTH, (within.height() - 2.0 * GRID).max(0.0));
    let rect = Rect::from_min_size(within.left_top() + vec2(GRID, GRID), size);
    let builder = UiBuilder::new().id_salt("mask tools").max_rect(rect);
    ui.scope_builder(builder, |ui| {
        let frame = Frame::new()
            .fill(cx.theme.panel)
            .corner_radius(4.0)
            .inner_margin(HALF);
        frame.show(ui, |ui| {
            ui.set_width(CONTROL);
            ui.spacing_mut().item_spacing.y = HALF;
            for (tool, face) in TOOLS {
                if let Some(action) = find(stroke::id(tool)) {
                    let on = cx.look.tool == tool;
                    toggle(ui, cx, action, icon(face), on);
                }
            }
            let sized = matches!(cx.look.tool, Tool::Brush | Tool::Eraser);
            // in a low window the keys are enough
            if within.height() > 420.0 {
                ui.separator();
                // equal steps of the hand are equal factors of the size
                let mut size = cx.look.brush.ln();
                let slider = Slider::new(&mut size, SIZES.start().ln()..=SIZES.end().ln());
                ui.add_enabled_ui(sized, |ui| {
                    upright(ui, slider, ICON_LINE_WEIGHT, &cx.text("brush_size"), "[  ]");
                });
                cx.look.brush = size.exp();
                let slider = Slider::new(&mut cx.look.feather, 0.0..=1.0);
                upright(ui, slider, ICON_BLUR_CIRCULAR, cx.texts.get("feather"), "");
                ui.separator();
            }
            let shown = cx.look.mask_shown;
            for (id, face, on) in [
                ("show_mask", ICON_VISIBILITY, shown),
                ("clear_mask", ICON_DELETE, false),
            ] {
                if let Some(action) = find(id) {
                    toggle(ui, cx, action, icon(face), on);
                }
            }
            let done = cx.text("mask_done");
            let response = button(ui, cx.theme, icon(ICON_CHECK), &done, true, false);
            if response.on_hover_text(format!("{done}  Esc")).clicked() {
                cx.look.tool = Tool::Hand;
            }
        });
    });
}

fn upright(ui: &mut Ui, slider: Slider<'_>, what: MaterialIcon, name: &str, keys: &str) {
    ui.spacing_mut().slider_width = SLIDER;
    // the slider itself says what it is for
    let sign = Label::new(icon(what).size(14.0).weak()).selectable(false);
    ui.vertical_centered(|ui| ui.add(sign));
    ui.horizontal(|ui| {
        ui.add_space(HALF);
        let response = slider.vertical().show_value(false).ui(ui);
        let enabled = response.enabled();
        response.widget_info(|| WidgetInfo::labeled(eframe::egui::Role::Slider, enabled, name));
        response.on_hover_text(format!("{name}  {keys}"));
    });
}

/// An action of the table by its id.
pub(crate) fn find(id: &str) -> Option<&'static Action> {
    ACTIONS.iter().find(|action| action.id == id)
}

/// An icon as buttons wear it.
pub(crate) fn icon(icon: MaterialIcon) -> RichText {
    icon.rich_text().size(18.0)
}

/// An action as a button that shows whether it is on. Its tooltip is its name and its keys.
pub(crate) fn toggle<'a>(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    action: &'static Action,
    face: impl IntoAtoms<'a>,
    on: bool,
) {
    let keys = keys::of(action, &cx.settings.keys)
        .first()
        .map_or(String::new(), |keys| keys::words(ui.ctx(), cx.texts, keys));
    let name = cx.text(action.id);
    let response = button(ui, cx.theme, face, &name, (action.enabled)(cx), on);
    if response.on_hover_text(format!("{name}  {keys}")).clicked() {
        (action.run)(cx);
    }
}

/// A button without a frame until it is on or under the pointer. What is on is lighter, never coloured: the accent is for
/// other things.
pub(crate) fn button<'a>(
    ui: &mut Ui,
    theme: &Theme,
    face: impl IntoAtoms<'a>,
    name: &str,
    enabled: bool,
    on: bool,
) -> Response {
    let mut button = Button::new(face)
        .min_size(vec2(CONTROL, CONTROL))
        .frame_when_inactive(on);
    if on {
        button = button
            .fill(theme.hover)
            .stroke(Stroke::new(1.0, theme.weak));
    }
    let response = ui
        .scope(|ui| {
            ui.spacing_mut().button_padding.x = HALF + 1.0;
            ui.add_enabled(enabled, button)
        })
        .inner;
    response.widget_info(|| WidgetInfo::selected(eframe::egui::Role::Button, enabled, on, name));
    response
}
