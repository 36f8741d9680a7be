//! The source and the edits of a case beside each other, with what the reward and people said of each.

use std::sync::Arc;

use eframe::egui::{Label, Rect, RichText, Role, Sense, Spinner, StrokeKind, Ui, WidgetInfo, vec2};
use retake_core::{Dimension, Said};
use retake_engine::Shown;
use retake_lab::case::{Case, Take};
use retake_lab::measures::Better;
use retake_lab::scoring::Scores;

use super::super::table::column_name;
use super::told;
use crate::cx::Cx;
use crate::texts::capital;
use crate::theme::{GRID, HALF, semibold};
use crate::widgets;

/// The least width of a picture, points.
const LEAST: f32 = 150.0;
/// The most, points.
const MOST: f32 = 420.0;
/// The most sentences of a reward that are shown under a dimension, and of those that are said of none.
const REASONS: [usize; 2] = [4, 8];

/// The source and every edit, each with what was said of it.
pub(super) fn show(ui: &mut Ui, cx: &mut Cx<'_>, case: &Case, place: usize) {
    let count = case.takes.len() + 1;
    let gaps = GRID * (count.min(5) as f32 - 1.0);
    let share = (ui.available_width() - gaps - GRID) / count.min(5) as f32;
    let width = share.clamp(LEAST, MOST);
    // so that something of what was said is seen below
    let tall = (ui.clip_rect().height() * 0.5).clamp(LEAST, MOST);
    let seen = cx.lab.inspection.pictures(place).cloned();
    let scores: Option<Vec<Scores>> = match cx.lab.scoring.as_ref().map(|s| &s.scores[place]) {
        None => None,
        Some(Ok(scores)) => Some(scores.clone()),
        Some(Err(why)) => {
            let words = cx
                .texts
                .with("lab_no_scores", &[("why", &cx.texts.said(why))]);
            ui.add(Label::new(RichText::new(words).color(cx.theme.bad)).wrap());
            None
        }
    };
    match &seen {
        None => {
            ui.horizontal(|ui| {
                ui.add(Spinner::new());
                ui.label(cx.texts.get("lab_pictures_coming"));
            });
        }
        Some(Err(why)) => {
            let words = RichText::new(capital(&cx.texts.said(why))).color(cx.theme.bad);
            ui.add(Label::new(words).wrap());
        }
        Some(Ok(_)) => {}
    }
    let seen = seen.and_then(Result::ok);
    let told = cx.lab.inspection.told(place).cloned();
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(GRID, GRID);
        column(ui, width, |ui| {
            if let Some(seen) = &seen {
                let name = cx.text("lab_source");
                picture(ui, cx, &seen.source, [width, tall], &name);
            }
            ui.label(RichText::new(cx.text("lab_source")).family(semibold()));
        });
        for (at, take) in case.takes.iter().enumerate() {
            column(ui, width, |ui| {
                let liked = preferred(case, at);
                if let Some(edit) = seen.as_ref().and_then(|seen| seen.edits.get(at)) {
                    let inside = picture(ui, cx, edit, [width, tall], &take.name);
                    if let Some(told) = &told {
                        told::tint(ui, cx, told, at, inside);
                    }
                    if liked {
                        let stroke = (2.0, cx.theme.good);
                        let kind = StrokeKind::Inside;
                        ui.painter().rect_stroke(inside, 0.0, stroke, kind);
                    }
                }
                let scores = scores.as_ref().and_then(|scores| scores.get(at));
                said(ui, cx, take, scores, liked);
                if let Some(told) = told.as_ref().and_then(|told| told.get(at)) {
                    told::show(ui, cx, told.as_ref(), (place, at));
                }
            });
        }
    });
}

fn column(ui: &mut Ui, width: f32, draw: impl FnOnce(&mut Ui)) {
    ui.vertical(|ui| {
        ui.set_width(width);
        ui.spacing_mut().item_spacing.y = HALF;
        draw(ui);
    });
}

/// Draws a picture, and says where it lies.
fn picture(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    shown: &Arc<Shown>,
    [width, tall]: [f32; 2],
    name: &str,
) -> Rect {
    let height = width * shown.height as f32 / shown.width.max(1) as f32;
    let (rect, response) = ui.allocate_exact_size(vec2(width, height.min(tall)), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name));
    let texture = cx.textures.of(ui.ctx(), shown, true);
    let size = vec2(shown.width as f32, shown.height as f32);
    widgets::picture(ui, texture, size, rect)
}

/// What the reward and people said of one edit.
fn said(ui: &mut Ui, cx: &Cx<'_>, take: &Take, scores: Option<&Scores>, liked: bool) {
    let number = |value: f64| cx.texts.number(&format!("{value:.2}"));
    let pair = |ui: &mut Ui, name: &str, value: f64, strong: bool| {
        let words = cx
            .texts
            .with("lab_said", &[("name", name), ("value", &number(value))]);
        let words = match strong {
            true => RichText::new(words),
            false => RichText::new(words).small().color(cx.theme.weak),
        };
        ui.add(Label::new(words).wrap());
    };
    ui.add(Label::new(RichText::new(&take.name).family(semibold())).truncate());
    if take.editor != take.name && !take.editor.is_empty() {
        let editor = RichText::new(&take.editor).small().color(cx.theme.weak);
        ui.add(Label::new(editor).truncate());
    }
    if let Some(human) = take.human {
        pair(ui, cx.texts.get("lab_column_human"), human, true);
    }
    for (dimension, value) in &take.by_dimension {
        pair(ui, &dimension.replace('_', " "), *value, false);
    }
    if liked {
        ui.label(RichText::new(cx.text("lab_liked")).color(cx.theme.good));
    }
    let Some(scores) = scores else { return };
    pair(ui, cx.texts.get("lab_column_score"), scores.overall, true);
    // in the order of the sheet
    let mut dimensions: Vec<_> = scores.by_dimension.iter().collect();
    let place = |name: &str| Dimension::CANONICAL.iter().position(|known| *known == name);
    dimensions.sort_by_key(|(dimension, _)| place(dimension).unwrap_or(usize::MAX));
    for (dimension, value) in dimensions {
        let column = retake_lab::lines::Column::Of(dimension.clone());
        let spread = scores.spread.get(dimension).filter(|s| **s > 0.0);
        let spread = spread.map(|spread| format!(" ± {}", number(*spread)));
        let (name, value) = (column_name(cx, &column), number(*value));
        let words = cx
            .texts
            .with("lab_said", &[("name", &name), ("value", &value)]);
        let words = words + &spread.unwrap_or_default();
        ui.add(Label::new(RichText::new(words).small().color(cx.theme.weak)).wrap());
        if scores.reasons_for(dimension).next().is_some() {
            ui.indent(dimension, |ui| {
                reasons(ui, cx, scores.reasons_for(dimension), REASONS[0]);
            });
        }
    }
    reasons(ui, cx, scores.other_reasons(), REASONS[1]);
}

fn reasons<'a>(ui: &mut Ui, cx: &Cx<'_>, said: impl Iterator<Item = &'a Said>, most: usize) {
    for reason in said.take(most) {
        let words = RichText::new(cx.texts.said(reason)).small();
        ui.add(Label::new(words).wrap());
    }
}

/// Whether people preferred this take in some pair.
fn preferred(case: &Case, at: usize) -> bool {
    case.verdicts.iter().any(|verdict| match verdict.better {
        Better::A => verdict.first == at,
        Better::B => verdict.second == at,
        Better::Tie => false,
    })
}
