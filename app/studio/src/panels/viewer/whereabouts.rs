//! Where the words mean: "the sky" of the instruction being typed, as an overlay that can become the painted mask.

use eframe::egui::{Frame, Painter, Pos2, Ui, UiBuilder};
use egui_material_icons::icons::{ICON_BRUSH, ICON_VISIBILITY};
use retake_core::Region;
use retake_engine::{Command, Found};

use super::geometry::Place;
use super::marks::tinted;
use super::strip::{button, icon};
use super::stroke::{STRENGTH, over};
use crate::cx::Cx;
use crate::look::Tool;
use crate::theme::HALF;

/// Below this it is fair to say that there is none.
const UNSURE: f32 = 0.3;

/// The place that the draft's first goal names, if it names one.
fn named(cx: &Cx<'_>) -> Option<Region> {
    let goals = cx.session()?.draft.instruction().understood.goals;
    let region = goals.into_iter().next()?.region;
    (!region.is_whole()).then_some(region)
}

fn found<'a>(cx: &'a Cx<'_>, region: &Region) -> Option<&'a Found> {
    let found = cx.session()?.found.as_ref()?;
    (found.region == *region).then_some(found)
}

/// The row of buttons, its upper left corner at `at`.
pub(crate) fn row(ui: &mut Ui, cx: &mut Cx<'_>, at: Pos2, room: eframe::egui::Rect) {
    let Some(region) = named(cx) else {
        cx.look.hand.finding = None;
        cx.look.region_shown = false;
        return;
    };
    if cx.look.region_shown && found(cx, &region).is_none() {
        ask(cx, &region);
    }
    let said = region.said();
    let name = cx.texts.said(&said);
    let unsure = found(cx, &region).is_some_and(|found| found.confidence < UNSURE);
    let builder = UiBuilder::new()
        .id_salt("where the words mean")
        .max_rect(eframe::egui::Rect::from_min_max(at, room.max));
    ui.scope_builder(builder, |ui| {
        let frame = Frame::new()
            .fill(cx.theme.panel)
            .corner_radius(4.0)
            .inner_margin(HALF);
        frame.show(ui, |ui| {
            ui.horizontal(|ui| {
                ui.add_space(HALF);
                let key = match (cx.look.region_shown, unsure) {
                    (true, true) => "region_unsure",
                    _ => "region_named",
                };
                ui.label(cx.texts.with(key, &[("region", &name)]));
                let shown = cx.look.region_shown;
                let show = cx.text("region_show");
                let face = (icon(ICON_VISIBILITY), show.clone());
                let response = button(ui, cx.theme, face, &show, true, shown);
                if response
                    .on_hover_text(cx.texts.get("region_show_hint"))
                    .clicked()
                {
                    cx.look.region_shown = !shown;
                }
                let mask = found(cx, &region).map(|found| found.mask.clone());
                let take = cx.text("region_use");
                let face = (icon(ICON_BRUSH), take.clone());
                let response = button(ui, cx.theme, face, &take, mask.is_some() && shown, false);
                let response = response.on_hover_text(cx.texts.get("region_use_hint"));
                if response.clicked() {
                    cx.send(Command::Mask { mask, label: said });
                    cx.look.tool = Tool::Brush;
                    cx.look.mask_shown = true;
                    cx.look.region_shown = false;
                }
            });
        });
    });
}

/// Asks once for each photo and region.
fn ask(cx: &mut Cx<'_>, region: &Region) {
    let photo = cx.engine.key_of(retake_engine::Subject::Photo);
    let asked = (photo, region.clone());
    if cx.look.hand.finding.as_ref() != Some(&asked) {
        cx.look.hand.finding = Some(asked);
        cx.send(Command::Find(region.clone()));
    }
}

/// Draws the place over a picture while it is asked for.
pub(crate) fn draw(painter: &Painter, cx: &mut Cx<'_>, place: &Place) {
    if !cx.look.region_shown {
        return;
    }
    let mask = named(cx).and_then(|region| found(cx, &region).map(|found| found.mask.clone()));
    if let Some(mask) = mask {
        let colour = cx.theme.mask;
        let style = 32 + cx.theme.shade as u64;
        let ctx = painter.ctx().clone();
        let make = |mask: &retake_core::Mask| tinted(mask, colour, STRENGTH);
        let texture = cx.textures.made(&ctx, &mask, style, true, make);
        over(painter, place, texture);
    }
}
