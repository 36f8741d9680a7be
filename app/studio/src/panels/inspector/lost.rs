//! Why a take is not the first: the selector's sentence, and under the pointer the numbers that its place comes from.

use eframe::egui::{Label, RichText, Sense, Ui};
use retake_engine::Take;

use crate::cx::Cx;
use crate::theme::GRID;

/// Draws it, where there is something to say.
pub(super) fn show(ui: &mut Ui, cx: &Cx<'_>, take: &Take) {
    let Some(ranking) = cx.session().map(|session| session.ranking()) else {
        return;
    };
    let Some(why) = ranking.why.get(&take.id) else {
        return;
    };
    let words = RichText::new(cx.texts.said(why)).color(cx.theme.weak);
    let label = ui.add(Label::new(words).wrap().sense(Sense::hover()));
    if let Some(terms) = ranking.terms.get(&take.id) {
        let lines: Vec<String> = terms
            .iter()
            .map(|(name, value)| {
                let value = cx.texts.number(&format!("{value:.3}"));
                format!("{} {value}", name.replace('_', " "))
            })
            .collect();
        label.on_hover_text(lines.join("\n"));
    }
    ui.add_space(GRID);
}
