//! The instruction bar: the line, how many takes and by which editor, the button that runs it, and under it what was
//! understood so far.

mod chips;
pub(crate) mod choosing;
mod dials;
pub(crate) mod editor;
mod effort;
mod line;
mod preset;
mod run;

use eframe::egui::{Layout, Ui, Vec2};
use retake_engine::{Command, Draft};

use crate::cx::Cx;
use crate::theme::{CONTROL, GRID};

/// Narrower than this the way takes are spent is an icon, points.
const NARROW: f32 = 900.0;

/// Runs the draft.
pub(crate) fn generate(cx: &mut Cx<'_>) {
    let Some(text) = cx.session().map(|session| session.draft.text().to_owned()) else {
        return;
    };
    remember(cx, &text);
    cx.send(Command::Generate);
}

/// Puts an instruction on the line and runs it at once.
pub(crate) fn say_and_generate(cx: &mut Cx<'_>, text: &str) {
    cx.send(Command::Say(text.to_owned()));
    remember(cx, text);
    cx.send(Command::Generate);
}

/// Up brings it back later; what was looked at makes place for what comes.
fn remember(cx: &mut Cx<'_>, text: &str) {
    /// More than these nobody walks back through.
    const MOST: usize = 200;
    let text = text.trim().to_owned();
    cx.look.said.retain(|said| *said != text);
    cx.look.said.push(text);
    let extra = cx.look.said.len().saturating_sub(MOST);
    cx.look.said.drain(..extra);
    cx.look.focus = None;
}

/// Puts other words on the line; what was taken out of the old ones stays out of the new ones.
fn say(cx: &mut Cx<'_>, text: String) {
    let removed: Vec<_> = cx
        .session()
        .map(|session| session.draft.chips())
        .unwrap_or_default()
        .into_iter()
        .filter(|chip| chip.removed)
        .collect();
    let fresh = if removed.is_empty() {
        Vec::new()
    } else {
        Draft::of(&text).chips()
    };
    cx.send(Command::Say(text));
    for chip in fresh {
        if removed
            .iter()
            .any(|old| old.kind == chip.kind && old.text == chip.text)
        {
            cx.send(Command::ToggleChip(chip.kind, chip.index));
        }
    }
}

/// Draws it.
pub(crate) fn show(ui: &mut Ui, cx: &mut Cx<'_>) {
    ui.horizontal_top(|ui| {
        let narrow = ui.available_width() < NARROW;
        let width = (ui.available_width() - run::width(narrow) - GRID).max(160.0);
        let size = Vec2::new(width, CONTROL);
        ui.allocate_ui_with_layout(size, Layout::top_down_justified(Default::default()), |ui| {
            line::show(ui, cx, width);
        });
        run::show(ui, cx, narrow);
    });
    chips::show(ui, cx);
}

#[cfg(test)]
mod tests;
