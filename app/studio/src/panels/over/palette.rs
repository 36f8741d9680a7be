//! The palette: every action by its name. Type some of its letters, Enter does it.

use eframe::egui::{
    self, Align2, FontId, Key, Modifiers, Role, ScrollArea, Sense, TextEdit, Ui, WidgetInfo, vec2,
};

use super::{matcher, parts};
use crate::actions::{ACTIONS, Action};
use crate::cx::Cx;
use crate::keys;
use crate::look::Sheet;
use crate::theme::{BODY, CONTROL, GRID, SMALL};

/// Width, points.
const WIDTH: f32 = 520.0;
/// Lines that show at a time.
const LINES: usize = 12;

/// The actions that fit, the best first; in the order of the menus when nothing is typed.
fn found(cx: &Cx<'_>) -> Vec<&'static Action> {
    let query = cx.look.over.query.trim();
    let fit = |action: &&'static Action| {
        let text = format!(
            "{} {}",
            cx.texts.get(action.id),
            cx.texts.get(action.menu.id())
        );
        matcher::score(query, cx.texts.get(action.id))
            .map(|score| score + 8)
            .or_else(|| matcher::score(query, &text))
    };
    let mut found: Vec<(i32, &'static Action)> = ACTIONS
        .iter()
        .filter(|action| action.id != "palette" && action.lives_in(cx.look.room))
        .filter_map(|action| Some((fit(&action)?, action)))
        .collect();
    found.sort_by_key(|(score, _)| -score);
    found.into_iter().map(|(_, action)| action).collect()
}

/// Draws it.
pub(super) fn show(ui: &mut Ui, cx: &mut Cx<'_>, fresh: bool) {
    let ctx = ui.ctx().clone();
    parts::sheet(&ctx, cx, "", WIDTH, |ui, cx| {
        let (up, down, enter) = ui.input_mut(|input| {
            let mut count = |key| input.count_and_consume_key(Modifiers::NONE, key);
            let (up, down) = (count(Key::ArrowUp), count(Key::ArrowDown));
            (up, down, count(Key::Enter) > 0)
        });
        let hint = cx.text("palette_hint");
        let mut query = std::mem::take(&mut cx.look.over.query);
        let field = TextEdit::singleline(&mut query)
            .desired_width(f32::INFINITY)
            .margin(vec2(GRID, GRID))
            .hint_text(&hint);
        let field = ui.add(field).accessible_name(hint);
        if field.changed() {
            cx.look.over.at = 0;
        }
        if fresh || !field.has_focus() {
            field.request_focus();
        }
        cx.look.over.query = query;
        let found = found(cx);
        let last = found.len().saturating_sub(1);
        let at = (cx.look.over.at + down).saturating_sub(up).min(last);
        cx.look.over.at = at;
        let mut chosen = found.get(at).filter(|_| enter).copied();
        if found.is_empty() {
            ui.label(egui::RichText::new(cx.text("palette_none")).color(cx.theme.weak));
        }
        ui.spacing_mut().item_spacing.y = 0.0;
        ScrollArea::vertical()
            .max_height(LINES as f32 * CONTROL)
            .show(ui, |ui| {
                for (index, action) in found.iter().enumerate() {
                    let line = line(ui, cx, action, index == at);
                    if index == at && up + down > 0 {
                        line.scroll_to_me(None);
                    }
                    if line.clicked() {
                        chosen = Some(action);
                    }
                }
            });
        if let Some(action) = chosen.filter(|action| (action.enabled)(cx)) {
            // closed first: the action may open another sheet
            cx.look.sheet = Sheet::None;
            (action.run)(cx);
        }
    });
}

fn line(ui: &mut Ui, cx: &Cx<'_>, action: &Action, at: bool) -> egui::Response {
    let enabled = (action.enabled)(cx);
    let size = vec2(ui.available_width(), CONTROL);
    let sense = if enabled {
        Sense::click()
    } else {
        Sense::hover()
    };
    let (rect, response) = ui.allocate_exact_size(size, sense);
    let name = cx.texts.get(action.id);
    response.widget_info(|| WidgetInfo::selected(Role::MenuItem, enabled, at, name));
    if !ui.is_rect_visible(rect) {
        return response;
    }
    if at || response.hovered() {
        let strength = if at { 1.0 } else { 0.5 };
        ui.painter()
            .rect_filled(rect, 4.0, cx.theme.hover.gamma_multiply(strength));
    }
    let colour = if enabled {
        cx.theme.text
    } else {
        cx.theme.weak.gamma_multiply(0.6)
    };
    let painter = ui.painter();
    let left = rect.left_center() + vec2(GRID, 0.0);
    let drawn = painter.text(
        left,
        Align2::LEFT_CENTER,
        name,
        FontId::proportional(BODY),
        colour,
    );
    let small = FontId::proportional(SMALL);
    let menu = cx.texts.get(action.menu.id());
    let beside = drawn.right_center() + vec2(GRID, 1.0);
    let weak = cx
        .theme
        .weak
        .gamma_multiply(if enabled { 0.8 } else { 0.5 });
    painter.text(beside, Align2::LEFT_CENTER, menu, small.clone(), weak);
    let keys = keys::all_words(ui.ctx(), cx.texts, action, &cx.settings.keys);
    let right = rect.right_center() - vec2(GRID, 0.0);
    painter.text(right, Align2::RIGHT_CENTER, keys, small, weak);
    response
}
