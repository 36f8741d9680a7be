//! The key bindings: a line an action. A click waits for new keys; keys that another action has are refused by name.

use eframe::egui::{self, Align, Button, Layout, RichText, Ui, vec2};
use egui_material_icons::icons::ICON_UNDO;

use super::parts;
use crate::actions::{ACTIONS, Action, Menu};
use crate::cx::Cx;
use crate::keys::{self, sets::SETS};
use crate::theme::{CONTROL, GRID, semibold};

/// Width of the keys, points.
const KEYS: f32 = 184.0;

/// Draws them.
pub(super) fn show(ui: &mut Ui, cx: &mut Cx<'_>) {
    let name = cx.text("settings_keys");
    let options: Vec<(String, String)> = SETS
        .iter()
        .map(|set| (set.id.to_owned(), set.name.to_owned()))
        .collect();
    let mut chosen = cx.settings.key_set.clone();
    parts::field(ui, cx.theme, &name, |ui| {
        if parts::choice(ui, cx.theme, &name, &options, &mut chosen) {
            cx.settings.choose_keys(&chosen);
            cx.look.over.refused = None;
        }
        let how = RichText::new(cx.text("settings_keys_how")).small();
        ui.label(how.color(cx.theme.weak));
        let changed = ACTIONS.iter().any(|a| cx.settings.is_rebound(a.id));
        let reset = Button::new(cx.text("settings_keys_reset"));
        if ui.add_enabled(changed, reset).clicked() {
            cx.settings.choose_keys(&chosen);
            cx.look.over.refused = None;
        }
    });
    ui.spacing_mut().item_spacing.y = 2.0;
    for menu in Menu::ALL {
        ui.add_space(GRID);
        ui.label(RichText::new(cx.texts.get(menu.id())).family(semibold()));
        for action in ACTIONS.iter().filter(|action| action.menu == menu) {
            line(ui, cx, action);
        }
    }
}

fn line(ui: &mut Ui, cx: &mut Cx<'_>, action: &'static Action) {
    let name = cx.text(action.id);
    let waiting = cx.look.over.rebinding == Some(action.id);
    ui.horizontal(|ui| {
        ui.label(&name);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let shown = keys::all_words(ui.ctx(), cx.texts, action, &cx.settings.keys);
            let text = match (waiting, shown.is_empty()) {
                (true, _) => RichText::new(cx.text("settings_press")).color(cx.theme.accent),
                (false, true) => RichText::new("–").color(cx.theme.weak),
                (false, false) => RichText::new(&shown),
            };
            let button = Button::new(text.size(13.0))
                .min_size(vec2(KEYS, CONTROL))
                .truncate();
            let spoken = cx
                .texts
                .with("settings_keys_of", &[("name", &name), ("keys", &shown)]);
            if ui.add(button).accessible_name(spoken).clicked() {
                cx.look.over.refused = None;
                cx.look.over.rebinding = (!waiting).then_some(action.id);
            }
            if cx.settings.is_rebound(action.id) {
                let what = cx.texts.with("settings_key_reset", &[("name", &name)]);
                let icon = Button::new(ICON_UNDO).frame_when_inactive(false);
                let back = ui.add(icon).accessible_name(&what);
                if back.on_hover_text(&what).clicked() {
                    back_to_set(cx, action);
                }
            }
        });
    });
    if let Some((refused, holder)) = cx.look.over.refused
        && refused == action.id
    {
        let said = cx
            .texts
            .with("settings_conflict", &[("name", cx.texts.get(holder))]);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add(egui::Label::new(
                RichText::new(said).small().color(cx.theme.bad),
            ));
        });
    }
}

/// The set's keys again, unless they were given to another action meanwhile.
fn back_to_set(cx: &mut Cx<'_>, action: &'static Action) {
    let mut back = cx.settings.clone();
    back.unbind(action.id);
    let taken = keys::of(action, &back.keys)
        .iter()
        .find_map(|&shortcut| keys::holder(shortcut, action.id, &back.keys));
    cx.look.over.refused = taken.map(|holder| (action.id, holder.id));
    if taken.is_none() {
        *cx.settings = back;
    }
}
