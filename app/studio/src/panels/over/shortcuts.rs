//! The cheat sheet: every action by menu with its keys, in as many columns as fit.

use eframe::egui::{self, Align2, FontId, RichText, ScrollArea, Sense, Ui, vec2};

use super::parts;
use crate::actions::{ACTIONS, Action, Menu};
use crate::cx::Cx;
use crate::keys;
use crate::theme::{GRID, SMALL, semibold};

/// Width of a column at the least, points.
const COLUMN: f32 = 264.0;
/// Height of a line, points.
const LINE: f32 = 20.0;

/// Menus over columns so that the columns are about equally long, in the order of the menus.
fn columns(count: usize) -> Vec<Vec<Menu>> {
    let length = |menu: Menu| ACTIONS.iter().filter(|a| a.menu == menu).count() + 2;
    let all: usize = Menu::ALL.iter().map(|&menu| length(menu)).sum();
    let mut columns: Vec<Vec<Menu>> = vec![Vec::new()];
    let mut filled = 0;
    for menu in Menu::ALL {
        let goes_over = filled + length(menu) / 2 > all * columns.len() / count;
        if goes_over && columns.len() < count {
            columns.push(Vec::new());
        }
        filled += length(menu);
        if let Some(column) = columns.last_mut() {
            column.push(menu);
        }
    }
    columns
}

/// Draws it.
pub(super) fn show(ui: &mut Ui, cx: &mut Cx<'_>) {
    let ctx = ui.ctx().clone();
    let room = ctx.content_rect().width() - 8.0 * GRID;
    let count = ((room / (COLUMN + 2.0 * GRID)) as usize).clamp(1, 3);
    let width = count as f32 * (COLUMN + 3.0 * GRID) - 3.0 * GRID;
    let title = cx.text("shortcuts");
    parts::sheet(&ctx, cx, &title, width, |ui, cx| {
        ScrollArea::vertical().show(ui, |ui| {
            ui.spacing_mut().item_spacing = vec2(3.0 * GRID, 0.0);
            ui.columns(count, |columns_ui| {
                for (ui, menus) in columns_ui.iter_mut().zip(columns(count)) {
                    for menu in menus {
                        let name = cx.texts.get(menu.id());
                        ui.label(RichText::new(name).family(semibold()));
                        for action in ACTIONS.iter().filter(|action| action.menu == menu) {
                            line(ui, cx, action);
                        }
                        ui.add_space(2.0 * GRID);
                    }
                }
            });
        });
    });
}

fn line(ui: &mut Ui, cx: &Cx<'_>, action: &Action) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), LINE), Sense::hover());
    let name = cx.texts.get(action.id);
    let keys = keys::all_words(ui.ctx(), action, &cx.settings.keys);
    let spoken = format!("{name}: {keys}");
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &spoken));
    let colour = if keys.is_empty() {
        cx.theme.weak
    } else {
        cx.theme.text
    };
    let painter = ui.painter();
    let font = FontId::proportional(13.0);
    painter.text(rect.left_center(), Align2::LEFT_CENTER, name, font, colour);
    let font = FontId::proportional(SMALL);
    painter.text(
        rect.right_center(),
        Align2::RIGHT_CENTER,
        keys,
        font,
        cx.theme.weak,
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_menu_stands_in_one_column_in_its_order() {
        for count in 1..=3 {
            let shown: Vec<Menu> = columns(count).concat();
            assert_eq!(shown, Menu::ALL);
            assert!(columns(count).len() <= count);
        }
    }
}
