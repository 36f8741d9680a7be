//! What lies over everything else: palette, cheat sheet, export, settings, a model's folder and how it works, judges.

mod bindings;
mod equipment;
pub(super) mod judges;
mod matcher;
mod model;
mod named_judge;
mod palette;
pub(super) mod parts;
mod questions;
mod reworded;
mod settings;
mod shortcuts;
#[cfg(test)]
mod tests;
mod tuning;
mod watches;

use std::path::PathBuf;

use eframe::egui::{Context, Ui};

use retake_engine::{Command, Judge};

use crate::cx::Cx;
use crate::dialog::Wanted;
use crate::keys::{self, Captured};
use crate::look::{Look, Sheet};
use crate::settings::Settings;

pub(crate) use tuning::summary;

/// What the sheets remember between frames.
#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    /// the sheet that was drawn last; another one begins afresh
    drawn: Sheet,
    /// what is looked for in the palette
    query: String,
    /// which of the palette's lines is chosen
    at: usize,
    /// the action whose new keys are waited for
    rebinding: Option<&'static str>,
    /// keys that were refused: for which action, and whose they are
    refused: Option<(&'static str, &'static str)>,
    /// the size of everything while its slider is dragged
    scale: Option<f32>,
    /// the judge that is being named
    naming: Judge,
    /// what should count otherwise in its formula, in words
    rewording: String,
    /// the judge whose questions are open, by its place in the list, and how it is to be asked
    asking: Option<(usize, Judge)>,
    /// a file that was chosen in the system's dialog, and what it is for
    pub(crate) came_in: Option<(Wanted, PathBuf)>,
}

/// Draws what is open.
pub(crate) fn show(ui: &mut Ui, cx: &mut Cx<'_>) {
    let fresh = cx.look.over.drawn != cx.look.sheet;
    if fresh {
        cx.look.over = State {
            drawn: cx.look.sheet,
            ..State::default()
        };
        // what was told before has been read, and would lie over the sheet
        if cx.look.sheet != Sheet::None {
            let engine = cx.engine;
            let told = engine.messages().iter();
            for message in told.filter(|message| message.offer.is_none()) {
                cx.send(Command::Dismiss(message.id));
            }
        }
    }
    match cx.look.sheet {
        Sheet::None => {}
        Sheet::Palette => palette::show(ui, cx, fresh),
        Sheet::Shortcuts => shortcuts::show(ui, cx),
        Sheet::Export => super::export::show(ui, cx, fresh),
        Sheet::Settings => settings::show(ui, cx),
        Sheet::Model => model::show(ui, cx, fresh),
        Sheet::Tuning => tuning::show(ui, cx),
        Sheet::Judges => judges::show(ui, cx),
    }
}

/// While new keys are waited for, every press goes here and nowhere else.
pub(crate) fn capture(ctx: &Context, look: &mut Look, settings: &mut Settings) {
    let Some(action) = look.over.rebinding else {
        return;
    };
    if look.sheet != Sheet::Settings {
        look.over.rebinding = None;
        return;
    }
    match keys::captured(ctx) {
        Captured::Nothing => {}
        Captured::Left => look.over.rebinding = None,
        Captured::Keys(shortcut) => {
            look.over.rebinding = None;
            let other = keys::holder(shortcut, action, &settings.keys);
            look.over.refused = other.map(|other| (action, other.id));
            if other.is_none() {
                settings.bind(action, vec![shortcut]);
            }
        }
    }
}
