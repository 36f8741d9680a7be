//! What every panel is handed: a read-only view of the engine, the look it may change, and a list that commands go on.

use retake_engine::{Command, Engine, Session, Take, TakeId};
use std::sync::Arc;

use crate::lab::Lab;
use crate::look::Look;
use crate::screen::Screen;
use crate::settings::Settings;
use crate::texts::Texts;
use crate::textures::Textures;
use crate::theme::Theme;

/// Handed to every panel, every frame.
pub(crate) struct Cx<'a> {
    /// read it; change it by commands
    pub(crate) engine: &'a Engine,
    /// the data set that is open in the lab
    pub(crate) lab: &'a mut Lab,
    /// what is not worth undoing
    pub(crate) look: &'a mut Look,
    /// what is remembered between starts
    pub(crate) settings: &'a mut Settings,
    /// colours and sizes
    pub(crate) theme: &'a Theme,
    /// words
    pub(crate) texts: &'a Texts,
    /// pictures on the graphics card
    pub(crate) textures: &'a mut Textures,
    /// what pictures are shown through
    pub(crate) screen: &'a Screen,
    /// obeyed at the end of the frame, in order
    pub(crate) commands: &'a mut Vec<Command>,
}

impl Cx<'_> {
    /// Has something done at the end of the frame.
    pub(crate) fn send(&mut self, command: Command) {
        self.commands.push(command);
    }
    /// The session that is shown.
    pub(crate) fn session(&self) -> Option<&Session> {
        self.engine.session()
    }
    /// The take that is looked at: the chosen one, else the leader, else the first.
    pub(crate) fn focus(&self) -> Option<Arc<Take>> {
        let session = self.session()?;
        let on_sheet = |id: TakeId| {
            session
                .desk()
                .turn
                .as_ref()
                .is_some_and(|turn| turn.takes.contains(&id))
        };
        let chosen = self.look.focus.filter(|&id| on_sheet(id));
        let id = chosen
            .or_else(|| session.ranking().leader())
            .or_else(|| session.sheet().first().map(|take| take.id))?;
        session.take(id).cloned()
    }
    /// A text of the window.
    pub(crate) fn text(&self, key: &'static str) -> String {
        self.texts.get(key).to_owned()
    }
}
