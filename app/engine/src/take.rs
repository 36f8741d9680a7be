//! A take: a candidate as the session keeps it, with its scorecard and what it looks like.

use std::sync::Arc;

use retake_core::{Provenance, Scorecard};

use crate::Shown;

/// A take's name within its session; never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TakeId(pub u64);

/// One candidate on the contact sheet.
#[derive(Clone, Debug)]
pub struct Take {
    /// its name
    pub id: TakeId,
    /// place in its turn, from 0; people are shown one more
    pub index: u64,
    /// everything needed to make it again
    pub provenance: Provenance,
    /// at working size; `None` while it is being made again after a restart
    pub shown: Option<Arc<Shown>>,
    /// size of the edit at full resolution, px
    pub full_size: (usize, usize),
    /// `None` until it is scored
    pub card: Option<Arc<Scorecard>>,
    /// a person has changed its recipe since it was made
    pub adjusted: bool,
    /// `shown` and `card` are not yet those of the recipe
    pub stale: bool,
}

/// Whether a person wants to keep it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Flag {
    /// nothing was said
    #[default]
    None,
    /// keep
    Picked,
    /// drop
    Rejected,
}

/// What a person said of a take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    /// keep or drop
    pub flag: Flag,
    /// 0 to 5
    pub stars: u8,
}
