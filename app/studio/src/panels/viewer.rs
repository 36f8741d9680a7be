//! The viewer.

use eframe::egui::Ui;

use crate::cx::Cx;
use crate::look::Zoom;

/// Zooms by a factor about the middle of the view.
pub(crate) fn zoom_step(cx: &mut Cx<'_>, factor: f32) {
    let now = match cx.look.zoom {
        Zoom::Scale(scale) => scale,
        Zoom::Fit => 0.5,
    };
    cx.look.zoom = Zoom::Scale((now * factor).clamp(0.02, 32.0));
}

/// Draws it.
pub(crate) fn show(ui: &mut Ui, cx: &mut Cx<'_>) {
    if cx.session().is_none() {
        super::first::show(ui, cx);
    }
}
