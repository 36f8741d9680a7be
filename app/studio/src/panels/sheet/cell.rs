//! One cell of the contact sheet: the picture, what was said of it, its overall score and a bar for each dimension.

use std::sync::Arc;

use eframe::egui::{
    Align2, Color32, FontId, Id, Pos2, Rect, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo,
};
use retake_core::{Dimension, Score};
use retake_engine::{Flag, Session, Shown, Take};

use super::grid::{BAR, parts};
use super::marks;
use crate::cx::Cx;
use crate::theme::{BODY, HALF, SMALL, semibold};
use crate::widgets;

/// A rejected take is still there, further back.
const DIMMED: f32 = 0.32;

/// A take that is there.
pub(super) fn take(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    rect: Rect,
    session: &Session,
    take: &Arc<Take>,
    focused: bool,
) {
    let mark = session.desk().mark(take.id);
    let overall = session.ranking().overall.get(&take.id).copied();
    let number = (take.index + 1).to_string();
    let response = ui.interact(rect, Id::unique(("cell", take.id.0)), Sense::click());
    let name = name(cx, session, take, overall);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, focused, &name));

    let parts = parts(rect);
    if focused || response.has_focus() {
        ui.painter().rect_filled(rect, 4.0, cx.theme.raised);
        let stroke = Stroke::new(1.0, cx.theme.weak);
        ui.painter()
            .rect_stroke(rect, 4.0, stroke, StrokeKind::Inside);
    }
    ui.painter()
        .rect_filled(parts.picture, 2.0, cx.theme.surround);
    let rejected = mark.flag == Flag::Rejected;
    if let Some(shown) = &take.shown {
        let tint = if rejected { DIMMED } else { 1.0 };
        picture(ui, cx, shown, parts.picture, tint);
    }

    let middle = parts.line.center().y;
    let colour = if rejected || take.stale {
        cx.theme.weak
    } else {
        cx.theme.text
    };
    let at_hand = ui.rect_contains_pointer(rect);
    let mut left = parts.line.left();
    if at_hand {
        marks::at_hand(ui, cx, parts.line, take.id, &number);
    } else {
        let begin = Pos2::new(parts.line.left() + 1.0, middle);
        let after = write(
            ui,
            begin,
            Align2::LEFT_CENTER,
            &number,
            FontId::proportional(SMALL),
            cx.theme.weak,
        );
        left = marks::shown(ui, cx, Pos2::new(after + HALF, middle), mark);
    }
    let score = overall.map_or_else(
        || "…".to_owned(),
        |score| cx.texts.number(&widgets::ten(score)),
    );
    let right = Pos2::new(parts.line.right() - 1.0, middle);
    write(
        ui,
        right,
        Align2::RIGHT_CENTER,
        &score,
        FontId::new(BODY, semibold()),
        colour,
    );
    if take.card.is_some() {
        match parts.bars {
            Some(bars) => draw_bars(ui, cx, bars, take),
            None if !at_hand => small_bars(ui, cx, parts.line, take, left),
            None => {}
        }
    }

    if response.double_clicked() {
        cx.look.survey = false;
    }
    if response.clicked() || response.secondary_clicked() {
        cx.look.focus = Some(take.id);
        cx.look.evidence = None;
    }
    response.context_menu(|ui| marks::menu(ui, cx, take.id));
    if parts.bars.is_none() && take.card.is_some() {
        response.on_hover_ui(|ui| {
            if let Some(model) = &take.model {
                ui.label(&model.name);
            }
            numbers(ui, cx, take);
        });
    }
}

/// Returns where the text ends.
fn write(ui: &Ui, at: Pos2, align: Align2, text: &str, font: FontId, colour: Color32) -> f32 {
    ui.painter().text(at, align, text, font, colour).right()
}

/// A small copy while the cell is small, the picture itself when it is not.
pub(super) fn picture(ui: &Ui, cx: &mut Cx<'_>, shown: &Arc<Shown>, within: Rect, strength: f32) {
    let size = Vec2::new(shown.width as f32, shown.height as f32);
    let edge = within.size().max_elem() * ui.ctx().pixels_per_point();
    let texture = match [256, 512].into_iter().find(|&small| edge <= small as f32) {
        Some(small) => match cx.textures.small.of(ui.ctx(), shown, small) {
            Some(texture) => texture,
            // its turn comes in one of the next frames
            None => return,
        },
        None => cx.textures.of(ui.ctx(), shown, true),
    };
    let scale = (within.width() / size.x).min(within.height() / size.y);
    let rect = Rect::from_center_size(within.center(), size * scale);
    let uv = Rect::from_min_max(Pos2::ZERO, Pos2::new(1.0, 1.0));
    let tint = Color32::WHITE.gamma_multiply(strength);
    ui.painter().image(texture, rect, uv, tint);
}

/// What it is, for those who cannot see it: number, score, flag, stars.
fn name(cx: &Cx<'_>, session: &Session, take: &Take, overall: Option<f32>) -> String {
    let number = (take.index + 1).to_string();
    let mut name = cx.texts.with("sheet_take", &[("number", &number)]);
    let mut add = |word: &str| {
        name.push_str(", ");
        name.push_str(word);
    };
    match overall {
        Some(score) => add(&cx.texts.number(&widgets::ten(score))),
        None => add(cx.texts.get("sheet_being_scored")),
    }
    if session.ranking().leader() == Some(take.id) {
        add(cx.texts.get("sheet_leads"));
    }
    if let Some(model) = &take.model {
        add(&model.name);
    }
    let mark = session.desk().mark(take.id);
    match mark.flag {
        Flag::None => {}
        Flag::Picked => add(cx.texts.get("sheet_picked")),
        Flag::Rejected => add(cx.texts.get("sheet_rejected")),
    }
    if mark.stars > 0 {
        let stars = mark.stars.to_string();
        add(&cx.texts.with("sheet_stars", &[("stars", &stars)]));
    }
    name
}

/// The three dimensions one under the other: initial, bar, number.
fn draw_bars(ui: &mut Ui, cx: &Cx<'_>, rect: Rect, take: &Take) {
    let hover = ui.interact(rect, Id::unique(("bars", take.id.0)), Sense::hover());
    for (i, dimension) in Dimension::CANONICAL.iter().enumerate() {
        let Some(score) = score(take, dimension) else {
            continue;
        };
        let top = rect.top() + i as f32 * BAR;
        let middle = top + BAR / 2.0;
        let font = FontId::proportional(SMALL);
        let initial = dimension_name(cx, dimension).chars().next();
        let initial = initial.map(String::from).unwrap_or_default();
        let weak = cx.theme.weak;
        let left = Pos2::new(rect.left() + 1.0, middle);
        ui.painter()
            .text(left, Align2::LEFT_CENTER, initial, font.clone(), weak);
        let right = Pos2::new(rect.right() - 1.0, middle);
        let number = cx.texts.number(&widgets::ten(score.value));
        ui.painter()
            .text(right, Align2::RIGHT_CENTER, number, font, weak);
        let bar = Rect::from_min_max(
            Pos2::new(rect.left() + 14.0, top + 2.0),
            Pos2::new(rect.right() - 28.0, top + BAR - 2.0),
        );
        widgets::paint_bar(ui, cx.theme, bar, score.value, score.spread);
    }
    hover.on_hover_ui(|ui| numbers(ui, cx, take));
}

/// Every dimension with its value and spread, as lines.
fn numbers(ui: &mut Ui, cx: &Cx<'_>, take: &Take) {
    let Some(card) = &take.card else { return };
    for (dimension, score) in &card.scores {
        let value = widgets::ten(score.value);
        let spread = widgets::ten(score.spread);
        let name = dimension_name(cx, &dimension.0);
        ui.label(cx.texts.with(
            "sheet_dimension",
            &[("name", &name), ("value", &value), ("spread", &spread)],
        ));
    }
}

/// The same where there is no room: three thin bars between the marks, which end at `left`, and the score.
fn small_bars(ui: &mut Ui, cx: &Cx<'_>, line: Rect, take: &Take, left: f32) {
    /// Room for the score, and the least and most that a bar is worth drawing with, points.
    const SCORE: f32 = 34.0;
    const LEAST: f32 = 20.0;
    const MOST: f32 = 72.0;
    const THICK: f32 = 4.0;
    const STEP: f32 = 6.0;
    let right = line.right() - SCORE;
    let left = (left + HALF).max(right - MOST);
    if right - left < LEAST {
        return;
    }
    let top = line.center().y - STEP - THICK / 2.0;
    for (i, dimension) in Dimension::CANONICAL.iter().enumerate() {
        let Some(score) = score(take, dimension) else {
            continue;
        };
        let top = top + i as f32 * STEP;
        let bar = Rect::from_min_max(Pos2::new(left, top), Pos2::new(right, top + THICK));
        widgets::paint_bar(ui, cx.theme, bar, score.value, score.spread);
    }
}

fn score<'a>(take: &'a Take, dimension: &str) -> Option<&'a Score> {
    let card = take.card.as_ref()?;
    card.scores.get(&Dimension::from(dimension))
}

/// A dimension's name for people.
pub(super) fn dimension_name(cx: &Cx<'_>, dimension: &str) -> String {
    match dimension {
        Dimension::INSTRUCTION_FOLLOWING => cx.text("sheet_follows"),
        Dimension::DETAIL_PRESERVING => cx.text("sheet_preserves"),
        Dimension::GENERATION_QUALITY => cx.text("sheet_quality"),
        other => other.replace('_', " "),
    }
}
