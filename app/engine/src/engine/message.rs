//! What the engine tells a person, and what a message offers to do.

use std::path::PathBuf;

use retake_core::Said;

use crate::{Command, Model};

/// A message for the person.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// for [`crate::Command::Dismiss`]
    pub id: u64,
    /// one or two sentences
    pub text: Said,
    /// how loud
    pub kind: MessageKind,
    /// whether undo takes back what it tells of
    pub undo: bool,
    /// something it offers to do
    pub offer: Option<Offer>,
}

/// What a message offers, one click away.
#[derive(Clone, Debug, PartialEq)]
pub enum Offer {
    /// to open the photo that this export was made from, with its edit
    Restore(PathBuf),
    /// to open this photo again, which was worked on last
    Continue(PathBuf),
    /// to have the next takes made by this model
    Switch(String),
    /// to load this model
    Load(Model),
    /// to go on from the photo and not from a take
    FromPhoto,
}

impl Offer {
    /// What it does.
    pub fn command(&self) -> Command {
        match self {
            Self::Restore(path) => Command::RestoreFrom(path.clone()),
            Self::Continue(path) => Command::Open(vec![path.clone()]),
            Self::Switch(id) => Command::Editor(Some(id.clone())),
            Self::Load(model) => Command::LoadModel(model.clone()),
            Self::FromPhoto => Command::GoOnFrom(None),
        }
    }
}

/// How loud a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageKind {
    /// something was done
    Done,
    /// something could not be done
    Problem,
}
