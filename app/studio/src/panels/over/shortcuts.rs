//! The cheat sheet: every action by menu with its keys, in as many columns as fit.

use eframe::egui::text::{LayoutJob, TextWrapping};
use eframe::egui::{self, FontId, Galley, RichText, ScrollArea, Sense, Ui, pos2, vec2};

use super::parts;
use crate::actions::{ACTIONS, Action, Menu};
use crate::cx::Cx;
use crate::keys;
use crate::theme::{GRID, SMALL, semibold};

/// Width of a column at the least, points.
const COLUMN: f32 = 264.0;
/// Height of a line, points.
const LINE: f32 = 19.0;

/// Menus over columns: the longest first, each into the column that is shortest so far.
fn columns(count: usize) -> Vec<Vec<Menu>> {
    let length = |menu: Menu| ACTIONS.iter().filter(|a| a.menu == menu).count() + 2;
    let mut menus = Menu::ALL;
    menus.sort_by_key(|&menu| std::cmp::Reverse(length(menu)));
    let mut columns: Vec<Vec<Menu>> = vec![Vec::new(); count];
    for menu in menus {
        let filled =
            |column: &&mut Vec<Menu>| column.iter().map(|&menu| length(menu)).sum::<usize>();
        if let Some(column) = columns.iter_mut().min_by_key(filled) {
            column.push(menu);
        }
    }
    // read as the menus are: by their order within a column, and by their first menu
    for column in &mut columns {
        column.sort_by_key(|menu| *menu as usize);
    }
    columns.sort_by_key(|column| column.first().map(|menu| *menu as usize));
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
    let keys = keys::all_words(ui.ctx(), cx.texts, action, &cx.settings.keys);
    let spoken = format!("{name}: {keys}");
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &spoken));
    let colour = if keys.is_empty() {
        cx.theme.weak
    } else {
        cx.theme.text
    };
    let painter = ui.painter();
    let font = FontId::proportional(SMALL);
    let keys = painter.layout_no_wrap(keys, font, cx.theme.weak);
    // a long name gives way to its keys
    let room = rect.width() - keys.size().x - GRID;
    let mut name =
        LayoutJob::simple_singleline(name.to_owned(), FontId::proportional(13.0), colour);
    name.wrap = TextWrapping::truncate_at_width(room.max(0.0));
    let name = painter.layout_job(name);
    let cut = name.elided;
    let middle = |galley: &Galley| rect.center().y - galley.size().y / 2.0;
    let (left, right) = (rect.left(), rect.right() - keys.size().x);
    painter.galley(pos2(left, middle(&name)), name, colour);
    painter.galley(pos2(right, middle(&keys)), keys, cx.theme.weak);
    if cut {
        response.on_hover_text(spoken);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_menu_stands_in_one_column() {
        for count in 1..=3 {
            let mut shown: Vec<Menu> = columns(count).concat();
            shown.sort_by_key(|menu| *menu as usize);
            assert_eq!(shown, Menu::ALL);
        }
    }

    #[test]
    fn columns_are_about_equally_long() {
        let actions = |menu: &Menu| ACTIONS.iter().filter(|a| a.menu == *menu).count();
        let lengths: Vec<usize> = columns(3)
            .iter()
            .map(|column| column.iter().map(actions).sum())
            .collect();
        let longest = lengths.iter().max().expect("three columns");
        let shortest = lengths.iter().min().expect("three columns");
        assert!(longest - shortest < ACTIONS.len() / 3, "{lengths:?}");
    }
}
