//! Export: format, size, quality, profile, metadata, with a look at what is kept.

use std::path::PathBuf;

use eframe::egui::{self, Id, Ui};

use crate::cx::Cx;

/// A file or folder was chosen in the system's dialog.
pub(crate) fn chosen(ctx: &egui::Context, to: PathBuf) {
    ctx.data_mut(|data| data.insert_temp(Id::unique("export to"), to));
}

/// Draws it.
pub(crate) fn show(_ui: &mut Ui, _cx: &mut Cx<'_>) {}
