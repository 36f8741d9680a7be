//! Edits made worse on purpose, with the score that they deserve: out of pairs of a source and a good edit come many that are
//! half done, overdone or damaged, as in ADIEE (arXiv 2507.07317). What comes out is a data set in AURORA-Bench's fields, so
//! a reward can be held against it like against people's ratings.
//!
//! ADIEE's own labels: along a chain of edits, turn k between turns j1 and j2 is worth (k − j1) / (j2 − j1), what goes beyond
//! j2 is an over-edit and worth 0.5, what goes another way than asked is worth 0. Here the share of the way from source to
//! edit stands for the turn, and an edit of something else for another way. Damage that ADIEE does not know takes away what
//! its strength says; that rule is ours.

mod ways;
mod write;

use retake_core::{Raster, Rng};

pub use ways::WAYS;
pub use write::{Manner, RATINGS, Told, degrade};

/// A way to make an edit worse.
pub struct Way {
    /// short name, also the beginning of `model` in the rows
    pub id: &'static str,
    /// what is done
    pub about: &'static str,
    /// how strongly, weakest first
    pub strengths: &'static [f32],
    /// what an edit of this strength deserves, 0 (nothing of what was asked) to 1 (as good as the edit it came from)
    pub label: fn(f32) -> f64,
    /// the edit, unless it needs another case and there is none
    pub make: fn(&Scene<'_>, f32, &mut Rng) -> Option<Worse>,
}

/// What a way has to work with; all pictures linear Rec.2020.
pub struct Scene<'a> {
    /// before
    pub source: &'a Raster,
    /// a good edit of it, of the same size
    pub edit: &'a Raster,
    /// another case of the data set that was asked something else
    pub other: Option<&'a Other>,
}

/// A case that is lent to another.
#[derive(Clone, Debug)]
pub struct Other {
    /// so that a case is not lent to itself
    pub group: String,
    /// what was asked there
    pub instruction: String,
    /// what came of it
    pub edit: Raster,
}

/// An edit that was made worse.
pub struct Worse {
    /// of the source's size
    pub edit: Raster,
    /// what it now claims to be an edit for, where that is not what was asked
    pub instruction: Option<String>,
}

impl From<Raster> for Worse {
    fn from(edit: Raster) -> Self {
        Self {
            edit,
            instruction: None,
        }
    }
}

/// The way of this id.
pub fn way(id: &str) -> Option<&'static Way> {
    WAYS.iter().find(|way| way.id == id)
}

#[cfg(test)]
mod tests;
