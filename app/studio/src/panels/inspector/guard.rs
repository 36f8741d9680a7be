//! Under the curve: what the guard says of the choice, who watches over it, what that means, and what the run has spent.

use eframe::egui::{RichText, Ui};
use retake_engine::GuardVerdict;

use crate::cx::Cx;
use crate::look::Sheet;
use crate::panels::over::judges;
use crate::theme::HALF;
use crate::widgets;

/// Whether the choice may please its own judge only.
pub(super) fn alarmed(cx: &Cx<'_>) -> bool {
    let guarded = cx.session().and_then(|session| session.guarded.as_ref());
    guarded.is_some_and(|guarded| guarded.verdict == GuardVerdict::Hacked)
}

/// Draws it.
pub(super) fn show(ui: &mut Ui, cx: &mut Cx<'_>) {
    let Some(session) = cx.engine.session() else {
        return;
    };
    if let Some(words) = widgets::spent(cx) {
        ui.label(RichText::new(words).small().color(cx.theme.weak));
    }
    ui.add_space(HALF);
    if let Some(guarded) = &session.guarded {
        let colour = match guarded.verdict {
            GuardVerdict::Hacked => cx.theme.bad,
            _ => cx.theme.text,
        };
        let words = cx.texts.said(&guarded.said);
        ui.label(RichText::new(words).small().color(colour));
    }
    let words = match cx.engine.watcher() {
        Some(judge) => {
            let name = judges::name(cx.texts, &judge);
            cx.texts.with("guard_watched_by", &[("name", &name)])
        }
        None => cx.text("guard_nobody"),
    };
    ui.label(RichText::new(words).small().color(cx.theme.weak));
    let choose = RichText::new(cx.text("guard_choose")).small();
    if ui.button(choose).clicked() {
        cx.look.sheet = Sheet::Judges;
    }
}
