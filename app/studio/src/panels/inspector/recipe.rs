//! The recipe as sliders: a section a layer, operations in their groups. Dragging develops as it goes; letting go is one
//! step of the history, and the score follows.

use eframe::egui::{Align, Button, Color32, Layout, RichText, Ui, vec2};
use egui_material_icons::icons::{
    ICON_ADD, ICON_CLOSE, ICON_CONTENT_COPY, ICON_CONTENT_PASTE, ICON_RESTART_ALT,
};
use retake_darkroom::ops::Group;
use retake_darkroom::{Layer, Operation, Recipe};
use retake_engine::{Command, Take, TakeId};

use super::edit::{self, Change, Place};
use super::mask_words;
use super::slider::{self, Moved, Slider};
use crate::actions;
use crate::cx::Cx;
use crate::panels::over::parts;
use crate::panels::top::icon_button;
use crate::theme::{GRID, HALF, semibold};

const GROUPS: [(Group, &str); 5] = [
    (Group::Light, "inspector_light"),
    (Group::Colour, "inspector_colour"),
    (Group::Detail, "inspector_detail"),
    (Group::Effects, "inspector_effects"),
    (Group::Geometry, "inspector_geometry"),
];
/// An operation with more sliders than these shows those that are used, and the rest when asked.
const MANY: usize = 6;

/// What was done in this frame.
struct Edit {
    change: Change,
    label: String,
    done: bool,
}

/// Draws it.
pub(super) fn show(ui: &mut Ui, cx: &mut Cx<'_>, take: &Take) {
    let value = take.provenance.recipe.clone();
    let recipe = match Recipe::from_value(value) {
        Ok(recipe) => recipe,
        Err(why) => {
            ui.label(RichText::new(cx.text("inspector_no_recipe")).color(cx.theme.weak));
            ui.label(RichText::new(why.to_string()).small().color(cx.theme.weak));
            return;
        }
    };
    let made = cx
        .session()
        .and_then(|session| session.take_as_made(take.id))
        .and_then(|take| Recipe::from_value(take.provenance.recipe.clone()).ok())
        .unwrap_or_else(|| recipe.clone());
    buttons(ui, cx, take);
    ui.spacing_mut().item_spacing.y = 2.0;
    ui.spacing_mut().interact_size.y = slider::HEIGHT;
    let mut edit = None;
    ui.push_id(take.id, |ui| {
        let mut panel = Panel {
            take: take.id,
            recipe: &recipe,
            made: &made,
            edit: &mut edit,
        };
        if recipe.layers.is_empty() {
            ui.label(RichText::new(cx.text("inspector_empty")).color(cx.theme.weak));
            panel.add(ui, cx, 0, None);
        }
        for (index, layer) in recipe.layers.iter().enumerate() {
            ui.push_id(index, |ui| panel.layer(ui, cx, index, layer));
        }
    });
    if let Some(edit) = edit {
        cx.look.focus = Some(take.id);
        cx.send(Command::Adjust {
            take: take.id,
            recipe: edit.change.applied(&recipe).to_value(),
            label: edit.label,
            done: edit.done,
        });
    }
}

/// Copy, paste, reset.
fn buttons(ui: &mut Ui, cx: &mut Cx<'_>, take: &Take) {
    ui.horizontal(|ui| {
        for (id, icon) in [
            ("copy_recipe", ICON_CONTENT_COPY),
            ("paste_recipe", ICON_CONTENT_PASTE),
        ] {
            if let Some(action) = actions::by_id(id) {
                icon_button(ui, cx, action, icon.codepoint);
            }
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let text = RichText::new(cx.texts.get("inspector_reset")).small();
            let icon = parts::icon(ICON_RESTART_ALT, 14.0);
            let button = Button::new((icon, text)).frame_when_inactive(false);
            let reset = ui
                .add_enabled(take.adjusted, button)
                .accessible_name(cx.text("inspector_reset"))
                .on_hover_text(cx.text("inspector_reset_how"));
            if reset.clicked() {
                cx.send(Command::ResetRecipe(take.id));
            }
        });
    });
}

struct Panel<'a> {
    take: TakeId,
    recipe: &'a Recipe,
    made: &'a Recipe,
    edit: &'a mut Option<Edit>,
}

impl Panel<'_> {
    fn layer(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, index: usize, layer: &Layer) {
        ui.add_space(HALF);
        let name = if layer.name.is_empty() {
            let number = (index + 1).to_string();
            cx.texts.with("inspector_layer", &[("number", &number)])
        } else {
            capital(&layer.name)
        };
        ui.horizontal(|ui| {
            let mask = mask_words::mask(cx.texts, &layer.mask);
            ui.label(RichText::new(name).family(semibold()));
            let mask = RichText::new(mask).small().color(cx.theme.weak);
            ui.add(eframe::egui::Label::new(mask).truncate());
        });
        self.opacity(ui, cx, index, layer);
        for (group, key) in GROUPS {
            let mut inside = layer.operations.iter().enumerate();
            if !inside.any(|(_, operation)| operation.op.group == group) {
                continue;
            }
            ui.label(
                RichText::new(cx.texts.get(key))
                    .small()
                    .color(cx.theme.weak),
            );
            for (at, operation) in layer.operations.iter().enumerate() {
                if operation.op.group == group {
                    ui.push_id(at, |ui| self.operation(ui, cx, index, at, operation));
                }
            }
        }
        self.add(ui, cx, index, Some(layer));
        ui.separator();
    }

    fn opacity(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, index: usize, layer: &Layer) {
        let name = cx.text("inspector_opacity");
        let slider = Slider {
            id: ui.make_persistent_id((self.take, "opacity", index)),
            name: &name,
            full_name: &name,
            unit: "%",
            range: (0.0, 100.0),
            neutral: 100.0,
            reset: 100.0,
            value: layer.opacity * 100.0,
            hint: cx.texts.get("inspector_slider_how"),
        };
        let moved = slider.show(ui, cx.theme, &mut cx.look.inspect.typing);
        self.note(moved, |value| {
            (
                Change::Opacity(index, value / 100.0),
                format!("{name} {value:.0} %"),
            )
        });
    }

    fn operation(
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
                ui.label(RichText::new(op.name).size(13.0))
                    .on_hover_text(op.about);
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
            let spoken = format!("{}: {text}", op.name);
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
        let full_name = edit::name(op, param);
        let name = if op.params.len() == 1 {
            op.name
        } else {
            param.name
        };
        let value = operation.values[at.param];
        let made = edit::as_made(self.made, self.recipe, at).unwrap_or(param.neutral);
        // once back at what it was made with, again leads to neutral
        let reset = if (value - made).abs() < 1e-6 {
            param.neutral
        } else {
            made
        };
        let unit = if param.unit.is_empty() {
            String::new()
        } else {
            format!(" {}", param.unit)
        };
        let hint = format!(
            "{full_name}: {}{unit}\n{}\n{}",
            edit::shown(value, param.range),
            op.about,
            cx.texts.get("inspector_slider_how"),
        );
        let slider = Slider {
            id: ui.make_persistent_id((self.take, at)),
            name,
            full_name: &full_name,
            unit: param.unit,
            range: param.range,
            neutral: param.neutral,
            reset,
            value,
            hint: &hint,
        };
        let moved = slider.show(ui, cx.theme, &mut cx.look.inspect.typing);
        self.note(moved, |value| {
            (Change::Value(at, value), edit::label(op, param, value))
        });
    }

    fn note(&mut self, moved: Moved, describe: impl FnOnce(f32) -> (Change, String)) {
        let (value, done) = match moved {
            Moved::No => return,
            Moved::Live(value) => (value, false),
            Moved::Done(value) => (value, true),
        };
        let (change, label) = describe(value);
        *self.edit = Some(Edit {
            change,
            label,
            done,
        });
    }

    fn remove(&mut self, ui: &mut Ui, cx: &Cx<'_>, layer: usize, at: usize, operation: &Operation) {
        let name = cx
            .texts
            .with("inspector_remove", &[("name", operation.op.name)]);
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
                label: name,
                done: true,
            });
        }
    }

    /// The menu of what can be added, by group.
    fn add(&mut self, ui: &mut Ui, cx: &Cx<'_>, index: usize, layer: Option<&Layer>) {
        let text = RichText::new(cx.texts.get("inspector_add")).small();
        let icon = parts::icon(ICON_ADD, 14.0);
        ui.add_space(GRID / 2.0);
        ui.menu_button((icon, text), |ui| {
            for (group, key) in GROUPS {
                let ops: Vec<_> = edit::addable(layer)
                    .filter(|op| op.group == group)
                    .collect();
                if ops.is_empty() {
                    continue;
                }
                ui.menu_button(cx.texts.get(key), |ui| {
                    for op in ops {
                        if ui.button(op.name).on_hover_text(op.about).clicked() {
                            let name = [("name", op.name)];
                            *self.edit = Some(Edit {
                                change: Change::Add(index, op.id),
                                label: cx.texts.with("inspector_added", &name),
                                done: true,
                            });
                            ui.close();
                        }
                    }
                });
            }
        })
        .response
        .accessible_name(cx.text("inspector_add"));
        ui.add_space(GRID / 2.0);
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

/// With a capital at the beginning.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
