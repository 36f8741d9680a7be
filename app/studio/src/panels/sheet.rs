//! The contact sheet.

use eframe::egui::Ui;
use retake_engine::TakeId;

use crate::cx::Cx;

/// The takes that are shown, in the order they are shown.
pub(crate) fn order(cx: &Cx<'_>) -> Vec<TakeId> {
    cx.session().map_or(Vec::new(), |session| {
        session.sheet().iter().map(|take| take.id).collect()
    })
}

/// Draws it.
pub(crate) fn show(_ui: &mut Ui, _cx: &mut Cx<'_>) {}

/// Draws it over the whole window.
pub(crate) fn survey(_ui: &mut Ui, _cx: &mut Cx<'_>) {}
