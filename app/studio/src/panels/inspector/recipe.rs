//! The recipe as sliders: a section a layer, operations in their groups. Dragging develops as it goes; letting go is one
//! step of the history, and the score follows.

mod operation;

use eframe::egui::{Align, Button, Layout, RichText, Ui};
use egui_material_icons::icons::{
    ICON_ADD, ICON_CONTENT_COPY, ICON_CONTENT_PASTE, ICON_RESTART_ALT,
};
use retake_core::{Said, decimals, said};
use retake_darkroom::ops::Group;
use retake_darkroom::{Layer, MaskShape, Recipe};
use retake_engine::{Command, Take, TakeId};

use super::edit::{self, Change};
use super::mask_words;
use super::slider::{self, Moved, Slider};
use crate::actions;
use crate::cx::Cx;
use crate::panels::over::parts;
use crate::panels::top::icon_button;
use crate::texts::capital;
use crate::theme::{GRID, HALF, semibold};

const GROUPS: [(Group, &str); 5] = [
    (Group::Light, "inspector_light"),
    (Group::Colour, "inspector_colour"),
    (Group::Detail, "inspector_detail"),
    (Group::Effects, "inspector_effects"),
    (Group::Geometry, "inspector_geometry"),
];

/// What was done in this frame.
struct Edit {
    change: Change,
    label: Said,
    done: bool,
}

/// Draws it.
pub(super) fn show(ui: &mut Ui, cx: &mut Cx<'_>, take: &Take) {
    let value = take.provenance.recipe.clone();
    let recipe = match Recipe::from_value(value) {
        Ok(recipe) => recipe,
        Err(why) => {
            ui.label(RichText::new(cx.text("inspector_no_recipe")).color(cx.theme.weak));
            ui.label(
                RichText::new(cx.texts.said(&why.said()))
                    .small()
                    .color(cx.theme.weak),
            );
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

/// A layer is named in English after the region it was made for.
fn layer_name(cx: &Cx<'_>, layer: &Layer) -> String {
    let region = layer.mask.iter().find_map(|part| match &part.shape {
        MaskShape::Region(region) if region.to_string() == layer.name => Some(region),
        _ => None,
    });
    match region {
        Some(region) => cx.texts.said(&region.said()),
        None => cx.texts.word(&layer.name).to_owned(),
    }
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
            capital(&layer_name(cx, layer))
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
        let moved = slider.show(ui, cx.theme, cx.texts, &mut cx.look.inspect.typing);
        self.note(moved, |value| {
            (
                Change::Opacity(index, value / 100.0),
                said!("Opacity {value} %", value = decimals(value, 0)),
            )
        });
    }

    fn note(&mut self, moved: Moved, describe: impl FnOnce(f32) -> (Change, Said)) {
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
                        if ui
                            .button(cx.texts.word(op.name))
                            .on_hover_text(cx.texts.word(op.about))
                            .clicked()
                        {
                            let name = Said::name(op.name);
                            *self.edit = Some(Edit {
                                change: Change::Add(index, op.id),
                                label: said!("Added {name}", name),
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
