//! What is there before the first take: a place to drop photos, the recent ones, example instructions that run in one
//! click, and a sentence when a photo cannot be opened.

use std::sync::Arc;

use eframe::egui::{
    Align, Align2, Color32, FontId, Frame, Id, Label, LayerId, Layout, Order, RichText, Stroke,
    StrokeKind, Ui, UiBuilder, Vec2,
};
use egui_material_icons::MaterialIcon;
use egui_material_icons::icons::{ICON_ADD_PHOTO_ALTERNATE, ICON_BROKEN_IMAGE, ICON_PLAY_ARROW};
use retake_engine::{Command, Shown, SlotState};

use crate::cx::Cx;
use crate::panels::instruction;
use crate::texts::capital;
use crate::theme::{CONTROL, GRID, TITLE, semibold};
use crate::widgets;

/// Recent photos that are offered.
const RECENT: usize = 6;
/// Keys of the example instructions.
const SAMPLES: [&str; 3] = ["first_sample_1", "first_sample_2", "first_sample_3"];

/// Draws it in the place of the photo.
pub(crate) fn show(ui: &mut Ui, cx: &mut Cx<'_>) {
    let slot = cx.engine.slots().get(cx.engine.current());
    match slot.map(|slot| (&slot.state, slot.name())) {
        Some((SlotState::Failed(sentence), name)) => {
            let sentence = cx.texts.said(sentence);
            failed(ui, cx, &sentence, &name);
        }
        Some((SlotState::Opening | SlotState::Waiting, name)) => {
            let small = slot.and_then(|slot| slot.thumbnail.clone());
            opening(ui, cx, &name, small.as_ref());
        }
        Some((SlotState::Open(_), _)) => {}
        None => invitation(ui, cx),
    }
}

/// Three example instructions as chips; pressing one writes it on the line and runs it.
pub(crate) fn sample_chips(ui: &mut Ui, cx: &mut Cx<'_>) {
    let lead = RichText::new(cx.text("first_try")).small();
    ui.label(lead.color(cx.theme.weak));
    for key in SAMPLES {
        let text = cx.texts.get(key);
        let name = cx.texts.with("first_run", &[("text", text)]);
        let chip = widgets::Chip {
            text,
            name: &name,
            icon: None,
            action: Some(ICON_PLAY_ARROW.codepoint),
            colour: cx.theme.text,
            struck: false,
        };
        if chip.show(ui, cx.theme).on_hover_text(&name).clicked() {
            instruction::say_and_generate(cx, text);
        }
    }
}

/// While files hang over the window: where they will go.
pub(crate) fn drop_highlight(ui: &Ui, cx: &Cx<'_>) {
    let count = ui.input(|input| input.raw.hovered_files.len());
    if count == 0 {
        return;
    }
    let layer = LayerId::new(Order::Foreground, Id::unique("drop highlight"));
    let painter = ui.ctx().layer_painter(layer);
    let rect = ui.ctx().content_rect();
    painter.rect_filled(rect, 0.0, Color32::from_black_alpha(120));
    let stroke = Stroke::new(3.0, cx.theme.accent);
    painter.rect_stroke(rect.shrink(GRID), GRID, stroke, StrokeKind::Inside);
    let text = if count == 1 {
        cx.text("first_drop_one")
    } else {
        let count = count.to_string();
        cx.texts.with("first_drop", &[("count", &count)])
    };
    let font = FontId::new(TITLE, semibold());
    let galley = painter.layout_no_wrap(text, font, cx.theme.text);
    let at = Align2::CENTER_CENTER.anchor_size(rect.center(), galley.size());
    painter.rect_filled(at.expand(2.0 * GRID), GRID, cx.theme.panel);
    painter.galley(at.min, galley, cx.theme.text);
}

fn invitation(ui: &mut Ui, cx: &mut Cx<'_>) {
    let target = ui.max_rect().shrink(3.0 * GRID);
    let stroke = Stroke::new(1.0, cx.theme.weak.gamma_multiply(0.6));
    ui.painter()
        .rect_stroke(target, GRID, stroke, StrokeKind::Inside);
    // whether they are still there is found out when one is opened: a look at a sleeping disk would hold the window up
    let recent: Vec<_> = cx.settings.recent.iter().take(RECENT).cloned().collect();
    let height = 176.0 + (recent.len() as f32 + 1.0) * 24.0;
    middle(ui, height, |ui| {
        large_icon(ui, cx, ICON_ADD_PHOTO_ALTERNATE);
        ui.label(RichText::new(cx.text("first_title")).heading());
        ui.label(RichText::new(cx.text("first_how")).color(cx.theme.weak));
        ui.add_space(GRID);
        let open = widgets::primary(cx.theme, cx.texts.get("open"));
        let tip = widgets::tip(ui.ctx(), cx, "open");
        if ui.add(open).on_hover_text(tip).clicked() {
            crate::dialog::ask_for_photos(cx.texts);
        }
        if recent.is_empty() {
            return;
        }
        ui.add_space(2.0 * GRID);
        let title = RichText::new(cx.text("recent")).small();
        ui.label(title.color(cx.theme.weak));
        for path in recent {
            let name = path
                .file_name()
                .unwrap_or(path.as_os_str())
                .to_string_lossy()
                .into_owned();
            let button = eframe::egui::Button::new(name).frame_when_inactive(false);
            let response = ui.add(button).on_hover_text(path.display().to_string());
            if response.clicked() {
                cx.send(Command::Open(vec![path]));
            }
        }
    });
}

fn failed(ui: &mut Ui, cx: &mut Cx<'_>, sentence: &str, name: &str) {
    middle(ui, 160.0, |ui| {
        large_icon(ui, cx, ICON_BROKEN_IMAGE);
        ui.label(RichText::new(name).heading());
        ui.set_max_width(560.0);
        ui.label(capital(sentence));
        ui.add_space(GRID);
        if ui.button(cx.text("first_another")).clicked() {
            crate::dialog::ask_for_photos(cx.texts);
        }
    });
}

/// The small picture, if there is one already, as large as the photo will be.
fn opening(ui: &mut Ui, cx: &mut Cx<'_>, name: &str, small: Option<&Arc<Shown>>) {
    if let Some(small) = small {
        let size = Vec2::new(small.width as f32, small.height as f32);
        let texture = cx.textures.of(ui.ctx(), small, true);
        widgets::picture(ui, texture, size, ui.max_rect().shrink(2.0 * GRID));
    }
    let text = cx.texts.with("first_opening", &[("name", name)]);
    middle(ui, CONTROL, |ui| {
        let frame = Frame::new().fill(cx.theme.panel).corner_radius(4.0);
        frame.inner_margin(GRID).show(ui, |ui| {
            ui.label(RichText::new(text).color(cx.theme.weak));
        });
    });
}

/// A sign above the words; it says nothing that they do not.
fn large_icon(ui: &mut Ui, cx: &Cx<'_>, icon: MaterialIcon) {
    let icon = RichText::new(icon.codepoint).font(widgets::icons(40.0));
    ui.add(Label::new(icon.color(cx.theme.weak)).selectable(false));
}

/// Things under each other in the middle of what is free.
fn middle(ui: &mut Ui, height: f32, draw: impl FnOnce(&mut Ui)) {
    let free = ui.max_rect();
    let size = Vec2::new(free.width() - 8.0 * GRID, height.min(free.height())).max(Vec2::ZERO);
    let rect = Align2::CENTER_CENTER.align_size_within_rect(size, free);
    let layout = Layout::top_down(Align::Center);
    ui.scope_builder(UiBuilder::new().max_rect(rect).layout(layout), |ui| {
        ui.spacing_mut().item_spacing.y = GRID;
        draw(ui);
    });
}

#[cfg(test)]
mod tests;
