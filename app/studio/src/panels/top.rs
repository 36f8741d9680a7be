//! The top bar: menus, the photo's name, undo and redo, the device.

use eframe::egui::{Align, Button, Layout, RichText, Ui};
use egui_material_icons::icons::{ICON_HISTORY, ICON_REDO, ICON_UNDO};

use crate::actions::{ACTIONS, Action, Menu};
use crate::cx::Cx;
use crate::keys;
use crate::theme::semibold;

/// Draws it.
pub(crate) fn show(ui: &mut Ui, cx: &mut Cx<'_>) {
    ui.horizontal(|ui| {
        ui.label(
            RichText::new("Retake")
                .family(semibold())
                .color(cx.theme.accent),
        );
        for menu in Menu::ALL {
            ui.menu_button(cx.texts.get(menu.id()), |ui| {
                for action in ACTIONS.iter().filter(|action| action.menu == menu) {
                    entry(ui, cx, action);
                }
            });
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            for (id, icon) in [
                ("history", ICON_HISTORY),
                ("redo", ICON_REDO),
                ("undo", ICON_UNDO),
            ] {
                if let Some(action) = ACTIONS.iter().find(|action| action.id == id) {
                    icon_button(ui, cx, action, icon.codepoint);
                }
            }
            ui.separator();
            let device = cx.texts.with("device", &[("device", cx.engine.device())]);
            ui.label(RichText::new(device).small().color(cx.theme.weak));
            if let Some(session) = cx.session() {
                let size = format!(
                    "{}   {} × {}",
                    session.name(),
                    session.photo.width(),
                    session.photo.height()
                );
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    ui.label(RichText::new(size).small().color(cx.theme.weak));
                });
            }
        });
    });
}

fn entry(ui: &mut Ui, cx: &mut Cx<'_>, action: &'static Action) {
    let keys = keys::of(action, &cx.settings.keys)
        .first()
        .map_or(String::new(), |keys| keys::words(ui.ctx(), keys));
    let button = Button::new(cx.texts.get(action.id)).shortcut_text(keys);
    let enabled = (action.enabled)(cx);
    if ui.add_enabled(enabled, button).clicked() {
        (action.run)(cx);
        ui.close();
    }
}

/// An action as an icon whose tooltip is its name and its keys.
pub(crate) fn icon_button(ui: &mut Ui, cx: &mut Cx<'_>, action: &'static Action, icon: &str) {
    let keys = keys::of(action, &cx.settings.keys)
        .first()
        .map_or(String::new(), |keys| {
            format!("  {}", keys::words(ui.ctx(), keys))
        });
    let name = cx.texts.get(action.id).to_owned();
    let enabled = (action.enabled)(cx);
    let response = ui.add_enabled(enabled, Button::new(icon).frame_when_inactive(false));
    response.widget_info(|| {
        eframe::egui::WidgetInfo::labeled(eframe::egui::Role::Button, enabled, &name)
    });
    if response.on_hover_text(format!("{name}{keys}")).clicked() {
        (action.run)(cx);
    }
}
