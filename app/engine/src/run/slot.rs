//! One candidate of a run, from its order to its last score.

use std::sync::Arc;

use retake_core::{Candidate, Order, Origin, Raster, Said, Scorecard, Spot, Trajectory};

use super::place::Place;

/// What became of a candidate.
#[derive(Clone, Debug, PartialEq)]
pub enum Fate {
    /// ordered, perhaps under way; never finished
    Unfinished,
    /// gone to its end
    Finished,
    /// the strategy let it go: why
    LetGo(Said),
    /// it could not be made: why
    Failed(Said),
}

/// What a candidate looked like on its way.
#[derive(Clone, Debug, PartialEq)]
pub struct Glimpse {
    /// steps done then
    pub step: usize,
    /// scores of the preview, without maps
    pub card: Scorecard,
}

/// One node of the search: for records, and for the tree that the window shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// index in the run
    pub index: u64,
    /// whose child it is
    pub parent: Option<u64>,
    /// what it began from
    pub begun: Begun,
    /// why it was begun
    pub why: Said,
    /// the words it was made by, where they are not the person's
    pub words: Option<String>,
    /// where what was edited was brought back, or made anew
    pub spots: Vec<Spot>,
    /// where its instruction works, where that is not everywhere
    pub place: Option<Arc<Place>>,
    /// steps done and steps in all
    pub steps: (usize, usize),
    /// what it looked like on its way
    pub glimpses: Vec<Glimpse>,
    /// what was seen closer, where its edits changed most
    pub closer: Option<Scorecard>,
    /// how often it was scored
    pub passes: usize,
    /// what became of it
    pub fate: Fate,
}

/// What a candidate began from, for records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begun {
    /// what the run edits
    Run,
    /// a neighbour of its parent
    Neighbour,
    /// one more turn on its parent
    Turn,
    /// numbers that the strategy set
    Set,
    /// the way of its parent, left in the middle
    Fork,
    /// its parent, with the photo brought back where a fault was
    Fix,
    /// its parent, made anew where a fault was
    Patch,
}

impl Begun {
    /// All there are.
    const ALL: [Self; 7] = [
        Self::Run,
        Self::Neighbour,
        Self::Turn,
        Self::Set,
        Self::Fork,
        Self::Fix,
        Self::Patch,
    ];

    /// The one of this name; `None` for one that a later version wrote.
    pub fn of_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|begun| begun.id() == id)
    }

    /// Short name for records.
    pub fn id(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Neighbour => "neighbour",
            Self::Turn => "turn",
            Self::Set => "set",
            Self::Fork => "fork",
            Self::Fix => "fix",
            Self::Patch => "patch",
        }
    }
}

/// See the module.
pub(super) struct Slot {
    pub(super) node: Node,
    pub(super) order: Order,
    /// under way
    pub(super) trajectory: Option<Box<dyn Trajectory>>,
    pub(super) made: Option<Candidate>,
    /// its picture is the source as it was
    pub(super) untouched: bool,
    /// a small copy for the guard, once the picture is gone
    pub(super) small: Option<Raster>,
    pub(super) card: Option<Scorecard>,
    /// why nobody was asked about it
    pub(super) left: Option<Said>,
}

impl Slot {
    pub(super) fn new(index: u64, order: Order, place: Option<Arc<Place>>) -> Self {
        let begun = match &order.origin {
            Origin::Run => Begun::Run,
            Origin::Like(_) => Begun::Neighbour,
            Origin::On(_) => Begun::Turn,
            Origin::Exactly(_) => Begun::Set,
            Origin::Without(_) => Begun::Fix,
            Origin::Within { .. } => Begun::Patch,
        };
        let node = Node {
            index,
            parent: order.parent,
            begun,
            why: order.why.clone(),
            words: order.instruction.as_ref().map(|i| i.text.clone()),
            spots: match &order.origin {
                Origin::Without(spots) | Origin::Within { spots, .. } => spots.clone(),
                _ => Vec::new(),
            },
            place,
            steps: (0, 0),
            glimpses: Vec::new(),
            closer: None,
            passes: 0,
            fate: Fate::Unfinished,
        };
        Self {
            node,
            order,
            trajectory: None,
            made: None,
            untouched: false,
            small: None,
            card: None,
            left: None,
        }
    }

    /// Ordered, and neither finished nor given up.
    pub(super) fn open(&self) -> bool {
        self.node.fate == Fate::Unfinished
    }
}
