//! What counts how much when takes are ordered. Moving a slider moves the ring at once; nothing is made again.

use eframe::egui::{Align, Id, Label, Layout, PointerButton, RichText, Sense, Slider, Ui, Vec2};
use retake_engine::{Command, Weights};

use crate::cx::Cx;
use crate::theme::HALF;
use crate::widgets;

const NAME: f32 = 64.0;
const SLIDER: f32 = 96.0;
const NUMBER: f32 = 28.0;
/// Width of the column, points.
pub(super) const WIDTH: f32 = NAME + SLIDER + NUMBER + 2.0 * HALF;

/// One weight.
struct Weight {
    text: &'static str,
    of: fn(&mut Weights) -> &mut f32,
}

const WEIGHTS: [Weight; 3] = [
    Weight {
        text: "sheet_follows",
        of: |weights| &mut weights.following,
    },
    Weight {
        text: "sheet_preserves",
        of: |weights| &mut weights.preserving,
    },
    Weight {
        text: "sheet_quality",
        of: |weights| &mut weights.quality,
    },
];

/// Draws them, one under the other.
pub(super) fn column(ui: &mut Ui, cx: &mut Cx<'_>) {
    ui.vertical(|ui| {
        ui.set_width(WIDTH);
        ui.spacing_mut().item_spacing = Vec2::splat(HALF);
        let title = RichText::new(cx.text("sheet_weights")).small();
        ui.label(title.color(cx.theme.weak))
            .on_hover_text(cx.text("sheet_weights_how"));
        for weight in &WEIGHTS {
            row(ui, cx, weight);
        }
    });
}

fn row(ui: &mut Ui, cx: &mut Cx<'_>, weight: &Weight) {
    let Some(session) = cx.engine.session() else {
        return;
    };
    let mut weights = session.desk().weights.clone();
    let mut value = *(weight.of)(&mut weights);
    let name = cx.texts.get(weight.text);
    ui.horizontal(|ui| {
        ui.spacing_mut().interact_size.y = 24.0;
        ui.spacing_mut().slider_width = SLIDER;
        ui.visuals_mut().selection.bg_fill = cx.theme.weak;
        let label = Label::new(RichText::new(name).small()).sense(Sense::click());
        let size = Vec2::new(NAME, 24.0);
        let label = ui
            .allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
                ui.set_min_width(NAME);
                ui.add(label)
            })
            .inner;
        let slider = ui.add(Slider::new(&mut value, 0.0..=1.0).show_value(false));
        let field = cx.texts.with("sheet_weight_of", &[("name", name)]);
        widgets::name_field(ui.ctx(), slider.id, &field);
        let number = RichText::new(cx.texts.number(&format!("{value:.2}"))).small();
        ui.add_sized(Vec2::new(NUMBER, 24.0), Label::new(number));

        *(weight.of)(&mut weights) = value;
        // a slider feels drags only, so that it moves at once; the second click of two is looked for here
        let twice = ui.input(|input| input.pointer.button_double_clicked(PointerButton::Primary));
        let reset = label.double_clicked() || (twice && slider.contains_pointer());
        let moving = Id::unique("a weight is moving");
        let mut was_moving: bool = ui.data(|data| data.get_temp(moving)).unwrap_or_default();
        if reset {
            let mut usual = Weights::default();
            *(weight.of)(&mut weights) = *(weight.of)(&mut usual);
            cx.send(Command::Weigh {
                weights,
                done: true,
            });
            was_moving = false;
        } else if slider.changed() {
            // keys and screen readers move it without a drag: each press is done
            let done = !slider.dragged() || slider.drag_stopped();
            cx.send(Command::Weigh { weights, done });
            was_moving = !done;
        } else if slider.drag_stopped() && was_moving {
            cx.send(Command::Weigh {
                weights,
                done: true,
            });
            was_moving = false;
        }
        ui.data_mut(|data| data.insert_temp(moving, was_moving));
        label
            .union(slider)
            .on_hover_text(cx.text("sheet_weight_how"));
    });
}
