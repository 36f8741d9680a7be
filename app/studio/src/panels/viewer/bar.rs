//! The bar under the photo: how pictures are held against each other, the pixel under the pointer, the zoom, and what is
//! marked on the photo.

use eframe::egui::{
    Align, Align2, Color32, FontId, Layout, Rect, Role, Sense, Slider, Ui, Vec2, Widget,
    WidgetInfo, pos2, vec2,
};
use egui_material_icons::icons::{
    ICON_ANIMATION, ICON_BRUSH, ICON_COMPARE, ICON_EQUALIZER, ICON_FIT_SCREEN, ICON_HEAT,
    ICON_HISTORY_TOGGLE_OFF, ICON_LAYERS, ICON_SPLITSCREEN_RIGHT, ICON_WARNING,
};

use super::strip::{button, find, toggle};
use crate::cx::Cx;
use crate::look::{Against, Compare, Tool, Zoom};
use crate::theme::{BODY, CONTROL, GRID, HALF, SMALL};

/// Height of the bar, points.
pub(crate) const HEIGHT: f32 = CONTROL + 2.0 * HALF;
/// From this width on the modes have their names beside them, and from the other on L*a*b* is shown, points.
const NAMES_FROM: f32 = 1180.0;
const LAB_FROM: f32 = 780.0;
const PIXEL_FROM: f32 = 600.0;

/// The modes, in order: action, icon, mode.
const MODES: [(&str, &str, Compare); 5] = [
    ("wipe", ICON_COMPARE.codepoint, Compare::Wipe),
    ("compare", ICON_SPLITSCREEN_RIGHT.codepoint, Compare::Side),
    ("overlay", ICON_LAYERS.codepoint, Compare::Overlay),
    ("flicker", ICON_ANIMATION.codepoint, Compare::Flicker),
    ("difference", ICON_HEAT.codepoint, Compare::Difference),
];

/// Draws it.
pub(crate) fn show(ui: &mut Ui, cx: &mut Cx<'_>) {
    let width = ui.available_width();
    ui.spacing_mut().item_spacing.x = HALF;
    ui.horizontal_centered(|ui| {
        ui.add_space(HALF);
        for (id, icon, mode) in MODES {
            if let Some(action) = find(id) {
                let on = cx.look.compare == mode;
                let named = width >= NAMES_FROM;
                let face = match named {
                    true => format!("{icon} {}", cx.texts.get(mode.id())),
                    false => icon.to_owned(),
                };
                toggle(ui, cx, action, &face, on);
            }
        }
        if cx.look.compare != Compare::Off {
            against(ui, cx);
        }
        if cx.look.compare == Compare::Overlay {
            let name = cx.text("overlay_opacity");
            ui.spacing_mut().slider_width = 96.0;
            let slider = Slider::new(&mut cx.look.opacity, 0.0..=1.0).show_value(false);
            let response = slider.ui(ui);
            response.widget_info(|| WidgetInfo::labeled(Role::Slider, true, &name));
            response.on_hover_text(name);
        }
        if let Some(action) = find("original") {
            let on = cx.look.original;
            toggle(ui, cx, action, ICON_HISTORY_TOGGLE_OFF.codepoint, on);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add_space(HALF);
            let (clipping, histogram) = (cx.look.clipping, cx.look.histogram);
            let painting = cx.look.tool != Tool::Hand;
            for (id, icon, on) in [
                ("clipping", ICON_WARNING.codepoint, clipping),
                ("histogram", ICON_EQUALIZER.codepoint, histogram),
                ("brush", ICON_BRUSH.codepoint, painting),
            ] {
                if let Some(action) = find(id) {
                    toggle(ui, cx, action, icon, on);
                }
            }
            ui.separator();
            zoom(ui, cx);
            ui.separator();
            readout(ui, cx, width);
        });
    });
}

/// What the take is held against.
fn against(ui: &mut Ui, cx: &mut Cx<'_>) {
    let best = cx.session().is_some_and(|s| s.ranking().order.len() > 1);
    let to_best = cx.look.against == Against::Best && best;
    let key = if to_best {
        "against_best"
    } else {
        "against_original"
    };
    let name = cx.text(key);
    let response = button(ui, &name, &name, best, false);
    if response
        .on_hover_text(cx.texts.get("against_hint"))
        .clicked()
    {
        cx.look.against = if to_best {
            Against::Original
        } else {
            Against::Best
        };
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
        toggle(ui, cx, action, ICON_FIT_SCREEN.codepoint, on);
    }
    let (rect, response) = ui.allocate_exact_size(vec2(52.0, CONTROL), Sense::hover());
    let percent = scale * 100.0;
    let words = if percent < 10.0 {
        format!("{percent:.1} %")
    } else {
        format!("{percent:.0} %")
    };
    let name = cx.texts.with("zoom_is", &[("percent", &words)]);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &name));
    let font = FontId::proportional(BODY);
    ui.painter().text(
        rect.right_center(),
        Align2::RIGHT_CENTER,
        words,
        font,
        cx.theme.text,
    );
    response.on_hover_text(name);
}

/// Columns of fixed width, so that nothing moves while the pointer does.
fn readout(ui: &mut Ui, cx: &Cx<'_>, width: f32) {
    let Some(pixel) = cx.look.hand.readout else {
        return;
    };
    if width < PIXEL_FROM {
        return;
    }
    let [r, g, b] = pixel.rgb;
    let [l, a, bb] = pixel.lab;
    // never "-0.0"
    let tenth = |v: f32| format!("{:.1}", (v * 10.0).round() / 10.0 + 0.0).replace('-', "−");
    let mut columns = vec![
        ("x", pixel.x.to_string(), 48.0),
        ("y", pixel.y.to_string(), 48.0),
        ("R", r.to_string(), 38.0),
        ("G", g.to_string(), 38.0),
        ("B", b.to_string(), 38.0),
    ];
    if width >= LAB_FROM {
        columns.push(("L*", tenth(l), 56.0));
        columns.push(("a*", tenth(a), 56.0));
        columns.push(("b*", tenth(bb), 56.0));
    }
    let sum: f32 = columns.iter().map(|(_, _, width)| width + GRID).sum();
    let size = vec2(sum + 2.0 * GRID, CONTROL);
    if ui.available_width() < size.x {
        return;
    }
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let name = columns
        .iter()
        .map(|(name, value, _)| format!("{name} {value}"))
        .collect::<Vec<_>>()
        .join(" ");
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &name));
    let painter = ui.painter();
    let swatch = Rect::from_center_size(
        pos2(rect.left() + GRID, rect.center().y),
        Vec2::splat(1.5 * GRID),
    );
    painter.rect_filled(swatch, 2.0, Color32::from_rgb(r, g, b));
    let mut x = rect.left() + 2.0 * GRID;
    for (name, value, width) in columns {
        x += GRID;
        let font = FontId::proportional(SMALL);
        let left = pos2(x, rect.center().y);
        painter.text(left, Align2::LEFT_CENTER, name, font.clone(), cx.theme.weak);
        x += width;
        let right = pos2(x, rect.center().y);
        painter.text(right, Align2::RIGHT_CENTER, value, font, cx.theme.text);
    }
}
