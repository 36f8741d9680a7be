//! One failure on one screen: what was asked, the source and the edits beside each other, what the reward said and what people
//! said, what probes found, and room for tags and a note.

mod notes;
mod pictures;
mod probes;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod told;

use eframe::egui::{
    CentralPanel, ComboBox, Frame, Label, Margin, Panel, RichText, ScrollArea, Spinner, Ui, vec2,
};
use retake_lab::analyse::{Finding, ORDERS};

use super::figures;
use crate::cx::Cx;
use crate::lab::order;
use crate::texts::capital;
use crate::theme::{GRID, HALF};
use crate::widgets;

pub(crate) use told::another_map;

/// The case that is looked at, by its place: the chosen one, else the worst.
pub(crate) fn case_shown(cx: &Cx<'_>) -> Option<usize> {
    let chosen = cx.look.lab.case;
    chosen.or_else(|| cx.lab.inspection.found.first().map(|finding| finding.place))
}

/// So many cases on, or back.
pub(crate) fn go(cx: &mut Cx<'_>, steps: isize) {
    let found: &[Finding] = &cx.lab.inspection.found;
    let now = case_shown(cx);
    let at = found.iter().position(|finding| Some(finding.place) == now);
    let last = found.len().saturating_sub(1);
    let next = at.map_or(0, |at| at.saturating_add_signed(steps).min(last));
    cx.look.lab.case = found.get(next).map(|finding| finding.place).or(now);
    cx.look.lab.page = "lab_failures";
}

/// Draws it.
pub(super) fn show(ui: &mut Ui, cx: &mut Cx<'_>) {
    let bar = Frame::new()
        .fill(cx.theme.panel)
        .inner_margin(Margin::symmetric(GRID as i8, HALF as i8));
    let scored = cx.lab.scoring.is_some();
    Panel::top("lab failures bar")
        .frame(bar)
        .show(ui, |ui| match scored {
            true => controls(ui, cx),
            false => figures::judges(ui, cx),
        });
    let frame = Frame::new()
        .fill(cx.theme.surround)
        .inner_margin(2.0 * GRID);
    CentralPanel::default().frame(frame).show(ui, |ui| {
        let weak = |ui: &mut Ui, cx: &Cx<'_>, key: &str| {
            let words = RichText::new(cx.texts.get(key)).color(cx.theme.weak);
            ui.add(Label::new(words).wrap());
        };
        let shown = case_shown(cx);
        if !scored && cx.look.lab.case.is_none() {
            weak(ui, cx, "lab_failures_how");
            return;
        }
        let Some(place) = shown else {
            let key = match cx.lab.inspection.is_finding() {
                true => "lab_finding",
                false => "lab_failures_none",
            };
            weak(ui, cx, key);
            return;
        };
        ScrollArea::vertical()
            .auto_shrink([false, false])
            .id_salt(("lab case", place))
            .show(ui, |ui| case(ui, cx, place));
    });
}

/// The order, where one is in it, and what can be done.
fn controls(ui: &mut Ui, cx: &mut Cx<'_>) {
    let now = order(cx.look.lab.order);
    cx.lab.want_findings(now.id);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(GRID, HALF);
        let name = cx.text("lab_order");
        ui.label(RichText::new(&name).small().color(cx.theme.weak));
        let words = |id: &str| cx.texts.get(&format!("lab_order_{id}")).to_owned();
        let menu = ComboBox::from_id_salt("lab order")
            .selected_text(words(now.id))
            .width(140.0)
            .show_ui(ui, |ui| {
                for known in ORDERS {
                    let entry = ui.selectable_label(known.id == now.id, words(known.id));
                    let about = capital(cx.texts.word(known.about));
                    if entry.on_hover_text(about).clicked() {
                        cx.look.lab.order = known.id;
                        cx.look.lab.case = None;
                    }
                }
            });
        widgets::name_field(ui.ctx(), menu.response.id, &name);
        for (action, step) in [("lab_previous", -1), ("lab_next", 1)] {
            let tip = widgets::tip(ui.ctx(), cx, action);
            if ui.button(cx.texts.get(action)).on_hover_text(tip).clicked() {
                go(cx, step);
            }
        }
        ui.label(RichText::new(whereabouts(cx)).small().color(cx.theme.weak));
        report(ui, cx);
    });
}

/// "3 of 57, disagreement 0.41".
fn whereabouts(cx: &Cx<'_>) -> String {
    let inspection = &cx.lab.inspection;
    if inspection.is_finding() {
        return cx.text("lab_finding");
    }
    let now = case_shown(cx);
    let mut found = inspection.found.iter().enumerate();
    let Some((at, finding)) = found.find(|(_, finding)| Some(finding.place) == now) else {
        return cx.text("lab_not_found");
    };
    let (place, count) = ((at + 1).to_string(), inspection.found.len().to_string());
    let place = cx
        .texts
        .with("lab_place", &[("place", &place), ("count", &count)]);
    let value = format!("{:.2}", finding.disagreement);
    let apart = cx.texts.with("lab_disagreement", &[("value", &value)]);
    format!("{place}, {apart}")
}

fn report(ui: &mut Ui, cx: &mut Cx<'_>) {
    if cx.lab.inspection.is_reporting() {
        ui.add(Spinner::new());
        ui.label(cx.texts.get("lab_reporting"));
        return;
    }
    let tip = widgets::tip(ui.ctx(), cx, "lab_report");
    let button = eframe::egui::Button::new(cx.texts.get("lab_report"));
    let can = cx.lab.can_report();
    if ui.add_enabled(can, button).on_hover_text(tip).clicked() {
        cx.lab.report();
    }
    match &cx.lab.inspection.reported {
        None => {}
        Some(Ok(path)) => {
            let path = path.display().to_string();
            let words = cx.texts.with("lab_reported", &[("path", &path)]);
            ui.add(Label::new(RichText::new(words).small()).truncate());
        }
        Some(Err(why)) => {
            let words = RichText::new(capital(&cx.texts.said(why))).color(cx.theme.bad);
            ui.add(Label::new(words).wrap());
        }
    }
}

fn case(ui: &mut Ui, cx: &mut Cx<'_>, place: usize) {
    let Some(lines) = cx.lab.data.as_ref().map(|data| data.lines.clone()) else {
        return;
    };
    let Some(case) = lines.cases.get(place) else {
        return;
    };
    cx.lab.want_pictures(place);
    cx.lab.want_told(place);
    let task = cx.texts.kind_of_edit(&case.task);
    let about: Vec<&str> = [&case.id, &*task, &case.dimension]
        .into_iter()
        .filter(|words| !words.is_empty())
        .collect();
    ui.add(Label::new(RichText::new(&case.instruction).heading()).wrap());
    ui.label(
        RichText::new(about.join("   "))
            .small()
            .color(cx.theme.weak),
    );
    notes::tags(ui, cx, case);
    ui.add_space(GRID);
    told::dimensions(ui, cx, place);
    pictures::show(ui, cx, case, place);
    ui.add_space(GRID);
    probes::show(ui, cx, place);
    notes::note(ui, cx, case);
}
