//! The preset beside how many: one word that sets takes, strategy, selector and limits at once. What it sets stands beside
//! it and can be changed; then no preset is chosen.

use eframe::egui::containers::menu::MenuButton;
use eframe::egui::{RichText, Ui, Vec2};

use crate::cx::Cx;
use crate::presets::{Preset, presets};
use crate::theme::CONTROL;
use crate::widgets;

/// Width, points.
pub(super) const WIDTH: f32 = 108.0;
/// Width of its menu, points.
const MENU: f32 = 300.0;

/// The preset that all is set as.
fn chosen(cx: &Cx<'_>) -> Option<&'static Preset> {
    let weights = cx.session().map(|session| &session.desk().weights);
    let effort = cx.engine.effort();
    presets().iter().find(|preset| preset.is(effort, weights))
}

fn name(cx: &Cx<'_>, preset: &Preset) -> String {
    cx.texts.get(&format!("preset_{}", preset.id)).to_owned()
}

/// Draws the button with its menu.
pub(super) fn show(ui: &mut Ui, cx: &mut Cx<'_>) {
    let words = match chosen(cx) {
        Some(preset) => name(cx, preset),
        None => cx.text("preset_own"),
    };
    let button = widgets::opens(RichText::new(&words)).truncate();
    let size = Vec2::new(WIDTH, CONTROL);
    let (response, _) = MenuButton::from_button(button.min_size(size)).ui(ui, |ui| {
        ui.set_max_width(MENU);
        section(ui, cx);
    });
    let label = cx.texts.with("preset_is", &[("preset", &words)]);
    widgets::named(&response, &label);
    widgets::arrow(ui, &response);
    response.on_hover_text(cx.text("preset_how"));
}

/// The presets as a part of a menu, each with its sentence.
pub(super) fn section(ui: &mut Ui, cx: &mut Cx<'_>) {
    let now = chosen(cx).map(|preset| &preset.id);
    for preset in presets() {
        let row = ui.selectable_label(now == Some(&preset.id), name(cx, preset));
        let about = format!("preset_{}_how", preset.id);
        widgets::note(ui, cx.texts.get(&about), cx.theme.weak);
        if row.clicked() {
            let weights = cx.session().map(|session| session.desk().weights.clone());
            for command in preset.commands(&weights.unwrap_or_default()) {
                cx.send(command);
            }
        }
    }
}
