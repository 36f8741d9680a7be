//! The bar under the photo: how pictures are held against each other, the pixel under the pointer, the zoom, and what is
//! marked on the photo.

use eframe::egui::{
    Align, Align2, Color32, FontId, Frame, Layout, Rect, Role, Sense, Slider, Ui, UiBuilder, Vec2,
    Widget, WidgetInfo, pos2, vec2,
};
use egui_material_icons::MaterialIcon;
use egui_material_icons::icons::{
    ICON_ANIMATION, ICON_BRUSH, ICON_COMPARE, ICON_EQUALIZER, ICON_FIT_SCREEN, ICON_HEAT,
    ICON_IMAGE, ICON_LAYERS, ICON_SPLITSCREEN_RIGHT, ICON_SWAP_HORIZ, ICON_WARNING,
};

use super::arranged::possible;
use super::strip::{button, find, icon, toggle};
use crate::cx::Cx;
use crate::look::{Against, Compare, Tool, Zoom};
use crate::theme::{BODY, CONTROL, GRID, HALF, SMALL};

/// Height of the bar, points.
pub(crate) const HEIGHT: f32 = CONTROL + 2.0 * HALF;
/// From this width on the modes have their names beside them, points.
const NAMES_FROM: f32 = 1010.0;
/// Width of a column of the readout, points.
const COLUMN: f32 = 46.0;

/// The modes, in order: action, icon, mode.
const MODES: [(&str, MaterialIcon, Compare); 5] = [
    ("wipe", ICON_COMPARE, Compare::Wipe),
    ("compare", ICON_SPLITSCREEN_RIGHT, Compare::Side),
    ("overlay", ICON_LAYERS, Compare::Overlay),
    ("flicker", ICON_ANIMATION, Compare::Flicker),
    ("difference", ICON_HEAT, Compare::Difference),
];

/// Draws it.
pub(crate) fn show(ui: &mut Ui, cx: &mut Cx<'_>) {
    let named = ui.available_width() >= NAMES_FROM;
    ui.spacing_mut().item_spacing.x = HALF;
    ui.horizontal_centered(|ui| {
        ui.add_space(HALF);
        for (id, face, mode) in MODES {
            let Some(action) = find(id) else { continue };
            let on = cx.look.compare == mode;
            if named {
                let name = cx.text(mode.id());
                toggle(ui, cx, action, (icon(face), name), on);
            } else {
                toggle(ui, cx, action, icon(face), on);
            }
        }
        against(ui, cx);
        if let Some(action) = find("original") {
            let on = cx.look.original;
            toggle(ui, cx, action, icon(ICON_IMAGE), on);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add_space(HALF);
            let (clipping, histogram) = (cx.look.clipping, cx.look.histogram);
            let painting = cx.look.tool != Tool::Hand;
            for (id, face, on) in [
                ("clipping", ICON_WARNING, clipping),
                ("histogram", ICON_EQUALIZER, histogram),
                ("brush", ICON_BRUSH, painting),
            ] {
                if let Some(action) = find(id) {
                    toggle(ui, cx, action, icon(face), on);
                }
            }
            ui.add_space(GRID);
            zoom(ui, cx);
            ui.add_space(GRID);
            readout(ui, cx);
        });
    });
}

/// What the take is held against: the original, the best other take, the picks. Each press goes on to the next.
fn against(ui: &mut Ui, cx: &mut Cx<'_>) {
    let possible = cx.session().map(possible).unwrap_or_default();
    let at = possible
        .iter()
        .position(|&against| against == cx.look.against);
    let name = cx.text(match at.map(|at| possible[at]) {
        Some(Against::Best) => "against_best",
        Some(Against::Picked) => "against_picked",
        Some(Against::Original) | None => "against_original",
    });
    let enabled = possible.len() > 1 && cx.look.compare != Compare::Off;
    let response = button(ui, cx.theme, icon(ICON_SWAP_HORIZ), &name, enabled, false);
    if response.on_hover_text(&name).clicked() {
        cx.look.against = possible[(at.unwrap_or(0) + 1) % possible.len()];
    }
}

fn zoom(ui: &mut Ui, cx: &mut Cx<'_>) {
    let scale = cx.look.hand.scale;
    if let Some(action) = find("actual_size") {
        let on = cx.look.zoom != Zoom::Fit && (scale - 1.0).abs() < 1e-3;
        toggle(ui, cx, action, "1:1", on);
    }
    if let Some(action) = find("fit") {
        let on = cx.look.zoom == Zoom::Fit;
        toggle(ui, cx, action, icon(ICON_FIT_SCREEN), on);
    }
    let (rect, response) = ui.allocate_exact_size(vec2(56.0, CONTROL), Sense::hover());
    let percent = scale * 100.0;
    let places = usize::from(percent < 10.0);
    let words = cx.texts.number(&format!("{percent:.places$} %"));
    let name = cx.texts.with("zoom_is", &[("percent", &words)]);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &name));
    let at = rect.right_center() - vec2(HALF, 0.0);
    let font = FontId::proportional(BODY);
    let colour = cx.theme.text;
    ui.painter()
        .text(at, Align2::RIGHT_CENTER, words, font, colour);
    response.on_hover_text(name);
}

/// Two lines in columns of fixed width, so that nothing moves while the pointer does.
fn readout(ui: &mut Ui, cx: &Cx<'_>) {
    let Some(pixel) = cx.look.hand.readout else {
        return;
    };
    let [r, g, b] = pixel.rgb;
    // never "-0.0"
    let lab = pixel.lab.map(|value| {
        let rounded = (value * 10.0).round() / 10.0 + 0.0;
        cx.texts.number(&format!("{rounded:.1}").replace('-', "−"))
    });
    let [l, a, bb] = lab;
    let columns = [
        [("x", pixel.x.to_string()), ("y", pixel.y.to_string())],
        [("R", r.to_string()), ("L*", l)],
        [("G", g.to_string()), ("a*", a)],
        [("B", b.to_string()), ("b*", bb)],
    ];
    let long = columns.len() as f32 * (COLUMN + GRID) + 3.0 * GRID;
    if ui.available_width() < long {
        return;
    }
    let (rect, response) = ui.allocate_exact_size(vec2(long, CONTROL), Sense::hover());
    let name: Vec<String> = [0, 1]
        .iter()
        .flat_map(|&line| columns.iter().map(move |column| &column[line]))
        .map(|(name, value)| format!("{name} {value}"))
        .collect();
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, name.join(" ")));
    let painter = ui.painter();
    let middle = rect.center().y;
    let swatch = Rect::from_center_size(
        pos2(rect.left() + 1.5 * GRID, middle),
        Vec2::splat(2.0 * GRID),
    );
    painter.rect_filled(swatch, 2.0, Color32::from_rgb(r, g, b));
    let mut left = rect.left() + 3.0 * GRID;
    for column in columns {
        left += GRID;
        for ((name, value), y) in column.into_iter().zip([middle - 7.5, middle + 7.5]) {
            let font = FontId::proportional(SMALL);
            let (from, to) = (pos2(left, y), pos2(left + COLUMN, y));
            let weak = cx.theme.weak;
            painter.text(from, Align2::LEFT_CENTER, name, font.clone(), weak);
            painter.text(to, Align2::RIGHT_CENTER, value, font, cx.theme.text);
        }
        left += COLUMN;
    }
}

/// How much of the take shows in an overlay: a slider over the photo's lower side.
pub(crate) fn opacity(ui: &mut Ui, cx: &mut Cx<'_>, canvas: Rect) {
    const LENGTH: f32 = 160.0;
    let size = vec2(LENGTH + 4.0 * GRID, CONTROL + 2.0 * HALF);
    let least = canvas.center_bottom() - vec2(size.x / 2.0, size.y + GRID);
    let builder = UiBuilder::new()
        .id_salt("overlay opacity")
        .max_rect(Rect::from_min_size(least, size));
    ui.scope_builder(builder, |ui| {
        let frame = Frame::new()
            .fill(cx.theme.panel)
            .corner_radius(4.0)
            .inner_margin(HALF);
        frame.show(ui, |ui| {
            let name = cx.text("overlay_opacity");
            ui.spacing_mut().slider_width = LENGTH;
            let slider = Slider::new(&mut cx.look.opacity, 0.0..=1.0).show_value(false);
            let response = slider.ui(ui);
            response.widget_info(|| WidgetInfo::labeled(Role::Slider, true, &name));
            response.on_hover_text(name);
        });
    });
}
