//! What the lines that are shown look like together: how often each score stands, and score against people. Counts in bins and
//! cells are drawn, so that it takes as long for a hundred thousand lines as for ten.

use eframe::egui::{
    Align2, DragValue, FontId, Pos2, Rect, RichText, Role, Sense, Stroke, Ui, WidgetInfo, pos2,
    vec2,
};
use retake_lab::lines::{Arranged, Between, Column, Density, Histogram, Lines};

use super::table::{column_name, ends};
use crate::cx::Cx;
use crate::theme::{CONTROL, GRID, HALF, SMALL};
use crate::widgets;

/// Heights of the plots, points.
const HEIGHTS: [f32; 2] = [120.0, 200.0];

/// Draws them.
pub(super) fn show(ui: &mut Ui, cx: &mut Cx<'_>, arranged: &Arranged) {
    let histogram = &arranged.histogram;
    match &histogram.column {
        None => {
            let words = RichText::new(cx.text("lab_no_numbers")).color(cx.theme.weak);
            ui.add(eframe::egui::Label::new(words).wrap());
            return;
        }
        Some(column) => {
            let name = column_name(cx, column);
            ui.label(RichText::new(
                cx.texts.with("lab_histogram", &[("column", &name)]),
            ));
        }
    }
    bars(ui, cx, histogram);
    ui.add_space(GRID);
    if arranged.density.cells.is_empty() {
        return;
    }
    ui.label(cx.texts.get("lab_density"));
    cells(ui, cx, &arranged.density);
}

/// A number of the plot, as the language writes it.
fn number(cx: &Cx<'_>, value: f32) -> String {
    cx.texts.number(&format!("{value:.2}"))
}

fn bars(ui: &mut Ui, cx: &Cx<'_>, histogram: &Histogram) {
    let size = vec2(ui.available_width(), HEIGHTS[0]);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let spoken = cx.text("lab_column_score");
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &spoken));
    ui.painter().rect_filled(rect, 2.0, cx.theme.surround);
    let most = histogram.counts.iter().copied().max().unwrap_or(1).max(1);
    let step = rect.width() / histogram.counts.len().max(1) as f32;
    let left = |bin: usize| rect.left() + bin as f32 * step;
    let under = response
        .hover_pos()
        .map(|at| ((at.x - rect.left()) / step) as usize)
        .filter(|bin| *bin < histogram.counts.len());
    for (bin, count) in histogram.counts.iter().enumerate() {
        let height = (rect.height() - HALF) * *count as f32 / most as f32;
        let bar = Rect::from_min_max(
            pos2(left(bin), rect.bottom() - height),
            pos2(left(bin + 1) - 1.0, rect.bottom()),
        );
        let colour = match under == Some(bin) {
            true => cx.theme.text,
            false => cx.theme.accent,
        };
        ui.painter().rect_filled(bar, 0.0, colour);
    }
    let [low, high] = histogram.range;
    let ends_at = |bin: usize| low + (high - low) * bin as f32 / histogram.counts.len() as f32;
    match under {
        None => small_ends(ui, cx, low, high),
        Some(bin) => {
            let words = cx.texts.with(
                "lab_bin",
                &[
                    ("low", &number(cx, ends_at(bin))),
                    ("high", &number(cx, ends_at(bin + 1))),
                    ("count", &histogram.counts[bin].to_string()),
                ],
            );
            ui.label(RichText::new(words).small().color(cx.theme.text));
        }
    }
}

fn small_ends(ui: &mut Ui, cx: &Cx<'_>, low: f32, high: f32) {
    let small = |value: f32| {
        RichText::new(number(cx, value))
            .small()
            .color(cx.theme.weak)
    };
    ends(ui, small(low), small(high));
}

fn cells(ui: &mut Ui, cx: &Cx<'_>, density: &Density) {
    let size = vec2(ui.available_width(), HEIGHTS[1]);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let spoken = cx.text("lab_density");
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &spoken));
    let painter = ui.painter().with_clip_rect(rect);
    painter.rect_filled(rect, 2.0, cx.theme.surround);
    let [columns, rows] = density.size;
    let cell = vec2(
        rect.width() / columns.max(1) as f32,
        rect.height() / rows.max(1) as f32,
    );
    let most = density.cells.iter().map(|cell| cell.2).max().unwrap_or(1);
    let corner = |column: u16, row: u16| -> Pos2 {
        pos2(
            rect.left() + f32::from(column) * cell.x,
            rect.bottom() - (f32::from(row) + 1.0) * cell.y,
        )
    };
    let mut under = None;
    for (column, row, count) in &density.cells {
        let at = Rect::from_min_size(corner(*column, *row), cell);
        // few stand out against none, and many against few
        let share = (1.0 + *count as f32).ln() / (1.0 + most as f32).ln();
        let colour = cx
            .theme
            .surround
            .lerp_to_gamma(cx.theme.accent, 0.25 + 0.75 * share);
        painter.rect_filled(at, 0.0, colour);
        if response
            .hover_pos()
            .is_some_and(|pointer| at.contains(pointer))
        {
            painter.rect_stroke(
                at.expand(1.0),
                0.0,
                Stroke::new(1.0, cx.theme.text),
                eframe::egui::StrokeKind::Outside,
            );
            under = Some((at.center(), *count));
        }
    }
    let font = FontId::proportional(SMALL);
    let say = |at: Pos2, align: Align2, words: String| {
        painter.text(at, align, words, font.clone(), cx.theme.weak);
    };
    let inside = rect.shrink(HALF);
    say(
        inside.left_top(),
        Align2::LEFT_TOP,
        number(cx, density.up[1]),
    );
    say(
        inside.left_bottom(),
        Align2::LEFT_BOTTOM,
        number(cx, density.up[0]),
    );
    match under {
        None => small_ends(ui, cx, density.across[0], density.across[1]),
        Some((at, count)) => {
            let share = (at - rect.left_bottom()) / rect.size();
            let value = |[low, high]: [f32; 2], share: f32| number(cx, low + (high - low) * share);
            let words = cx.texts.with(
                "lab_cell",
                &[
                    ("human", &value(density.across, share.x)),
                    ("score", &value(density.up, -share.y)),
                    ("count", &count.to_string()),
                ],
            );
            ui.label(RichText::new(words).small().color(cx.theme.text));
        }
    }
}

/// Fields for the least and the most of the two numbers that every line may have.
pub(super) fn ranges(ui: &mut Ui, cx: &mut Cx<'_>, lines: &Lines) {
    for column in [Column::Human, Column::Score] {
        let known = lines.columns().contains(&column);
        let values = lines.numbers(&column);
        if !known || values.is_empty() {
            continue;
        }
        let ends = ends_of(ui, lines, &column);
        range(ui, cx, &column, ends);
    }
}

/// The least and the largest number of a column, found once.
fn ends_of(ui: &Ui, lines: &Lines, column: &Column) -> [f32; 2] {
    let values = lines.numbers(column);
    let id = eframe::egui::Id::unique(("lab ends", values.as_ptr() as usize, values.len()));
    if let Some(ends) = ui.data(|data| data.get_temp(id)) {
        return ends;
    }
    let known = values.iter().filter(|value| value.is_finite());
    let ends = known.fold([f32::INFINITY, f32::NEG_INFINITY], |[low, high], value| {
        [low.min(*value), high.max(*value)]
    });
    ui.data_mut(|data| data.insert_temp(id, ends));
    ends
}

fn range(ui: &mut Ui, cx: &mut Cx<'_>, column: &Column, [least, most]: [f32; 2]) {
    let key = column.key();
    let name = column_name(cx, column);
    let wanted = &mut cx.look.lab.wanted;
    let known = wanted.numbers.iter().find(|between| between.column == key);
    let (mut low, mut high) = known.map_or((least, most), |between| (between.low, between.high));
    let before = (low, high);
    let texts = cx.texts;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = HALF;
        ui.label(RichText::new(&name).small().color(cx.theme.weak));
        for (value, key) in [(&mut low, "lab_at_least"), (&mut high, "lab_at_most")] {
            let speed = f64::from((most - least).max(0.01)) / 200.0;
            let field = DragValue::new(value)
                .range(least..=most)
                .speed(speed)
                .max_decimals(3)
                .custom_formatter(|value, _| texts.number(&format!("{value:.2}")))
                .custom_parser(|text| text.replace(',', ".").parse().ok());
            let response = ui.add_sized(vec2(52.0, CONTROL), field);
            let spoken = cx.texts.with(key, &[("column", &name)]);
            widgets::name_field(ui.ctx(), response.id, &spoken);
            response.on_hover_text(spoken);
        }
    });
    if before != (low, high) {
        wanted.numbers.retain(|between| between.column != key);
        if (low, high) != (least, most) {
            wanted.numbers.push(Between {
                column: key,
                low,
                high,
            });
        }
    }
}
