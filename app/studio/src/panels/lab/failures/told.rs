//! What the rewards told beside their scores: maps over the edits, what could have stood where a score was written, what every
//! pass gave, and the raw output.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use eframe::egui::{
    CollapsingHeader, Color32, ColorImage, Label, Rect, RichText, ScrollArea, Ui, pos2, vec2,
};
use retake_core::{Answered, Said, answered};
use retake_lab::scoring::Told;

use super::super::table::column_name;
use super::case_shown;
use crate::cx::Cx;
use crate::lab::ToldOf;
use crate::panels::told::{by_place, judge, passes, weighed};
use crate::panels::viewer::{STRENGTH, tinted};
use crate::texts::capital;
use crate::theme::{GRID, HALF, SMALL};
use crate::widgets;

/// The most of an output that is shown before one scrolls in it, points.
const TALL: f32 = 220.0;

/// The dimensions of which a case has maps, in the order in which they are shown.
fn mapped(told: &ToldOf) -> Vec<String> {
    let told = told.iter().flatten().flatten();
    let names: BTreeSet<String> = told.flat_map(|told| told.maps.keys().cloned()).collect();
    let ordered = by_place(names.into_iter().map(|name| (name, ())));
    ordered.into_iter().map(|(name, ())| name).collect()
}

fn name(cx: &Cx<'_>, dimension: &str) -> String {
    column_name(cx, &retake_lab::lines::Column::Of(dimension.to_owned()))
}

/// The next dimension whose map lies over the edits; behind the last one none.
pub(crate) fn another_map(cx: &mut Cx<'_>) {
    let Some(told) = case_shown(cx).and_then(|place| cx.lab.inspection.told(place)) else {
        return;
    };
    let names = mapped(told);
    let now = cx.look.lab.evidence.as_ref();
    let next = match now.and_then(|now| names.iter().position(|name| name == now)) {
        None => 0,
        Some(at) => at + 1,
    };
    cx.look.lab.evidence = names.get(next).cloned();
}

/// A button for every dimension with a map: the pressed one lies over the edits.
pub(super) fn dimensions(ui: &mut Ui, cx: &mut Cx<'_>, place: usize) {
    let Some(told) = cx.lab.inspection.told(place) else {
        return;
    };
    let names = mapped(told);
    let kept = told.iter().any(Option::is_some);
    let scoring = cx.lab.scoring.as_ref();
    if !kept && scoring.is_some_and(|scoring| scoring.folder.is_some()) {
        let words = RichText::new(cx.texts.get("lab_told_none")).small();
        ui.add(Label::new(words.color(cx.theme.weak)).wrap());
    }
    if names.is_empty() {
        return;
    }
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(HALF, HALF);
        let title = RichText::new(cx.texts.get("lab_evidence")).small();
        ui.label(title.color(cx.theme.weak));
        let tip = widgets::tip(ui.ctx(), cx, "lab_another_map");
        for dimension in names {
            let on = cx.look.lab.evidence.as_ref() == Some(&dimension);
            let button = ui.selectable_label(on, capital(&name(cx, &dimension)));
            if button.on_hover_text(&tip).clicked() {
                cx.look.lab.evidence = (!on).then_some(dimension);
            }
        }
    });
    ui.add_space(HALF);
}

/// The map that is asked for over the picture of an edit.
pub(super) fn tint(ui: &Ui, cx: &mut Cx<'_>, told: &Arc<ToldOf>, at: usize, inside: Rect) {
    let Some(dimension) = cx.look.lab.evidence.clone() else {
        return;
    };
    let map = |told: &ToldOf| {
        told.get(at)?
            .as_ref()?
            .as_ref()
            .ok()?
            .maps
            .get(&dimension)
            .cloned()
    };
    if map(told).is_none() {
        return;
    }
    let mut hasher = DefaultHasher::new();
    ("lab map", at, &dimension, cx.theme.shade).hash(&mut hasher);
    let colour = cx.theme.evidence;
    let make = |told: &ToldOf| match map(told) {
        Some(map) => tinted(&map, colour, STRENGTH),
        None => ColorImage::filled([1, 1], Color32::TRANSPARENT),
    };
    let texture = cx
        .textures
        .made(ui.ctx(), told, hasher.finish(), true, make);
    let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
    ui.painter().image(texture, inside, whole, Color32::WHITE);
}

/// What was told of one edit, under what was said of it.
pub(super) fn show(
    ui: &mut Ui,
    cx: &Cx<'_>,
    told: Option<&Result<Told, Said>>,
    (place, at): (usize, usize),
) {
    let told = match told {
        None => return,
        Some(Err(why)) => {
            let words = RichText::new(capital(&cx.texts.said(why))).small();
            ui.add(Label::new(words.color(cx.theme.bad)).wrap());
            return;
        }
        Some(Ok(told)) => told,
    };
    for (number, raw) in told.raw.iter().enumerate() {
        let answers = answered(&raw.told);
        ui.push_id((place, at, number), |ui| {
            weighed(ui, cx, &answers, &|dimension| name(cx, dimension));
            passes(ui, cx, &raw.told, &|dimension| name(cx, dimension));
            output(ui, cx, &answers, &judge(raw));
        });
    }
    if told.left_out > 0 {
        let count = told.left_out.to_string();
        let words = cx.texts.with("lab_told_left_out", &[("count", &count)]);
        let words = RichText::new(words).small().color(cx.theme.weak);
        ui.add(Label::new(words).wrap());
    }
}

/// What a judge wrote, letter by letter, folded away.
fn output(ui: &mut Ui, cx: &Cx<'_>, answers: &[Answered], judge: &str) {
    let mut written = answers
        .iter()
        .filter(|answer| !answer.text.trim().is_empty());
    if written.next().is_none() {
        return;
    }
    let title = cx.texts.with("lab_raw_output", &[("judge", judge)]);
    CollapsingHeader::new(RichText::new(title).small().color(cx.theme.weak))
        .id_salt("raw output")
        .show(ui, |ui| {
            ScrollArea::vertical().max_height(TALL).show(ui, |ui| {
                for answer in answers {
                    let head = which(cx, answer);
                    // why an answer could not be used stands among the reasons
                    let colour = match answer.failure {
                        None => cx.theme.weak,
                        Some(_) => cx.theme.bad,
                    };
                    ui.label(RichText::new(head).small().color(colour));
                    let words = RichText::new(answer.text.trim_end())
                        .monospace()
                        .size(SMALL);
                    ui.add(Label::new(words).selectable(true).wrap());
                    ui.add_space(GRID);
                }
            });
        });
}

/// "Pass 2, question 1", "Edit 1 before edit 3".
fn which(cx: &Cx<'_>, answer: &Answered) -> String {
    let one = |place: usize| (place + 1).to_string();
    match answer.between {
        Some((first, second)) => {
            let (first, second) = (one(first), one(second));
            let places = [("first", first.as_str()), ("second", second.as_str())];
            cx.texts.with("told_order", &places)
        }
        None => {
            let (pass, call) = (one(answer.pass), one(answer.call));
            let places = [("pass", pass.as_str()), ("question", call.as_str())];
            cx.texts.with("told_pass", &places)
        }
    }
}
