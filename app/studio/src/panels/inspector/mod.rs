//! The inspector: one take looked at closely. Why it got its score, its recipe as sliders, the whole group against each
//! other, and the steps that led here.

mod curve;
mod edit;
mod facts;
mod group;
mod guard;
mod header;
mod history;
mod looks;
mod lost;
mod mask_words;
mod origin;
mod parallel;
mod pareto;
mod range_graphic;
mod raw;
mod recipe;
mod scatter;
mod searched;
mod slider;
#[cfg(test)]
mod tests;
mod why;
mod words;

use eframe::egui::{Align, Area, Frame, Id, Layout, Order, Rect, RichText, ScrollArea, Ui, vec2};
use egui_material_icons::icons::ICON_CLOSE;
use retake_engine::TakeId;

use crate::cx::Cx;
use crate::look::Tab;
use crate::theme::{CONTROL, GRID};

pub(crate) use edit::read as recipe_from;
pub(in crate::panels) use slider::{END, Moved, Slider};

/// What the inspector remembers between frames.
#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    /// the number that is being typed, and what is typed so far
    pub(in crate::panels) typing: Option<(Id, String)>,
    /// the take under the pointer in one of the plots
    hovered: Option<TakeId>,
    /// what the scatter shows across and up; `None` until chosen
    axes: Option<[words::Axis; 2]>,
    /// the evidence over the photo was lit from here
    lit: bool,
}

/// Width of the inspector over the photo, points.
const FOLDED: f32 = 320.0;
/// Not even a sliver of a window squeezes it to less, points.
const SLIVER: f32 = 120.0;

const TABS: [(Tab, &str); 4] = [
    (Tab::Why, "inspector_why"),
    (Tab::Recipe, "inspector_recipe"),
    (Tab::Group, "inspector_group"),
    (Tab::History, "inspector_history"),
];

/// Draws it beside the photo.
pub(crate) fn show(ui: &mut Ui, cx: &mut Cx<'_>) {
    ui.spacing_mut().item_spacing = vec2(GRID, GRID / 2.0);
    let take = cx.focus();
    if let Some(take) = &take {
        header::show(ui, cx, take);
    } else {
        ui.add_space(GRID);
        ui.label(RichText::new(cx.text("inspector_waiting")).color(cx.theme.weak));
    }
    tabs(ui, cx);
    if cx.look.tab != Tab::Why {
        unlight(cx);
    }
    match (cx.look.tab, take) {
        (Tab::Why, Some(take)) => scrolled(ui, "why", |ui| why::show(ui, cx, &take)),
        (Tab::Recipe, Some(take)) => scrolled(ui, "recipe", |ui| match &take.model {
            None => recipe::show(ui, cx, &take),
            Some(model) => facts::show(ui, cx, &take, model),
        }),
        (Tab::Group, _) => scrolled(ui, "group", |ui| group::show(ui, cx)),
        (Tab::History, _) => history::show(ui, cx),
        (_, None) => unlight(cx),
    }
}

/// Draws it over the photo, in a narrow window. `room` is where the photo is.
pub(crate) fn folded(ui: &mut Ui, cx: &mut Cx<'_>, room: Rect) {
    let width = FOLDED.min(room.width() - 2.0 * GRID).max(SLIVER);
    let at = room.right_top() - vec2(width + 3.0 * GRID, -GRID);
    let area = Area::new(Id::unique("inspector over the photo"))
        .order(Order::Middle)
        .fixed_pos(at)
        .constrain_to(room);
    area.show(ui.ctx(), |ui| {
        let frame = Frame::popup(ui.style())
            .fill(cx.theme.panel)
            .inner_margin(GRID);
        frame.show(ui, |ui| {
            let height = (room.height() - 4.0 * GRID).max(120.0);
            ui.set_width(width);
            ui.set_height(height);
            ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
                ui.set_max_height(CONTROL);
                let close = eframe::egui::Button::new(ICON_CLOSE).frame_when_inactive(false);
                let close = ui.add(close).accessible_name(cx.text("inspector_close"));
                if close.on_hover_text(cx.text("inspector_close")).clicked() {
                    cx.look.inspector = false;
                    unlight(cx);
                }
            });
            ui.add_space(-CONTROL);
            show(ui, cx);
        });
    });
}

/// Takes the evidence off the photo, if it was lit from here.
fn unlight(cx: &mut Cx<'_>) {
    if std::mem::take(&mut cx.look.inspect.lit) {
        cx.look.evidence = None;
    }
}

/// What a part of a page is called.
fn title(ui: &mut Ui, cx: &Cx<'_>, key: &'static str) {
    let words = cx.texts.get(key);
    ui.label(RichText::new(words).small().color(cx.theme.weak));
}

fn scrolled(ui: &mut Ui, name: &str, draw: impl FnOnce(&mut Ui)) {
    ScrollArea::vertical()
        .id_salt(name)
        .auto_shrink(false)
        .show(ui, |ui| {
            // the bar lies over the content's edge; nothing is drawn under it
            ui.set_width((ui.available_width() - GRID).max(0.0));
            draw(ui);
        });
}

fn tabs(ui: &mut Ui, cx: &mut Cx<'_>) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0 * GRID;
        for (tab, key) in TABS {
            if words::tab(ui, cx.theme, cx.look.tab == tab, cx.texts.get(key)).clicked() {
                cx.look.tab = tab;
            }
        }
    });
    ui.separator();
}
