//! All edits as a table: only the lines that show are laid out, however many there are; sorting and filtering are asked of the
//! lab, which does them beside the frame.

use std::sync::Arc;

use eframe::egui::text::{LayoutJob, TextFormat, TextWrapping};
use eframe::egui::{
    Align, Align2, CentralPanel, Color32, ComboBox, FontId, Frame, Id, Layout, Margin, Panel, Rect,
    RichText, Role, ScrollArea, Sense, TextEdit, Ui, WidgetInfo, pos2, vec2,
};
use egui_material_icons::icons::{ICON_ARROW_DOWNWARD, ICON_ARROW_UPWARD};
use retake_lab::lines::{Arranged, Column, Lines, Wanted};

use super::plots;
use crate::cx::Cx;
use crate::theme::{BODY, CONTROL, GRID, HALF, SMALL};
use crate::widgets;

/// Height of a line, points.
const LINE: f32 = 24.0;
/// In a page that is less wide the plots give their room to the table, points.
const WIDE: f32 = 900.0;
/// Width of the plots, points.
const PLOTS: f32 = 280.0;

/// Draws it.
pub(super) fn show(ui: &mut Ui, cx: &mut Cx<'_>) {
    let wanted = cx.look.lab.wanted.clone();
    cx.lab.want(&wanted);
    let Some(lines) = cx.lab.data.as_ref().map(|data| data.lines.clone()) else {
        return;
    };
    let arranged = cx.lab.arranged.clone();
    let bar = Frame::new()
        .fill(cx.theme.panel)
        .inner_margin(Margin::symmetric(GRID as i8, HALF as i8));
    Panel::top("lab filter")
        .frame(bar)
        .show(ui, |ui| filter(ui, cx, &lines, &arranged));
    if ui.available_width() >= WIDE {
        let frame = Frame::new()
            .fill(cx.theme.panel)
            .inner_margin(Margin::same(GRID as i8));
        Panel::right("lab plots")
            .frame(frame)
            .exact_size(PLOTS)
            .show(ui, |ui| plots::show(ui, cx, &arranged));
    }
    let frame = Frame::new().fill(cx.theme.surround);
    CentralPanel::default()
        .frame(frame)
        .show(ui, |ui| table(ui, cx, &lines, &arranged));
}

/// What is looked for, and how much of it there is.
fn filter(ui: &mut Ui, cx: &mut Cx<'_>, lines: &Lines, arranged: &Arranged) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(GRID, HALF);
        let id = Id::unique("lab words");
        let field = TextEdit::singleline(&mut cx.look.lab.wanted.text)
            .id(id)
            .hint_text(cx.texts.get("lab_find_hint"))
            .desired_width(180.0);
        ui.add(field);
        widgets::name_field(ui.ctx(), id, cx.texts.get("lab_find"));
        let tags: Vec<String> = {
            let mut tags: Vec<String> = cx.lab.tags.values().flatten().cloned().collect();
            tags.sort();
            tags.dedup();
            tags
        };
        let owned = |names: &mut dyn Iterator<Item = &str>| names.map(str::to_owned).collect();
        let wanted = &mut cx.look.lab.wanted;
        for (key, names, chosen) in [
            (TASK, owned(&mut lines.tasks.all()), &mut wanted.task),
            (
                "lab_column_dimension",
                owned(&mut lines.dimensions.all()),
                &mut wanted.dimension,
            ),
            (
                "lab_column_editor",
                owned(&mut lines.editors.all()),
                &mut wanted.editor,
            ),
            ("lab_tag", tags, &mut wanted.tag),
        ] {
            choice(ui, cx.texts, key, &names, chosen);
        }
        plots::ranges(ui, cx, lines);
        saved(ui, cx);
        if is_narrowed(&cx.look.lab.wanted) && ui.button(cx.texts.get("lab_show_all")).clicked() {
            let wanted = std::mem::take(&mut cx.look.lab.wanted);
            cx.look.lab.wanted = Wanted {
                by: wanted.by,
                falling: wanted.falling,
                ..Wanted::default()
            };
        }
        let (shown, all) = (arranged.lines.len().to_string(), lines.len().to_string());
        let words = match cx.lab.is_arranging() {
            true => cx.text("lab_arranging"),
            false => cx
                .texts
                .with("lab_shown", &[("shown", &shown), ("all", &all)]),
        };
        ui.label(RichText::new(words).small().color(cx.theme.weak));
    });
}

/// The filters that were kept, and a field to keep this one.
fn saved(ui: &mut Ui, cx: &mut Cx<'_>) {
    let name = cx.text("lab_filters");
    let menu = ComboBox::from_id_salt("lab filters")
        .selected_text(&name)
        .width(96.0)
        .show_ui(ui, |ui| {
            let filters = cx.lab.inspection.notes.filters.clone();
            for (name, wanted) in &filters {
                let Ok(wanted) = serde_json::from_value::<Wanted>(wanted.clone()) else {
                    continue;
                };
                let is = cx.look.lab.wanted == wanted;
                if ui.selectable_label(is, name).clicked() {
                    cx.look.lab.wanted = wanted;
                }
            }
            if is_narrowed(&cx.look.lab.wanted) {
                let id = Id::unique("lab filter name");
                let field = TextEdit::singleline(&mut cx.look.lab.filter_name)
                    .id(id)
                    .hint_text(cx.texts.get("lab_filter_name"))
                    .desired_width(140.0);
                ui.add(field);
                widgets::name_field(ui.ctx(), id, cx.texts.get("lab_filter_name"));
                let named = !cx.look.lab.filter_name.trim().is_empty();
                let keep = eframe::egui::Button::new(cx.texts.get("lab_filter_keep"));
                if ui.add_enabled(named, keep).clicked() {
                    let name = std::mem::take(&mut cx.look.lab.filter_name);
                    if let Ok(wanted) = serde_json::to_value(&cx.look.lab.wanted) {
                        cx.lab.note(|notes| {
                            notes.filters.insert(name.trim().to_owned(), wanted);
                        });
                    }
                }
            } else if filters.is_empty() {
                widgets::note(ui, cx.texts.get("lab_filters_none"), cx.theme.weak);
            }
        });
    widgets::name_field(ui.ctx(), menu.response.id, &name);
}

fn is_narrowed(wanted: &Wanted) -> bool {
    let sorted = Wanted {
        by: wanted.by.clone(),
        falling: wanted.falling,
        ..Wanted::default()
    };
    *wanted != sorted
}

/// The menu of kinds of edit.
const TASK: &str = "lab_column_task";

/// One of several names, or every one.
fn choice(
    ui: &mut Ui,
    texts: &crate::texts::Texts,
    key: &'static str,
    names: &[String],
    chosen: &mut Option<String>,
) {
    if names.is_empty() || (names.len() < 2 && chosen.is_none()) {
        return;
    }
    let all = texts.with("lab_every", &[("what", texts.get(key))]);
    let shown = |name: &str| match key {
        TASK => texts.kind_of_edit(name).into_owned(),
        _ => name.to_owned(),
    };
    let menu = ComboBox::from_id_salt(key)
        .selected_text(
            chosen
                .as_ref()
                .map_or_else(|| all.clone(), |name| shown(name)),
        )
        .width(132.0)
        .truncate()
        .show_ui(ui, |ui| {
            if ui.selectable_label(chosen.is_none(), &all).clicked() {
                *chosen = None;
            }
            for name in names {
                let is = chosen.as_ref() == Some(name);
                if ui.selectable_label(is, shown(name)).clicked() {
                    *chosen = Some(name.clone());
                }
            }
        });
    widgets::name_field(ui.ctx(), menu.response.id, texts.get(key));
}

/// What a column is called.
pub(super) fn column_name(cx: &Cx<'_>, column: &Column) -> String {
    match column {
        Column::Of(dimension) => {
            let key = format!("inspector_{dimension}");
            match cx.texts.get(&key) {
                text if text == key => dimension.replace('_', " "),
                text => text.to_owned(),
            }
        }
        column => {
            let key = format!("lab_column_{}", column.key());
            cx.texts.get(&key).to_owned()
        }
    }
}

/// Width of a column before what is left over is shared out, points.
fn width(column: &Column) -> f32 {
    match column {
        Column::Id => 150.0,
        Column::Task | Column::Dimension | Column::Editor => 120.0,
        Column::Instruction => 220.0,
        Column::Human | Column::Score => 92.0,
        Column::Of(_) => 96.0,
    }
}

fn table(ui: &mut Ui, cx: &mut Cx<'_>, lines: &Arc<Lines>, arranged: &Arranged) {
    let columns = lines.columns();
    let mut widths: Vec<f32> = columns.iter().map(width).collect();
    let free = ui.available_width() - widths.iter().sum::<f32>() - 2.0 * GRID;
    if let Some(at) = columns.iter().position(|c| *c == Column::Instruction) {
        widths[at] += free.max(0.0);
    }
    let whole: f32 = widths.iter().sum();
    ScrollArea::horizontal()
        .auto_shrink([false, false])
        .show(ui, |ui| {
            ui.set_min_width(whole);
            ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
            heads(ui, cx, &columns, &widths);
            if arranged.lines.is_empty() && !cx.lab.is_arranging() {
                ui.add_space(2.0 * GRID);
                ui.horizontal(|ui| {
                    ui.add_space(GRID);
                    ui.label(RichText::new(cx.text("lab_none_fit")).color(cx.theme.weak));
                });
                return;
            }
            ScrollArea::vertical()
                .auto_shrink([false, false])
                .show_rows(ui, LINE, arranged.lines.len(), |ui, range| {
                    for line in &arranged.lines[range] {
                        row(ui, cx, lines, *line, &columns, &widths);
                    }
                });
        });
}

/// The names of the columns; pressing one sorts by it, pressing it again turns the order round.
fn heads(ui: &mut Ui, cx: &mut Cx<'_>, columns: &[Column], widths: &[f32]) {
    let whole: f32 = widths.iter().sum();
    let (rect, _) = ui.allocate_exact_size(vec2(whole, CONTROL), Sense::hover());
    ui.painter().rect_filled(rect, 0.0, cx.theme.panel);
    let mut left = rect.left();
    for (column, width) in columns.iter().zip(widths) {
        let cell = Rect::from_min_size(pos2(left, rect.top()), vec2(*width, CONTROL));
        left += width;
        let key = column.key();
        let response = ui.interact(cell, Id::unique(("lab head", &key)), Sense::click());
        let name = column_name(cx, column);
        let sorted = cx.look.lab.wanted.by.as_ref() == Some(&key);
        let falling = cx.look.lab.wanted.falling;
        let spoken = cx.texts.with("lab_sort_by", &[("column", &name)]);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &spoken));
        if response.hovered() || response.has_focus() {
            ui.painter().rect_filled(cell, 0.0, cx.theme.hover);
        }
        let colour = match sorted {
            true => cx.theme.text,
            false => cx.theme.weak,
        };
        let arrow = if sorted { BODY + HALF } else { 0.0 };
        text(ui, cell, &name, SMALL, colour, column.is_number(), arrow);
        if sorted {
            let icon = match falling {
                true => ICON_ARROW_DOWNWARD,
                false => ICON_ARROW_UPWARD,
            };
            let at = pos2(cell.right() - HALF, cell.center().y);
            let font = widgets::icons(BODY);
            let icon = icon.codepoint;
            ui.painter()
                .text(at, Align2::RIGHT_CENTER, icon, font, cx.theme.accent);
        }
        if response.on_hover_text(&spoken).clicked() {
            let wanted = &mut cx.look.lab.wanted;
            // numbers are looked at from the largest down, names from the first on
            wanted.falling = match sorted {
                true => !falling,
                false => column.is_number(),
            };
            wanted.by = Some(key);
        }
    }
    ui.painter()
        .hline(rect.x_range(), rect.bottom(), (1.0, cx.theme.line));
}

fn row(ui: &mut Ui, cx: &mut Cx<'_>, lines: &Lines, line: u32, columns: &[Column], widths: &[f32]) {
    let whole: f32 = widths.iter().sum();
    let (rect, _) = ui.allocate_exact_size(vec2(whole, LINE), Sense::hover());
    let response = ui.interact(rect, Id::unique(("lab line", line)), Sense::click());
    let at = line as usize;
    let chosen = cx.look.lab.chosen == Some(line);
    let (case, take) = lines.case(at);
    let spoken = format!("{}, {}", case.id, case.takes[take].name);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, &spoken));
    let fill = match (chosen, response.hovered()) {
        (true, _) => cx.theme.accent.gamma_multiply(0.25),
        (false, true) => cx.theme.hover,
        (false, false) => Color32::TRANSPARENT,
    };
    ui.painter().rect_filled(rect, 0.0, fill);
    let mut left = rect.left();
    for (column, width) in columns.iter().zip(widths) {
        let cell = Rect::from_min_size(pos2(left, rect.top()), vec2(*width, LINE));
        left += width;
        if !column.is_number() {
            let words = match column {
                Column::Task => cx.texts.kind_of_edit(lines.words(column, at)),
                column => lines.words(column, at).into(),
            };
            text(ui, cell, &words, SMALL + 1.0, cx.theme.text, false, 0.0);
            continue;
        }
        let value = lines.numbers(column).get(at).copied();
        let value = value.filter(|value| value.is_finite());
        let (words, colour) = match value {
            Some(value) => (cx.texts.number(&format!("{value:.3}")), cx.theme.text),
            None => ("–".to_owned(), cx.theme.weak),
        };
        text(ui, cell, &words, SMALL + 1.0, colour, true, 0.0);
    }
    if response.clicked() {
        cx.look.lab.chosen = Some(line);
    }
    if response.double_clicked() {
        cx.look.lab.case = Some(lines.place(at));
        cx.look.lab.page = "lab_failures";
    }
}

/// One line of words in a cell, cut off where it ends; numbers stand at the right, with `room` left free there.
fn text(ui: &Ui, cell: Rect, words: &str, size: f32, colour: Color32, right: bool, room: f32) {
    let inside = cell
        .shrink2(vec2(GRID, 0.0))
        .with_max_x(cell.right() - GRID - room);
    // the first words of a long text fill any cell
    let words: &str = match words.char_indices().nth(400) {
        Some((end, _)) => &words[..end],
        None => words,
    };
    let mut job = LayoutJob::single_section(
        words.to_owned(),
        TextFormat::simple(FontId::proportional(size), colour),
    );
    job.wrap = TextWrapping::truncate_at_width(inside.width());
    let galley = ui.painter().layout_job(job);
    let align = match right {
        true => Align2::RIGHT_CENTER,
        false => Align2::LEFT_CENTER,
    };
    let at = match right {
        true => inside.right_center(),
        false => inside.left_center(),
    };
    let at = align.anchor_size(at, galley.size()).min;
    ui.painter().galley(at, galley, colour);
}

/// Words at the beginning of a line and others at its end.
pub(super) fn ends(ui: &mut Ui, left: RichText, right: RichText) {
    ui.horizontal(|ui| {
        ui.label(left);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| ui.label(right));
    });
}
