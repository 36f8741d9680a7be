//! The inspector.

use eframe::egui::Ui;

use crate::cx::Cx;

/// Draws it beside the photo.
pub(crate) fn show(_ui: &mut Ui, _cx: &mut Cx<'_>) {}

/// Draws it over the photo, in a narrow window.
pub(crate) fn folded(_ui: &mut Ui, _cx: &mut Cx<'_>) {}
