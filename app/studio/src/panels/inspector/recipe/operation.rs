//! One operation of a layer: its name, a slider for each of its numbers, and what takes it out.

use eframe::egui::{Align, Button, Color32, Layout, RichText, Ui, vec2};
use egui_material_icons::icons::ICON_CLOSE;
use retake_core::{Said, said};
use retake_darkroom::Operation;

use super::{Edit, Panel};
use crate::cx::Cx;
use crate::panels::inspector::edit::{self, Change, Place};
use crate::panels::inspector::slider::{self, Slider};
use crate::panels::over::parts;

/// An operation with more sliders than these shows those that are used, and the rest when asked.
const MANY: usize = 6;

impl Panel<'_> {
    pub(super) fn operation(
        &mut self,
        ui: &mut Ui,
        cx: &mut Cx<'_>,
        layer: usize,
        at: usize,
        operation: &Operation,
    ) {
        let op = operation.op;
        let single = op.params.len() == 1 && operation.data.is_null();
        if !single {
            ui.horizontal(|ui| {
                ui.set_height(slider::HEIGHT);
                ui.label(RichText::new(cx.texts.word(op.name)).size(13.0))
                    .on_hover_text(cx.texts.word(op.about));
                if let Some(words) = data_words(cx, operation) {
                    ui.label(RichText::new(words).small().color(cx.theme.weak));
                }
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    self.remove(ui, cx, layer, at, operation);
                });
            });
        }
        let all_id = ui.make_persistent_id("all sliders");
        let mut all: bool = ui.data(|data| data.get_temp(all_id)).unwrap_or_default();
        let many = op.params.len() > MANY;
        for index in 0..op.params.len() {
            let used = operation.values[index] != op.params[index].neutral;
            if many && !all && !used {
                continue;
            }
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 0.0;
                let place = Place {
                    layer,
                    operation: at,
                    param: index,
                };
                self.param(ui, cx, place, operation);
                if single {
                    self.remove(ui, cx, layer, at, operation);
                }
            });
        }
        if many {
            let key = if all {
                "inspector_fewer"
            } else {
                "inspector_all"
            };
            let text = cx
                .texts
                .with(key, &[("count", &op.params.len().to_string())]);
            let spoken = format!("{}: {text}", cx.texts.word(op.name));
            let text = RichText::new(text).small().color(cx.theme.weak);
            let button = Button::new(text).frame_when_inactive(false);
            if ui.add(button).accessible_name(spoken).clicked() {
                all = !all;
                ui.data_mut(|data| data.insert_temp(all_id, all));
            }
        }
    }

    fn param(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, at: Place, operation: &Operation) {
        let op = operation.op;
        let param = &op.params[at.param];
        let full_name = cx.texts.said(&edit::name(op, param));
        let name = if op.params.len() == 1 {
            cx.texts.word(op.name)
        } else {
            cx.texts.word(param.name)
        };
        let value = operation.values[at.param];
        let made = edit::as_made(self.made, self.recipe, at).unwrap_or(param.neutral);
        // once back at what it was made with, again leads to neutral
        let reset = if (value - made).abs() < 1e-6 {
            param.neutral
        } else {
            made
        };
        let unit = cx.texts.word(param.unit);
        let space = if unit.is_empty() { "" } else { " " };
        let hint = format!(
            "{full_name}: {}{space}{unit}\n{}\n{}",
            cx.texts.number(&edit::shown(value, param.range)),
            cx.texts.word(op.about),
            cx.texts.get("inspector_slider_how"),
        );
        let slider = Slider {
            id: ui.make_persistent_id((self.take, at)),
            name,
            full_name: &full_name,
            unit,
            range: param.range,
            neutral: param.neutral,
            reset,
            value,
            hint: &hint,
        };
        let moved = slider.show(ui, cx.theme, cx.texts, &mut cx.look.inspect.typing);
        self.note(moved, |value| {
            (Change::Value(at, value), edit::label(op, param, value))
        });
    }

    fn remove(&mut self, ui: &mut Ui, cx: &Cx<'_>, layer: usize, at: usize, operation: &Operation) {
        let said = said!("Remove {name}", name = Said::name(operation.op.name));
        let name = cx.texts.said(&said);
        let icon = parts::icon(ICON_CLOSE, 12.0).color(cx.theme.weak);
        let button = Button::new(icon)
            .frame_when_inactive(false)
            .fill(Color32::TRANSPARENT)
            .min_size(vec2(slider::END, slider::HEIGHT));
        let remove = ui.scope(|ui| {
            ui.spacing_mut().button_padding = vec2(0.0, 0.0);
            ui.spacing_mut().interact_size = vec2(slider::END, slider::HEIGHT);
            ui.add(button)
        });
        let remove = remove.inner.accessible_name(&name);
        if remove.on_hover_text(&name).clicked() {
            *self.edit = Some(Edit {
                change: Change::Remove(layer, at),
                label: said,
                done: true,
            });
        }
    }
}

/// What of an operation is no number: a curve's points, a table.
fn data_words(cx: &Cx<'_>, operation: &Operation) -> Option<String> {
    if operation.data.is_null() {
        return None;
    }
    let points = operation
        .data
        .get("points")
        .and_then(|points| points.as_array());
    Some(match points {
        Some(points) => {
            let count = points.len().to_string();
            cx.texts.with("inspector_points", &[("count", &count)])
        }
        None => cx.text("inspector_table"),
    })
}
