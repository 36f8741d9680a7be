//! A take: a candidate as the session keeps it, with its scorecard and what it looks like.

use std::sync::Arc;

use retake_core::{Mask, Provenance, Raster, Scorecard};

use crate::{Model, ScoredBy, Shown};

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
    /// the editor that made it; `None` is the built-in one
    pub model: Option<Model>,
    /// its picture at working size as a small file, for takes that cannot be made again in a moment
    pub kept: Option<Arc<[u8]>>,
    /// its picture at working size as it was made, until it is scored
    pub(crate) exact: Option<Arc<Raster>>,
    /// at working size; `None` while it is being made again after a restart
    pub shown: Option<Arc<Shown>>,
    /// size of the edit at full resolution, px
    pub full_size: (usize, usize),
    /// `None` until it is scored
    pub card: Option<Arc<Scorecard>>,
    /// who made `card` beside the built-in measures; `None` is these alone
    pub by: Option<Arc<ScoredBy>>,
    /// `card` was measured on the small file, which lost a little
    pub near: bool,
    /// a person has changed its recipe since it was made
    pub adjusted: bool,
    /// `shown` and `card` are not yet those of the recipe
    pub stale: bool,
}

impl Take {
    /// Whether its scores are not quite those of its picture.
    pub fn about(&self) -> bool {
        self.stale || self.near
    }
    /// What its picture and maps hold.
    pub(crate) fn bytes(&self) -> usize {
        let maps = self.card.iter().flat_map(|card| maps(card));
        let maps: usize = maps.map(|map| map.values.len() * size_of::<f32>()).sum();
        self.shown.as_ref().map_or(0, |shown| shown.bytes()) + maps
    }
    /// Without them: they are made again when they are looked at.
    pub(crate) fn slim(&self) -> Self {
        let mut take = self.clone();
        take.shown = None;
        if let Some(card) = &mut take.card {
            crate::run::without_maps(Arc::make_mut(card));
        }
        take
    }
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

/// What a take lacks of what can be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Missing {
    Nothing,
    /// its picture, or scores of its recipe
    Picture,
    /// where its reasons show
    Maps,
}

/// What is to be made again before a take is whole.
pub(crate) fn missing(take: &Take) -> Missing {
    match &take.card {
        Some(card) if take.shown.is_some() && !take.stale => {
            if card.scores.is_empty() || maps(card).next().is_some() {
                Missing::Nothing
            } else {
                Missing::Maps
            }
        }
        _ => Missing::Picture,
    }
}

/// Every evidence map of a scorecard.
pub(crate) fn maps(card: &Scorecard) -> impl Iterator<Item = &Mask> {
    card.scores.values().flat_map(|score| {
        let reasons = score.reasons.iter().filter_map(|r| r.evidence.as_ref());
        score.evidence.iter().chain(reasons)
    })
}
