//! The inspector's head: which take, its place, its overall score and how sure its place is.

use eframe::egui::{Align, Button, Layout, RichText, Ui};
use retake_engine::Take;

use super::{origin, words};
use crate::cx::Cx;
use crate::look::Look;
use crate::panels::sheet::doubted;
use crate::texts::Texts;
use crate::theme::{CONTROL, GRID, TITLE, semibold};
use crate::widgets::ten;

/// Draws it.
pub(super) fn show(ui: &mut Ui, cx: &mut Cx<'_>, take: &Take) {
    let number = (take.index + 1).to_string();
    let name = cx.texts.with("inspector_take", &[("number", &number)]);
    let room_for_close = if folded(ui, cx.look) { CONTROL } else { 0.0 };
    ui.horizontal(|ui| {
        ui.label(RichText::new(name).heading());
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add_space(room_for_close);
            ui.label(RichText::new(place(cx, take)).color(cx.theme.weak));
        });
    });
    ui.horizontal(|ui| {
        ui.spacing_mut().button_padding.x = 0.0;
        let overall = cx
            .session()
            .and_then(|session| session.ranking().overall.get(&take.id).copied());
        let Some(overall) = overall else {
            ui.label(RichText::new(cx.text("inspector_unscored")).color(cx.theme.weak));
            return;
        };
        let colour = if take.stale {
            cx.theme.weak
        } else {
            cx.theme.text
        };
        let text = RichText::new(shown(cx.texts, overall, take.about()))
            .family(semibold())
            .size(TITLE)
            .color(colour);
        let button = ui
            .add(Button::new(text).frame_when_inactive(false))
            .accessible_name(format!(
                "{} {}",
                cx.texts.get("inspector_overall"),
                cx.texts.number(&ten(overall))
            ))
            .on_hover_text(cx.text("inspector_where_from"));
        origin::overall(&button, cx, take);
        let words = margin(cx, take);
        ui.add(eframe::egui::Label::new(RichText::new(words).color(cx.theme.weak)).wrap());
    });
    if take.near {
        let words = RichText::new(cx.text("inspector_near")).small();
        ui.add(eframe::egui::Label::new(words.color(cx.theme.weak)).wrap());
    }
    ui.add_space(GRID / 2.0);
}

fn folded(ui: &Ui, look: &Look) -> bool {
    // beside the photo it is drawn in a panel, over it in an area of the middle order
    look.inspector && ui.layer_id().order == eframe::egui::Order::Middle
}

/// A score; "about" when the pixels it was measured on are not quite the take's.
pub(super) fn shown(texts: &Texts, value: f32, about: bool) -> String {
    let about = if about { "≈ " } else { "" };
    format!("{about}{}", texts.number(&ten(value)))
}

fn place(cx: &Cx<'_>, take: &Take) -> String {
    let Some(session) = cx.session() else {
        return String::new();
    };
    let ranking = session.ranking();
    match ranking.rank(take.id) {
        Some(rank) => cx.texts.with(
            "inspector_place",
            &[
                ("place", &words::ordinal(cx.texts.language, rank)),
                ("count", &ranking.order.len().to_string()),
            ],
        ),
        None if ranking.overall.contains_key(&take.id) => cx.text("inspector_rejected"),
        None => String::new(),
    }
}

/// How far ahead or behind, and how sure.
fn margin(cx: &Cx<'_>, take: &Take) -> String {
    if take.stale {
        return cx.text("inspector_stale");
    }
    let Some(session) = cx.session() else {
        return String::new();
    };
    let ranking = session.ranking();
    let Some(verdict) = &ranking.verdict else {
        return String::new();
    };
    let score = |id| ranking.overall.get(&id).copied();
    let leads = ranking.leader() == Some(take.id);
    if leads && ranking.order.len() < 2 {
        return String::new();
    }
    if !leads {
        let best = ranking.leader().and_then(score);
        let own = score(take.id);
        let (Some(best), Some(own)) = (best, own) else {
            return String::new();
        };
        return cx
            .texts
            .with("inspector_behind", &[("margin", &ten(best - own))]);
    }
    let level = verdict.margin < 0.005;
    let key = match (verdict.good_enough, verdict.confident) {
        (false, _) => "inspector_not_good",
        (true, false) if doubted(verdict) => "inspector_ahead_doubted",
        (true, false) if level => "inspector_level",
        (true, true) => "inspector_ahead_sure",
        (true, false) => "inspector_ahead_unsure",
    };
    let percent = format!("{:.0}", verdict.confidence * 100.0);
    cx.texts.with(
        key,
        &[("margin", &ten(verdict.margin)), ("percent", &percent)],
    )
}
