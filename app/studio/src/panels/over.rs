//! What lies over everything else: palette, cheat sheet, export, settings.

use eframe::egui::Ui;

use crate::cx::Cx;
use crate::look::Sheet;

/// Draws what is open.
pub(crate) fn show(ui: &mut Ui, cx: &mut Cx<'_>) {
    match cx.look.sheet {
        Sheet::None | Sheet::Palette | Sheet::Shortcuts | Sheet::Settings => {}
        Sheet::Export => super::export::show(ui, cx),
    }
}
