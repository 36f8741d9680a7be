//! The card in the middle of a page on which something is asked for, and the lines in it: what opening a data set and sitting
//! down share.

use eframe::egui::{Frame, Id, Key, ScrollArea, TextEdit, Ui, vec2};

use super::State;
use crate::cx::Cx;
use crate::panels::over::parts;
use crate::theme::GRID;
use crate::widgets;

/// A card in the middle, `width` points wide where there is room, that scrolls where it does not fit.
pub(super) fn middle(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    width: f32,
    draw: impl FnOnce(&mut Ui, &mut Cx<'_>),
) {
    ScrollArea::vertical().show(ui, |ui| {
        let free = ui.available_width();
        let width = width.min(free - 4.0 * GRID).max(200.0);
        ui.add_space(((ui.available_height() - 400.0) / 3.0).clamp(GRID, 120.0));
        ui.horizontal(|ui| {
            ui.add_space(((free - width) / 2.0).max(0.0));
            ui.vertical(|ui| {
                ui.set_width(width);
                ui.spacing_mut().item_spacing = vec2(GRID, GRID);
                Frame::new()
                    .fill(cx.theme.panel)
                    .corner_radius(GRID)
                    .inner_margin(2.0 * GRID)
                    .show(ui, |ui| {
                        ui.set_width(ui.available_width());
                        draw(ui, cx);
                    });
                ui.add_space(GRID);
            });
        });
    });
}

/// A line into which words are typed, by the keys of its name and its hint; `below` draws what belongs to it. True when
/// Enter was pressed in it.
pub(super) fn words(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    [key, hint]: [&'static str; 2],
    value: fn(&mut State) -> &mut String,
    below: impl FnOnce(&mut Ui, &Cx<'_>),
) -> bool {
    let name = cx.text(key);
    let mut entered = false;
    parts::field(ui, cx.theme, &name, |ui| {
        let id = Id::unique(("lab line", key));
        let field = TextEdit::singleline(value(&mut cx.look.lab))
            .id(id)
            .hint_text(cx.texts.get(hint))
            .desired_width(f32::INFINITY);
        let field = ui.add(field);
        widgets::name_field(ui.ctx(), id, &name);
        entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        below(ui, cx);
    });
    entered
}
