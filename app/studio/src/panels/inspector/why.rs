//! Why a take got its score: every dimension with its bar, every reason with its measurement. A reason under the pointer
//! lights its place on the photo.

use eframe::egui::{
    self, Align, Color32, FontId, Layout, Pos2, Rect, Response, RichText, Role, Sense, Ui, Vec2,
    WidgetInfo, vec2,
};
use egui_material_icons::MaterialIcon;
use egui_material_icons::icons::{ICON_CHECK, ICON_PRIORITY_HIGH, ICON_REMOVE};
use retake_core::{Reason, Said, Score};
use retake_engine::Take;

use super::{header, origin, range_graphic, raw, words};
use crate::cx::Cx;
use crate::look::Evidence;
use crate::texts::capital;
use crate::theme::{CONTROL, GRID, HALF, SMALL, semibold};
use crate::widgets;

/// Space for a reason's mark, points.
const MARK: f32 = 20.0;
/// Space for a number at the right, points.
const NUMBER: f32 = 40.0;

/// Draws it.
pub(super) fn show(ui: &mut Ui, cx: &mut Cx<'_>, take: &Take) {
    let mut lit = None;
    super::lost::show(ui, cx, take);
    match &take.card {
        Some(card) => {
            let mut scores: Vec<_> = card.scores.iter().collect();
            scores.sort_by_key(|(dimension, _)| words::place(&dimension.0));
            for (dimension, score) in scores {
                ui.push_id(&dimension.0, |ui| {
                    lit = lit.take().or(one(ui, cx, take, &dimension.0, score));
                });
                ui.add_space(GRID);
            }
            for (dimension, why) in &card.unknown {
                unknown(ui, cx, &dimension.0, why);
                ui.add_space(GRID);
            }
            raw::show(ui, cx, &card.raw);
        }
        None => {
            ui.label(RichText::new(cx.text("inspector_unscored")).color(cx.theme.weak));
        }
    }
    made_by(ui, cx, take);
    if lit.is_some() {
        cx.look.inspect.lit = true;
        cx.look.evidence = lit;
    } else {
        super::unlight(cx);
    }
}

/// One dimension. Returns what should be lit.
fn one(ui: &mut Ui, cx: &Cx<'_>, take: &Take, dimension: &str, score: &Score) -> Option<Evidence> {
    let mut lit = None;
    let light = |reason| {
        Some(Evidence {
            dimension: dimension.to_owned(),
            reason,
        })
    };
    let response = title(ui, cx, take, dimension, score);
    if active(&response) && score.evidence.is_some() {
        lit = light(None);
    }
    origin::dimension(&response, cx, take, dimension, score);
    for (index, reason) in score.reasons.iter().enumerate() {
        let response = ui.push_id(index, |ui| row(ui, cx, take, reason)).inner;
        if active(&response) {
            lit = light(Some(index));
        }
        origin::reason(&response, cx, reason);
    }
    lit
}

/// A dimension that could not be scored, and why.
fn unknown(ui: &mut Ui, cx: &Cx<'_>, dimension: &str, why: &Said) {
    let name = words::dimension(cx.texts, dimension);
    let unknown = cx.text("inspector_unknown");
    let title = capital(&format!("{name}: {unknown}"));
    ui.label(RichText::new(title).family(semibold()).color(cx.theme.text));
    let why = RichText::new(capital(&cx.texts.said(why))).size(13.0);
    ui.add(egui::Label::new(why.color(cx.theme.weak)).wrap());
}

fn active(response: &Response) -> bool {
    response.hovered() || response.has_focus()
}

/// Name, bar with whisker, number.
fn title(ui: &mut Ui, cx: &Cx<'_>, take: &Take, dimension: &str, score: &Score) -> Response {
    let size = vec2(ui.available_width(), CONTROL);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let name = words::dimension(cx.texts, dimension);
    let number = header::shown(cx.texts, score.value, take.about());
    let about = format!(
        "{name} {number} ± {}",
        cx.texts.number(&widgets::ten(score.spread))
    );
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &about));
    if response.hovered() {
        ui.painter()
            .rect_filled(rect, 3.0, cx.theme.hover.gamma_multiply(0.6));
    }
    let painter = ui.painter();
    let font = FontId::new(14.0, semibold());
    painter.text(
        rect.left_center(),
        egui::Align2::LEFT_CENTER,
        name,
        font.clone(),
        cx.theme.text,
    );
    let colour = if take.stale {
        cx.theme.weak
    } else {
        cx.theme.text
    };
    painter.text(
        rect.right_center(),
        egui::Align2::RIGHT_CENTER,
        number,
        font,
        colour,
    );
    let bar = Rect::from_min_max(
        Pos2::new(rect.left() + 112.0, rect.center().y - 5.0),
        Pos2::new(rect.right() - NUMBER - HALF, rect.center().y + 5.0),
    );
    // stale numbers look uncertain
    let spread = if take.stale {
        score.spread.max(0.05)
    } else {
        score.spread
    };
    ui.scope(|ui| {
        if take.stale {
            ui.set_opacity(0.45);
        }
        widgets::paint_bar(ui, cx.theme, bar, score.value, spread);
    });
    words::focus_mark(ui, cx.theme, &response);
    response.on_hover_text(cx.text("inspector_where_from"))
}

/// Mark and colour by whether it speaks for the take.
fn mark(cx: &Cx<'_>, passed: Option<bool>) -> (MaterialIcon, Color32, &'static str) {
    match passed {
        Some(true) => (ICON_CHECK, cx.theme.good, "inspector_passed"),
        Some(false) => (ICON_PRIORITY_HIGH, cx.theme.bad, "inspector_failed"),
        None => (ICON_REMOVE, cx.theme.weak, "inspector_neither"),
    }
}

/// One reason: mark, words, measurement, cost.
fn row(ui: &mut Ui, cx: &Cx<'_>, take: &Take, reason: &Reason) -> Response {
    let width = ui.available_width();
    let (icon, colour, spoken) = mark(cx, reason.passed);
    let font = FontId::proportional(13.0);
    let words_width = width - MARK - NUMBER;
    let text = cx.texts.said(&reason.text);
    let galley = ui
        .painter()
        .layout(text.clone(), font.clone(), cx.theme.text, words_width);
    let below = reason
        .check
        .as_ref()
        .map_or(0.0, |_| range_graphic::HEIGHT + HALF);
    let size = vec2(width, galley.size().y + below + GRID);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let name = format!("{}: {text}", cx.texts.get(spoken));
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    if active(&response) {
        ui.painter()
            .rect_filled(rect, 3.0, cx.theme.hover.gamma_multiply(0.6));
    }
    let painter = ui.painter();
    let top = rect.top() + HALF;
    let line = Pos2::new(rect.left() + MARK / 2.0 - 2.0, top + 8.0);
    let weak = if take.stale {
        colour.gamma_multiply(0.6)
    } else {
        colour
    };
    let icons = FontId::new(16.0, icon.font_family());
    painter.text(
        line,
        egui::Align2::CENTER_CENTER,
        icon.codepoint,
        icons,
        weak,
    );
    let text_height = galley.size().y;
    painter.galley(Pos2::new(rect.left() + MARK, top), galley, cx.theme.text);
    if reason.cost >= 0.005 {
        let cost = format!("−{}", cx.texts.number(&widgets::ten(reason.cost)));
        let at = Pos2::new(rect.right(), top);
        let font = FontId::proportional(SMALL);
        painter.text(at, egui::Align2::RIGHT_TOP, cost, font, cx.theme.weak);
    }
    if let Some(check) = &reason.check {
        let at = Pos2::new(rect.left() + MARK, top + text_height + HALF);
        let graphic = Rect::from_min_size(at, vec2(words_width * 0.52, range_graphic::HEIGHT));
        range_graphic::paint(ui, cx.theme, graphic, check, weak);
        let asked = [check.asked.low, check.asked.high].map(words::number);
        let asked = cx.texts.with(
            "inspector_asked_range",
            &[
                ("low", &asked[0]),
                ("high", &asked[1]),
                ("unit", cx.texts.word(check.quantity.info().unit)),
            ],
        );
        let at = graphic.right_center() + Vec2::new(GRID, 0.0);
        let font = FontId::proportional(SMALL);
        ui.painter()
            .text(at, egui::Align2::LEFT_CENTER, asked, font, cx.theme.weak);
    }
    words::focus_mark(ui, cx.theme, &response);
    response
}

fn made_by(ui: &mut Ui, cx: &Cx<'_>, take: &Take) {
    ui.separator();
    let made = &take.provenance;
    ui.label(
        RichText::new(cx.text("inspector_made_by"))
            .color(cx.theme.weak)
            .small(),
    );
    let editor = match &take.model {
        None => format!("{} {}", cx.texts.word(&made.editor), made.version),
        Some(model) => format!("{} ({} {})", model.name, made.editor, made.version),
    };
    let mut rows = vec![
        ("inspector_editor", editor),
        ("inspector_seed", made.seed.to_string()),
    ];
    if !made.label.is_empty() {
        rows.push(("inspector_label", cx.texts.said(&made.label)));
    }
    if take.card.is_some() {
        let by = match &take.by {
            None => cx.text("inspector_scored_by_measures"),
            Some(by) => {
                let names = raw::names(cx.texts, &by.names);
                cx.texts
                    .with("inspector_scored_by_these", &[("names", &names)])
            }
        };
        rows.push(("inspector_scored_by", by));
    }
    if take.adjusted {
        rows.push(("inspector_adjusted", cx.text("inspector_adjusted_yes")));
    }
    for (key, value) in rows {
        ui.horizontal_top(|ui| {
            let name = RichText::new(cx.texts.get(key))
                .small()
                .color(cx.theme.weak);
            ui.allocate_ui_with_layout(vec2(64.0, 16.0), Layout::left_to_right(Align::Min), |ui| {
                ui.set_min_width(64.0);
                ui.label(name);
            });
            ui.add(egui::Label::new(RichText::new(value).small()).wrap());
        });
    }
}
