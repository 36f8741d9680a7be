//! The instruction line.

use eframe::egui::Ui;
use retake_engine::Command;

use crate::cx::Cx;

/// Runs the draft.
pub(crate) fn generate(cx: &mut Cx<'_>) {
    if let Some(text) = cx
        .session()
        .map(|session| session.draft.text().trim().to_owned())
    {
        cx.look.said.retain(|said| *said != text);
        cx.look.said.push(text);
    }
    cx.look.focus = None;
    cx.send(Command::Generate);
}

/// Draws it.
pub(crate) fn show(_ui: &mut Ui, _cx: &mut Cx<'_>) {}
