//! The line over the contact sheet: the verdict in words, how the sheet is sorted and filtered, more takes.

use std::collections::BTreeSet;

use eframe::egui::containers::menu::{MenuButton, MenuConfig};
use eframe::egui::{Align, ComboBox, Layout, PopupCloseBehavior, RichText, Ui, Vec2};
use retake_core::Dimension;
use retake_engine::{Command, Session};

use super::{advice, alarm, cell::dimension_name, filter, verdict, weights};
use crate::cx::Cx;
use crate::look::Sort;
use crate::panels::instruction;
use crate::theme::{CONTROL, HALF};
use crate::widgets;

/// Draws it. `with_weights` when the weights have no place of their own.
pub(super) fn show(ui: &mut Ui, cx: &mut Cx<'_>, with_weights: bool) {
    let Some(session) = cx.engine.session() else {
        return;
    };
    let size = Vec2::new(ui.available_width(), CONTROL);
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
        more(ui, cx, session);
        instruction::editor::try_another(ui, cx);
        filter::show(ui, cx, session);
        sort(ui, cx, session);
        if with_weights {
            let config = MenuConfig::new().close_behavior(PopupCloseBehavior::CloseOnClickOutside);
            MenuButton::new(cx.text("sheet_weights"))
                .config(config)
                .ui(ui, |ui| weights::column(ui, cx));
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            verdict::show(ui, cx, session);
        });
    });
    alarm::show(ui, cx, session);
    advice::show(ui, cx, session);
    ui.add_space(HALF);
}

fn more(ui: &mut Ui, cx: &mut Cx<'_>, session: &Session) {
    let free = session.running.is_none() && session.desk().turn.is_some();
    let count = cx.engine.candidates().to_string();
    let text = cx.texts.with("sheet_more", &[("count", &count)]);
    let button = ui.add_enabled(free, eframe::egui::Button::new(text));
    let tip = widgets::tip(ui.ctx(), cx, "more");
    if button.on_hover_text(tip).clicked() {
        cx.send(Command::More);
    }
}

fn sort(ui: &mut Ui, cx: &mut Cx<'_>, session: &Session) {
    let name = |cx: &Cx<'_>, sort: &Sort| match sort {
        Sort::Made => cx.text("sheet_as_made"),
        Sort::Overall => cx.text("sheet_best_first"),
        Sort::Dimension(dimension) => dimension_name(cx, dimension),
    };
    let text = small(cx, &name(cx, &cx.look.sort));
    let menu = ComboBox::from_id_salt("sort")
        .selected_text(text)
        .width(104.0)
        .truncate()
        .show_ui(ui, |ui| {
            for sort in sorts(session) {
                let chosen = cx.look.sort == sort;
                if ui.selectable_label(chosen, name(cx, &sort)).clicked() {
                    cx.look.sort = sort;
                }
            }
        });
    widgets::name_field(ui.ctx(), menu.response.id, cx.texts.get("sheet_sort"));
    menu.response.on_hover_text(cx.text("sheet_sort"));
}

/// As made, overall, then every dimension that some take is scored on.
fn sorts(session: &Session) -> Vec<Sort> {
    let dimensions = dimensions(session).into_iter().map(Sort::Dimension);
    [Sort::Made, Sort::Overall]
        .into_iter()
        .chain(dimensions)
        .collect()
}

/// Every dimension that some take is scored on, the canonical ones first.
pub(super) fn dimensions(session: &Session) -> Vec<String> {
    let canonical = Dimension::CANONICAL.map(str::to_owned);
    let others: BTreeSet<String> = session
        .sheet()
        .iter()
        .filter_map(|take| take.card.as_ref())
        .flat_map(|card| card.scores.keys())
        .map(|dimension| dimension.0.clone())
        .filter(|dimension| !canonical.contains(dimension))
        .collect();
    canonical.into_iter().chain(others).collect()
}

pub(super) fn small(cx: &Cx<'_>, text: &str) -> RichText {
    RichText::new(text).small().color(cx.theme.text)
}
